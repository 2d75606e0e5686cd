"""NumPy arrays: ``.npy`` with one 2-D array, ``.npz`` with one or with cicatrix's own names.

An ``.npz`` may hold ``height_mm`` (rows, columns) and ``pitch_mm`` (one number, or x and y): then
it carries its lengths. Any other single 2-D array is taken as heights, and the pitch must be given.
Rows run down. NaN was not measured. Pickled objects are never opened.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cicatrix.capturing.archive import Archive, opened_archive
from cicatrix.capturing.files import damaged, ends_early, opened, reading_with_a_library
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import (
    Given,
    PitchMm,
    Told,
    settled_height_scale,
    settled_pitch,
    unit_not_told,
)
from cicatrix.capturing.limits import check_samples
from cicatrix.skin import CaptureError, HeightMap

MAGIC = b"\x93NUMPY"
_KIND = "a NumPy array"
_LONGEST_HEADER = 10_000


def read(path: Path, *, given: Given) -> HeightMap:
    """The height map in an ``.npy`` file."""
    with opened(path) as file:
        numbers = _array(file.file, name=file.name, size=file.size)
        return _made(numbers, told=Told(), given=given, name=file.name, kind="NPY")


def read_npz(path: Path, *, given: Given) -> HeightMap:
    """The height map in an ``.npz`` file."""
    with opened_archive(path) as archive:
        members = {n.removesuffix(".npy"): n for n in archive.names() if n.endswith(".npy")}
        heights = "height_mm" if "height_mm" in members else _the_only_one(archive, members)
        numbers = _member(archive, members[heights])
        told = Told(
            pitch_mm=_pitch(archive, members.get("pitch_mm", "")),
            mm_per_unit=1.0 if heights == "height_mm" else None,
        )
        return _made(numbers, told=told, given=given, name=archive.name, kind="NPZ")


def _made(numbers: NDArray[Any], *, told: Told, given: Given, name: str, kind: str) -> HeightMap:
    pitch_mm = settled_pitch(name, told=told, given=given)
    scale = settled_height_scale(name, told=told, given=given, numbers=numbers)
    return height_map(
        numbers,
        mm_per_unit=scale,
        pitch_mm=pitch_mm,
        name=name,
        known={"format": kind, "unit_not_told": unit_not_told(told=told, given=given)},
    )


def _the_only_one(archive: Archive, members: dict[str, str]) -> str:
    others = [name for name in members if name != "pitch_mm"]
    if len(others) != 1:
        raise CaptureError(
            f"{archive.name} holds {len(others)} arrays, and which one is the height map is not "
            "told. Save it under the name height_mm, and the pitch as pitch_mm."
        )
    return others[0]


def _member(archive: Archive, member: str) -> NDArray[Any]:
    # The header first, so that no more is unpacked than it asks for.
    head = archive.beginning(member, most=2 * _LONGEST_HEADER)
    needs = _bytes_needed(io.BytesIO(head), name=archive.name)
    content = archive.read(member, most=needs)
    return _array(io.BytesIO(content), name=archive.name, size=len(content))


def _pitch(archive: Archive, member: str) -> PitchMm | None:
    if not member:
        return None
    content = archive.read(member, most=_LONGEST_HEADER)
    shape, _, dtype, start = _header(io.BytesIO(content), name=archive.name)
    if shape not in {(), (1,), (2,)} or dtype.kind not in "iuf" or len(content) - start < 1:
        raise damaged(archive.name, kind=_KIND, why="its pitch_mm is no length")
    count = shape[0] if shape else 1
    if len(content) - start < count * dtype.itemsize:
        raise damaged(archive.name, kind=_KIND, why="its pitch_mm is cut off")
    pitch = np.frombuffer(content, dtype=dtype, count=count, offset=start).astype(float)
    return float(pitch[0]), float(pitch[-1])


def _bytes_needed(file: BinaryIO, *, name: str) -> int:
    """How long a file with this header is, once the header was seen to be a height map's."""
    shape, _, dtype, start = _header(file, name=name)
    if len(shape) != 2 or dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise CaptureError(
            f"{name} holds an array of shape {shape} and type {dtype}; a height map is a table "
            "of numbers with rows and columns, of at most 64 bits each. Save the heights alone, as "
            "2-D numbers of type float64."
        )
    rows, columns = shape
    check_samples(name, rows=rows, columns=columns)
    return start + rows * columns * dtype.itemsize


def _array(file: BinaryIO, *, name: str, size: int) -> NDArray[Any]:
    """The 2-D array of numbers that ``file`` holds, after its header was believed."""
    needs = _bytes_needed(file, name=name)
    if size < needs:
        raise ends_early(name, what="array", has=size, needs=needs)
    file.seek(0)
    shape, by_columns, dtype, start = _header(file, name=name)
    flat = np.frombuffer(file.read(needs - start), dtype=dtype)
    return flat.reshape(shape, order="F" if by_columns else "C")


def _header(file: BinaryIO, *, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether it runs by columns, type, and where the numbers begin."""
    with reading_with_a_library(name, kind=_KIND):
        version = npy.read_magic(file)
        reader = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, by_columns, dtype = reader(file, max_header_size=_LONGEST_HEADER)
    if dtype.hasobject:
        raise CaptureError(
            f"{name} holds Python objects, which are never opened. Save the heights as numbers."
        )
    return shape, by_columns, dtype, file.tell()
