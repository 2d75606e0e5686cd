"""Real scans, against the facts that were published with them (tests/data/*/SOURCE.md)."""

import numpy as np
import pytest
from tests.capturing.samples import DATA

from cicatrix.capturing import read_scan
from cicatrix.skin import CaptureError, HeightMap, Mesh

GROOVE = DATA / "gelsight_groove" / "heightmap.tmd"
LAND = DATA / "x3p_bullet_land" / "sample-land.x3p"
TERRAIN = DATA / "lidar_depression_dem" / "dem.tif"
HEAD = DATA / "lee_perry_smith_head" / "LeePerrySmith.glb"


def test_the_groove_has_the_published_size_pitch_and_range():
    groove = read_scan(GROOVE)
    assert isinstance(groove, HeightMap)
    assert groove.height_mm.shape == (514, 616)
    # scan.yaml, written by the sensor's software; the header holds lengths as float32.
    assert groove.pitch_mm == pytest.approx((0.027458113509339,) * 2, rel=1e-6)
    # The field is columns × pitch, published as 16.91 × 14.11 mm.
    assert 616 * groove.pitch_mm[0] == pytest.approx(16.91, abs=0.005)
    assert 514 * groove.pitch_mm[1] == pytest.approx(14.11, abs=0.005)
    assert groove.height_mm.min() == pytest.approx(-0.289, abs=5e-4)
    assert groove.height_mm.max() == pytest.approx(0.144, abs=5e-4)
    assert groove.missing_fraction == 0


def test_the_groove_lies_under_the_line_that_its_maker_drew():
    """scan.yaml has one line across the groove, in pixels from 1: (220, 259) to (368, 257)."""
    groove = read_scan(GROOVE)
    along = groove.height_mm[257, 219:368]
    floor, ends = along[50:100].min(), np.median(along[[0, 1, 2, -3, -2, -1]])
    # The groove is a fraction of a millimetre deep; transposed or turned over, the line meets
    # the flat plate, whose height varies by hundredths.
    assert ends - floor > 0.1
    turned = groove.height_mm[::-1, ::-1].T
    assert np.ptp(turned[257, 219:368]) < ends - floor


def test_the_bullet_land_has_the_published_size_range_and_missing_share():
    land = read_scan(LAND)
    assert land.height_mm.shape == (256, 918)
    assert land.pitch_mm == pytest.approx((0.00258, 0.00258))
    assert land.size_mm == pytest.approx((2.37, 0.66), abs=0.005)
    assert np.nanmin(land.height_mm) * 1000 == pytest.approx(-79.5, abs=0.05)
    assert np.nanmax(land.height_mm) * 1000 == pytest.approx(52.5, abs=0.05)
    assert land.missing_fraction == pytest.approx(0.108, abs=5e-4)
    assert "Sensofar" in land.known["instrument"]


def test_the_terrain_is_read_in_metres_when_they_are_said_to_be_metres():
    terrain = read_scan(TERRAIN, unit="m")
    assert terrain.height_mm.shape == (400, 400)
    assert terrain.pitch_mm == pytest.approx((1000, 1000))
    assert terrain.height_mm.min() == pytest.approx(379_660, abs=5)
    assert terrain.height_mm.max() == pytest.approx(410_760, abs=5)


def test_the_terrain_is_not_given_another_pitch_than_its_own():
    with pytest.raises(CaptureError, match="1000 × 1000 mm apart, and the pitch 1 mm was given"):
        read_scan(TERRAIN, pitch_mm=1.0, unit="m")


def test_the_head_has_the_published_size_at_its_published_scale():
    head = read_scan(HEAD, mm_per_unit=52)
    assert isinstance(head, Mesh)
    assert head.vertices_mm.shape == (9279, 3)
    assert head.faces.shape == (17684, 3)
    assert head.uv.shape == (9279, 2)
    # Published as about 445 × 413 × 269 mm.
    assert np.ptp(head.vertices_mm, axis=0) == pytest.approx([445, 413, 269], abs=1)
