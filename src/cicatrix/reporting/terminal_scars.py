"""Measured scars for the terminal: one line a scar, doubts as footnotes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from string import ascii_lowercase
from typing import Literal

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.agreement import rater_agreement
from cicatrix.knowledge.reading_page import Position
from cicatrix.records import MeasuredScan, Scar, ScarCatalogue, TypeJudgement
from cicatrix.reporting.measures import CERTAIN, is_raised, likeness, with_doubt
from cicatrix.reporting.terminal_page import QUIET, STRONG, Page, heading, visible
from cicatrix.vocabulary import FINDING_GROUPS

#: Areas below this are told with two decimals.
_SMALL_AREA_MM2 = 10.0
View = Literal["brief", "full"]
#: What a scar is called, and why.
TypeTold = tuple[str, tuple[str, ...]]


def print_scars(measured: MeasuredScan, *, knowledge: Knowledge, console: Console) -> None:
    """Print the capture, its scars with 95 % intervals, why each has its type, and the doubts."""
    for line in _scan_lines(measured, "full"):
        console.print(line, highlight=False)
    for one in _agreement([measured], knowledge):
        sources = ", ".join(citation.id for citation in one.sources)
        seen = "" if one.verified else "; not seen in print"
        told = Text(" ".join(one.text.split())).append(f" ({sources}{seen})", style=QUIET)
        console.print(told, highlight=False)


def scan_part(page: Page) -> Iterator[RenderableType]:
    """What was measured: every capture with its scars, and how far people agree on the types."""
    scans = page.plan.case.measured
    if not scans:
        return
    yield heading("What was measured")
    for scan in scans:
        yield from _scan_lines(scan, "full" if page.is_full else "brief")
    for one in _agreement(scans, page.knowledge):
        told = page.said(one.text, [citation.id for citation in one.sources], style=QUIET)
        yield told if one.verified else told.append(" not seen in print", style=QUIET)
    yield ""


def _scan_lines(measured: MeasuredScan, view: View) -> Iterator[RenderableType]:
    catalogue = measured.catalogue
    where = " ".join(filter(None, (measured.side, measured.site))).replace("_", " ")
    yield Text(visible(catalogue.name or "scan"), style="bold").append(
        f" · {where}" if where else "", style="not bold"
    )
    pitch = " x ".join(f"{p:.3g}" for p in catalogue.pitch_mm)
    size = " x ".join(f"{s:.3g}" for s in catalogue.size_mm)
    yield Text(
        f"{size} mm, a sample every {pitch} mm, capture class {_class(catalogue)}, noise "
        f"{catalogue.noise_mm * 1000:.1f} µm, {catalogue.missing_fraction:.1%} not measured"
    )
    if not catalogue.scars:
        yield Text("No scar stands out from the texture of the skin.")
    else:
        yield Text(_in_a_sentence(measured), style=STRONG)
        yield _table(measured)
    yield from _reasons(measured, view)
    for flag, letter in _letters(measured).items():
        yield Text(f"  {letter}  {measured.doubts[flag]}")
    for flag in catalogue.flags:
        yield Text(f"Doubt about the whole capture: {measured.doubts[flag]}")
    yield Text("± is a 95 % interval. A type is a likeness of shape, never a diagnosis.")


def _reasons(measured: MeasuredScan, view: View) -> Iterator[Text]:
    """Why each scar is called what it is, or only why it has no name; the same said once."""
    alike: dict[TypeTold, list[int]] = {}
    for scar in measured.catalogue.scars:
        judged = measured.types[scar.label]
        if view == "full" or judged.type in FINDING_GROUPS["open"]:
            alike.setdefault((_name(judged), judged.reasons), []).append(scar.label)
    for (name, reasons), labels in alike.items():
        numbers = ", ".join(map(str, labels))
        yield Text(f"  {numbers}  ", style=STRONG).append(
            f"{name}: {'; '.join(reasons)}", style="not bold"
        )


def _class(catalogue: ScarCatalogue) -> str:
    """The class of a capture; where nobody told the method, that it follows from the spacing."""
    method = catalogue.method.replace("_", " ") or "by its spacing; method not told"
    return f"{catalogue.capture_class} ({method})"


def _in_a_sentence(measured: MeasuredScan) -> str:
    """How many scars there are of each type, and the deepest."""
    scars = measured.catalogue.scars
    counts = Counter(_name(measured.types[scar.label]) for scar in scars)
    each = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    told = f"{len(scars)} {'scar' if len(scars) == 1 else 'scars'}: {each}."
    known = [scar for scar in scars if scar.depth_mm > 0]
    if known:
        most = max(known, key=lambda scar: scar.depth_mm)
        depth = with_doubt(most.depth_mm, most.depth_sd_mm)
        told += f" The deepest is number {most.label}, {depth} mm."
    return told


def _agreement(scans: Iterable[MeasuredScan], knowledge: Knowledge) -> tuple[Position, ...]:
    """How far people agree on the types that were named, from the pages."""
    types = dict.fromkeys(judged.type for scan in scans for judged in scan.types.values())
    return rater_agreement(knowledge, types=types) if types else ()


def _letters(measured: MeasuredScan) -> dict[str, str]:
    """A letter for each doubt about a scar, in the order of the table."""
    used = dict.fromkeys(f for scar in measured.catalogue.scars for f in scar.flags)
    return dict(zip(used, ascii_lowercase, strict=False))


def _table(measured: MeasuredScan) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style=QUIET,
        collapse_padding=True,
    )
    for column in ("no.", "", "type", "depth mm", "width mm", "area mm²", "volume mm³"):
        side: Literal["left", "right"] = "left" if column in ("", "type") else "right"
        # The name of a type is never cut: what is likely stands below it where room is scarce.
        least = _longest_word(measured) if column == "type" else None
        table.add_column(column, justify=side, no_wrap=column != "type", min_width=least)
    letters = _letters(measured)
    for scar in measured.catalogue.scars:
        judged = measured.types[scar.label]
        table.add_row(
            str(scar.label),
            " ".join(letters[flag] for flag in scar.flags),
            _type(judged),
            _depth(scar),
            with_doubt(scar.width_mm, scar.width_sd_mm),
            with_doubt(scar.area_mm2, scar.area_sd_mm2, digits=_area_digits(scar)),
            with_doubt(abs(scar.volume_mm3), scar.volume_sd_mm3),
        )
    return table


def _area_digits(scar: Scar) -> int:
    """Small areas need two decimals, so that their interval is that of the page."""
    return 2 if scar.area_mm2 < _SMALL_AREA_MM2 else 1


def _longest_word(measured: MeasuredScan) -> int:
    """The letters of the longest word in the names of the types."""
    return max(len(word) for judged in measured.types.values() for word in _name(judged).split())


def _type(judged: TypeJudgement) -> str:
    name, share = _name(judged), likeness(judged)
    return name if math.isnan(share) else f"{name} ({_likely(share)})"


def _name(judged: TypeJudgement) -> str:
    """The type, with those that no measured shape tells from it as candidates."""
    others = "".join(f" or {name.replace('_', '-')}-candidate" for name in judged.may_also_be)
    return judged.type.replace("_", "-") + others


def _likely(share: float) -> str:
    """A probability; nothing is ever shown as certain."""
    return ">99%" if share > CERTAIN else f"{share:.0%}"


def _depth(scar: Scar) -> str:
    if math.isnan(scar.depth_mm):
        return "not told"
    raised = " high" if is_raised(scar) else ""
    return with_doubt(abs(scar.depth_mm), scar.depth_sd_mm) + raised
