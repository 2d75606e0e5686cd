"""How the treatments of one case go together in time, read from the combination pages."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.rule_page import CombinationPage
from cicatrix.planning.truth import FALSE, NO_FINDING, TRUE, Facts, Thresholds, compiled


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """The rule between two treatments; for ``order`` ``first`` comes first."""

    kind: str
    first: str
    then: str
    gap_weeks: int
    page: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Companion:
    """A course with ``treatment`` needs one of ``one_of``, begun ``gap_weeks`` before."""

    treatment: str
    one_of: frozenset[str]
    gap_weeks: int
    page: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Together:
    """All pair rules and companions that hold for one patient."""

    pairs: tuple[Pair, ...]
    companions: tuple[Companion, ...]


def rules_between(treatments: Iterable[str], facts: Facts, *, knowledge: Knowledge) -> Together:
    """The rules among some treatments.

    For two treatments the page that names the fewest pairs wins (a page about two lasers over
    the page about all procedures); pages that name equally many hold together. ``exclusive``
    always holds. A page whose condition is not decided holds, unless it only loosens.
    """
    wanted = sorted(treatments)
    pairs: dict[tuple[str, str], list[tuple[int, Pair]]] = {}
    companions = []
    for page in knowledge.combinations.values():
        if not _holds(page, facts, knowledge):
            continue
        first = knowledge.treatments_named(page.first)
        then = knowledge.treatments_named(page.then)
        gap = math.ceil(page.gap_weeks.low) if page.gap_weeks else 0
        if page.kind == "companion":
            companions += [
                Companion(treatment=name, one_of=first - {name}, gap_weeks=gap, page=page.id)
                for name in wanted
                if name in then and name not in first
            ]
            continue
        for one in wanted:
            for other in wanted:
                if one != other and one in first and other in then:
                    pair = Pair(kind=page.kind, first=one, then=other, gap_weeks=gap, page=page.id)
                    key = (min(one, other), max(one, other))
                    pairs.setdefault(key, []).append((len(first) * len(then), pair))
    chosen = [pair for key in sorted(pairs) for pair in _most_specific(pairs[key])]
    return Together(pairs=tuple(chosen), companions=tuple(companions))


def earliest_week(treatment: str, facts: Facts, *, knowledge: Knowledge) -> int:
    """The first week in which a treatment keeps its distance from what was done before.

    The gaps between two treatments of one course hold as well when one of them was done
    before this visit. A treatment whose day nobody knows counts as done today. So does a filler
    that was told only by its weeks (``filler_weeks_ago``).
    """
    first_week = 0
    done = [(frozenset({one.treatment}), one.weeks_ago) for one in facts.earlier]
    for names, weeks_ago in [*done, *_fillers_told(facts, knowledge)]:
        since = 0.0 if math.isnan(weeks_ago) else weeks_ago
        gap = _gap_after(names, treatment, facts, knowledge)
        first_week = max(first_week, math.ceil(gap - since))
    return first_week


def _fillers_told(facts: Facts, knowledge: Knowledge) -> list[tuple[frozenset[str], float]]:
    """The last filler as it was asked for by itself, where the list of treatments lacks it.

    Nobody told which one it was, so it may have been any of them.
    """
    weeks_ago = facts.answers.get("filler_weeks_ago")
    if not isinstance(weeks_ago, (int, float)) or not math.isfinite(weeks_ago):
        return []
    fillers = knowledge.treatments_named(["set:injectable_fillers"])
    listed = [one.weeks_ago for one in facts.earlier if one.treatment in fillers]
    if any(math.isnan(weeks) or weeks <= weeks_ago for weeks in listed):
        return []
    return [(fillers, float(weeks_ago))]


def _gap_after(
    earlier: frozenset[str], treatment: str, facts: Facts, knowledge: Knowledge
) -> float:
    """The weeks that the pages want after an earlier treatment, any one of some, before another."""
    interval = knowledge.treatments[treatment].schedule.interval_weeks
    again = interval.low if interval and treatment in earlier else 0.0
    others = earlier - {treatment}
    between = rules_between([*others, treatment], facts, knowledge=knowledge) if others else None
    gaps = [
        pair.gap_weeks
        for pair in (between.pairs if between else ())
        if pair.kind != "exclusive" and treatment in (pair.first, pair.then)
    ]
    return max([again, *gaps])


def _holds(page: CombinationPage, facts: Facts, knowledge: Knowledge) -> bool:
    if page.when is None:
        return True
    limits = Thresholds(named=knowledge.treatments_named)
    truth = compiled(page.when, limits)(facts, NO_FINDING)
    return truth == TRUE if page.kind == "same_day" else truth != FALSE


def _most_specific(rules: list[tuple[int, Pair]]) -> list[Pair]:
    exclusive = [pair for _, pair in rules if pair.kind == "exclusive"]
    timed = [(size, pair) for size, pair in rules if pair.kind != "exclusive"]
    if not timed:
        return exclusive[:1]
    fewest = min(size for size, _ in timed)
    seen: dict[tuple[str, str, str, int], Pair] = {}
    for size, pair in timed:
        if size == fewest:
            ends = (pair.first, pair.then)
            if pair.kind != "order":
                ends = (min(ends), max(ends))
            seen.setdefault((pair.kind, *ends, pair.gap_weeks), pair)
    # What may not share a course still keeps its distance from what was done before.
    return [*exclusive[:1], *seen.values()]
