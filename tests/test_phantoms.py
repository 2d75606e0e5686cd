"""Phantoms are what they say: the closed-form truth against sums over a fine grid."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cicatrix.bodies import Ball, Nose, Waves
from cicatrix.phantoms import (
    SIZES,
    STANDARD_COUNTS,
    PhantomScar,
    distance,
    make_phantom,
    profile,
    radius_at,
    scatter_scars,
    slope_at,
    standard_phantom,
)

SHAPES = ("cone", "flat", "cosine", "dome")
FINE_MM = 0.01


def scar_of(shape, **known):
    given = {"x_mm": 0.0, "y_mm": 0.0, "radius_mm": 1.3, "depth_mm": 0.4, **known}
    return PhantomScar(shape=shape, type="boxcar", **given)


def over_a_grid(scar, reach_mm):
    """The depth of a scar on a fine grid around the origin."""
    axis = np.arange(-reach_mm, reach_mm, FINE_MM) + FINE_MM / 2
    x, y = np.meshgrid(axis, axis)
    return scar.depth_mm * profile(scar.shape, distance(scar, x, y))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "course",
    [
        {},
        {"length_mm": 5.0, "angle_degrees": 33.0},
        {"length_mm": 6.0, "angle_degrees": 200.0, "bend_mm": 2.5},
        {"depth_mm": -0.4},
    ],
    ids=["round", "straight", "bent", "raised"],
)
def test_volume_in_closed_form_is_the_sum_over_a_fine_grid(shape, course):
    scar = scar_of(shape, **course)
    summed = over_a_grid(scar, 6.0).sum() * FINE_MM**2
    # A midpoint sum over cells of a hundredth of a millimetre: far below a thousandth.
    assert summed == pytest.approx(scar.volume_mm3, rel=1e-3)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bend_mm", [0.0, 2.5])
def test_area_in_closed_form_is_the_count_over_a_fine_grid(shape, bend_mm):
    scar = scar_of(shape, length_mm=6.0, angle_degrees=70.0, bend_mm=bend_mm)
    axis = np.arange(-6.0, 6.0, FINE_MM) + FINE_MM / 2
    x, y = np.meshgrid(axis, axis)
    inside = distance(scar, x, y) < scar.width_mm / (2 * scar.radius_mm)
    # Counting cells of 0.01 mm along some 15 mm of outline is good to about 0.1 %.
    assert inside.sum() * FINE_MM**2 == pytest.approx(scar.area_mm2, rel=2e-3)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_opening_is_the_straight_wall_drawn_up_to_the_skin(shape):
    scar = scar_of(shape)
    at = np.linspace(0, 1, 200_001)
    depth = profile(shape, at)
    upper, lower = (at[np.abs(depth - level).argmin()] for level in (0.3, 0.7))
    slope = (0.7 - 0.3) / (upper - lower)
    opening = upper + 0.3 / slope
    assert scar.width_mm == pytest.approx(2 * scar.radius_mm * opening, rel=1e-4)
    steep = abs(scar.depth_mm) * slope / scar.radius_mm
    assert math.tan(math.radians(scar.wall_degrees)) == pytest.approx(steep, rel=1e-4)
    assert scar.floor_share == pytest.approx(lower / opening, rel=1e-4)


@given(
    shape=st.sampled_from(SHAPES),
    level=st.floats(min_value=0.01, max_value=0.99),
)
def test_radius_at_undoes_the_profile(shape, level):
    at = np.array([radius_at(shape, level)])
    assert profile(shape, at)[0] == pytest.approx(level, abs=1e-9)


def test_relief_and_noise_have_the_spread_asked_for():
    phantom = make_phantom((), seed=3, size_mm=20.0, noise_um=8.0, relief_um=25.0)
    assert phantom.relief_mm.std() == pytest.approx(0.025, rel=1e-9)
    noise = phantom.height_map.height_mm - phantom.skin_mm - phantom.relief_mm
    # 111,000 samples: the spread is known to 0.2 %.
    assert noise.std() == pytest.approx(0.008, rel=0.01)
    assert abs(noise.mean()) < 4 * 0.008 / math.sqrt(noise.size)


def test_without_relief_and_noise_there_is_only_form():
    phantom = make_phantom((), seed=3, size_mm=10.0, noise_um=0.0, relief_um=0.0)
    np.testing.assert_array_equal(phantom.height_map.height_mm, phantom.skin_mm)


def test_a_ball_is_a_ball():
    phantom = make_phantom(
        (), seed=1, size_mm=16.0, curve_mm=0.0, body=Ball(radius_mm=15.0), relief_um=0
    )
    plain = make_phantom((), seed=1, size_mm=16.0, curve_mm=0.0, relief_um=0)
    z = phantom.skin_mm - plain.skin_mm + 15.0
    axis = np.arange(z.shape[0]) * 0.06 - 8.0
    squared = axis[:, None] ** 2 + axis[None, :] ** 2 + z**2
    np.testing.assert_allclose(squared, 15.0**2, rtol=1e-12)


def test_a_nose_bends_as_it_says():
    # Radii across the bridge and along the wings, from three heights each.
    nose, step = Nose(half_width_mm=10.0), 0.1
    for x, y, along_y, radius_mm in [
        (0.0, -8.0, 0, 7.5),
        (12.5, 5.5, 1, 5.0),
        (-12.5, 5.5, 1, 5.0),
    ]:
        steps = np.array([-step, 0.0, step])
        before, top, after = nose(x + steps * (1 - along_y), y + steps * along_y)
        slope = (after - before) / (2 * step)
        bend = (2 * top - before - after) / step**2 / (1 + slope**2) ** 1.5
        assert 1 / bend == pytest.approx(radius_mm, rel=0.1)
    tip = float(nose(np.zeros(1), np.full(1, 4.0))[0])
    assert tip == pytest.approx(14.5, rel=0.05)  # the wings reach a little into the middle
    bridge = nose(np.zeros(3), np.array([-30.0, -10.0, 4.0]))
    assert (np.diff(bridge) > 0).all()


def test_a_scar_is_cut_along_the_normal_of_the_skin():
    # On a plane that rises by 1 in 2 a boxcar's floor lies `depth` under the plane, measured
    # across it, so depth times 1/cos along z.
    tilt = {"size_mm": 20.0, "noise_um": 0.0, "relief_um": 0.0, "curve_mm": 6.0}
    scar = scar_of("flat", x_mm=15.0, y_mm=13.0, depth_mm=0.4)
    with_scar = make_phantom([scar], seed=5, **tilt)
    slope = slope_at(with_scar.skin_mm, 15.0, 13.0, pitch_mm=0.06)
    assert math.hypot(*slope) > 0.3
    below = (with_scar.skin_mm - with_scar.height_map.height_mm)[round(13 / 0.06), round(15 / 0.06)]
    assert below == pytest.approx(0.4 * math.sqrt(1 + slope[0] ** 2 + slope[1] ** 2), rel=1e-9)
    # Its volume does not depend on the tilt: the area seen from above shrinks as z grows.
    volume = (with_scar.skin_mm - with_scar.height_map.height_mm).sum() * 0.06**2
    assert volume == pytest.approx(scar.volume_mm3, rel=2e-3)


def test_the_same_seed_gives_the_same_skin_and_another_another():
    one, same, other = (standard_phantom(seed, pitch_mm=0.3) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.height_map.height_mm, same.height_map.height_mm)
    assert one.scars == same.scars
    assert one.scars != other.scars


def test_standard_scars_keep_their_published_sizes_and_their_distance():
    scars = scatter_scars(STANDARD_COUNTS, seed=11)
    assert len(scars) == 34
    for scar in scars:
        _, radii, depths, lengths = SIZES[scar.type]
        assert radii[0] <= scar.radius_mm <= radii[1]
        assert depths[0] <= scar.depth_mm <= depths[1]
        assert lengths[0] <= scar.length_mm <= lengths[1]
        assert scar.width_mm >= 1.0
        assert abs(scar.depth_mm) >= 0.1
    for one, other in itertools.combinations(scars, 2):
        apart = math.hypot(one.x_mm - other.x_mm, one.y_mm - other.y_mm)
        reach = one.length_mm / 2 + other.length_mm / 2
        if reach == 0:
            assert apart > one.radius_mm + other.radius_mm + 1.0


def test_scars_that_do_not_fit_are_refused_with_a_reason():
    with pytest.raises(ValueError, match="No room for another hypertrophic scar on 12 x 12 mm"):
        scatter_scars({"hypertrophic": 5}, seed=1, size_mm=12.0)
    with pytest.raises(ValueError, match="radius 15 mm does not cover 40"):
        make_phantom((), seed=1, size_mm=40.0, body=Ball(radius_mm=15.0))
    with pytest.raises(ValueError, match="cannot bend more sharply"):
        scar_of("cone", bend_mm=0.5)


@settings(max_examples=20)
@given(bend_mm=st.floats(min_value=3.0, max_value=1e5), angle=st.floats(0, 360))
def test_a_bent_scar_becomes_straight_as_its_arc_grows(bend_mm, angle):
    bent = scar_of("cosine", length_mm=4.0, bend_mm=bend_mm, angle_degrees=angle)
    straight = dataclasses.replace(bent, bend_mm=0.0)
    x, y = np.meshgrid(np.linspace(-2, 2, 21), np.linspace(-2, 2, 21))
    # Half a chord of 2 mm leaves the arc by c²/2R; nothing else differs.
    sag = (4.0 / 2 + 1.3) ** 2 / bend_mm / bent.radius_mm
    np.testing.assert_allclose(distance(bent, x, y), distance(straight, x, y), atol=1.5 * sag)


def test_waves_are_as_long_high_and_tight_as_they_say():
    waves = Waves(height_mm=0.2, length_mm=25.0, direction_degrees=90.0, phase=0.0)
    y = np.linspace(0.0, 25.0, 2501)
    height = waves(np.zeros_like(y), y)
    assert height.max() == pytest.approx(0.2, rel=1e-5)
    assert height[-1] == pytest.approx(height[0], abs=1e-12)
    assert np.ptp(waves(y, np.zeros_like(y))) < 1e-12  # along the crests nothing changes
    bend = np.abs(np.gradient(np.gradient(height, y), y)[5:-5]).max()
    assert 1 / bend == pytest.approx((25.0 / (2 * math.pi)) ** 2 / 0.2, rel=1e-3)


OTHERS = [
    {"shape": "frustum", "floor": 0.6},
    {"shape": "frustum", "floor": 0.8, "length_mm": 3.0, "angle_degrees": 20.0},
    {"shape": "frustum", "oval": 1.8, "angle_degrees": 70.0},
    {"shape": "flat", "ragged": ((2, 0.08, 0.3), (5, 0.06, 2.0))},
    {"shape": "cone", "oval": 1.5, "ragged": ((3, 0.1, 1.0),)},
    {"shape": "bell"},
    {"shape": "bell", "length_mm": 2.0},
]


@pytest.mark.parametrize("known", OTHERS)
def test_other_shapes_have_the_volume_and_opening_of_their_fine_grid(known):
    scar = scar_of(**known)
    axis = np.arange(-7.0, 7.0, FINE_MM) + FINE_MM / 2
    x, y = np.meshgrid(axis, axis)
    share = scar.share(distance(scar, x, y))
    assert scar.depth_mm * share.sum() * FINE_MM**2 == pytest.approx(scar.volume_mm3, rel=1e-3)
    upper, lower = (np.sqrt((share > at).sum()) for at in (0.3, 0.7))
    if not scar.length_mm:
        # Drawn up from both levels: areas go with the square of the distance from the middle.
        opening = (upper + (upper - lower) * 0.75) ** 2 * FINE_MM**2
        assert opening == pytest.approx(scar.area_mm2, rel=2e-3)


def test_an_oval_is_so_many_times_as_long_as_wide_as_its_level_shows():
    scar = scar_of("frustum", oval=1.6, floor=0.7)
    axis = np.arange(-4.0, 4.0, FINE_MM)
    upper = (scar.share(distance(scar, axis, np.zeros_like(axis))) > 0.3).sum()
    across = (scar.share(distance(scar, np.zeros_like(axis), axis)) > 0.3).sum()
    assert upper / across == pytest.approx(1.6, rel=0.01)
    assert scar.whole_length_mm == pytest.approx(1.6 * scar.width_mm)
    assert math.isnan(scar_of("flat", ragged=((3, 0.1, 0.0),)).width_mm)


def test_a_linear_scar_is_neither_oval_nor_ragged():
    with pytest.raises(ValueError, match="Leave out length_mm or these"):
        scar_of("cone", length_mm=2.0, oval=1.5)
