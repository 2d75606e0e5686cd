"""Wavefront OBJ, read fast: corners, faces, texture coordinates and the picture of one material.

Faces of more than three corners are cut into triangles from their first corner. Numbers of
corners count from 1, or backwards from the last one so far. A corner that has several texture
coordinates becomes as many corners. What is unusual in a file is left to trimesh
(:class:`~cicatrix.capturing.obj_text.Unusual`).

Specification: Appendix B1, "Object Files (.obj)", Wavefront Advanced Visualizer manual, 1995.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cicatrix.capturing.files import Reading, damaged
from cicatrix.capturing.limits import check_mesh
from cicatrix.capturing.obj_text import (
    Floats,
    Indices,
    Lines,
    Mask,
    Unusual,
    blocks,
    check_few,
    corner_numbers,
    numbers,
)

#: Kinds of lines that hold nothing of a surface: groups, smoothing, normals, points, lines.
_PASSED_OVER = {"o", "g", "s", "vn", "vp", "l", "p"}


@dataclass(kw_only=True)
class Surface:
    """What an OBJ file holds; ``uv`` has no rows where not every corner has one."""

    vertices: Floats
    faces: Indices
    uv: Floats
    library: str
    materials: set[str]


@dataclass(kw_only=True)
class _Gathered:
    """What was read so far; each list has an array a block."""

    name: str
    vertices: list[Floats] = field(default_factory=list)
    uv: list[Floats] = field(default_factory=list)
    #: Shape (triangles, 3, 2): the numbers of place and texture of each corner, from 1.
    faces: list[Indices] = field(default_factory=list)
    vertex_count: int = 0
    uv_count: int = 0
    face_count: int = 0
    library: str = ""
    materials: set[str] = field(default_factory=set)

    def take(self, lines: Lines) -> None:
        """Read one more block."""
        places, textures, faces = (lines.called(keyword) for keyword in ("v", "vt", "f"))
        others = ~(places | textures | faces | lines.called("vn") | lines.empty())
        check_few(others)
        for words in lines.others(others):
            self._take_word(*words)
        before = np.stack(
            [self.vertex_count + np.cumsum(places), self.uv_count + np.cumsum(textures)], axis=1
        )
        if places.any():
            self.vertices.append(_table(lines, places, keyword="v", columns=3))
            self.vertex_count += len(self.vertices[-1])
        if textures.any():
            self.uv.append(_table(lines, textures, keyword="vt", columns=2))
            self.uv_count += len(self.uv[-1])
        if faces.any():
            self._take_faces(lines, faces, before)
        check_mesh(self.name, vertices=self.vertex_count, faces=self.face_count)

    def _take_word(self, keyword: str, rest: str = "") -> None:
        if keyword == "mtllib":
            self.library = self.library or rest.strip()
        elif keyword == "usemtl":
            self.materials.add(rest.strip())
        elif keyword not in _PASSED_OVER:
            raise Unusual(keyword)

    def _take_faces(self, lines: Lines, faces: Mask, before: Indices) -> None:
        for corners in np.unique(lines.words[faces]) - 1:
            if corners < 3:
                raise Unusual("a face of two corners")
            which = faces & (lines.words == corners + 1)
            found = corner_numbers(lines.text(which, keyword="f"), corners=int(corners))
            backwards = found < 0
            if backwards.any():
                found = np.where(backwards, found + before[which][:, None] + 1, found)
            first = np.broadcast_to(found[:, :1], (len(found), corners - 2, 2))
            fan = np.stack([first, found[:, 1:-1], found[:, 2:]], axis=2)
            self.faces.append(fan.reshape(-1, 3, 2).astype(np.int32))
            self.face_count += len(self.faces[-1])

    def surface(self) -> Surface:
        """All of it as one surface."""
        vertices = np.concatenate([np.empty((0, 3)), *self.vertices])
        corners = np.concatenate([np.empty((0, 3, 2), np.int32), *self.faces])
        faces = corners[:, :, 0].astype(np.int64) - 1
        if faces.size and (faces.min() < 0 or faces.max() >= len(vertices)):
            raise damaged(
                self.name, kind="a mesh in OBJ", why="a face refers to a corner that is not there"
            )
        uv = np.concatenate([np.empty((0, 2)), *self.uv])
        textures = corners[:, :, 1].astype(np.int64) - 1
        surface = Surface(
            vertices=vertices,
            faces=faces,
            uv=np.empty((0, 2)),
            library=self.library,
            materials=self.materials,
        )
        known = faces.size and textures.min() >= 0 and textures.max() < len(uv)
        return _with_uv(surface, textures, uv) if known and len(self.materials) < 2 else surface


def read_obj(file: Reading) -> Surface:
    """The surface in an OBJ file.

    Raises
    ------
    Unusual
        Where the file holds what only a library reads.
    CaptureError
        Where a face refers to a corner that is not there.
    """
    gathered = _Gathered(name=file.name)
    for lines in blocks(file):
        gathered.take(lines)
    return gathered.surface()


def _table(lines: Lines, which: Mask, *, keyword: str, columns: int) -> Floats:
    """The first numbers of some lines; more may follow them, such as a weight or a colour."""
    words = lines.words[which] - 1
    if np.ptp(words) or words[0] < columns:
        raise Unusual("lines of different lengths")
    every = numbers(lines.text(which, keyword=keyword), count=int(words.sum()))
    return np.ascontiguousarray(every.reshape(len(words), -1)[:, :columns])


def _with_uv(surface: Surface, textures: Indices, uv: Floats) -> Surface:
    """The surface with one texture coordinate a corner; corners that have more become more."""
    corner, texture = surface.faces.ravel(), textures.ravel()
    of_corner = np.full(len(surface.vertices), -1)
    of_corner[corner] = texture
    further = np.flatnonzero(of_corner[corner] != texture)
    pairs = corner[further] * len(uv) + texture[further]
    pairs, number = np.unique(pairs, return_inverse=True)
    faces = corner.copy()
    faces[further] = len(surface.vertices) + number
    surface.vertices = np.concatenate([surface.vertices, surface.vertices[pairs // len(uv)]])
    surface.faces = faces.reshape(-1, 3)
    surface.uv = np.concatenate([uv[of_corner], uv[pairs % len(uv)]])
    return surface
