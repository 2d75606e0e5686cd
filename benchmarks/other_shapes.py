"""Made-up skin with scars of other shapes than the standard ones, whose truth is known as well."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from cicatrix.phantoms import Phantom, PhantomScar, make_phantom

_SIZE_MM, _COUNT, _ATTEMPTS = 40.0, 9, 4000
#: Around a scar, and around a bell, which fades out.
_MARGIN_MM, _BELL_MARGIN_MM = 1.5, 3.0
Draw = Callable[[np.random.Generator], dict[str, Any]]


def _frustum(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "shape": "frustum",
        "radius_mm": rng.uniform(0.75, 2.2),
        "floor": rng.uniform(0.55, 0.9),
    }


def _oval(rng: np.random.Generator) -> dict[str, Any]:
    oval = rng.uniform(1.2, 2.0)
    radius = rng.uniform(0.75, 2.2) / math.sqrt(oval)
    return {"shape": "frustum", "radius_mm": radius, "oval": oval}


def _bar(rng: np.random.Generator) -> dict[str, Any]:
    radius = rng.uniform(0.65, 1.7)
    shape = str(rng.choice(["flat", "frustum"]))
    return {"shape": shape, "radius_mm": radius, "length_mm": radius * rng.uniform(0.4, 2.0)}


def _ragged(rng: np.random.Generator) -> dict[str, Any]:
    waves = tuple(
        (many, float(rng.normal(0, 0.06)), float(rng.uniform(0, 2 * math.pi))) for many in (2, 3, 5)
    )
    return {"shape": "frustum", "radius_mm": rng.uniform(0.75, 2.2), "ragged": waves}


def _bell(rng: np.random.Generator) -> dict[str, Any]:
    return {"shape": "bell", "radius_mm": rng.uniform(2.2, 3.2), "depth_mm": rng.uniform(0.12, 0.4)}


#: Straight-walled boxcars; ovals whose wall is drawn out with them, and with a wall equally wide
#: all around; rims with waves of some 6 % of the radius; basins that only fade out.
OTHER_SHAPES: dict[str, Draw] = {
    "straight walls": _frustum,
    "oval": _oval,
    "oval with an even wall": _bar,
    "ragged rim": _ragged,
    "bell": _bell,
}


def other_phantom(name: str, *, seed: int, curve_mm: float = 1.3) -> Phantom:
    """Standard skin of 40 x 40 mm with scars of one other shape; another seed, other scars."""
    rng = np.random.default_rng(seed)
    margin = _BELL_MARGIN_MM if name == "bell" else _MARGIN_MM
    placed: list[tuple[PhantomScar, float]] = []
    for _ in range(_ATTEMPTS):
        drawn = {"depth_mm": rng.uniform(0.1, 0.6), **OTHER_SHAPES[name](rng)}
        turn = rng.uniform(0, 180)
        ready = PhantomScar(type="", x_mm=0.0, y_mm=0.0, angle_degrees=turn, **drawn)
        reach = ready.radius_mm * (1.2 if ready.ragged else ready.oval) + ready.length_mm / 2
        x, y = rng.uniform(reach + margin, _SIZE_MM - reach - margin, 2)
        scar = replace(ready, x_mm=x, y_mm=y)
        if all(math.hypot(x - o.x_mm, y - o.y_mm) > reach + r + margin for o, r in placed):
            placed.append((scar, reach))
        if len(placed) == _COUNT:
            break
    return make_phantom(
        [scar for scar, _ in placed], seed=seed + 1_000_000, size_mm=_SIZE_MM, curve_mm=curve_mm
    )
