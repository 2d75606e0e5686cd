"""What a mesh file holds, before it becomes a mesh in mm."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(kw_only=True)
class Surface:
    """Corners and faces in the unit of the file.

    ``uv`` has no rows where not every corner has one. ``normals`` are directions that the file
    tells, and ``normal_of`` (faces, 3) which of them each corner of each face has, counted from
    0; neither has rows where the file tells none.
    """

    vertices: Floats
    faces: Indices
    uv: Floats = field(default_factory=lambda: np.empty((0, 2)))
    normals: Floats = field(default_factory=lambda: np.empty((0, 3)))
    normal_of: Indices = field(default_factory=lambda: np.empty((0, 3), np.int64))
    library: str = ""
    materials: set[str] = field(default_factory=set)
