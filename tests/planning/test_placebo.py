"""What untreated skin, or skin on placebo, did: beside one treatment, never added up."""

from __future__ import annotations

import dataclasses
import math

import pytest
from tests.planning.answers import CLEAR_CUT, HARMLESS, Sketch, case_of

from cicatrix.knowledge import load_knowledge
from cicatrix.planning.effects import combined
from cicatrix.records import Course, Improvement, Plan
from cicatrix.reporting import render_handout_html, render_report_html
from cicatrix.visit import first_visit
from cicatrix.vocabulary import Certainty

TREATED = Improvement(
    low_percent=10, high_percent=22, certainty=Certainty.LOW, sources=("a",),
    placebo_low_percent=-20, placebo_high_percent=-8,
)  # fmt: skip
ALONE = Improvement(low_percent=30, high_percent=40, certainty=Certainty.LOW, sources=("b",))
UNCOUNTED = Improvement(low_percent=math.nan, high_percent=math.nan, certainty=Certainty.NONE)


def test_the_arm_of_the_one_treatment_that_counts_is_kept() -> None:
    for parts in ([TREATED], [TREATED, UNCOUNTED], [UNCOUNTED, TREATED]):
        found = combined(parts)
        assert (found.placebo_low_percent, found.placebo_high_percent) == (-20, -8)
        assert found.placebo_apart == 0


@pytest.mark.parametrize(("parts", "apart"), [([TREATED, ALONE], 1), ([TREATED, TREATED], 2)])
def test_arms_of_several_treatments_are_not_combined(parts: list[Improvement], apart: int) -> None:
    found = combined(parts)
    assert math.isnan(found.placebo_low_percent)
    assert found.placebo_apart == apart


def test_where_no_study_had_such_an_arm_nothing_is_claimed() -> None:
    found = combined([ALONE, ALONE])
    assert math.isnan(found.placebo_low_percent)
    assert found.placebo_apart == 0


def plan_with(improvement: Improvement) -> Plan:
    """A plan whose courses expect this of every finding."""
    plan = first_visit(
        case_of(Sketch(answers=HARMLESS, findings=(CLEAR_CUT,), earlier=())),
        knowledge=load_knowledge(),
    )

    def told(course: Course) -> Course:
        expected = tuple(dataclasses.replace(e, improvement=improvement) for e in course.expected)
        return dataclasses.replace(course, expected=expected)

    assert plan.courses
    return dataclasses.replace(plan, courses=tuple(told(course) for course in plan.courses))


def test_the_pages_say_which_it_is() -> None:
    knowledge = load_knowledge()
    apart, kept, none = (plan_with(combined(p)) for p in ([TREATED, ALONE], [TREATED], [ALONE]))
    said = {
        "report": [render_report_html(p, knowledge=knowledge) for p in (apart, kept, none)],
        "en": [render_handout_html(p, knowledge=knowledge) for p in (apart, kept, none)],
        "es": [
            render_handout_html(p, knowledge=knowledge, language="es") for p in (apart, kept, none)
        ],
    }
    words = {
        "report": "untreated or placebo not combined",
        "en": "is not added up here",
        "es": "no se suma aquí",
    }
    for page, words_apart in words.items():
        assert [words_apart in html for html in said[page]] == [True, False, False]
    worse = {"en": "got worse by 8 to 20", "es": "empeoró"}
    for page, words_worse in worse.items():
        assert [words_worse in html for html in said[page]] == [False, True, False]
    assert "untreated or placebo not known" in said["report"][2]
    assert "untreated or placebo not known" not in said["report"][0] + said["report"][1]
