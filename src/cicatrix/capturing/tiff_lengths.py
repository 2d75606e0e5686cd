"""What a TIFF file says about lengths on the surface.

Three dialects mean the surface itself and are believed:

- OME-TIFF: ``PhysicalSizeX`` and ``Y`` with their units (µm where none is named, by its schema);
- ImageJ: ``unit=`` in the description, with the resolution tags in samples per unit; heights
  where the calibration is a straight line with a unit of length (``cf=0``, ``c0``, ``c1``,
  ``vunit``);
- GeoTIFF: the pixel scale, where the file is in a projection whose linear unit is named.

The plain resolution tags are not: 72 or 300 per inch is a wish for a printer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicatrix.capturing.files import plain
from cicatrix.capturing.lengths import PitchMm, Told, mm_per
from cicatrix.capturing.xml_text import MOST_XML_BYTES, read_xml

if TYPE_CHECKING:
    from tifffile import TiffPage

_X_RESOLUTION, _Y_RESOLUTION = 282, 283
_PIXEL_SCALE, _GEO_KEYS = 33550, 34735
_MODEL_TYPE, _LINEAR_UNIT, _VERTICAL_UNIT = 1024, 3076, 4099
_PROJECTED = 1
#: EPSG codes of units: metre, foot, US survey foot.
_MM_PER_EPSG = {9001: 1000.0, 9002: 304.8, 9003: 1200 / 3937 * 1000}
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, kw_only=True)
class TagFacts:
    """The lengths in the tags; ``offset`` is added to each number before it is scaled."""

    told: Told = field(default_factory=Told)
    offset: float = 0.0
    known: Mapping[str, Any] = field(default_factory=dict)


def lengths_in_tags(page: TiffPage, *, name: str) -> TagFacts:
    """What the tags of this page say; silent where they say nothing certain."""
    description = page.description
    known = {"format": "TIFF", "software": plain(page.software)}
    if description.lstrip().startswith("<") and "OME" in description[:1000]:
        pitch = _of_ome(description, name=name)
        return TagFacts(told=Told(pitch_mm=pitch), known={**known, "dialect": "OME-TIFF"})
    if description.startswith("ImageJ="):
        return _of_imagej(page, known={**known, "dialect": "ImageJ"})
    if _PIXEL_SCALE in page.tags:
        return TagFacts(told=_of_geotiff(page), known={**known, "dialect": "GeoTIFF"})
    return TagFacts(known=known)


def _of_ome(description: str, *, name: str) -> PitchMm | None:
    text = description.encode("utf-8", errors="replace")[:MOST_XML_BYTES]
    root = read_xml(text, name=name, what="an OME-TIFF file")
    pixels = root.find("Image/Pixels")
    if pixels is None:
        return None
    sizes = []
    for axis in ("X", "Y"):
        scale = mm_per(pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        size = _number(pixels.get(f"PhysicalSize{axis}", ""))
        if scale is None or size is None:
            return None
        sizes.append(size * scale)
    return sizes[0], sizes[1]


def _of_imagej(page: TiffPage, *, known: dict[str, Any]) -> TagFacts:
    lines = (line.partition("=") for line in page.description.splitlines())
    fields = {key.strip(): _unescaped(value.strip()) for key, equals, value in lines if equals}
    scale = mm_per(fields.get("unit", ""))
    per_unit = [_rational(page, tag) for tag in (_X_RESOLUTION, _Y_RESOLUTION)]
    pitch = None
    if scale is not None and all(per_unit):
        pitch = (scale / per_unit[0], scale / per_unit[1])
    unit, slope = mm_per(fields.get("vunit", "")), _number(fields.get("c1", ""))
    start = _number(fields.get("c0", ""))
    if fields.get("cf") != "0" or unit is None or not slope or start is None or slope < 0:
        return TagFacts(told=Told(pitch_mm=pitch), known=known)
    return TagFacts(
        told=Told(pitch_mm=pitch, mm_per_unit=slope * unit), offset=start / slope, known=known
    )


def _unescaped(text: str) -> str:
    r"""ImageJ writes the micro sign as ``\u00B5``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _of_geotiff(page: TiffPage) -> Told:
    keys = _geo_keys(page)
    scale = page.tags[_PIXEL_SCALE].value
    mm_per_unit = _MM_PER_EPSG.get(keys.get(_LINEAR_UNIT, 0))
    pitch = None
    if keys.get(_MODEL_TYPE) == _PROJECTED and mm_per_unit is not None and len(scale) >= 2:
        pitch = (float(scale[0]) * mm_per_unit, float(scale[1]) * mm_per_unit)
    return Told(pitch_mm=pitch, mm_per_unit=_MM_PER_EPSG.get(keys.get(_VERTICAL_UNIT, 0)))


def _geo_keys(page: TiffPage) -> dict[int, int]:
    """The geo keys whose value stands in the directory itself (key, place 0, count 1, value)."""
    tag = page.tags.get(_GEO_KEYS)
    numbers = [] if tag is None else [int(n) for n in tag.value]
    rows = [numbers[i : i + 4] for i in range(4, len(numbers) - 3, 4)]
    return {key: value for key, place, count, value in rows if place == 0 and count == 1}


def _rational(page: TiffPage, code: int) -> float:
    """Samples per unit, 0 where the tag is missing or nonsense."""
    tag = page.tags.get(code)
    if tag is None:
        return 0.0
    over, under = tag.value
    return float(over) / float(under) if under else 0.0


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
