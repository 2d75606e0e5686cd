"""STL, binary (80 bytes of anything, the count of triangles, 50 bytes for each) and as text.

As text each corner is a line of its own, ``vertex`` and three numbers; other lines begin with
other words. STL repeats the corners of every triangle. Corners with the very same coordinates are
one corner again here, without which no triangle would have a neighbour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, damaged
from cicatrix.capturing.limits import check_mesh
from cicatrix.capturing.obj_text import Lines, blocks, numbers, numbers_only
from cicatrix.capturing.surface import Surface

HEADER_BYTES, TRIANGLE_BYTES = 84, 50
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def is_binary_stl(file: Reading) -> bool:
    """Whether the length of the file is the one that its count of triangles asks for."""
    return file.size == HEADER_BYTES + TRIANGLE_BYTES * claimed_triangles(file)


def claimed_triangles(file: Reading) -> int:
    """How many triangles a binary STL says it has; the file then stands at its front."""
    file.go_to(0, what="start")
    head = file.file.read(HEADER_BYTES)
    file.go_to(0, what="start")
    return int.from_bytes(head[80:84], "little")


def read_stl(file: Reading) -> Surface:
    """The surface in an STL file, with each of its corners once."""
    read = read_binary_stl if is_binary_stl(file) else read_text_stl
    vertices, faces = read(file)
    return Surface(vertices=vertices, faces=faces)


def read_binary_stl(file: Reading) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Corners, each once, and faces."""
    triangles = claimed_triangles(file)
    check_mesh(file.name, vertices=0, faces=triangles)
    file.take(HEADER_BYTES, what="header")
    if not triangles:
        return np.empty((0, 3)), np.empty((0, 3), np.int64)
    raw = file.take_numbers(_TRIANGLE, count=triangles, what="list of triangles")
    corners = np.ascontiguousarray(raw["corners"]).reshape(-1, 3)
    faces = np.arange(3 * triangles, dtype=np.int64).reshape(-1, 3)
    return each_place_once(corners.astype(np.float64), faces)


def read_text_stl(file: Reading) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Corners, each once, and faces.

    Raises
    ------
    Unusual
        Where a corner is written in another way.
    CaptureError
        Where a triangle does not have three corners, or there are too many.
    """
    places, facets, corners = [np.empty((0, 3), np.float32)], 0, 0
    with numbers_only():
        for block in blocks(file):
            lines = Lines.of(block)
            which = lines.starting(b"ver")
            count = int(which.sum())
            facets, corners = facets + int(lines.starting(b"fac").sum()), corners + count
            check_mesh(file.name, vertices=0, faces=facets)
            if count:
                text = lines.text(which, keyword="vertex")
                found = numbers(text, count=3 * count).reshape(-1, 3)
                with np.errstate(over="ignore"):
                    places.append(found.astype(np.float32))
    if corners != 3 * facets:
        raise damaged(
            file.name,
            kind="a mesh in STL",
            why=f"it holds {corners} corners for {facets} triangles",
        )
    joined = np.concatenate(places).astype(np.float64)
    if not corners:
        return joined, np.empty((0, 3), np.int64)
    return each_place_once(joined, np.arange(corners, dtype=np.int64).reshape(-1, 3))


def each_place_once(
    corners: NDArray[np.float64], faces: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Make corners one that are the same place as far as a float32, all that STL has, can tell."""
    with np.errstate(over="ignore", invalid="ignore"):
        # Minus zero and zero are one place.
        places = corners.astype(np.float32) + np.float32(0)
    first, again = _same_places(places)
    return corners[first], again[faces].astype(np.int64)


def _same_places(
    corners: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first of each set of equal corners, and the set that each corner belongs to."""
    bits = corners.view(np.uint32).astype(np.uint64)
    # One number a corner: sorting those is several times as fast as sorting triples. Two
    # odd factors spread the bits; that no two places share a number is checked.
    with np.errstate(over="ignore"):
        mixed = (bits[:, 0] * np.uint64(0x9E3779B97F4A7C15)) ^ (
            bits[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
        )
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + bits[:, 2]
    first, again = _groups(mixed)
    if not np.array_equal(bits[first][again], bits):
        _, first, again = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    return first, again.reshape(-1)


def _groups(
    numbers: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One member of each group of equal numbers, and the group of each number.

    ``np.unique`` does the same with a stable sort, which takes three times as long.
    """
    order = np.argsort(numbers)
    in_order = numbers[order]
    starts = np.concatenate([[True], in_order[1:] != in_order[:-1]])
    again = np.empty(len(numbers), dtype=np.int64)
    again[order] = np.cumsum(starts) - 1
    return order[starts], again
