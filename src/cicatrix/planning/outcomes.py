"""What the rules can come to, and sets of it written as whole numbers.

A case meets some hundred outcomes and 46 treatments share them in many ways, so sets are
joined and cut as bits: bit ``n`` stands for outcome ``n``, the most open one first. The
strictest outcome of a set is then its highest bit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cicatrix.knowledge.rule_page import RulePage
from cicatrix.planning.kept import Kept
from cicatrix.planning.name_sets import NO_NAMES, NameSet
from cicatrix.planning.truth import TRUE
from cicatrix.records import Reason
from cicatrix.vocabulary import Verdict

#: A set of outcomes: bit n is on if outcome n is in it.
OutcomeSet = int
NO_OUTCOMES: OutcomeSet = 0
#: Reasons, the strictest first, the cautions they raise and the facts they ask for.
Told = tuple[tuple[Reason, ...], NameSet, NameSet]
#: How many outcomes are told together at least. Long stretches are few to join, but fewer of
#: them were met before.
_STRETCH = 51
_MOST_KEPT = 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A rule that is true, or one that is not decided, and what it says then."""

    page: RulePage
    #: The treatment that it is about, where the rule is put to each of its treatments.
    about: str
    truth: int
    #: The unknown fact for want of which the rule asks; a rule that lacks two has two outcomes.
    lacking: str
    reason: Reason
    #: The set of the one caution that it raises, and of the one fact that it asks for.
    caution: NameSet
    asks: NameSet

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
        self._ordered.sort(key=lambda o: (o.page.id, o.about), reverse=True)
        self._ordered.sort(key=lambda o: o.rank)
        #: How strict a set is, by its length in bits; 0, suitable, for the empty one.
        self.ranks_by_length = (0, *[outcome.rank for outcome in self._ordered])
        self._places = {
            (o.page.id, o.about, o.truth, o.lacking): place for place, o in enumerate(self._ordered)
        }
        self._deferring = sum(1 << place for place, o in enumerate(self._ordered) if o.defers)
        self._stretches = _stretches(self._ordered)
        #: What was told of each part of a set that lies in one stretch.
        self._told: Kept[OutcomeSet, Told] = Kept(most=_MOST_KEPT)

    def only(self, rule: str, truth: int, *, about: str, lacking: str = "") -> OutcomeSet:
        """The set of one outcome: what a rule comes to with this truth, about one treatment."""
        return 1 << self._places[rule, about, truth, lacking]

    def rank_of(self, some: OutcomeSet) -> int:
        """How strict the strictest of a set is; 0, suitable, where the set is empty."""
        return self.ranks_by_length[some.bit_length()]

    def told_by(self, some: OutcomeSet) -> Told:
        """What a set says. Few patients share a whole set, but most of its stretches were met."""
        reasons: tuple[Reason, ...] = ()
        cautions = asks = NO_NAMES
        for stretch in self._stretches:
            part = some & stretch
            if part:
                told = self._told.get(part) or self._told.keep(part, self._one_by_one(part))
                reasons += told[0]
                cautions |= told[1]
                asks |= told[2]
        return reasons, cautions, asks

    def _one_by_one(self, some: OutcomeSet) -> Told:
        reasons: list[Reason] = []
        cautions = asks = NO_NAMES
        while some:
            place = some.bit_length() - 1
            outcome = self._ordered[place]
            if not reasons or reasons[-1] is not outcome.reason:
                reasons.append(outcome.reason)
            cautions |= outcome.caution
            asks |= outcome.asks
            some ^= 1 << place
        return tuple(reasons), cautions, asks

    def deferring(self, some: OutcomeSet) -> Iterator[Outcome]:
        """Those of a set that say until when to wait, in the order of their reasons."""
        some &= self._deferring
        while some:
            place = some.bit_length() - 1
            yield self._ordered[place]
            some ^= 1 << place


def _stretches(ordered: Sequence[Outcome]) -> tuple[OutcomeSet, ...]:
    """All outcomes in sets of neighbours, the strictest first; no reason stands in two of them."""
    starts = [0]
    for place, (one, following) in enumerate(itertools.pairwise(ordered), start=1):
        if place - starts[-1] >= _STRETCH and one.reason is not following.reason:
            starts.append(place)
    pairs = itertools.pairwise([*starts, len(ordered)])
    return tuple([(1 << end) - (1 << start) for start, end in pairs][::-1])
