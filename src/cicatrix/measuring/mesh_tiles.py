"""Cut a mesh into overlapping height-field tiles, each seen along its own normal.

A face is no height map: it turns away at the cheeks and folds at the nose. Seen piece by
piece from straight above it is one, and scars are measured there. Each scar is kept from the
tile whose middle is nearest, so that none is counted twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from cicatrix.skin import HeightMap, Mesh

Floats = NDArray[np.floating[Any]]

#: Half the side of a tile, and how far apart the middles of tiles lie, in mm.
HALF_TILE_MM = 18.0
TILE_STEP_MM = 20.0
#: Parts that turn away more than this from the tile's normal are left to other tiles.
_STEEPEST_COSINE = 0.35
#: Points per spacing at which triangles are sampled; cells missed by chance are filled.
_SAMPLES_PER_CELL = 1.0


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


def tiles_of(mesh: Mesh, *, spacing_mm: float) -> Iterator[Tile]:
    """The tiles of a mesh, one after another; the grid has the spacing of the mesh."""
    corners, cross, double_area = _triangles(mesh)
    normals = cross / double_area[:, None]
    centres = corners.mean(axis=1)
    tree = cKDTree(centres)
    for number, middle in enumerate(tile_middles(centres)):
        near = np.asarray(tree.query_ball_point(middle, HALF_TILE_MM * 1.5))
        axes = axes_facing(_mean_normal(normals[near], double_area[near], centres[near], middle))
        facing = near[normals[near] @ axes[2] > _STEEPEST_COSINE]
        if len(facing) < 50:
            continue
        local = (corners[facing] - middle) @ axes.T
        height_map, origin = _rasterised(local, spacing_mm, name=mesh.name)
        corner = middle + np.array([origin[0], origin[1], 0.0]) @ axes
        yield Tile(height_map=height_map, corner_mm=corner, axes=axes, middle=number)


def middles_of(mesh: Mesh) -> Floats:
    """The middles of the tiles of a mesh, in the order of the tiles' numbers."""
    corners, _, _ = _triangles(mesh)
    return tile_middles(corners.mean(axis=1))


def _triangles(mesh: Mesh) -> tuple[Floats, Floats, Floats]:
    """The corners of all triangles with an area, their normals times twice it, and twice it."""
    corners = mesh.vertices_mm[mesh.faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    double_area = np.linalg.norm(cross, axis=1)
    usable = double_area > 0
    return corners[usable], cross[usable], double_area[usable]


def tile_middles(centres: Floats) -> Floats:
    """Places about :data:`TILE_STEP_MM` apart that cover all triangles.

    One triangle for each filled cell of a coarse lattice: the one nearest the cell's mean.
    """
    if len(centres) == 0:
        return np.empty((0, 3))
    cells = np.floor((centres - centres.min(axis=0)) / TILE_STEP_MM).astype(np.int64)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    cell = cell.ravel()
    count = np.bincount(cell)
    means = np.stack([np.bincount(cell, centres[:, k]) / count for k in range(3)], axis=1)
    away = np.linalg.norm(centres - means[cell], axis=1)
    order = np.lexsort((away, cell))
    first = np.r_[True, np.diff(cell[order]) > 0]
    return np.asarray(centres[order[first]])


def owner(middles: Floats, place_mm: tuple[float, float, float]) -> int:
    """The tile to which a scar at a place belongs."""
    return int(np.linalg.norm(middles - np.asarray(place_mm), axis=1).argmin())


def _mean_normal(normals: Floats, areas: Floats, centres: Floats, middle: Floats) -> Floats:
    """The mean normal around the middle, of the side that the middle itself shows."""
    own = normals[np.linalg.norm(centres - middle, axis=1).argmin()]
    weights = areas * (normals @ own > 0)
    mean = weights @ normals
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length > 0 else own)


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
    local: Floats, spacing_mm: float, *, name: str
) -> tuple[HeightMap, tuple[float, float]]:
    """Triangles (n, 3, 3) in local axes as mean heights over a grid; NaN where there are none."""
    steps = math.ceil(HALF_TILE_MM / spacing_mm)
    side = 2 * steps + 1
    points = _samples(local, spacing_mm)
    columns = np.rint(points[:, 0] / spacing_mm).astype(np.int64) + steps
    rows = np.rint(points[:, 1] / spacing_mm).astype(np.int64) + steps
    inside = (columns >= 0) & (columns < side) & (rows >= 0) & (rows < side)
    cell = rows[inside] * side + columns[inside]
    count = np.bincount(cell, minlength=side * side)
    total = np.bincount(cell, points[inside, 2], minlength=side * side)
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


def _samples(triangles: Floats, spacing_mm: float) -> Floats:
    """Points spread evenly over triangles, at least :data:`_SAMPLES_PER_CELL` per spacing."""
    longest = np.linalg.norm(triangles - np.roll(triangles, 1, axis=1), axis=2).max(axis=1)
    parts = np.clip(np.ceil(longest / spacing_mm * _SAMPLES_PER_CELL), 1, 60).astype(int)
    found = []
    for count in np.unique(parts):
        group = triangles[parts == count]
        i, j = np.triu_indices(count)
        # Barycentric middles of a triangle divided into small ones.
        a = (i + 1 / 3) / count
        b = (j - i + 1 / 3) / count
        weights = np.stack([a, b, 1 - a - b], axis=1)
        found.append((weights @ group).reshape(-1, 3))
    return np.concatenate(found)
