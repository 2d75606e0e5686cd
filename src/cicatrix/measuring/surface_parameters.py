"""ISO 25178-2 parameters of a surface: how rough it is, how coarse, how steep, which way it lies.

Samples that are not unscarred skin (scars, or not measured) are left out of everything. Maps
are gone through in bands of rows, so that large ones need little room.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage
from skimage.measure import find_contours

from cicatrix.measuring.texture import autocorrelation

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: The share of its middle value to which the autocorrelation must fall (ISO 25178-3).
_DECAY = 0.2
#: Lags are looked at up to this many samples first, then twice as many, and so on.
_FIRST_LAGS = 32
#: Larger maps are looked at through their middle, this many samples in square.
_LARGEST_SIDE = 1200
#: Angles are told in such steps, each from the mean power of the waves some degrees to its sides.
_ANGLE_DEGREES, _ANGLE_SPREAD_DEGREES = 0.5, 3.0
#: Waves that fit less often than this into the field have too few angles on its grid.
_LEAST_WAVES = 8
#: Above this aspect ratio a texture hangs together about as far in every direction, and has none.
_NO_DIRECTION_STR = 0.5
_MM_TO_UM = 1000.0
_LEAST_SAMPLES = 2
_BAND_SAMPLES = 262_144


def surface_parameters(
    height_mm: Floats, pitch_mm: tuple[float, float], *, there: Mask
) -> dict[str, float]:
    """Height, spatial and hybrid parameters; an empty mapping where nothing was measured.

    ``there`` marks the samples that count. Around holes, heights count what is there, slopes
    neighbours of which both are there, areas triangles with all three corners; each lag of the
    autocorrelation is divided by its pairs, and for the direction holes lie at the mean.

    ``sal_mm`` and ``str`` are NaN where the texture does not decay within the field. The angle
    ``std_degrees`` is the direction of the strongest waves, which is **across** the furrows,
    counter-clockwise from x with y upwards; NaN where ``str`` is above a half: there is none.

    No S-filter is applied (samples as they come, spikes left out); the reference surface of the
    skin, which the caller has taken away, is the F-operation and the L-filter in one.

    Source: ISO 25178-2; where it leaves room, docs/validation.md says what is taken.
    """
    count = int(there.sum())
    if count < _LEAST_SAMPLES:
        return {}
    mean = float(height_mm.sum(where=there)) / count
    middle = _middle_part(height_mm.shape)
    away = np.where(there[middle], height_mm[middle] - mean, 0.0)
    shortest, longest = _decay_lengths(away, there[middle], pitch_mm)
    aspect = shortest / longest
    return {
        **_height_parameters(height_mm, there, mean),
        "sal_mm": shortest,
        "str": aspect,
        "std_degrees": math.nan if aspect > _NO_DIRECTION_STR else _direction(away, pitch_mm),
        **_hybrid_parameters(height_mm, there, pitch_mm),
    }


def _bands(shape: tuple[int, ...]) -> Iterator[slice]:
    """Bands of rows; each ends with the row with which the next begins."""
    rows = max(1, _BAND_SAMPLES // shape[1])
    for start in range(0, max(shape[0] - 1, 1), rows):
        yield slice(start, min(start + rows, shape[0] - 1) + 1)


def _height_parameters(height_mm: Floats, there: Mask, mean_mm: float) -> dict[str, float]:
    sums, count, highest, lowest = np.zeros(4), 0, -math.inf, math.inf
    for band in _bands(height_mm.shape):
        # The shared last row counts in the next band, but for the last of all.
        rows = band if band.stop == len(height_mm) else slice(band.start, band.stop - 1)
        away = (height_mm[rows][there[rows]] - mean_mm) * _MM_TO_UM
        if away.size:
            squared = away * away
            # Sums, not products of vectors, whose last digit hangs on how many threads there are.
            third, fourth = (squared * away).sum(), (squared * squared).sum()
            sums += [np.abs(away).sum(), squared.sum(), third, fourth]
            count += away.size
            highest, lowest = max(highest, away.max()), min(lowest, away.min())
    sa, variance, skew, kurtosis = (sums / count).tolist()
    flat = variance == 0
    return {
        "sa_um": sa,
        "sq_um": math.sqrt(variance),
        "ssk": math.nan if flat else skew / variance**1.5,
        "sku": math.nan if flat else kurtosis / variance**2,
        "sp_um": float(highest),
        "sv_um": float(-lowest),
        "sz_um": float(highest - lowest),
    }


def _hybrid_parameters(
    height_mm: Floats, there: Mask, pitch_mm: tuple[float, float]
) -> dict[str, float]:
    """Sdq, the root mean square slope between neighbours, and Sdr, the added area in percent.

    For the area every cell of four samples is cut into two triangles along either diagonal, and
    the mean of both counts.
    """
    slopes, areas = np.zeros((2, 2)), np.zeros(2)
    for band in _bands(height_mm.shape):
        height = np.where(there[band], height_mm[band], np.nan)
        along, down = np.diff(height, axis=1) / pitch_mm[0], np.diff(height, axis=0) / pitch_mm[1]
        along *= along
        down *= down
        last = None if band.stop == len(height_mm) else -1
        for axis, squared in enumerate((along[:last], down)):
            slopes[axis] += [np.nansum(squared), np.isfinite(squared).sum()]
        for top in (slice(None, -1), slice(1, None)):
            for left in (slice(None, -1), slice(1, None)):
                corner = np.sqrt(1.0 + along[top] + down[:, left])
                areas += [np.nansum(corner), np.isfinite(corner).sum()]
    if not (slopes[:, 1].all() and areas[1]):
        return {"sdq": math.nan, "sdr_percent": math.nan}
    return {
        "sdq": math.sqrt(float((slopes[:, 0] / slopes[:, 1]).sum())),
        "sdr_percent": float(areas[0] / areas[1] - 1.0) * 100.0,
    }


def _decay_lengths(away: Floats, there: Mask, pitch_mm: tuple[float, float]) -> tuple[float, float]:
    """The shortest and the longest way on which the autocorrelation falls to a fifth."""
    largest = [max(1, n // 2) for n in away.shape]
    reach = [min(_FIRST_LAGS, most) for most in largest]
    while True:
        pairs = autocorrelation(there.astype(float), tuple(reach))
        products = autocorrelation(away, tuple(reach))
        share = products / np.maximum(pairs, 1.0)
        if share[reach[0], reach[1]] <= 0:
            return math.nan, math.nan
        share /= share[reach[0], reach[1]]
        found = _radii(share, reach, pitch_mm)
        if not math.isnan(found[1]) or reach == largest:
            return found
        reach = [min(2 * r, most) for r, most in zip(reach, largest, strict=True)]


def _radii(share: Floats, reach: list[int], pitch_mm: tuple[float, float]) -> tuple[float, float]:
    """The shortest and longest radius of the part around lag 0 that is above the decay."""
    parts, _ = ndimage.label(share > _DECAY)
    core = parts == parts[reach[0], reach[1]]
    rows, columns = np.nonzero(core)
    open_ = (rows.min() == 0) or (columns.min() == 0)  # the function is symmetric
    around = np.where(ndimage.binary_dilation(core, np.ones((3, 3))), share, 0.0)
    lines = find_contours(np.pad(around, 1), _DECAY)  # type: ignore[no-untyped-call]
    if not lines:
        return math.nan, math.nan
    place = np.concatenate(lines) - 1 - np.array(reach)
    radius = np.hypot(place[:, 0] * pitch_mm[1], place[:, 1] * pitch_mm[0])
    return float(radius.min()), math.nan if open_ else float(radius.max())


def _direction(away: Floats, pitch_mm: tuple[float, float]) -> float:
    """Std: the angle at which the angular power spectrum is highest; NaN where there is no wave.

    The field fades out towards its edges, whose jumps would else be waves along x and y, and the
    power at an angle is the mean of its waves, of which a square grid has most along x and y.
    """
    power = np.abs(fft.rfft2(away * _fading(away.shape))) ** 2
    along = fft.rfftfreq(away.shape[1], pitch_mm[0])[None, :]
    up = -fft.fftfreq(away.shape[0], pitch_mm[1])[:, None]  # rows run down, angles up
    radius = np.hypot(along, up)
    fewest = _LEAST_WAVES / min(n * p for n, p in zip(away.shape[::-1], pitch_mm, strict=True))
    within = (radius >= fewest) & (radius <= min(along.max(), np.abs(up).max()))
    if not power[within].any():
        return math.nan
    angle = np.degrees(np.arctan2(up, along))[within] % 180
    count = round(180 / _ANGLE_DEGREES)
    box = np.rint(angle / _ANGLE_DEGREES).astype(int) % count
    spread = _ANGLE_SPREAD_DEGREES / _ANGLE_DEGREES
    sums, waves = (
        ndimage.gaussian_filter1d(
            np.bincount(box, weights=weights, minlength=count).astype(float), spread, mode="wrap"
        )
        for weights in (power[within], None)
    )
    return float((sums / waves).argmax() * _ANGLE_DEGREES)


def _fading(shape: tuple[int, ...]) -> Floats:
    """A bell over the field (Hann), one in its middle and nothing at its edges."""
    rows, columns = (np.hanning(n + 2)[1:-1] for n in shape)
    return np.asarray(rows[:, None] * columns[None, :])


def _middle_part(shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The middle of a large map; all of a smaller one."""
    starts = [max(0, (n - _LARGEST_SIDE) // 2) for n in shape]
    return tuple(slice(start, start + _LARGEST_SIDE) for start in starts)
