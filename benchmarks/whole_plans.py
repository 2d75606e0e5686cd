"""The whole first visit, with proof: how long it takes over many invented cases."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.cases import CaseFile, answered_case_files, case_of, gappy_case_files
from benchmarks.settings import Settings
from cicatrix.errors import UnsafePlanError
from cicatrix.knowledge import Knowledge
from cicatrix.records import Plan
from cicatrix.visit import first_visit


@dataclass(frozen=True, kw_only=True)
class WholePlans:
    """The seconds of every plan on the clock and on the core, and what the plans hold."""

    kind: str
    clock_seconds: tuple[float, ...]
    core_seconds: tuple[float, ...]
    with_courses: int
    courses: int
    optimal: int
    #: What the checker said where it refused a finished plan: each is a defect of ours.
    refused: tuple[str, ...]


def time_plans(settings: Settings, knowledge: Knowledge) -> tuple[WholePlans, ...]:
    """Answered and gappy cases, half each."""
    half = settings.planned_cases // 2
    first_visit(case_of(answered_case_files(1, seed=0)[0]), knowledge=knowledge)  # imports done
    return (
        _timed("answered", answered_case_files(half, seed=settings.seed + 2), knowledge),
        _timed("with gaps", gappy_case_files(half, seed=settings.seed + 3), knowledge),
    )


def together(parts: tuple[WholePlans, ...]) -> WholePlans:
    """All kinds as one."""
    return WholePlans(
        kind="all",
        clock_seconds=tuple(s for part in parts for s in part.clock_seconds),
        core_seconds=tuple(s for part in parts for s in part.core_seconds),
        with_courses=sum(part.with_courses for part in parts),
        courses=sum(part.courses for part in parts),
        optimal=sum(part.optimal for part in parts),
        refused=tuple(fault for part in parts for fault in part.refused),
    )


def _timed(kind: str, case_files: list[CaseFile], knowledge: Knowledge) -> WholePlans:
    clock: list[float] = []
    core: list[float] = []
    plans: list[Plan] = []
    refused: list[str] = []
    for case in [case_of(one) for one in case_files]:
        on_clock, on_core = time.perf_counter(), time.process_time()
        try:
            plans.append(first_visit(case, knowledge=knowledge))
        except UnsafePlanError as error:
            refused.append(f"{kind}, {case.name}: {error}")
        core.append(time.process_time() - on_core)
        clock.append(time.perf_counter() - on_clock)
    courses = [course for plan in plans for course in plan.courses]
    return WholePlans(
        kind=kind,
        clock_seconds=tuple(clock),
        core_seconds=tuple(core),
        with_courses=sum(bool(plan.courses) for plan in plans),
        courses=len(courses),
        optimal=sum(course.proof.status == "optimal" for course in courses),
        refused=tuple(refused),
    )
