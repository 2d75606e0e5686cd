"""How far the corners of a mesh stand out from the middle of their neighbours: noise, and flats.

What a height map tells by its second differences, a mesh tells by how far each corner stands out,
along its normal, from the mean of the corners around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.skin import Mesh

Floats = NDArray[np.floating[Any]]

#: So many corners tell a spread.
_ENOUGH_CORNERS = 30_000
#: The faces around a corner lie in one plane if the sum of their normals is shorter by no more than
#: this share than the normals one after the other (they differ by less than 0.03 degrees).
_ONE_PLANE = 1e-7
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, kw_only=True)
class MeshNoise:
    """The standard deviation of single corners along their normals, NaN where it is not known.

    ``flat_share`` is the share of the corners that lie in one plane with all their neighbours, as
    only those do that a scanner or a program made up.
    """

    noise_mm: float
    flat_share: float


def noise_of_mesh(mesh: Mesh) -> MeshNoise:
    """The noise of a mesh, from corners with neighbours all around them.

    For white noise the variance of a corner less the mean of its k neighbours is 1 + 1/k times
    that of a corner. The finest relief adds a little to it; where noise makes slopes of more than
    half a right angle between neighbours, their normals are unsure and it comes out a sixth low.
    """
    step = 1 + len(mesh.vertices_mm) // _ENOUGH_CORNERS
    chosen = np.logical_or.reduce([corner % step == 0 for corner in mesh.faces.T])
    away, in_plane = _standing_out(mesh.vertices_mm, mesh.faces[chosen])
    if not away.size:
        return MeshNoise(noise_mm=float("nan"), flat_share=0.0)
    usual = float(np.median(np.abs(away)))
    return MeshNoise(noise_mm=_MAD_TO_SD * usual, flat_share=float(in_plane.mean()))


def _standing_out(vertices_mm: Floats, faces: NDArray[Any]) -> tuple[Floats, NDArray[np.bool_]]:
    """How far corners stand out that have all their faces, and whether these lie in one plane."""
    used, numbered = np.unique(faces, return_inverse=True)
    corners, size = numbered.reshape(-1, 3), len(used)
    place, count = vertices_mm[used], np.bincount(corners.ravel(), minlength=size)
    # Around an inner corner the other sides of its faces make a ring: each of its ends begins the
    # next. Any marks of the corners then add up to nothing, which by chance they do not.
    mark = np.random.default_rng(0).integers(0, 2**30, size)
    sums = np.zeros((size, 8))  # neighbours, normals, lengths of the normals, marks
    a, b, c = (place[corner] for corner in corners.T)
    cross = np.cross(b - a, c - a)
    of_face = np.column_stack([cross, np.linalg.norm(cross, axis=1)])
    for own in range(3):
        at, following, last = (corners[:, (own + k) % 3] for k in range(3))
        told = np.column_stack(
            [place[following] + place[last], of_face, mark[last] - mark[following]]
        )
        for column, values in enumerate(told.T):
            sums[:, column] += np.bincount(at, values, minlength=size)
    length = np.linalg.norm(sums[:, 3:6], axis=1)
    inner = (sums[:, 7] == 0) & (length > 0)
    sums, length, count = sums[inner], length[inner], count[inner]
    away = place[inner] - sums[:, :3] / (2 * count[:, None])
    out = np.einsum("ij,ij->i", away, sums[:, 3:6]) / length
    return out / np.sqrt(1 + 1 / count), length > (1 - _ONE_PLANE) * sums[:, 6]
