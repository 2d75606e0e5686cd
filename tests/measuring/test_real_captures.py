"""Real captures, each beside a second way of reading it that shares no code with ours."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from skimage.morphology import reconstruction

from cicatrix.capturing import read_scan
from cicatrix.measuring import measure

DATA = Path(__file__).parents[1] / "data"


def test_the_groove_has_the_depth_and_width_of_a_profile_levelled_by_hand():
    """The line across the groove that its maker drew: pixels 220 to 368 of row 258."""
    groove = read_scan(DATA / "gelsight_groove" / "heightmap.tmd")
    profile = groove.height_mm[257, 219:369]
    x_mm = np.arange(len(profile)) * groove.pitch_mm[0]
    shoulders = np.r_[0:20, len(profile) - 20 : len(profile)]
    level = np.polyval(np.polyfit(x_mm[shoulders], profile[shoulders], 1), x_mm)
    depth = level - profile
    by_hand_mm = float(np.percentile(depth, 95))
    half = np.flatnonzero(depth > by_hand_mm / 2)
    width_at_half_mm = (half[-1] - half[0]) * groove.pitch_mm[0]
    row_mm = 257 * groove.pitch_mm[1]
    found = [
        scar
        for scar in measure(groove).scars
        if x_mm.min() < scar.x_mm - 219 * groove.pitch_mm[0] < x_mm.max() and scar.depth_mm > 0
    ]
    assert found, row_mm
    scar = max(found, key=lambda one: one.volume_mm3)
    # The profile is one line of many and its shoulders are taken as flat: a tenth for that.
    assert scar.depth_mm == pytest.approx(by_hand_mm, rel=0.12)
    # Ours is the opening and the profile's the width at half depth, which is smaller.
    assert 0.9 * width_at_half_mm < scar.width_mm < 2.0 * width_at_half_mm


def test_the_great_basin_of_the_terrain_is_found():
    """Metres read as millimetres: the basin that a flood fill finds is a very wide scar."""
    terrain = read_scan(DATA / "lidar_depression_dem" / "dem.tif", mm_per_unit=1.0)
    scaled = dataclasses.replace(terrain, height_mm=terrain.height_mm, pitch_mm=(1.0, 1.0))
    height = scaled.height_mm
    seed = height.copy()
    seed[1:-1, 1:-1] = np.nanmax(height)
    water = reconstruction(seed, height, method="erosion") - height
    lakes, _ = ndimage.label(water > 0)
    volumes = ndimage.sum_labels(water, lakes, index=np.arange(1, lakes.max() + 1))
    lake = int(np.argmax(volumes)) + 1
    row, column = ndimage.center_of_mass(lakes == lake)
    near = [
        s for s in measure(scaled).scars
        if s.depth_mm > 0 and np.hypot(s.x_mm - column, s.y_mm - row) < 60
    ]  # fmt: skip
    assert near


def test_the_bullet_land_is_read_with_its_holes():
    land = read_scan(DATA / "x3p_bullet_land" / "sample-land.x3p")
    assert land.missing_fraction == pytest.approx(0.108, abs=0.002)
    assert np.isfinite(measure(land).surface["sa_um"])
