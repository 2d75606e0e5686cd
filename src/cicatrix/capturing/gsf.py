"""Gwyddion Simple Field (``.gsf``): a short text header and float32 heights.

The header ends with one to four zero bytes, so that the heights start at a multiple of four.
``XReal`` and ``YReal`` are the lengths of the whole field in ``XYUnits``. A missing unit word means
"no unit" to Gwyddion, so such a file is no height map. Rows run down. Samples that were not
measured are NaN.

Specification: Gwyddion user guide, "Gwyddion Simple Field (GSF)".
"""

from __future__ import annotations

from pathlib import Path

from cicatrix.capturing.files import damaged, opened, plain
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, believed_pitch, mm_per
from cicatrix.capturing.limits import check_samples
from cicatrix.skin import CaptureError, HeightMap

MAGIC = b"Gwyddion Simple Field 1.0\n"
_LONGEST_HEADER = 1_000_000


def read(path: Path, *, given: Given) -> HeightMap:
    """The height map in a GSF file."""
    with opened(path) as file:
        file.take(len(MAGIC), what="header")
        header = file.take_until(b"\0", most=_LONGEST_HEADER, what="header")
        fields = _fields(header)
        columns = _whole(fields, "XRes", name=file.name)
        rows = _whole(fields, "YRes", name=file.name)
        check_samples(file.name, rows=rows, columns=columns)
        mm_per_xy = _unit(fields, "XYUnits", name=file.name)
        mm_per_z = _unit(fields, "ZUnits", name=file.name)
        width = _number(fields, "XReal", name=file.name, otherwise=float(columns))
        length = _number(fields, "YReal", name=file.name, otherwise=float(rows))
        pitch_mm = believed_pitch(
            file.name,
            told=(width * mm_per_xy / columns, length * mm_per_xy / rows),
            given=given,
        )
        start = len(MAGIC) + len(header)
        file.go_to(start + 4 - start % 4, what="header")
        heights = file.take_numbers("<f4", count=rows * columns, what="block of heights")
        return height_map(
            heights.reshape(rows, columns),
            mm_per_unit=mm_per_z,
            pitch_mm=pitch_mm,
            name=file.name,
            known={"format": "GSF", "title": plain(fields.get("Title", ""))},
        )


def _fields(header: bytes) -> dict[str, str]:
    text = header.decode("utf-8", errors="replace")
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def _whole(fields: dict[str, str], key: str, *, name: str) -> int:
    word = fields.get(key, "")
    if not (word.isascii() and word.isdigit() and len(word) <= 10):
        raise damaged(name, kind="a GSF file", why=f"{key} is {word!r}, not a count")
    return int(word)


def _number(fields: dict[str, str], key: str, *, name: str, otherwise: float) -> float:
    try:
        return float(fields.get(key, otherwise))
    except ValueError:
        word = fields[key]
        raise damaged(name, kind="a GSF file", why=f"{key} is {word!r}, not a length") from None


def _unit(fields: dict[str, str], key: str, *, name: str) -> float:
    word = fields.get(key, "")
    scale = mm_per(word)
    if scale is None:
        raise CaptureError(
            f"{name} is no height map: its {key} is {plain(word)!r}, and a unit of length was "
            "expected. Set the units in Gwyddion, or export the height channel of the scan."
        )
    return scale
