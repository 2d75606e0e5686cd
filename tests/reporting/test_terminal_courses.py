"""The courses in the terminal: their numbers, and the calendar that is drawn of each."""

from __future__ import annotations

import dataclasses
import io
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from tests.reporting.printing import flat, part, printed

from cicatrix.records import (
    Course,
    Proof,
    Step,
    Upkeep,
)
from cicatrix.reporting.terminal_calendar import draw_calendar
from cicatrix.reporting.terminal_courses import bar
from cicatrix.reporting.words import report_words

# --- the numbers of a course ---------------------------------------------------------------------


def test_interval_certainty_risk_cost_and_proof_of_each_course_are_told(demo, knowledge):
    text = printed(demo, knowledge, width=140)
    numbers = part(text, "What the courses", "In no course")
    for course in demo.courses:
        for expected in course.expected:
            found = expected.improvement
            assert percent_of(found.low_percent, found.high_percent) in numbers
            if found.is_known:
                assert f"certainty {found.certainty.value.replace('_', ' ')}" in numbers
        assert percent_of(*course.pih_percent) in part_of_row(numbers, "Risk of dark marks")
        assert f"{course.currency} {course.cost:.0f}" in numbers
        assert f"value {course.proof.objective:,.0f} = bound {course.proof.bound:,.0f}" in text


def percent_of(low: float, high: float) -> str:
    return "not known" if math.isnan(low) else f"{low:.0f} to {high:.0f}%"


def part_of_row(text: str, label: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(label))


def test_a_risk_that_nobody_counted_is_not_known(demo, knowledge):
    course = dataclasses.replace(demo.courses[0], pih_percent=(math.nan, math.nan))
    text = printed(dataclasses.replace(demo, courses=(course,)), knowledge)
    assert part_of_row(text, "Risk of dark marks").endswith("not known")


def test_a_course_without_a_price_says_for_what(demo, knowledge):
    course = dataclasses.replace(demo.courses[0], cost=math.nan, unpriced=("subcision",))
    text = flat(printed(dataclasses.replace(demo, courses=(course,)), knowledge))
    assert f"not known, no price for: {knowledge.treatments['subcision'].name.en}" in text


def test_a_search_that_was_cut_short_is_not_called_optimal(demo, knowledge):
    proof = Proof(status="feasible", objective=10, bound=12)
    course = dataclasses.replace(demo.courses[0], proof=proof)
    text = flat(printed(dataclasses.replace(demo, courses=(course,)), knowledge))
    assert "feasible: value 10, bound 12; a better course may exist" in text
    assert "optimal" not in text


def test_what_the_proof_covers_and_how_courses_are_ranked_is_told(demo, knowledge):
    text = flat(printed(demo, knowledge, width=140))
    assert "no course within these limits that heeds the pages and the wishes scores" in text
    ranked = "for one finding a stronger course may show less than a milder one"
    assert ranked in text
    alone = dataclasses.replace(demo, courses=demo.courses[-1:])
    assert ranked not in flat(printed(alone, knowledge, width=140)), "nothing to compare"


def test_upkeep_is_told_in_words(demo, knowledge):
    upkeep = Upkeep(treatment="hyaluronic_acid_filler", first_week=51, every_weeks=(26, 52))
    course = dataclasses.replace(demo.courses[0], upkeep=(upkeep,))
    text = flat(printed(dataclasses.replace(demo, courses=(course,)), knowledge))
    assert "Hyaluronic acid filler, top-up from week 52 on, every 26 to 52 weeks." in text


@pytest.mark.parametrize(
    ("low", "high", "drawn"),
    [
        (0, 100, "━" * 20),  # 20 columns are 100 percent, so a column is 5
        (50, 75, "·" * 10 + "━" * 5 + "·" * 5),
        (100, 100, "·" * 19 + "━"),  # never nothing
        (-20, 10, "<━" + "·" * 18),
        (-20, -5, "<" + "·" * 19),
    ],
)
def test_the_bar_of_an_interval_is_true_to_scale(low, high, drawn):
    assert bar(low, high) == drawn


# --- the calendar --------------------------------------------------------------------------------


def step(
    week: int, *, treatment: str = "a", lasts: int = 0, days: tuple[float, float] = (0, 0)
) -> Step:
    return Step(
        week=week, treatment=treatment, session=1, of=1, targets=(), downtime_days=days,
        cautions=(), lasts_weeks=lasts,
    )  # fmt: skip


def course_of(*steps: Step, weeks: int) -> Course:
    return Course(
        name="gentle", weeks=weeks, sessions=len(steps), steps=steps, expected=(),
        pih_percent=(math.nan, math.nan), cost=math.nan, currency="",
        proof=Proof(status="optimal", objective=0, bound=0), benefit=0, burden=0,
    )  # fmt: skip


def drawn(course: Course, *, width: int) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width)
    console.print(draw_calendar(course, words=report_words(), names=str, width=width))
    return out.getvalue().splitlines()


def columns_of_labels(axis: str) -> dict[int, int]:
    return {int(m[0]): m.start() for m in re.finditer(r"\d+", axis)}


sessions = st.lists(st.integers(0, 103), min_size=1, max_size=12, unique=True)


@given(weeks=sessions, width=st.integers(40, 160))
def test_each_session_stands_between_the_labels_around_its_week(weeks, width):
    lines = drawn(course_of(*(step(w) for w in weeks), weeks=max(weeks) + 1), width=width)
    axis, marks = lines[0], lines[2]
    unit = 365.25 / 12 / 7 if "month" in axis else 1  # weeks in a unit of the axis
    labels = columns_of_labels(axis)
    marked = [(i, c) for i, c in enumerate(marks) if c == "●" or c.isdigit()]
    placed = [i for i, c in marked for _ in range(int(c) if c.isdigit() else 1)]
    assert len(placed) == len(weeks)
    for week, column in zip(sorted(weeks), sorted(placed), strict=True):
        before = max(c for label, c in labels.items() if (label - 1) * unit <= week)
        after = min((c for label, c in labels.items() if (label - 1) * unit > week), default=width)
        # A tick and a session in the same column may round to the same side.
        assert before <= column <= after


def test_a_session_in_a_labelled_week_stands_under_its_label():
    lines = drawn(course_of(step(0), step(4), step(8), weeks=12), width=80)
    labels = columns_of_labels(lines[0])
    assert [i for i, c in enumerate(lines[2]) if c == "●"] == [labels[1], labels[5], labels[9]]


def test_care_at_home_reaches_from_its_first_week_to_its_last():
    bars = (step(0, lasts=8, treatment="a"), step(4, lasts=4, treatment="b"))
    lines = drawn(course_of(*bars, weeks=16), width=80)
    labels = columns_of_labels(lines[0])
    for line, first in ((lines[2], 1), (lines[4], 5)):
        assert line.index("├") == labels[first]
        assert line.index("┤") == labels[9] - 1
        assert set(line[line.index("├") + 1 : line.index("┤")]) == {"─"}


def test_days_off_are_shaded_as_long_as_they_last():
    # Four columns a week: 7 days fill 4 columns, 14 days 8.
    lines = drawn(course_of(step(0, days=(7, 14)), weeks=8), width=80)
    labels = columns_of_labels(lines[0])
    assert labels[3] - labels[1] == 8
    assert lines[3].rstrip().endswith("▓▓▓▓░░░░")
    assert lines[3].index("▓") == labels[1]


def test_days_off_that_nobody_knows_are_said_and_not_drawn():
    text = "\n".join(drawn(course_of(step(0, days=(math.nan, math.nan)), weeks=8), width=80))
    assert "days off not known" in text
    assert not {"▓", "░"} & set(text)


def test_two_years_are_counted_in_months_and_lose_no_session():
    weeks = range(0, 104, 2)
    lines = drawn(course_of(*(step(w) for w in weeks), weeks=104), width=80)
    assert "month" in lines[0]
    assert max(columns_of_labels(lines[0])) <= 24
    counted = sum(int(c) if c.isdigit() else c == "●" for c in lines[2])
    assert counted == len(weeks)
