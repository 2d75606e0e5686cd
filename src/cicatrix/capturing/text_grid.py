"""Text files of heights: tables (CSV, TXT), ESRI grids (ASC), and points on a grid (XYZ).

- **Table**: a row of text is a row of the map. Rows run down. The pitch must be given, and the
  unit unless it is mm; only the unit where x stands above the heights and y before them.
- **ESRI grid**: ``ncols``, ``nrows``, ``cellsize`` (or ``dx``, ``dy``), ``NODATA_value``; the
  first row is the northernmost, so rows run down. It names no unit, so it must be given.
- **Points**: three numbers a line, x y z, in any order of lines, on a regular grid with gaps
  where nothing was measured. y grows upwards, as in every right-handed frame with z towards the
  viewer, so the row of the largest y becomes the first. The unit must be given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, damaged, opened
from cicatrix.capturing.heights import height_map
from cicatrix.capturing.lengths import (
    Given,
    PitchMm,
    Told,
    check_unit_of_points,
    settled_height_scale,
    settled_pitch,
    unit_not_told,
    usable_pitch,
)
from cicatrix.capturing.limits import check_samples
from cicatrix.capturing.points import is_points, on_a_grid
from cicatrix.capturing.table_places import without_places
from cicatrix.capturing.text_table import Heading, table_of
from cicatrix.skin import CaptureError, HeightMap

_KIND = "an ESRI grid"
_ESRI = ("ncols", "nrows")
#: Printed coordinates give their two steps to about four digits.
_SAME_RATIO = 1e-3


def read(path: Path, *, given: Given) -> HeightMap:
    """The height map in a text file."""
    with opened(path) as file:
        start = file.file.read(16).lstrip().lower()
        file.go_to(0, what="start")
        if start.startswith((b"ncols", b"nrows")):
            return _esri_grid(file, given=given)
        heading = Heading()
        table = table_of(file, heading)
        if path.suffix.lower() == ".xyz" or is_points(table):
            return _points(file.name, table, given=given)
        check_samples(file.name, rows=table.shape[0], columns=table.shape[1])
        table, step = without_places(file.name, table)
        if step is None:
            pitch_mm = settled_pitch(file.name, told=Told(), given=given)
        else:
            pitch_mm = _pitch_in_units(file.name, step, given=given)
        return _made(file.name, table, pitch_mm=pitch_mm, given=given, known={"format": "table"})


def _made(
    name: str, table: NDArray[np.float64], *, pitch_mm: PitchMm, given: Given, known: dict[str, Any]
) -> HeightMap:
    """In text, whole numbers throughout are levels, as in a picture."""
    measured = table[np.isfinite(table)]
    whole = measured.size > 0 and bool((measured == np.round(measured)).all())
    numbers = measured.astype(np.int64) if whole and np.abs(measured).max() < 2**53 else table
    scale = settled_height_scale(name, told=Told(), given=given, numbers=numbers)
    known = {**known, "unit_not_told": unit_not_told(told=Told(), given=given)}
    return height_map(table, mm_per_unit=scale, pitch_mm=pitch_mm, name=name, known=known)


def _esri_grid(file: Reading, *, given: Given) -> HeightMap:
    fields = _esri_fields(file)
    columns, rows = (_whole(fields, key, name=file.name) for key in _ESRI)
    check_samples(file.name, rows=rows, columns=columns)
    step = fields.get("cellsize", float("nan"))
    pitch_mm = _pitch_in_units(
        file.name,
        (fields.get("dx", fields.get("xdim", step)), fields.get("dy", fields.get("ydim", step))),
        given=given,
    )
    table = table_of(file, Heading()).reshape(-1)
    if table.size != rows * columns:
        raise damaged(
            file.name, kind=_KIND, why=f"{table.size} heights for {columns} × {rows} samples"
        )
    # The value that ESRI software takes where the file names none
    table[table == fields.get("nodata_value", -9999.0)] = np.nan
    return _made(
        file.name,
        table.reshape(rows, columns),
        pitch_mm=pitch_mm,
        given=given,
        known={"format": "ESRI grid"},
    )


def _esri_fields(file: Reading) -> dict[str, float]:
    """The lines of a word and a number at the top; the file then stands at the heights."""
    fields: dict[str, float] = {}
    while True:
        here = file.file.tell()
        words = file.file.readline(200).decode("latin-1").split()
        if len(words) != 2 or not words[0][:1].isalpha():
            file.go_to(here, what="heights")
            return fields
        try:
            fields[words[0].lower()] = float(words[1].replace(",", "."))
        except ValueError:
            raise damaged(file.name, kind=_KIND, why=f"{words[0][:20]} is no number") from None


def _whole(fields: dict[str, float], key: str, *, name: str) -> int:
    number = fields.get(key, 0.0)
    if not 0 < number < 1e12 or number != int(number):
        raise damaged(name, kind=_KIND, why=f"{key} is {number:g}, not a count")
    return int(number)


def _points(name: str, table: NDArray[np.float64], *, given: Given) -> HeightMap:
    if table.shape[1] != 3:
        raise CaptureError(
            f"{name} has {table.shape[1]} numbers a line; points have three, x y z. "
            "Export only those."
        )
    step, heights = on_a_grid(name, table)
    pitch_mm = _pitch_in_units(name, step, given=given)
    return _made(name, heights, pitch_mm=pitch_mm, given=given, known={"format": "XYZ"})


def _pitch_in_units(name: str, step: PitchMm, *, given: Given) -> PitchMm:
    """The spacing of a file that has numbers for it but no unit."""
    if given.pitch_mm is None and given.mm_per_unit is None:
        raise CaptureError(
            f"{name} says its samples lie {step[0]:g} apart, but not in which unit. "
            "Give it with --unit (mm, um, cm, m)."
        )
    if given.pitch_mm is None:
        scale = given.mm_per_unit or 1.0
        told = Told(pitch_mm=(step[0] * scale, step[1] * scale))
        return settled_pitch(name, told=told, given=given)
    # Whatever the unit is, the two steps keep their ratio.
    told_ratio = step[0] / step[1] if usable_pitch(step) else 1.0
    if abs(told_ratio * given.pitch_mm[1] / given.pitch_mm[0] - 1) > _SAME_RATIO:
        raise CaptureError(
            f"{name} has samples {step[0]:g} apart along x and {step[1]:g} along y, which the "
            f"pitch {given.pitch_mm[0]:g} mm cannot both be. Give their unit with --unit instead."
        )
    check_unit_of_points(name, step=step, given=given)
    return given.pitch_mm
