"""The page about one measured scan, its pictures as files, and its scars as a table."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from cicatrix import __version__
from cicatrix.knowledge import Knowledge
from cicatrix.records import MeasuredScan
from cicatrix.reporting.depth_histogram import draw_depth_histogram
from cicatrix.reporting.depth_map import draw_depth_map
from cicatrix.reporting.document import fill
from cicatrix.reporting.drawing import Drawing
from cicatrix.reporting.measured import ScanView
from cicatrix.reporting.profiles import draw_profiles
from cicatrix.reporting.raster import png_of
from cicatrix.reporting.references import References
from cicatrix.reporting.words import report_words

_COLUMNS = (
    "x_mm", "y_mm", "depth_mm", "depth_sd_mm", "width_mm", "width_sd_mm", "length_mm",
    "length_sd_mm", "area_mm2", "area_sd_mm2", "volume_mm3", "volume_sd_mm3", "wall_degrees",
    "wall_sd_degrees", "floor_share", "floor_share_sd", "orientation_degrees",
    "orientation_sd_degrees",
)  # fmt: skip
_POSITION = ("position_x_mm", "position_y_mm", "position_z_mm")
_DIGITS = 5


def render_scars_html(scan: MeasuredScan, *, knowledge: Knowledge) -> str:
    """The scars of one scan as one self-contained HTML page, in English."""
    words = report_words()
    references = References(knowledge.sources)
    return fill(
        "scars.html.j2",
        style="report",
        words=words,
        cicatrix=__version__,
        knowledge=knowledge.version,
        scan=ScanView(scan, knowledge=knowledge, words=words),
        numbers=references.numbers,
        cited=references.cited,
    )


def scan_drawings(scan: MeasuredScan) -> dict[str, Drawing]:
    """The pictures of a scan by the name of their file."""
    words = report_words()
    drawn = {"depth_map": draw_depth_map(scan, words=words, key="depth-map")}
    if scan.catalogue.scars:
        drawn["profiles"] = draw_profiles(scan, words=words, key="profiles")
        drawn["histogram"] = draw_depth_histogram(scan, words=words, key="histogram")
    return drawn


def write_pictures(scan: MeasuredScan, *, folder: Path, prefix: str = "") -> list[Path]:
    """Write each picture as SVG and as PNG (720 units are 2160 pixels); the folder is there."""
    written = []
    for name, drawing in scan_drawings(scan).items():
        svg, png = (folder / f"{prefix}{name}.{kind}" for kind in ("svg", "png"))
        svg.write_text(drawing.markup() + "\n", encoding="utf-8")
        png.write_bytes(png_of(drawing))
        written += [png, svg]
    return written


def scars_csv(scan: MeasuredScan) -> str:
    """The scars as comma-separated values; empty where a number is not known.

    A raised scar has a negative depth and a negative volume. ``flags`` are parted by blanks.
    The position is in the coordinates of the mesh, and empty for a height map.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("label", "type", "type_probability", *_COLUMNS, "flags", *_POSITION))
    for scar in scan.catalogue.scars:
        judged = scan.types[scar.label]
        numbers = (_number(getattr(scar, name)) for name in _COLUMNS)
        likely = _number(judged.probability.get(judged.type, math.nan))
        place = scar.position_mm if scan.catalogue.kind == "mesh" else (math.nan,) * 3
        flags = " ".join(scar.flags)
        writer.writerow((scar.label, judged.type, likely, *numbers, flags, *map(_number, place)))
    return table.getvalue()


def _number(value: float) -> str:
    return f"{value:.{_DIGITS}g}" if math.isfinite(value) else ""
