"""The site of a place on a face, from the proportions on a page; open where borders are near."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

#: A place on a face: to the patient's left of the middle, and up from the base of the nose, both
#: in lengths of the nose.
Place = tuple[float, float]
OPEN = ("", "")


def site_of(place: Place, *, values: Mapping[str, Any]) -> tuple[str, str]:
    """The site and the patient's side of a place, or two empty words where it is left open.

    ``values`` are those of the page ``assumptions/face-sites``.
    """
    margin = float(values["margin"])
    steps = (-margin, 0.0, margin)
    around = [(place[0] + x, place[1] + y) for x, y in product(steps, steps)]
    names = {_site(one, values["sites"]) for one in around}
    if len(names) > 1 or names == {""}:
        return OPEN
    aside = place[0]
    side = "middle" if abs(aside) < values["middle"] else "left" if aside > 0 else "right"
    return names.pop(), side


def _site(place: Place, sites: list[Mapping[str, Any]]) -> str:
    aside, height = abs(place[0]), place[1]
    for one in sites:
        if _within(height, one["height"]) and _within(aside, one["aside"]):
            return str(one["site"])
    return ""


def _within(value: float, ends: list[float]) -> bool:
    return ends[0] <= value <= ends[1]
