"""The relief of a measured field: depth below the skin, the opening of every scar, a line across.

Nothing is measured here that a number comes from; it is what a picture of the numbers needs.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.measuring.cutting import Cut
from cicatrix.measuring.search import Field
from cicatrix.measuring.shape import Shape
from cicatrix.records import Scar
from cicatrix.skin import Relief, Section

Floats = NDArray[np.floating[Any]]

#: A line across reaches so many openings, and at least so many mm, to either side.
_REACH_SHARE, _LEAST_REACH_MM = 0.85, 1.2
#: A line holds at most so many samples: more than a picture of it can show.
_MOST_SAMPLES = 240


@dataclass(frozen=True, kw_only=True)
class Found:
    """One scar with what it was measured from."""

    scar: Scar
    cut: Cut
    shape: Shape


def relief_of(field: Field, found: Sequence[Found]) -> Relief:
    """The relief of a field; the scars carry their final labels."""
    depth = _along_the_normal(field)
    label = np.zeros(depth.shape, np.int32)
    for one in found:
        _mark(label, one)
    return Relief(
        depth_mm=depth,
        label=label,
        covered=np.ones(depth.shape, bool),
        pitch_mm=field.pitch_mm,
        sections=tuple(_section(depth, field.pitch_mm, one) for one in found),
    )


def _along_the_normal(field: Field) -> Floats:
    """Depth below the skin; a depth along z is longer than one along the tilted skin's normal."""
    # In place, as far as possible: a large map has no room for a copy at every step.
    stretch = np.ones(field.level_mm.shape)
    for axis, pitch in ((0, field.pitch_mm[1]), (1, field.pitch_mm[0])):
        slope = np.gradient(field.level_mm, pitch, axis=axis)
        slope *= slope
        stretch += slope
    del slope
    np.sqrt(stretch, out=stretch)
    depth = np.divide(field.residual_mm, stretch, out=stretch)
    np.negative(depth, out=depth)
    depth[~field.there] = np.nan
    return depth


def _mark(label: NDArray[np.int32], one: Found) -> None:
    """Write the scar's number over its opening."""
    steps = one.cut.steps
    inside = (one.shape.inside & one.cut.patch.own).repeat(steps, axis=0).repeat(steps, axis=1)
    label[one.cut.box][inside] = one.scar.label


def _section(depth: Floats, pitch_mm: tuple[float, float], one: Found) -> Section:
    """The line across the scar's narrow width, through its middle."""
    scar, slope = one.scar, one.cut.patch.slope
    # A scar without a width is drawn as if it were a disc.
    width = 2 * math.sqrt(scar.area_mm2 / math.pi) if math.isnan(scar.width_mm) else scar.width_mm
    reach = max(_REACH_SHARE * width, _LEAST_REACH_MM)
    turn = math.radians(scar.orientation_degrees + 90)
    step = math.cos(turn), math.sin(turn)
    # One step on the map is so long on the skin, which may be tilted along it.
    longer = math.hypot(1.0, slope[0] * step[0] + slope[1] * step[1])
    count = min(_MOST_SAMPLES, 2 * round(reach / min(pitch_mm)) + 1)
    along = np.linspace(-reach, reach, count)
    rows = (scar.y_mm + along / longer * step[1]) / pitch_mm[1]
    columns = (scar.x_mm + along / longer * step[0]) / pitch_mm[0]
    return Section(
        label=scar.label,
        place_mm=(scar.x_mm, scar.y_mm),
        distance_mm=along,
        depth_mm=ndimage.map_coordinates(
            depth, [rows, columns], order=1, mode="constant", cval=math.nan
        ),
    )


def relabelled(section: Section, *, label: int, place_mm: tuple[float, float]) -> Section:
    """The same line, with the number and place that its scar has in a larger relief."""
    return dataclasses.replace(section, label=label, place_mm=place_mm)
