"""Which side of a mesh is the outside of the skin: what its file and its form say of it.

Seen from the wrong side every pit is a bump. The winding of the faces tells the outside; the
normals in the file, where it has any, must agree with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.surface import Surface
from cicatrix.skin import CaptureError, Mesh

Floats = NDArray[np.floating[Any]]

#: What told the outside of a mesh (``known["outside"]``): normals that agree with the winding,
#: normals against which it was turned, or the winding alone.
BY_NORMALS, TURNED, BY_WINDING = "normals", "turned", "winding"
#: So few faces disagree by chance: at the foot of a steep wall the mean of three normals may.
_BY_CHANCE = 0.1
#: So many faces tell a share, or how a surface bulges, to a few thousandths.
_ENOUGH_FACES = 100_000


def turned_outwards(name: str, surface: Surface) -> tuple[Surface, str]:
    """The surface with its faces wound as its normals say, and what told its outside.

    Raises
    ------
    CaptureError
        If winding and normals agree in one part of the surface and not in another.
    """
    against = _share_against(surface)
    if np.isnan(against):
        return surface, BY_WINDING
    if against <= _BY_CHANCE:
        return surface, BY_NORMALS
    if against < 1 - _BY_CHANCE:
        raise CaptureError(
            f"{name}: {against:.0%} of its faces are wound against the normals of their corners, "
            "so that nobody knows which side of it is the outside of the skin. Let the program "
            "that made it orient all faces alike and work out the normals again, or export it "
            "without normals."
        )
    surface.faces = np.ascontiguousarray(surface.faces[:, ::-1])
    return surface, TURNED


def _share_against(surface: Surface) -> float:
    """The share of faces that look away from the normals of their corners; NaN without any."""
    if not len(surface.normals):
        return float("nan")
    step = max(1, len(surface.faces) // _ENOUGH_FACES)
    with np.errstate(over="ignore", invalid="ignore"):
        told = surface.normals[surface.normal_of[::step]].sum(axis=1)
        looks = np.einsum("ij,ij->i", told, _area_vectors(surface.vertices, surface.faces[::step]))
    sure = np.isfinite(looks) & (looks != 0)
    return float((looks[sure] < 0).mean()) if sure.any() else float("nan")


def _area_vectors(vertices: Floats, faces: NDArray[np.integer[Any]]) -> Floats:
    """The normal of each face, as long as its area."""
    a, b, c = (vertices.take(corner, axis=0) for corner in faces.T)
    return np.asarray(np.cross(b - a, c - a)) / 2


def bulge_of(mesh: Mesh) -> float:
    """How far a mesh bulges towards its outside, from -1 to 1; 0 for a plane, 1 for a ball.

    The mean, over its area, of how far its normals look away from its middle. A cap of radius a
    on a ball of radius R has 0.75 a / R, as long as it is flat; a tilt or a shift changes nothing.
    """
    faces = mesh.faces[:: max(1, len(mesh.faces) // _ENOUGH_FACES)]
    area_vectors = _area_vectors(mesh.vertices_mm, faces)
    area = np.sqrt(np.einsum("ij,ij->i", area_vectors, area_vectors))
    centres = sum(mesh.vertices_mm.take(corner, axis=0) for corner in faces.T) / 3
    away = centres - area @ centres / area.sum()
    most = float(area @ np.sqrt(np.einsum("ij,ij->i", away, away)))
    return float(np.einsum("ij,ij->", area_vectors, away)) / most if most > 0 else 0.0
