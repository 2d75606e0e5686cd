"""Sensofar scans (``.plux``): a zip with ``index.xml`` and one raw file a layer.

``GENERAL`` gives ``IMAGE_SIZE_X``, ``IMAGE_SIZE_Y`` and, as ``FOV_X``, ``FOV_Y``, the distance
between two samples in µm (whatever the name says); ``LAYER_0`` names the file of its heights:
rows of little-endian float32 in µm, NaN where not measured. Rows run down.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from cicatrix.capturing.archive import Archive, opened_archive
from cicatrix.capturing.files import damaged
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import Given, believed_pitch
from cicatrix.capturing.limits import check_samples
from cicatrix.capturing.xml_text import MOST_XML_BYTES, read_xml, text_of
from cicatrix.skin import CaptureError, HeightMap

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

INDEX = "index.xml"
_KIND = "a PLUX file"
_MM_PER_MICROMETRE = 1e-3


def read(path: Path, *, given: Given) -> HeightMap:
    """The height layer of a PLUX file."""
    with opened_archive(path) as archive:
        index = archive.nearest(INDEX)
        if not index:
            raise damaged(archive.name, kind=_KIND, why=f"it holds no {INDEX}")
        root = read_xml(archive.read(index, most=MOST_XML_BYTES), name=archive.name, what=_KIND)
        columns = int(_number(root, "GENERAL/IMAGE_SIZE_X", archive.name))
        rows = int(_number(root, "GENERAL/IMAGE_SIZE_Y", archive.name))
        check_samples(archive.name, rows=rows, columns=columns)
        pitch_mm = believed_pitch(
            archive.name,
            told=(
                _number(root, "GENERAL/FOV_X", archive.name) * _MM_PER_MICROMETRE,
                _number(root, "GENERAL/FOV_Y", archive.name) * _MM_PER_MICROMETRE,
            ),
            given=given,
        )
        content = archive.read_exactly(
            _layer(archive, root), count=rows * columns * 4, what="block of heights"
        )
        return height_map(
            np.frombuffer(content, dtype="<f4").reshape(rows, columns),
            mm_per_unit=_MM_PER_MICROMETRE,
            pitch_mm=pitch_mm,
            name=archive.name,
            known={
                "format": "PLUX",
                "instrument": _device(root),
                "date": text_of(root, "GENERAL/DATE"),
            },
        )


def _number(root: Element, place: str, name: str) -> float:
    word = text_of(root, place)
    try:
        number = float(word)
    except ValueError:
        number = float("nan")
    # NaN, endless and beyond what any count or length here can be
    if not abs(number) < 1e12:
        raise damaged(name, kind=_KIND, why=f"{place} is {word!r}, not a number")
    return number


def _layer(archive: Archive, root: Element) -> str:
    """The name of the one member that holds heights."""
    named = [text_of(layer, "FILENAME_Z") for layer in root if layer.tag.startswith("LAYER_")]
    named = [name for name in named if name] or ["LAYER_0.raw"]
    if len(named) > 1:
        raise CaptureError(
            f"{archive.name} holds {len(named)} height layers. Export the one that is to be "
            "measured alone."
        )
    return archive.nearest(PurePosixPath(named[0]).name) or named[0]


def _device(root: Element) -> str:
    info = root.find("INFO")
    for item in [] if info is None else list(info):
        if text_of(item, "NAME") == "Device":
            return text_of(item, "VALUE")
    return ""
