"""What must not change a measurement, and what must change it by a known factor."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cicatrix.measuring import measure
from cicatrix.phantoms import make_phantom, scatter_scars
from cicatrix.skin import HeightMap

SIZE_MM, PITCH_MM = 26.0, 0.06
COUNTS = {"ice_pick": 2, "boxcar": 3, "rolling": 1, "linear": 1, "papular": 2}


@pytest.fixture(scope="module")
def phantom():
    scars = scatter_scars(COUNTS, seed=5, size_mm=SIZE_MM)
    return make_phantom(scars, seed=9, size_mm=SIZE_MM, curve_mm=1.0)


@pytest.fixture(scope="module")
def scars(phantom):
    found = measure(phantom.height_map).scars
    assert len(found) == len(phantom.scars)
    return found


def measured(height_mm, pitch_mm=(PITCH_MM, PITCH_MM)):
    return measure(HeightMap(height_mm=height_mm, pitch_mm=pitch_mm)).scars


def assert_same(before, after, *, place, scale=1.0, spreads):
    """Each scar again, at its place, within so many of the standard errors of both together."""
    assert len(before) == len(after)
    for one in before:
        x, y = place(one.x_mm, one.y_mm)
        other = min(after, key=lambda scar: math.hypot(scar.x_mm - x, scar.y_mm - y))
        for name, power in (("depth_mm", 1), ("width_mm", 1), ("volume_mm3", 3)):
            sd = name.replace("_mm", "_sd_mm")
            factor = scale**power
            apart = abs(getattr(one, name) * factor - getattr(other, name))
            error = math.hypot(getattr(one, sd) * factor, getattr(other, sd))
            assert apart <= spreads * error, (name, one, other)


def stays(x, y):
    return x, y


@settings(max_examples=3)
@given(lift_mm=st.floats(min_value=-1e4, max_value=1e4))
def test_lifting_the_scan_changes_nothing(phantom, scars, lift_mm):
    # Only rounding: 1e4 mm leaves 1e-12 mm of a double.
    assert_same(scars, measured(phantom.height_map.height_mm + lift_mm), place=stays, spreads=1e-3)


@settings(max_examples=4)
@given(x=st.floats(min_value=-0.25, max_value=0.25), y=st.floats(min_value=-0.25, max_value=0.25))
def test_adding_a_plane_leaves_volumes_and_foreshortens_depths(phantom, scars, x, y):
    rows, columns = np.indices(phantom.height_map.height_mm.shape) * PITCH_MM
    after = measured(phantom.height_map.height_mm + x * columns + y * rows)
    assert len(after) == len(scars)
    for one, other in zip(scars, after, strict=True):
        # The same samples, so far less than a standard error may be lost to the coordinates.
        assert other.volume_mm3 == pytest.approx(one.volume_mm3, abs=0.3 * one.volume_sd_mm3)
        shorter = math.hypot(1, *slope_of(phantom, one)) / math.hypot(
            1, slope_of(phantom, one)[0] + x, slope_of(phantom, one)[1] + y
        )
        assert other.depth_mm == pytest.approx(
            one.depth_mm * shorter, abs=0.6 * one.depth_sd_mm + 0.002 * abs(one.depth_mm)
        )


def slope_of(phantom, scar):
    row, column = round(scar.y_mm / PITCH_MM), round(scar.x_mm / PITCH_MM)
    rise_y, rise_x = np.gradient(phantom.skin_mm, PITCH_MM)
    return rise_x[row, column], rise_y[row, column]


def turned(height_mm, degrees):
    """The same skin seen from a direction turned about y, over its own regular grid."""
    turn = math.radians(degrees)
    columns = np.arange(height_mm.shape[1]) * PITCH_MM
    across = columns * math.cos(turn) + height_mm * math.sin(turn)
    up = -columns * math.sin(turn) + height_mm * math.cos(turn)
    grid = columns * math.cos(turn)
    return np.stack([np.interp(grid, a, u) for a, u in zip(across, up, strict=True)])


@pytest.mark.parametrize("degrees", [-25.0, 12.0, 25.0])
def test_tilting_the_scan_changes_nothing(degrees):
    # Walls under 60 degrees, so that the tilted skin hides nothing of itself.
    gentle = [
        dataclasses.replace(
            scar, depth_mm=math.copysign(min(abs(scar.depth_mm), 0.2), scar.depth_mm)
        )
        for scar in scatter_scars(
            {"boxcar": 3, "rolling": 2, "papular": 2}, seed=8, size_mm=SIZE_MM
        )
    ]
    phantom = make_phantom(gentle, seed=9, size_mm=SIZE_MM, curve_mm=0.5)
    before = measure(phantom.height_map).scars
    turn = math.radians(degrees)
    after = measured(
        turned(phantom.height_map.height_mm, degrees), (PITCH_MM * math.cos(turn), PITCH_MM)
    )
    # Interpolating between samples smooths the noise a little; hence not less than one spread.
    assert_same(before, after, place=lambda x, y: (x * math.cos(turn), y), spreads=1.2)


def test_mirroring_changes_nothing(phantom, scars):
    after = measured(phantom.height_map.height_mm[:, ::-1])
    # Averaged squares begin at the other side, so the reference moves within its error.
    assert_same(scars, after, place=lambda x, y: (SIZE_MM - x, y), spreads=0.5)


def test_transposing_changes_nothing(phantom, scars):
    after = measured(phantom.height_map.height_mm.T)
    assert_same(scars, after, place=lambda x, y: (y, x), spreads=0.05)


def test_cropping_far_from_a_scar_changes_nothing(phantom, scars):
    rows = phantom.height_map.height_mm.shape[0] * 2 // 3
    kept = [scar for scar in scars if scar.y_mm + scar.length_mm < rows * PITCH_MM - 1.5]
    assert len(kept) >= 3
    after = [
        scar
        for scar in measured(phantom.height_map.height_mm[:rows])
        if "touches_edge" not in scar.flags
    ]
    near = [
        min(after, key=lambda other: math.hypot(other.x_mm - scar.x_mm, other.y_mm - scar.y_mm))
        for scar in kept
    ]
    assert_same(kept, near, place=stays, spreads=0.7)


@pytest.mark.parametrize("steps", [(2, 2), (1, 2), (2, 1)])
def test_a_finer_or_coarser_grid_over_the_same_skin_changes_nothing(phantom, scars, steps):
    coarse = phantom.height_map.height_mm[:: steps[0], :: steps[1]]
    after = measured(coarse, (steps[1] * PITCH_MM, steps[0] * PITCH_MM))
    # Half or a quarter of the samples: new noise in the same relief. Of 27 numbers the one that
    # moves most moves by some two standard errors.
    assert_same(scars, after, place=stays, spreads=2.5)


def test_doubling_all_lengths_multiplies_volumes_by_eight(phantom, scars):
    after = measured(2 * phantom.height_map.height_mm, (2 * PITCH_MM, 2 * PITCH_MM))
    # The reference is the one for skin of double size: within both errors.
    assert_same(scars, after, place=lambda x, y: (2 * x, 2 * y), scale=2.0, spreads=1.7)


def test_turning_hollows_into_rises_changes_only_the_sign(phantom, scars):
    after = measured(-phantom.height_map.height_mm)
    assert len(after) == len(scars)
    for one, other in zip(scars, after, strict=True):
        assert other.depth_mm == pytest.approx(-one.depth_mm, rel=1e-6)
        assert other.volume_mm3 == pytest.approx(-one.volume_mm3, rel=1e-6)
        assert other.area_mm2 == pytest.approx(one.area_mm2, rel=1e-6)


def test_the_input_is_not_touched(phantom):
    before = phantom.height_map.height_mm.copy()
    measure(phantom.height_map)
    np.testing.assert_array_equal(phantom.height_map.height_mm, before)
