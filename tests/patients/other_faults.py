"""Where flags, questions, warnings, wishes and grades are others than a page says."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tests.patients.pages import (
    reasons_of,
)

from cicatrix.records import Plan


def flag_faults(plan: Plan, expected: list[dict[str, str]]) -> Iterator[str]:
    """Red flags that are missing, or raised where the page says that there is none."""
    raised = [{"do": f.do, "caution": f.caution, "rule": f.rule} for f in plan.red_flags]
    for wanted in expected:
        if not any(wanted.items() <= flag.items() for flag in raised):
            yield f"no red flag {wanted}, only {raised}"
    if not expected and raised:
        yield f"no red flag expected, but {raised}"


def ask_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Questions that are missing."""
    asked = [question.fact for question in plan.questions]
    for fact in expected:
        if fact not in asked:
            yield f"does not ask for {fact}, only for {asked}"


def needless_ask_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Questions on which nothing hangs for this patient."""
    for question in plan.questions:
        if question.fact in expected:
            yield f"asks for {question.fact}, for the sake of {question.unlocks}"


def warning_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Cautions that nobody raises who has a say: a red flag, or a treatment with a role.

    What a treatment's page warns everybody of does not count, unless the treatment stands in a
    course.
    """
    raised = {flag.caution for flag in plan.red_flags}
    raised |= {caution for c in plan.courses for step in c.steps for caution in step.cautions}
    for decision in plan.decisions:
        if decision.role.value != "not_indicated":
            raised |= {reason.caution for reason in reasons_of(decision)}
    for caution in expected:
        if caution not in raised:
            yield f"does not warn of {caution}"


def because_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Words that the explanation of a missing course lacks."""
    told = " ".join(plan.no_course_because).lower()
    for words in expected:
        if words.lower() not in told:
            yield f"the explanation does not say '{words}': {told or 'there is a course'}"


WISH_WORDS = {
    "max_downtime_days": "downtime", "max_sessions": "session", "done_within_weeks": "week",
    "low_pain": "pain", "lasting": "last", "avoid": "no {}", "requested": "{} must be part",
}  # fmt: skip


def clash_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Wishes that the explanation does not name as clashing."""
    for wish in expected:
        kind, _, thing = wish.partition(" ")
        words = WISH_WORDS.get(kind, plan.case.wishes.currency).format(thing.replace("_", " "))
        yield from because_faults(plan, [words])


def relaxation_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Ways out that are not offered."""
    offered = [way.wish for way in plan.relaxations]
    for wish in expected:
        if wish not in offered:
            yield f"does not offer to give way on '{wish}', only on {offered}"


def left_out_faults(plan: Plan, expected: dict[str, str]) -> Iterator[str]:
    """Treatments that should be named as left out, with the reason."""
    told = {left.treatment: left.why for left in plan.not_planned}
    for treatment, words in expected.items():
        if str(words).lower() not in told.get(treatment, "").lower():
            yield (
                f"{treatment} should be named as left out because of '{words}', "
                f"but it says: {told.get(treatment, 'nothing')}"
            )


def not_shown_faults(plan: Plan, expected: dict[str, str]) -> Iterator[str]:
    """Treatments of a course of which it should be told that a wish may not hold for them."""
    told = {open_.treatment: open_.why for open_ in plan.not_shown}
    for treatment, words in expected.items():
        if words not in told.get(treatment, ""):
            yield f"of {treatment} it should be told '{words}', but of these it is: {told}"


def grade_faults(plan: Plan, expected: dict[str, float | None]) -> Iterator[str]:
    """Grades that differ; null on the page means that the scale cannot tell."""
    told = {grade.scale: grade for grade in plan.grades}
    for scale, value in expected.items():
        grade = told[scale]
        seen = None if math.isnan(grade.value) else grade.value
        if seen != value:
            missing = f" (missing: {', '.join(grade.missing)})" if grade.missing else ""
            yield f"{scale} is {seen}, expected {value}{missing}"
