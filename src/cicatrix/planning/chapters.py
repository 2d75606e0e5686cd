"""The chapters of the rule book: rules that read the same few facts, tried together.

What a chapter says hangs on nothing but the facts that it reads, and few patients differ in
those: most answers are yes, no or unknown. So each chapter keeps what it said, and its rules
are tried again only for facts that it has not met.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cicatrix import vocabulary as v
from cicatrix.knowledge.rule_page import RulePage
from cicatrix.planning.kept import Kept
from cicatrix.planning.name_sets import NameSet, NameSets
from cicatrix.planning.outcomes import NO_OUTCOMES, OutcomeSet
from cicatrix.planning.truth import TRUE, Compiled, Facts, Known, Undecided
from cicatrix.vocabulary import Verdict

#: What a chapter keeps at most. Only numbers and earlier treatments can take more values.
_MOST_KEPT = 1_000
#: How many facts with words for values are read at a time. More would save readings, but then
#: fewer patients are alike in all of them.
_MOST_READ = 4

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
    """What chapters say: outcomes, and for those that ask the unknown facts that they need."""

    outcomes: OutcomeSet
    hanging: tuple[tuple[OutcomeSet, NameSet], ...]


class Chapter:
    """Rules that read the same few facts."""

    def __init__(self, rules: Iterable[Rule], *, reads: Iterable[str], facts: NameSets) -> None:
        self.rules = tuple(rules)
        self.read = _reader_of_all(reads)
        self._facts = facts
        #: What it said, by what it read.
        self.kept: Kept[Hashable, Said] = Kept(most=_MOST_KEPT)

    def says(self, facts: Facts, finding: Known) -> Said:
        """What its rules come to for a patient, or for one finding of a patient."""
        return self.kept.keep(self.read(facts, finding), self._tried(facts, finding))

    def _tried(self, facts: Facts, finding: Known) -> Said:
        outcomes = NO_OUTCOMES
        hanging: dict[NameSet, OutcomeSet] = {}
        for rule in self.rules:
            truth = rule.truth(facts, finding)
            if truth == TRUE:
                outcomes |= rule.fired_set
            elif truth:
                outcomes |= rule.open_set
                if rule.page.when_unknown is Verdict.ASK:
                    needed = self._facts.of(rule.undecided(facts, finding))
                    hanging[needed] = hanging.get(needed, NO_OUTCOMES) | rule.open_set
        return Said(outcomes, tuple([(asking, needed) for needed, asking in hanging.items()]))


def chapters_of(rules: Iterable[Rule], *, facts: NameSets) -> tuple[Chapter, ...]:
    """The rules, sorted by the facts that they read; those that read words are joined."""
    together: dict[frozenset[str], list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: sorted(rule.page.when.reads())):
        together.setdefault(rule.page.when.reads(), []).append(rule)
    joined: list[tuple[frozenset[str], list[Rule]]] = []
    words_read: frozenset[str] = frozenset()
    words_rules: list[Rule] = []
    for reads, some in together.items():
        if not all(map(_has_words, reads)):
            joined.append((reads, some))
        elif len(words_read | reads) <= _MOST_READ:
            words_read |= reads
            words_rules += some
        else:
            joined.append((words_read, words_rules))
            words_read, words_rules = reads, list(some)
    if words_rules:
        joined.append((words_read, words_rules))
    return tuple(Chapter(some, reads=reads, facts=facts) for reads, some in joined)


def _has_words(fact: str) -> bool:
    """True for a fact that takes a few words for values, and no number."""
    kind, _, name = fact.rpartition(".")
    known = v.FINDING_FACTS if kind == "finding" else v.PATIENT_FACTS
    return kind != "any_finding" and bool(known.get(name, ()))


def heard(chapters: Sequence[Chapter], facts: Facts, finding: Known) -> Said:
    """What all chapters say."""
    outcomes = NO_OUTCOMES
    hanging: tuple[tuple[OutcomeSet, NameSet], ...] = ()
    for chapter in chapters:
        said = chapter.kept.get(chapter.read(facts, finding)) or chapter.says(facts, finding)
        some, open_facts = said
        if some:
            outcomes |= some
            if open_facts:
                hanging += open_facts
    return Said(outcomes, hanging)


def _reader_of_all(reads: Iterable[str]) -> _Reader:
    """What tells one set of values of the facts that conditions read from another."""
    ordered = sorted(reads)
    if len(ordered) > 1 and all(map(_has_words, ordered)):
        if all(fact.startswith("finding.") for fact in ordered):
            return _finding_words_read([fact.partition(".")[2] for fact in ordered])
        if not any(fact.startswith("finding.") for fact in ordered):
            return _words_read(ordered)
    several = [fact.partition(".")[2] for fact in ordered if fact.startswith("any_finding.")]
    readers = [_reader_of(fact) for fact in ordered if not fact.startswith("any_finding.")]
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


def _words_read(names: Sequence[str]) -> _Reader:
    """Answers of the patient; where some are narrowed only, what they may be stands with them."""

    def read(facts: Facts, finding: Known) -> Hashable:
        known = tuple(map(facts.answers.get, names))
        if facts.possible:
            return *known, tuple(map(facts.possible.get, names))
        return known

    return read


def _finding_words_read(names: Sequence[str]) -> _Reader:
    return lambda facts, finding: tuple(map(finding.get, names))


def _earlier_read(facts: Facts, finding: Known) -> Hashable:
    return facts.earlier_known and frozenset([(e.treatment, e.weeks_ago) for e in facts.earlier])


def _findings_read(names: Sequence[str]) -> _Reader:
    def read(facts: Facts, finding: Known) -> Hashable:
        if not facts.findings:
            return facts.findings_known
        return frozenset([tuple([one.get(name) for name in names]) for one in facts.findings])

    return read
