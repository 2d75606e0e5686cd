"""The coarse form of a part of the body: a ball, a barrel, a saddle, or anything between.

A general surface of second order is fitted to the averaged heights, robustly, before anything
finer: it follows the tip of a nose, where no polynomial in x and y does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_TUKEY, _MAD_TO_SD = 4.0, 1.4826
_ROUNDS, _WIDE_ROUNDS, _WIDE_SHARE, _NEAR_SHARE = 20, 4, 70, 50
#: Parts of the body are not bent more sharply than this radius: limits what noise can do.
_SHARPEST_MM = 5.0
_SPREAD_MM = 0.02
_LIMIT = (_SPREAD_MM * 2 * _SHARPEST_MM) ** 2
#: The terms in w are taken only if they leave less than this share of the spread, and if the
#: surface does not rise too steeply anywhere.
_BETTER, _STEEPEST = 0.5, 0.3
#: Where the surface of second order ends, it is continued at this share of its steepness.
_LEAST_ROOM, _LEAST_STEEP = 0.01, 0.05


@dataclass(frozen=True, kw_only=True)
class Form:
    """The surface w = q(x, y) + c w² + e x w + f y w, with q of second order.

    Places are taken from ``middle_mm`` (x, y) and w is the height above a ``plane`` (its height
    in the middle, its slope along x and along y). ``numbers`` holds the six coefficients of q,
    then c, e and f.
    """

    middle_mm: tuple[float, float]
    plane: Floats
    numbers: Floats

    def height_mm(self, x_mm: Floats, y_mm: Floats) -> Floats:
        """The height of the form over the grid of some columns and some rows."""
        x, y = x_mm[None, :] - self.middle_mm[0], y_mm[:, None] - self.middle_mm[1]
        one, by_x, by_y, xx, xy, yy, zz, xz, yz = self.numbers
        plain = one + (by_x + xx * x) * x + (by_y + yy * y + xy * x) * y
        slant = np.maximum(1.0 - xz * x - yz * y, _LEAST_ROOM)
        room = np.maximum(slant**2 - 4.0 * zz * plain, _LEAST_ROOM * slant**2)
        bent = 2.0 * plain / (slant + np.sqrt(room))
        bent += self.plane[0] + self.plane[1] * x + self.plane[2] * y
        return np.asarray(bent)


def form_of(height_mm: Floats, x_mm: Floats, y_mm: Floats, weights: Floats) -> Form:
    """The form of averaged heights (rows over ``y_mm``, columns over ``x_mm``).

    Heights that lie far off, which is what scars are, lose their weight step by step.
    """
    x, y = (g[weights > 0] for g in np.meshgrid(x_mm, y_mm))
    z, first = height_mm[weights > 0], weights[weights > 0]
    middle = (float(x.mean()), float(y.mean()))
    x, y = x - middle[0], y - middle[1]
    flat = np.stack([np.ones_like(x), x, y], axis=1)
    plane = np.linalg.solve(flat.T @ flat + _tiny(flat), flat.T @ z)
    z = z - flat @ plane
    design = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y, z * z, x * z, y * z], axis=1)
    plain, plain_scale, _ = _fitted(design[:, :6], z, first)
    bent, bent_scale, steepest = _fitted(design, z, first)
    if bent_scale > _BETTER * plain_scale or steepest < _STEEPEST:
        bent = np.append(plain, np.zeros(3))
    return Form(middle_mm=middle, plane=plane, numbers=bent)


def _fitted(design: Floats, z: Floats, first: Floats) -> tuple[Floats, float, float]:
    """The coefficients, the spread that is left, and the least steepness of the equation in z."""
    terms = design.shape[1]
    limits = np.diag(np.r_[np.zeros(6), np.full(terms - 6, _LIMIT)])
    steep, now = np.ones_like(z), first
    for turn in range(_ROUNDS):
        weighted = design * (now / steep**2)[:, None]
        numbers = np.linalg.solve(design.T @ weighted + limits + _tiny(weighted), weighted.T @ z)
        # The equation's own error, as a distance along z.
        slant = 2 * z * numbers[6] + design[:, 1:3] @ numbers[7:] if terms > 6 else np.zeros(len(z))
        steep = np.maximum(1.0 - slant, _LEAST_STEEP)
        far = (z - design @ numbers) / steep
        share = _WIDE_SHARE if turn < _WIDE_ROUNDS else _NEAR_SHARE
        scale = _MAD_TO_SD * float(np.percentile(np.abs(far), share))
        far /= _TUKEY * max(scale, 1e-9)
        before, now = now, first * np.where(np.abs(far) < 1, (1 - far**2) ** 2, 0.0)
        if turn > _WIDE_ROUNDS and np.abs(now - before).max() < 0.01:
            break
    return numbers, scale, float(steep.min())


def _tiny(weighted: Floats) -> Floats:
    """Enough to solve where a field is too small or too empty to tell all numbers."""
    return np.diag(1e-12 * np.abs(weighted).sum(axis=0).max() * np.ones(weighted.shape[1]))
