"""Leave out samples, alone or a few together, that stick out as no skin can."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: A spike sticks out of its ring by so many spreads of the noise …
_SPREADS = 8.0
#: … plus so many times what the ring itself spans, which is how the tip of a cone is spared …
_RING_SPANS = 3.0
#: … and at least by this much, below which nothing is harmed.
_LEAST_MM = 0.02
_MAD_TO_SD = 1.4826
#: The border of five by five samples, as rows and columns away from its middle.
_RING = np.array([(r, c) for r in range(-2, 3) for c in range(-2, 3) if max(abs(r), abs(c)) == 2])
_SPARED = 2  # of the ring, at either end: a spike may have a neighbour


def no_heights(height_mm: Floats, *, reach_mm: float) -> Mask:
    """Which samples stand farther from all but the outermost hundredths than the field is wide.

    They are no heights of skin but numbers that mark what was not measured, such as −9999.
    """
    if np.nanmax(height_mm) - np.nanmin(height_mm) <= reach_mm:
        return np.zeros(height_mm.shape, bool)
    low, high = np.nanpercentile(height_mm, (1, 99))
    return np.asarray((height_mm < low - reach_mm) | (height_mm > high + reach_mm))


def spikes_in(height_mm: Floats) -> Mask:
    """Which samples stick out of the ring of samples two steps away."""
    found = np.zeros(height_mm.shape, bool)
    bends = [_bend(height_mm, axis) for axis in (0, 1)]
    noise = min(_spread(bend) for bend in bends) / np.sqrt(1.5)
    limit = max(_SPREADS * noise, _LEAST_MM)
    suspect = np.zeros(height_mm.shape, bool)
    suspect[1:-1] |= np.abs(bends[0]) > limit / 2
    suspect[:, 1:-1] |= np.abs(bends[1]) > limit / 2
    rows, columns = np.nonzero(suspect)
    if not len(rows):
        return found
    padded = np.pad(height_mm, 2, constant_values=np.nan)
    ring = padded[rows[:, None] + 2 + _RING[:, 0], columns[:, None] + 2 + _RING[:, 1]]
    ring = np.sort(ring, axis=1)  # missing samples go to the end
    count = np.isfinite(ring).sum(axis=1)
    last = np.maximum(count - 1 - _SPARED, 0)
    pick = np.arange(len(rows))
    span = ring[pick, last] - ring[pick, np.minimum(_SPARED, last)]
    away = np.abs(height_mm[rows, columns] - ring[pick, count // 2])
    spike = (count > len(_RING) // 2) & (away > limit + _RING_SPANS * span)
    found[rows[spike], columns[spike]] = True
    return found


def _bend(height: Floats, axis: int) -> Floats:
    """By how much each sample differs from the mean of its two neighbours."""
    z = np.moveaxis(height, axis, 0)
    return np.asarray(np.moveaxis(z[1:-1] - (z[:-2] + z[2:]) / 2, 0, axis))


def _spread(values: Floats) -> float:
    known = np.abs(values[np.isfinite(values)])
    return float(_MAD_TO_SD * np.median(known)) if known.size else 0.0
