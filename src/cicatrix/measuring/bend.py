"""How tightly skin bends, read from its level without scars."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

#: At the border differences have one side only.
_BORDER, _LEAST_PLACES = 2, 5


def bent_area_mm2(level_mm: Floats, apart_mm: tuple[float, float], *, radius_mm: float) -> float:
    """The area of the map on which the skin bends more tightly than a ball of this radius.

    ``level_mm`` (rows, columns) is the height of the skin without scars at places that lie
    ``apart_mm`` along y and along x: wide against its noise, narrow against its bends. A barrel
    counts as a ball does: what is asked is the sharper of the two principal bends. The two
    outermost places are left out.
    """
    if min(level_mm.shape) < _LEAST_PLACES:
        return 0.0
    by_y, by_x = np.gradient(level_mm, *apart_mm)
    (by_yy, by_yx), (_, by_xx) = np.gradient(by_y, *apart_mm), np.gradient(by_x, *apart_mm)
    # The bends along the two principal directions of a sloping surface (Gauss and mean bend).
    stretch = 1 + by_x**2 + by_y**2
    gauss = (by_xx * by_yy - by_yx**2) / stretch**2
    mean = (1 + by_x**2) * by_yy - 2 * by_x * by_y * by_yx + (1 + by_y**2) * by_xx
    mean /= 2 * stretch**1.5
    sharpest = np.abs(mean) + np.sqrt(np.maximum(mean**2 - gauss, 0.0))
    return float(
        (sharpest[_BORDER:-_BORDER, _BORDER:-_BORDER] > 1 / radius_mm).sum()
        * apart_mm[0]
        * apart_mm[1]
    )
