"""Scars that the edge of the scan cuts: what is told of them is of the part that was seen."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from cicatrix.assessing.types import judge_type
from cicatrix.knowledge import load_knowledge
from cicatrix.measuring import measure
from cicatrix.phantoms import PhantomScar, distance, make_phantom, profile
from cicatrix.reporting.measures import likeness
from cicatrix.skin import HeightMap

PITCH_MM, SIZE_MM, MIDDLE_MM = 0.06, 30.0, 12.0


class Case(NamedTuple):
    shape: str
    radius_mm: float
    depth_mm: float
    #: How far the left and the upper edge lie from its middle, in radii; positive: it is inside.
    left: float
    top: float


#: Cut by one edge, and by two, with the middle inside and outside.
CASES = [
    Case("cosine", 3.2, 0.30, 0.55, 9.0),
    Case("cosine", 3.2, 0.30, 0.10, 0.10),
    Case("flat", 1.6, 0.40, 0.50, 9.0),
    Case("flat", 1.6, 0.40, 0.00, 0.40),
    Case("flat", 1.6, 0.40, -0.20, 9.0),
    Case("dome", 1.8, -0.35, 0.20, 9.0),
    Case("dome", 1.8, -0.35, 0.20, -0.20),
    Case("cone", 0.9, 0.70, 0.60, 9.0),
]


def cut(case, seed):
    """The scar behind its edges, and the true area and volume of what is left of it."""
    scar = PhantomScar(
        shape=case.shape, type="", x_mm=MIDDLE_MM, y_mm=MIDDLE_MM,
        radius_mm=case.radius_mm, depth_mm=case.depth_mm,
    )  # fmt: skip
    whole = make_phantom([scar], seed=seed, size_mm=SIZE_MM, pitch_mm=PITCH_MM, curve_mm=0.7)
    first_column, first_row = (
        max(0, round((MIDDLE_MM - side * case.radius_mm) / PITCH_MM))
        for side in (case.left, case.top)
    )
    height = whole.height_map.height_mm[first_row:, first_column:].copy()
    x, y = np.meshgrid(
        *(np.arange(first * PITCH_MM, SIZE_MM, PITCH_MM / 2) for first in (first_column, first_row))
    )
    rho = distance(scar, x, y)
    cell = (PITCH_MM / 2) ** 2
    volume = float((case.depth_mm * profile(case.shape, rho)).sum()) * cell
    area = float((rho < scar.width_mm / 2 / case.radius_mm).sum()) * cell
    found = measure(HeightMap(height_mm=height, pitch_mm=(PITCH_MM, PITCH_MM))).scars
    near = [
        one
        for one in found
        if math.hypot(
            one.x_mm + first_column * PITCH_MM - MIDDLE_MM,
            one.y_mm + first_row * PITCH_MM - MIDDLE_MM,
        )
        < 1.5 * case.radius_mm
    ]
    return scar, near, area, volume


@pytest.mark.parametrize("case", CASES)
def test_what_lies_inside_is_measured_and_the_rest_is_called_a_lower_bound(case):
    scar, near, area_mm2, volume_mm3 = cut(case, seed=910)
    (found,) = near
    assert "touches_edge" in found.flags
    # 3.5 standard errors: once in some 270 numbers, and there are eight.
    assert abs(found.volume_mm3 - volume_mm3) < 3.5 * found.volume_sd_mm3
    # The outline of a part is an ellipse's, which such parts are not: up to a fifth of the area.
    assert found.area_mm2 == pytest.approx(area_mm2, rel=0.2)
    # Lower bounds, each within its error.
    assert found.area_mm2 - scar.area_mm2 < 3 * found.area_sd_mm2
    assert abs(found.depth_mm) - abs(case.depth_mm) < 3 * found.depth_sd_mm
    assert found.width_mm - scar.width_mm < 3 * found.width_sd_mm


@pytest.mark.parametrize("case", CASES)
def test_no_type_is_given_to_what_was_not_seen_whole(case):
    _, near, *_ = cut(case, seed=911)
    judged = judge_type(near[0], knowledge=load_knowledge())
    assert judged.type == "undetermined"
    assert judged.probability == {"undetermined": 1.0}
    assert "edge of the scan" in judged.reasons[0]
    assert "scan it whole" in judged.reasons[0]
    assert math.isnan(likeness(judged))
