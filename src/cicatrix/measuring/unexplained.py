"""What is certainly there, though no wall explains it: place, area and volume, and no more."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.coordinate import moments
from cicatrix.measuring.patch import Patch
from cicatrix.measuring.shape import Shape

Floats = NDArray[np.floating[Any]]

#: Beyond doubt is a volume of so many of its standard errors. On 15 maps of clear skin what was
#: taken for texture had up to 4.1, a scar on sparse samples that was taken for it 21.
_BEYOND_DOUBT = 8.0
#: The area is that of the region, which texture at its border may enlarge or lessen by so much.
_AREA_SHARE = 0.15


def unexplained(patch: Patch, *, covariance_of: Callable[[Floats], Floats]) -> tuple[Shape, ...]:
    """The region of a scar as a shape without depth, width, length and wall; empty if unsure.

    Volume and area are those of the samples that lie away from the skin.
    """
    seen = patch.region & patch.own & patch.there
    if not seen.any():
        return ()
    square = patch.sample_mm2 / patch.stretch
    volume = float(patch.depth_mm[seen].sum()) * square
    spread = math.sqrt(max(float(covariance_of(seen[None] * square)[0, 0]), 0.0))
    if volume < _BEYOND_DOUBT * spread:
        return ()
    return (_without_wall(patch, seen, volume_mm3=volume, volume_sd_mm3=spread),)


def _without_wall(
    patch: Patch, seen: NDArray[np.bool_], *, volume_mm3: float, volume_sd_mm3: float
) -> Shape:
    rows, columns = np.nonzero(seen)
    # The centre of a bent region may lie beside it: take the sample nearest to it.
    nearest = int(np.hypot(rows - rows.mean(), columns - columns.mean()).argmin())
    _, _, axes = moments(patch, seen)
    area = float(seen.sum()) * patch.sample_mm2
    unknown = dict.fromkeys(
        (
            "depth_mm", "depth_sd_mm", "width_mm", "width_sd_mm", "length_mm", "length_sd_mm",
            "wall_degrees", "wall_sd_degrees", "floor_share", "floor_share_sd", "misfit",
        ),
        math.nan,
    )  # fmt: skip
    return Shape(
        **unknown,
        area_mm2=area,
        area_sd_mm2=_AREA_SHARE * area,
        volume_mm3=volume_mm3,
        volume_sd_mm3=volume_sd_mm3,
        orientation_degrees=math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180,
        orientation_sd_degrees=180 / math.sqrt(12),
        row=float(rows[nearest]),
        column=float(columns[nearest]),
        inside=seen,
        seen_area_mm2=area,
        missing_share=1 - float(seen.sum()) / float((patch.region & patch.own).sum()),
        shared_share=0.0,
        is_sure=True,
        rim_is_seen=True,
        floor_is_seen=True,
    )
