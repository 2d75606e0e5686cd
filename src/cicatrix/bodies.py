"""What the skin of a phantom covers: nothing that bends, a ball, a nose, long waves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A nose in half-widths: how far its tip stands out; where it is below the middle; how far the
#: bridge reaches up and the tip down; how far the wings stand out, where they are, how wide.
NOSE_TIP, _TIP_BELOW, _NOSE_UP, _NOSE_DOWN = 1.45, 0.4, 2.4, 1.2
_WING_OUT, _WING_ASIDE, _WING_BELOW, _WING_WIDE = 0.45, 1.25, 0.15, 0.55
#: The height of a part of the body at places (mm) from the middle of the field.
Body = Callable[[Floats, Floats], Floats]


def flat(x_mm: Floats, y_mm: Floats) -> Floats:
    """No part of the body that bends."""
    return np.zeros(np.broadcast_shapes(x_mm.shape, y_mm.shape))


@dataclass(frozen=True, kw_only=True)
class Ball:
    """The top of a ball."""

    radius_mm: float

    def __call__(self, x_mm: Floats, y_mm: Floats) -> Floats:
        """Its height; raises ``ValueError`` where the field is wider than the ball."""
        squared = x_mm**2 + y_mm**2
        if squared.max() >= self.radius_mm**2:
            wide = f"{np.ptp(x_mm):g} mm squared"
            raise ValueError(f"A ball of radius {self.radius_mm:g} mm does not cover {wide}.")
        return np.asarray(np.sqrt(self.radius_mm**2 - squared) - self.radius_mm)


@dataclass(frozen=True, kw_only=True)
class Nose:
    """A nose with bridge, tip and wings, its tip below the middle of the field.

    Its bridge bends with a radius of three quarters of ``half_width_mm``, its wings with a half.
    """

    half_width_mm: float

    def __call__(self, x_mm: Floats, y_mm: Floats) -> Floats:
        """Its height."""
        u, v = x_mm / self.half_width_mm, y_mm / self.half_width_mm - _TIP_BELOW
        along = np.where(v < 0, v / _NOSE_UP, v / _NOSE_DOWN)
        out = NOSE_TIP * np.exp(-0.5 * (along**2 + u**2))
        for aside in (-_WING_ASIDE, _WING_ASIDE):
            squared = (u - aside) ** 2 + (v - _WING_BELOW) ** 2
            out += _WING_OUT * np.exp(-0.5 * squared / _WING_WIDE**2)
        return np.asarray(self.half_width_mm * out)


@dataclass(frozen=True, kw_only=True)
class Waves:
    """Skin in long even waves, as beside folds: ``height_mm`` up and as much down.

    They run in ``direction_degrees``, crest to crest ``length_mm``; their tightest bend has a
    radius of ``(length_mm / 2π)² / height_mm``. ``phase`` (radians) shifts them.
    """

    height_mm: float
    length_mm: float
    direction_degrees: float = 30.0
    phase: float = 1.0

    def __call__(self, x_mm: Floats, y_mm: Floats) -> Floats:
        """Its height."""
        turn = math.radians(self.direction_degrees)
        along = x_mm * math.cos(turn) + y_mm * math.sin(turn)
        wave = np.sin(2 * math.pi * along / self.length_mm + self.phase)
        return np.asarray(self.height_mm * wave)
