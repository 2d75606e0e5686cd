"""Cut one found scar out of a field, with what its numbers will need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.find import Regions
from cicatrix.measuring.patch import Patch
from cicatrix.measuring.reference import Reference
from cicatrix.measuring.search import Field
from cicatrix.measuring.texture import SkinTexture

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Box = tuple[slice, slice]

#: How much is cut out around a region: a share of its size, and so many mm.
_AROUND_SHARE, _AROUND_MM = 0.35, 0.6
#: The map is smoothed for the outline by this share of a scar's width, within limits in mm.
_SMOOTHING_SHARE, _LEAST_SMOOTHING_MM, _MOST_SMOOTHING_MM = 0.06, 0.1, 0.4
#: A larger patch is averaged down, as long as so many samples lie across the scar.
_SAMPLES, _SAMPLES_ACROSS = 96, 20
_LEAST_SEEN = 12
#: The slope of the skin is taken over this distance.
_SLOPE_MM = 0.5


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A patch, where it was cut out, and how texture and reference vary over it.

    ``steps``: so many rows and columns of the map were averaged to one sample of the patch.
    """

    patch: Patch
    box: Box
    steps: int
    smoothing_mm: float
    texture: SkinTexture
    reference: Reference
    block_variance_mm2: float

    @property
    def is_seen(self) -> bool:
        """True if enough of the region was measured to say anything about it."""
        patch = self.patch
        return int((patch.region & patch.own & patch.there & patch.fresh).sum()) >= _LEAST_SEEN

    def covariance_of(self, weights: Floats) -> Floats:
        """How weighted sums of the samples vary for texture, noise and reference alone."""
        pitch = self.patch.pitch_mm
        rows, columns = (np.arange(n, dtype=float) for n in self.patch.own.shape)
        row, column = self.place(0.0, 0.0)
        surface = self.reference.covariance_of(
            weights,
            (rows + row / self.steps) * pitch[1],
            (columns + column / self.steps) * pitch[0],
        )
        return self.texture.covariance_of(weights) + self.block_variance_mm2 * surface

    def place(self, row: float, column: float) -> tuple[float, float]:
        """A row and column of the patch as row and column of the map."""
        middle = (self.steps - 1) / 2
        return (
            self.box[0].start + row * self.steps + middle,
            self.box[1].start + column * self.steps + middle,
        )

    def at_edge(self, inside: Mask, shape: tuple[int, ...]) -> bool:
        """True if a part of the patch reaches the border of the map."""
        sides = (
            (self.box[0].start == 0, inside[0]),
            (self.box[1].start == 0, inside[:, 0]),
            (self.box[0].stop > shape[0] - self.steps, inside[-1]),
            (self.box[1].stop > shape[1] - self.steps, inside[:, -1]),
        )
        return any(at_border and bool(line.any()) for at_border, line in sides)


def cut_out(field: Field, regions: Regions, *, label: int, box: Box, sign: float) -> Cut:
    """The scar with this label; depths become positive for ``sign`` 1 (hollow) or -1 (raised)."""
    size = _width(regions.labels[box] == label, field.pitch_mm)
    steps = _steps(field, box, size)
    wide = _widened(field, box, steps)
    labels = regions.labels[wide]
    other = (field.rises if sign > 0 else field.hollows).labels[wide]
    own = ((labels == label) | (labels == 0)) & (other == 0)
    there = field.there[wide]
    depth = np.where(there, -sign * field.residual_mm[wide], 0.0)
    weight = _averaged(there.astype(float), steps)
    texture = field.texture.averaged(steps)
    return Cut(
        patch=Patch(
            depth_mm=_averaged(depth, steps) / np.maximum(weight, 1e-9),
            own=_all_of(own, steps),
            region=_all_of(labels == label, steps),
            there=weight >= 0.5,
            fresh=_all_of(field.scarred[wide], steps),
            pitch_mm=texture.pitch_mm,
            slope=_slope(field, box, regions.labels[box] == label),
        ),
        box=wide,
        steps=steps,
        smoothing_mm=min(max(_LEAST_SMOOTHING_MM, _SMOOTHING_SHARE * size), _MOST_SMOOTHING_MM),
        texture=texture,
        reference=field.reference,
        block_variance_mm2=field.texture.mean_sd_mm(field.reference.block_steps) ** 2,
    )


def _width(region: Mask, pitch_mm: tuple[float, float]) -> float:
    """A rough width of a region, across it where it is long."""
    area = float(region.sum()) * pitch_mm[0] * pitch_mm[1]
    diagonal = math.hypot(region.shape[0] * pitch_mm[1], region.shape[1] * pitch_mm[0])
    return min(math.sqrt(area), 1.5 * area / diagonal)


def _steps(field: Field, box: Box, width_mm: float) -> int:
    """How many samples may be averaged: large scars need no fine sampling."""
    longest = int(max(s.stop - s.start for s in box))
    across = width_mm / max(field.pitch_mm)
    return max(1, min(longest // _SAMPLES, int(across / _SAMPLES_ACROSS)))


def _widened(field: Field, box: Box, steps: int) -> Box:
    """A box with a margin, inside the map, that whole averages fill."""
    sides = []
    for side, pitch, length in zip(
        box, (field.pitch_mm[1], field.pitch_mm[0]), field.there.shape, strict=True
    ):
        margin = round(_AROUND_SHARE * (side.stop - side.start) + _AROUND_MM / pitch)
        start, stop = max(0, side.start - margin), min(length, side.stop + margin)
        sides.append(slice(start, stop - (stop - start) % steps))
    return sides[0], sides[1]


def _averaged(values: Floats, steps: int) -> Floats:
    if steps == 1:
        return values
    rows, columns = (n // steps for n in values.shape)
    return np.asarray(values.reshape(rows, steps, columns, steps).mean(axis=(1, 3)))


def _all_of(mask: Mask, steps: int) -> Mask:
    return np.asarray(_averaged(mask.astype(float), steps) > 1 - 1e-9)


def _slope(field: Field, box: Box, region: Mask) -> tuple[float, float]:
    """The slope of the skin along x and y in the middle of a region, not of the box around it.

    On tightly bent skin a tenth of a millimetre aside the slope is another by a hundredth.
    """
    heights = field.level_mm
    middle = [
        round(s.start + float(places.mean()))
        for s, places in zip(box, region.nonzero(), strict=True)
    ]
    slopes = []
    for axis, pitch in ((1, field.pitch_mm[0]), (0, field.pitch_mm[1])):
        reach = max(1, round(_SLOPE_MM / pitch))
        ends = []
        for end in (-reach, reach):
            place = middle.copy()
            place[axis] = min(max(place[axis] + end, 0), heights.shape[axis] - 1)
            ends.append((place[axis], float(heights[place[0], place[1]])))
        slopes.append((ends[1][1] - ends[0][1]) / max((ends[1][0] - ends[0][0]) * pitch, 1e-12))
    return slopes[0], slopes[1]
