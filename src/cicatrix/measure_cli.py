"""``cicatrix measure``: the scars of one height map or 3D scan."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cicatrix.errors import CicatrixError
from cicatrix.out_folder import cannot_be_written, check_folder
from cicatrix.progress_bar import progress_bar

if TYPE_CHECKING:
    from cicatrix.knowledge import Knowledge
    from cicatrix.progress import Progress
    from cicatrix.records import MeasuredScan
    from cicatrix.skin import HeightMap, Mesh

_INPUT_AT_FAULT = 2

ScanFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A height map (TIFF, X3P, SUR, NPY, CSV and others) or a mesh (PLY, OBJ, STL, GLB).",
    ),
]
#: Numbers and units are taken as words, so that a wrong one is refused in a sentence of ours.
Pitch = Annotated[
    str,
    typer.Option(
        "--pitch-mm",
        metavar="MM",
        help="Distance between samples, where the file does not carry it.",
    ),
]
Unit = Annotated[
    str,
    typer.Option(
        "--unit",
        metavar="mm|um|cm|m",
        help="The unit of heights or mesh, where the file does not say.",
    ),
]
PerUnit = Annotated[
    str,
    typer.Option(
        "--mm-per-unit",
        metavar="MM",
        help="The same as a number: mm of one grey level or unit.",
    ),
]
Method = Annotated[
    str,
    typer.Option(
        "--method",
        help="How it was made: structured_light, macro_stereo, photometric_stereo, phone_depth.",
    ),
]
SiteName = Annotated[str, typer.Option("--site", help="Where it was captured, for example cheek.")]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Write a page, pictures, and the scars as JSON and CSV here."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON (cicatrix.scars/1).")]


def measure_command(
    file: ScanFile,
    pitch_mm: Pitch = "",
    unit: Unit = "",
    mm_per_unit: PerUnit = "",
    method: Method = "",
    site: SiteName = "",
    out: OutFolder = None,
    as_json: AsJson = False,
) -> None:
    """Measure every scar of one height map or 3D scan, each number with its standard error."""
    try:
        _check_site(site)
        if out is not None:
            check_folder(out)
        pitch, per_unit = _number("--pitch-mm", pitch_mm), _number("--mm-per-unit", mm_per_unit)
        from cicatrix.capturing import read_scan
        from cicatrix.knowledge import load_knowledge

        knowledge = load_knowledge()
        with progress_bar() as progress:
            progress.begin(f"opening {file.name}")
            scan = read_scan(file, pitch_mm=pitch, unit=unit, mm_per_unit=per_unit, method=method)
            measured = _measured(scan, site, knowledge, progress)
        _tell(measured, knowledge, as_json=as_json)
        if out is not None:
            _write(measured, knowledge, out)
    except CicatrixError as error:
        typer.echo(f"cicatrix: {error}", err=True)
        raise typer.Exit(_INPUT_AT_FAULT) from None


def _check_site(site: str) -> None:
    from cicatrix.vocabulary import SITES, nearest

    if site and site not in SITES:
        hint = nearest(site, SITES) or f". Give one of {', '.join(SITES)}."
        raise CicatrixError(f"There is no site called '{site}'{hint}")


def _number(option: str, word: str) -> float | None:
    """The number that was given with an option, None where none was."""
    if not word:
        return None
    try:
        return float(word)
    except ValueError:
        raise CicatrixError(
            f"'{word}' is no number, and {option} takes one, in mm. Give, for example, "
            f"{option} 0.06."
        ) from None


def _measured(
    scan: HeightMap | Mesh, site: str, knowledge: Knowledge, progress: Progress
) -> MeasuredScan:
    from cicatrix.visit import measure_scan

    measured = measure_scan(scan, knowledge=knowledge, progress=progress)
    return dataclasses.replace(measured, site=site)


def _tell(measured: MeasuredScan, knowledge: Knowledge, *, as_json: bool) -> None:
    from cicatrix.exchange.scars_json import scars_text

    if as_json:
        sys.stdout.write(scars_text(measured, knowledge=knowledge))
        return
    from rich.console import Console

    from cicatrix.reporting.terminal_scars import print_scars

    print_scars(measured, knowledge=knowledge, console=Console())


def _write(measured: MeasuredScan, knowledge: Knowledge, out: Path) -> None:
    from cicatrix.exchange.scars_json import scars_text

    try:
        out.mkdir(parents=True, exist_ok=True)
        text = scars_text(measured, knowledge=knowledge)
        (out / "scars.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise cannot_be_written(out, error) from None
    with progress_bar() as progress:
        from cicatrix.reporting import write_scars

        progress.begin("writing the page and the pictures")
        written = write_scars(measured, knowledge=knowledge, folder=out)
    typer.echo("Wrote:", err=True)
    for path in (out / "scars.json", *written):
        typer.echo(f"  {path}", err=True)
