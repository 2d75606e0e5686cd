"""What a capture holds: a height map or a mesh, in mm, with what was not measured.

Axes of a height map: x to the right along the columns, y down along the rows, the origin in
the centre of the first sample; z out of the skin. Samples that were not measured are NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.errors import CicatrixError

#: A height map has at least so many rows and columns.
_LEAST_SIDE = 2

Array = NDArray[np.floating[Any]]


class CaptureError(CicatrixError):
    """A capture cannot be used: what is wrong with it, and what to do."""


@dataclass(frozen=True, kw_only=True)
class HeightMap:
    """The height of the skin over a regular grid.

    ``height_mm`` has the shape (rows, columns); ``pitch_mm`` is the distance between
    neighbouring samples along x and along y, and may differ between the two. ``known`` keeps
    what the file told besides (instrument, date), in its own words.
    """

    height_mm: Array
    pitch_mm: tuple[float, float]
    name: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows_and_columns = 2
        if self.height_mm.ndim != rows_and_columns or min(self.height_mm.shape) < _LEAST_SIDE:
            raise CaptureError(
                f"{self.name or 'The height map'} has the shape {self.height_mm.shape}; a height "
                "map needs at least 2 rows and 2 columns. Export the scan as a height map."
            )
        if not all(np.isfinite(p) and p > 0 for p in self.pitch_mm):
            raise CaptureError(
                f"{self.name or 'The height map'} has the pitch {self.pitch_mm} mm; it must be "
                "above zero. Give the distance between two samples with --pitch-mm."
            )

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the field, from the first to the last sample."""
        rows, columns = self.height_mm.shape
        return (columns - 1) * self.pitch_mm[0], (rows - 1) * self.pitch_mm[1]

    @property
    def missing_fraction(self) -> float:
        """The share of samples that were not measured."""
        return float(np.isnan(self.height_mm).mean())


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """A triangulated surface in mm.

    ``vertices_mm`` (n, 3); ``faces`` (m, 3) indices, counter-clockwise seen from outside.
    ``uv`` (n, 2) and ``texture`` (rows, columns, 3) where the file carries them, else empty.
    """

    vertices_mm: Array
    faces: NDArray[np.integer[Any]]
    name: str = ""
    uv: Array = field(default_factory=lambda: np.empty((0, 2)))
    texture: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, 0, 3), np.uint8))
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A straight line across the narrow width of one scar, and the depth along it.

    ``distance_mm`` runs along the skin, 0 at the scar's middle; ``depth_mm`` is along the normal
    of the skin, positive into it, NaN where nothing was measured. ``place_mm`` is the scar's
    middle in the coordinates of the :class:`Relief` that it belongs to.
    """

    label: int
    place_mm: tuple[float, float]
    distance_mm: Array
    depth_mm: Array


@dataclass(frozen=True, kw_only=True)
class Relief:
    """A capture as depth below the skin without scars: what pictures are drawn from.

    ``depth_mm`` (rows, columns) is along the normal of the skin, positive into it, NaN where
    nothing was measured; ``label`` holds the number of the scar in whose opening a sample lies,
    0 elsewhere. Of a height map it has its grid. Of a mesh it is the view along the mean normal;
    there ``covered`` tells where the mesh is at all, so that the ground beside it is not taken
    for skin that was not measured.
    """

    depth_mm: Array
    label: NDArray[np.int32]
    covered: NDArray[np.bool_]
    pitch_mm: tuple[float, float]
    sections: tuple[Section, ...] = ()
