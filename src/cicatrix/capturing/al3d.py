"""Alicona depth images (``.al3d``).

A 17-byte mark, then tags of 20 bytes key, 30 bytes value and CR LF: first ``Version`` and
``TagCount``, then so many more. ``DepthImageOffset`` leads to rows of little-endian float32
depths in metres, each row padded to 8 bytes. Depths at or above ``InvalidPixelValue`` (3e15
where the tag is missing) and NaN were not measured. Rows run down, as in the texture image.

Specification: "AL3D File Format", Alicona Imaging, 2005.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, damaged, opened, plain
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, believed_pitch
from cicatrix.capturing.limits import check_samples
from cicatrix.skin import HeightMap

MAGIC = b"AliconaImaging\0\r\n"
_TAG_BYTES = 52
_MOST_TAGS = 1_000
_USUAL_INVALID = 3e15
_MM_PER_METRE = 1000.0
_KIND = "an AL3D file"


def read(path: Path, *, given: Given) -> HeightMap:
    """The depth image of an AL3D file as a height map."""
    with opened(path) as file:
        tags = _tags(file)
        columns = _whole(tags, "Cols", name=file.name)
        rows = _whole(tags, "Rows", name=file.name)
        check_samples(file.name, rows=rows, columns=columns)
        pitch_mm = believed_pitch(
            file.name,
            told=(
                _number(tags, "PixelSizeXMeter", name=file.name) * _MM_PER_METRE,
                _number(tags, "PixelSizeYMeter", name=file.name) * _MM_PER_METRE,
            ),
            given=given,
        )
        file.go_to(_whole(tags, "DepthImageOffset", name=file.name), what="header")
        in_a_row = columns + columns % 2
        # The padding of the last row may be missing.
        count = rows * in_a_row - columns % 2
        numbers = file.take_numbers("<f4", count=count, what="depth image")
        depths = np.full(rows * in_a_row, np.nan, dtype=np.float32)
        depths[:count] = numbers
        depths = depths.reshape(rows, in_a_row)[:, :columns]
        invalid = _number(tags, "InvalidPixelValue", name=file.name, otherwise=_USUAL_INVALID)
        depths[_not_measured(depths, invalid=invalid)] = np.nan
        return height_map(
            depths,
            mm_per_unit=_MM_PER_METRE,
            pitch_mm=pitch_mm,
            name=file.name,
            known={"format": "AL3D", "instrument": tags.get("CreatingApplication", "")},
        )


def _not_measured(depths: NDArray[np.float32], *, invalid: float) -> NDArray[np.bool_]:
    """Where the mark for "invalid" stands: usually a huge number, in some files a negative one."""
    if not math.isfinite(invalid):
        invalid = _USUAL_INVALID
    mark = np.float32(invalid)
    return np.asarray(depths == mark if invalid < 0 else depths >= mark)


def _tags(file: Reading) -> dict[str, str]:
    file.take(len(MAGIC), what="header")
    tags: dict[str, str] = {}
    left = 2
    while left:
        left -= 1
        tag = file.take(_TAG_BYTES, what="header")
        key, value = (plain(part.split(b"\0")[0]) for part in (tag[:20], tag[20:50]))
        if tag[50:] != b"\r\n":
            raise damaged(file.name, kind=_KIND, why=f"a tag after {key!r} does not end")
        tags[key] = value
        if key == "TagCount":
            left = min(_whole(tags, key, name=file.name), _MOST_TAGS)
    return tags


def _whole(tags: dict[str, str], key: str, *, name: str) -> int:
    word = tags.get(key, "")
    if not (word.isascii() and word.isdigit() and len(word) <= 12):
        raise damaged(name, kind=_KIND, why=f"{key} is {word!r}, not a count")
    return int(word)


def _number(tags: dict[str, str], key: str, *, name: str, otherwise: float = float("nan")) -> float:
    word = tags.get(key, "")
    if not word:
        return otherwise
    try:
        return float(word)
    except ValueError:
        raise damaged(name, kind=_KIND, why=f"{key} is {word!r}, not a number") from None
