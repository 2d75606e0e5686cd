"""The schedule as one would first write it: every session an interval, every pair an either-or.

Worth, burden and wishes are those of our own model, and so are the options, the pages and the
horizon; the timing is written anew, in one model and one search. Both allow the same courses, so
both must find the same worth, the same burden and the same weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicatrix.planning.model import Block, Model, model_of
from cicatrix.planning.options import Option
from cicatrix.planning.together import Pair, Together
from cicatrix.records import Target

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass(kw_only=True)
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
    """One interval a session, kept apart in pairs; the rest is as in our model."""
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    sessions = {o.treatment: _sessions(cp, o, horizon_weeks) for o in options}
    blocks = {name: _block(cp, one, horizon_weeks) for name, one in sessions.items()}
    for pair in together.pairs:
        _keep_apart(cp, pair, sessions[pair.first], sessions[pair.then])
    return model_of(cp, blocks, together.companions, severity=severity, horizon_weeks=horizon_weeks)


def _block(cp: cp_model.CpModel, sessions: Sessions, horizon_weeks: int) -> Block:
    """What wishes and worth have to know of a treatment."""
    option = sessions.option
    counts = {
        count: cp.new_bool_var(f"{option.treatment}x{count}") for count in option.session_counts
    }
    present = sessions.used[0]
    given = sum(count * flag for count, flag in counts.items())
    cp.add(sum(counts.values()) == present)
    cp.add(sum(sessions.used) == given)
    end = cp.new_int_var(0, 2 * horizon_weeks, f"{option.treatment} ends")
    for used, last in zip(sessions.used, sessions.ends, strict=True):
        cp.add(end >= last).only_enforce_if(used)
    return Block(
        option=option,
        present=present,
        counts=counts,
        sessions=given,
        weeks=tuple(sessions.weeks),
        end=end,
    )


def _sessions(cp: cp_model.CpModel, option: Option, horizon: int) -> Sessions:
    """One interval per session that might be given, in order; week 0 for one that is not."""
    most = option.session_counts[-1]
    length = option.lasts_weeks if option.continuous else 0
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
            cp.add(week <= weeks[-1] + option.longest_spacing_weeks).only_enforce_if(flag)
        else:
            cp.add(week >= option.earliest_week).only_enforce_if(flag)
        used.append(flag)
        weeks.append(week)
        ends.append(week + length)
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
