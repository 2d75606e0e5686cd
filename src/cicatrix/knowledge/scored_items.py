"""What a person may score on a published scale: its items with their points, words and factors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicatrix.knowledge.reading_page import ScaleGrade, ScaleItem, ScalePage

#: The name under which the one grade of a global scale is kept.
GRADE = "grade"


@dataclass(frozen=True, kw_only=True)
class ScoredItem:
    """One item of a scale: its points count ``factor`` times in the total.

    ``words`` may stand for points in a case file. ``remembered`` holds the points whose meaning
    nobody has seen in print.
    """

    id: str
    title: str
    factor: float
    points: tuple[float, ...]
    words: Mapping[str, float]
    remembered: frozenset[float]
    sites: tuple[str, ...] = ()


def scored_items(page: ScalePage) -> tuple[ScoredItem, ...]:
    """The items of a scale that may be entered, in the order of its page; none for the others."""
    if not page.entered:
        return ()
    if page.counting == "global_grade":
        return (_one_grade(page),)
    return tuple(_item(page, item) for item in page.items)


def _one_grade(page: ScalePage) -> ScoredItem:
    return ScoredItem(
        id=GRADE,
        title=page.short,
        factor=1,
        points=tuple(grade.grade for grade in page.grades),
        words=_words(page.grades),
        remembered=_remembered(page.grades),
    )


def _item(page: ScalePage, item: ScaleItem) -> ScoredItem:
    by_grade = page.counting == "region_factor" or not item.words
    own = MappingProxyType(dict(zip(item.words, item.points, strict=True)) if item.words else {})
    points = item.points or tuple(grade.grade for grade in page.grades)
    remembered = _remembered(page.grades) if by_grade else frozenset()
    return ScoredItem(
        id=item.id,
        title=item.title,
        factor=1 if item.weight is None else item.weight,
        points=points,
        words=_words(page.grades) if by_grade else own,
        remembered=remembered if item.verified else frozenset(points),
        sites=item.sites,
    )


def _words(grades: Iterable[ScaleGrade]) -> Mapping[str, float]:
    """Every grade by its label and by its further words."""
    named = {grade.label.replace(" ", "_"): float(grade.grade) for grade in grades}
    more = {word: float(grade.grade) for grade in grades for word in grade.words}
    return MappingProxyType({**named, **more})


def _remembered(grades: Iterable[ScaleGrade]) -> frozenset[float]:
    return frozenset(float(grade.grade) for grade in grades if not grade.verified)
