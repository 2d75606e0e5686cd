"""Grey PNG pictures whose levels are heights: 8 or 16 bits.

PNG has no unit for its levels, and its ``pHYs`` is about print and not about skin, so both the
pitch and the mm of one level must be given. Rows run down.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from cicatrix.capturing.files import damaged, opened, reading_with_a_library
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, Told, settled_height_scale, settled_pitch
from cicatrix.capturing.limits import check_samples
from cicatrix.skin import CaptureError, HeightMap

MAGIC = b"\x89PNG\r\n\x1a\n"
_KIND = "a PNG picture"
_HEADER = struct.Struct(">I4sIIBB")
_GREY = 0


def read(path: Path, *, given: Given) -> HeightMap:
    """The height map in a grey PNG file."""
    with opened(path) as file:
        file.take(len(MAGIC), what="header")
        _, chunk, columns, rows, bits, colour = _HEADER.unpack(
            file.take(_HEADER.size, what="header")
        )
        if chunk != b"IHDR":
            raise damaged(file.name, kind=_KIND, why="its header is missing")
        if colour != _GREY or bits not in {8, 16}:
            raise CaptureError(
                f"{file.name} is a picture in colours, or of fewer than 256 greys, not a height "
                "map. Export the height layer of the scan, as 16-bit grey PNG or better as X3P."
            )
        check_samples(file.name, rows=rows, columns=columns)
        pitch_mm = settled_pitch(file.name, told=Told(), given=given)
        file.go_to(0, what="start")
        with reading_with_a_library(file.name, kind=_KIND):
            from PIL.PngImagePlugin import PngImageFile

            with PngImageFile(file.file) as picture:
                levels = np.array(picture)
        if levels.shape != (rows, columns) or levels.dtype.kind not in "iu":
            raise damaged(file.name, kind=_KIND, why="its picture is not as its header says")
        scale = settled_height_scale(file.name, told=Told(), given=given, numbers=levels)
        return height_map(
            levels,
            mm_per_unit=scale,
            pitch_mm=pitch_mm,
            name=file.name,
            known={"format": "PNG", "bits": bits},
        )
