"""What stands behind a plan and how far it can be trusted: conflicts, memory, age of pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.reading_page import ConflictPage
from cicatrix.knowledge.statements import Signature
from cicatrix.records import Course, Decision, Plan, Target
from cicatrix.reporting.library import Remembered
from cicatrix.reporting.verdicts import rules_of
from cicatrix.vocabulary import Role

#: Pages that nobody but us has looked at carry these words in ``checked.by``.
OWN_AUTHORS = "cicatrix authors"


@dataclass(frozen=True, kw_only=True)
class Checker:
    """Who last looked at how many pages, and on which day last."""

    by: str
    pages: int
    on: str


@dataclass(frozen=True, kw_only=True)
class LocalPage:
    """A page of the clinic's own, and who signed it where it loosens a shipped one."""

    id: str
    signed: Signature | None


def planned(plan: Plan) -> tuple[str, ...]:
    """The treatments of all courses, in the order in which they first stand there."""
    steps = (step.treatment for course in plan.courses for step in course.steps)
    upkeep = (u.treatment for course in plan.courses for u in course.upkeep)
    return tuple(dict.fromkeys((*steps, *upkeep)))


def expected_alike(courses: Iterable[Course]) -> list[tuple[Target, ...]]:
    """The findings of the courses, those of one type together for which all expect the same."""
    told: dict[Target, list[tuple[str, str]]] = {}
    for course in courses:
        for one in course.expected:
            # As text, because a NaN is never equal to itself.
            told.setdefault(one.target, []).append((course.name, repr(one.improvement)))
    alike: dict[tuple[object, ...], list[Target]] = {}
    for target, expected in told.items():
        alike.setdefault((target.type, *expected), []).append(target)
    return [tuple(targets) for targets in alike.values()]


def dark_marks_counted(course: Course) -> tuple[int, int]:
    """For how many of its treatments somebody counted lasting dark marks, and of how many."""
    return len(course.pih_counted_for), len({step.treatment for step in course.steps})


def pages_behind(plan: Plan) -> tuple[str, ...]:
    """``folder/id`` of each page that spoke: open treatments, rules, scales, cautions."""
    open_ones = [d for d in plan.decisions if _is_open(d)]
    names = [f"treatments/{d.treatment}" for d in open_ones]
    names += [f"rules/{r.rule}" for d in plan.decisions for r in rules_of(d)]
    names += [f"rules/{flag.rule}" for flag in plan.red_flags]
    names += [f"scales/{grade.scale}" for grade in plan.grades]
    names += [f"cautions/{name}" for name in cautions_raised(plan)]
    return tuple(dict.fromkeys(names))


def cautions_raised(plan: Plan) -> tuple[str, ...]:
    """The cautions of every course and of every answer that fired a rule or a red flag."""
    names = [c for course in plan.courses for step in course.steps for c in step.cautions]
    names += [r.caution for d in plan.decisions for r in d.reasons if r.caution]
    names += [flag.caution for flag in plan.red_flags if flag.caution]
    return tuple(dict.fromkeys(names))


def conflicts_of(plan: Plan, *, knowledge: Knowledge) -> list[ConflictPage]:
    """The disagreements that touch an open treatment or a rule that spoke."""
    names = [r.conflict for d in plan.decisions for r in d.reasons if r.conflict]
    open_ones = [d.treatment for d in plan.decisions if _is_open(d)]
    for treatment in open_ones:
        names += _conflicts_on(treatment, knowledge)
    return _pages(names, knowledge)


def conflicts_that_spoke(plan: Plan, *, knowledge: Knowledge) -> list[ConflictPage]:
    """The disagreements that a reason for or against a treatment names."""
    reasons = [r for d in plan.decisions for r in d.reasons]
    reasons += [r for d in plan.decisions for left in d.excluded for r in left.reasons]
    return _pages((reason.conflict for reason in reasons), knowledge)


def conflicts_of_courses(plan: Plan, *, knowledge: Knowledge) -> list[ConflictPage]:
    """The disagreements that the reasons for the treatments of the courses name."""
    kept = planned(plan)
    decided = (d for d in plan.decisions if d.treatment in kept)
    return _pages((r.conflict for d in decided for r in d.reasons), knowledge)


def _conflicts_on(treatment: str, knowledge: Knowledge) -> tuple[str, ...]:
    page = knowledge.treatments.get(treatment)
    return page.conflicts if page else ()


def _pages(names: Iterable[str], knowledge: Knowledge) -> list[ConflictPage]:
    known = {name for name in names if name in knowledge.conflicts}
    return [knowledge.conflicts[name] for name in sorted(known, key=_by_number)]


def _by_number(name: str) -> tuple[int, str]:
    digits = re.sub(r"\D", "", name)
    return (int(digits) if digits else 0, name)


def as_shown(remembered: Remembered, *, planned: Iterable[str]) -> Remembered:
    """Only the statements that a report shows: of a treatment in no course, why and how well."""
    folder, _, name = remembered.page.partition("/")
    if folder != "treatments" or name in planned:
        return remembered
    kept = {
        note: shown
        for note, places in remembered.places.items()
        if (shown := tuple(p for p in places if p.startswith(("suits", "effects"))))
    }
    return Remembered(page=remembered.page, places=kept)


def checkers(pages: Iterable[str], *, knowledge: Knowledge) -> list[Checker]:
    """Who looked at these pages, those with the most pages first."""
    every = knowledge.pages()
    days: dict[str, list[str]] = {}
    for name in pages:
        if name in every:
            checked = every[name].checked
            days.setdefault(checked.by, []).append(checked.on)
    found = [Checker(by=by, pages=len(on), on=max(on)) for by, on in days.items()]
    return sorted(found, key=lambda c: (-c.pages, c.by))


def local_pages(plan: Plan, *, knowledge: Knowledge) -> list[LocalPage]:
    """The clinic's own pages that spoke for this patient."""
    spoke = {r.rule for d in plan.decisions for r in rules_of(d) if r.local}
    spoke |= knowledge.local
    every = {**knowledge.combinations, **knowledge.rules}
    return [
        LocalPage(id=name, signed=every[name].signed if name in every else None)
        for name in sorted(spoke)
    ]


def _is_open(decision: Decision) -> bool:
    return decision.verdict.permits and decision.role is not Role.NOT_INDICATED
