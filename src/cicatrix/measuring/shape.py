"""Measure one scar: depth, opening, length, area, volume, wall and floor, with their doubts.

Depth is read as a function of the distance from the rim, averaged along the course of the
scar, so that a pit, a basin and a trough are measured alike and no single sample decides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import brentq

from cicatrix.measuring.texture import SkinTexture

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Between these shares of the depth the wall is taken as straight (as in step heights).
WALL_LEVELS = (0.3, 0.7)
#: The outline of a scar: where it passes this share of its depth.
OUTLINE_LEVEL = 0.5
#: Only the inner part tells the depth: from this share of the way to the middle line on.
_INNER = 0.5
_LEAST_INNER = 12
#: From this ratio of length to width on a scar is measured along its course.
_ELONGATED = 2.5


@dataclass(frozen=True, kw_only=True)
class Patch:
    """The part of a capture around one scar; ``depth_mm`` is positive where the scar is.

    ``own`` marks the samples that may belong to it (not to a neighbour).
    """

    depth_mm: Floats
    smooth_mm: Floats
    own: Mask
    there: Mask
    pitch_mm: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The part of a scar beyond a share of its depth, as lengths."""

    width_mm: float
    length_mm: float
    area_mm2: float


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


def measure_shape(
    patch: Patch, texture: SkinTexture, *, reference_sd_mm: float
) -> Shape:
    """All numbers of one scar.

    ``reference_sd_mm`` is the standard error of the surface without scars at this place.
    """
    peak = float(np.nanmax(np.where(patch.own, patch.smooth_mm, -np.inf)))
    depth, depth_weights = peak, np.zeros(patch.own.shape)
    for _ in range(3):
        inside = _part_beyond(patch, OUTLINE_LEVEL / 2 * depth)
        depth, depth_weights = _depth(patch, inside)
        depth = max(depth, peak / 2)
    half = _part_beyond(patch, OUTLINE_LEVEL * depth)
    outline = lengths_of(half, patch.pitch_mm)
    upper, lower = (
        lengths_of(_part_beyond(patch, level * depth), patch.pitch_mm) for level in WALL_LEVELS
    )
    reach = WALL_LEVELS[0] / (WALL_LEVELS[1] - WALL_LEVELS[0])
    wall = max(upper.width_mm - lower.width_mm, 0.0)
    width = upper.width_mm + wall * reach
    slope = (WALL_LEVELS[1] - WALL_LEVELS[0]) * depth / max(wall / 2, patch.pitch_mm[0] / 4)
    body = _body(patch, depth)
    square = patch.pitch_mm[0] * patch.pitch_mm[1]
    volume = float(patch.depth_mm[body].sum() * square)
    filled = float(body.sum()) / max(1.0, float((body | _holes(patch, body)).sum()))
    depth_sd = math.hypot(math.sqrt(texture.variance_of(depth_weights)), reference_sd_mm)
    area = float(body.sum()) * square
    volume_sd = math.hypot(
        math.sqrt(texture.variance_of(body * square)), reference_sd_mm * area
    )
    return Shape(
        depth_mm=depth,
        depth_sd_mm=depth_sd,
        width_mm=width,
        width_sd_mm=2 * depth_sd / max(slope, 1e-9) + patch.pitch_mm[0] / math.sqrt(12),
        length_mm=outline.length_mm + (width - outline.width_mm),
        area_mm2=_opening_area(outline, width),
        volume_mm3=volume / max(filled, 0.1),
        volume_sd_mm3=volume_sd,
        wall_degrees=math.degrees(math.atan(slope)),
        floor_share=lower.width_mm / width if width else 0.0,
        orientation_degrees=_orientation(half, patch.pitch_mm),
    )


def _opening_area(outline: Outline, width: float) -> float:
    """The outline widened on all sides to the opening."""
    return outline.area_mm2 * (width / outline.width_mm) * (
        (outline.length_mm + width - outline.width_mm) / outline.length_mm
    )


def _part_beyond(patch: Patch, level_mm: float) -> Mask:
    """The connected part of the scar that is deeper than a level, its holes filled."""
    beyond = patch.own & (patch.smooth_mm > level_mm)
    parts, count = ndimage.label(beyond)
    if count == 0:
        return np.asarray(patch.own & (patch.smooth_mm >= np.nanmax(patch.smooth_mm[patch.own])))
    if count > 1:
        sizes = np.bincount(parts.ravel())
        sizes[0] = 0
        beyond = parts == int(sizes.argmax())
    return np.asarray(ndimage.binary_fill_holes(beyond))


def _depth(patch: Patch, inside: Mask) -> tuple[float, Floats]:
    """The depth on the middle line, and the weight of every sample in it.

    Depth is fitted by a parabola in the distance from the middle line over the inner part;
    its value on the line is a weighted sum of samples.
    """
    spacing = (patch.pitch_mm[1], patch.pitch_mm[0])
    from_rim = ndimage.distance_transform_edt(np.pad(inside, 1), sampling=spacing)[1:-1, 1:-1]
    middle = from_rim.max()
    usable = inside & patch.there & (from_rim >= _INNER * middle)
    if usable.sum() < _LEAST_INNER:
        usable = inside & patch.there
    away = (middle - from_rim[usable]) / middle
    design = np.stack([np.ones_like(away), away, away**2], axis=1)
    if len(away) < 4 * _LEAST_INNER:
        design = design[:, :2]
    solver = np.linalg.pinv(design)
    weights = np.zeros(inside.shape)
    weights[usable] = solver[0]
    return float(solver[0] @ patch.depth_mm[usable]), weights


def _body(patch: Patch, depth: float) -> Mask:
    """The samples whose depths add up to the volume: the scar and a rim around it."""
    core = _part_beyond(patch, max(0.1 * depth, 0.0))
    steps = max(1, round(0.12 / min(patch.pitch_mm)))
    grown = ndimage.binary_dilation(core, iterations=steps)
    return np.asarray(grown & patch.own & patch.there)


def _holes(patch: Patch, body: Mask) -> Mask:
    """Samples inside the scar that were not measured."""
    return np.asarray(ndimage.binary_fill_holes(body) & ~patch.there)


def lengths_of(inside: Mask, pitch_mm: tuple[float, float]) -> Outline:
    """Width, length and area of a region, as of a bar with round ends.

    A compact region is told by its second moments; an elongated or bent one by its mean
    distance to the rim, so that it is measured along its course.
    """
    square = pitch_mm[0] * pitch_mm[1]
    area = float(inside.sum()) * square
    small, large = _moments(inside, pitch_mm)
    radius = _radius_by_moments(area, small)
    length = area / (2 * radius) if radius > 0 else 0.0
    if large > small * _ELONGATED**2:
        spacing = (pitch_mm[1], pitch_mm[0])
        from_rim = ndimage.distance_transform_edt(np.pad(inside, 1), sampling=spacing)[1:-1, 1:-1]
        # The rim lies half a sample outside the last sample inside.
        mean = float(from_rim[inside].mean()) - min(pitch_mm) / 2
        radius = _radius_by_distance(area, mean)
    length = (area - math.pi * radius**2) / (2 * radius) + 2 * radius if radius > 0 else 0.0
    return Outline(width_mm=2 * radius, length_mm=max(length, 2 * radius), area_mm2=area)


def _moments(inside: Mask, pitch_mm: tuple[float, float]) -> tuple[float, float]:
    """The smaller and the larger principal second moment per area, in mm²."""
    rows, columns = np.nonzero(inside)
    points = np.stack([columns * pitch_mm[0], rows * pitch_mm[1]])
    if points.shape[1] < 2:
        return 0.0, 0.0
    # Each sample is a square with moments of its own.
    own = np.diag([pitch_mm[0] ** 2, pitch_mm[1] ** 2]) / 12
    small, large = np.linalg.eigvalsh(np.cov(points, bias=True) + own)
    return float(small), float(large)


def _radius_by_moments(area: float, small: float) -> float:
    """Half the width of the bar with round ends that has this area and smaller moment."""
    inner = area**2 / 9 - math.pi * small * area / 3
    squared = (area / 3 - math.sqrt(max(inner, 0.0))) / (math.pi / 6)
    return math.sqrt(max(min(squared, area / math.pi), 0.0))


def _radius_by_distance(area: float, mean_mm: float) -> float:
    """Half the width of the bar with round ends that has this area and mean rim distance."""

    def excess(radius: float) -> float:
        return area * radius / 2 - math.pi * radius**3 / 6 - mean_mm * area

    widest = math.sqrt(area / math.pi)
    if excess(widest) <= 0:
        return widest
    return float(brentq(excess, 0.0, widest))


def _orientation(inside: Mask, pitch_mm: tuple[float, float]) -> float:
    """The direction of the longer axis, 0 to 180 degrees from the x axis towards y."""
    rows, columns = np.nonzero(inside)
    if len(rows) < 3:
        return 0.0
    points = np.stack([columns * pitch_mm[0], rows * pitch_mm[1]])
    _, axes = np.linalg.eigh(np.cov(points, bias=True))
    return float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) % 180)
