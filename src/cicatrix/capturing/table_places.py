"""Tell the places of samples from their heights where a table of text has a row or column of them.

Some programs write x above the heights and y before them. Places rise evenly, as no row of skin
does; on a plain slope, which is no skin either, the next row rises as much.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.lengths import PitchMm
from cicatrix.skin import CaptureError

_FEWEST = 8
#: Printed places lie off their even steps by less than this share of a step.
_OFF_THE_STEPS = 0.25
#: Two slopes that differ by less than this share are one slope.
_AS_MUCH = 0.25


def without_places(
    name: str, table: NDArray[np.float64]
) -> tuple[NDArray[np.float64], PitchMm | None]:
    """The heights of a table, and the steps along x and y in its own unit if it has places.

    Raises
    ------
    CaptureError
        If only its first row, or only its first column, looks like places.
    """
    if min(table.shape) < 3:
        return table, None
    step_x, step_y = _places(table[0, 1:], table[1, 1:]), _places(table[1:, 0], table[1:, 1])
    if step_x and step_y:
        return table[1:, 1:], (step_x, step_y)
    alone_x, alone_y = _places(table[0], table[1]), _places(table[:, 0], table[:, 1])
    for what, step in (("row", step_x or alone_x), ("column", step_y or alone_y)):
        if step:
            raise CaptureError(
                f"{name} has a first {what} that changes evenly by {step:.4g}, as places or "
                "numbers do and skin does not. Remove it, so that only heights are left, or export "
                "the scan as X3P."
            )
    return table, None


def _places(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """The step of a first row or column that is one of places, 0 where it is one of heights."""
    step, beside = _step(first), _step(second)
    return abs(step) if step and abs(beside - step) > _AS_MUCH * abs(step) else 0.0


def _step(values: NDArray[np.float64]) -> float:
    """The even step between some values, 0 where they are too few or not even."""
    if values.size < _FEWEST or not np.isfinite(values).all():
        return 0.0
    step = float(values[-1] - values[0]) / (values.size - 1)
    if not math.isfinite(step) or step == 0:
        return 0.0
    off = (values - values[0]) / step - np.arange(values.size)
    return step if np.abs(off).max() <= _OFF_THE_STEPS else 0.0
