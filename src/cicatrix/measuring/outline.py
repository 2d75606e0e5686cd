"""The outline of a scar at half its depth: across what was not measured, around islands of skin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import convex_hull_image

from cicatrix.measuring.find import LEAST_AREA_MM2, half_level, smoothed
from cicatrix.measuring.patch import Patch

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: The outline stays within so many samples of the region that a scar was found by.
_NEAR = 3
#: Width of the grain of skin texture.
_TEXTURE_MM = 0.1
_BESIDE = np.ones((3, 3), bool)


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The part of a scar that lies beyond half its depth, and the smoothed map it is seen in.

    ``islands`` is how much skin it goes around, as a ring does. ``unseen`` marks what of it was not
    measured, and ``unseen_rim`` is the share of its rim that runs through what was not measured.
    """

    inside: Mask
    smooth_mm: Floats
    level_mm: float
    smoothing_mm: float
    islands: int
    unseen: Mask
    unseen_rim: float

    @property
    def hangs_together_mm(self) -> float:
        """How far along the outline texture moves it together (2√π for a Gaussian)."""
        return 2 * math.sqrt(math.pi) * math.hypot(self.smoothing_mm, _TEXTURE_MM)


def outline_of(patch: Patch, *, smoothing_mm: float, texture_sd_mm: float) -> Outline:
    """The connected part of the scar that lies beyond half its depth.

    What it encloses belongs to it, but for islands of skin; holes of the scan at its rim belong to
    it as far as straight lines across them do. ``texture_sd_mm`` tells how much the smoothed map
    varies for texture alone.
    """
    smooth = smoothed(patch.depth_mm, patch.there, patch.pitch_mm, smoothing_mm)
    near = patch.own & ndimage.binary_dilation(patch.region, iterations=_NEAR)
    deep = np.where(near & np.isfinite(smooth), smooth, -np.inf)
    deepest = float(deep.max())
    level = half_level(deepest, texture_sd_mm)
    beyond = _across_holes(patch, deep > level, np.unravel_index(int(deep.argmax()), deep.shape))
    full = np.asarray(ndimage.binary_fill_holes(beyond))
    islands, count = _islands(patch, full & ~beyond)
    inside = full & ~islands
    rim = ndimage.binary_dilation(inside, structure=_BESIDE) & ~inside
    return Outline(
        inside=inside,
        smooth_mm=np.where(np.isfinite(deep), smooth, min(0.0, level - 1.0)),
        level_mm=level,
        smoothing_mm=smoothing_mm,
        islands=count,
        unseen=inside & ~patch.there,
        unseen_rim=float((rim & ~patch.there).sum()) / max(1.0, float(rim.sum())),
    )


def _across_holes(patch: Patch, beyond: Mask, deepest: tuple[Any, ...]) -> Mask:
    """The part around the deepest place, with what holes of the scan hide between its ends."""
    holes = patch.own & ~patch.there
    parts, count = ndimage.label(beyond)
    if count > 1:
        parts, _ = ndimage.label(beyond | holes)
    part = parts == parts[deepest]
    seen = beyond & part
    if not (ndimage.binary_dilation(seen) & holes).any():
        return np.asarray(seen)
    hull: Mask = convex_hull_image(seen)  # type: ignore[no-untyped-call]
    filled: Mask = seen | (hull & holes)
    return filled


def _islands(patch: Patch, enclosed: Mask) -> tuple[Mask, int]:
    """What of the enclosed is skin, not a gap in the outline that texture cut, and how many."""
    skin = enclosed & patch.there & ~patch.region
    none = np.zeros_like(enclosed), 0
    if skin.sum() * patch.sample_mm2 < LEAST_AREA_MM2:
        return none
    parts, count = ndimage.label(enclosed)
    sizes = np.bincount(parts[skin], minlength=count + 1) * patch.sample_mm2
    large = np.flatnonzero(sizes >= LEAST_AREA_MM2)
    return np.asarray(np.isin(parts, large)), len(large)
