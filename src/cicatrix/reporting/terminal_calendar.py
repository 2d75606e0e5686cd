"""The calendar of one course in characters: a row a treatment, weeks from left to right.

A disc is a session; the blocks under it are days off, as long as they last; a line is care at
home; a diamond is a top-up. Where a week is narrower than a column the axis counts months.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from cicatrix.records import Course, Step, Upkeep
from cicatrix.reporting.terminal_page import QUIET, STRONG
from cicatrix.reporting.words import Words

SESSION, SURE_DAY_OFF, POSSIBLE_DAY_OFF, HOME, TOP_UP, GRID = "●", "▓", "░", "─", "◇", "·"
_BAR_START, _BAR_END, _BAR_ALONE = "├", "┤", "│"
_TICK, _RULER = "┬", "─"
_WEEK_TICKS = (1, 2, 4, 8, 13, 26, 52)
_MONTH_TICKS = (1, 2, 3, 6, 12, 24)
_WEEKS_PER_MONTH = 365.25 / 12 / 7
_DAYS_PER_WEEK = 7
_MOST_COLUMNS_PER_WEEK = 4
#: Columns from one label of the axis to the next, at least.
_LABEL_ROOM = 5
#: Top-ups later than this many times the course are told in words, not drawn.
_FAR = 1.25
_MOST_COUNTED = 9


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Weeks to columns: ``per_week`` columns a week, fewer than one where weeks share a column."""

    columns: int
    weeks: float

    @property
    def per_week(self) -> float:
        """Columns a week: a whole number, or one over a whole number."""
        fitting = int(self.columns // self.weeks)
        if fitting >= 1:
            return min(fitting, _MOST_COLUMNS_PER_WEEK)
        return 1 / math.ceil(self.weeks / self.columns)

    @property
    def used(self) -> int:
        """How many columns the course takes."""
        return min(self.columns, math.ceil(self.weeks * self.per_week))

    def column(self, week: float) -> int:
        """The column in which a week begins."""
        return math.floor(week * self.per_week + 1e-9)

    @property
    def counts_months(self) -> bool:
        """True where a label for weeks would say more than a column can show."""
        return self.per_week < 1

    def ticks(self) -> Iterator[tuple[int, str]]:
        """Column and label of each tick; the first week and the first month are number 1."""
        unit = _WEEKS_PER_MONTH if self.counts_months else 1.0
        steps = _MONTH_TICKS if self.counts_months else _WEEK_TICKS
        room = (s for s in steps if s * unit * self.per_week >= _LABEL_ROOM)
        step, number = next(room, steps[-1]), 0
        while self.column(number * unit) < self.used:
            yield self.column(number * unit), str(number + 1)
            number += step


@dataclass(frozen=True, kw_only=True)
class Row:
    """One treatment of a course."""

    treatment: str
    steps: tuple[Step, ...]
    upkeep: tuple[Upkeep, ...]

    @property
    def at_home(self) -> bool:
        """True for what is done day by day."""
        return any(step.lasts_weeks for step in self.steps)


def rows_of(course: Course) -> list[Row]:
    """Sessions in the order in which they begin, then what is done at home."""
    names = dict.fromkeys(
        (*(s.treatment for s in course.steps), *(u.treatment for u in course.upkeep))
    )
    rows = [
        Row(
            treatment=name,
            steps=tuple(s for s in course.steps if s.treatment == name),
            upkeep=tuple(u for u in course.upkeep if u.treatment == name),
        )
        for name in names
    ]
    return sorted(rows, key=lambda row: (row.at_home, min((s.week for s in row.steps), default=0)))


def draw_calendar(
    course: Course, *, words: Words, names: Callable[[str], str], width: int
) -> Table:
    """The whole course on one axis, at most ``width`` columns wide."""
    label_columns = max(14, min(34, round(width * 0.32)))
    scale = Scale(columns=max(8, width - label_columns - 1), weeks=_length(course))
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=label_columns, overflow="fold")
    table.add_column(width=scale.used, no_wrap=True, overflow="crop")
    unit = "month" if scale.counts_months else "week"
    table.add_row(Text(unit, style=QUIET, justify="right"), Text(_axis(scale), style=QUIET))
    table.add_row("", Text(_ruler(scale), style=QUIET))
    for row in rows_of(course):
        label = Text(names(row.treatment), style=STRONG)
        label.append(f"\n{_note(row, words)}", style=f"not bold {QUIET}")
        marks = Text(_marks(row, scale), style="cyan" if row.at_home else "bold cyan")
        marks.append(f"\n{_days_off(row, scale)}", style="not bold yellow")
        table.add_row(label, marks)
    return table


def key_of_signs() -> Text:
    """What the signs of the calendars mean."""
    key = Text(style=QUIET)
    for sign, meaning in (
        (SESSION, "session"),
        (SURE_DAY_OFF, "days off at least"),
        (POSSIBLE_DAY_OFF, "days off at most"),
        (f"{_BAR_START}{HOME}{_BAR_END}", "at home"),
        (TOP_UP, "top-up"),
    ):
        key.append(f"{sign} ", style="not dim cyan").append(f"{meaning}   ")
    key.rstrip()
    return key


def _length(course: Course) -> float:
    """The weeks to be drawn: the course, what goes on beside it, and top-ups that are near."""
    ends = [float(course.weeks), 4.0]
    ends += [
        step.week + max(step.lasts_weeks, 1.0, _known(step)[1] / _DAYS_PER_WEEK)
        for step in course.steps
    ]
    end = max(ends)
    near = [u.first_week + 1.0 for u in course.upkeep if u.first_week + 1 <= end * _FAR]
    return max([end, *near])


def _known(step: Step) -> tuple[float, float]:
    low, high = step.downtime_days
    return (0.0, 0.0) if math.isnan(low) or math.isnan(high) else (low, high)


def _axis(scale: Scale) -> str:
    cells = [" "] * scale.used
    for column, label in scale.ticks():
        if column + len(label) <= scale.used:
            cells[column : column + len(label)] = label
    return "".join(cells)


def _ruler(scale: Scale) -> str:
    cells = [_RULER] * scale.used
    for column, _ in scale.ticks():
        cells[column] = _TICK
    return "".join(cells)


def _marks(row: Row, scale: Scale) -> str:
    """Sessions, bars and top-ups of one treatment; two sessions in one column are counted."""
    cells = [" "] * scale.used
    for column, _ in scale.ticks():
        cells[column] = GRID
    for step in (s for s in row.steps if s.lasts_weeks):
        start = scale.column(step.week)
        end = max(start + 1, scale.column(step.week + step.lasts_weeks))
        bar = f"{_BAR_START}{HOME * (end - start - 2)}{_BAR_END}" if end - start > 1 else _BAR_ALONE
        cells[start:end] = bar
    for top_up in row.upkeep:
        if scale.column(top_up.first_week) < scale.used:
            cells[scale.column(top_up.first_week)] = TOP_UP
    sessions = [scale.column(s.week) for s in row.steps if not s.lasts_weeks]
    for column in sessions:
        together = sessions.count(column)
        cells[column] = SESSION if together == 1 else str(min(together, _MOST_COUNTED))
    return "".join(cells[: scale.used])


def _days_off(row: Row, scale: Scale) -> str:
    """Days off under each session; a possible one takes a column that it does not fill."""
    cells = [" "] * scale.used
    per_day = scale.per_week / _DAYS_PER_WEEK
    for step in (s for s in row.steps if not s.lasts_weeks):
        low, high = _known(step)
        start = scale.column(step.week)
        for column in range(start, min(scale.used, start + math.ceil(high * per_day))):
            sure = column - start < math.floor(low * per_day + 0.5)
            cells[column] = SURE_DAY_OFF if sure else POSSIBLE_DAY_OFF
    return "".join(cells)


def _note(row: Row, words: Words) -> str:
    """Under a name: how many sessions, and the days off of each."""
    sessions = [s for s in row.steps if not s.lasts_weeks]
    if row.at_home or not sessions:
        weeks = max((s.lasts_weeks for s in row.steps), default=0)
        return f"at home, {words.count('unit.weeks', weeks)}" if weeks else "top-up only"
    low, high = sessions[0].downtime_days
    if math.isnan(low) or math.isnan(high):
        off = "days off not known"
    elif high == 0:
        off = "no day off"
    else:
        off = f"{words.count('unit.days', low, high)} off each"
    return f"{len(sessions)} × , {off}".replace(" ,", ",")
