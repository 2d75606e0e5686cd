"""TIFF height maps: whole numbers of 8 to 64 bits and floats, one channel, one picture.

The lengths are taken from the tags that mean lengths on the surface (see ``tiff_lengths``).
``GDAL_NODATA`` and NaN were not measured. Rows run down; where the ``Orientation`` tag says that
the picture is turned over, it is turned back.

Uncompressed and deflated files go through tifffile, after each packed part was seen to unpack
to no more than its size; other compressions go through Pillow, whose C library does the same.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, damaged, opened, plain, reading_with_a_library
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import (
    Given,
    settled_height_scale,
    settled_pitch,
    unit_not_told,
)
from cicatrix.capturing.limits import MOST_SAMPLES, check_samples
from cicatrix.capturing.tiff_lengths import lengths_in_tags
from cicatrix.skin import CaptureError, HeightMap

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_KIND = "a TIFF file"
_PLAIN, _DEFLATED, _BY_PILLOW = {1}, {8, 32946}, {5, 32773}
_DIFFERENCES_OF_FLOATS = 3
_MOST_PARTS = 1_000_000
_ERROR_STREAM = 2  # the number by which a C library knows it
_REDUCED_OR_MASK = 1 | 4
_NODATA, _ORIENTATION = 42113, 274
#: How to turn each stored orientation so that rows run down and columns to the right.
_TURNS = {1: (1, 1), 2: (1, -1), 3: (-1, -1), 4: (-1, 1)}


def read(path: Path, *, given: Given) -> HeightMap:
    """The height map in a TIFF file."""
    with opened(path) as file:
        with reading_with_a_library(file.name, kind=_KIND):
            import tifffile

            # Complaints about odd tags are not for the terminal of a clinic.
            logging.getLogger("tifffile").addHandler(logging.NullHandler())
            tiff = tifffile.TiffFile(file.file)
        # A page hands out whatever its tags hold, so every look at one may fail in any way.
        with tiff, reading_with_a_library(file.name, kind=_KIND):
            page = _only_page(tiff, name=file.name)
            facts = lengths_in_tags(page, name=file.name)
            nodata = _nodata(page)
            turn = _turn(page, name=file.name)
            _check(page, name=file.name)
            numbers = _numbers(file, page)
        numbers = numbers[:: turn[0], :: turn[1]]
        pitch_mm = settled_pitch(file.name, told=facts.told, given=given)
        heights = _without_nodata(numbers, nodata)
        scale = settled_height_scale(
            file.name,
            told=facts.told,
            given=given,
            # Whole numbers stay whole numbers here, though NaN has made floats of them.
            numbers=numbers if numbers.dtype.kind in "iu" else heights,
        )
        if given.mm_per_unit is None:
            heights = heights + facts.offset if facts.offset else heights
        return height_map(
            heights,
            mm_per_unit=scale,
            pitch_mm=pitch_mm,
            name=file.name,
            known={
                **facts.known,
                "unit_not_told": unit_not_told(told=facts.told, given=given),
            },
        )


def _only_page(tiff: TiffFile, *, name: str) -> TiffPage:
    page = tiff.pages.first
    description = page.description
    several = description.startswith("ImageJ=") and any(
        line.startswith(("images=", "slices=", "frames=", "channels="))
        and line.partition("=")[2].strip() not in {"", "1"}
        for line in description.splitlines()
    )
    for number in range(1, 20):
        try:
            other = tiff.pages[number]
        except IndexError:
            break
        several = several or not int(getattr(other, "subfiletype", 0)) & _REDUCED_OR_MASK
    if several:
        raise CaptureError(
            f"{name} holds several pictures, and which one is the height map is not told. "
            "Export the height layer alone."
        )
    return page


def _check(page: TiffPage, *, name: str) -> None:
    """Refuse what is no height map, or would take more memory than it may."""
    check_samples(name, rows=int(page.imagelength), columns=int(page.imagewidth))
    depth = int(page.imagedepth)
    if page.samplesperpixel != 1 or depth != 1 or int(page.photometric) not in {0, 1}:
        raise CaptureError(
            f"{name} is a picture in colours or a volume, not a height map. Export the height "
            "layer of the scan, as float TIFF or better as X3P."
        )
    if page.dtype is None or page.dtype.kind not in "iuf" or page.bitspersample < 8:
        raise CaptureError(
            f"{name} holds samples of {page.bitspersample} bits of a kind that is no height. "
            "Export the height layer as 16-bit or float TIFF."
        )
    parts = math.prod(int(n) for n in page.chunked)
    if math.prod(int(n) for n in page.chunks) > MOST_SAMPLES or parts > _MOST_PARTS:
        raise damaged(name, kind=_KIND, why="its tiles are larger or more than the picture")
    if not len(page.dataoffsets) == len(page.databytecounts) >= parts:
        raise damaged(name, kind=_KIND, why="its list of parts is cut off")


def _numbers(file: Reading, page: TiffPage) -> NDArray[Any]:
    """The stored numbers, rows by columns."""
    compression, predictor = int(page.compression), int(page.predictor)
    by_pillow = compression in _BY_PILLOW or (
        compression in _DEFLATED and predictor == _DIFFERENCES_OF_FLOATS
    )
    if not by_pillow and compression not in _PLAIN | _DEFLATED:
        raise CaptureError(
            f"{file.name} is compressed in a way that is not for heights ({compression}). "
            "Save it without compression, or with deflate."
        )
    _check_parts(file, page, deflated=compression in _DEFLATED)
    numbers = _by_pillow(file) if by_pillow else page.asarray()
    if numbers.shape != (page.imagelength, page.imagewidth):
        raise damaged(file.name, kind=_KIND, why="its picture is not as its header says")
    return np.asarray(numbers)


def _check_parts(file: Reading, page: TiffPage, *, deflated: bool) -> None:
    """Each part lies inside the file, and unpacks to no more than one part may."""
    most = math.prod(int(n) for n in page.chunks) * page.dtype.itemsize  # type: ignore[union-attr]
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
        if count == 0 or offset + count > file.size:
            raise damaged(file.name, kind=_KIND, why="a part of the picture is missing")
        if not deflated:
            continue
        file.go_to(offset, what="picture")
        packed = file.take(count, what="picture")
        try:
            unpacked = zlib.decompressobj().decompress(packed, most + 1)
        except zlib.error as error:
            raise damaged(file.name, kind=_KIND, why=error) from None
        if len(unpacked) > most:
            raise damaged(file.name, kind=_KIND, why="it unpacks to more than its size")


def _by_pillow(file: Reading) -> NDArray[Any]:
    from PIL.TiffImagePlugin import TiffImageFile

    file.go_to(0, what="start")
    with _silent_library(), TiffImageFile(file.file) as picture:
        return np.array(picture)


@contextlib.contextmanager
def _silent_library() -> Iterator[None]:
    """While libtiff works: it writes faults past Python, and cicatrix tells them in its words."""
    sys.stderr.flush()
    kept = os.dup(_ERROR_STREAM)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _ERROR_STREAM)
        yield
    finally:
        os.dup2(kept, _ERROR_STREAM)
        os.close(kept)


def _nodata(page: TiffPage) -> float | None:
    """What the file writes where nothing was measured."""
    tag = page.tags.get(_NODATA)
    if tag is None:
        return None
    try:
        return float(plain(str(tag.value)).strip("\0 "))
    except ValueError:
        return None


def _without_nodata(numbers: NDArray[Any], nodata: float | None) -> NDArray[Any]:
    if nodata is None or math.isnan(nodata):
        return numbers
    # The tag is text and often rounded: -3.4028e+38 stands for the lowest float. A relative
    # 1e-4 covers four printed digits; whole numbers are compared exactly.
    closeness = 0.0 if numbers.dtype.kind in "iu" else 1e-4 * abs(nodata)
    with np.errstate(over="ignore", invalid="ignore"):
        missing = np.abs(numbers.astype(np.float64) - nodata) <= closeness
    return np.where(missing, np.nan, numbers)


def _turn(page: TiffPage, *, name: str) -> tuple[int, int]:
    tag = page.tags.get(_ORIENTATION)
    orientation = 1 if tag is None else int(tag.value)
    if orientation not in _TURNS:
        raise CaptureError(
            f"{name} is stored on its side (orientation {orientation}). Export it upright."
        )
    return _TURNS[orientation]
