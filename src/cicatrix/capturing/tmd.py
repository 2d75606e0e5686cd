"""TrueMap height maps (``.tmd``), as written by GelSight and TrueGage.

Version 2: a 32-byte mark, a comment ended by a zero byte (often empty), then little-endian
``uint32`` columns, rows; ``float32`` length x, length y, offset x, offset y in mm; then rows of
``float32`` heights in mm. The lengths are those of the whole field, columns × pitch.

Rows run down: the GelSight photographs of a scan lie on its height map pixel for pixel. Samples
that were not measured are NaN.
"""

from __future__ import annotations

import struct
from pathlib import Path

from cicatrix.capturing.files import opened, plain
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, believed_pitch
from cicatrix.capturing.limits import check_samples
from cicatrix.skin import CaptureError, HeightMap

MAGIC = b"Binary TrueMap Data File v"
_MARK_BYTES = 32
_LONGEST_COMMENT = 65_536
_SIZES = struct.Struct("<2I4f")


def read(path: Path, *, given: Given) -> HeightMap:
    """The height map in a TrueMap file."""
    with opened(path) as file:
        mark = file.take(_MARK_BYTES, what="header")
        if not mark.startswith(MAGIC + b"2"):
            version = plain(mark[len(MAGIC) :].split(b"\0")[0])
            raise CaptureError(
                f"{file.name} is a TrueMap file of version {version or 'unknown'}, and cicatrix "
                "reads version 2. Export it as version 2."
            )
        comment = file.take_until(b"\0", most=_LONGEST_COMMENT, what="comment")
        columns, rows, length_x, length_y, offset_x, offset_y = _SIZES.unpack(
            file.take(_SIZES.size, what="header")
        )
        check_samples(file.name, rows=rows, columns=columns)
        pitch_mm = believed_pitch(
            file.name, told=(length_x / columns, length_y / rows), given=given
        )
        heights = file.take_numbers("<f4", count=rows * columns, what="block of heights")
        return height_map(
            heights.reshape(rows, columns),
            mm_per_unit=1.0,
            pitch_mm=pitch_mm,
            name=file.name,
            known={
                "format": "TMD",
                "comment": plain(comment),
                "offset_mm": (offset_x, offset_y),
            },
        )
