"""The course as a constraint model for CP-SAT: which treatments, how many sessions, when.

Every session has a week of its own, within the interval of its page from the one before. What
a course is worth is, for every finding, one minus the product of what its components leave,
written as a sum of logarithms under a concave curve. The pages that keep the sessions of two
treatments apart wait outside the model until the search asks for them (``search.py``).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicatrix.planning.options import Option
from cicatrix.planning.together import Companion, Pair, Together
from cicatrix.records import Target

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

#: A finding's worth is counted in half percents times its severity weight.
WORTH_STEPS = 200
_LOG_STEPS = 1000
_TANGENTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.95, 1.3, 1.8, 2.5, 3.9)


@dataclass(kw_only=True)
class Block:
    """The variables of one treatment: present, sessions, and the week of each session.

    ``weeks`` has a place for every session that may be given; one that is not given stands in
    the week of the last. What is done at home has one place, its start. ``end`` is the week of
    the last session, or the week in which home treatment ends.
    """

    option: Option
    present: Any
    counts: Mapping[int, Any]
    sessions: Any
    weeks: tuple[Any, ...]
    end: Any

    @property
    def start(self) -> Any:
        """The first week."""
        return self.weeks[0]


@dataclass(kw_only=True)
class Model:
    """A CP-SAT model of the courses of one case.

    ``waiting`` are the pages that are not in the model yet: each keeps the sessions of two
    treatments apart, and says nothing about a course that lacks one of them.
    """

    cp: cp_model.CpModel
    blocks: dict[str, Block]
    worth: Any
    burden: Any
    session_total: Any
    horizon_weeks: int
    most_burden: int
    waiting: list[Pair] = field(default_factory=list)
    switches: dict[str, Any] = field(default_factory=dict)

    def copied(self) -> Model:
        """The same model, to be narrowed without a trace in this one."""
        return dataclasses.replace(self, cp=self.cp.clone(), waiting=list(self.waiting))


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
    model = model_of(
        cp, blocks, together.companions, severity=severity, horizon_weeks=horizon_weeks
    )
    barred = {frozenset((p.first, p.then)) for p in together.pairs if p.kind == "exclusive"}
    for pair in together.pairs:
        first, then = blocks[pair.first], blocks[pair.then]
        if pair.kind == "exclusive":
            cp.add_bool_or(first.present.Not(), then.present.Not())
        elif frozenset((pair.first, pair.then)) in barred:
            continue  # they never share a course, so no gap between them matters here
        elif pair.kind == "order":
            from_week = first.start if first.option.continuous else first.end
            both = (first.present, then.present)
            cp.add(then.start >= from_week + pair.gap_weeks).only_enforce_if(both)
        else:
            model.waiting.append(pair)
    return model


def model_of(
    cp: cp_model.CpModel,
    blocks: dict[str, Block],
    companions: Iterable[Companion],
    *,
    severity: Mapping[Target, float],
    horizon_weeks: int,
) -> Model:
    """Worth, burden and company of some blocks; what keeps them apart is not in it."""
    for companion in companions:
        _accompany(cp, blocks, companion.treatment, companion.one_of, companion.gap_weeks)
    return Model(
        cp=cp,
        blocks=blocks,
        worth=_worth(cp, blocks, severity),
        burden=sum(
            b.option.burden_per_session * b.sessions + b.option.burden_once * b.present
            for b in blocks.values()
        ),
        session_total=sum(b.sessions for b in blocks.values() if not b.option.continuous),
        horizon_weeks=horizon_weeks,
        most_burden=sum(
            b.option.burden_per_session * b.option.session_counts[-1] + b.option.burden_once
            for b in blocks.values()
        ),
    )


def _block(cp: Any, option: Option, horizon_weeks: int) -> Block:
    name = option.treatment
    counts = {count: cp.new_bool_var(f"{name}x{count}") for count in option.session_counts}
    present = cp.new_bool_var(name)
    cp.add(sum(counts.values()) == present)
    start = cp.new_int_var(0, horizon_weeks, f"{name} 1")
    # An absent treatment starts in week 0, so that equal courses are equal solutions.
    cp.add(start <= horizon_weeks * present)
    cp.add(start >= option.earliest_week * present)
    weeks = [start]
    for number in range(2, option.session_counts[-1] + 1):
        given = sum(flag for count, flag in counts.items() if count >= number)
        shortest, longest = option.spacing_weeks, option.longest_spacing_weeks
        if shortest == longest:
            weeks.append(weeks[-1] + shortest * given)
            continue
        week = cp.new_int_var(0, horizon_weeks, f"{name} {number}")
        cp.add(week - weeks[-1] >= shortest * given)
        cp.add(week - weeks[-1] <= longest * given)
        weeks.append(week)
    end = weeks[-1] + option.lasts_weeks * present
    cp.add(end + option.recovery_weeks * present <= horizon_weeks)
    return Block(
        option=option,
        present=present,
        counts=counts,
        sessions=sum(count * flag for count, flag in counts.items()),
        weeks=tuple(weeks),
        end=end,
    )


def keep_apart(model: Model, pairs: Iterable[Pair]) -> None:
    """Put some of the waiting pages into the model."""
    for pair in list(pairs):
        model.waiting.remove(pair)
        _sessions_apart(model.cp, pair, model.blocks[pair.first], model.blocks[pair.then])


def _sessions_apart(cp: Any, pair: Pair, first: Block, then: Block) -> None:
    """Of any two sessions one comes before the other, with the gap, or they share their day."""
    before: dict[tuple[int, int], Any] = {}
    after: dict[tuple[int, int], Any] = {}
    for i, one in enumerate(first.weeks):
        for j, other in enumerate(then.weeks):
            name = f"{pair.first} {i + 1}, {pair.then} {j + 1}, {pair.page}"
            ways = [before.setdefault((i, j), cp.new_bool_var(f"{name}: before"))]
            ways.append(after.setdefault((i, j), cp.new_bool_var(f"{name}: after")))
            free = first.option.lasts_weeks + pair.gap_weeks
            cp.add(other >= one + free).only_enforce_if(ways[0])
            free = then.option.lasts_weeks + pair.gap_weeks
            cp.add(one >= other + free).only_enforce_if(ways[1])
            if pair.kind == "same_day":
                ways.append(cp.new_bool_var(f"{name}: shared"))
                cp.add(one == other).only_enforce_if(ways[2])
            cp.add_bool_or(*ways, first.present.Not(), then.present.Not())
            # What comes before a session comes before its later ones. Not needed; it helps.
            if i:
                cp.add_implication(before[i, j], before[i - 1, j])
                cp.add_implication(after[i - 1, j], after[i, j])
            if j:
                cp.add_implication(before[i, j - 1], before[i, j])
                cp.add_implication(after[i, j], after[i, j - 1])


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


def _worth(cp: Any, blocks: Mapping[str, Block], severity: Mapping[Target, float]) -> Any:
    """The worth of a course: over findings, severity times what is taken away in half percents."""
    by_target: dict[Target, dict[str, list[tuple[Block, Mapping[int, float]]]]] = {}
    for block in blocks.values():
        for (target, component), table in block.option.worth.items():
            by_target.setdefault(target, {}).setdefault(component, []).append((block, table))
    total = []
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
        total.append(round(severity.get(target, 1.0)) * gone)
    return sum(total)


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
