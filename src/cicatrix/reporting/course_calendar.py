"""The calendar of one course: a row a treatment, weeks from left to right.

Sessions are numbered discs, days off a bar under them in true length, treatments at home a
long bar, top-ups hollow diamonds. The wished end is a dashed line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cicatrix.records import Course, Step, Upkeep
from cicatrix.reporting import palette
from cicatrix.reporting.drawing import Drawing, text_width, wrapped
from cicatrix.reporting.words import Words

WIDTH = 760
_LABEL_WIDTH = 206
_RIGHT = 18
_TOP = 34
#: Heights of a row of care at home, of one with sessions, and of one with top-ups.
_HOME, _VISITS, _TOP_UPS = 30, 37, 44
_TICKS = (1, 2, 4, 8, 13, 26, 52)
_MOST_TICKS = 13
#: Top-ups later than this many times the course are told in words, not drawn to scale.
_FAR = 1.5

Names = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Weeks to units of the picture. Week w fills the space from ``x(w)`` to ``x(w + 1)``."""

    weeks: float
    bottom: float

    def x(self, week: float) -> float:
        """Where a week begins."""
        return _LABEL_WIDTH + week / self.weeks * (WIDTH - _LABEL_WIDTH - _RIGHT)

    @property
    def tick(self) -> int:
        """Every how many weeks a label fits."""
        return next((t for t in _TICKS if self.weeks / t <= _MOST_TICKS), 2 * _TICKS[-1])


def draw_calendar(
    course: Course, *, words: Words, names: Names, deadline: float = math.inf, key: str
) -> Drawing:
    """The whole course on one axis.

    Parameters
    ----------
    names
        The name of a treatment in the language of the page.
    deadline
        The week by which the patient wishes to be done; infinite where none was wished.
    """
    rows = _rows(course)
    axis = Axis(weeks=_length(course, deadline), bottom=rows[-1].bottom if rows else _TOP)
    drawing = Drawing(
        key=key,
        width=WIDTH,
        height=axis.bottom + 4,
        title=_told(course, rows, words, names),
        text=words.text("calendar.text"),
    )
    _draw_axis(drawing, axis, rows, words)
    _draw_end(drawing, axis, deadline, words)
    for row in rows:
        _draw_label(drawing, row.middle, names(row.treatment), _note(row.steps, words))
        for step in row.steps:
            _draw_step(drawing, axis, row.middle, step, words)
        for top_up in row.upkeep:
            _draw_upkeep(drawing, axis, row, top_up, words)
    return drawing


@dataclass(frozen=True, kw_only=True)
class Row:
    """One treatment, and the band of the picture that it fills."""

    treatment: str
    steps: tuple[Step, ...]
    upkeep: tuple[Upkeep, ...]
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Where its sessions stand."""
        return self.top + (min(self.bottom - self.top, _VISITS)) / 2


def _rows(course: Course) -> list[Row]:
    """The treatments in the order in which they begin, one band under the other."""
    first: dict[str, int] = {}
    for step in sorted(course.steps, key=lambda s: (s.week, s.treatment)):
        first.setdefault(step.treatment, step.week)
    for top_up in course.upkeep:
        first.setdefault(top_up.treatment, top_up.first_week)
    rows: list[Row] = []
    for treatment in first:
        steps = tuple(s for s in course.steps if s.treatment == treatment)
        upkeep = tuple(u for u in course.upkeep if u.treatment == treatment)
        visits = any(not step.lasts_weeks for step in steps)
        height = _TOP_UPS if upkeep else _VISITS if visits else _HOME
        top = rows[-1].bottom if rows else _TOP
        rows.append(
            Row(treatment=treatment, steps=steps, upkeep=upkeep, top=top, bottom=top + height)
        )
    return rows


def _length(course: Course, deadline: float) -> float:
    ends = [float(course.weeks) + 1, 4.0]
    ends += [
        step.week + max(step.lasts_weeks, _days_off(step)[1] / 7, 1.0) for step in course.steps
    ]
    end = max(ends)
    if deadline <= end * _FAR:
        end = max(end, deadline + 0.5)
    for upkeep in course.upkeep:
        if upkeep.first_week <= end * _FAR:
            end = max(end, upkeep.first_week + 1.0)
    return end


def _days_off(step: Step) -> tuple[float, float]:
    low, high = step.downtime_days
    return (0.0, 0.0) if math.isnan(low) or math.isnan(high) else (low, high)


def _told(course: Course, rows: Sequence[Row], words: Words, names: Names) -> str:
    """The picture in words, for those who do not see it."""
    told = [words.text("calendar.title", course=words.text(f"course.{course.name}"))]
    for row in rows:
        name = names(row.treatment)
        told += [
            words.text(
                "calendar.long",
                treatment=name,
                week=words.week(long.week),
                weeks=words.count("unit.weeks", long.lasts_weeks),
            )
            for long in row.steps
            if long.lasts_weeks
        ]
        weeks = [words.week(s.week) for s in row.steps if not s.lasts_weeks]
        if weeks:
            told.append(words.text("calendar.sessions", treatment=name, weeks=words.listed(weeks)))
        told += [_top_up(u, words, f"{name}: ") for u in row.upkeep]
    return " ".join(told)


def _top_up(upkeep: Upkeep, words: Words, lead: str = "") -> str:
    every = words.count("unit.weeks", *upkeep.every_weeks)
    return lead + words.text("calendar.top_up", week=words.week(upkeep.first_week), every=every)


def _note(steps: Sequence[Step], words: Words) -> str:
    """The days off of one session, in words, under the name."""
    sessions = [s for s in steps if not s.lasts_weeks]
    if not sessions:
        return ""
    low, high = sessions[0].downtime_days
    if math.isnan(low) or math.isnan(high):
        return words.text("calendar.days_unknown")
    if high == 0:
        return words.text("calendar.no_days")
    return words.count("calendar.days_each", low, high)


def course_in_words(course: Course, *, words: Words, names: Names) -> str:
    """A course without its picture: visits, their weeks and days off; then what is done at home."""
    told, at_home = [], []
    for row in _rows(course):
        name = names(row.treatment)
        weeks = [step.week for step in row.steps if not step.lasts_weeks]
        if weeks:
            when, note = words.weeks(weeks), _note(row.steps, words)
            told.append(words.text("calendar.visit", treatment=name, when=when, note=note))
        elif row.steps:
            at_home.append(name)
        told += [_top_up(u, words, f"{name}: ") for u in row.upkeep]
    if at_home:
        told.append(words.text("calendar.at_home", names=words.listed(at_home)))
    return " ".join(told)


def _draw_axis(drawing: Drawing, axis: Axis, rows: Sequence[Row], words: Words) -> None:
    for row in rows[::2]:
        drawing.box(0, row.top, WIDTH, row.bottom - row.top, rx=6, fill=palette.SAND)
    drawing.words(
        _LABEL_WIDTH - 12, _TOP - 8, words.text("calendar.week"), fill=palette.QUIET,
        font_size=12, text_anchor="end",
    )  # fmt: skip
    week = 0
    while week < axis.weeks:
        x = axis.x(week)
        drawing.line(x, _TOP, x, axis.bottom, stroke=palette.LINE, stroke_width=0.8)
        if axis.x(week + 1) < WIDTH - 6:
            drawing.words(
                axis.x(week + 0.5), _TOP - 8, str(week + 1), fill=palette.QUIET, font_size=12,
                text_anchor="middle",
            )  # fmt: skip
        week += axis.tick


def _draw_end(drawing: Drawing, axis: Axis, deadline: float, words: Words) -> None:
    if deadline > axis.weeks:
        return
    x = axis.x(deadline)
    drawing.line(
        x, 14, x, axis.bottom, stroke=palette.CLAY, stroke_width=1.8, stroke_dasharray="5 4"
    )
    label = words.text("calendar.deadline", week=words.number(deadline, decimals=0))
    anchor = "end" if x + text_width(label, size=12) + 6 > WIDTH else "start"
    drawing.words(
        x - 6 if anchor == "end" else x + 6, 11, label, fill=palette.CLAY, font_size=12,
        font_weight=600, text_anchor=anchor,
    )  # fmt: skip


def _draw_label(drawing: Drawing, middle: float, name: str, note: str) -> None:
    lines = wrapped(name, width=_LABEL_WIDTH - 14, size=12.5, most_lines=1 if note else 2)
    block = 13.5 * len(lines) + (13 if note else 0)
    y = middle - block / 2 + 10.5
    for line in lines:
        drawing.words(10, y, line, font_size=12.5, font_weight=600)
        y += 13.5
    if note:
        drawing.words(10, y - 0.5, note, font_size=11, fill=palette.QUIET)


def _draw_step(drawing: Drawing, axis: Axis, middle: float, step: Step, words: Words) -> None:
    x = axis.x(step.week)
    if step.lasts_weeks:
        width = axis.x(step.week + step.lasts_weeks) - x
        drawing.box(x + 1, middle - 9, width - 2, 18, rx=9, fill=palette.TEAL_MID)
        label = words.count("calendar.home", step.lasts_weeks)
        if text_width(label, size=11.5) < width - 14:
            drawing.words(x + 11, middle + 4, label, font_size=11.5, font_weight=600)
        return
    low, high = _days_off(step)
    unit = axis.x(1) - axis.x(0)
    if high:
        drawing.box(x, middle + 11, high / 7 * unit, 5.5, fill=palette.CLAY_MID)
        drawing.box(x, middle + 11, low / 7 * unit, 5.5, fill=palette.CLAY)
    radius = min(10.0, max(7.5, unit / 2 + 4))
    centre = x + unit / 2
    drawing.shape(
        "circle", cx=centre, cy=middle - 3, r=radius, fill=palette.TEAL, stroke=palette.PAPER,
        stroke_width=1.4,
    )  # fmt: skip
    drawing.words(
        centre, middle - 3 + radius * 0.38, str(step.session), font_size=radius * 1.1,
        font_weight=700, fill=palette.PAPER, text_anchor="middle",
    )  # fmt: skip


def _draw_upkeep(drawing: Drawing, axis: Axis, row: Row, upkeep: Upkeep, words: Words) -> None:
    centre = axis.x(upkeep.first_week + 0.5)
    label = _top_up(upkeep, words)
    if upkeep.first_week + 1 <= axis.weeks:
        corners = ((0, -10), (10, 0), (0, 10), (-10, 0))
        points = "L".join(f"{centre + dx:.2f} {row.middle - 3 + dy:.2f}" for dx, dy in corners)
        drawing.path(f"M{points}Z", fill=palette.PAPER, stroke=palette.TEAL, stroke_width=2)
    width = text_width(label, size=11) + 8
    drawing.box(WIDTH - 12 - width, row.bottom - 16, width + 6, 13, fill=palette.PAPER, rx=3)
    drawing.words(
        WIDTH - 10, row.bottom - 6, label, font_size=11, fill=palette.QUIET, text_anchor="end"
    )
