"""The search for the best course: first what it holds, then in which weeks, with its proof.

A course is chosen with only those pages in the model that were needed so far, so what it reaches
is a bound on every course. If what was chosen can be given weeks that heed every page, it is the
best of all. If not, the pages between the chosen treatments are put in, and the choice is made
again. One worker, a fixed seed and deterministic time: the same case gives the same course.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicatrix.errors import UnfinishedSearchError
from cicatrix.planning.model import Block, Model, keep_apart
from cicatrix.planning.options import Option

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

_SEED = 20260101
#: In CP-SAT's own units, roughly seconds; far above what cases need, and the same everywhere.
_DETERMINISTIC_TIME = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """One treatment as it was placed: the week of each of its sessions."""

    option: Option
    weeks: tuple[int, ...]


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


@dataclass(kw_only=True)
class _Clock:
    """The deterministic time that is left for one course."""

    left: float = field(default_factory=lambda: _DETERMINISTIC_TIME)

    def solved(self, cp: cp_model.CpModel) -> tuple[cp_model.CpSolver, Any]:
        """The solver after its work, and its status."""
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = _SEED
        # These models are small and tight: simplifying them takes longer than solving them.
        solver.parameters.cp_model_presolve = False
        solver.parameters.max_deterministic_time = max(0.0, self.left)
        status = solver.solve(cp)
        self.left -= solver.response_proto.deterministic_time
        return solver, status


def solve(model: Model, objective: Any) -> Solution | None:
    """The best course for an objective to be maximised, or None where there is none at all.

    Of a best choice of treatments and sessions, the weeks are the earliest: the fewest in sum
    over all sessions. The pages that the search needed stay in the model.

    Raises
    ------
    UnfinishedSearchError
        If neither a course was found nor shown that there is none.
    """
    from ortools.sat.python import cp_model

    clock = _Clock()
    model.cp.maximize(objective)
    while True:
        chosen, status = clock.solved(model.cp)
        if status == cp_model.INFEASIBLE:
            return None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise _unfinished()
        held = [b for b in model.blocks.values() if chosen.boolean_value(b.present)]
        names = {block.option.treatment for block in held}
        missing = [p for p in model.waiting if {p.first, p.then} <= names]
        keep_apart(model, missing)
        reached = round(chosen.objective_value)
        dated, dating = clock.solved(_with_choice(model, chosen, held, objective >= reached))
        if dating in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            proved = status == dating == cp_model.OPTIMAL
            return _solution(model, dated, held, chosen, "optimal" if proved else "feasible")
        if not missing:
            raise _unfinished()


def _unfinished() -> UnfinishedSearchError:
    return UnfinishedSearchError(
        "The search for a course was cut short before it found one or showed that there is none, "
        "so nothing can be said about courses. Name fewer findings or fewer wishes at once, and "
        "please report this with the case file."
    )


def _with_choice(
    model: Model, chosen: cp_model.CpSolver, held: list[Block], as_good: Any
) -> cp_model.CpModel:
    """The model with treatments and sessions as chosen, in which only the weeks are sought."""
    cp = model.copied().cp
    for block in model.blocks.values():
        for flag in block.counts.values():
            cp.add(flag == chosen.value(flag))
    cp.add(as_good)
    cp.minimize(sum(week for block in held for week in block.weeks[: _count(block, chosen)]))
    return cp


def _count(block: Block, solver: cp_model.CpSolver) -> int:
    return next(count for count, flag in block.counts.items() if solver.boolean_value(flag))


def _solution(
    model: Model,
    dated: cp_model.CpSolver,
    held: list[Block],
    chosen: cp_model.CpSolver,
    status: str,
) -> Solution:
    placed = [
        Placed(
            option=block.option,
            weeks=tuple(dated.value(week) for week in block.weeks[: _count(block, dated)]),
        )
        for block in held
    ]
    return Solution(
        placed=tuple(sorted(placed, key=lambda p: (p.weeks[0], p.option.treatment))),
        worth=chosen.value(model.worth) if model.blocks else 0,
        burden=chosen.value(model.burden) if model.blocks else 0,
        status=status,
        objective=chosen.objective_value,
        bound=chosen.best_objective_bound,
        switched_on={name: dated.boolean_value(s) for name, s in model.switches.items()},
    )
