"""Gwyddion's own files (``.gwy``): a tree of named objects, of which one is the height map.

After the mark ``GWYP`` comes one object: its name, a zero byte, its length, and its components;
each has a name, a type letter and a value (numbers little-endian). A height map lies in a
``GwyDataField`` under ``/0/data`` with ``xres``, ``yres``, ``xreal``, ``yreal`` (whole field) and
units; a channel whose values are no lengths is passed over. Only that part is looked at.

Rows run down. Gwyddion cannot store "not measured": it fills such samples in and lays a mask
over them. Masked samples are therefore taken as not measured. (A mask drawn for another reason
hides skin as well; remove it in Gwyddion before saving.)

Specification: Gwyddion user guide, "Gwyddion native format".
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, damaged, opened, plain
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, believed_pitch, mm_per
from cicatrix.capturing.limits import check_samples
from cicatrix.skin import CaptureError, HeightMap

MAGIC = b"GWYP"
_KIND = "a Gwyddion file"
_DATA = re.compile(r"/(\d{1,6})/data")
_LONGEST_NAME = 1_000
_MOST_COMPONENTS = 100_000
_BYTES_OF = {"b": 1, "c": 1, "i": 4, "q": 8, "d": 8, "C": 1, "I": 4, "Q": 8, "D": 8}


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Where one component lies in the file: its type letter, first byte and length."""

    letter: str
    start: int
    length: int


def read(path: Path, *, given: Given) -> HeightMap:
    """The one height map in a Gwyddion file."""
    with opened(path) as file:
        file.take(len(MAGIC), what="header")
        top = _parts_of_object(file, end=file.size)
        number, field = _height_field(file, top)
        columns, rows = (int(_value(file, field, key)) for key in ("xres", "yres"))
        check_samples(file.name, rows=rows, columns=columns)
        scale_xy, scale_z = (_mm_per(file, field, u) for u in ("si_unit_xy", "si_unit_z"))
        pitch_mm = believed_pitch(
            file.name,
            told=(
                float(_value(file, field, "xreal")) * scale_xy / columns,
                float(_value(file, field, "yreal")) * scale_xy / rows,
            ),
            given=given,
        )
        heights = _numbers(file, field, count=rows * columns)
        masked = _mask(file, top, number, count=rows * columns)
        heights[masked] = np.nan
        title = _text(file, top, f"/{number}/data/title")
        return height_map(
            heights.reshape(rows, columns),
            mm_per_unit=scale_z,
            pitch_mm=pitch_mm,
            name=file.name,
            known={"format": "GWY", "title": title, "masked_samples": int(masked.sum())},
        )


def _height_field(file: Reading, top: dict[str, _Part]) -> tuple[str, dict[str, _Part]]:
    """The number and the components of the only channel whose values are lengths."""
    found: list[tuple[str, dict[str, _Part]]] = []
    for key, part in top.items():
        match = _DATA.fullmatch(key)
        if match and part.letter == "o":
            field = _parts_at(file, part)
            if mm_per(_unit_word(file, field, "si_unit_z")) is not None:
                found.append((match[1], field))
    if not found:
        raise CaptureError(
            f"{file.name} holds no height map: no channel of it is in a unit of length. "
            "Save the height channel in Gwyddion."
        )
    if len(found) > 1:
        titles = ", ".join(_text(file, top, f"/{n}/data/title") or n for n, _ in found[:5])
        raise CaptureError(
            f"{file.name} holds {len(found)} height maps ({titles}). Keep the one that is to be "
            "measured, and save it alone."
        )
    return found[0]


def _mask(file: Reading, top: dict[str, _Part], number: str, *, count: int) -> NDArray[np.bool_]:
    part = top.get(f"/{number}/mask")
    if part is None or part.letter != "o":
        return np.zeros(count, dtype=bool)
    return _numbers(file, _parts_at(file, part), count=count) > 0


def _parts_at(file: Reading, part: _Part) -> dict[str, _Part]:
    file.go_to(part.start, what="tree of objects")
    return _parts_of_object(file, end=part.start + part.length)


def _parts_of_object(file: Reading, *, end: int) -> dict[str, _Part]:
    """What the object holds that begins here; its own objects are passed over, not opened."""
    _, length = _object_head(file)
    end = min(end, file.file.tell() + length)
    parts: dict[str, _Part] = {}
    for _ in range(_MOST_COMPONENTS):
        if file.file.tell() >= end:
            return parts
        key = file.take_until(b"\0", most=_LONGEST_NAME, what="name").decode("utf-8", "replace")
        letter = file.take(1, what="type").decode("latin-1")
        start = file.file.tell()
        parts[key] = _Part(letter=letter, start=start, length=_length(file, letter))
        file.go_to(start + parts[key].length, what="tree of objects")
    raise damaged(file.name, kind=_KIND, why="an object without end")


def _object_head(file: Reading) -> tuple[str, int]:
    name = file.take_until(b"\0", most=_LONGEST_NAME, what="name")
    return plain(name), int(struct.unpack("<I", file.take(4, what="length"))[0])


def _length(file: Reading, letter: str) -> int:
    """How many bytes the value that begins here takes; the file may stand anywhere after."""
    start = file.file.tell()
    if letter == "o":
        _, length = _object_head(file)
        return file.file.tell() - start + length
    if letter == "s":
        file.take_until(b"\0", most=file.left, what="text")
        return file.file.tell() - start
    if letter in "SO":
        return _length_of_many(file, letter)
    if letter not in _BYTES_OF:
        raise damaged(file.name, kind=_KIND, why=f"a value of type {letter!r}")
    if letter.isupper():
        (count,) = struct.unpack("<I", file.take(4, what="length"))
        return 4 + int(count) * _BYTES_OF[letter]
    return _BYTES_OF[letter]


def _length_of_many(file: Reading, letter: str) -> int:
    start = file.file.tell()
    (count,) = struct.unpack("<I", file.take(4, what="length"))
    if count > _MOST_COMPONENTS:
        raise damaged(file.name, kind=_KIND, why=f"a list of {count} things")
    for _ in range(count):
        here = file.file.tell()
        file.go_to(here + _length(file, letter.lower()), what="tree of objects")
    return file.file.tell() - start


def _value(file: Reading, field: dict[str, _Part], key: str) -> Any:
    part = field.get(key)
    if part is None or part.letter not in "id":
        raise damaged(file.name, kind=_KIND, why=f"its height map has no {key}")
    file.go_to(part.start, what="tree of objects")
    return struct.unpack(f"<{part.letter}", file.take(part.length, what=key))[0]


def _numbers(file: Reading, field: dict[str, _Part], *, count: int) -> NDArray[np.float64]:
    part = field.get("data")
    if part is None or part.letter != "D" or part.length != 4 + 8 * count:
        raise damaged(file.name, kind=_KIND, why="as many heights as samples were expected")
    file.go_to(part.start + 4, what="block of heights")
    return file.take_numbers("<f8", count=count, what="block of heights")


def _text(file: Reading, parts: dict[str, _Part], key: str) -> str:
    part = parts.get(key)
    if part is None or part.letter != "s":
        return ""
    file.go_to(part.start, what="tree of objects")
    return plain(file.take(part.length, what="text").rstrip(b"\0"))


def _unit_word(file: Reading, field: dict[str, _Part], key: str) -> str:
    part = field.get(key)
    if part is None or part.letter != "o":
        return ""
    return _text(file, _parts_at(file, part), "unitstr")


def _mm_per(file: Reading, field: dict[str, _Part], key: str) -> float:
    word = _unit_word(file, field, key)
    scale = mm_per(word)
    if scale is None:
        raise CaptureError(
            f"{file.name} has its positions in {word!r}, and a length was expected. "
            "Set the dimensions in Gwyddion and save again."
        )
    return scale
