"""Lines of many points, thinned out to the few that tell their course."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def thinned(line: Floats, *, tolerance: float) -> Floats:
    """Of a line's points (n, 2), two or more, those that keep its course within ``tolerance``.

    The ends are kept. Each piece is cut at its point farthest from the straight way between its
    ends, until none lies farther than the tolerance; all pieces at once. A closed line is cut
    at its farthest point first.

    Source: Douglas and Peucker, Cartographica 10 (1973) 112-122.
    """
    kept = np.zeros(len(line), bool)
    kept[[0, -1]] = True
    while True:
        ends = np.flatnonzero(kept)
        piece = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        squared = _squared_away(line[:-1], line[ends[:-1]][piece], line[ends[1:]][piece])
        farthest = np.maximum.reduceat(squared, ends[:-1])
        far = np.flatnonzero((squared == farthest[piece]) & (squared > tolerance**2))
        if not len(far):
            return line[kept]
        # Of points equally far the first one.
        kept[far[np.unique(piece[far], return_index=True)[1]]] = True


def _squared_away(points: Floats, start: Floats, stop: Floats) -> Floats:
    """Squared distances of points from stretches (row by row), which may have no length."""
    way, away = stop - start, points - start
    length = np.einsum("ij,ij->i", way, way)
    share = np.einsum("ij,ij->i", away, way) / np.where(length > 0, length, 1.0)
    beside = away - np.clip(share, 0.0, 1.0)[:, None] * way
    return np.asarray(np.einsum("ij,ij->i", beside, beside))
