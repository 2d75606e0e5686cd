"""PLY files that are plainly a list of corners and a list of triangles, binary or text.

What is not plain (polygons, texture, lists beside the faces) is left to a library. A normal of
each corner is read where there is one: it tells which side of the surface is its outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, damaged
from cicatrix.capturing.mesh_headers import LONGEST_PLY_HEADER
from cicatrix.capturing.obj_text import Unusual, blocks, numbers, numbers_only
from cicatrix.capturing.surface import Surface

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
#: The order of bytes; numbers written as text have none, and take as many bytes as they like.
_ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": "="}
_PLACE, _NORMAL = ("x", "y", "z"), ("nx", "ny", "nz")
#: Names under which programs write texture coordinates.
_TEXTURE = {"s", "t", "u", "v", "texture_u", "texture_v"}
_HIGHEST = 2**31
#: A number as text, with the blank behind it: no program prints more digits.
_LONGEST_WORD = 48
_CORNERS = ("vertex_indices", "vertex_index")


_Table = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class _Header:
    """How corners and faces are stored; a face is its count of corners, then their numbers."""

    vertices: int
    vertex: np.dtype[Any]
    faces: int
    face: np.dtype[Any]
    is_text: bool


def read_ply(file: Reading) -> Surface:
    """The surface in a PLY file.

    Raises
    ------
    Unusual
        Where the file holds what only a library reads.
    CaptureError
        Where it is cut off, or a face refers to a corner that is not there.
    """
    text = file.take_until(b"end_header", most=LONGEST_PLY_HEADER, what="header")
    end = b"\r\n" if b"\r\n" in text else b"\n"
    if file.take(len(end), what="header") != end:
        raise Unusual("a header that ends in another way than its lines")
    header = _header(text.decode("latin-1"))
    corners, triangles = _from_text(file, header) if header.is_text else _from_bytes(file, header)
    if (triangles["count"] != 3).any():
        raise Unusual("a face that is no triangle")
    faces = triangles["corners"].astype(np.int64)
    if faces.size and (faces.min() < 0 or faces.max() >= header.vertices):
        raise damaged(file.name, kind="a mesh", why="a face refers to a corner that is not there")
    surface = Surface(vertices=_columns(corners, _PLACE), faces=faces)
    if set(_NORMAL) <= set(header.vertex.names or ()):
        surface.normals, surface.normal_of = _columns(corners, _NORMAL), faces
    return surface


def _from_bytes(file: Reading, header: _Header) -> tuple[_Table, _Table]:
    corners = file.take_numbers(header.vertex, count=header.vertices, what="list of vertices")
    triangles = file.take_numbers(header.face, count=header.faces, what="list of faces")
    return (
        {name: corners[name] for name in header.vertex.names or ()},
        {name: triangles[name] for name in header.face.names or ()},
    )


def _from_text(file: Reading, header: _Header) -> tuple[_Table, _Table]:
    names = header.vertex.names or ()
    # A face takes one word more than its columns have names for each further corner.
    words = len(header.face.names or ()) + 2
    split = header.vertices * len(names)
    count = split + header.faces * words
    text = np.frombuffer(_text_of(file, words=count), np.uint8)
    with numbers_only():
        every = numbers(text, count=count)
    corners, triangles = every[:split].reshape(-1, len(names)), every[split:].reshape(-1, words)
    numbered = triangles[:, 1:4]
    if not ((numbered == np.rint(numbered)) & (np.abs(numbered) < _HIGHEST)).all():
        raise Unusual("a number of a corner that is not whole, or that no list is long enough for")
    return (
        {name: corners[:, column] for column, name in enumerate(names)},
        {"count": triangles[:, 0], "corners": numbered},
    )


def _text_of(file: Reading, *, words: int) -> bytes:
    """The rest of the file without its blank lines, if it is as long as so many words can be."""
    gathered, most = bytearray(), words * _LONGEST_WORD
    for block in blocks(file):
        gathered += block
        if len(gathered) > most:
            raise Unusual("more than the header tells of")
    return bytes(gathered)


def _columns(table: _Table, names: tuple[str, ...]) -> NDArray[np.float64]:
    """Some columns of a table as one array."""
    with np.errstate(invalid="ignore"):
        return np.stack([table[name] for name in names], axis=1, dtype=np.float64)


def _header(text: str) -> _Header:
    """The header of a plain file."""
    lines = [line.split() for line in text.splitlines()]
    encoding = next((line[1] for line in lines if line[:1] == ["format"] and len(line) == 3), "")
    if encoding not in _ORDERS:
        raise Unusual(f"a PLY in {encoding}")
    elements: list[tuple[str, str, list[list[str]]]] = []
    for line in lines:
        if line[:1] == ["element"] and len(line) == 3:
            elements.append((line[1], line[2], []))
        elif line[:1] == ["property"] and elements:
            elements[-1][2].append(line[1:])
    if [name for name, _, _ in elements[:2]] != ["vertex", "face"]:
        raise Unusual("other lists before those of corners and faces")
    (_, vertices, of_vertex), (_, faces, of_face) = elements[:2]
    if not (vertices.isdecimal() and faces.isdecimal()):
        raise Unusual("a count that is no whole number")
    order = _ORDERS[encoding]
    return _Header(
        vertices=int(vertices),
        vertex=_vertex_type(of_vertex, order),
        faces=int(faces),
        face=_face_type(of_face, order),
        is_text=encoding == "ascii",
    )


def _vertex_type(properties: list[list[str]], order: str) -> np.dtype[Any]:
    fields = _scalars(properties, order)
    names = {name for name, _ in fields}
    if not set(_PLACE) <= names or names & _TEXTURE:
        raise Unusual("corners without a place, or with texture")
    return np.dtype(fields)


def _face_type(properties: list[list[str]], order: str) -> np.dtype[Any]:
    """A triangle; whether each face is one is told by its count."""
    match properties:
        case [["list", count, corner, name], *rest] if name in _CORNERS:
            kinds = _TYPES.get(count, ""), _TYPES.get(corner, "")
        case _:
            raise Unusual("faces that begin with something else than their corners")
    if not all(kind[:1] in ("i", "u") for kind in kinds) or "" in kinds:
        raise Unusual("corners that are no whole numbers")
    fields: list[Any] = [("count", order + kinds[0]), ("corners", order + kinds[1], 3)]
    return np.dtype([*fields, *_scalars(rest, order)])


def _scalars(properties: list[list[str]], order: str) -> list[tuple[str, str]]:
    """The plain numbers of an element, each with its type."""
    if any(len(words) != 2 or words[0] not in _TYPES for words in properties):
        raise Unusual("a list, or numbers of an unknown type")
    fields = [(name, order + _TYPES[kind]) for kind, name in properties]
    if len({name for name, _ in fields} | {"count", "corners"}) != len(fields) + 2:
        raise Unusual("two numbers of one name")
    return fields
