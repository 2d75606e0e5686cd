"""The part of a capture around one scar."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Patch:
    """The part of a capture around one scar; ``depth_mm`` is positive where the scar is.

    ``own`` marks the samples that may belong to it (not to a neighbour), ``region`` those it was
    found by, ``there`` those that were measured, and ``fresh`` those that the skin without scars
    was not fitted to, so that their errors are independent of it. ``slope`` is the slope of the
    skin along x and y; depths are taken along the skin's normal and lengths on the skin.
    """

    depth_mm: Floats
    own: Mask
    region: Mask
    there: Mask
    fresh: Mask
    pitch_mm: tuple[float, float]
    slope: tuple[float, float] = (0.0, 0.0)

    @property
    def stretch(self) -> float:
        """By how much an area on the skin is larger than its picture on the map."""
        return math.sqrt(1 + self.slope[0] ** 2 + self.slope[1] ** 2)

    @property
    def sample_mm2(self) -> float:
        """The area of skin that one sample stands for."""
        return self.pitch_mm[0] * self.pitch_mm[1] * self.stretch

    def on_the_skin(self, rows: Floats, columns: Floats) -> Floats:
        """Places of samples on the skin's own plane, in mm: shape (2, samples)."""
        flat = np.stack([columns * self.pitch_mm[0], rows * self.pitch_mm[1]])
        slope = np.array(self.slope)
        steep = float(slope @ slope)
        if steep == 0:
            return flat
        return np.asarray(flat + np.outer(slope, slope @ flat) * ((self.stretch - 1) / steep))
