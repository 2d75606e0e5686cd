"""The schedule as one would first write it: every session an interval, every pair an either-or.

Worth, burden and wishes are those of our own model, and so are the options, the pages and the
horizon; only the timing is different. Sessions may interleave here, and wait for each other
within the interval of their page, so a naive course is never worse than ours and may be better.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cicatrix.planning.model import Block, Model, build_model
from cicatrix.planning.options import Option
from cicatrix.planning.together import Pair, Together
from cicatrix.records import Target

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclasses.dataclass(kw_only=True)
class Sessions:
    """The sessions of one treatment: which are used, and the week of each."""

    option: Option
    used: list[Any]
    weeks: list[Any]
    ends: list[Any]


def naive_model(
    options: Iterable[Option],
    together: Together,
    *,
    severity: Mapping[Target, float],
    horizon_weeks: int,
) -> Model:
    """Our model without its pair rules, and one interval a session, kept apart in pairs."""
    alone = Together(pairs=(), companions=together.companions)
    model = build_model(options, alone, severity=severity, horizon_weeks=horizon_weeks)
    sessions = {name: _sessions(model, block) for name, block in model.blocks.items()}
    for name, block in model.blocks.items():
        end = model.cp.new_int_var(0, 2 * horizon_weeks, f"{name} ends")
        for used, last in zip(sessions[name].used, sessions[name].ends, strict=True):
            model.cp.add(end >= last).only_enforce_if(used)
        model.blocks[name] = dataclasses.replace(block, end=end)
    for pair in together.pairs:
        _keep_apart(model.cp, pair, sessions[pair.first], sessions[pair.then])
    return model


def _sessions(model: Model, block: Block) -> Sessions:
    """One interval per session that might be given, in order, the first where the block starts."""
    cp, option, horizon = model.cp, block.option, model.horizon_weeks
    most = 1 if option.continuous else option.session_counts[-1]
    length = option.lasts_weeks if option.continuous else 0
    interval = option.page.schedule.interval_weeks
    used: list[Any] = []
    weeks: list[Any] = []
    ends: list[Any] = []
    for number in range(most):
        name = f"{option.treatment} {number + 1}"
        flag, week = cp.new_bool_var(name), cp.new_int_var(0, horizon, f"{name} week")
        cp.new_optional_fixed_size_interval_var(week, max(1, length), flag, name)
        cp.add(week + length + option.recovery_weeks <= horizon).only_enforce_if(flag)
        cp.add(week == 0).only_enforce_if(flag.Not())
        if number:
            cp.add_implication(flag, used[-1])
            cp.add(week >= weeks[-1] + option.spacing_weeks).only_enforce_if(flag)
            if interval is not None:
                longest = max(option.spacing_weeks, math.floor(interval.high))
                cp.add(week <= weeks[-1] + longest).only_enforce_if(flag)
        used.append(flag)
        weeks.append(week)
        ends.append(week + length)
    cp.add(sum(used) == block.sessions)
    cp.add(weeks[0] == block.start)
    return Sessions(option=option, used=used, weeks=weeks, ends=ends)


def _keep_apart(cp: cp_model.CpModel, pair: Pair, first: Sessions, then: Sessions) -> None:
    """One pair rule between all sessions of two treatments."""
    if pair.kind == "exclusive":
        cp.add_bool_or(first.used[0].Not(), then.used[0].Not())
        return
    from_start = pair.kind == "order" and first.option.continuous
    leaves = first.weeks if from_start else first.ends
    for i, one in enumerate(first.used):
        for j, other in enumerate(then.used):
            later = then.weeks[j] >= leaves[i] + pair.gap_weeks
            if pair.kind == "order":
                cp.add(later).only_enforce_if(one, other)
                continue
            name = f"{pair.first} {i} {pair.then} {j} {pair.page}"
            ways = [cp.new_bool_var(f"{name} {way}") for way in ("before", "after", "with")]
            cp.add(later).only_enforce_if(ways[0])
            earlier = first.weeks[i] >= then.ends[j] + pair.gap_weeks
            cp.add(earlier).only_enforce_if(ways[1])
            if pair.kind == "same_day":
                cp.add(first.weeks[i] == then.weeks[j]).only_enforce_if(ways[2])
            else:
                ways = ways[:2]
            cp.add_bool_or(*ways, one.Not(), other.Not())
