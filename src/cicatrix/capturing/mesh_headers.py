"""What a mesh file claims to hold, read before a library takes memory for it."""

from __future__ import annotations

import json
import re
import struct
from typing import Any

from cicatrix.capturing.files import Reading, damaged
from cicatrix.capturing.limits import (
    MOST_BYTES_OF_TEXT_MESH,
    MOST_FACES,
    MOST_VERTICES,
    check_mesh,
)
from cicatrix.capturing.stl import HEADER_BYTES, TRIANGLE_BYTES, claimed_triangles, is_binary_stl
from cicatrix.skin import CaptureError

LONGEST_PLY_HEADER = 65_536
_PLY_ELEMENT = re.compile(rb"element\s+(\w+)\s+(\d{1,20})")
_PLY_BYTES = {
    "char": 1, "uchar": 1, "int8": 1, "uint8": 1, "short": 2, "ushort": 2, "int16": 2,
    "uint16": 2, "int": 4, "uint": 4, "int32": 4, "uint32": 4, "float": 4, "float32": 4,
    "double": 8, "float64": 8, "int64": 8, "uint64": 8,
}  # fmt: skip
_LONGEST_GLB_JSON = 50_000_000
#: A scan has one mesh, or some dozens; its accessors and nodes are counted in hundreds.
_MOST_PARTS_OF_GLB = 20_000


def check_claims(file: Reading, *, kind: str) -> tuple[int, int]:
    """Refuse a mesh whose header promises more than cicatrix takes or the file has.

    Gives how many vertices and faces the header names, 0 and 0 where it names none: a file of
    text can be cut off between two of them without a trace.
    """
    if kind == "ply":
        return _check_ply(file)
    {"stl": _check_stl, "obj": _check_text, "glb": _check_glb}[kind](file)
    return 0, 0


def _check_text(file: Reading) -> None:
    if file.size > MOST_BYTES_OF_TEXT_MESH:
        raise CaptureError(
            f"{file.name} is a text of {file.size // 1_000_000} MB; cicatrix takes up to "
            f"{MOST_BYTES_OF_TEXT_MESH // 1_000_000} MB. Export the scan as binary PLY or GLB."
        )
    block = file.take(min(file.size, 1_000_000), what="start")
    if b"\0" in block:
        raise damaged(file.name, kind="a mesh of text", why="it is no text")


def _check_stl(file: Reading) -> None:
    if is_binary_stl(file):
        check_mesh(file.name, vertices=0, faces=claimed_triangles(file))
        return
    start = file.take(min(file.size, 512), what="start")
    if not start.lstrip().startswith(b"solid") or b"\0" in start:
        triangles = claimed_triangles(file)
        raise CaptureError(
            f"{file.name} is cut off or no STL: for the {triangles} triangles that it names it "
            f"should have {HEADER_BYTES + TRIANGLE_BYTES * triangles} bytes, and it has "
            f"{file.size}. Copy or export the scan again."
        )
    file.go_to(0, what="start")
    _check_text(file)


def _check_ply(file: Reading) -> tuple[int, int]:
    header = file.take_until(b"end_header", most=LONGEST_PLY_HEADER, what="header")
    counts = ply_counts(header)
    claimed = counts.get("vertex", 0), counts.get("face", 0)
    check_mesh(file.name, vertices=claimed[0], faces=claimed[1])
    if any(count > MOST_FACES for count in counts.values()):
        raise damaged(file.name, kind="a mesh in PLY", why="it lists more than a scan has")
    if b"format ascii" in header:
        _check_text_size(file)
        return claimed
    least = sum(n * _least_bytes(header, element) for element, n in counts.items())
    if file.left < least:
        raise CaptureError(
            f"{file.name} is cut off: its list of vertices and faces should take at least {least} "
            f"bytes, and {file.left} are there. Copy or export the scan again."
        )
    return claimed


def ply_counts(header: bytes) -> dict[str, int]:
    """How many entries each list of a PLY has, as its header says."""
    return {m[1].decode(): int(m[2]) for m in _PLY_ELEMENT.finditer(header)}


def _check_text_size(file: Reading) -> None:
    if file.size > MOST_BYTES_OF_TEXT_MESH:
        raise CaptureError(
            f"{file.name} is a text of {file.size // 1_000_000} MB. Export the scan as binary PLY."
        )


def _least_bytes(header: bytes, element: str) -> int:
    """How long one entry of an element is at least: a face has three corners or more."""
    inside, size = False, 0
    for line in header.decode("latin-1").splitlines():
        words = line.split()
        if words[:1] == ["element"]:
            inside = words[1:2] == [element]
        elif inside and words[:2] == ["property", "list"] and len(words) == 5:
            corners = 3 if words[4].startswith("vertex_ind") else 0
            size += _PLY_BYTES.get(words[2], 0) + corners * _PLY_BYTES.get(words[3], 0)
        elif inside and words[:1] == ["property"] and len(words) == 3:
            size += _PLY_BYTES.get(words[1], 0)
    return size


def _check_glb(file: Reading) -> None:
    _, version, _ = struct.unpack("<4sII", file.take(12, what="header"))
    length, kind = struct.unpack("<I4s", file.take(8, what="header"))
    if version != 2 or kind != b"JSON" or length > _LONGEST_GLB_JSON:
        raise damaged(file.name, kind="a mesh in GLB", why="its header is unknown")
    try:
        tree = json.loads(file.take(length, what="description"))
        accessors, nodes = tree.get("accessors", []), tree.get("nodes", [])
        counts = [accessor["count"] for accessor in accessors]
        _check_glb_tree(tree, name=file.name)
    except CaptureError:
        raise
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise damaged(
            file.name, kind="a mesh in GLB", why="its description makes no sense"
        ) from error
    whole = all(isinstance(count, int) and count >= 0 for count in counts)
    if not whole or max(len(accessors), len(nodes)) > _MOST_PARTS_OF_GLB:
        raise damaged(file.name, kind="a mesh in GLB", why="its description makes no sense")
    if any(count > 3 * MOST_FACES for count in counts) or sum(counts) > 10 * MOST_VERTICES:
        raise CaptureError(
            f"{file.name} says it holds {max(counts)} numbers in one list, more than any scan. "
            "Export the scan with fewer triangles."
        )


def _check_glb_tree(tree: dict[str, Any], *, name: str) -> None:
    """Refuse compressed meshes, lists without data, and pieces that contain themselves."""
    packed = {"KHR_draco_mesh_compression", "EXT_meshopt_compression"}
    if packed & set(tree.get("extensionsRequired", [])):
        raise CaptureError(
            f"{name} is a compressed GLB (Draco or Meshopt). Export it without compression."
        )
    if any("bufferView" not in accessor for accessor in tree.get("accessors", [])):
        raise damaged(name, kind="a mesh in GLB", why="it lists numbers that it does not hold")
    if any("sparse" in accessor for accessor in tree.get("accessors", [])):
        raise CaptureError(
            f"{name} keeps changes to its numbers in lists of their own (sparse accessors), which "
            "cicatrix does not read. Export it without them, or as PLY."
        )
    parents: dict[int, int] = {}
    for number, node in enumerate(tree.get("nodes", [])):
        for child in node.get("children", []):
            if child in parents:
                raise damaged(name, kind="a mesh in GLB", why="a piece hangs in two places")
            parents[child] = number
    for number in parents:
        at, steps = number, 0
        while at in parents:
            at, steps = parents[at], steps + 1
            if steps > 1000:
                raise damaged(name, kind="a mesh in GLB", why="a piece contains itself")
