"""Run all benchmarks: ``python -m benchmarks [--quick]``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.commands import time_commands
from benchmarks.deciding import ROOT, race_engines
from benchmarks.growth import draw_growth, measure_growth
from benchmarks.machine import this_machine
from benchmarks.measuring_maps import draw_map_growth, race_maps
from benchmarks.measuring_meshes import time_meshes
from benchmarks.page import PICTURE, Results, page_of
from benchmarks.peers_ready import Peer, made_surfalize
from benchmarks.race_models import race_models
from benchmarks.scan_page import MAP_PICTURE
from benchmarks.settings import FULL, QUICK, Settings
from benchmarks.whole_plans import time_plans
from cicatrix.knowledge import load_knowledge

DOCS = ROOT / "docs"
PAGE = "benchmarks.md"


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print the page, and in full write it into ``docs``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few cases, printed only (docs stay as they are)"
    )
    parser.add_argument("--out", type=Path, help="write page and picture to this folder")
    chosen = parser.parse_args(words)
    settings = QUICK if chosen.quick else FULL
    out = chosen.out or (None if chosen.quick else DOCS)
    results = measure(settings, surfalize=made_surfalize())
    page = page_of(results)
    print(page)
    if out is not None:
        write(results, page, out)


def measure(settings: Settings, *, surfalize: Peer) -> Results:
    """Everything, one after the other, told on standard error as it goes."""
    began = time.perf_counter()
    knowledge = load_knowledge()
    machine = this_machine(knowledge)

    def tell(what: str) -> None:
        print(f"{time.perf_counter() - began:4.0f} s  {what}", file=sys.stderr)

    tell("deciding, with zen-engine and clingo")
    engines = race_engines(settings, knowledge)
    tell("whole plans")
    plans = time_plans(settings, knowledge)
    tell("the naive model")
    races = race_models(settings, knowledge)
    tell("growth")
    curves = measure_growth(settings, knowledge)
    tell("commands")
    commands = time_commands(settings)
    tell("height maps")
    maps = race_maps(settings, peer=surfalize)
    tell("meshes")
    meshes = time_meshes(settings)
    tell("done")
    return Results(
        settings=settings,
        machine=machine,
        load_after=os.getloadavg()[0],
        engines=engines,
        plans=plans,
        races=races,
        curves=curves,
        commands=commands,
        maps=maps,
        meshes=meshes,
    )


def write(results: Results, page: str, folder: Path) -> None:
    """The page and its pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_growth(results.curves, folder / PICTURE)
    draw_map_growth(results.maps, folder / MAP_PICTURE)
    (folder / PAGE).write_text(page, encoding="utf-8")
    print(f"Wrote {PAGE}, {PICTURE} and {MAP_PICTURE}", file=sys.stderr)


if __name__ == "__main__":
    main()
