"""Where the courses are others than a page says."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.patients.pages import (
    PROCEDURES,
)

from cicatrix.records import Course, Plan


def course_faults(plan: Plan, expected: dict[str, Any]) -> Iterator[str]:
    """Where the courses are not what the page says."""
    for word, value in expected.items():
        yield from COURSE_CHECKS[word](plan, value)


def treatments_in(course: Course) -> set[str]:
    """The treatments of one course."""
    return {step.treatment for step in course.steps}


def holding(course: Course) -> str:
    return f"the {course.name} course holds {', '.join(sorted(treatments_in(course)))}"


def _count_at_least(plan: Plan, least: int) -> Iterator[str]:
    if len(plan.courses) < least:
        why = " ".join(plan.no_course_because)
        yield f"{len(plan.courses)} courses, expected at least {least}. {why}"


def _count_at_most(plan: Plan, most: int) -> Iterator[str]:
    if len(plan.courses) > most:
        held = "; ".join(holding(course) for course in plan.courses)
        yield f"{len(plan.courses)} courses, expected at most {most}: {held}"


def strongest(plan: Plan) -> Iterable[Course]:
    """The course that is to do most, if there is one."""
    return sorted(plan.courses, key=lambda course: -course.benefit)[:1]


def _must_contain_one_of(plan: Plan, lists: list[list[str]]) -> Iterator[str]:
    for course in strongest(plan):
        for words in lists:
            if not treatments_in(course) & set(words):
                yield f"{holding(course)}, and none of {words}"


def _every_contains_one_of(plan: Plan, lists: list[list[str]]) -> Iterator[str]:
    for course in plan.courses:
        for words in lists:
            if not treatments_in(course) & set(words):
                yield f"{holding(course)}, and none of {words}"


def _never_contain(plan: Plan, words: list[str]) -> Iterator[str]:
    unwanted = {one for word in words for one in (PROCEDURES if word == "procedures" else {word})}
    for course in plan.courses:
        found = sorted(treatments_in(course) & unwanted)
        if found:
            yield f"the {course.name} course holds {', '.join(found)}"


def _order(plan: Plan, orders: list[list[Any]]) -> Iterator[str]:
    for course in plan.courses:
        for first, then, gap in orders:
            early = [step.week for step in course.steps if step.treatment == first]
            late = [step.week for step in course.steps if step.treatment == then]
            if early and late and min(late) - max(early) < gap:
                yield (
                    f"the {course.name} course gives {first} in weeks {early} and {then} in weeks "
                    f"{late}; expected {then} at least {gap} weeks after the last {first}"
                )


def _at_most(what: str, of: Callable[[Course], float]) -> Callable[[Plan, Any], Iterator[str]]:
    def check(plan: Plan, limit: float) -> Iterator[str]:
        for course in plan.courses:
            if not of(course) <= limit:
                yield (
                    f"the {course.name} course has {of(course):g} {what}, expected at most {limit}"
                )

    return check


def _cost(course: Course) -> float:
    """The price of a course; one of home care alone costs nothing at the clinic."""
    return course.cost if treatments_in(course) & PROCEDURES else 0.0


def _downtime(course: Course) -> float:
    known = [s.downtime_days[1] for s in course.steps if not math.isnan(s.downtime_days[1])]
    return max(known, default=0.0)


def _expected_for(known: str) -> Callable[[Plan, Any], Iterator[str]]:
    def check(plan: Plan, types: list[str]) -> Iterator[str]:
        for course in strongest(plan):
            for expected in course.expected:
                has = "known" if expected.improvement.is_known else "unknown"
                if expected.target.type in types and has != known:
                    yield f"what to expect for {expected.target} is {has}, should be {known}"

    return check


def _pih_up_to_at_least(plan: Plan, least: dict[str, float]) -> Iterator[str]:
    for course in plan.courses:
        for treatment in treatments_in(course) & set(least):
            if not course.pih_percent[1] >= least[treatment]:
                yield (
                    f"the {course.name} course with {treatment} tells of dark marks in up to "
                    f"{course.pih_percent[1]:g} percent, where {least[treatment]} were counted"
                )


def _milder_never_contain(plan: Plan, words: list[str]) -> Iterator[str]:
    best = {course.name for course in strongest(plan)}
    milder = dataclasses.replace(plan, courses=tuple(c for c in plan.courses if c.name not in best))
    yield from _never_contain(milder, words)


def _not_without(plan: Plan, pairs: list[list[str]]) -> Iterator[str]:
    for course in plan.courses:
        for one, needed in pairs:
            if one in treatments_in(course) and needed not in treatments_in(course):
                yield f"{holding(course)}: {one} without {needed}"


def _not_together(plan: Plan, sets: list[list[str]]) -> Iterator[str]:
    for course in plan.courses:
        for words in sets:
            if set(words) <= treatments_in(course):
                yield f"{holding(course)}: {' and '.join(words)}, where one would do"


def _not_before(plan: Plan, weeks: dict[str, int]) -> Iterator[str]:
    for course in plan.courses:
        for step in course.steps:
            if step.week < weeks.get(step.treatment, 0):
                yield (
                    f"the {course.name} course gives {step.treatment} in week {step.week}, "
                    f"expected not before week {weeks[step.treatment]}"
                )


COURSE_CHECKS: dict[str, Callable[[Plan, Any], Iterator[str]]] = {
    "count_at_least": _count_at_least,
    "count_at_most": _count_at_most,
    "must_contain_one_of": _must_contain_one_of,
    "every_contains_one_of": _every_contains_one_of,
    "never_contain": _never_contain,
    "milder_never_contain": _milder_never_contain,
    "not_without": _not_without,
    "not_together": _not_together,
    "not_before": _not_before,
    "order": _order,
    "max_weeks": _at_most("weeks", lambda course: course.weeks),
    "max_sessions": _at_most("sessions", lambda course: course.sessions),
    "max_cost": _at_most("as its price", _cost),
    "max_downtime_days": _at_most("days off", _downtime),
    "pih_up_to_at_least": _pih_up_to_at_least,
    "expected_known_for": _expected_for("known"),
    "expected_unknown_for": _expected_for("unknown"),
}
