"""The relief of a mesh: what its tiles measured, seen from straight in front of the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.measuring.catalogue import Survey
from cicatrix.measuring.mesh_territory import Territory
from cicatrix.measuring.mesh_tiles import Tile, Tiling, axes_facing
from cicatrix.measuring.relief import relabelled
from cicatrix.skin import Mesh, Relief, Section

Floats = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]

#: A view has at most so many samples on its longer side: more than a screen or a page shows.
_MOST_SAMPLES = 1600
#: Below this the normals of a mesh cancel each other (a whole head), and its z axis is taken.
_LEAST_NORMAL = 0.2
#: A sample that no point fell on by chance is filled if so many of its eight neighbours are there.
_LEAST_NEIGHBOURS = 3
#: What lies so little behind the nearest surface is the same surface, seen by another tile.
_ONE_SURFACE_MM = 2.0


@dataclass(frozen=True, kw_only=True)
class TileSurvey:
    """One tile as it was measured, with the final label of each of its own scars by its label."""

    tile: Tile
    survey: Survey
    territory: Territory
    labels: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class _View:
    """The view from in front: axes to the right, down and to the eye, and a grid over it."""

    axes: Floats
    origin: Floats
    pitch_mm: float
    shape: tuple[int, int]

    def place(self, positions_mm: Floats) -> tuple[Floats, Floats, Floats]:
        """Rows, columns (not rounded) and nearness to the eye of places (n, 3)."""
        seen = positions_mm @ self.axes.T
        column, row = ((seen[:, :2] - self.origin) / self.pitch_mm).T
        return row, column, seen[:, 2]


def mesh_relief(tiling: Tiling, tiles: Sequence[TileSurvey]) -> Relief:
    """The depth of a whole mesh in the view along its mean normal; the nearest surface counts."""
    view = _view_of(tiling, pitch_mm=tiles[0].tile.height_map.pitch_mm[0])
    depth = np.full(view.shape, np.nan)
    nearest = np.full(view.shape, -np.inf)
    for one in tiles:
        _lay_over(view, one, depth=depth, nearest=nearest)
    label = np.zeros(view.shape, np.int32)
    for one in tiles:
        _mark(view, one, label=label, nearest=nearest)
    there = np.isfinite(depth)
    depth, label = _without_gaps(depth, label)
    return Relief(
        depth_mm=depth,
        label=label,
        covered=np.isfinite(depth) | _outline_of(view, tiling.mesh, there),
        pitch_mm=(view.pitch_mm, view.pitch_mm),
        sections=tuple(sorted(_sections(view, tiles), key=lambda section: section.label)),
    )


def _view_of(tiling: Tiling, *, pitch_mm: float) -> _View:
    mesh = tiling.mesh
    mean = tiling.double_area @ tiling.normals / max(float(tiling.double_area.sum()), 1e-12)
    length = float(np.linalg.norm(mean))
    axes = axes_facing(mean / length if length > _LEAST_NORMAL else np.array([0.0, 0.0, 1.0]))
    seen = mesh.vertices_mm @ axes[:2].T
    low, high = seen.min(axis=0), seen.max(axis=0)
    pitch = max(pitch_mm, float((high - low).max()) / _MOST_SAMPLES)
    columns, rows = (math.ceil(extent / pitch) + 1 for extent in (high - low).tolist())
    return _View(axes=axes, origin=low, pitch_mm=pitch, shape=(rows, columns))


def _seen(view: _View, one: TileSurvey, where: Mask) -> tuple[Indices, Indices, Floats]:
    """Row, column and nearness in the view of some samples of a tile."""
    relief, tile = one.survey.relief, one.tile
    rows, columns = np.nonzero(where)
    height = tile.height_map.height_mm[rows, columns]
    flat = np.stack([columns * relief.pitch_mm[0], rows * relief.pitch_mm[1], height], axis=1)
    positions = tile.corner_mm + flat @ tile.axes
    row, column, near = view.place(positions)
    return (
        np.rint(row).astype(np.intp).clip(0, view.shape[0] - 1),
        np.rint(column).astype(np.intp).clip(0, view.shape[1] - 1),
        near,
    )


def _lay_over(view: _View, one: TileSurvey, *, depth: Floats, nearest: Floats) -> None:
    """Draw the depth of the part of a tile that is its own where it lies nearest to the eye."""
    below_mm = one.survey.relief.depth_mm
    height_map = one.tile.height_map
    own = one.territory.samples(height_map.height_mm, height_map.pitch_mm) & np.isfinite(below_mm)
    row, column, near = _seen(view, one, own)
    shown = near > nearest[row, column]
    # The last one written stays: the nearest of those that fall on one sample.
    order = np.flatnonzero(shown)[np.argsort(near[shown])]
    depth[row[order], column[order]] = below_mm[own][order]
    nearest[row[order], column[order]] = near[order]


def _mark(view: _View, one: TileSurvey, *, label: Indices, nearest: Floats) -> None:
    """Write the labels of a tile's own scars, also where they reach into its neighbours."""
    marked = one.survey.relief.label
    finals = np.array([one.labels.get(n, 0) for n in range(int(marked.max(initial=0)) + 1)])
    where = (finals[marked] > 0) & np.isfinite(one.survey.relief.depth_mm)
    row, column, near = _seen(view, one, where)
    seen = near > nearest[row, column] - _ONE_SURFACE_MM
    label[row[seen], column[seen]] = finals[marked[where]][seen]


def _without_gaps(depth: Floats, label: NDArray[np.int32]) -> tuple[Floats, NDArray[np.int32]]:
    """Samples that no point fell on by chance: the mean depth and the label around them."""
    there = np.isfinite(depth)
    ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], float)
    count = ndimage.convolve(there.astype(float), ring, mode="constant")
    total = ndimage.convolve(np.where(there, depth, 0.0), ring, mode="constant")
    gap = ~there & (count >= _LEAST_NEIGHBOURS)
    around = ndimage.maximum_filter(label, size=3)
    return (
        np.where(gap, total / np.maximum(count, 1.0), depth),
        np.where(gap, around, label).astype(np.int32),
    )


def _outline_of(view: _View, mesh: Mesh, there: Mask) -> Mask:
    """Where the mesh is at all, whether it was measured there or not; holes in it count."""
    used = np.zeros(len(mesh.vertices_mm), bool)
    used[mesh.faces] = True
    row, column, _ = view.place(mesh.vertices_mm[used])
    seen = there.copy()
    seen[np.rint(row).astype(int), np.rint(column).astype(int)] = True
    return np.asarray(ndimage.binary_fill_holes(ndimage.binary_closing(seen, iterations=2)))


def _sections(view: _View, tiles: Iterable[TileSurvey]) -> Iterable[Section]:
    for one in tiles:
        for section in one.survey.relief.sections:
            if section.label in one.labels:
                scar = one.survey.catalogue.scars[section.label - 1]
                place = np.array([one.tile.position_mm(*scar.position_mm)])
                row, column, _ = (float(part[0]) * view.pitch_mm for part in view.place(place))
                yield relabelled(section, label=one.labels[section.label], place_mm=(column, row))
