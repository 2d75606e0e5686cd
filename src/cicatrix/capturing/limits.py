"""How much a capture may hold, asked before any memory is taken.

A header of forty bytes can claim ten thousand million samples. Each reader therefore asks
here first, with the numbers of the header, and only then reads.
"""

from __future__ import annotations

from cicatrix.skin import CaptureError

MOST_BYTES = 2_000_000_000
MOST_SAMPLES = 64_000_000
MOST_VERTICES = 20_000_000
#: A closed surface of triangles has twice as many faces as vertices.
MOST_FACES = 40_000_000
#: Text and JSON grow about tenfold while they are read.
MOST_BYTES_OF_TEXT_MESH = 500_000_000
#: A library that reads text line by line takes up to 200 bytes for a line, so it is given no more
#: lines than these (0.6 GB); what is plain is read here, without it.
MOST_LINES_FOR_A_LIBRARY = 3_000_000
#: The longest side of a texture map that a scanner delivers is 16,384.
MOST_TEXELS = 16_384 * 16_384


def check_samples(name: str, *, rows: int, columns: int) -> None:
    """Refuse a height map that is too large, or too small to be one."""
    if rows < 2 or columns < 2:
        raise CaptureError(
            f"{name} says it holds {columns} × {rows} samples; a height map needs at least "
            "2 rows and 2 columns. Export the scan again, as a height map."
        )
    if rows * columns > MOST_SAMPLES:
        raise CaptureError(
            f"{name} says it holds {columns} × {rows} samples; cicatrix takes up to "
            f"{MOST_SAMPLES // 1_000_000} million. Crop the scan to the skin, or export it with "
            "a wider spacing."
        )


def check_mesh(name: str, *, vertices: int, faces: int) -> None:
    """Refuse a mesh that is too large."""
    if vertices > MOST_VERTICES or faces > MOST_FACES:
        raise CaptureError(
            f"{name} says it holds {vertices} vertices and {faces} faces; cicatrix takes up to "
            f"{MOST_VERTICES // 1_000_000} and {MOST_FACES // 1_000_000} million. Crop the scan "
            "to the skin, or export it with fewer triangles."
        )
