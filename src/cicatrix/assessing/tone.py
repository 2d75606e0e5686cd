"""What a measured skin tone may change: it can only make the plan more careful."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from cicatrix.records import Intake
from cicatrix.vocabulary import FITZPATRICK


def careful_skin_type(intake: Intake, *, values: Mapping[str, Any]) -> Intake:
    """The intake with the skin type raised to the floor that a measured tone sets.

    An asked type is never lowered. A type that was not asked stays unknown, but the types
    below the floor are no longer possible. ``values`` are those of ``assumptions/skin-tone``.
    """
    floor = _floor(intake, values)
    if not floor:
        return intake
    asked = intake.facts.get("fitzpatrick")
    if asked is not None:
        higher = max(str(asked), floor, key=FITZPATRICK.index)
        return dataclasses.replace(intake, facts={**intake.facts, "fitzpatrick": higher})
    left = FITZPATRICK[FITZPATRICK.index(floor) :]
    return dataclasses.replace(intake, possible={**intake.possible, "fitzpatrick": left})


def _floor(intake: Intake, values: Mapping[str, Any]) -> str:
    """The lightest skin type that the measured tone leaves possible, or nothing."""
    floors = [
        bound["at_least"]
        for bound in values["ita_floors"]
        if intake.ita_degrees <= bound["ita_at_most"]
    ]
    floors += [
        bound["at_least"]
        for bound in values["monk_floors"]
        if intake.monk >= bound["monk_at_least"]
    ]
    return max(floors, key=FITZPATRICK.index, default="")
