"""Measure one scar: depth, opening, length, area, volume, wall and floor, with their doubts.

Depth is read as a function of the distance from the middle, averaged along the course of the
scar, so that a pit, a basin and a trough are measured alike and no single sample decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.patch import Course, Patch, course_of, outline_of
from cicatrix.measuring.profile import WALL_LEVELS, Rings, fit_wall

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: Rings: their borders in the coordinate, and how many samples each must hold.
_RINGS = np.concatenate([np.arange(0.0, 1.5, 0.15), np.arange(1.5, 2.81, 0.26)])
_LEAST_SAMPLES = 6
_CELL = 0.01


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One scar in numbers. ``depth_mm`` counts away from the skin, into it or out of it."""

    depth_mm: float
    depth_sd_mm: float
    width_mm: float
    width_sd_mm: float
    length_mm: float
    area_mm2: float
    volume_mm3: float
    volume_sd_mm3: float
    wall_degrees: float
    floor_share: float
    orientation_degrees: float
    row: float
    column: float
    missing_share: float
    misfit: float


def measure_shape(
    patch: Patch, *, covariance_of: Callable[[Floats], Floats], smoothing_mm: float
) -> Shape:
    """All numbers of one scar.

    ``covariance_of`` tells how weighted sums of the patch's samples (sums, rows, columns) vary
    together for no other reason than texture, noise and the surface without scars.
    """
    outline = outline_of(patch, smoothing_mm=smoothing_mm)
    course = course_of(patch, outline)
    rings = rings_of(patch, course, covariance_of=covariance_of)
    wall = fit_wall(rings, depth_guess_mm=float(rings.mean_mm.max()))
    opening = course.opening(wall.opening)
    run = max((wall.upper - wall.lower) * course.half_width_mm, patch.pitch_mm[0] / 8)
    slope = (WALL_LEVELS[1] - WALL_LEVELS[0]) * wall.depth_mm / run
    inside = course.rho < wall.opening
    # A depth along the normal is shorter than one along z, and its area larger: same volume.
    return Shape(
        depth_mm=wall.depth_mm,
        depth_sd_mm=wall.depth_sd_mm,
        width_mm=opening.width_mm,
        width_sd_mm=2 * course.half_width_mm * wall.opening_sd,
        length_mm=opening.length_mm,
        area_mm2=opening.area_mm2,
        volume_mm3=wall.volume_mm3,
        volume_sd_mm3=wall.volume_sd_mm3,
        wall_degrees=math.degrees(math.atan(max(slope, 0.0))),
        floor_share=wall.lower / wall.opening,
        orientation_degrees=course.orientation_degrees,
        row=course.row,
        column=course.column,
        missing_share=float((inside & ~patch.there).sum()) / max(1.0, float(inside.sum())),
        misfit=wall.misfit,
    )


def rings_of(patch: Patch, course: Course, *, covariance_of: Callable[[Floats], Floats]) -> Rings:
    """The mean depths over rings around the middle, and how they vary together."""
    cells = np.minimum(course.rho / _CELL, round(_RINGS[-1] / _CELL)).astype(np.intp)
    used = patch.own & patch.there & (cells < round(_RINGS[-1] / _CELL))
    ring = _ring_of_cells(
        np.bincount(cells[used], minlength=round(_RINGS[-1] / _CELL)).astype(float)
    )
    number = np.where(used, ring[np.minimum(cells, len(ring) - 1)], -1)
    count = int(ring.max()) + 1
    masks = number[None] == np.arange(count)[:, None, None]
    sizes = masks.sum(axis=(1, 2))
    masks, sizes = masks[sizes > 0], sizes[sizes > 0]
    weights = masks / sizes[:, None, None]
    share = np.stack([np.bincount(cells[m], minlength=len(ring)) / m.sum() for m in masks])
    normal = patch.stretch  # depths along the normal
    covariance = covariance_of(weights)
    area = np.bincount(cells[patch.own], minlength=len(ring))[: len(ring)] * patch.sample_mm2
    return Rings(
        mean_mm=np.array([patch.depth_mm[m].mean() for m in masks]) / normal,
        covariance_mm2=covariance / normal**2,
        cells=(np.arange(len(ring)) + 0.5) * _CELL,
        share=share,
        area_mm2=area,
    )


def _ring_of_cells(samples: Floats) -> NDArray[np.intp]:
    """The ring that each cell belongs to; rings with too few samples join the next one."""
    planned = np.searchsorted(_RINGS, (np.arange(len(samples)) + 0.5) * _CELL) - 1
    held = np.bincount(planned, weights=samples)
    joined, waiting, now = np.zeros(len(held), np.intp), 0.0, 0
    for index, count in enumerate(held):
        joined[index] = now
        waiting += count
        if waiting >= _LEAST_SAMPLES:
            now, waiting = now + 1, 0.0
    return joined[planned]
