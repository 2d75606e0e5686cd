"""The part of a capture around one scar, and how far each sample is from the scar's middle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import brentq

from cicatrix.measuring.find import smoothed

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: The outline that carries the coordinates: where a scar passes this share of its depth.
OUTLINE_LEVEL = 0.5
#: From this ratio of length to width on, a scar is measured along its course.
ELONGATED = 2.2
#: A region that fills its ellipse to less than this share (common part over both) is measured
#: along its course, too.
_ELLIPTIC = 0.8


@dataclass(frozen=True, kw_only=True)
class Patch:
    """The part of a capture around one scar; ``depth_mm`` is positive where the scar is.

    ``own`` marks the samples that may belong to it (not to a neighbour), ``there`` those that
    were measured. ``slope`` is the slope of the skin along x and y; depths are taken along the
    skin's normal and lengths on the skin.
    """

    depth_mm: Floats
    own: Mask
    there: Mask
    pitch_mm: tuple[float, float]
    slope: tuple[float, float] = (0.0, 0.0)

    @property
    def stretch(self) -> float:
        """By how much an area on the skin is larger than its picture on the map."""
        return math.sqrt(1 + self.slope[0] ** 2 + self.slope[1] ** 2)

    @property
    def sample_mm2(self) -> float:
        """The area of skin that one sample stands for."""
        return self.pitch_mm[0] * self.pitch_mm[1] * self.stretch

    def on_the_skin(self, rows: Floats, columns: Floats) -> Floats:
        """Places of samples on the skin's own plane, in mm: shape (2, samples)."""
        flat = np.stack([columns * self.pitch_mm[0], rows * self.pitch_mm[1]])
        slope = np.array(self.slope)
        steep = float(slope @ slope)
        if steep == 0:
            return flat
        return np.asarray(flat + np.outer(slope, slope @ flat) * ((self.stretch - 1) / steep))


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A scar as seen from above at some level of its wall."""

    width_mm: float
    length_mm: float
    area_mm2: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """The coordinate of a scar: 0 on its middle, 1 on its outline at half its depth.

    ``half_width_mm`` and ``half_length_mm`` belong to that outline; ``straight_mm`` is the
    length of the middle line of a scar that is measured along its course, 0 for a compact one,
    which is an ellipse.
    """

    rho: Floats
    half_width_mm: float
    half_length_mm: float
    straight_mm: float
    row: float
    column: float
    orientation_degrees: float

    def opening(self, rho: float) -> Opening:
        """Width, length and area out to a value of the coordinate."""
        if self.straight_mm:
            radius = self.half_width_mm * rho
            return Opening(
                width_mm=2 * radius,
                length_mm=self.straight_mm + 2 * radius,
                area_mm2=math.pi * radius**2 + 2 * radius * self.straight_mm,
            )
        return Opening(
            width_mm=2 * self.half_width_mm * rho,
            length_mm=2 * self.half_length_mm * rho,
            area_mm2=math.pi * self.half_width_mm * self.half_length_mm * rho**2,
        )


def outline_of(patch: Patch, *, smoothing_mm: float) -> Mask:
    """The connected part of the scar that lies beyond half its depth, holes filled."""
    smooth = smoothed(patch.depth_mm, patch.there, patch.pitch_mm, smoothing_mm)
    deep = np.where(patch.own & np.isfinite(smooth), smooth, -np.inf)
    beyond = deep > OUTLINE_LEVEL * deep.max()
    parts, count = ndimage.label(beyond)
    if count > 1:
        beyond = parts == parts[np.unravel_index(int(deep.argmax()), deep.shape)]
    return np.asarray(ndimage.binary_fill_holes(beyond))


def course_of(patch: Patch, outline: Mask) -> Course:
    """The coordinate of a scar from its outline at half depth."""
    rows, columns = np.nonzero(outline)
    points = patch.on_the_skin(rows.astype(float), columns.astype(float))
    centre = points.mean(axis=1)
    # Each sample is a square with moments of its own.
    own = np.diag([patch.pitch_mm[0] ** 2, patch.pitch_mm[1] ** 2]) / 12
    away = points - centre[:, None]
    spread, axes = np.linalg.eigh(away @ away.T / len(rows) + own)
    grid = patch.on_the_skin(*(g.ravel().astype(float) for g in np.indices(outline.shape)))
    along = axes.T @ (grid - centre[:, None])
    rho = np.sqrt((along**2 / (4 * spread[:, None])).sum(axis=0)).reshape(outline.shape)
    middle = (float(rows.mean()), float(columns.mean()))
    orientation = math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180
    common = float((outline & (rho < 1)).sum()) / max(1.0, float((outline | (rho < 1)).sum()))
    if spread[1] > spread[0] * ELONGATED**2 or common < _ELLIPTIC:
        return _along(patch, outline, middle, orientation)
    # The ellipse of the same moments, made to have the same area as well.
    area = len(rows) * patch.sample_mm2
    scale = math.sqrt(area / (4 * math.pi * math.sqrt(spread[0] * spread[1])))
    return Course(
        rho=rho / scale,
        half_width_mm=2 * math.sqrt(spread[0]) * scale,
        half_length_mm=2 * math.sqrt(spread[1]) * scale,
        straight_mm=0.0,
        row=middle[0],
        column=middle[1],
        orientation_degrees=orientation,
    )


def _along(patch: Patch, outline: Mask, middle: tuple[float, float], orientation: float) -> Course:
    """The coordinate of a long, bent or irregular scar: its distance from the outline."""
    spacing = (
        patch.pitch_mm[1] * math.hypot(1, patch.slope[1]),
        patch.pitch_mm[0] * math.hypot(1, patch.slope[0]),
    )
    padded = np.pad(outline, 1)
    half = math.sqrt(spacing[0] * spacing[1]) / 2  # the outline lies between two samples
    within = ndimage.distance_transform_edt(padded, sampling=spacing)[1:-1, 1:-1]
    without = ndimage.distance_transform_edt(~outline, sampling=spacing)
    from_outline = np.where(outline, within - half, half - without)
    area = float(outline.sum()) * patch.sample_mm2
    radius = _radius(area, float(from_outline[outline].mean()))
    # A bent scar's centre may lie beside it: take the sample of its middle nearest to it.
    rows, columns = np.nonzero(outline & (within >= 0.8 * within.max()))
    nearest = int(np.hypot(rows - middle[0], columns - middle[1]).argmin())
    return Course(
        rho=np.maximum(1 - from_outline / radius, 0.0),
        half_width_mm=radius,
        half_length_mm=0.0,
        straight_mm=max((area - math.pi * radius**2) / (2 * radius), 1e-9),
        row=float(rows[nearest]),
        column=float(columns[nearest]),
        orientation_degrees=orientation,
    )


def _radius(area: float, mean_mm: float) -> float:
    """Half the width of the bar with round ends that has this area and mean rim distance."""

    def excess(radius: float) -> float:
        return area * radius / 2 - math.pi * radius**3 / 6 - mean_mm * area

    widest = math.sqrt(area / math.pi)
    if excess(widest) <= 0:
        return widest
    return float(brentq(excess, 0.0, widest))
