"""A mesh of text for a library that takes memory for every line: only the lines that say something.

Blank lines, remarks of an OBJ, and whatever follows the lists of a PLY are left out.
"""

from __future__ import annotations

import io
import re
from typing import BinaryIO

from cicatrix.capturing.files import Reading, damaged
from cicatrix.capturing.limits import MOST_LINES_FOR_A_LIBRARY
from cicatrix.capturing.mesh_headers import LONGEST_PLY_HEADER, ply_counts
from cicatrix.capturing.obj_text import Unusual, blocks
from cicatrix.skin import CaptureError

_END = b"end_header"
_REMARKS = re.compile(rb"^#[^\n]*\n", re.MULTILINE)


def for_a_library(file: Reading, *, kind: str) -> BinaryIO:
    """The file from its front as a library may read it; a binary one as it is.

    Raises
    ------
    CaptureError
        If it has more lines than a library can be given.
    """
    head, most = b"", MOST_LINES_FOR_A_LIBRARY
    if kind == "glb":
        return file.file
    if kind == "ply":
        head = file.take_until(_END, most=LONGEST_PLY_HEADER, what="header") + _END + b"\n"
        if b"format ascii" not in head:
            file.go_to(0, what="start")
            return file.file
        most = sum(ply_counts(head).values())
        file.file.readline(LONGEST_PLY_HEADER)
        if most > MOST_LINES_FOR_A_LIBRARY:
            raise _too_many(file, lines=most)
    kept = bytearray(head)
    try:
        for block in blocks(file):
            told = block if kind == "ply" else _REMARKS.sub(b"", block)
            lines = told.count(b"\n")
            if lines > most and kind != "ply":
                raise _too_many(file, lines=MOST_LINES_FOR_A_LIBRARY + 1)
            kept += b"".join(told.splitlines(keepends=True)[:most]) if lines > most else told
            most -= min(lines, most)
    except Unusual:
        raise damaged(
            file.name, kind=f"a mesh in {kind.upper()}", why="it has a line without end"
        ) from None
    return io.BytesIO(bytes(kept))


def _too_many(file: Reading, *, lines: int) -> CaptureError:
    return CaptureError(
        f"{file.name} is a text of a rare form with {lines} lines or more; of such, cicatrix "
        f"takes up to {MOST_LINES_FOR_A_LIBRARY // 1_000_000} million. Export the scan as binary "
        "PLY, with triangles."
    )
