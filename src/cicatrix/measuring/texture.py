"""How the unscarred skin varies: its spread, how far it hangs together, and what that costs.

Noise and micro-relief are what stands between a measurement and the truth. Their
autocovariance, taken from the unscarred skin of the same capture, gives every mean over some
samples its standard error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: Furrows repeat at about half a millimetre; from the first lag on the covariance is faded out,
#: and beyond the second nothing is counted.
FULL_MM, REACH_MM = 1.0, 1.6
#: Longest side of a piece of skin whose covariance is taken at once, in samples, and how many
#: pieces are enough.
_PIECE, _PIECES = 512, 6
_LEAST_PAIRS = 0.02
#: Larger maps are correlated in bands of so many samples.
_BAND_SAMPLES = 262_144
#: Made-up skin varies alike at all waves from this length on; fewer samples tell no wave.
LONG_WAVE_MM, _LEAST_PER_WAVE = 2.0, 8
#: Skin varies at long waves by at least this share of what independent samples would.
_LEAST_SHARE = 0.05


@dataclass(frozen=True, kw_only=True)
class SkinTexture:
    """The autocovariance of the unscarred skin (mm²), lag 0 in the middle."""

    covariance_mm2: Floats
    pitch_mm: tuple[float, float]

    @property
    def sd_mm(self) -> float:
        """Spread of single samples: noise and micro-relief together."""
        row, column = (n // 2 for n in self.covariance_mm2.shape)
        return float(np.sqrt(max(self.covariance_mm2[row, column], 0.0)))

    @property
    def noise_mm(self) -> float:
        """Spread of the noise, which does not hang together even between neighbours.

        It is what the covariance at lag 0 exceeds a parabola through the next two lags by.
        """
        row, column = (n // 2 for n in self.covariance_mm2.shape)
        if min(row, column) < 2:
            return math.nan
        middle = float(self.covariance_mm2[row, column])
        along = self.covariance_mm2[row + 1 : row + 3, column]
        across = self.covariance_mm2[row, column + 1 : column + 3]
        carried = (4 * (along[0] + across[0]) - (along[1] + across[1])) / 6
        return math.sqrt(max(middle - float(carried), 0.0))

    def covariance_of(self, weights: Floats) -> Floats:
        """The covariance of several weighted sums of samples; ``weights`` (sums, rows, columns).

        In the precision of the weights: in single precision it is right to a millionth of the
        largest, and takes half the time.
        """
        weights = np.asarray(weights)
        reach = [n // 2 for n in self.covariance_mm2.shape]
        shape = [
            fft.next_fast_len(n + r + 1, real=True)
            for n, r in zip(weights.shape[1:], reach, strict=True)
        ]
        rows, columns = (min(r, (n - 1) // 2) for r, n in zip(reach, shape, strict=True))
        wrapped = np.zeros(shape)
        wrapped[: 2 * rows + 1, : 2 * columns + 1] = self.covariance_mm2[
            reach[0] - rows : reach[0] + rows + 1, reach[1] - columns : reach[1] + columns + 1
        ]
        wrapped = np.roll(wrapped, (-rows, -columns), axis=(0, 1))
        power = np.maximum(fft.rfft2(wrapped).real, 0.0) / (shape[0] * shape[1])
        # Columns that the real transform leaves out are the mirror of those it keeps.
        power[:, 1 : (shape[1] + 1) // 2] *= 2
        spectrum = fft.rfft2(weights, shape)
        spectrum *= np.sqrt(power).astype(spectrum.real.dtype)
        # Real and imaginary parts as twice as many numbers: their product is the real part.
        parts = spectrum.view(spectrum.real.dtype).reshape(len(weights), -1)
        return np.asarray(parts @ parts.T, np.float64)

    def smoothed_sd_mm(self, width_mm: float) -> float:
        """The spread that is left after a Gaussian mean of this width (standard deviation)."""
        lags = [np.arange(n) - n // 2 for n in self.covariance_mm2.shape]
        weights = [
            np.exp(-0.25 * (lag * p / width_mm) ** 2)
            for lag, p in zip(lags, (self.pitch_mm[1], self.pitch_mm[0]), strict=True)
        ]
        weights = [w / w.sum() for w in weights]
        spread = float(weights[0] @ self.covariance_mm2 @ weights[1])
        return math.sqrt(max(spread, _LEAST_SHARE**2 * self.sd_mm**2))

    def mean_sd_mm(self, steps: tuple[int, int]) -> float:
        """The spread of the mean over a block of rows by columns, were blocks independent.

        The whole covariance of one sample is given to its own block, so that the spread of
        means over many blocks comes out right. A surface that follows the skin closely takes the
        longest waves out of what is left; then it is read at :data:`LONG_WAVE_MM`.
        """
        along = [
            (self.covariance_mm2.sum(axis=1 - axis), pitch)
            for axis, pitch in ((0, self.pitch_mm[1]), (1, self.pitch_mm[0]))
        ]
        at_a_wave = sum(_power(over, pitch, LONG_WAVE_MM) for over, pitch in along) / len(along)
        least = max(_LEAST_SHARE * self.sd_mm**2, 1e-14)
        power = max(float(self.covariance_mm2.sum()), at_a_wave, least)
        return math.sqrt(power / (steps[0] * steps[1]))

    def averaged(self, steps: int) -> SkinTexture:
        """The texture of the means over squares of ``steps`` by ``steps`` samples."""
        if steps == 1:
            return self
        box = np.ones(steps) / steps
        triangle = np.convolve(box, box)
        smooth = np.pad(self.covariance_mm2, steps)
        for axis in (0, 1):
            smooth = ndimage.convolve1d(smooth, triangle, axis=axis, mode="constant")
        row, column = (n // 2 for n in smooth.shape)
        return SkinTexture(
            covariance_mm2=smooth[row % steps :: steps, column % steps :: steps],
            pitch_mm=(self.pitch_mm[0] * steps, self.pitch_mm[1] * steps),
        )


def _power(covariance: Floats, pitch_mm: float, wave_mm: float) -> float:
    """What a covariance over lags along one axis holds of waves of this length."""
    lags = np.arange(len(covariance)) - len(covariance) // 2
    wave = max(wave_mm, _LEAST_PER_WAVE * pitch_mm)
    return float(covariance @ np.cos(2 * math.pi * lags * pitch_mm / wave))


def texture_of(residual_mm: Floats, skin: Mask, pitch_mm: tuple[float, float]) -> SkinTexture:
    """The texture of the samples marked as skin; each lag uses the pairs that are there.

    Of a large capture some evenly spread pieces are taken.
    """
    shape = residual_mm.shape
    steps_mm = (pitch_mm[1], pitch_mm[0])
    reach = tuple(
        max(1, min(math.ceil(REACH_MM / p), min(n, _PIECE) // 2 - 1))
        for p, n in zip(steps_mm, shape, strict=True)
    )
    lags = [np.arange(-r, r + 1) * p for r, p in zip(reach, steps_mm, strict=True)]
    products, pairs = np.zeros([2 * r + 1 for r in reach]), np.zeros([2 * r + 1 for r in reach])
    middle = _mean(residual_mm, skin)
    for piece in _pieces(shape):
        there = skin[piece]
        products += autocorrelation(np.where(there, residual_mm[piece] - middle, 0.0), reach)
        pairs += autocorrelation(there.astype(float), reach)
    enough = pairs > _LEAST_PAIRS * pairs.max()
    covariance = np.where(enough, products / np.maximum(pairs, 1.0), 0.0)
    far = np.hypot(lags[0][:, None], lags[1][None, :])
    fade = 0.5 * (1 + np.cos(np.pi * np.clip((far - FULL_MM) / (REACH_MM - FULL_MM), 0.0, 1.0)))
    return SkinTexture(covariance_mm2=covariance * fade, pitch_mm=pitch_mm)


def _mean(values: Floats, skin: Mask) -> float:
    known = values[skin]
    return float(known.mean()) if known.size else 0.0


def _pieces(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Some pieces of a map, spread evenly over it; all of a small one."""
    counts = [math.ceil(n / _PIECE) for n in shape]
    sides = [math.ceil(n / c) for n, c in zip(shape, counts, strict=True)]
    every = [
        (slice(i * sides[0], (i + 1) * sides[0]), slice(j * sides[1], (j + 1) * sides[1]))
        for i in range(counts[0])
        for j in range(counts[1])
    ]
    chosen = np.unique(np.linspace(0, len(every) - 1, _PIECES).round().astype(int))
    return [every[i] for i in chosen]


def autocorrelation(values: Floats | Mask, reach: tuple[int, ...]) -> Floats:
    """Sums of products of all pairs at each lag up to ``reach``, by FFT.

    A map is gone through in bands of rows: each band against itself and the rows that lags reach
    from it, so that a large map needs little room.
    """
    down, along = reach
    sums = np.zeros((down + 1, 2 * along + 1))
    rows = max(_BAND_SAMPLES // values.shape[1], 2 * down, 1)
    columns = np.r_[-along : along + 1]
    for start in range(0, len(values), rows):
        band = values[start : start + rows + down]
        shape = [
            fft.next_fast_len(n + r, real=True)
            for n, r in zip((min(rows, len(band)), band.shape[1]), reach, strict=True)
        ]
        both = fft.rfft2(band, shape)
        if len(band) > rows or start + rows < len(values):
            own = fft.rfft2(band[:rows], shape)
            both *= own.conj()
        else:
            both *= both.conj()
        sums += fft.irfft2(both, shape, overwrite_x=True)[: down + 1, columns]
    # A pair seen from its other end has the opposite lag.
    return np.concatenate([sums[:0:-1, ::-1], sums])
