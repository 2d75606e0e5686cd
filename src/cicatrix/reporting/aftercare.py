"""What to do before and after each treatment of the courses, each line with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cicatrix.records import Course
from cicatrix.reporting.library import Library, ids
from cicatrix.reporting.words import Words


@dataclass(frozen=True, kw_only=True)
class Line:
    """One instruction in the language of the page."""

    text: str
    sources: tuple[str, ...]
    remembered: bool


@dataclass(frozen=True, kw_only=True)
class Care:
    """One treatment: what to do before it and after it."""

    treatment: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]


def care_of(courses: Iterable[Course], *, words: Words, library: Library) -> list[Care]:
    """Each treatment of the courses once, with all instructions its steps carry."""
    before: dict[str, dict[str, Line]] = {}
    after: dict[str, dict[str, Line]] = {}
    for course in courses:
        for step in course.steps:
            for texts, kept in ((step.prepare, before), (step.aftercare, after)):
                lines = kept.setdefault(step.treatment, {})
                for text in texts:
                    line = _line(step.treatment, text, words, library)
                    lines.setdefault(line.text, line)
    return [
        Care(
            treatment=treatment,
            before=tuple(lines.values()),
            after=tuple(after[treatment].values()),
        )
        for treatment, lines in before.items()
        if lines or after[treatment]
    ]


def _line(treatment: str, text: Mapping[str, str], words: Words, library: Library) -> Line:
    page = library.instruction(treatment, text.get("en", ""))
    return Line(
        text=words.of(text),
        sources=ids(page.sources) if page else (),
        remembered=bool(page and not page.verified),
    )
