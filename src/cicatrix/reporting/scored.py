"""What a clinician scored on published scales, in words: the scar, the points, the total."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cicatrix.knowledge import Knowledge
from cicatrix.records import Grade
from cicatrix.reporting.library import Library
from cicatrix.reporting.words import Words


@dataclass(frozen=True, kw_only=True)
class ScoredLine:
    """One scale that was scored, for the patient; ``remembered`` if not all was seen in print."""

    what: str
    place: str
    result: str
    remembered: bool
    sources: tuple[str, ...]


def scored_scar(grade: Grade, words: Words) -> str:
    """Where the scar is that a grade is about, and what it was called."""
    key = "place.middle" if grade.side == "middle" else "place.side"
    place = words.text(
        key, site=words.term("site", grade.site), side=words.term("side", grade.side)
    )
    return f"{place}: {grade.scar}" if grade.scar else place


def points_told(grade: Grade, words: Words) -> str:
    """The points of every item scored, with its factor where it is not one.

    A dagger marks an item that nobody has seen in print.
    """
    return ", ".join(
        f"{one.title} {words.number(one.points)}"
        + (f" × {words.number(one.factor)}" if one.factor != 1 else "")
        + ("" if one.verified else " †")
        for one in grade.entered
    )


def scored_lines(
    grades: Iterable[Grade], *, knowledge: Knowledge, words: Words, library: Library
) -> list[ScoredLine]:
    """The scales that a clinician scored, one line each; no name of a severity stands here."""
    return [
        ScoredLine(
            what=_what(grade, knowledge, library),
            place=words.capital(scored_scar(grade, words)) if grade.site else "",
            result=_result(grade, words),
            remembered=not grade.verified,
            sources=grade.sources,
        )
        for grade in grades
        if grade.entered
    ]


def _what(grade: Grade, knowledge: Knowledge, library: Library) -> str:
    page = knowledge.scales.get(grade.scale)
    if page is None or page.plain is None:
        return grade.scale.replace("_", " ")
    return library.text(page.plain)


def _result(grade: Grade, words: Words) -> str:
    if math.isnan(grade.value):
        return words.text("have.scored_part", n=len(grade.entered), of=grade.items)
    return words.text(
        "have.scored_total",
        value=words.number(grade.value),
        maximum=words.number(grade.maximum),
    )
