"""``cicatrix measure``: the scars of one height map or 3D scan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cicatrix.errors import CicatrixError

if TYPE_CHECKING:
    from cicatrix.records import MeasuredScan

_INPUT_AT_FAULT = 2

ScanFile = Annotated[Path, typer.Argument(metavar="FILE", help="A height map or a 3D scan.")]
Pitch = Annotated[
    float | None,
    typer.Option("--pitch-mm", help="Distance between samples, where the file does not carry it."),
]
Unit = Annotated[
    Literal["mm", "um", "cm", "m"] | None,
    typer.Option("--unit", help="The unit of the heights or of the mesh, likewise."),
]
PerUnit = Annotated[
    float | None,
    typer.Option("--mm-per-unit", help="mm of one grey level or one unit of the mesh, likewise."),
]
SiteName = Annotated[str, typer.Option("--site", help="Where it was captured, for example cheek.")]
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write scars.json here.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON (cicatrix.scars/1).")]


def measure_command(
    file: ScanFile,
    pitch_mm: Pitch = None,
    unit: Unit = None,
    mm_per_unit: PerUnit = None,
    site: SiteName = "",
    out: OutFolder = None,
    as_json: AsJson = False,
) -> None:
    """Measure every scar of one height map or 3D scan, each number with its standard error."""
    try:
        _check_site(site)
        measured = _measured(file, pitch_mm, unit or "", mm_per_unit)
        _tell(measured, site=site, as_json=as_json)
        if out is not None:
            _write(measured, out)
    except CicatrixError as error:
        typer.echo(f"cicatrix: {error}", err=True)
        raise typer.Exit(_INPUT_AT_FAULT) from None


def _check_site(site: str) -> None:
    from cicatrix.vocabulary import SITES, nearest

    if site and site not in SITES:
        raise CicatrixError(f"knows no site called '{site}'{nearest(site, SITES) or '.'}")


def _measured(
    file: Path, pitch_mm: float | None, unit: str, mm_per_unit: float | None
) -> MeasuredScan:
    from cicatrix.capturing import read_scan
    from cicatrix.knowledge import load_knowledge
    from cicatrix.visit import measure_scan

    scan = read_scan(file, pitch_mm=pitch_mm, unit=unit, mm_per_unit=mm_per_unit)
    return measure_scan(scan, knowledge=load_knowledge())


def _tell(measured: MeasuredScan, *, site: str, as_json: bool) -> None:
    from cicatrix.exchange.scars_json import scars_text

    if as_json:
        sys.stdout.write(scars_text(measured))
        return
    from rich.console import Console

    from cicatrix.capturing.quality import CAPTURE_FLAGS as GATE_FLAGS
    from cicatrix.measuring.flags import CAPTURE_FLAGS, SCAR_FLAGS
    from cicatrix.reporting.terminal_scars import print_scars

    meanings = {**GATE_FLAGS, **CAPTURE_FLAGS, **SCAR_FLAGS}
    print_scars(measured, site=site, meanings=meanings, console=Console())


def _write(measured: MeasuredScan, out: Path) -> None:
    from cicatrix.exchange.scars_json import scars_text

    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "scars.json").write_text(scars_text(measured), encoding="utf-8")
    except OSError as error:
        raise CicatrixError(
            f"{out} cannot be written to ({error.strerror}). Name another folder with --out."
        ) from None
    typer.echo(f"Wrote: {out / 'scars.json'}", err=True)
