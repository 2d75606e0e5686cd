"""Digital Surf surfaces (``.sur``), the format of MountainsMap, plain and compressed.

A header of 512 bytes, a comment and a private zone of the stated lengths, then whole numbers:
row after row, 16 or 32 bits each. Height = number × spacing z + offset z, in the unit of the
z step. Where the header says that samples may be missing, the number ``smallest − 2`` marks
them. In a compressed file a list of (plain bytes, packed bytes) leads to zlib streams.

Rows run down. A file that says its surface was turned inside out (``inverted``) is refused:
readers disagree on whether the stored heights are the old ones or the new ones, and a pit
must not become a bump.

Specification: "Surface file format", Digital Surf (2012 edition for the compressed form).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, damaged, ends_early, opened, plain
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, believed_pitch, mm_per
from cicatrix.capturing.limits import check_samples
from cicatrix.skin import CaptureError, HeightMap

MAGICS = (b"DIGITAL SURF", b"DSCOMPRESSED")
_KIND = "a SUR file"
_HEADER_BYTES = 512
_MOST_STREAMS = 1_000
#: Kinds of studiable whose first object is a surface.
_SURFACES = {2: "surface", 11: "intensity surface", 13: "RGB surface", 16: "RGB surface"}
_OTHERS = {
    1: "a profile", 3: "a binary image", 4: "a series of profiles", 5: "a series of surfaces",
    7: "a multi-layer profile", 8: "a multi-layer surface", 10: "an intensity image",
    12: "a colour image",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Header:
    packed: bool
    order: str
    kind: int
    made_by: str
    may_miss: bool
    bits: int
    smallest: int
    columns: int
    rows: int
    spacing: tuple[float, float, float]
    units: tuple[str, str, str]
    inverted: int
    date: str
    comment_bytes: int
    private_bytes: int
    offset_z: float


def read(path: Path, *, given: Given) -> HeightMap:
    """The (first) surface in a SUR file."""
    with opened(path) as file:
        header = _header(file)
        _check_kind(header, name=file.name)
        check_samples(file.name, rows=header.rows, columns=header.columns)
        scale_x, scale_y, scale_z = (_mm_per(u, name=file.name) for u in header.units)
        pitch_mm = believed_pitch(
            file.name,
            told=(header.spacing[0] * scale_x, header.spacing[1] * scale_y),
            given=given,
        )
        file.take(header.comment_bytes, what="comment")
        file.take(header.private_bytes, what="private zone")
        levels = _levels(file, header)
        heights = levels * header.spacing[2] + header.offset_z
        if header.may_miss:
            heights[levels == header.smallest - 2] = np.nan
        return height_map(
            heights.reshape(header.rows, header.columns),
            mm_per_unit=scale_z,
            pitch_mm=pitch_mm,
            name=file.name,
            known={"format": "SUR", "instrument": header.made_by, "date": header.date},
        )


def _header(file: Reading) -> _Header:
    raw = file.take(_HEADER_BYTES, what="header")
    order = {0: "<", 1: ">", 256: ">", 257: ">"}.get(int.from_bytes(raw[12:14], "little"), "")
    if not order:
        raise damaged(file.name, kind=_KIND, why="its byte order is not told")

    def at(place: int, code: str) -> Any:
        return struct.unpack_from(order + code, raw, place)[0]

    def text(place: int, length: int) -> str:
        return raw[place : place + length].split(b"\0")[0].decode("latin-1").strip()

    day, month, year = at(312, "H"), at(314, "H"), at(316, "H")
    return _Header(
        packed=raw.startswith(MAGICS[1]),
        order=order,
        kind=at(18, "H"),
        made_by=plain(text(50, 30)),
        may_miss=at(86, "H") == 1,
        bits=at(98, "H"),
        smallest=at(100, "i"),
        columns=at(108, "i"),
        rows=at(112, "i"),
        spacing=(at(120, "f"), at(124, "f"), at(128, "f")),
        units=(text(180, 16), text(196, 16), text(212, 16)),
        inverted=at(290, "H"),
        date=f"{year:04}-{month:02}-{day:02}" if year else "",
        comment_bytes=at(334, "H"),
        private_bytes=at(336, "H"),
        offset_z=at(474, "f"),
    )


def _check_kind(header: _Header, *, name: str) -> None:
    # Gwyddion 2 writes surfaces as kind 1, which means a profile.
    is_surface = header.kind in _SURFACES or (header.kind == 1 and header.rows > 1)
    if not is_surface:
        holds = _OTHERS.get(header.kind, "something else")
        raise CaptureError(
            f"{name} holds {holds}, not one surface. Export the surface to be measured alone."
        )
    if header.inverted:
        raise CaptureError(
            f"{name} says that its surface was turned inside out, and it is not certain which "
            "side its heights show. Export it without the inversion, or as X3P."
        )
    if header.bits not in {16, 32}:
        raise damaged(name, kind=_KIND, why=f"{header.bits} bits a sample")


def _mm_per(word: str, *, name: str) -> float:
    # The micro sign comes in three encodings; read as Latin-1, UTF-8 begins with Â or Î.
    scale = mm_per(word.lstrip("ÂÎ").replace("¼m", "µm"))
    if scale is None:
        raise CaptureError(
            f"{name} has an axis in {plain(word)!r}, and a length was expected. "
            "Export the height layer of the scan."
        )
    return scale


def _levels(file: Reading, header: _Header) -> NDArray[Any]:
    dtype = np.dtype(f"{header.order}i{header.bits // 8}")
    count = header.rows * header.columns
    if not header.packed:
        return file.take_numbers(dtype, count=count, what="block of heights")
    (streams,) = struct.unpack("<I", file.take(4, what="list of packed parts"))
    if streams > _MOST_STREAMS:
        raise damaged(file.name, kind=_KIND, why=f"{streams} packed parts")
    sizes = [struct.unpack("<2I", file.take(8, what="list of parts")) for _ in range(streams)]
    needed = count * dtype.itemsize
    plain_bytes = bytearray()
    for _, packed_bytes in sizes:
        packed = file.take(packed_bytes, what="packed heights")
        try:
            part = zlib.decompressobj().decompress(packed, needed - len(plain_bytes) + 1)
        except zlib.error as error:
            raise damaged(file.name, kind=_KIND, why=error) from None
        plain_bytes += part
        if len(plain_bytes) > needed:
            raise damaged(file.name, kind=_KIND, why="it unpacks to more than its size")
    if len(plain_bytes) != needed:
        raise ends_early(file.name, what="block of heights", has=len(plain_bytes), needs=needed)
    return np.frombuffer(plain_bytes, dtype=dtype)
