"""How the unscarred skin varies: its spread, how far it hangs together, and what that costs.

Noise and micro-relief are what stands between a measurement and the truth. Their
autocovariance, taken from the unscarred skin of the same capture, gives every mean over some
samples its standard error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Furrows repeat at about half a millimetre; beyond this lag nothing is counted.
REACH_MM = 1.2
_LEAST_PAIRS = 0.02


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

    def variance_of(self, weights: Floats) -> float:
        """The variance of a weighted sum of samples, ``weights`` on their grid."""
        pairs = _autocorrelation(weights, tuple(n // 2 for n in self.covariance_mm2.shape))
        return float(max((pairs * self.covariance_mm2).sum(), 0.0))

    def block_sd_mm(self, steps: tuple[int, int]) -> float:
        """The spread of the mean over a block of rows by columns, were blocks independent.

        The whole covariance of one sample is given to its own block, so that the spread of
        means over many blocks comes out right.
        """
        return float(np.sqrt(max(self.covariance_mm2.sum(), 1e-12) / (steps[0] * steps[1])))


def texture_of(residual_mm: Floats, skin: Mask, pitch_mm: tuple[float, float]) -> SkinTexture:
    """The texture of the samples marked as skin; each lag uses the pairs that are there."""
    reach = tuple(
        max(1, min(round(REACH_MM / p), n // 2 - 1))
        for p, n in zip((pitch_mm[1], pitch_mm[0]), residual_mm.shape, strict=True)
    )
    values = np.where(skin, residual_mm, 0.0)
    values = np.where(skin, values - values.sum() / max(1, skin.sum()), 0.0)
    products = _autocorrelation(values, reach)
    pairs = _autocorrelation(skin.astype(float), reach)
    enough = pairs > _LEAST_PAIRS * max(1.0, float(skin.sum()))
    covariance = np.where(enough, products / np.maximum(pairs, 1.0), 0.0)
    return SkinTexture(covariance_mm2=covariance, pitch_mm=pitch_mm)


def _autocorrelation(values: Floats, reach: tuple[int, ...]) -> Floats:
    """Sums of products of all pairs at each lag up to ``reach``, by FFT."""
    shape = [fft.next_fast_len(n + r, real=True) for n, r in zip(values.shape, reach, strict=True)]
    spectrum = fft.rfft2(values, shape, workers=2)
    whole = fft.irfft2(np.abs(spectrum) ** 2, shape, workers=2)
    rows = np.r_[-reach[0] : reach[0] + 1]
    columns = np.r_[-reach[1] : reach[1] + 1]
    return np.asarray(whole[np.ix_(rows, columns)])
