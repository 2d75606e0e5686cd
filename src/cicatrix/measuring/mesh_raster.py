"""Triangles as heights over a grid: points are spread over them, and each cell takes the mean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.floating[Any]]

#: Points per spacing at which triangles are sampled; cells missed by chance are filled.
_SAMPLES_PER_CELL = 1.0
_MOST_PARTS = 60


@dataclass(frozen=True, kw_only=True)
class Raster:
    """A square grid around 0, whose samples lie ``spacing_mm`` apart."""

    spacing_mm: float
    half_side_mm: float

    @property
    def steps(self) -> int:
        """How many samples lie between the middle and an edge."""
        return math.ceil(self.half_side_mm / self.spacing_mm)

    def heights(self, pieces: Iterable[Floats]) -> tuple[Floats, tuple[float, float]]:
        """The mean heights of points (axes, points), and the place of the first sample.

        NaN where there are none. Only as wide as the points reach: what lies beside a small
        patch is not missing.
        """
        # One more row and column on each side take what lies beside the grid.
        side = 2 * self.steps + 3
        found = [(self._cells(x_mm, y_mm), z_mm) for x_mm, y_mm, z_mm in pieces]
        cells = np.concatenate([np.empty(0, np.intp), *(cells for cells, _ in found)])
        heights = np.concatenate([np.empty(0), *(heights for _, heights in found)])
        count = np.bincount(cells, minlength=side * side)
        total = np.bincount(cells, heights, minlength=side * side)
        with np.errstate(invalid="ignore", divide="ignore"):
            height = _filled((total / count).reshape(side, side)[1:-1, 1:-1])
        seen = np.isfinite(height)
        row, column = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
        if not len(row):
            return np.empty((0, 0)), (0.0, 0.0)
        height = height[row[0] : row[-1] + 1, column[0] : column[-1] + 1]
        first = ((int(at[0]) - self.steps) * self.spacing_mm for at in (column, row))
        return height, (next(first), next(first))

    def _cells(self, x_mm: Floats, y_mm: Floats) -> NDArray[np.intp]:
        """The cells in which some places lie, row by row."""
        beside = self.steps + 1
        column, row = (
            np.clip(np.rint(at / self.spacing_mm), -beside, beside) for at in (x_mm, y_mm)
        )
        return np.asarray((row * (2 * beside + 1) + column).astype(np.intp)) + self._middle

    @property
    def _middle(self) -> int:
        """The cell of place 0."""
        beside = self.steps + 1
        return beside * (2 * beside + 1) + beside


def _filled(height: Floats) -> Floats:
    """Cells that no sample hit by chance: the mean of their neighbours, if five are there."""
    there = np.isfinite(height)
    ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], float)
    count = ndimage.convolve(there.astype(float), ring, mode="constant")
    total = ndimage.convolve(np.where(there, height, 0.0), ring, mode="constant")
    missed = ~there & (count >= 5)
    return np.where(missed, total / np.maximum(count, 1.0), height)


def squared(vectors: Floats) -> Floats:
    """The squared lengths of vectors (rows)."""
    return np.asarray(np.einsum("ij,ij->i", vectors, vectors))


def longest_sides(a: Floats, b: Floats, c: Floats) -> Floats:
    """The longest side of each of some triangles, whose corners are rows."""
    return np.asarray(np.sqrt(np.max([squared(s) for s in (b - a, c - b, a - c)], axis=0)))


def parts_of_sides(longest_mm: Floats, spacing_mm: float) -> NDArray[np.int8]:
    """Into how many parts the sides of triangles are divided for :func:`points_on`."""
    parts = np.ceil(longest_mm / spacing_mm * _SAMPLES_PER_CELL)
    return np.asarray(np.clip(parts, 1, _MOST_PARTS).astype(np.int8))


def points_on(local: Floats, *, parts: int) -> Floats:
    """The middles (axes, points) of the small triangles of triangles whose sides are divided.

    ``local`` has the axes first, then the corners, then the triangles.
    """
    i, j = np.triu_indices(parts)
    # Barycentric middles of a triangle divided into small ones.
    a = (i + 1 / 3) / parts
    b = (j - i + 1 / 3) / parts
    weights = np.stack([a, b, 1 - a - b], axis=1)
    return np.asarray((weights @ local).reshape(3, -1))


def samples(local: Floats, longest_mm: Floats, spacing_mm: float) -> Iterator[Floats]:
    """Points (axes, points) spread evenly over triangles, :data:`_SAMPLES_PER_CELL` or more.

    ``local`` has the axes first, then the corners, then the triangles, whose longest sides are
    ``longest_mm``.
    """
    parts = parts_of_sides(longest_mm, spacing_mm)
    for count in np.flatnonzero(np.bincount(parts)).tolist():
        yield points_on(local[:, :, parts == count], parts=count)
