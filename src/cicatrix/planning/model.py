"""The course as a constraint model for CP-SAT: which treatments, how many sessions, when.

Each treatment is one block of evenly spaced sessions. What a course is worth is, for every
finding, one minus the product of what its components leave, written as a sum of logarithms
under a concave curve. The search runs with one worker, a fixed seed and deterministic time,
so the same case gives the same course.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicatrix.planning.options import Option
from cicatrix.planning.together import Pair, Together
from cicatrix.records import Target

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

#: A finding's worth is counted in half percents times its severity weight.
WORTH_STEPS = 200
_LOG_STEPS = 1000
_TANGENTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.95, 1.3, 1.8, 2.5, 3.9)
_SEED = 20260101
#: In CP-SAT's own units, roughly seconds; far above what cases need, and the same everywhere.
_DETERMINISTIC_TIME = 8.0


@dataclass(kw_only=True)
class Block:
    """The variables of one treatment: present, sessions, first and last week."""

    option: Option
    present: Any
    counts: Mapping[int, Any]
    sessions: Any
    start: Any
    end: Any


@dataclass(kw_only=True)
class Model:
    """A CP-SAT model of the courses of one case."""

    cp: cp_model.CpModel
    blocks: dict[str, Block]
    worth: Any
    burden: Any
    session_total: Any
    horizon_weeks: int
    most_worth: int
    most_burden: int
    switches: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """One treatment as it was placed: ``sessions`` sessions from week ``start`` on."""

    option: Option
    sessions: int
    start: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Solution:
    """A solved course with its proof."""

    placed: tuple[Placed, ...]
    worth: int
    burden: int
    status: str
    objective: float
    bound: float
    switched_on: Mapping[str, bool] = field(default_factory=dict)


def build_model(
    options: Iterable[Option],
    together: Together,
    *,
    severity: Mapping[Target, float],
    horizon_weeks: int,
) -> Model:
    """The model without any wish."""
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    blocks = {o.treatment: _block(cp, o, horizon_weeks) for o in options}
    barred = {(p.first, p.then) for p in together.pairs if p.kind == "exclusive"}
    for pair in together.pairs:
        if pair.kind != "exclusive" and {(pair.first, pair.then), (pair.then, pair.first)} & barred:
            continue  # they never share a course, so no gap between them matters here
        _keep_apart(cp, pair, blocks[pair.first], blocks[pair.then])
    for companion in together.companions:
        _accompany(cp, blocks, companion.treatment, companion.one_of, companion.gap_weeks)
    burden = sum(
        b.option.burden_per_session * b.sessions + b.option.burden_once * b.present
        for b in blocks.values()
    )
    most_burden = sum(
        b.option.burden_per_session * b.option.session_counts[-1] + b.option.burden_once
        for b in blocks.values()
    )
    worth, most_worth = _worth(cp, blocks, severity)
    return Model(
        cp=cp,
        blocks=blocks,
        worth=worth,
        burden=burden,
        session_total=sum(b.sessions for b in blocks.values() if not b.option.continuous),
        horizon_weeks=horizon_weeks,
        most_worth=most_worth,
        most_burden=max(1, most_burden),
    )


def _block(cp: Any, option: Option, horizon_weeks: int) -> Block:
    name = option.treatment
    counts = {count: cp.new_bool_var(f"{name}x{count}") for count in option.session_counts}
    present = cp.new_bool_var(name)
    cp.add(sum(counts.values()) == present)
    sessions = sum(count * flag for count, flag in counts.items())
    start = cp.new_int_var(0, horizon_weeks, f"{name} from")
    if option.continuous:
        end = start + option.lasts_weeks * present
    else:
        end = start + option.spacing_weeks * (sessions - present)
    cp.add(end + option.recovery_weeks * present <= horizon_weeks)
    # An absent treatment starts in week 0, so that equal courses are equal solutions.
    cp.add(start == 0).only_enforce_if(present.Not())
    cp.add(start >= option.earliest_week).only_enforce_if(present)
    return Block(
        option=option, present=present, counts=counts, sessions=sessions, start=start, end=end
    )


def _keep_apart(cp: Any, pair: Pair, first: Block, then: Block) -> None:
    """One pair rule. Between two blocks everything of one comes before everything of the other."""
    both = (first.present, then.present)
    if pair.kind == "exclusive":
        cp.add_bool_or(flag.Not() for flag in both)
        return
    from_week = first.start if first.option.continuous and pair.kind == "order" else first.end
    if pair.kind == "order":
        cp.add(then.start >= from_week + pair.gap_weeks).only_enforce_if(both)
        return
    name = f"{pair.first} before {pair.then} ({pair.page})"
    before, after = cp.new_bool_var(name), cp.new_bool_var(f"not {name}")
    ways = [before, after]
    cp.add(then.start >= first.end + pair.gap_weeks).only_enforce_if(before)
    cp.add(first.start >= then.end + pair.gap_weeks).only_enforce_if(after)
    if pair.kind == "same_day":
        ways.append(_same_days(cp, first, then, pair.gap_weeks))
    cp.add_bool_or(*ways, first.present.Not(), then.present.Not())


def _same_days(cp: Any, first: Block, then: Block, gap_weeks: int) -> Any:
    """Both blocks start on one day, and their further sessions do not get into each other's way.

    What is repeated sooner than the gap allows may share its day only as a single session, and
    of two with different spacing one must be single.
    """
    shared = cp.new_bool_var(f"{first.option.treatment} with {then.option.treatment}")
    cp.add(first.start == then.start).only_enforce_if(shared)
    for block in (first, then):
        if block.option.spacing_weeks < gap_weeks:
            single = [block.counts[1]] if 1 in block.counts else []
            cp.add_bool_or(*single, shared.Not())
    if first.option.spacing_weeks != then.option.spacing_weeks:
        singles = [b.counts[1] for b in (first, then) if 1 in b.counts]
        cp.add_bool_or(*singles, shared.Not())
    return shared


def _accompany(
    cp: Any, blocks: Mapping[str, Block], treatment: str, one_of: frozenset[str], gap: int
) -> None:
    """If the treatment is in the course, so is a companion that began early enough."""
    block = blocks[treatment]
    early = []
    for name in sorted(one_of & blocks.keys()):
        flag = cp.new_bool_var(f"{name} accompanies {treatment}")
        cp.add_implication(flag, blocks[name].present)
        cp.add(block.start >= blocks[name].start + gap).only_enforce_if(flag)
        early.append(flag)
    cp.add_bool_or(*early, block.present.Not())


def _worth(
    cp: Any, blocks: Mapping[str, Block], severity: Mapping[Target, float]
) -> tuple[Any, int]:
    """The worth of a course: over findings, severity times what is taken away in half percents."""
    by_target: dict[Target, dict[str, list[tuple[Block, Mapping[int, float]]]]] = {}
    for block in blocks.values():
        for (target, component), table in block.option.worth.items():
            by_target.setdefault(target, {}).setdefault(component, []).append((block, table))
    total, most = [], 0
    # In the order of their names, so that equal courses do not hang on the order of findings.
    for number, (target, components) in enumerate(sorted(by_target.items(), key=_by_name)):
        logs = [_strongest(cp, rivals, f"{number}.{c}") for c, rivals in sorted(components.items())]
        gone = cp.new_int_var(0, WORTH_STEPS, f"worth {number}")
        for at in _TANGENTS:
            # The tangent of 1 - exp(-x) at `at`; all of them together are the curve from above.
            slope, value = math.exp(-at), 1 - math.exp(-at)
            scale = _LOG_STEPS
            cp.add(
                scale * gone
                <= round(WORTH_STEPS * scale * (value - slope * at))
                + round(WORTH_STEPS * slope) * sum(logs)
            )
        weight = round(severity.get(target, 1.0))
        total.append(weight * gone)
        most += weight * WORTH_STEPS
    return sum(total), most


def _by_name(item: tuple[Target, Any]) -> str:
    return str(item[0])


def _strongest(cp: Any, rivals: list[tuple[Block, Mapping[int, float]]], name: str) -> Any:
    """Within one component only the strongest treatment counts: its loss as a logarithm."""
    terms, chosen = [], []
    for block, table in rivals:
        for count, share in table.items():
            if share <= 0:
                continue
            flag = cp.new_bool_var(f"{name} by {block.option.treatment}x{count}")
            cp.add_implication(flag, block.counts[count])
            chosen.append(flag)
            terms.append(round(-math.log(1 - share) * _LOG_STEPS) * flag)
    cp.add_at_most_one(chosen)
    return sum(terms)


def solve(model: Model, objective: Any) -> Solution | None:
    """The best course for an objective to be maximised, or None where there is none at all."""
    from ortools.sat.python import cp_model

    model.cp.maximize(objective)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = _DETERMINISTIC_TIME
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    placed = [
        Placed(
            option=block.option,
            sessions=next(c for c, flag in block.counts.items() if solver.boolean_value(flag)),
            start=solver.value(block.start),
        )
        for block in model.blocks.values()
        if solver.boolean_value(block.present)
    ]
    return Solution(
        placed=tuple(sorted(placed, key=lambda p: (p.start, p.option.treatment))),
        worth=solver.value(model.worth) if model.blocks else 0,
        burden=solver.value(model.burden) if model.blocks else 0,
        status="optimal" if status == cp_model.OPTIMAL else "feasible",
        objective=solver.objective_value,
        bound=solver.best_objective_bound,
        switched_on={name: solver.boolean_value(s) for name, s in model.switches.items()},
    )
