"""Add up what a clinician scored on a published scale, and say between what the rest leaves it."""

from __future__ import annotations

import dataclasses
import math

from cicatrix.knowledge.reading_page import ScalePage
from cicatrix.knowledge.scored_items import GRADE, ScoredItem
from cicatrix.records import Grade, ItemScore, ScaleScore


def entered_grade(page: ScalePage, score: ScaleScore, *, counted: Grade) -> Grade:
    """The total of the items that were scored, or NaN and its bounds where some were not.

    ``counted`` is what the findings give on the same scale; where a clinician's grade differs
    from it, both are told. A total has the name of a band only where the page holds bands.
    """
    entered = tuple(_entered(item, score) for item in page.scored_items if item.id in score.points)
    left = [item for item in page.scored_items if item.id not in score.points]
    so_far = sum(one.factor * one.points for one in entered)
    low = so_far + sum(item.factor * min(item.points) for item in left)
    high = so_far + sum(item.factor * max(item.points) for item in left)
    value = math.nan if left else so_far
    return dataclasses.replace(
        counted,
        value=value,
        label=_bounds_told(entered, page, low, high) if left else _label(page, value, counted),
        verified=page.verified and all(one.verified for one in entered),
        missing=tuple(item.title for item in left),
        entered=entered,
        items=len(page.scored_items),
        bounds=(low, high) if left else (math.nan, math.nan),
        site=score.site,
        side=score.side,
        scar=score.scar,
    )


def _entered(item: ScoredItem, score: ScaleScore) -> ItemScore:
    points = score.points[item.id]
    return ItemScore(
        item=item.id,
        title=item.title,
        points=points,
        factor=item.factor,
        verified=points not in item.remembered,
    )


def _bounds_told(entered: tuple[ItemScore, ...], page: ScalePage, low: float, high: float) -> str:
    parts = f"{len(entered)} of {len(page.scored_items)} scored"
    return f"{parts}; the total lies between {low:g} and {high:g}"


def _label(page: ScalePage, value: float, counted: Grade) -> str:
    if page.scored_items[0].id != GRADE:
        reached = [band.label for band in page.total_bands if value >= band.at_least]
        return reached[-1] if reached else ""
    named = next(grade.label for grade in page.grades if grade.grade == value)
    if counted.bounds[0] > value:
        return f"{named}; the findings give at least {counted.bounds[0]:g}"
    if math.isnan(counted.value) or counted.value == value:
        return named
    return f"{named}; the findings give {counted.value:g} ({counted.label})"
