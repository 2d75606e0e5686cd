"""Standard errors of what is seen of a scar from above: width, length, area and direction."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cicatrix.measuring.course import Course, Opening

#: The spread of a direction of which nothing is known: even over half a turn.
_ANY_DIRECTION_DEGREES = 180 / math.sqrt(12)


@dataclass(frozen=True, kw_only=True)
class OpeningErrors:
    """Standard errors of an :class:`Opening`, and of the direction of its longer axis."""

    width_mm: float
    length_mm: float
    area_mm2: float
    orientation_degrees: float


def opening_errors(
    course: Course,
    opening: Opening,
    *,
    rim_sd_mm: float,
    end_sd_mm: float,
    half_width_sd_mm: float,
) -> OpeningErrors:
    """The errors that follow from those of the rim.

    ``rim_sd_mm`` is how unsure the distance from the middle to the rim is all around,
    ``end_sd_mm`` how unsure a single place of the outline is, such as the end of a trough. Of a
    trough the area is known better than the half width: where that is too small by
    ``half_width_sd_mm``, the trough was taken to be longer.
    """
    if course.straight_mm:
        drawn_out = half_width_sd_mm * course.straight_mm / course.half_width_mm
        free_ends = math.sqrt(2) * end_sd_mm if course.ends > 0 else 0.0
        return _along(
            course,
            opening,
            rim_sd_mm=rim_sd_mm,
            ends_sd_mm=free_ends,
            length_sd_mm=math.hypot(free_ends, drawn_out),
        )
    # What is unsure of the ovalness makes one axis longer and the other shorter: no area.
    rim = 2 * rim_sd_mm / opening.width_mm
    oval = math.log(opening.length_mm / opening.width_mm)
    oval_sd = math.hypot(course.oval_sd, _drawn_out(course, opening))
    return OpeningErrors(
        width_mm=opening.width_mm * math.hypot(rim, oval_sd),
        length_mm=opening.length_mm * math.hypot(rim, oval_sd),
        area_mm2=opening.area_mm2 * 2 * rim,
        orientation_degrees=_direction(course.oval_sd, oval),
    )


def _drawn_out(course: Course, opening: Opening) -> float:
    """Half of what the rim of an oval is longer if its wall is drawn out with it, as a share.

    The wall may as well be equally wide all around.
    """
    beyond = 1 - 2 * course.half_width_mm / opening.width_mm
    return abs(beyond * (1 - opening.width_mm / opening.length_mm)) / 2


def _along(
    course: Course, opening: Opening, *, rim_sd_mm: float, ends_sd_mm: float, length_sd_mm: float
) -> OpeningErrors:
    """Those of a trough: the rim runs along both sides, and each end has an error of its own."""
    width_sd = math.hypot(2 * rim_sd_mm, opening.width_mm * course.oval_sd)
    per_rim = math.pi * opening.width_mm * course.ends + 2 * course.straight_mm
    return OpeningErrors(
        width_mm=width_sd,
        length_mm=math.hypot(width_sd, length_sd_mm),
        area_mm2=math.hypot(per_rim * width_sd / 2, opening.width_mm * ends_sd_mm),
        # A ring has no direction.
        orientation_degrees=_direction(ends_sd_mm / opening.length_mm, float(course.ends > 0)),
    )


def _direction(sd: float, oval: float) -> float:
    """The spread of a direction; the rounder a scar, the less its longer axis is known."""
    return min(math.degrees(sd / max(oval, 1e-9)), _ANY_DIRECTION_DEGREES)
