"""Put points that lie on a regular grid back onto it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.limits import check_samples
from cicatrix.skin import CaptureError

#: A coordinate may be off its grid line by this share of the spacing. Printed coordinates are
#: rounded to a few digits; a point cloud that is no grid misses by far more.
_OFF_THE_LINE = 0.2
#: Fewer measured samples than this share of the grid: no scan, or no grid.
_LEAST_FILLED = 0.02
_FEWEST_POINTS = 9


def is_points(table: NDArray[np.float64]) -> bool:
    """Whether three columns of numbers are points, and not a map three samples wide."""
    if table.ndim != 2 or table.shape[1] != 3 or len(table) < _FEWEST_POINTS:
        return False
    # On a grid, each x and each y is met again and again.
    x, y = (np.unique(table[:, axis]).size for axis in (0, 1))
    return max(x, y) <= len(table) / 2


def on_a_grid(
    name: str, table: NDArray[np.float64]
) -> tuple[tuple[float, float], NDArray[np.float64]]:
    """The spacing in the file's unit, and the heights with the largest y in the first row."""
    table = table[np.isfinite(table[:, :2]).all(axis=1)]
    if len(table) < _FEWEST_POINTS:
        raise CaptureError(
            f"{name} holds {len(table)} points, too few for a surface. Export the whole scan."
        )
    lines = [_grid_line(name, table[:, axis], axis="xy"[axis]) for axis in (0, 1)]
    (step_x, column), (step_y, row) = lines
    columns, rows = int(column.max()) + 1, int(row.max()) + 1
    check_samples(name, rows=rows, columns=columns)
    if len(table) < _LEAST_FILLED * rows * columns:
        raise _no_grid(name)
    place = (rows - 1 - row) * columns + column
    if np.unique(place).size != place.size:
        raise CaptureError(
            f"{name} has two heights for one place. Export one surface alone, not several or a "
            "closed body."
        )
    heights = np.full(rows * columns, np.nan)
    heights[place] = table[:, 2]
    return (step_x, step_y), heights.reshape(rows, columns)


def _grid_line(
    name: str, coordinate: NDArray[np.float64], *, axis: str
) -> tuple[float, NDArray[np.int64]]:
    """The spacing along one axis, and on which line of the grid each point lies."""
    values = np.unique(coordinate)
    span = float(values[-1] - values[0])
    if not (0 < span < np.inf):
        raise CaptureError(
            f"{name} has points on one line only: every {axis} is {values[0]:g}. "
            "Export the surface, not a profile."
        )
    # Gaps within one line come from rounding and are far smaller than gaps between lines.
    gaps = np.diff(values)
    gaps = gaps[gaps > gaps.max() * 1e-3]
    single = gaps[np.abs(gaps / np.median(gaps) - 1) < 0.5]
    # The mean, because printed coordinates make every gap a little too long or too short.
    steps = span / float(single.mean())
    if steps > 1e7:
        raise _no_grid(name)
    step = span / round(steps)
    position = (coordinate - values[0]) / step
    line = np.round(position)
    if np.abs(position - line).max() > _OFF_THE_LINE:
        raise _no_grid(name)
    return step, line.astype(np.int64)


def _no_grid(name: str) -> CaptureError:
    return CaptureError(
        f"{name} holds points that lie on no regular grid. Export the scan as a mesh (PLY, OBJ, "
        "STL), or as a height map."
    )
