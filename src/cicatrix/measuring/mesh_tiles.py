"""Cut a mesh into overlapping height-field tiles, each seen along its own normal.

A face is no height map: it turns away at the cheeks and folds at the nose. Seen piece by
piece from straight above it is one, and scars are measured there. Each scar is kept from the
tile whose middle is nearest, so that none is counted twice.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.mesh_raster import (
    Raster,
    longest_sides,
    parts_of_sides,
    points_on,
    squared,
)
from cicatrix.skin import HeightMap, Mesh

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: Half the side of a tile, and how far apart the middles of tiles lie, in mm.
HALF_TILE_MM = 18.0
TILE_STEP_MM = 20.0
#: Of so many triangles it is told which way a place is turned.
_ENOUGH_TRIANGLES = 2_000
#: Parts that turn away more than this from the tile's normal are left to other tiles.
_STEEPEST_COSINE = 0.35
_LEAST_TRIANGLES, _LEAST_SIDE = 50, 2
#: Triangles are sorted into cells, so many of which lie along one step of the tiles: fine enough
#: that most cells are near a tile with all their triangles, or with none.
_CELLS_A_STEP = 4
_CELL_MM = TILE_STEP_MM / _CELLS_A_STEP
#: So far rounding may put the centre of a triangle outside its cell, and a thousand times more.
_HAIR_MM = 1e-6
#: So many triangles are spread out at once, few enough to stay in the cache of a processor.
_PIECE_TRIANGLES = 16_384


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
    """The triangles of a mesh, cell by cell of a fine lattice, and the middles of its tiles.

    ``starts`` tells where the triangles of each filled cell begin, ``cells`` which cells these
    are (rows of three), counted from ``corner_mm`` in steps of :data:`_CELL_MM`. ``longest_mm``
    is the longest side of each triangle. ``middles`` are the centres of the triangles with the
    numbers ``central``.
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
    central: NDArray[np.intp]
    middles: Floats

    def tile(self, number: int, *, spacing_mm: float) -> tuple[Tile, ...]:
        """The tile around a middle, whose grid has the spacing of the mesh, as a tuple of one.

        Empty where next to nothing of the mesh is turned to it.
        """
        middle = self.middles[number]
        near = self._near(middle, HALF_TILE_MM * 1.5)
        axes = axes_facing(self._mean_normal(near, self.central[number]))
        facing = near[self.normals.take(near, axis=0) @ axes[2] > _STEEPEST_COSINE]
        if len(facing) < _LEAST_TRIANGLES:
            return ()
        facing = facing[self._may_meet(facing, middle, axes, spacing_mm)]
        raster = Raster(spacing_mm=spacing_mm, half_side_mm=HALF_TILE_MM)
        height, origin = raster.heights(self._pieces(facing, middle, axes, spacing_mm))
        if min(height.shape) < _LEAST_SIDE:
            return ()
        pitch = (spacing_mm, spacing_mm)
        return (
            Tile(
                height_map=HeightMap(height_mm=height, pitch_mm=pitch, name=self.mesh.name),
                corner_mm=middle + np.array([*origin, 0.0]) @ axes,
                axes=axes,
                middle=number,
            ),
        )

    def turned_away_share(self) -> float:
        """The share of the area around the middles that faces away from its middle's side.

        Next to none of an open sheet; about half of a thin body that is closed.
        """
        away = every = 0.0
        for middle, central in zip(self.middles, self.central.tolist(), strict=True):
            near = self._near(middle, HALF_TILE_MM * 1.5)
            # An odd step, since the sides of a doubled sheet may come by turns.
            near = near[:: len(near) // _ENOUGH_TRIANGLES | 1]
            side = self.normals.take(near, axis=0) @ self._mean_normal(near, central)
            area = self.double_area[near]
            away += float(area[side < -_STEEPEST_COSINE].sum())
            every += float(area.sum())
        return away / every if every > 0 else 0.0

    def _near(self, middle: Floats, reach_mm: float) -> NDArray[np.intp]:
        """The triangles whose centre lies within reach of a place."""
        low = self.corner_mm + self.cells * _CELL_MM - middle
        beyond = np.maximum(low, 0.0) + np.maximum(-low - _CELL_MM, 0.0)
        farthest = np.maximum(np.abs(low), np.abs(low + _CELL_MM))
        reached = np.flatnonzero(squared(beyond) < reach_mm**2)
        # A hair is left for what rounding does to centres at the very end of a cell.
        whole = squared(farthest[reached]) < (reach_mm - _HAIR_MM) ** 2
        found = []
        for cell, is_whole in zip(reached.tolist(), whole.tolist(), strict=True):
            start, stop = self.starts[cell], self.starts[cell + 1]
            if is_whole:
                found.append(np.arange(start, stop))
            else:
                away = squared(self.centres[start:stop] - middle)
                found.append(start + np.flatnonzero(away < reach_mm**2))
        return np.concatenate(found)

    def _mean_normal(self, near: NDArray[np.intp], central: int) -> Floats:
        """The mean normal around the middle, of the side that the middle itself shows."""
        normals, own = self.normals.take(near, axis=0), self.normals[central]
        mean = (self.double_area[near] * (normals @ own > 0)) @ normals
        length = float(np.linalg.norm(mean))
        return np.asarray(mean / length if length > 0 else own)

    def _may_meet(
        self, triangles: NDArray[np.intp], middle: Floats, axes: Floats, spacing_mm: float
    ) -> Mask:
        """Which triangles may reach into a tile: no corner is a side's length from the centre."""
        across = axes[:2] @ self.centres.take(triangles, axis=0).T
        across -= (axes[:2] @ middle)[:, None]
        reach = HALF_TILE_MM + 2 * spacing_mm + self.longest_mm[triangles]
        return np.asarray(np.maximum(*np.abs(across, out=across)) <= reach)

    def _pieces(
        self, triangles: NDArray[np.intp], middle: Floats, axes: Floats, spacing_mm: float
    ) -> Iterator[Floats]:
        """Points spread over triangles (axes, points), in pieces that a processor keeps at hand."""
        parts = parts_of_sides(self.longest_mm[triangles], spacing_mm)
        for count in np.flatnonzero(np.bincount(parts)).tolist():
            group = triangles[parts == count]
            for start in range(0, len(group), _PIECE_TRIANGLES):
                faces = self.faces.take(group[start : start + _PIECE_TRIANGLES], axis=0)
                corners = self.mesh.vertices_mm.take(faces.T.ravel(), axis=0)
                local = axes @ corners.T - (axes @ middle)[:, None]
                # Axes first, then the corners of a triangle, then the triangles.
                yield points_on(local.reshape(3, 3, -1), parts=count)


def tiling_of(mesh: Mesh) -> Tiling:
    """The triangles that have an area, sorted by place, and the middles of the tiles.

    The middles lie about :data:`TILE_STEP_MM` apart and cover all triangles: one triangle for
    each filled cell of a coarse lattice, the one nearest the mean of the cell.
    """
    centres, cross, longest = _measures(mesh)
    double_area = np.sqrt(squared(cross))
    usable = np.flatnonzero(double_area > 0)
    centres = centres.take(usable, axis=0)
    corner, cells, cell = _cells_of(centres)
    if len(cells) <= np.iinfo(np.uint16).max:
        cell = cell.astype(np.uint16)  # sorted digit by digit, in a tenth of the time
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(cells) + 1))
    sorted_ = usable[order]
    centres = centres.take(order, axis=0)
    other = np.any(np.diff(cells // _CELLS_A_STEP, axis=0), axis=1)
    central = _most_central(centres, starts[np.r_[True, other, True][: len(cells) + 1]])
    return Tiling(
        mesh=mesh,
        faces=mesh.faces.take(sorted_, axis=0),
        centres=centres,
        normals=cross.take(sorted_, axis=0) / double_area[sorted_, None],
        double_area=double_area[sorted_],
        longest_mm=longest[sorted_],
        cells=cells,
        starts=starts,
        corner_mm=corner,
        central=central,
        middles=centres[central],
    )


def _measures(mesh: Mesh) -> tuple[Floats, Floats, Floats]:
    """The centres of all triangles, their normals as long as twice their area, longest sides."""
    count = len(mesh.faces)
    centres, cross, longest = np.empty((count, 3)), np.empty((count, 3)), np.empty(count)
    for start in range(0, count, _PIECE_TRIANGLES):
        piece = slice(start, start + _PIECE_TRIANGLES)
        a, b, c = (mesh.vertices_mm.take(corner, axis=0) for corner in mesh.faces[piece].T)
        centres[piece] = (a + b + c) / 3
        cross[piece] = np.cross(b - a, c - a)
        longest[piece] = longest_sides(a, b, c)
    return centres, cross, longest


def _cells_of(centres: Floats) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """The corner of the lattice, its filled cells (rows), and which of them each centre lies in.

    The cells of one step of tiles come one after another.
    """
    # Axes first: NumPy is several times as fast along rows of millions as along rows of three.
    away_mm = centres.T.copy()
    corner = away_mm.min(axis=1) if len(centres) else np.zeros(3)
    away_mm -= corner[:, None]
    places = (away_mm / _CELL_MM).astype(np.int32)
    coarse = places // _CELLS_A_STEP
    fine = places - coarse * _CELLS_A_STEP
    size = coarse.max(axis=1, initial=0) + 1
    inner = (_CELLS_A_STEP,) * 3
    numbers = np.ravel_multi_index(coarse, size) * _CELLS_A_STEP**3
    numbers += np.ravel_multi_index(fine, inner)
    filled, cell = np.unique(numbers, return_inverse=True)
    outer, within = np.divmod(filled, _CELLS_A_STEP**3)
    cells = np.stack(np.unravel_index(outer, size), axis=1) * _CELLS_A_STEP
    return corner, cells + np.stack(np.unravel_index(within, inner), axis=1), cell


def _most_central(centres: Floats, starts: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """Of each group of places the number of the one that is nearest the mean of the group."""
    return np.array(
        [
            start + squared(centres[start:stop] - centres[start:stop].mean(axis=0)).argmin()
            for start, stop in itertools.pairwise(starts.tolist())
        ],
        np.intp,
    )


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
