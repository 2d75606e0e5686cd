"""One invented patient, one page of what a dermatologist expects of the plan.

The pages are `patients/*.yaml`, their words are explained in `patients/README.md`. What they
expect comes from the literature; a difference is told in words that a clinician can judge.
"""

from __future__ import annotations

import math

import pytest
from tests.patients.known_words import CHECKS, words_of
from tests.patients.pages import (
    PAGES,
    case_of,
    page_of,
    patients,
    plan_of,
)
from tests.planning.giving_way import given_way, number_of, planned, ways_of


@patients
def test_plan_is_what_the_page_expects(patient: str) -> None:
    page, plan = page_of(patient), plan_of(patient)
    faults = [
        fault for word, value in page["expect"].items() for fault in CHECKS[word](plan, value)
    ]
    told = "\n  - ".join(faults)
    assert not faults, f"{page['name']} ({page['why']}):\n  - {told}"


# --- the pages themselves ----------------------------------------------------------------------


def test_there_are_enough_patients() -> None:
    assert len(PAGES) >= 45


@patients
def test_page_uses_known_words(patient: str) -> None:
    """A misspelt expectation would check nothing and pass."""
    page = page_of(patient)
    assert set(page) - {"everything_else"} == {"name", "why", "case", "expect"}
    assert page.get("everything_else", "answered_no") == "answered_no"
    expect = page["expect"]
    assert expect.get("verdicts") or expect.get("courses"), "expects nothing of the treatments"
    for place, words, known in words_of(expect):
        wrong = sorted(set(words) - set(known))
        assert not wrong, f"{patient}: {place} knows no {wrong}"


# --- ways out ------------------------------------------------------------------------------------


CLASHING = [patient for patient in PAGES if "relaxations" in page_of(patient)["expect"]]


@pytest.mark.parametrize("patient", CLASHING)
def test_each_way_out_leads_to_a_course_and_a_little_less_does_not(patient: str) -> None:
    case = case_of(patient)
    for ways in ways_of(plan_of(patient)):
        taken = case.wishes
        for way in ways:
            taken = given_way(taken, way)
        assert planned(case, taken).courses, f"{ways} lead nowhere"
        for way in ways:
            if number_of(way) < math.inf:
                # One day, session, week or unit of money less must not be enough, or the way
                # out was not the nearest.
                assert not planned(case, given_way(taken, way, short_by=1)).courses, way
