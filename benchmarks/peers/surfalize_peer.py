"""surfalize in its own process: height maps in, levelled maps as grains and parameters out.

Imports nothing of cicatrix; surfalize is under the GPL, and this script runs in an environment of
its own. Standard input holds one task: {"do": ..., ...}; see the functions that do them.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
import warnings
from typing import Any

import numpy as np
from memory_held import peak_bytes
from scipy import ndimage
from surfalize import Surface
from surfalize.filter import GaussianFilter

_UM = 1000.0
_PARAMETERS = ("Sa", "Sq", "Sp", "Sv", "Sz", "Ssk", "Sku", "Sdq", "Sdr", "Sal", "Str", "Std")
#: Everything of ISO 25178-2 that it has, but for what finds features by watershed.
_MORE = ("Sk", "Spk", "Svk", "Smr1", "Smr2", "Sxp", "Sdc", "Vmp", "Vmc", "Vvv", "Vvc")
#: The width of surfalize's filter is told as a wavelength that keeps half of its amplitude.
_SIGMA_OF_CUTOFF = float(GaussianFilter.sigma(1.0))


def main() -> None:
    """Do the task that stands in standard input."""
    task = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    answer = {"parameters": parameters, "grains": grains, "race": race}[task["do"]](task)
    answer["version"] = importlib.metadata.version("surfalize")
    json.dump(answer, sys.stdout)


def parameters(task: dict[str, Any]) -> dict[str, Any]:
    """The parameters of every map of {"maps": [{path, pitch_mm: [x, y]}]}, in µm."""
    return {"values": [_values(_surface(one), _PARAMETERS) for one in task["maps"]]}


def _values(surface: Surface, names: tuple[str, ...]) -> dict[str, float]:
    return {name: float(getattr(surface, name)()) for name in names}


def _surface(one: dict[str, Any]) -> Surface:
    heights = np.load(one["path"]) * _UM
    return Surface(heights, one["pitch_mm"][0] * _UM, one["pitch_mm"][1] * _UM)


def grains(task: dict[str, Any]) -> dict[str, Any]:
    """The grains of one map under every recipe {degree, sigma_mm, level_mm, least_mm2}.

    The map is levelled with surfalize's polynomial, what differs is masked, and the rest is
    levelled again, twice. It is smoothed with surfalize's filter. surfalize has no grains of its
    own, so scipy's labels stand in for them.
    """
    surface = _surface(task["map"])
    levelled: dict[int, Surface] = {}
    answers = []
    for recipe in task["recipes"]:
        degree = recipe["degree"]
        if degree not in levelled:
            levelled[degree] = _levelled(surface, degree, task["mask"])
        level = levelled[degree]
        answers.append(_grains(level, _smooth(level, recipe["sigma_mm"]), recipe))
    return {"grains": answers}


def _levelled(surface: Surface, degree: int, mask: dict[str, float]) -> Surface:
    level = surface.detrend_polynomial(degree=degree)
    for _ in range(2):
        away = np.abs(_smooth(level, mask["sigma_mm"]).data) > mask["level_mm"] * _UM
        masked = Surface(surface.data, surface.step_x, surface.step_y, mask=away)
        level = masked.detrend_polynomial(degree=degree)
    return level


def _smooth(surface: Surface, sigma_mm: float) -> Surface:
    return GaussianFilter(sigma_mm * _UM / _SIGMA_OF_CUTOFF, "lowpass")(surface)


def _grains(level: Surface, smooth: Surface, recipe: dict[str, Any]) -> list[list[float]]:
    """Per grain: sign, x, y, depth, depth when smoothed, area, area at half depth, volume."""
    found = []
    pitch = level.step_x / _UM, level.step_y / _UM
    square = pitch[0] * pitch[1]
    for sign in (1, -1):
        depth, smoothed = (-sign * one.data / _UM for one in (level, smooth))
        labels, _ = ndimage.label(smoothed > recipe["level_mm"], structure=np.ones((3, 3)))
        for label, box in enumerate(ndimage.find_objects(labels), start=1):
            inside = labels[box] == label
            if inside.sum() * square < recipe["least_mm2"]:
                continue
            row, column = (np.mean(at) for at in np.nonzero(inside))
            within, calm = depth[box][inside], smoothed[box][inside]
            at_half = calm > 0.5 * calm.max()
            found.append([
                sign,
                float((box[1].start + column) * pitch[0]),
                float((box[0].start + row) * pitch[1]),
                float(within.max()),
                float(calm.max()),
                float(inside.sum() * square),
                float(at_half.sum() * square),
                float(within.sum() * square),
            ])  # fmt: skip
    return found


def race(task: dict[str, Any]) -> dict[str, Any]:
    """Core seconds from {"path", "pitch_mm"} to all parameters of the levelled, filtered map."""
    before = peak_bytes()
    began = time.process_time()
    pitch_mm = [task["pitch_mm"]] * 2
    surface = _surface({"path": task["path"], "pitch_mm": pitch_mm})
    level = surface.detrend_polynomial(degree=task["degree"])
    smooth = _smooth(level, task["sigma_mm"])
    _values(smooth, (*_PARAMETERS, *_MORE))
    seconds = time.process_time() - began
    peak = peak_bytes()
    return {"seconds": seconds, "peak_bytes": peak - before, "samples": level.data.size}


if __name__ == "__main__":
    main()
