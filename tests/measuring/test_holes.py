"""What was not measured is not made up: holes in scars, rings, and what no wall explains."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from cicatrix.assessing.types import judge_types
from cicatrix.knowledge import load_knowledge
from cicatrix.measuring import measure
from cicatrix.measuring.holes import has_holes
from cicatrix.phantoms import PhantomScar, make_phantom, scatter_scars

#: Where holes lie from the middle of a scar, as a share of its radius.
OFF = (0.0, 0.25, 0.5, 0.75, 1.0, 1.2, 1.4, 1.6, 1.9)
PITCH_MM = 0.06


def nine_scars(shape, *, radius_mm, depth_mm):
    apart = 2 * radius_mm + 5.0
    places = [
        (radius_mm + 5 + apart * j, radius_mm + 5 + apart * i) for i in (0, 1, 2) for j in (0, 1, 2)
    ]
    return [
        PhantomScar(shape=shape, type="", x_mm=x, y_mm=y, radius_mm=radius_mm, depth_mm=depth_mm)
        for x, y in places
    ]  # fmt: skip


def with_holes(height_map, scars, *, share, seed):
    """One round hole of a share of its radius for every scar, farther and farther off."""
    height = height_map.height_mm.copy()
    y, x = np.indices(height.shape) * PITCH_MM
    for number, (scar, off) in enumerate(zip(scars, OFF, strict=True)):
        turn, far = 0.7 * number + seed, off * scar.radius_mm
        away = np.hypot(
            x - scar.x_mm - far * math.cos(turn), y - scar.y_mm - far * math.sin(turn)
        )  # fmt: skip
        height[away < share * scar.radius_mm] = np.nan
    return dataclasses.replace(height_map, height_mm=height)


#: As in other tests of many intervals: four standard errors off is once in 16,000 of them.
FARTHEST = 4.0


@pytest.mark.parametrize("share", [0.2, 0.35, 0.5, 0.7])
@pytest.mark.parametrize(
    ("shape", "radius_mm", "depth_mm"),
    [("flat", 1.5, 0.4), ("cone", 0.8, 1.0), ("cosine", 3.0, 0.35)],
)
def test_a_hole_leaves_the_truth_inside_or_says_that_it_is_a_bound(
    shape, radius_mm, depth_mm, share
):
    scars = nine_scars(shape, radius_mm=radius_mm, depth_mm=depth_mm)
    size = 3 * (2 * radius_mm + 5.0) + 5.0
    phantom = make_phantom(scars, seed=71, size_mm=size, curve_mm=1.0)
    found = measure(with_holes(phantom.height_map, scars, share=share, seed=1)).scars
    for truth, off in zip(scars, OFF, strict=True):
        near = [
            one for one in found
            if math.hypot(one.x_mm - truth.x_mm, one.y_mm - truth.y_mm) < radius_mm
        ]  # fmt: skip
        assert near, off
        flags = {flag for one in near for flag in one.flags}
        bound, floor = {"rim_missing", "no_wall"} & flags, {"floor_missing"} & flags
        one = max(near, key=lambda scar: scar.volume_mm3)
        told = {
            "depth": (one.depth_mm, one.depth_sd_mm, truth.depth_mm, bound | floor),
            "width": (one.width_mm, one.width_sd_mm, truth.width_mm, bound),
            "length": (one.length_mm, one.length_sd_mm, truth.width_mm, bound),
            "area": (one.area_mm2, one.area_sd_mm2, truth.area_mm2, bound),
            "volume": (one.volume_mm3, one.volume_sd_mm3, truth.volume_mm3, bound),
        }  # fmt: skip
        for name, (value, sd, true, is_bound) in told.items():
            if math.isnan(value):
                assert bound, (name, off)
                continue
            assert value < true + FARTHEST * sd, (name, off, flags)
            assert is_bound or value > true - FARTHEST * sd, (name, off, flags)


def test_a_scar_cut_by_a_hole_has_no_type_and_the_reason_says_why():
    scars = nine_scars("flat", radius_mm=1.5, depth_mm=0.4)
    phantom = make_phantom(scars, seed=72, size_mm=29.0, curve_mm=1.0)
    catalogue = measure(with_holes(phantom.height_map, scars, share=0.7, seed=2))
    assert "holes" in catalogue.flags
    judged = judge_types(catalogue, knowledge=load_knowledge())
    cut = [scar for scar in catalogue.scars if "rim_missing" in scar.flags]
    assert cut
    for scar in cut:
        assert judged[scar.label].type == "undetermined"
        assert "hole of the scan" in judged[scar.label].reasons[0]


def test_holes_at_the_border_or_narrower_than_scars_hide_none():
    there = np.ones((200, 200), bool)
    assert not has_holes(there, (PITCH_MM, PITCH_MM))
    there[:60, :60] = False
    there[100:110, 100:180] = False  # 0.6 mm wide, as a hair with its shadow
    assert not has_holes(there, (PITCH_MM, PITCH_MM))
    there[150:170, 150:170] = False
    assert has_holes(there, (PITCH_MM, PITCH_MM))


def ring_map(*, seed, radius_mm=4.0, half_width_mm=0.8, depth_mm=0.3):
    """A ring-shaped depression with a raised-cosine wall over its whole half width."""
    phantom = make_phantom((), seed=seed, size_mm=36.0, curve_mm=1.0)
    y, x = np.indices(phantom.height_map.height_mm.shape) * PITCH_MM
    away = np.abs(np.hypot(x - 18.0, y - 18.0) - radius_mm) / half_width_mm
    groove = depth_mm * 0.5 * (1 + np.cos(np.pi * np.minimum(away, 1.0)))
    return dataclasses.replace(phantom.height_map, height_mm=phantom.height_map.height_mm - groove)


@pytest.mark.parametrize("seed", [5, 6, 7, 8])
def test_a_ring_is_measured_along_its_course(seed):
    (ring,) = measure(ring_map(seed=seed)).scars
    around = 2 * math.pi * 4.0
    # The wall of a raised cosine between 30 and 70 %, drawn up: see PhantomScar.width_mm.
    width = PhantomScar(
        shape="cosine", type="", x_mm=0, y_mm=0, radius_mm=0.8, depth_mm=0.3
    ).width_mm  # fmt: skip
    assert ring.depth_mm == pytest.approx(0.3, rel=0.05)
    assert ring.width_mm == pytest.approx(width, rel=0.05)
    assert ring.length_mm == pytest.approx(around, rel=0.05)
    assert ring.area_mm2 == pytest.approx(around * width, rel=0.05)
    # Pappus: the section of a raised cosine times the way of its middle.
    assert ring.volume_mm3 == pytest.approx(around * 0.3 * 0.8, rel=0.05)


def test_a_region_beyond_doubt_is_kept_though_no_wall_explains_it():
    """A pit of which a hole left a rim: no depth, but not silence."""
    scar = PhantomScar(shape="cone", type="", x_mm=15, y_mm=15, radius_mm=0.8, depth_mm=1.0)
    phantom = make_phantom((scar,), seed=9, size_mm=30.0, curve_mm=1.0)
    height = phantom.height_map.height_mm.copy()
    y, x = np.indices(height.shape) * PITCH_MM
    height[np.hypot(x - 15, y - 15) < 0.58] = np.nan
    catalogue = measure(dataclasses.replace(phantom.height_map, height_mm=height))
    (found,) = catalogue.scars
    assert {"missing_inside", "no_wall"} <= set(found.flags)
    assert math.isnan(found.depth_mm)
    assert 0 < found.volume_mm3 < scar.volume_mm3
    judged = judge_types(catalogue, knowledge=load_knowledge())
    assert judged[found.label].type == "undetermined"


@pytest.mark.parametrize("mark", [-9999.0, 9999.0, -3.4e38])
@pytest.mark.parametrize("shape", [(1, 1), (3, 4), (12, 12)])
def test_numbers_that_mark_what_was_not_measured_are_no_skin(mark, shape):
    """They lie farther off than the field is wide: as if they were left out, whatever they are."""
    phantom = make_phantom(scatter_scars({"boxcar": 3}, seed=2, size_mm=30), seed=2, size_mm=30)
    heights = [phantom.height_map.height_mm.astype(float) for _ in (mark, np.nan)]
    for height, number in zip(heights, (mark, np.nan), strict=True):
        height[300 : 300 + shape[0], 100 : 100 + shape[1]] = number
    marked, missing = (
        measure(dataclasses.replace(phantom.height_map, height_mm=height)) for height in heights
    )
    assert repr(marked.scars) == repr(missing.scars)
