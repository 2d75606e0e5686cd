"""Wavefront OBJ, read fast: corners, faces, texture coordinates and the picture of one material.

Faces of more than three corners are cut into triangles from their first corner. Numbers of
corners count from 1, or backwards from the last one so far. A corner that has several texture
coordinates becomes as many corners. What is unusual in a file is left to trimesh
(:class:`~cicatrix.capturing.obj_text.Unusual`).

Specification: Appendix B1, "Object Files (.obj)", Wavefront Advanced Visualizer manual, 1995.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

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
    numbers_only,
)
from cicatrix.capturing.surface import Surface
from cicatrix.side_by_side import side_by_side

#: Kinds of lines that hold nothing of a surface: groups, smoothing, points, lines.
_PASSED_OVER = {"o", "g", "s", "vp", "l", "p"}
#: What is listed, with how many numbers of each are used, in the order of a corner's numbers.
_LISTS = {"v": 3, "vt": 2, "vn": 3}
_Number = TypeVar("_Number", np.int32, np.bool_)


@dataclass(frozen=True, kw_only=True)
class _Triangles:
    """Triangles of one block: shape (triangles, 3, what is told of a corner).

    ``told`` says which of the :data:`_LISTS` the numbers belong to. They count from 1; those that
    are ``backwards`` count from what the blocks before held.
    """

    told: tuple[int, ...]
    corners: NDArray[np.int32]
    backwards: Mask

    def of(self, which: int) -> NDArray[np.int32]:
        """The numbers of each corner in one of the lists, 0 where nothing is told."""
        if which not in self.told:
            return np.zeros((len(self.corners), 3), np.int32)
        return self.corners[:, :, self.told.index(which)]


@dataclass(frozen=True, kw_only=True)
class _Block:
    """What one block of lines says: the lists in the order of :data:`_LISTS`."""

    lists: tuple[Floats, ...]
    triangles: tuple[_Triangles, ...]
    other_words: tuple[tuple[str, str], ...]


def _block(text: bytes) -> _Block:
    """Parse one block, whatever the others hold."""
    lines = Lines.of(text)
    called = {keyword: lines.called(keyword) for keyword in (*_LISTS, "f")}
    others = ~np.logical_or.reduce([*called.values(), lines.empty()])
    check_few(others)
    return _Block(
        lists=tuple(
            _table(lines, called[keyword], keyword=keyword, columns=columns)
            for keyword, columns in _LISTS.items()
        ),
        triangles=tuple(_triangles(lines, called)),
        other_words=tuple((words[0], "".join(words[1:])) for words in lines.others(others)),
    )


def _triangles(lines: Lines, called: Mapping[str, Mask]) -> Iterator[_Triangles]:
    """The faces of some lines, those with equally many corners together."""
    for corners in np.unique(lines.words[called["f"]]) - 1:
        if corners < 3:
            raise Unusual("a face of two corners")
        which = called["f"] & (lines.words == corners + 1)
        numbered, told = corner_numbers(lines.text(which, keyword="f"), corners=int(corners))
        backwards = numbered < 0
        if backwards.any():
            before = [np.cumsum(called[keyword])[which] for keyword in _LISTS]
            own = np.stack([before[number] for number in told], axis=1)
            numbered = np.where(backwards, numbered + own[:, None] + 1, numbered)
        if np.abs(numbered).max(initial=0) > np.iinfo(np.int32).max:
            raise Unusual("a number that no list is long enough for")
        yield _Triangles(
            told=told, corners=_fan(numbered.astype(np.int32)), backwards=_fan(backwards)
        )


def _fan(corners: NDArray[_Number]) -> NDArray[_Number]:
    """Faces cut into triangles from their first corner."""
    if corners.shape[1] == 3:
        return corners
    first = np.broadcast_to(corners[:, :1], corners[:, 2:].shape)
    fan = np.stack([first, corners[:, 1:-1], corners[:, 2:]], axis=2)
    return fan.reshape(-1, 3, corners.shape[2])


@dataclass(kw_only=True)
class _Gathered:
    """What was read so far; each list has an array a block."""

    name: str
    lists: tuple[list[Floats], ...] = field(default_factory=lambda: ([], [], []))
    triangles: list[_Triangles] = field(default_factory=list)
    counts: Indices = field(default_factory=lambda: np.zeros(3, np.int64))
    face_count: int = 0
    library: str = ""
    materials: set[str] = field(default_factory=set)

    def take(self, block: _Block) -> None:
        """Add one more block."""
        for keyword, rest in block.other_words:
            self._take_word(keyword, rest)
        for found in block.triangles:
            before = self.counts[list(found.told)].astype(np.int32)
            if found.backwards.any():
                found.corners[...] += np.where(found.backwards, before, np.int32(0))
            self.triangles.append(found)
            self.face_count += len(found.corners)
        for so_far, further in zip(self.lists, block.lists, strict=True):
            so_far.append(further)
        self.counts += np.array([len(further) for further in block.lists])
        check_mesh(self.name, vertices=int(self.counts[0]), faces=self.face_count)

    def _take_word(self, keyword: str, rest: str) -> None:
        if keyword == "mtllib":
            self.library = self.library or rest.strip()
        elif keyword == "usemtl":
            self.materials.add(rest.strip())
        elif keyword not in _PASSED_OVER:
            raise Unusual(keyword)

    def surface(self) -> Surface:
        """All of it as one surface."""
        vertices, uv, normals = (
            np.concatenate([np.empty((0, columns)), *found])
            for columns, found in zip(_LISTS.values(), self.lists, strict=True)
        )
        faces, textures, normal_of = (self._corners(which) for which in range(len(_LISTS)))
        if faces.size and not _all_there(faces, vertices):
            raise damaged(
                self.name, kind="a mesh in OBJ", why="a face refers to a corner that is not there"
            )
        surface = Surface(
            vertices=vertices, faces=faces, library=self.library, materials=self.materials
        )
        if _all_there(normal_of, normals):
            surface.normals, surface.normal_of = normals, normal_of
        known = _all_there(textures, uv) and len(self.materials) < 2
        return _with_uv(surface, textures, uv) if known else surface

    def _corners(self, which: int) -> Indices:
        """The number of every corner of every triangle in one of the lists, counted from 0."""
        numbered = (triangles.of(which) for triangles in self.triangles)
        corners = np.concatenate([np.empty((0, 3), np.int64), *numbered])
        corners -= 1
        return corners


def _all_there(numbers_from_0: Indices, listed: Floats) -> bool:
    """True if there are some numbers and each has its row in a list."""
    return bool(
        numbers_from_0.size
        and len(listed)
        and numbers_from_0.min() >= 0
        and numbers_from_0.max() < len(listed)
    )


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
    with numbers_only():
        for block in side_by_side(_block, blocks(file)):
            gathered.take(block)
    return gathered.surface()


def _table(lines: Lines, which: Mask, *, keyword: str, columns: int) -> Floats:
    """The first numbers of some lines; more may follow them, such as a weight or a colour."""
    words = lines.words[which] - 1
    if not len(words):
        return np.empty((0, columns))
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
