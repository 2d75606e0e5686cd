"""Find the scars: places that lie below or above the skin by more than texture explains."""

from __future__ import annotations

from collections.abc import Sequence
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
SADDLE_SHARE = 0.65
#: Nor are they two if the ridge rises less than so many spreads above the shallower one.
SADDLE_SPREADS = 5.0
#: A region is two scars, too, if its waist at half depth is narrower than this share of the
#: smaller belly, and either belly wider than this radius.
WAIST_SHARE, LEAST_RADIUS_MM = 0.6, 0.25
#: Texture makes waists, too: the outline moves by the spread over the slope of the wall, some
#: twice the belly over the depth; three times that on either side is no waist.
WAIST_SPREADS = 6.0
#: The deepest sample of a floor lies about so many spreads of texture below the floor.
OUTERMOST = 2.0
#: Smaller than this nothing is a scar: a pore is.
LEAST_AREA_MM2, LEAST_SAMPLES = 0.3, 12
#: Where less than this share of the smoothing's weight was measured, nothing is told.
_LEAST_THERE = 0.2
#: Along the border of the field there is less to average; nothing there alone is a scar.
_STRIP_MM = 0.36
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, kw_only=True)
class Regions:
    """The found scars: a label for each sample (0: skin), and how many there are."""

    labels: Labels
    count: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """A connected part of a map that is deeper than texture: its box, and its samples in it."""

    box: tuple[slice, slice]
    own: Mask


def smoothed(values: Floats, there: Mask, pitch_mm: tuple[float, float], width_mm: float) -> Floats:
    """A Gaussian mean that leaves missing samples out; NaN far from any sample.

    In single precision: a tenth of a nanometre is enough, and large maps take half the room.
    """
    sigma = [width_mm / pitch_mm[1], width_mm / pitch_mm[0]]
    filled = np.where(there, values, 0.0).astype(np.float32)
    ndimage.gaussian_filter(filled, sigma, output=filled, mode="reflect", truncate=3.0)
    if not there.all():
        share = there.astype(np.float32)
        ndimage.gaussian_filter(share, sigma, output=share, mode="reflect", truncate=3.0)
        filled /= np.maximum(share, _LEAST_THERE)
        filled[share < _LEAST_THERE] = np.nan
    return filled


def spread_of(values: Floats) -> float:
    """A spread (standard deviation) that scars do not enlarge."""
    known = values[np.isfinite(values)]
    return float(_MAD_TO_SD * np.median(np.abs(known - np.median(known))))


def parts_of(depth_mm: Floats, spread_mm: float, pitch_mm: tuple[float, float]) -> tuple[Part, ...]:
    """Where a smoothed map, whose ``depth_mm`` is positive where a scar is, is deep enough.

    Each part is deep enough somewhere and reaches out to the edge level. It may still be
    several scars.
    """
    with np.errstate(invalid="ignore"):
        labels, count = ndimage.label(depth_mm > EDGE_SPREADS * spread_mm)
    if not count:
        return ()
    strip_y, strip_x = (
        min(round(_STRIP_MM / p), n // 4)
        for p, n in zip((pitch_mm[1], pitch_mm[0]), depth_mm.shape, strict=True)
    )
    within = (slice(strip_y, -strip_y or None), slice(strip_x, -strip_x or None))
    seeded = np.zeros(count + 1, bool)
    seeded[labels[within][depth_mm[within] > SEED_SPREADS * spread_mm]] = True
    seeded[0] = False
    boxes = ndimage.find_objects(labels)
    parts = (Part(box=boxes[n - 1], own=labels[boxes[n - 1]] == n) for n in np.flatnonzero(seeded))
    least = _least_samples(pitch_mm)
    return tuple(part for part in parts if part.own.sum() >= least)


def split_up(
    parts: Sequence[Part], depth_mm: Floats, spread_mm: float, pitch_mm: tuple[float, float]
) -> Regions:
    """The scars of some parts: those that touch are split along the ridge between them."""
    labels = np.zeros(depth_mm.shape, np.int32)
    found = 0
    for part in parts:
        depth = np.where(part.own, depth_mm[part.box], np.float32(0))
        split = _split(depth, part.own, spread_mm, pitch_mm)
        split = _large_enough(_without_waists(split, depth, spread_mm, pitch_mm), pitch_mm)
        labels[part.box][split > 0] = split[split > 0] + found
        found += int(split.max(initial=0))
    return Regions(labels=labels, count=found)


def _split(depth: Floats, own: Mask, spread_mm: float, pitch_mm: tuple[float, float]) -> Labels:
    """The hollows of one connected part, each with its own label."""
    markers, count = _hollows(depth, own, spread_mm, pitch_mm)
    if count <= 1:
        return own.astype(np.int32)
    labels = watershed(-depth, markers, mask=own)  # type: ignore[no-untyped-call]
    return _merged(labels, depth, count, SADDLE_SHARE, SADDLE_SPREADS * spread_mm)


def half_level(deepest: float, spread_mm: float) -> float:
    """Half the depth of a floor whose deepest sample is known, and how much texture varies."""
    return 0.5 * max(deepest - OUTERMOST * spread_mm, deepest / 2)


def _without_waists(
    labels: Labels, depth: Floats, spread_mm: float, pitch_mm: tuple[float, float]
) -> Labels:
    """Split regions whose outline at half depth has a waist: scars that overlap a little."""
    spacing = (pitch_mm[1], pitch_mm[0])
    result = labels.copy()
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None:
            continue
        own = labels[box] == label
        deepest = float(depth[box][own].max())
        # What is not measured, or an island, makes no waist.
        half = ndimage.binary_fill_holes(own & (depth[box] > half_level(deepest, spread_mm)))
        width = ndimage.distance_transform_edt(np.pad(half, 1), sampling=spacing)[1:-1, 1:-1]
        tops = (width >= ndimage.maximum_filter(width, size=5)) & (width > LEAST_RADIUS_MM)
        markers, count = ndimage.label(tops, structure=np.ones((3, 3)))
        if count <= 1:
            continue
        bellies = watershed(-width, markers, mask=half)  # type: ignore[no-untyped-call]
        waist = min(WAIST_SHARE, 1 - WAIST_SPREADS * spread_mm / deepest)
        bellies = _merged(bellies, width, count, waist, 0.0)
        if len(np.unique(bellies)) > 2:
            grown = watershed(-depth[box], bellies, mask=own)  # type: ignore[no-untyped-call]
            result[box][own] = np.where(grown > 0, grown + int(result.max()), label)[own]
    return result


def _hollows(
    depth: Floats, own: Mask, spread_mm: float, pitch_mm: tuple[float, float]
) -> tuple[Labels, int]:
    """One marker for each local hollow of some prominence."""
    reach = [max(3, 2 * round(0.35 / p) + 1) for p in (pitch_mm[1], pitch_mm[0])]
    highest = ndimage.maximum_filter(depth, size=reach, mode="constant")
    tops = own & (depth >= highest) & (depth > SEED_SPREADS * spread_mm)
    markers, count = ndimage.label(tops, structure=np.ones((3, 3)))
    return markers.astype(np.int32), int(count)


def _merged(labels: Labels, depth: Floats, count: int, share: float, rise: float) -> Labels:
    """Join neighbours whose common ridge is nearly as deep as the shallower of them.

    Nearly: by more than a ``share`` of it, or by less than a ``rise`` above it. The deepest
    ridges are joined first; each join keeps the deeper peak.
    """
    peaks = _deepest(labels, depth)
    saddles = _saddles(labels, depth)
    parent = np.arange(count + 1)

    def root(label: int) -> int:
        while parent[label] != label:
            parent[label] = parent[parent[label]]
            label = int(parent[label])
        return label

    for (one, other), ridge in sorted(saddles.items(), key=lambda item: -item[1]):
        a, b = root(one), root(other)
        shallower = min(peaks[a], peaks[b])
        kept_apart = min(share * shallower, shallower - rise)
        if a != b and ridge > kept_apart:
            low, high = (a, b) if peaks[a] < peaks[b] else (b, a)
            parent[low] = high
    return np.asarray(np.array([root(i) for i in range(count + 1)])[labels], np.int32)


def _deepest(labels: Labels, depth: Floats) -> Floats:
    """The depth of the deepest sample of every label; 0 for label 0."""
    inside = labels > 0
    deepest = np.zeros(int(labels.max()) + 1, np.float32)
    np.maximum.at(deepest, labels[inside], depth[inside])
    return deepest


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


def _large_enough(labels: Labels, pitch_mm: tuple[float, float]) -> Labels:
    """Drop what is smaller than a scar, and number the rest from one on."""
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    large = np.flatnonzero(sizes >= _least_samples(pitch_mm))
    new = np.zeros(len(sizes), np.int32)
    new[large] = np.arange(1, len(large) + 1)
    return np.asarray(new[labels])


def _least_samples(pitch_mm: tuple[float, float]) -> float:
    """How many samples the smallest scar has."""
    return max(LEAST_AREA_MM2 / (pitch_mm[0] * pitch_mm[1]), LEAST_SAMPLES)
