"""Thinned lines keep their course: as scikit-image thins them, which goes about it one by one."""

import numpy as np
import pytest
from skimage.measure import approximate_polygon

from cicatrix.picturing.thinning import thinned

TOLERANCE = 0.12


def ring(points, *, seed):
    """A closed line around an uneven opening, as outlines are."""
    random = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, points)
    radius = random.uniform(2, 80) * (1 + 0.2 * np.sin(3 * turn)) + random.normal(0, 0.2, points)
    line = np.stack([radius * np.sin(turn), radius * np.cos(turn)], axis=1)
    line[-1] = line[0]
    return line


@pytest.mark.parametrize("points", [3, 4, 11, 120, 900])
@pytest.mark.parametrize("piece", ["closed", "open"])
def test_the_same_points_are_left_as_by_another_program(points, piece):
    for seed in range(5):
        line = ring(points, seed=seed)
        line = line if piece == "closed" else line[: points // 2 + 1]
        np.testing.assert_array_equal(
            thinned(line, tolerance=TOLERANCE), approximate_polygon(line, TOLERANCE)
        )


def test_of_a_straight_line_only_the_ends_are_left():
    line = np.linspace([0.0, 1.0], [30.0, 7.0], 40)
    np.testing.assert_array_equal(thinned(line, tolerance=TOLERANCE), line[[0, -1]])


def test_a_corner_stays_where_it_is():
    line = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [1.0, 2.0], [2.0, 2.0]])
    np.testing.assert_array_equal(thinned(line, tolerance=TOLERANCE), line[[0, 2, 4]])
