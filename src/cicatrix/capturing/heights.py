"""Turn the numbers of a file into a height map in mm, or say why they are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.lengths import MOST_MM, PitchMm
from cicatrix.skin import CaptureError, HeightMap


def height_map(
    numbers: NDArray[Any],
    *,
    mm_per_unit: float,
    pitch_mm: PitchMm,
    name: str,
    known: Mapping[str, Any],
) -> HeightMap:
    """The height map whose heights are ``numbers`` (NaN: not measured) times ``mm_per_unit``.

    Infinite heights, and heights beyond ten kilometres, were not measured either. Everything
    else stays as it is: spikes and islands are for the gate and for the measuring to judge.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        height_mm = np.multiply(numbers, mm_per_unit, dtype=np.float64)
        height_mm[~(np.abs(height_mm) <= MOST_MM)] = np.nan
    lowest, highest = _range(height_mm)
    if np.isnan(lowest):
        raise CaptureError(
            f"{name} holds {height_mm.size} samples, and not one of them was measured. "
            "Scan the site again, or export another layer of the scan."
        )
    if lowest == highest:
        raise CaptureError(
            f"{name} has the same height, {lowest:g} mm, at every measured sample, so it shows no "
            "surface. Export the height layer of the scan, not its mask or background."
        )
    return HeightMap(height_mm=height_mm, pitch_mm=pitch_mm, name=name, known=dict(known))


def _range(height_mm: NDArray[np.float64]) -> tuple[float, float]:
    """Lowest and highest measured sample, NaN without any; no warning, no copy."""
    lowest = np.fmin.reduce(height_mm, axis=None)
    return float(lowest), float(np.fmax.reduce(height_mm, axis=None))
