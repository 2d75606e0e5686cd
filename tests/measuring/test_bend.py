"""Skin that bends tightly carries a doubt: balls and barrels whose radius is known."""

from __future__ import annotations

import numpy as np
import pytest

from cicatrix.measuring import measure
from cicatrix.phantoms import standard_phantom
from cicatrix.skin import HeightMap

PITCH_MM, SIDE_MM, NOISE_MM = 0.08, 24.0, 0.01


def bent(radius_mm, *, along_y):
    count = round(SIDE_MM / PITCH_MM)
    y, x = (np.mgrid[:count, :count] - count / 2) * PITCH_MM
    height = np.sqrt(radius_mm**2 - x**2 - along_y * y**2) - radius_mm
    noise = np.random.default_rng(1).normal(0, NOISE_MM, height.shape)
    return HeightMap(height_mm=height + noise, pitch_mm=(PITCH_MM, PITCH_MM))


@pytest.mark.parametrize("along_y", [0.0, 1.0], ids=["barrel", "ball"])
@pytest.mark.parametrize(("radius_mm", "flagged"), [(18, True), (27, True), (33, False)])
def test_a_radius_below_thirty_millimetres_is_a_doubt(radius_mm, flagged, along_y):
    """The level of the skin is smooth, so that its bend is told to a tenth on either side."""
    assert ("tightly_curved" in measure(bent(radius_mm, along_y=along_y)).flags) == flagged


def test_a_cheek_bends_gently_enough_even_with_scars():
    # The standard phantom bulges by 3 mm over 60 mm: a radius of 150 mm.
    assert "tightly_curved" not in measure(standard_phantom(3).height_map).flags


@pytest.mark.parametrize(("side_mm", "flagged"), [(29, True), (31, False)])
def test_a_narrow_field_is_a_doubt(side_mm, flagged):
    rng = np.random.default_rng(2)
    height = rng.normal(0, NOISE_MM, (round(35 / 0.1), round(side_mm / 0.1)))
    found = measure(HeightMap(height_mm=height, pitch_mm=(0.1, 0.1)))
    assert ("small_field" in found.flags) == flagged
