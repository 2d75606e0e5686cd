"""The coordinate of a scar: how far each sample is from its middle, as a share of the way out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

#: The outline that carries the coordinates: where a scar passes this share of its depth.
OUTLINE_LEVEL = 0.5
#: What its outline, smoothed as it is, leaves unsure of the width of one that is not round.
#: Long ones got it when the groove of tests/measuring/test_real_captures.py lay 3.2 standard errors
#: off its second reading, so that capture is no independent check of it.
OVAL_SD = 0.006


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A scar as seen from above at some level of its wall."""

    width_mm: float
    length_mm: float
    area_mm2: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """The coordinate of a scar: 0 on its middle, 1 on its outline at half its depth.

    ``half_width_mm`` and ``half_length_mm`` belong to that outline; ``straight_mm`` is the
    length of the middle line of a scar that is measured along its course, 0 for a compact one,
    which is an ellipse. ``ends`` is 1 for a trough, 0 for a ring, which has none, and less by one
    for each further island of skin (Euler's number). ``ragged`` is the share of the outline
    that is off an ellipse or bar beyond what texture does; ``oval_sd`` is what texture leaves
    unsure about its shape, as a share of the width; ``is_sure`` is false where texture may have cut
    the outline. ``jitter_mm`` is how far texture moves a place of a compact outline, which is as
    steep as the smoothed map. ``others`` holds the other form of an outline that may as well be
    one, and ``others_count`` how much of what it changes is unsure: half where chance decides.
    """

    rho: Floats
    half_width_mm: float
    half_length_mm: float
    straight_mm: float
    row: float
    column: float
    orientation_degrees: float
    ends: int = 1
    ragged: float = 0.0
    oval_sd: float = 0.0
    is_sure: bool = True
    jitter_mm: float = 0.0
    others: tuple[Course, ...] = ()
    others_count: float = 0.0

    def opening(self, rho: float) -> Opening:
        """Width, length and area out to a value of the coordinate."""
        if self.straight_mm:
            radius = self.half_width_mm * rho
            return Opening(
                width_mm=2 * radius,
                length_mm=self.straight_mm + 2 * radius * max(self.ends, 0),
                area_mm2=math.pi * radius**2 * self.ends + 2 * radius * self.straight_mm,
            )
        return Opening(
            width_mm=2 * self.half_width_mm * rho,
            length_mm=2 * self.half_length_mm * rho,
            area_mm2=math.pi * self.half_width_mm * self.half_length_mm * rho**2,
        )


def rounder(course: Course, *, hangs_together_mm: float, pitch_mm: float) -> Course:
    """The same scar without the ovalness that texture and grid alone give to an outline.

    Texture moves the outline by its ``jitter_mm``, over ``hangs_together_mm`` of it together, which
    makes the shorter axis of a round scar too short and the longer one too long. Whole samples do
    the same: each piece of one sample is off by the spread of an even chance within it.
    """
    if course.straight_mm:
        return course
    radius = math.sqrt(course.half_width_mm * course.half_length_mm)
    oval = math.log(course.half_length_mm / course.half_width_mm)
    pieces = max(2 * math.pi * radius / hangs_together_mm, 4.0)
    samples = max(2 * math.pi * radius / pitch_mm, 4.0)
    # An oval is a wave twice around. Texture that hangs together like a bell has less of it the
    # fewer pieces there are: exp(−k² s²/2) for k = 2 waves and s = √(2π) / pieces.
    texture = course.jitter_mm**2 / pieces * math.exp(-4 * math.pi / pieces**2)
    by_chance = 16 * (texture + pitch_mm**2 / 12 / samples) / radius**2
    left = oval * max(0.0, 1 - by_chance / max(oval**2, 1e-12))
    return replace(
        course,
        half_width_mm=radius * math.exp(-left / 2),
        half_length_mm=radius * math.exp(left / 2),
        # Where texture may have cut the outline, all that is left of the ovalness may be its work.
        oval_sd=math.hypot(
            course.oval_sd, math.sqrt(by_chance / 16), 0.0 if course.is_sure else left / 2
        ),
    )
