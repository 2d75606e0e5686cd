"""What belongs to a tile: the places to which no other tile's middle is nearer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.mesh_raster import squared
from cicatrix.measuring.mesh_tiles import Tile

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


def owner(middles: Floats, place_mm: tuple[float, float, float]) -> int:
    """The tile to which a scar at a place belongs."""
    return int(squared(middles - np.array(place_mm)).argmin())


@dataclass(frozen=True, kw_only=True)
class Territory:
    """The part of a tile that is its own.

    Every other tile takes what lies beyond the plane half way to it: ``ways`` (tiles, 3) lead to
    the other middles in the tile's own axes, and a place belongs to the tile if it lies no
    farther along any of them than ``halves``.
    """

    ways: Floats
    halves: Floats

    @classmethod
    def of(cls, tile: Tile, middles: Floats) -> Territory:
        """The territory of one of the tiles around some middles."""
        own = middles[tile.middle]
        ways = np.delete(middles, tile.middle, axis=0) - own
        turned = ways @ tile.axes.T
        return cls(
            ways=turned, halves=squared(ways) / 2 + turned @ (tile.axes @ (own - tile.corner_mm))
        )

    def holds(self, places_mm: Floats) -> Mask:
        """Which places (rows of x, y and height over the tile) belong to the tile."""
        return np.asarray((places_mm @ self.ways.T <= self.halves).all(axis=1))

    def samples(self, height_mm: Floats, pitch_mm: tuple[float, float]) -> Mask:
        """Which samples of the tile's grid belong to it; none that was not measured."""
        x_mm, y_mm = (
            np.arange(n) * pitch for n, pitch in zip(height_mm.shape[::-1], pitch_mm, strict=True)
        )
        low = np.array([0.0, 0.0, np.nanmin(height_mm)])
        high = np.array([x_mm[-1], y_mm[-1], np.nanmax(height_mm)])
        farthest = np.maximum(self.ways * low, self.ways * high).sum(axis=1)
        owned = np.isfinite(height_mm)
        for number in np.flatnonzero(farthest > self.halves):
            along_x, along_y, up = self.ways[number]
            left = (self.halves[number] - along_y * y_mm)[:, None] - along_x * x_mm
            owned &= up * height_mm <= left
        return owned
