"""Wishes after giving way as a plan offers, read from its words as a reader would."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from cicatrix.knowledge import load_knowledge
from cicatrix.records import Case, Plan, Relaxation, Wishes
from cicatrix.visit import first_visit

#: The wishes that are numbers.
COUNTED = ("max_downtime_days", "max_sessions", "done_within_weeks", "budget")
_NUMBER = re.compile(r"\d+(\.\d+)?")


def number_of(way: Relaxation) -> float:
    """The number that a way out names; infinite where the wish is to be dropped."""
    found = _NUMBER.search(way.instead)
    return float(found.group()) if found else math.inf


def given_way(wishes: Wishes, way: Relaxation, *, short_by: float = 0) -> Wishes:
    """The wishes after giving way once as the plan offers, or a little less than that."""
    if way.wish.partition(" ")[0] in COUNTED:
        return dataclasses.replace(wishes, **{way.wish: number_of(way) - short_by})
    return without(wishes, way.wish)


def without(wishes: Wishes, wish: str) -> Wishes:
    """The wishes without one of them."""
    kind, _, thing = wish.partition(" ")
    if kind in ("avoid", "requested"):
        left = tuple(one for one in getattr(wishes, kind) if one != thing)
        return dataclasses.replace(wishes, **{kind: left})
    return dataclasses.replace(wishes, **{kind: math.inf if kind in COUNTED else "unknown"})


def names_of(wishes: Wishes) -> tuple[str, ...]:
    """Everything that was wished, by the names that a plan uses."""
    told = [kind for kind in COUNTED if getattr(wishes, kind) < math.inf]
    told += [kind for kind in ("low_pain", "lasting") if getattr(wishes, kind) == "yes"]
    told += [f"avoid {thing}" for thing in wishes.avoid]
    return (*told, *(f"requested {name}" for name in wishes.requested))


def only(wishes: Wishes, names: Iterable[str]) -> Wishes:
    """Some of the wishes and no others."""
    kept = set(names)
    for name in names_of(wishes):
        if name not in kept:
            wishes = without(wishes, name)
    return wishes


def planned(case: Case, wishes: Wishes, **changes: Any) -> Plan:
    """The plan of the same patient with other wishes."""
    changed = dataclasses.replace(case, wishes=wishes, **changes)
    return first_visit(changed, knowledge=load_knowledge())


def ways_of(plan: Plan) -> list[tuple[Relaxation, ...]]:
    """The ways out that the plan offers; those that must be taken together are one."""
    named: Mapping[str, Relaxation] = {way.wish: way for way in plan.relaxations}
    groups = {frozenset((way.wish, *way.together_with)) for way in plan.relaxations}
    return [tuple(named[name] for name in sorted(group)) for group in groups]
