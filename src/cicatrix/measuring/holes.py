"""What the holes of a scan hide of a scar, and what that leaves unsure of its numbers."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.measuring.course import Course
from cicatrix.measuring.outline import Outline
from cicatrix.measuring.patch import Patch
from cicatrix.measuring.profile import Rings, Wall

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: What a missing part, filled in from the rest, leaves unsure of width and volume, as a share.
_MISSING_WIDTH, _MISSING_VOLUME = 0.15, 0.3
#: Straight across a gap that takes the share c of the rim of a disc, c² times the first number of
#: its radius is cut off at most, and c³ times the second of its area: sagitta and segment.
_SAGITTA, _SEGMENT = math.pi**2 / 2, 2 * math.pi**2 / 3
#: A hole of a scan may hide a scar if a square of so many mm fits into it.
_HIDING_MM = 1.0
#: From this share of the rim on, what is seen of a scar bounds it from below.
_RIM_UNSEEN = 0.12
#: The floor is not seen if more than the second share within the first share of the opening is
#: missing, and the wall is deeper than the innermost ring by more than the third share.
_MIDDLE, _MIDDLE_MISSING, _DEEPER = 0.35, 0.1, 0.05


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """What was not measured of a scar: its share, and how much of rim and floor.

    The standard errors are shares of width, of volume, and of how steep the wall is.
    """

    share: float = 0.0
    middle_mm2: float = 0.0
    width_share_sd: float = 0.0
    volume_share_sd: float = 0.0
    wall_share_sd: float = 0.0
    rim_is_seen: bool = True
    floor_is_seen: bool = True


def gaps_of(patch: Patch, outline: Outline, course: Course, wall: Wall) -> Gaps:
    """The gaps of a scar whose wall was fitted to what was measured of it."""
    inside = course.rho < wall.opening
    unseen = inside & ~patch.there
    share, cut = float(unseen.sum()) / max(1.0, float(inside.sum())), outline.unseen_rim
    if not unseen.any() and not cut:
        return Gaps()
    middle = course.rho < _MIDDLE * wall.opening
    hidden = float((middle & ~patch.there).sum()) > _MIDDLE_MISSING * float(middle.sum())
    return Gaps(
        share=share,
        middle_mm2=float(unseen.sum()) * patch.sample_mm2,
        width_share_sd=math.hypot(_MISSING_WIDTH * share, _SAGITTA * cut**2),
        volume_share_sd=math.hypot(_MISSING_VOLUME * share, _SEGMENT * cut**3),
        wall_share_sd=cut,
        rim_is_seen=cut < _RIM_UNSEEN,
        floor_is_seen=not (hidden and wall.depth_mm > (1 + _DEEPER) * wall.innermost_mm),
    )


def bounded_below(wall: Wall, rings: Rings, gaps: Gaps) -> Wall:
    """A wall whose floor was not seen, with the depth of the innermost ring that was.

    What the wall goes on for below that is a cone at its least, and may be none or twice so much.
    """
    below = max(wall.depth_mm - float(rings.mean_mm[0]), 0.0) * gaps.middle_mm2 / 3
    return dataclasses.replace(
        wall,
        depth_mm=float(rings.mean_mm[0]),
        depth_sd_mm=math.sqrt(max(float(rings.covariance_mm2[0, 0]), 0.0)),
        volume_mm3=wall.volume_mm3 - below,
        volume_sd_mm3=math.hypot(wall.volume_sd_mm3, below),
    )


def has_holes(there: Mask, pitch_mm: tuple[float, float]) -> bool:
    """True if a hole within the field, not at its border, is wide enough to hide a scar."""
    if there.all():
        return False
    wide = ~there
    for axis, pitch in ((0, pitch_mm[1]), (1, pitch_mm[0])):
        side = max(1, round(_HIDING_MM / pitch))
        wide = ndimage.minimum_filter1d(wide, side, axis=axis, mode="nearest")
    if not wide.any():
        return False
    parts, count = ndimage.label(~there)
    inner = np.bincount(parts[wide], minlength=count + 1) > 0
    for border in (parts[0], parts[-1], parts[:, 0], parts[:, -1]):
        inner[border] = False
    return bool(inner[1:].any())
