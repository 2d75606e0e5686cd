"""Real captures, each beside a second way of reading it that shares no code with ours."""

import heapq
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from scipy import ndimage

from cicatrix.capturing import read_scan
from cicatrix.capturing.quality import judge_height_map
from cicatrix.measuring import measure
from cicatrix.skin import HeightMap

DATA = Path(__file__).parents[1] / "data"

# --- The groove -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def groove():
    return read_scan(DATA / "gelsight_groove" / "heightmap.tmd")


def by_hand(height_mm, x_mm):
    """Depth and opening of a profile across the groove, as a person with a ruler reads them.

    A straight line through 0.7 mm of either shoulder is the skin. The depth is the middle one of
    the floor. Each wall is a straight line between 30 and 70 % of the depth, and the opening lies
    where these lines meet the skin, as for step heights.
    """
    shoulders = (x_mm < x_mm[0] + 0.7) | (x_mm > x_mm[-1] - 0.7)
    skin = np.polyval(np.polyfit(x_mm[shoulders], height_mm[shoulders], 1), x_mm)
    depth = skin - height_mm
    depth_mm = np.median(depth[depth > 0.8 * depth.max()])

    def crossings(level):
        below = np.flatnonzero(depth > level * depth_mm)
        first, last = below[0], below[-1]
        left = np.interp(level * depth_mm, depth[[first - 1, first]], x_mm[[first - 1, first]])
        right = np.interp(level * depth_mm, depth[[last + 1, last]], x_mm[[last + 1, last]])
        return np.array([left, right])

    high, low = crossings(0.3), crossings(0.7)
    left, right = high + (high - low) * 0.3 / 0.4
    return float(depth_mm), float(right - left)


def the_groove_of(height_map):
    """The scar whose middle lies where scan.yaml draws its line: around 8 mm from the left."""
    [scar] = [s for s in measure(height_map).scars if 7.0 < s.x_mm < 9.0 and s.depth_mm > 0]
    return scar


def test_the_groove_is_as_deep_as_the_line_that_its_maker_drew_shows(groove):
    """scan.yaml: from (220.25, 258.75) to (368.00, 257.25), in pixels from 1."""
    x, y = np.linspace(219.25, 367.0, 600), np.linspace(257.75, 256.25, 600)
    along = ndimage.map_coordinates(groove.height_mm, [y, x], order=1)
    depth_mm, opening_mm = by_hand(along, np.hypot(x - x[0], y - y[0]) * groove.pitch_mm[0])
    # 2 mm of the scan to either side of the line, in which the groove is as deep as on it.
    around = HeightMap(height_mm=groove.height_mm[257 - 73 : 258 + 73], pitch_mm=groove.pitch_mm)
    scar = the_groove_of(around)
    # The gel has no noise to speak of, so the doubt is the one of the skin above the groove.
    assert scar.depth_mm == pytest.approx(depth_mm, abs=3 * scar.depth_sd_mm)
    assert 3 * scar.depth_sd_mm < 0.06 * depth_mm
    whole = the_groove_of(groove)
    assert whole.width_mm == pytest.approx(opening_mm, abs=3 * whole.width_sd_mm)
    assert 3 * whole.width_sd_mm < 0.05 * opening_mm


def test_the_groove_as_a_whole_is_the_mean_of_its_profiles(groove):
    """The gel sags, so the groove is 0.177 to 0.203 mm deep from end to end."""
    x_mm = np.arange(190) * groove.pitch_mm[0]
    profiles = [by_hand(row[200:390], x_mm) for row in groove.height_mm[::4]]
    depths, openings = np.array(profiles).T
    scar = the_groove_of(groove)
    assert scar.depth_mm == pytest.approx(depths.mean(), abs=3 * scar.depth_sd_mm)
    assert scar.width_mm == pytest.approx(openings.mean(), abs=3 * scar.width_sd_mm)
    # It runs from end to end, so its middle is that of the field, to a hundredth of its length.
    assert scar.y_mm == pytest.approx(groove.size_mm[1] / 2, abs=0.01 * groove.size_mm[1])
    assert "touches_edge" in scar.flags


# --- The terrain ----------------------------------------------------------------------------

#: One metre of the terrain becomes so many mm, which makes its great basin 6 mm wide.
MM_PER_METRE = 0.02
PAD, NOISE_MM = 200, 0.005


def flooded(height):
    """Priority flood: the level to which water fills every place before it runs off the edge."""
    rows, columns = height.shape
    level, seen = np.full(height.shape, np.inf), np.zeros(height.shape, bool)
    seen[[0, -1]] = seen[:, [0, -1]] = True
    level[seen] = height[seen]
    front = [(float(height[r, c]), r, c) for r, c in np.argwhere(seen).tolist()]
    heapq.heapify(front)
    while front:
        water, row, column = heapq.heappop(front)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                if not seen[r, c]:
                    seen[r, c] = True
                    level[r, c] = max(water, float(height[r, c]))
                    heapq.heappush(front, (level[r, c], r, c))
    return level


def hollows_of(depth):
    """The nested hollows of a lake: what is still apart below the ridge of the two greatest.

    Each is then grown to its shore, deepest first, as water would draw off.
    """
    apart, _ = ndimage.label(depth > 5.5, structure=np.ones((3, 3)))
    sizes = np.bincount(apart.ravel())[1:]
    hollow = np.zeros(depth.shape, int)
    for number, label in enumerate(np.flatnonzero(sizes > 300) + 1, start=1):
        hollow[apart == label] = number
    front = [(-depth[r, c], r, c) for r, c in np.argwhere(hollow).tolist()]
    heapq.heapify(front)
    while front:
        reached, row, column = heapq.heappop(front)
        for r in range(row - 1, row + 2):
            for c in range(column - 1, column + 2):
                if depth[r, c] > 0 and not hollow[r, c]:
                    hollow[r, c] = hollow[row, column]
                    heapq.heappush(front, (max(reached, -depth[r, c]), r, c))
    return hollow


@pytest.fixture(scope="module")
def basin():
    """Depth in metres of the great closed basin below the level at which it spills, 0 outside."""
    terrain = read_scan(DATA / "lidar_depression_dem" / "dem.tif", mm_per_unit=1.0)
    water = flooded(terrain.height_mm) - terrain.height_mm
    lakes, count = ndimage.label(water > 0, structure=np.ones((3, 3)))
    volumes = ndimage.sum_labels(water, lakes, index=np.arange(1, count + 1))
    return np.where(lakes == int(np.argmax(volumes)) + 1, water, 0.0)


@pytest.fixture(scope="module", params=[3, 4])
def basin_as_scars(basin, request):
    """The basin sunk into flat skin at its spill level, and what is measured of it.

    On the open terrain "below the skin" and "below the spill level" are two things: the skin is a
    smooth surface that follows the form of the land, and spilling is level. Round a basin whose
    surroundings are flat at the spill level they are one, so that the fill is the truth.
    """
    depth_mm = np.pad(basin, PAD) * MM_PER_METRE
    noise = np.random.default_rng(request.param).normal(0, NOISE_MM, depth_mm.shape)
    skin = HeightMap(height_mm=noise - depth_mm, pitch_mm=(MM_PER_METRE, MM_PER_METRE))
    return measure(skin).scars


def test_the_terrain_has_the_basin_that_its_makers_describe(basin):
    """SOURCE.md: one large closed basin that holds several smaller nested hollows."""
    assert (basin > 0).sum() > 0.4 * basin.size
    assert basin.max() > 10
    assert hollows_of(basin).max() == 4


def test_each_hollow_of_the_basin_is_one_scar(basin, basin_as_scars):
    hollows = hollows_of(basin)
    assert sorted(_hollow_under(scar, hollows) for scar in basin_as_scars) == [1, 2, 3, 4]


def _hollow_under(scar, hollows):
    row, column = (round(at / MM_PER_METRE) - PAD for at in (scar.y_mm, scar.x_mm))
    return int(hollows[row, column])


def test_the_volume_of_the_basin_is_its_fill(basin, basin_as_scars):
    """All of the fill but the thin margin along the shore.

    Where a wall runs out into the skin is not told: what is shallower than a sixth of the depth
    of its hollow may count or not. The fill tells that margin; nothing else may be missing.
    """
    hollows = hollows_of(basin)
    filled = basin.sum() * MM_PER_METRE**3
    measured = sum(scar.volume_mm3 for scar in basin_as_scars)
    spread = np.sqrt(sum(scar.volume_sd_mm3**2 for scar in basin_as_scars))
    margin = sum(_margin(basin[hollows == n]).sum() for n in range(1, 5)) * MM_PER_METRE**3
    assert filled - margin - 3 * spread < measured < filled + 3 * spread
    assert margin < 0.07 * filled  # else the bound would say little
    for scar in basin_as_scars:
        own = basin[hollows == _hollow_under(scar, hollows)]
        # The ridge between two hollows is wide and flat, and parts of it may go to either: a tenth.
        assert scar.volume_mm3 == pytest.approx(own.sum() * MM_PER_METRE**3, rel=0.1)


def _margin(depth):
    return depth[depth < depth.max() / 6]


def test_the_depth_of_a_hollow_is_that_of_its_floor(basin, basin_as_scars):
    """Depth is the mean over the middle of a scar: not above the deepest point, and not far off."""
    hollows = hollows_of(basin)
    for scar in basin_as_scars:
        own = basin[hollows == _hollow_under(scar, hollows)] * MM_PER_METRE
        assert scar.depth_mm < own.max() + 3 * scar.depth_sd_mm
        # The deepest twentieth of the place is the floor.
        assert scar.depth_mm > min(np.percentile(own, 95), 0.94 * own.max()) - 3 * scar.depth_sd_mm


def test_the_area_of_the_greatest_hollow_ends_in_its_margin(basin, basin_as_scars):
    """Of the others only the doubt is sure: their outline is far from an oval, and it is said."""
    hollows = hollows_of(basin)
    greatest = max(basin_as_scars, key=lambda scar: scar.volume_mm3)
    own = basin[hollows == _hollow_under(greatest, hollows)]
    shore = own.size * MM_PER_METRE**2
    within = shore - _margin(own).size * MM_PER_METRE**2
    assert within < greatest.area_mm2 < shore
    assert all("unusual_profile" in scar.flags for scar in basin_as_scars)


# --- The bullet land ------------------------------------------------------------------------

LAND = DATA / "x3p_bullet_land" / "sample-land.x3p"


def test_the_bullet_land_is_what_a_second_reader_finds():
    """zipfile, ElementTree and numpy alone, by the standard: metres, x fastest."""
    with zipfile.ZipFile(LAND) as archive:
        [main] = [n for n in archive.namelist() if n.endswith("main.xml") and "MACOSX" not in n]
        root = ET.fromstring(archive.read(main))  # noqa: S314 - our own file
        columns, rows = (int(root.findtext(f".//MatrixDimension/Size{a}")) for a in "XY")
        link = root.findtext(".//PointDataLink")
        [member] = [n for n in archive.namelist() if n.endswith(link) and "MACOSX" not in n]
        metres = np.frombuffer(archive.read(member), "<f8").reshape(rows, columns)
    land = read_scan(LAND)
    np.testing.assert_array_equal(np.isnan(land.height_mm), np.isnan(metres))
    # A thousandfold twice rounded: the last digit of a double.
    np.testing.assert_allclose(land.height_mm, metres * 1000, rtol=1e-15, equal_nan=True)


def test_the_bullet_land_is_measured_with_its_doubts():
    """A land of 0.66 mm is narrower than most scars; a tenth of it is missing and it is curved."""
    land = read_scan(LAND)
    quality = judge_height_map(land)
    assert "much_missing" in quality.flags
    catalogue = measure(land)
    assert catalogue.missing_fraction == np.isnan(land.height_mm).mean()
    for scar in catalogue.scars:
        assert 0 <= scar.x_mm <= land.size_mm[0]
        assert 0 <= scar.y_mm <= land.size_mm[1]
        # What is as long as the field is wide has been seen in part only.
        assert "touches_edge" in scar.flags or scar.length_mm < min(land.size_mm)
