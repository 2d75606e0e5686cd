"""Cut a mesh into overlapping height-field tiles, each seen along its own normal.

A face is no height map: it turns away at the cheeks and folds at the nose. Seen piece by
piece from straight above it is one, and scars are measured there. Each scar is kept from the
tile whose middle is nearest, so that none is counted twice.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.skin import HeightMap, Mesh

Floats = NDArray[np.floating[Any]]

#: Half the side of a tile, and how far apart the middles of tiles lie, in mm.
HALF_TILE_MM = 18.0
TILE_STEP_MM = 20.0
#: Parts that turn away more than this from the tile's normal are left to other tiles.
_STEEPEST_COSINE = 0.35
#: Points per spacing at which triangles are sampled; cells missed by chance are filled.
_SAMPLES_PER_CELL = 1.0
_MOST_PARTS = 60
_LEAST_TRIANGLES = 50


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A piece of a mesh as a height map, with the way back to the mesh's coordinates.

    A sample at (x, y) mm with height h lies at ``corner + x axes[0] + y axes[1] + h axes[2]``.
    """

    height_map: HeightMap
    corner_mm: Floats
    axes: Floats
    middle: int

    def position_mm(self, x_mm: float, y_mm: float, height_mm: float) -> tuple[float, float, float]:
        """A place of the tile in the mesh's coordinates."""
        place = self.corner_mm + np.array([x_mm, y_mm, height_mm]) @ self.axes
        return float(place[0]), float(place[1]), float(place[2])


@dataclass(frozen=True, kw_only=True)
class Tiling:
    """The triangles of a mesh, cell by cell of a coarse lattice, and the middles of its tiles.

    ``starts`` tells where the triangles of each filled cell begin, ``cells`` which cells these
    are (rows of three), counted from ``corner_mm`` in steps of :data:`TILE_STEP_MM`. ``longest_mm``
    is the longest side of each triangle.
    """

    mesh: Mesh
    faces: NDArray[np.integer[Any]]
    centres: Floats
    normals: Floats
    double_area: Floats
    longest_mm: Floats
    cells: NDArray[np.integer[Any]]
    starts: NDArray[np.integer[Any]]
    corner_mm: Floats
    middles: Floats

    def tiles(self, *, spacing_mm: float) -> Iterator[Tile]:
        """The tiles, one after another; the grid has the spacing of the mesh."""
        for number, middle in enumerate(self.middles):
            near = self._near(middle, HALF_TILE_MM * 1.5)
            axes = axes_facing(self._mean_normal(near, middle))
            facing = near[self.normals[near] @ axes[2] > _STEEPEST_COSINE]
            if len(facing) < _LEAST_TRIANGLES:
                continue
            corners = self.mesh.vertices_mm[self.faces[facing].T.ravel()] - middle
            # Axes first, then the corners of a triangle, then the triangles.
            local = (axes @ corners.T).reshape(3, 3, -1)
            longest = self.longest_mm[facing]
            height_map, origin = _rasterised(local, longest, spacing_mm, name=self.mesh.name)
            corner = middle + np.array([origin[0], origin[1], 0.0]) @ axes
            yield Tile(height_map=height_map, corner_mm=corner, axes=axes, middle=number)

    def _near(self, middle: Floats, reach_mm: float) -> NDArray[np.intp]:
        """The triangles whose centre lies within reach of a place."""
        low = self.corner_mm + self.cells * TILE_STEP_MM
        beyond = np.maximum(low - middle, 0.0) + np.maximum(middle - low - TILE_STEP_MM, 0.0)
        found = [
            start + np.flatnonzero(_squared(self.centres[start:stop] - middle) < reach_mm**2)
            for start, stop, away in zip(self.starts[:-1], self.starts[1:], beyond, strict=True)
            if away @ away < reach_mm**2
        ]
        return np.concatenate(found)

    def _mean_normal(self, near: NDArray[np.intp], middle: Floats) -> Floats:
        """The mean normal around the middle, of the side that the middle itself shows."""
        normals = self.normals[near]
        own = normals[_squared(self.centres[near] - middle).argmin()]
        mean = (self.double_area[near] * (normals @ own > 0)) @ normals
        length = float(np.linalg.norm(mean))
        return np.asarray(mean / length if length > 0 else own)


def tiling_of(mesh: Mesh) -> Tiling:
    """The triangles that have an area, sorted by place, and the middles of the tiles.

    The middles lie about :data:`TILE_STEP_MM` apart and cover all triangles: one triangle for
    each filled cell of a coarse lattice, the one nearest the mean of the cell.
    """
    a, b, c = (mesh.vertices_mm[mesh.faces[:, k]] for k in range(3))
    centres = (a + b + c) / 3
    cross = np.cross(b - a, c - a)
    longest = longest_sides(a, b, c)
    del a, b, c
    double_area = np.sqrt(_squared(cross))
    usable = np.flatnonzero(double_area > 0)
    corner = centres[usable].min(axis=0) if len(usable) else np.zeros(3)
    places = np.floor((centres[usable] - corner) / TILE_STEP_MM).astype(np.int64)
    size = places.max(axis=0, initial=0) + 1
    numbers, cell = np.unique(np.ravel_multi_index(places.T, size), return_inverse=True)
    if len(numbers) <= np.iinfo(np.uint16).max:
        cell = cell.astype(np.uint16)  # sorted digit by digit, in a tenth of the time
    order = np.argsort(cell, kind="stable")
    cell, sorted_ = cell[order], usable[order]
    starts = np.searchsorted(cell, np.arange(len(numbers) + 1))
    centres = centres[sorted_]
    return Tiling(
        mesh=mesh,
        faces=mesh.faces[sorted_],
        centres=centres,
        normals=cross[sorted_] / double_area[sorted_, None],
        double_area=double_area[sorted_],
        longest_mm=longest[sorted_],
        cells=np.stack(np.unravel_index(numbers, size), axis=1),
        starts=starts,
        corner_mm=corner,
        middles=_most_central(centres, starts),
    )


def _squared(vectors: Floats) -> Floats:
    """The squared lengths of vectors (rows)."""
    return np.asarray(np.einsum("ij,ij->i", vectors, vectors))


def _most_central(centres: Floats, starts: NDArray[np.integer[Any]]) -> Floats:
    """Of each group of places the one that is nearest the mean of the group."""
    groups = [centres[i:j] for i, j in itertools.pairwise(starts)]
    nearest = [g[_squared(g - g.mean(axis=0)).argmin()] for g in groups]
    return np.array(nearest).reshape(-1, 3)


def owner(middles: Floats, place_mm: tuple[float, float, float]) -> int:
    """The tile to which a scar at a place belongs."""
    return int(owners(middles, np.array([place_mm]))[0])


def owners(middles: Floats, places_mm: Floats) -> NDArray[np.intp]:
    """The tiles to which scars at some places (rows) belong."""
    away = ((places_mm[:, None] - middles) ** 2).sum(axis=2)
    return np.asarray(away.argmin(axis=1))


def axes_facing(normal: Floats) -> Floats:
    """Right-handed axes (x, y, out of the skin) with x as level as possible.

    y runs down the mesh (its second axis points up), as in height maps.
    """
    up = np.array([0.0, 1.0, 0.0])
    if abs(normal @ up) > 0.95:
        up = np.array([0.0, 0.0, -1.0])
    right = np.cross(up, normal)
    right /= np.linalg.norm(right)
    down = np.cross(right, normal)
    return np.stack([right, down, normal])


def _rasterised(
    local: Floats, longest_mm: Floats, spacing_mm: float, *, name: str
) -> tuple[HeightMap, tuple[float, float]]:
    """Triangles in local axes as mean heights over a grid; NaN where there are none.

    ``local`` has the axes first, then the corners, then the triangles.
    """
    steps = math.ceil(HALF_TILE_MM / spacing_mm)
    side = 2 * steps + 1
    across = local[:2]
    border = (steps + 0.5) * spacing_mm
    meets = (across.min(axis=1) <= border) & (across.max(axis=1) >= -border)
    reached = np.flatnonzero(meets.all(axis=0))
    count, total = np.zeros(side * side), np.zeros(side * side)
    for x, y, z in samples(local[:, :, reached], longest_mm[reached], spacing_mm):
        columns, rows = (_rounded(at, spacing_mm, steps) for at in (x, y))
        inside = (columns >= 0) & (columns < side) & (rows >= 0) & (rows < side)
        cell = rows[inside] * side + columns[inside]
        count += np.bincount(cell, minlength=side * side)
        total += np.bincount(cell, z[inside], minlength=side * side)
    with np.errstate(invalid="ignore", divide="ignore"):
        height = _filled(np.where(count > 0, total / count, np.nan).reshape(side, side))
    # Only as wide as the mesh reaches: what lies beside a small patch is not missing.
    seen = np.isfinite(height)
    row, column = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    height = height[row[0] : row[-1] + 1, column[0] : column[-1] + 1]
    height_map = HeightMap(height_mm=height, pitch_mm=(spacing_mm, spacing_mm), name=name)
    return height_map, ((column[0] - steps) * spacing_mm, (row[0] - steps) * spacing_mm)


def _filled(height: Floats) -> Floats:
    """Cells that no sample hit by chance: the mean of their neighbours, if five are there."""
    there = np.isfinite(height)
    ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], float)
    count = ndimage.convolve(there.astype(float), ring, mode="constant")
    total = ndimage.convolve(np.where(there, height, 0.0), ring, mode="constant")
    missed = ~there & (count >= 5)
    return np.where(missed, total / np.maximum(count, 1.0), height)


def _rounded(at_mm: Floats, spacing_mm: float, steps: int) -> NDArray[np.intp]:
    """Rows or columns of places, counted from ``steps`` before 0."""
    at = at_mm / spacing_mm
    return np.asarray(np.rint(at, out=at).astype(np.intp) + steps)


def longest_sides(a: Floats, b: Floats, c: Floats) -> Floats:
    """The longest side of each of some triangles, whose corners are rows."""
    return np.asarray(np.sqrt(np.max([_squared(s) for s in (b - a, c - b, a - c)], axis=0)))


def samples(local: Floats, longest_mm: Floats, spacing_mm: float) -> Iterator[Floats]:
    """Points (axes, points) spread evenly over triangles, :data:`_SAMPLES_PER_CELL` or more.

    ``local`` has the axes first, then the corners, then the triangles, whose longest sides are
    ``longest_mm``.
    """
    parts = np.ceil(longest_mm / spacing_mm * _SAMPLES_PER_CELL)
    parts = np.clip(parts, 1, _MOST_PARTS).astype(np.int8)
    for count in np.flatnonzero(np.bincount(parts)).tolist():
        group = local[:, :, parts == count]
        i, j = np.triu_indices(count)
        # Barycentric middles of a triangle divided into small ones.
        a = (i + 1 / 3) / count
        b = (j - i + 1 / 3) / count
        weights = np.stack([a, b, 1 - a - b], axis=1)
        yield (weights @ group).reshape(3, -1)
