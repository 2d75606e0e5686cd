"""Our model of the strongest course beside the naive one: time to proof, and the same answer."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.cases import answered_case_files, case_of, open_case_files
from benchmarks.naive import naive_model
from benchmarks.settings import Settings
from cicatrix.knowledge import Knowledge
from cicatrix.planning.decide import decide_all
from cicatrix.planning.model import Model, build_model
from cicatrix.planning.options import make_offer
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.planning.search import solve
from cicatrix.planning.together import rules_between
from cicatrix.planning.truth import facts_of
from cicatrix.planning.wishes import allowed, require_all, wishes_of
from cicatrix.records import Case, Target

OPTIMAL, INFEASIBLE = "optimal", "infeasible"
_HURRIED_FINDINGS = 5


@dataclass(frozen=True, kw_only=True)
class Run:
    """One model of one case: core seconds to build and solve, and what was found."""

    status: str
    #: Worth first, then burden: what a course is chosen by.
    value: tuple[int, int]
    #: The weeks of all sessions added up: the last tie-break.
    weeks: int
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        """True if the search came to its end: the best course, or none at all."""
        return self.status in (OPTIMAL, INFEASIBLE)


@dataclass(frozen=True, kw_only=True)
class Race:
    """Both models of one case."""

    group: str
    treatments: int
    pairs: int
    ours: Run
    naive: Run

    @property
    def same(self) -> bool:
        """True if both came to their end with the same answer."""
        return (self.ours.status, self.ours.value) == (self.naive.status, self.naive.value)

    @property
    def lost_worth(self) -> float:
        """The share of the naive course's worth that ours misses; 0 where ours is worth as much.

        Only where both proved their best; then anything above 0 is a defect of ours.
        """
        if not (self.ours.proved and self.naive.proved) or self.naive.status == INFEASIBLE:
            return 0.0
        return 1 - self.ours.value[0] / self.naive.value[0] if self.naive.value[0] else 0.0


def race_models(settings: Settings, knowledge: Knowledge) -> tuple[Race, ...]:
    """Cases as they come, open ones with more and more findings, and open ones in a hurry."""
    groups = {"as they come": answered_case_files(settings.raced_cases, seed=settings.seed + 4)}
    for count in settings.raced_findings:
        groups[f"open, {count} findings"] = open_case_files(
            settings.raced_cases // 2, seed=settings.seed + 5, findings=count
        )
    for weeks in settings.raced_deadlines_weeks:
        groups[f"open, {_HURRIED_FINDINGS} findings, {weeks} weeks"] = [
            one | {"wishes": {"done_within_weeks": weeks}}
            for one in open_case_files(
                settings.raced_cases // 2, seed=settings.seed + 5, findings=_HURRIED_FINDINGS
            )
        ]
    book = make_rulebook(knowledge)
    races = [
        _race(group, case_of(one), settings, book=book, knowledge=knowledge)
        for group, files in groups.items()
        for one in files
    ]
    return tuple(race for race in races if race is not None)


def _race(
    group: str, case: Case, settings: Settings, *, book: RuleBook, knowledge: Knowledge
) -> Race | None:
    """Both models of one case, or nothing where nothing that improves is permitted."""
    facts = facts_of(case.intake, case.findings)
    decisions = decide_all(facts, book=book)
    offer = make_offer(case, facts, decisions, book=book, knowledge=knowledge)
    plannable = [option.treatment for option in offer.options]
    wishes = wishes_of(case.wishes, plannable=plannable, knowledge=knowledge)
    options = allowed(offer.options, wishes)
    if not any(option.improves for option in options):
        return None
    names = [option.treatment for option in options]
    rules = rules_between(names, facts, knowledge=knowledge)
    severity = _severity(case, knowledge)

    def run(build: Callable[..., Model], solved: Callable[[Model, Settings], Run]) -> Run:
        began = time.process_time()
        horizon = round(knowledge.assumptions["wishes"].values["horizon_weeks"])
        model = build(options, rules, severity=severity, horizon_weeks=horizon)
        model.cp.add_bool_or(b.present for b in model.blocks.values() if b.option.improves)
        require_all(model, wishes)
        found = solved(model, settings)
        return dataclasses.replace(found, seconds=time.process_time() - began)

    return Race(
        group=group,
        treatments=len(names),
        pairs=len(rules.pairs),
        ours=run(build_model, _by_us),
        naive=run(naive_model, _at_once),
    )


def _by_us(model: Model, _: Settings) -> Run:
    """The search of the planner."""
    found = solve(model, (model.most_burden + 1) * model.worth - model.burden)
    if found is None:
        return Run(status=INFEASIBLE, value=(0, 0), weeks=0)
    weeks = sum(week for placed in found.placed for week in placed.weeks)
    return Run(status=found.status, value=(found.worth, found.burden), weeks=weeks)


def _at_once(model: Model, settings: Settings) -> Run:
    """Worth, burden and weeks in one objective, with the solver as it comes, by the clock."""
    from ortools.sat.python import cp_model

    places = [week for block in model.blocks.values() for week in block.weeks]
    weeks: Any = sum(places)
    latest = model.horizon_weeks * len(places) + 1
    heaviest = (model.most_burden + 1) * latest
    model.cp.maximize(heaviest * model.worth - latest * model.burden - weeks)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = settings.seed
    solver.parameters.max_time_in_seconds = settings.race_limit_seconds
    status = solver.solve(model.cp)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Run(
        status=str(solver.status_name(status)).lower(),
        value=(solver.value(model.worth), solver.value(model.burden)) if found else (0, 0),
        weeks=solver.value(weeks) if found else 0,
    )


def _severity(case: Case, knowledge: Knowledge) -> dict[Target, float]:
    weights = knowledge.assumed("combining", "severity_weight")
    found: dict[Target, float] = {}
    for finding in case.findings:
        weight = float(weights[str(finding.known.get("severity", "unknown"))])
        found[finding.target] = max(weight, found.get(finding.target, 0.0))
    return found
