"""How much room measuring and drawing take: the same multiple of a map, however large the map."""

import tracemalloc

import numpy as np
import pytest

from cicatrix.knowledge import load_knowledge
from cicatrix.measuring import measure
from cicatrix.phantoms import STANDARD_COUNTS, make_phantom, scatter_scars
from cicatrix.skin import HeightMap
from cicatrix.visit import measure_scan

#: Most room at any time, as a multiple of the map itself (64-bit floats), which is not counted.
MOST_MAPS = 12


def peak_bytes(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def skin(times):
    """Skin of so many times 1,000 samples squared, with as many scars on each square cm."""
    size_mm = 60.0 * times
    counts = {name: count * times**2 for name, count in STANDARD_COUNTS.items()}
    scars = scatter_scars(counts, seed=21, size_mm=size_mm)
    phantom = make_phantom(scars, seed=22, size_mm=size_mm, curve_mm=3.0 * times)
    return phantom.height_map.height_mm


@pytest.fixture(scope="module")
def tile():
    return skin(1)


@pytest.fixture(scope="module")
def smaller(tile):
    return peak_bytes(lambda: measure(HeightMap(height_mm=tile, pitch_mm=(0.06, 0.06))))


@pytest.mark.slow
def test_four_million_samples_take_at_most_twelve_times_their_own_room(tile, smaller):
    large = skin(2)
    height_map = HeightMap(height_mm=large, pitch_mm=(0.06, 0.06))
    larger = peak_bytes(lambda: measure(height_map))
    assert smaller <= MOST_MAPS * tile.nbytes
    assert larger <= MOST_MAPS * large.nbytes
    # Four times the samples, four times the room or less: what does not grow is paid once.
    assert larger <= 4 * smaller


def test_missing_samples_take_no_more_room(tile, smaller):
    holes = tile.copy()
    holes[np.random.default_rng(1).random(tile.shape) < 0.1] = np.nan
    taken = peak_bytes(lambda: measure(HeightMap(height_mm=holes, pitch_mm=(0.06, 0.06))))
    # What was not measured is left out with a weight, which is one more map in single precision.
    assert taken <= MOST_MAPS * tile.nbytes
    assert taken <= smaller + tile.nbytes


@pytest.fixture(scope="module")
def peak_of_a_scan(tile):
    """The room that a whole scan takes: gate, measuring, types and pictures."""
    knowledge = load_knowledge()
    # What is imported and built once is no part of it.
    measure_scan(HeightMap(height_mm=tile[:200, :200], pitch_mm=(0.06, 0.06)), knowledge=knowledge)

    def peak(height_mm):
        scan = HeightMap(height_mm=height_mm, pitch_mm=(0.06, 0.06))
        return peak_bytes(lambda: measure_scan(scan, knowledge=knowledge))

    return peak


def test_a_scan_with_its_pictures_takes_at_most_twelve_times_its_own_room(tile, peak_of_a_scan):
    assert peak_of_a_scan(tile) <= MOST_MAPS * tile.nbytes


@pytest.mark.slow
def test_a_larger_scan_with_its_pictures_takes_no_larger_multiple(tile, peak_of_a_scan):
    large = skin(2)
    larger = peak_of_a_scan(large)
    assert larger <= MOST_MAPS * large.nbytes
    # The same multiple to a thousandth, which is what the splines of a wider field, rows by knots,
    # may take: some 0.3 MB of the 269 here.
    assert larger <= 1.001 * 4 * peak_of_a_scan(tile)
