"""X3P, the open format of ISO 25178-72 (once ISO 5436-2): a zip with ``main.xml`` and binary data.

All lengths are metres by the standard. This reader is tolerant, because real files are not tidy:
everything may lie some folders down, between a Mac's resource files; the elements may or may
not have namespaces; checksums are not compared (zip has its own). Heights come as 16- or 32-bit
whole numbers, floats or doubles, little-endian, x fastest, or as text in a ``DataList``. They are
multiplied by the increment of the z axis. Not measured are NaN, infinity, and points that the
validity file marks (one bit a point, lowest bit first).

Rows run down (``Origin`` NW, which is also how other readers show files without one).
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.archive import Archive, opened_archive
from cicatrix.capturing.files import damaged, plain
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, believed_pitch
from cicatrix.capturing.limits import check_samples
from cicatrix.capturing.xml_text import MOST_XML_BYTES, read_xml, text_of
from cicatrix.skin import CaptureError, HeightMap

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAIN = "main.xml"
_KIND = "an X3P file"
_MM_PER_METRE = 1000.0
_TYPES = {"I": "<i2", "L": "<i4", "F": "<f4", "D": "<f8"}


def read(path: Path, *, given: Given) -> HeightMap:
    """The surface in an X3P file."""
    with opened_archive(path) as archive:
        main = archive.nearest(MAIN)
        if not main:
            raise damaged(archive.name, kind=_KIND, why=f"it holds no {MAIN}")
        root = read_xml(archive.read(main, most=MOST_XML_BYTES), name=archive.name, what=_KIND)
        rows, columns = _sizes(root, name=archive.name)
        pitch_mm = believed_pitch(
            archive.name,
            told=(_increment(root, "CX", archive.name), _increment(root, "CY", archive.name)),
            given=given,
        )
        folder = posixpath.dirname(main)
        numbers = _numbers(archive, root, folder=folder, count=rows * columns)
        return height_map(
            numbers.reshape(rows, columns),
            mm_per_unit=_MM_PER_METRE,
            pitch_mm=pitch_mm,
            name=archive.name,
            known=_known(root),
        )


def _sizes(root: Element, *, name: str) -> tuple[int, int]:
    """Rows and columns, checked."""
    kind = text_of(root, "Record1/FeatureType") or "SUR"
    if kind != "SUR":
        raise CaptureError(
            f"{name} holds a {kind} (a profile or loose points), not a surface. Export the surface."
        )
    columns, rows = (_whole(root, f"Record3/MatrixDimension/Size{a}", name) for a in "XY")
    layers = text_of(root, "Record3/MatrixDimension/SizeZ") or "1"
    if layers != "1":
        raise CaptureError(
            f"{name} holds {layers} layers. Export the one that is to be measured alone."
        )
    check_samples(name, rows=rows, columns=columns)
    return rows, columns


def _whole(root: Element, place: str, name: str) -> int:
    word = text_of(root, place)
    if not (word.isascii() and word.isdigit() and len(word) <= 10):
        raise damaged(name, kind=_KIND, why=f"{place} is {word!r}, not a count")
    return int(word)


def _increment(root: Element, axis: str, name: str) -> float:
    if text_of(root, f"Record1/Axes/{axis}/AxisType") == "A":
        raise CaptureError(
            f"{name} has no regular grid: its {axis} axis lists every position. "
            "Export the surface on a regular grid."
        )
    return _float(root, f"Record1/Axes/{axis}/Increment", name, otherwise="") * _MM_PER_METRE


def _float(root: Element, place: str, name: str, *, otherwise: str) -> float:
    word = text_of(root, place) or otherwise
    try:
        return float(word)
    except ValueError:
        raise damaged(name, kind=_KIND, why=f"{place} is {word!r}, not a number") from None


def _numbers(archive: Archive, root: Element, *, folder: str, count: int) -> NDArray[Any]:
    """The heights in metres, NaN where they were not measured."""
    code = text_of(root, "Record1/Axes/CZ/DataType")
    if code not in _TYPES:
        raise damaged(archive.name, kind=_KIND, why=f"heights of type {code!r}")
    link = text_of(root, "Record3/DataLink/PointDataLink")
    if not link:
        stored = _listed(root, name=archive.name, count=count)
    else:
        dtype = np.dtype(_TYPES[code])
        content = archive.read_exactly(
            _inside(archive, link, folder=folder),
            count=count * dtype.itemsize,
            what="block of heights",
        )
        stored = np.frombuffer(content, dtype=dtype)
    step = _float(root, "Record1/Axes/CZ/Increment", archive.name, otherwise="1")
    offset = _float(root, "Record1/Axes/CZ/Offset", archive.name, otherwise="0")
    if code in {"F", "D"} and step == 0:
        step = 1.0
    metres = np.multiply(stored, step, dtype=np.float64) + offset
    valid_link = text_of(root, "Record3/DataLink/ValidPointsLink")
    if valid_link:
        bits = archive.read_exactly(
            _inside(archive, valid_link, folder=folder), count=-(-count // 8), what="validity"
        )
        flags = np.unpackbits(np.frombuffer(bits, np.uint8), count=count, bitorder="little")
        metres[flags == 0] = np.nan
    return metres


def _listed(root: Element, *, name: str, count: int) -> NDArray[np.float64]:
    data = root.findall("Record3/DataList/Datum")
    if len(data) != count:
        raise damaged(name, kind=_KIND, why=f"{len(data)} heights for {count} samples")
    # An empty Datum was not measured; "x;y;z" has the height last.
    words = [(datum.text or "").split(";")[-1].strip() or "nan" for datum in data]
    try:
        return np.array([float(word) for word in words])
    except ValueError as error:
        raise damaged(name, kind=_KIND, why=error) from None


def _inside(archive: Archive, link: str, *, folder: str) -> str:
    """The member that a link means: beside ``main.xml``, or wherever that name lies."""
    link = link.replace("\\", "/").lstrip("/")
    beside = posixpath.normpath(posixpath.join(folder, link))
    names = archive.names()
    for candidate in (beside, link):
        if candidate in names:
            return candidate
    return archive.nearest(posixpath.basename(link)) or plain(link)


def _known(root: Element) -> dict[str, Any]:
    words = (text_of(root, f"Record2/Instrument/{part}") for part in ("Manufacturer", "Model"))
    return {
        "format": "X3P",
        "instrument": " ".join(word for word in words if word and word != "not available"),
        "date": text_of(root, "Record2/Date"),
        "creator": text_of(root, "Record2/Creator"),
        "comment": text_of(root, "Record2/Comment"),
    }
