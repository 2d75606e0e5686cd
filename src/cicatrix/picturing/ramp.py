"""The colours of depth: one ramp, lightest where the skin is raised, darkest where it is deep.

Lightness (CIE L*) falls in equal steps with every equal step of depth, so that the order is kept
in greyscale and for colour-blind eyes, and no step looks larger than another. Unscarred skin has
always the same colour; above it the ramp turns yellow, below it over blue-green to indigo.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

#: L*, a*, b* at the raised end, on the skin, and on the way down (at these shares of it).
_RAISED = (97.0, -13.0, 58.0)
_SKIN = (82.0, 1.5, 11.0)
_DEEP = (13.0, 22.0, -34.0)
_SHARES = (0.0, 0.34, 0.68, 1.0)
_HUES = ((1.5, 11.0), (-22.0, -6.0), (-6.0, -34.0), (22.0, -34.0))
#: The reference white D65, and where the cube root of CIE L*a*b* becomes a straight line.
_WHITE = np.array([0.95047, 1.0, 1.08883])
_KNEE = 6 / 29
#: Below this an sRGB channel is linear.
_LINEAR_UP_TO = 0.0031308
_TO_RGB = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)


def colours_of(share: Floats) -> NDArray[np.uint8]:
    """Colours (n, 3) of places on the ramp: -1 the raised end, 0 the skin, 1 the deep end."""
    share = np.clip(share, -1.0, 1.0)
    lightness = np.where(
        share < 0,
        _SKIN[0] - share * (_RAISED[0] - _SKIN[0]),
        _SKIN[0] + share * (_DEEP[0] - _SKIN[0]),
    )
    places = (-1.0, *_SHARES)
    hues = np.array([_RAISED[1:], *_HUES])
    a, b = (np.interp(share, places, hues[:, k]) for k in (0, 1))
    return _srgb(lightness, a, b)


def hex_of(colour: NDArray[np.uint8]) -> str:
    """One colour as ``#rrggbb``."""
    red, green, blue = colour.tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def _srgb(lightness: Floats, a: Floats, b: Floats) -> NDArray[np.uint8]:
    """CIE L*a*b* to sRGB (IEC 61966-2-1)."""
    middle = (lightness + 16) / 116
    root = np.stack([middle + a / 500, middle, middle - b / 200], axis=-1)
    xyz = np.where(root > _KNEE, root**3, 3 * _KNEE**2 * (root - 4 / 29)) * _WHITE
    linear = np.clip(xyz @ _TO_RGB.T, 0.0, 1.0)
    curved = np.where(
        linear <= _LINEAR_UP_TO,
        12.92 * linear,
        1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055,
    )
    return np.asarray(np.rint(255 * curved), np.uint8)
