"""A patient as a rule book sees one: each fact as the coarsest value that the book tells apart.

A condition asks on which side of a threshold a number lies, or whether a word is one of a few.
So most numbers and many words are alike to every rule, and what was said of one patient holds
for the next who is seen alike.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from cicatrix import vocabulary as v
from cicatrix.knowledge.conditions import Condition
from cicatrix.planning.truth import OPEN_TYPES, Facts, Known, Thresholds
from cicatrix.records import EarlierTreatment

#: What is seen of a patient, or of one finding and its patient: every fact that is read.
Seen = Mapping[str, Hashable]
#: Picks from what is seen.
Reader = Callable[[Seen], Hashable]
#: Makes one value coarser; None stands for "not known".
_Coarse = Callable[[Any], Hashable]

_FINDING, _ANY_FINDING, _EARLIER = "finding.", "any_finding.", "earlier_treatments"
#: How the facts of each condition are named in what a condition reads.
_PREFIXES = MappingProxyType(
    {
        "answer": "",
        "at_least": "",
        "less_than": "",
        "finding": _FINDING,
        "finding_at_least": _FINDING,
        "finding_less_than": _FINDING,
        "any_finding": _ANY_FINDING,
    }
)


class _Gaps(NamedTuple):
    """After one earlier treatment: the gaps that are asked for, and what is true within them.

    ``within`` tells by the number of gaps that are over which questions are true, as bits.
    """

    weeks: tuple[float, ...]
    within: tuple[int, ...]
    #: Instead, where nobody knows how long ago it was.
    unsure: int


class Sight:
    """All that some conditions, each with its thresholds, can tell apart."""

    def __init__(self, conditions: Iterable[tuple[Condition, Thresholds]]) -> None:
        limits: dict[str, set[float]] = {}
        words: dict[str, set[frozenset[str]]] = {}
        gaps: set[tuple[float, frozenset[str]]] = set()
        results: set[tuple[frozenset[str], frozenset[str]]] = set()
        for condition, thresholds in conditions:
            for word, given in _leaves(condition):
                if word == "weeks_since":
                    weeks = thresholds.number(given.less_than)
                    gaps.add((weeks, thresholds.named(given.treatment)))
                    continue
                if word == "earlier_result":
                    results.add((thresholds.named(given.treatment), frozenset(given.result)))
                    continue
                for fact, asked in given.items():
                    name = _PREFIXES[word] + fact
                    if word.endswith(("at_least", "less_than")):
                        limits.setdefault(name, set()).add(thresholds.number(asked))
                    else:
                        words.setdefault(name, set()).add(frozenset(asked))
        #: Every threshold, the lowest first, by the name of the fact in conditions.
        self.limits = {name: tuple(sorted(some)) for name, some in limits.items()}
        coarse = {name: _side_of(some) for name, some in self.limits.items()}
        coarse |= {name: _alike(name.rpartition(".")[2], some) for name, some in words.items()}
        self._gaps = _gaps_by_treatment(sorted(gaps, key=lambda gap: gap[0]))
        self._asked = _asked_by_treatment(results)
        self._unknown = dict.fromkeys([*coarse, _ANY_FINDING, _EARLIER])
        self._of_finding = _about(_FINDING, coarse)
        self._of_any = _about(_ANY_FINDING, coarse)
        self._of_patient = {name: view for name, view in coarse.items() if "." not in name}

    def of_patient(self, facts: Facts) -> Seen:
        """What is seen of a patient."""
        seen: dict[str, Hashable] = {**self._unknown, **facts.answers}
        for fact, words in facts.possible.items():
            if seen.get(fact) is None:
                # Not known, but narrowed; marked, for an answer can hold several words too.
                seen[fact] = ("one of", words)
        for fact, coarse in self._of_patient.items():
            seen[fact] = coarse(seen[fact])
        if facts.earlier_known:
            seen[_EARLIER] = (self._recent(facts.earlier), self._left(facts.earlier))
        seen[_ANY_FINDING] = self._any(facts) if facts.findings else facts.findings_known
        return seen

    def of_finding(self, finding: Known, *, patient: Seen) -> Seen:
        """What is seen of a finding and its patient."""
        seen = {**patient}
        for name, (fact, coarse) in self._of_finding.items():
            seen[name] = coarse(finding.get(fact))
        return seen

    def _any(self, facts: Facts) -> Hashable:
        views = self._of_any.values()
        return frozenset(
            [tuple([coarse(one.get(fact)) for fact, coarse in views]) for one in facts.findings]
        )

    def _recent(self, earlier: Iterable[EarlierTreatment]) -> int:
        """Which questions about earlier treatments are true or open, as bits."""
        recent = 0
        for one in earlier:
            gaps = self._gaps.get(one.treatment)
            if gaps is None:
                continue
            if math.isnan(one.weeks_ago):
                recent |= gaps.unsure
            else:
                recent |= gaps.within[bisect_right(gaps.weeks, one.weeks_ago)]
        return recent

    def _left(self, earlier: Iterable[EarlierTreatment]) -> Hashable:
        """What earlier treatments did to the skin, as far as anything asks for it."""
        return frozenset(
            [
                (one.treatment, one.result)
                for one in earlier
                if one.result in self._asked.get(one.treatment, ())
            ]
        )


def reader_of(facts: Iterable[str]) -> Reader:
    """Reads some facts, by their names in conditions, of what is seen."""
    names = {_ANY_FINDING if fact.startswith(_ANY_FINDING) else fact for fact in facts}
    return itemgetter(*sorted(names)) if names else lambda _: None


def _leaves(condition: Condition) -> Iterator[tuple[str, Any]]:
    """The conditions without parts inside one: the word, and what it is given."""
    parts = condition.parts()
    if not parts:
        (word,) = condition.model_fields_set
        yield word, getattr(condition, word)
    for part in parts:
        yield from _leaves(part)


def _about(prefix: str, coarse: Mapping[str, _Coarse]) -> dict[str, tuple[str, _Coarse]]:
    """By name: the fact, and how it is seen."""
    return {
        name: (name.removeprefix(prefix), view)
        for name, view in coarse.items()
        if name.startswith(prefix)
    }


def _side_of(limits: Sequence[float]) -> _Coarse:
    """How many thresholds a number has reached; what is no number counts as not known."""

    def side(known: Any) -> int | None:
        if isinstance(known, (int, float)) and not math.isnan(known):
            return bisect_right(limits, known)
        return None

    return side


def _alike(fact: str, asked: Iterable[frozenset[str]]) -> _Coarse:
    """The first of the words that every question takes alike; several words stay as they are."""
    sets = [*asked, OPEN_TYPES]
    first: dict[tuple[bool, ...], str] = {}
    seen: dict[Hashable, Hashable] = {
        word: first.setdefault(tuple([word in some for some in sets]), word)
        for word in {**v.PATIENT_FACTS, **v.FINDING_FACTS}[fact]
    }
    return lambda known: seen.get(known, known)


def _asked_by_treatment(
    results: Iterable[tuple[frozenset[str], frozenset[str]]],
) -> dict[str, frozenset[str]]:
    """For each treatment the results that are told apart; not told is always one of them."""
    asked: dict[str, frozenset[str]] = {}
    for treatments, words in results:
        for name in treatments:
            asked[name] = asked.get(name, frozenset({v.UNKNOWN})) | words
    return asked


def _gaps_by_treatment(asked: Sequence[tuple[float, frozenset[str]]]) -> dict[str, _Gaps]:
    """From every question, the shortest gap first: for each treatment the gaps that concern it."""
    gaps: dict[str, _Gaps] = {}
    for treatment in v.TREATMENTS:
        own = [(w, 1 << place) for place, (w, named) in enumerate(asked) if treatment in named]
        if own:
            weeks, bits = zip(*own, strict=True)
            gaps[treatment] = _Gaps(
                weeks=weeks,
                within=tuple([sum(bits[over:]) for over in range(len(own) + 1)]),
                unsure=sum(bits) << len(asked),
            )
    return gaps
