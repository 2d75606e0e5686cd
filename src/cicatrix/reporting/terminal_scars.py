"""Measured scars for the terminal: one line a scar, doubts as footnotes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cicatrix.records import MeasuredScan, Scar

_Z95 = 1.96


def print_scars(
    measured: MeasuredScan, *, site: str, meanings: Mapping[str, str], console: Console
) -> None:
    """Print the capture, its scars with 95 % intervals, and what the doubts mean.

    ``meanings`` is the table of doubts: id to sentence.
    """
    catalogue = measured.catalogue
    where = f" · {escape(site)}" if site else ""
    console.print(f"[bold]{escape(catalogue.name or 'scan')}[/]{where}")
    pitch = " x ".join(f"{p:.3g}" for p in catalogue.pitch_mm)
    size = " x ".join(f"{s:.3g}" for s in catalogue.size_mm)
    console.print(
        f"{size} mm, a sample every {pitch} mm, capture class {catalogue.capture_class}, noise "
        f"{catalogue.noise_mm * 1000:.1f} µm, {catalogue.missing_fraction:.1%} not measured"
    )
    if not catalogue.scars:
        console.print("No scar stands out from the texture of the skin.")
    else:
        console.print(_table(measured))
    for flag in dict.fromkeys(f for scar in catalogue.scars for f in scar.flags):
        console.print(f"  {flag.replace('_', ' ')}: {meanings[flag]}", highlight=False)
    for flag in catalogue.flags:
        console.print(f"Doubt about the whole capture: {meanings[flag]}")
    console.print("± is a 95 % interval. A type is a likeness of shape, never a diagnosis.")


def _table(measured: MeasuredScan) -> Table:
    table = Table(title=f"{len(measured.catalogue.scars)} scars", title_justify="left")
    for column in ("no.", "type", "depth mm", "width mm", "area mm²", "volume mm³", "doubts"):
        table.add_column(column, justify="left" if column in ("type", "doubts") else "right")
    for scar in measured.catalogue.scars:
        judged = measured.types[scar.label]
        share = max(judged.probability.values())
        table.add_row(
            str(scar.label),
            f"{judged.type.replace('_', '-')} ({share:.0%})",
            _depth(scar),
            _with_doubt(scar.width_mm, scar.width_sd_mm),
            f"{scar.area_mm2:.2f}",
            _with_doubt(abs(scar.volume_mm3), scar.volume_sd_mm3),
            ", ".join(flag.replace("_", " ") for flag in scar.flags),
        )
    return table


def _depth(scar: Scar) -> str:
    if math.isnan(scar.depth_mm):
        return "not told"
    raised = " high" if scar.depth_mm < 0 else ""
    return _with_doubt(abs(scar.depth_mm), scar.depth_sd_mm) + raised


def _with_doubt(value: float, sd: float) -> str:
    return f"{value:.2f} ± {_Z95 * sd:.2f}"
