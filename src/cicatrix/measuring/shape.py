"""Measure one scar: depth, opening, length, area, volume, wall and floor, with their doubts.

Depth is read as a function of the distance from the middle, averaged along the course of the
scar, so that a pit, a basin and a trough are measured alike and no single sample decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.coordinate import course_of
from cicatrix.measuring.course import Course, Opening, rounder
from cicatrix.measuring.holes import Gaps, bounded_below, gaps_of
from cicatrix.measuring.opening_errors import OpeningErrors, opening_errors
from cicatrix.measuring.outline import outline_of
from cicatrix.measuring.patch import Patch
from cicatrix.measuring.profile import Rings, Wall, doubted, fit_wall
from cicatrix.measuring.wall_family import CELL, CELLS, WALL_LEVELS

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: Rings: their borders in the coordinate, and how many samples each must hold.
_RINGS = np.concatenate([np.arange(0.0, 1.5, 0.15), np.arange(1.5, 2.79, 0.26)])
_LEAST_SAMPLES = 6
#: The share of the depth over which the wall is taken as straight.
_WALL_PART = WALL_LEVELS[1] - WALL_LEVELS[0]
#: What the grid leaves unsure about a width, and about the width of a floor, by the spacing.
_PITCH_SHARE, _PITCH_FLOOR = 0.08, 0.15
#: The same for a wall as a share of it, by the square of samples along it: few cannot tell how
#: steep it is. And for the half width that the length of a trough is drawn from, by the spacing.
_PITCH_WALL, _PITCH_ALONG = 0.025, 0.05
#: The slope of a wall that was not found.
_NO_SLOPE = 1e-6
#: What walls beside a floor differ in how they round off, by how far they run.
_UNLIKE_SHARE = 0.045
#: What a ragged outline leaves unsure of the rim and of the floor's share, by what is ragged of it.
_RAGGED_SHARE, _RAGGED_FLOOR = 0.2, 0.4
#: What a region holds beyond the rim counts from this share of the volume and so many of its
#: standard errors on; its area where it is deeper than this share of the depth.
_BEYOND_SHARE, _BEYOND_SPREADS, _BEYOND_DEPTH = 0.1, 4.0, 0.15


class Unseen(Exception):  # noqa: N818 - no fault of anybody
    """Nothing of a scar was measured where its outline is, so it has no numbers."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One scar in numbers. ``depth_mm`` counts away from the skin, into it or out of it.

    ``seen_area_mm2`` is the part of ``area_mm2`` that lies inside the capture.
    """

    depth_mm: float
    depth_sd_mm: float
    width_mm: float
    width_sd_mm: float
    length_mm: float
    length_sd_mm: float
    area_mm2: float
    area_sd_mm2: float
    volume_mm3: float
    volume_sd_mm3: float
    wall_degrees: float
    wall_sd_degrees: float
    floor_share: float
    floor_share_sd: float
    orientation_degrees: float
    orientation_sd_degrees: float
    row: float
    column: float
    inside: Mask
    seen_area_mm2: float
    missing_share: float
    shared_share: float
    misfit: float
    is_sure: bool
    rim_is_seen: bool
    floor_is_seen: bool


def measure_shape(
    patch: Patch,
    *,
    covariance_of: Callable[[Floats], Floats],
    smoothing_mm: float,
    smoothed_sd_mm: float,
) -> Shape:
    """All numbers of one scar.

    ``covariance_of`` tells how weighted sums of the patch's samples (sums, rows, columns) vary
    together for no other reason than texture, noise and the surface without scars;
    ``smoothed_sd_mm`` is what texture leaves in the map that is smoothed for the outline.

    Raises
    ------
    Unseen
        If no sample of the scar lies near its outline.
    """
    outline = outline_of(patch, smoothing_mm=smoothing_mm, texture_sd_mm=smoothed_sd_mm)
    course = course_of(patch, outline, texture_sd_mm=smoothed_sd_mm)
    rings = rings_of(patch, course, covariance_of=covariance_of)
    wall = fit_wall(rings, depth_guess_mm=float(rings.mean_mm.max()))
    wall = _with_others(wall, patch, course, covariance_of)
    slope = _slope(patch, course, wall)
    jitter = smoothed_sd_mm / slope
    course = rounder(
        course,
        hangs_together_mm=outline.hangs_together_mm,
        pitch_mm=max(patch.pitch_mm),
    )
    beyond = _beyond(patch, patch.region & (course.rho > wall.rim), wall, covariance_of)
    gaps = gaps_of(patch, outline, course, wall)
    if not gaps.floor_is_seen:
        wall = bounded_below(wall, rings, gaps)
    return _in_numbers(_Fit(patch, course, wall, beyond, gaps, slope=slope, jitter_mm=jitter))


def _with_others(
    wall: Wall, patch: Patch, course: Course, covariance_of: Callable[[Floats], Floats]
) -> Wall:
    """The wall, less sure by what it would be in the other form that the scar may as well have."""
    for other in course.others:
        rings = rings_of(patch, other, covariance_of=covariance_of)
        it = fit_wall(rings, depth_guess_mm=float(rings.mean_mm.max()))
        steeper = it.fall_mm / other.half_width_mm * course.half_width_mm / wall.fall_mm
        wall = doubted(wall, it, steeper=steeper, share=course.others_count)
    return wall


def _slope(patch: Patch, course: Course, wall: Wall) -> float:
    """How steep the straight wall is; nothing is steeper than from one sample to the next."""
    steepest = 8 * _WALL_PART * wall.depth_mm / patch.pitch_mm[0]
    return max(min(wall.fall_mm / course.half_width_mm, steepest), _NO_SLOPE)


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """What belongs to an irregular scar beyond the rim that its wall was explained with."""

    area_mm2: float = 0.0
    area_sd_mm2: float = 0.0
    volume_mm3: float = 0.0
    volume_sd_mm3: float = 0.0


@dataclass(frozen=True)
class _Fit:
    """A wall over its course, what lies beyond it, what is missing, and the errors that follow.

    ``slope`` is that of the wall; texture moves a place of the outline by ``jitter_mm``.
    """

    patch: Patch
    course: Course
    wall: Wall
    beyond: Beyond
    gaps: Gaps
    _: KW_ONLY
    slope: float
    jitter_mm: float

    @property
    def opening(self) -> Opening:
        """The scar as seen from above."""
        return self.course.opening(self.wall.opening)

    @property
    def opening_errors(self) -> OpeningErrors:
        """Those of the fit, of what is missing, of texture and of the grid."""
        opening, pitch = self.opening, max(self.patch.pitch_mm)
        return opening_errors(
            self.course,
            opening,
            rim_sd_mm=math.hypot(
                self.course.half_width_mm * self.wall.opening_sd,
                opening.width_mm / 2 * self.gaps.width_share_sd,
                opening.width_mm / 2 * _RAGGED_SHARE * self.course.ragged,
                _PITCH_SHARE * pitch / 2,
                _UNLIKE_SHARE * self._run_beside_floor_mm,
            ),
            end_sd_mm=math.hypot(self.jitter_mm, pitch / math.sqrt(12)),
            half_width_sd_mm=_PITCH_ALONG * pitch,
        )

    @property
    def _run_beside_floor_mm(self) -> float:
        """How far the wall runs beside a floor; none where there is hardly a floor."""
        floor = self.wall.floor_share
        return self.opening.width_mm / 2 * (1 - floor) * max(2 * floor - 1, 0.0)

    @property
    def volume_sd_mm3(self) -> float:
        """That of the fit, of what lies beyond and of what is missing."""
        missing = self.gaps.volume_share_sd * self.wall.volume_mm3
        return math.hypot(self.wall.volume_sd_mm3, self.beyond.volume_sd_mm3, missing)

    @property
    def wall_degrees(self) -> float:
        """How steep the wall is; NaN where it came out flat, which no wall is."""
        return math.degrees(math.atan(self.slope)) if self.slope > _NO_SLOPE else math.nan

    @property
    def wall_sd_degrees(self) -> float:
        """That of the fit, of the ovalness, of the grid and of what is missing."""
        run_mm = _WALL_PART * self.wall.depth_mm / self.slope
        grid = _PITCH_WALL * (max(self.patch.pitch_mm) / run_mm) ** 2
        missing = self.gaps.wall_share_sd
        share = math.hypot(self.wall.fall_spread, self.course.oval_sd, grid, missing)
        sd = math.degrees(self.slope / (1 + self.slope**2) * share)
        return sd if self.slope > _NO_SLOPE else math.nan

    @property
    def floor_share_sd(self) -> float:
        """That of the fit, of the grid and of what is missing."""
        grid = _PITCH_FLOOR * max(self.patch.pitch_mm) / self.opening.width_mm
        ragged = _RAGGED_FLOOR * self.course.ragged
        return math.hypot(self.wall.floor_share_sd, grid, ragged, self.gaps.wall_share_sd)


def _in_numbers(fit: _Fit) -> Shape:
    """The numbers of one scar."""
    patch, course, wall, beyond = fit.patch, fit.course, fit.wall, fit.beyond
    opening, errors = fit.opening, fit.opening_errors
    inside = course.rho < wall.opening
    return Shape(
        depth_mm=wall.depth_mm,
        depth_sd_mm=wall.depth_sd_mm,
        width_mm=opening.width_mm,
        width_sd_mm=errors.width_mm,
        length_mm=opening.length_mm,
        length_sd_mm=errors.length_mm,
        area_mm2=opening.area_mm2 + beyond.area_mm2,
        area_sd_mm2=math.hypot(errors.area_mm2, beyond.area_sd_mm2),
        volume_mm3=wall.volume_mm3 + beyond.volume_mm3,
        volume_sd_mm3=fit.volume_sd_mm3,
        wall_degrees=fit.wall_degrees,
        wall_sd_degrees=fit.wall_sd_degrees,
        floor_share=wall.floor_share,
        floor_share_sd=fit.floor_share_sd,
        orientation_degrees=course.orientation_degrees,
        orientation_sd_degrees=errors.orientation_degrees,
        row=course.row,
        column=course.column,
        inside=inside,
        seen_area_mm2=float(inside.sum()) * patch.sample_mm2 + beyond.area_mm2,
        missing_share=fit.gaps.share,
        shared_share=_share(inside & ~patch.own, inside),
        misfit=wall.misfit,
        is_sure=course.is_sure,
        rim_is_seen=fit.gaps.rim_is_seen,
        floor_is_seen=fit.gaps.floor_is_seen,
    )


def _beyond(
    patch: Patch, part: Mask, wall: Wall, covariance_of: Callable[[Floats], Floats]
) -> Beyond:
    """The part of the region beyond the rim, if it holds more than texture would add there."""
    there = part & patch.there
    square = patch.sample_mm2 / patch.stretch
    volume = float(patch.depth_mm[there].sum()) * square
    if volume < _BEYOND_SHARE * wall.volume_mm3:
        return Beyond()
    spread = math.sqrt(max(float(covariance_of(there[None] * square)[0, 0]), 0.0))
    if volume < _BEYOND_SPREADS * spread:
        return Beyond()
    deep = there & (patch.depth_mm > _BEYOND_DEPTH * wall.depth_mm * patch.stretch)
    area = float(deep.sum()) * patch.sample_mm2
    return Beyond(
        area_mm2=area,
        # It may as well be a valley of the texture that the scar drains into.
        area_sd_mm2=area / 2,
        volume_mm3=volume,
        volume_sd_mm3=math.hypot(spread, volume / 2),
    )


def _share(part: Mask, whole: Mask) -> float:
    return float(part.sum()) / max(1.0, float(whole.sum()))


def rings_of(patch: Patch, course: Course, *, covariance_of: Callable[[Floats], Floats]) -> Rings:
    """The mean depths over rings around the middle, and how they vary together.

    Raises
    ------
    Unseen
        If no sample of the scar lies near its outline.
    """
    last = len(CELLS)
    cells = np.minimum(course.rho / CELL, last).astype(np.intp)
    used = patch.own & patch.there & patch.fresh & (cells < last)
    ring = np.append(_ring_of_cells(np.bincount(cells[used], minlength=last)), -1)
    if not used.any():
        raise Unseen
    number = np.where(used, ring[cells], -1)
    inside = number >= 0
    filled, number = np.unique(number[inside], return_inverse=True)
    sizes = np.bincount(number)
    weights = np.zeros((len(filled), *cells.shape), np.float32)
    weights[number, *np.nonzero(inside)] = (1 / sizes)[number]
    share = np.bincount(number * last + cells[inside], minlength=len(filled) * last)
    # A depth along the normal is shorter than one along z, and its area larger: same volume.
    normal = patch.stretch
    area = np.bincount(cells[patch.own], minlength=last)[:last] * patch.sample_mm2
    measured = patch.own & patch.there
    # Beyond the last cell most of which is left for the scar.
    skin = (
        2 * np.bincount(cells[measured & patch.fresh], minlength=last)[:last]
        < np.bincount(cells[measured], minlength=last)[:last]
    )
    return Rings(
        mean_mm=np.bincount(number, patch.depth_mm[inside]) / sizes / normal,
        covariance_mm2=covariance_of(weights) / normal**2,
        share=share.reshape(-1, last) / sizes[:, None],
        area_mm2=area,
        skin_after=max(int(np.append(skin, True).argmax()) - 1, 0),
    )


def _ring_of_cells(samples: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """The ring that each cell belongs to; rings with too few samples join the next one."""
    planned = np.searchsorted(_RINGS, CELLS) - 1
    held = np.bincount(planned, weights=samples)
    joined, waiting, now = np.zeros(len(held), np.intp), 0.0, 0
    for index, count in enumerate(held):
        joined[index] = now
        waiting += count
        if waiting >= _LEAST_SAMPLES:
            now, waiting = now + 1, 0.0
    return joined[planned]
