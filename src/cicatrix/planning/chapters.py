"""The chapters of the rule book: rules that read the same facts, tried together.

What a chapter says hangs on nothing but the facts that it reads, and few patients differ in
those: most chapters read one answer that is yes, no or unknown. So each chapter keeps what it
said, and its rules are tried again only for facts that it has not met.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cicatrix.knowledge.rule_page import RulePage
from cicatrix.planning.kept import Kept
from cicatrix.planning.outcomes import NO_OUTCOMES, OutcomeSet
from cicatrix.planning.truth import TRUE, Compiled, Facts, Known, Undecided
from cicatrix.vocabulary import Verdict

#: What a chapter keeps at most. Only numbers and earlier treatments can take more values.
_MOST_KEPT = 1_000

_Reader = Callable[[Facts, Known], Hashable]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule page, compiled."""

    id: str
    page: RulePage
    truth: Compiled
    undecided: Undecided
    #: The set of the one outcome that it has when true, and when that is not known.
    fired_set: OutcomeSet
    open_set: OutcomeSet
    sources: tuple[str, ...]
    stops_procedures: bool

    @property
    def reads_finding(self) -> bool:
        """True if the rule must be tried for each finding."""
        return self.page.reads_finding


class Said(NamedTuple):
    """What a chapter says: outcomes, and for each unknown fact the asking ones that need it."""

    outcomes: OutcomeSet
    hanging: tuple[tuple[str, OutcomeSet], ...]


class Chapter:
    """Rules that read the same facts."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self.read = _reader_of_all(self.rules[0].page.when.reads())
        #: What it said, by what it read.
        self.kept: Kept[Hashable, Said] = Kept(most=_MOST_KEPT)

    def says(self, facts: Facts, finding: Known) -> Said:
        """What its rules come to for a patient, or for one finding of a patient."""
        return self.kept.keep(self.read(facts, finding), self._tried(facts, finding))

    def _tried(self, facts: Facts, finding: Known) -> Said:
        outcomes = NO_OUTCOMES
        hanging: dict[str, OutcomeSet] = {}
        for rule in self.rules:
            truth = rule.truth(facts, finding)
            if truth == TRUE:
                outcomes |= rule.fired_set
            elif truth:
                outcomes |= rule.open_set
                if rule.page.when_unknown is Verdict.ASK:
                    for fact in rule.undecided(facts, finding):
                        hanging[fact] = hanging.get(fact, NO_OUTCOMES) | rule.open_set
        return Said(outcomes, tuple(hanging.items()))


def chapters_of(rules: Iterable[Rule]) -> tuple[Chapter, ...]:
    """The rules, sorted by the facts that they read."""
    together: dict[frozenset[str], list[Rule]] = {}
    for rule in rules:
        together.setdefault(rule.page.when.reads(), []).append(rule)
    return tuple(Chapter(some) for some in together.values())


def heard(chapters: Sequence[Chapter], facts: Facts, finding: Known) -> Said:
    """What all chapters say, the unknown facts by their names."""
    outcomes = NO_OUTCOMES
    hanging: dict[str, OutcomeSet] = {}
    for chapter in chapters:
        said = chapter.kept.get(chapter.read(facts, finding)) or chapter.says(facts, finding)
        some, open_facts = said
        if some:
            outcomes |= some
            for fact, asking in open_facts:
                hanging[fact] = hanging.get(fact, NO_OUTCOMES) | asking
    return Said(outcomes, tuple(sorted(hanging.items())))


def _reader_of_all(reads: Iterable[str]) -> _Reader:
    """What tells one set of values of the facts that conditions read from another."""
    several = sorted(fact.partition(".")[2] for fact in reads if fact.startswith("any_finding."))
    readers = [_reader_of(fact) for fact in sorted(reads) if not fact.startswith("any_finding.")]
    if several:
        readers.append(_findings_read(several))
    if len(readers) == 1:
        return readers[0]
    return lambda facts, finding: tuple([read(facts, finding) for read in readers])


def _reader_of(fact: str) -> _Reader:
    if fact == "earlier_treatments":
        return _earlier_read
    kind, _, name = fact.rpartition(".")
    if kind == "finding":
        return lambda facts, finding: finding.get(name)

    def read(facts: Facts, finding: Known) -> Hashable:
        known = facts.answers.get(fact)
        if known is None and fact in facts.possible:
            # Not known, but narrowed; a list of its own, for an answer can hold several words.
            return ("one of", facts.possible[fact])
        return known

    return read


def _earlier_read(facts: Facts, finding: Known) -> Hashable:
    return facts.earlier_known and frozenset([(e.treatment, e.weeks_ago) for e in facts.earlier])


def _findings_read(names: Sequence[str]) -> _Reader:
    def read(facts: Facts, finding: Known) -> Hashable:
        if not facts.findings:
            return facts.findings_known
        return frozenset([tuple([one.get(name) for name in names]) for one in facts.findings])

    return read
