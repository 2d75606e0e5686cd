"""Skin that bends is followed, and carries a doubt where it bends like the wing of a nose."""

from __future__ import annotations

import numpy as np
import pytest

from cicatrix.bodies import Nose, Waves, flat
from cicatrix.measuring import measure
from cicatrix.measuring.bend import bent_area_mm2
from cicatrix.phantoms import (
    PhantomScar,
    make_phantom,
    scatter_scars,
    standard_phantom,
)
from cicatrix.skin import HeightMap

PITCH_MM, NOISE_MM = 0.08, 0.01


def bent(radius_mm, *, along_y):
    count = round(1.4 * radius_mm / PITCH_MM)
    y, x = (np.mgrid[:count, :count] - count / 2) * PITCH_MM
    height = np.sqrt(radius_mm**2 - x**2 - along_y * y**2) - radius_mm
    noise = np.random.default_rng(1).normal(0, NOISE_MM, height.shape)
    return HeightMap(height_mm=height + noise, pitch_mm=(PITCH_MM, PITCH_MM))


@pytest.mark.parametrize("along_y", [0.0, 1.0], ids=["barrel", "ball"])
@pytest.mark.parametrize("radius_mm", [5.0, 10.0, 30.0, 100.0])
def test_the_bend_of_balls_and_barrels_is_their_radius(radius_mm, along_y):
    # A field on which they rise by 20 degrees at most, in steps of a fortieth of the radius: the
    # third and fourth derivative over such steps change the bend by a few hundredths.
    apart = radius_mm / 40
    y, x = np.mgrid[-8:9, -8:9] * apart
    level = np.sqrt(radius_mm**2 - x**2 - along_y * y**2)
    inner = 13 * 13 * apart**2
    for factor, bent in ((1.05, inner), (0.95, 0.0)):
        area = bent_area_mm2(level, (apart, apart), radius_mm=factor * radius_mm)
        assert area == pytest.approx(bent)
    # Hollow is as tight as bulging, and lying on its side as standing.
    for turned in (-level, level.T, level + 3.0):
        assert bent_area_mm2(turned, (apart, apart), radius_mm=1.05 * radius_mm) == inner


@pytest.mark.parametrize(("radius_mm", "flagged"), [(8.5, True), (12.0, False)])
def test_a_bend_like_the_wing_of_a_nose_is_a_doubt(radius_mm, flagged):
    """Whatever is so tight is followed so closely that wide raised scars may be taken for it."""
    assert ("tightly_curved" in measure(bent(radius_mm, along_y=0.0)).flags) == flagged


def test_a_cheek_bends_gently_enough_even_with_scars():
    # The standard phantom bulges by 3 mm over 60 mm: a radius of 150 mm.
    assert "tightly_curved" not in measure(standard_phantom(3).height_map).flags


@pytest.mark.parametrize(("side_mm", "flagged"), [(29, True), (31, False)])
def test_a_narrow_field_is_a_doubt(side_mm, flagged):
    rng = np.random.default_rng(2)
    height = rng.normal(0, NOISE_MM, (round(35 / 0.1), round(side_mm / 0.1)))
    found = measure(HeightMap(height_mm=height, pitch_mm=(0.1, 0.1)))
    assert ("small_field" in found.flags) == flagged


SMALL_SCARS = {"ice_pick": 3, "boxcar": 3, "rolling": 1, "papular": 1}


@pytest.mark.parametrize("half_width_mm", [9.0, 12.0])
def test_scars_on_a_nose_are_found_and_nothing_else(half_width_mm):
    """A small and a large nose; before bends were followed, three scars in five were missed."""
    scars = scatter_scars(SMALL_SCARS, seed=31, size_mm=36.0)
    nose = Nose(half_width_mm=half_width_mm)
    phantom = make_phantom(scars, seed=32, size_mm=36.0, curve_mm=1.0, body=nose)
    found = measure(phantom.height_map).scars
    assert len(found) == len(scars)
    for scar in scars:
        near = min(found, key=lambda one: np.hypot(one.x_mm - scar.x_mm, one.y_mm - scar.y_mm))
        assert np.hypot(near.x_mm - scar.x_mm, near.y_mm - scar.y_mm) < 0.3 * scar.radius_mm
        assert abs(near.depth_mm - scar.depth_mm) < 4 * near.depth_sd_mm  # once in 16,000


#: From a fold at the mouth to the sway of a cheek: tightest bends of 43 to 405 mm.
WAVES = [
    Waves(height_mm=height, length_mm=length, direction_degrees=direction, phase=phase)
    for height, length in ((0.15, 16.0), (0.1, 20.0), (0.15, 28.0), (0.2, 40.0), (0.1, 40.0))
    for direction, phase in ((0.0, 0.0), (45.0, 2.0), (70.0, 4.0), (115.0, 5.0))
]


@pytest.mark.slow
def test_clear_skin_in_long_waves_is_clear():
    """Corners of such waves were taken for scars on half of these maps, up to half a mm deep."""
    found = [
        (waves, measure(make_phantom((), seed=40 + n, size_mm=40.0, body=waves).height_map).scars)
        for n, waves in enumerate(WAVES)
    ]
    wrong = [(waves, scars) for waves, scars in found if scars]
    assert len(wrong) <= 0.05 * len(WAVES), wrong


@pytest.mark.parametrize("length_mm", [18.0, 28.0])
def test_scars_on_waves_are_found_and_nothing_else(length_mm):
    scars = scatter_scars(SMALL_SCARS, seed=33, size_mm=40.0)
    waves = Waves(height_mm=0.15, length_mm=length_mm, direction_degrees=20.0, phase=0.5)
    phantom = make_phantom(scars, seed=34, size_mm=40.0, body=waves)
    found = measure(phantom.height_map).scars
    assert len(found) == len(scars)
    for scar in scars:
        near = min(found, key=lambda one: np.hypot(one.x_mm - scar.x_mm, one.y_mm - scar.y_mm))
        assert abs(near.depth_mm - scar.depth_mm) < 4 * near.depth_sd_mm  # once in 16,000


def keloid_on(body, *, radius_mm, depth_mm):
    keloid = PhantomScar(
        shape="dome",
        type="hypertrophic",
        x_mm=22.0,
        y_mm=20.0,
        radius_mm=radius_mm,
        depth_mm=depth_mm,
    )
    phantom = make_phantom([keloid], seed=5, size_mm=44.0, pitch_mm=0.1, body=body)
    (found,) = measure(phantom.height_map).scars
    return keloid, found


def test_a_raised_scar_on_a_nose_is_not_taken_for_its_form():
    keloid, found = keloid_on(Nose(half_width_mm=20.0), radius_mm=6.0, depth_mm=-2.0)
    assert found.depth_mm == pytest.approx(keloid.depth_mm, abs=4 * found.depth_sd_mm)
    assert found.width_mm == pytest.approx(keloid.width_mm, abs=4 * found.width_sd_mm)


def test_what_is_as_wide_as_a_nose_may_be_one():
    keloid, found = keloid_on(flat, radius_mm=10.0, depth_mm=-5.0)
    assert found.depth_mm == pytest.approx(keloid.depth_mm, abs=4 * found.depth_sd_mm)
    assert "wide_as_form" in found.flags
    # The nose of a baby is taken for a raised scar on a cheek, or what it has of wings for two,
    # but not without a word.
    for half_width_mm in (4.0, 5.0):
        nose = Nose(half_width_mm=half_width_mm)
        baby = make_phantom((), seed=6, size_mm=44.0, pitch_mm=0.1, body=nose)
        told = measure(baby.height_map)
        wide = any("wide_as_form" in one.flags for one in told.scars)
        assert wide or "tightly_curved" in told.flags


def test_clear_skin_on_a_nose_is_clear():
    phantom = make_phantom((), seed=8, size_mm=36.0, body=Nose(half_width_mm=10.0))
    assert measure(phantom.height_map).scars == ()
