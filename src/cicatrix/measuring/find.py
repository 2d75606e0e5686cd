"""Find the scars: places that lie below or above the skin by more than texture explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]

#: Width of the smoothing under which scars are looked for: less than half a small scar.
SMOOTHING_MM = 0.18
#: A scar must somewhere lie this many spreads of the smoothed skin away from it.
SEED_SPREADS = 5.5
#: It reaches out to where only so many spreads are left.
EDGE_SPREADS = 1.5
#: Two hollows are one scar if the ridge between them is deeper than this share of the
#: shallower one.
SADDLE_SHARE = 0.6
#: Smaller than this nothing is a scar: a pore is.
LEAST_AREA_MM2 = 0.3
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, kw_only=True)
class Regions:
    """The found scars: a label for each sample (0: skin), and which labels touch another."""

    labels: Labels
    count: int
    touching: frozenset[int]


def smoothed(values: Floats, there: Mask, pitch_mm: tuple[float, float], width_mm: float) -> Floats:
    """A Gaussian mean that leaves missing samples out; NaN far from any sample."""
    sigma = [width_mm / pitch_mm[1], width_mm / pitch_mm[0]]
    if there.all():
        return np.asarray(ndimage.gaussian_filter(values, sigma, mode="reflect", truncate=3.0))
    total = ndimage.gaussian_filter(np.where(there, values, 0.0), sigma, truncate=3.0)
    share = ndimage.gaussian_filter(there.astype(float), sigma, truncate=3.0)
    return np.asarray(np.where(share > 0.05, total / np.maximum(share, 0.05), np.nan))


def spread_of(values: Floats) -> float:
    """A spread (standard deviation) that scars do not enlarge."""
    known = values[np.isfinite(values)]
    return float(_MAD_TO_SD * np.median(np.abs(known - np.median(known))))


def find_regions(depth_mm: Floats, spread_mm: float, pitch_mm: tuple[float, float]) -> Regions:
    """The regions of a smoothed map whose ``depth_mm`` is positive where a scar is.

    Each seed is grown down to the edge level; touching scars are split along the ridge.
    """
    depth = np.nan_to_num(depth_mm, nan=0.0)
    grown = depth > EDGE_SPREADS * spread_mm
    parts, _ = ndimage.label(grown)
    peaks = ndimage.maximum(depth, parts, index=np.arange(parts.max() + 1))
    peaks[0] = 0.0
    kept = peaks[parts] > SEED_SPREADS * spread_mm
    markers, count = _hollows(depth, kept, spread_mm, pitch_mm)
    if not count:
        return Regions(labels=np.zeros(depth.shape, np.int32), count=0, touching=frozenset())
    labels = watershed(  # type: ignore[no-untyped-call]
        -depth, markers, mask=kept
    )
    labels = _merged(labels, depth, count)
    return _large_enough(labels, pitch_mm)


def _hollows(
    depth: Floats, kept: Mask, spread_mm: float, pitch_mm: tuple[float, float]
) -> tuple[Labels, int]:
    """One marker for each local hollow of some prominence."""
    reach = [max(3, 2 * round(0.35 / p) + 1) for p in (pitch_mm[1], pitch_mm[0])]
    highest = ndimage.maximum_filter(depth, size=reach)
    tops = kept & (depth >= highest) & (depth > SEED_SPREADS * spread_mm)
    markers, count = ndimage.label(tops, structure=np.ones((3, 3)))
    return markers.astype(np.int32), int(count)


def _merged(labels: Labels, depth: Floats, count: int) -> Labels:
    """Join neighbours whose common ridge is nearly as deep as the shallower of them.

    The deepest ridges are joined first; each join keeps the deeper peak.
    """
    peaks = ndimage.maximum(depth, labels, index=np.arange(count + 1))
    saddles = _saddles(labels, depth)
    parent = np.arange(count + 1)

    def root(label: int) -> int:
        while parent[label] != label:
            parent[label] = parent[parent[label]]
            label = int(parent[label])
        return label

    for (one, other), ridge in sorted(saddles.items(), key=lambda item: -item[1]):
        a, b = root(one), root(other)
        if a != b and ridge > SADDLE_SHARE * min(peaks[a], peaks[b]):
            low, high = (a, b) if peaks[a] < peaks[b] else (b, a)
            parent[low] = high
    return np.asarray(np.array([root(i) for i in range(count + 1)])[labels], np.int32)


def _saddles(labels: Labels, depth: Floats) -> dict[tuple[int, int], float]:
    """The deepest point of the common border of each two neighbouring regions."""
    found: dict[tuple[int, int], float] = {}
    for axis in (0, 1):
        a = labels[:-1] if axis == 0 else labels[:, :-1]
        b = labels[1:] if axis == 0 else labels[:, 1:]
        ridge = np.minimum(
            depth[:-1] if axis == 0 else depth[:, :-1], depth[1:] if axis == 0 else depth[:, 1:]
        )
        border = (a != b) & (a > 0) & (b > 0)
        pairs = zip(a[border].tolist(), b[border].tolist(), ridge[border].tolist(), strict=True)
        for one, other, level in pairs:
            key = (min(one, other), max(one, other))
            found[key] = max(found.get(key, 0.0), level)
    return found


def _large_enough(labels: Labels, pitch_mm: tuple[float, float]) -> Regions:
    """Drop what is smaller than a scar, and number the rest from the top left on."""
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    large = np.flatnonzero(sizes * pitch_mm[0] * pitch_mm[1] >= LEAST_AREA_MM2)
    new = np.zeros(len(sizes), np.int32)
    new[large] = np.arange(1, len(large) + 1)
    numbered = new[labels]
    touching = {label for pair in _saddles(numbered, np.ones(labels.shape)) for label in pair}
    return Regions(labels=numbered, count=len(large), touching=frozenset(touching))
