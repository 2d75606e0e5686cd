"""The coordinate of long, bent and irregular scars, which are measured along their course."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import brentq
from scipy.spatial import cKDTree
from skimage.measure import find_contours

from cicatrix.measuring.course import OVAL_SD, Course
from cicatrix.measuring.outline import Outline
from cicatrix.measuring.patch import Patch
from cicatrix.measuring.wall_family import CELL, CELLS

Floats = NDArray[np.floating[Any]]

#: Points put on the outline between two samples, and how far from it walls are explained, in half
#: widths.
_PARTS, _FARTHEST = 4, CELL * len(CELLS) - 1


def trough_of(
    patch: Patch, outline: Outline, middle: tuple[float, float], orientation: float
) -> Course:
    """The coordinate of a long, bent or irregular scar: its distance from the outline."""
    inside = outline.inside
    rim = _rim(patch, outline)
    every = patch.on_the_skin(*(g.ravel().astype(float) for g in np.indices(inside.shape)))
    to_rim = rim.query(every[:, inside.ravel()].T)[0]
    area, ends = float(inside.sum()) * patch.sample_mm2, 1 - outline.islands
    radius = _radius(area, float(to_rim.mean()), ends=ends)
    # Farther away than walls are explained, nothing is asked: infinitely far will do.
    from_rim = rim.query(every[:, ~inside.ravel()].T, distance_upper_bound=_FARTHEST * radius)[0]
    rho = np.empty(inside.shape)
    rho[inside], rho[~inside] = np.maximum(1 - to_rim / radius, 0.0), 1 + from_rim / radius
    # A bent scar's centre may lie beside it: take the sample of its middle nearest to it.
    deep = to_rim >= 0.8 * to_rim.max()
    rows, columns = (places[deep] for places in np.nonzero(inside))
    nearest = int(np.hypot(rows - middle[0], columns - middle[1]).argmin())
    return Course(
        rho=rho,
        half_width_mm=radius,
        half_length_mm=0.0,
        straight_mm=max((area - math.pi * radius**2 * ends) / (2 * radius), 1e-9),
        ends=ends,
        oval_sd=OVAL_SD,
        row=float(rows[nearest]),
        column=float(columns[nearest]),
        orientation_degrees=orientation,
    )


def _rim(patch: Patch, outline: Outline) -> cKDTree[None]:
    """Places on the outline, which runs between the samples, to tell the distance from it."""
    near = ndimage.binary_dilation(outline.inside, iterations=2)
    near &= ~ndimage.binary_erosion(outline.inside, iterations=2)
    lines = find_contours(outline.smooth_mm, outline.level_mm)  # type: ignore[no-untyped-call]
    parts = np.linspace(0.0, 1.0, _PARTS, endpoint=False)[:, None, None]
    places = np.concatenate(
        [((1 - parts) * line[:-1] + parts * line[1:]).reshape(-1, 2) for line in lines]
    )
    row, column = places.round().astype(int).T
    places = places[near[row, column]]
    return cKDTree(patch.on_the_skin(places[:, 0], places[:, 1]).T)


def _radius(area: float, mean_mm: float, *, ends: int) -> float:
    """Half the width of the bar with round ends that has this area and mean rim distance.

    A ring has no ends, and a net of rings fewer than none.
    """

    def excess(radius: float) -> float:
        return area * radius / 2 - ends * math.pi * radius**3 / 6 - mean_mm * area

    widest = math.sqrt(area / math.pi) if ends > 0 else 2 * mean_mm
    if excess(widest) <= 0:
        return widest
    return float(brentq(excess, 0.0, widest))


def straightened(area: float, along_mm2: float, *, smoothing_mm: float) -> tuple[float, float]:
    """Half the width and the area of a bar with round ends, as they were before smoothing.

    ``along_mm2`` is the spread of its area along itself. Smoothing pulls an outline in by half its
    variance times its curvature: both ends together lose π variances.
    """
    radius = bar_radius(area, along_mm2)
    half = (area - math.pi * radius**2) / (4 * radius)
    lost = math.pi * smoothing_mm**2
    # The mean square of the way from the middle to both half circles.
    ends_mm2 = half**2 + 4 * half * radius / math.pi + radius**2 / 2
    whole = area + lost
    return bar_radius(whole, (area * along_mm2 + lost * ends_mm2) / whole), whole


def bar_radius(area: float, along_mm2: float) -> float:
    """Half the width of the bar with round ends of this area and spread along itself."""

    def excess(radius: float) -> float:
        straight = (area - math.pi * radius**2) / (2 * radius)
        second = radius * straight**3 / 6 + math.pi * radius**2 * straight**2 / 4
        second += 4 * radius**3 * straight / 3 + math.pi * radius**4 / 4
        return second / area - along_mm2

    widest = math.sqrt(area / math.pi)
    if excess(widest) >= 0:
        return widest
    # Half as wide as a strip without ends of that spread, it would be far too long.
    narrow = area / math.sqrt(48 * along_mm2) / 2
    return float(brentq(excess, narrow, widest))
