"""The chapters of the rule book: rules that read the same few facts, tried together.

What a chapter says hangs on nothing but the facts that it reads, and few patients differ in
those: most answers are yes, no or unknown. So each chapter keeps what it said, and its rules
are tried again only for facts that it has not met.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cicatrix.knowledge.rule_page import RulePage
from cicatrix.planning.kept import Kept
from cicatrix.planning.outcomes import NO_OUTCOMES, OutcomeSet
from cicatrix.planning.seen import Seen, reader_of
from cicatrix.planning.truth import FALSE, TRUE, Compiled, Facts, Known, Undecided
from cicatrix.vocabulary import Verdict

#: What a chapter keeps at most. Only numbers and earlier treatments can take more values.
_MOST_KEPT = 1_000
#: How many facts with words for values are read at a time. More would save readings, but then
#: fewer patients are alike in all of them.
_MOST_READ = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule page, compiled."""

    id: str
    page: RulePage
    #: The treatment that it is put to, where it is put to each by itself; else empty.
    about: str
    truth: Compiled
    undecided: Undecided
    #: The set of the one outcome that it has when true.
    fired_set: OutcomeSet
    #: The outcome that it has when not decided, by the unknown fact for which it asks.
    open_sets: Mapping[str, OutcomeSet]
    sources: tuple[str, ...]
    stops_procedures: bool

    @property
    def reads_finding(self) -> bool:
        """True if the rule must be tried for each finding."""
        return self.page.reads_finding

    @property
    def outcomes(self) -> OutcomeSet:
        """Every outcome that it can have."""
        return functools.reduce(operator.or_, self.open_sets.values(), self.fired_set)

    def comes_to(self, facts: Facts, finding: Known) -> OutcomeSet:
        """Its outcomes for a patient, or for one finding of a patient."""
        truth = self.truth(facts, finding)
        if truth == FALSE:
            return NO_OUTCOMES
        if truth == TRUE:
            return self.fired_set
        if self.page.when_unknown is not Verdict.ASK:
            return self.open_sets[""]
        # Never without an outcome: were nothing told to be lacking, it asks for all it reads.
        lacking = self.undecided(facts, finding) or self.open_sets
        return functools.reduce(operator.or_, [self.open_sets[fact] for fact in lacking])


class Chapter:
    """Rules that read the same few facts."""

    def __init__(self, rules: Iterable[Rule], *, reads: Iterable[str]) -> None:
        self.rules = tuple(rules)
        self.read = reader_of(reads)
        #: What it said, by what it read.
        self.kept: Kept[Hashable, OutcomeSet] = Kept(most=_MOST_KEPT)

    def says(self, seen: Seen, facts: Facts, finding: Known) -> OutcomeSet:
        """What its rules come to for a patient, or for one finding of a patient."""
        outcomes = NO_OUTCOMES
        for rule in self.rules:
            outcomes |= rule.comes_to(facts, finding)
        return self.kept.keep(self.read(seen), outcomes)


def chapters_of(rules: Iterable[Rule]) -> tuple[Chapter, ...]:
    """The rules, sorted by the facts that they read, a few facts for each chapter."""
    read: frozenset[str] = frozenset()
    together: list[tuple[frozenset[str], list[Rule]]] = []
    for rule in sorted(rules, key=lambda rule: sorted(rule.page.when.reads())):
        reads = rule.page.when.reads()
        if not together or len(read | reads) > _MOST_READ:
            read = frozenset()
            together.append((read, []))
        read |= reads
        together[-1] = (read, [*together[-1][1], rule])
    return tuple(Chapter(some, reads=reads) for reads, some in together)


def heard(chapters: Sequence[Chapter], seen: Seen, facts: Facts, finding: Known) -> OutcomeSet:
    """What all chapters say of a patient, or of one finding of a patient."""
    outcomes = NO_OUTCOMES
    for chapter in chapters:
        said = chapter.kept.get(chapter.read(seen))
        outcomes |= chapter.says(seen, facts, finding) if said is None else said
    return outcomes
