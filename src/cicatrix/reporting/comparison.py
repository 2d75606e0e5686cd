"""The courses side by side: what each may bring, and how often dark marks may follow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cicatrix.records import Course, Target
from cicatrix.reporting import palette
from cicatrix.reporting.drawing import Drawing, wrapped
from cicatrix.reporting.words import Words

WIDTH = 760
_LABEL_WIDTH = 250
_RIGHT = 92
_TOP = 40
_BAR = 20
_GAP = 16

COURSE_COLOURS = {
    "gentle": palette.TEAL_MID, "balanced": palette.TEAL, "strongest": palette.TEAL_DEEP,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """One block of bars: a label and an interval in percent for each course."""

    label: str
    intervals: tuple[tuple[float, float] | None, ...]
    colour: str = ""


def draw_comparison(courses: Sequence[Course], *, words: Words, key: str) -> Drawing:
    """Intervals in percent: a block for each finding, and one for lasting dark marks.

    A course for which nothing could be counted shows a short text in place of a bar.
    """
    rows = _rows(courses, words)
    counted = [found for row in rows for found in row.intervals if found is not None]
    low = min([0.0, *(end for end, _ in counted if not math.isnan(end))])
    block = _BAR * len(courses) + _GAP
    drawing = Drawing(
        key=key,
        width=WIDTH,
        height=_TOP + block * len(rows) + 4,
        title=_told(rows, courses, words),
        text=words.text("comparison.text"),
    )
    _draw_scale(drawing, low, block * len(rows), words)
    for index, row in enumerate(rows):
        _draw_row(drawing, row, courses, top=_TOP + block * index + _GAP / 2, low=low, words=words)
    return drawing


def _rows(courses: Sequence[Course], words: Words) -> list[Row]:
    targets: dict[Target, None] = {e.target: None for c in courses for e in c.expected}
    rows = []
    for target in targets:
        found = [next((e for e in c.expected if e.target == target), None) for c in courses]
        intervals = tuple(
            (e.improvement.low_percent, e.improvement.high_percent) if e else None for e in found
        )
        rows.append(Row(label=words.capital(words.target(target)), intervals=intervals))
    risk = tuple(course.pih_percent for course in courses)
    return [*rows, Row(label=words.text("comparison.pih"), intervals=risk, colour=palette.CLAY)]


def _told(rows: Sequence[Row], courses: Sequence[Course], words: Words) -> str:
    told = [words.text("comparison.title")]
    for row in rows:
        parts = [
            f"{words.text(f'course.{c.name}')} {_in_words(interval, words)}"
            for c, interval in zip(courses, row.intervals, strict=True)
        ]
        told.append(f"{row.label}: {', '.join(parts)}.")
    return " ".join(told)


def _in_words(interval: tuple[float, float] | None, words: Words) -> str:
    if interval is None:
        return words.text("comparison.not_in_course")
    if math.isnan(interval[0]) or math.isnan(interval[1]):
        return words.text("comparison.uncounted")
    return words.percent(*interval)


def _x(percent: float, low: float) -> float:
    return _LABEL_WIDTH + (percent - low) / (100 - low) * (WIDTH - _LABEL_WIDTH - _RIGHT)


def _draw_scale(drawing: Drawing, low: float, height: float, words: Words) -> None:
    for percent in range(-100, 101, 25):
        if percent < low:
            continue
        x = _x(percent, low)
        strong = percent == 0
        drawing.line(
            x, _TOP - 8, x, _TOP + height, stroke=palette.QUIET if strong else palette.LINE,
            stroke_width=1.2 if strong else 0.8,
        )  # fmt: skip
        label = words.text("comparison.tick", n=words.number(percent, decimals=0))
        drawing.words(x, _TOP - 14, label, font_size=12, fill=palette.QUIET, text_anchor="middle")


def _draw_row(
    drawing: Drawing, row: Row, courses: Sequence[Course], *, top: float, low: float, words: Words
) -> None:
    lines = wrapped(row.label, width=_LABEL_WIDTH - 96, size=13, most_lines=3)
    first = top + _BAR * len(courses) / 2 - (len(lines) - 1) * 8 + 4
    for number, line in enumerate(lines):
        drawing.words(0, first + number * 16, line, font_size=13, font_weight=600)
    for index, (course, interval) in enumerate(zip(courses, row.intervals, strict=True)):
        middle = top + _BAR * index + _BAR / 2
        drawing.words(
            _LABEL_WIDTH - 12, middle + 4, words.text(f"course.{course.name}"), font_size=11.5,
            fill=palette.QUIET, text_anchor="end",
        )  # fmt: skip
        _draw_interval(drawing, interval, middle, low, row.colour or _colour(course), words)
    under = top + _BAR * len(courses) + _GAP / 2
    drawing.line(0, under, WIDTH, under, stroke=palette.SAND_DEEP, stroke_width=1)


def _colour(course: Course) -> str:
    return COURSE_COLOURS.get(course.name, palette.TEAL)


def _draw_interval(
    drawing: Drawing, interval: tuple[float, float] | None, middle: float, low: float, colour: str,
    words: Words,
) -> None:  # fmt: skip
    if interval is None or math.isnan(interval[0]) or math.isnan(interval[1]):
        drawing.words(
            _x(max(low, 0), low) + 6, middle + 4, _in_words(interval, words),
            font_size=11.5, fill=palette.QUIET, font_style="italic",
        )  # fmt: skip
        return
    left, right = (_x(end, low) for end in interval)
    drawing.box(left, middle - 6, max(right - left, 3), 12, rx=3, fill=colour)
    drawing.words(right + 6, middle + 4, words.percent(*interval), font_size=11.5, font_weight=600)
