"""What the rules can come to, and sets of it written as whole numbers.

A case meets some hundred outcomes and 46 treatments share them in many ways, so sets are
joined and cut as bits: bit ``n`` stands for outcome ``n``, the most open one first. The
strictest outcome of a set is then its highest bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cicatrix.knowledge.rule_page import RulePage
from cicatrix.planning.name_sets import NO_NAMES, NameSet
from cicatrix.planning.truth import TRUE
from cicatrix.records import Reason
from cicatrix.vocabulary import Verdict

#: A set of outcomes: bit n is on if outcome n is in it.
OutcomeSet = int
NO_OUTCOMES: OutcomeSet = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A rule that is true, or one that is not decided, and what it says then."""

    page: RulePage
    truth: int
    reason: Reason
    #: The set of the one caution that it raises.
    caution: NameSet

    @property
    def rank(self) -> int:
        """How strict it is."""
        return self.reason.verdict.strictness

    @property
    def defers(self) -> bool:
        """True if it says until when to wait."""
        return (
            self.truth == TRUE
            and self.page.until is not None
            and self.page.verdict is Verdict.DEFER
        )


class Outcomes:
    """Every outcome of a rule book, and what sets of them say."""

    def __init__(self, every: Iterable[Outcome]) -> None:
        # The most open first; of equals, the one whose rule comes last in the alphabet; of one
        # rule, what is not known before what is true.
        self._ordered = sorted(every, key=lambda o: o.truth)
        self._ordered.sort(key=lambda o: o.page.id, reverse=True)
        self._ordered.sort(key=lambda o: o.rank)
        self._ranks = (0, *[outcome.rank for outcome in self._ordered])
        self._places = {(o.page.id, o.truth): place for place, o in enumerate(self._ordered)}
        #: What the strictest outcome of a set says, by the length of the set's number in bits.
        self._strictest = {
            place + 1: (o.reason, o.caution, 1 << place) for place, o in enumerate(self._ordered)
        }
        self._deferring = sum(1 << place for place, o in enumerate(self._ordered) if o.defers)

    def only(self, rule: str, truth: int) -> OutcomeSet:
        """The set of one outcome: what a rule comes to with this truth."""
        return 1 << self._places[rule, truth]

    def rank_of(self, some: OutcomeSet) -> int:
        """How strict the strictest of a set is; 0, suitable, where the set is empty."""
        return self._ranks[some.bit_length()]

    def told_by(self, some: OutcomeSet) -> tuple[tuple[Reason, ...], NameSet]:
        """The reasons of a set, the strictest first, and the set of the cautions it raises."""
        strictest = self._strictest
        reasons = []
        cautions = NO_NAMES
        while some:
            reason, caution, only = strictest[some.bit_length()]
            reasons.append(reason)
            cautions |= caution
            some ^= only
        return tuple(reasons), cautions

    def deferring(self, some: OutcomeSet) -> Iterator[Outcome]:
        """Those of a set that say until when to wait, in the order of their reasons."""
        some &= self._deferring
        while some:
            place = some.bit_length() - 1
            yield self._ordered[place]
            some ^= 1 << place
