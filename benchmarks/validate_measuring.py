"""Validate measuring: ``python -m benchmarks.validate_measuring [--quick]``.

Made-up skin with known scars along noise, relief, spacing and cover; the same maps by other tools;
ISO 25178-2 parameters beside surfalize; real captures beside a second reading.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

# One thread a process: the processes share the cores. Before numpy is opened.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from benchmarks.iso_parity import Parity, fields, parities  # noqa: E402
from benchmarks.machine import this_machine  # noqa: E402
from benchmarks.measuring_peers import Contest, contest  # noqa: E402
from benchmarks.peers_ready import (  # noqa: E402
    ROOT,
    SURFALIZE,
    Peer,
    made_gwyddion,
    made_surfalize,
)
from benchmarks.real_captures import real_readings  # noqa: E402
from benchmarks.tallies import share_of, tally  # noqa: E402
from benchmarks.trials import Skin, Trial, trials_of  # noqa: E402
from benchmarks.validation_page import Validated, page_of  # noqa: E402
from benchmarks.validation_peers import ALONG, draw_along  # noqa: E402
from benchmarks.validation_pictures import (  # noqa: E402
    CURVES,
    PEERS,
    TYPES,
    Curve,
    draw_curves,
    draw_peers,
    draw_types,
)
from benchmarks.validation_settings import (  # noqa: E402
    CLEAR_TEXTURES_UM,
    FULL,
    QUICK,
    ValidationSettings,
)
from cicatrix.knowledge import load_knowledge  # noqa: E402

DOCS = ROOT / "docs"
PAGE = "validation.md"
Tell = Callable[[str], None]


def main(words: Sequence[str] | None = None) -> None:
    """Validate, print the page, and in full write it into ``docs``."""
    parser = argparse.ArgumentParser(prog="validate_measuring", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few maps, printed only (docs stay as they are)"
    )
    parser.add_argument("--out", type=Path, help="write page and pictures to this folder")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args(words)
    settings = QUICK if chosen.quick else FULL
    out = chosen.out or (None if chosen.quick else DOCS)
    peers = (made_gwyddion(), made_surfalize())
    found = validate(settings, peers=peers, processes=chosen.processes)
    page = page_of(found)
    print(page)
    if out is not None:
        write(found, page, out)


def validate(settings: ValidationSettings, *, peers: Sequence[Peer], processes: int) -> Validated:
    """Everything, one after the other, told on standard error as it goes."""
    began = time.perf_counter()

    def tell(what: str) -> None:
        print(f"{time.perf_counter() - began:4.0f} s  {what}", file=sys.stderr, flush=True)

    for peer in peers:
        tell(f"{peer.name} {peer.version}" if peer else f"{peer.name} left out: {peer.missing}")
    standard, curves, clear, others = _measured(settings, processes=processes, tell=tell)
    clear_found = tuple(one.seed for one in clear if one.comparison.extra)
    ready = [peer for peer in peers if peer]
    compared, along = _contests(settings, ready, processes=processes, tell=tell)
    tell("ISO parameters")
    same = _parities(settings, ready)
    tell("real captures")
    readings = real_readings()
    tell("done")
    return Validated(
        settings=settings,
        machine=replace(this_machine(load_knowledge()), versions=_versions()),
        standard=tally(standard),
        by_type={name: tally(standard, only=name) for name, _ in settings.standard.counts},
        curves=curves,
        clear=share_of(len(clear_found), len(clear)),
        clear_found=clear_found,
        others=dict(zip((name for name, _ in settings.others), map(tally, others), strict=True)),
        peers=tuple(peers),
        contest=compared,
        along=along,
        parities=same,
        readings=readings,
    )


def _contests(
    settings: ValidationSettings, ready: Sequence[Peer], *, processes: int, tell: Tell
) -> tuple[Contest | None, Contest | None]:
    """The peers on maps of their own, and on the maps of the curves; nothing without peers."""
    if not ready:
        return None, None
    own, along = (
        contest(kinds, peers=ready, grid=grid, processes=processes, tell=tell)
        for kinds, grid in (
            (settings.contest_kinds(), settings.grid),
            (settings.axis_kinds(), settings.axis_grid),
        )
    )
    return own, along


def _measured(
    settings: ValidationSettings, *, processes: int, tell: Tell
) -> tuple[list[Trial], tuple[Curve, ...], list[Trial], list[list[Trial]]]:
    """All maps of our own: standard ones, the curves, clear skin, and other shapes."""
    groups: list[list[tuple[Skin, int]]] = [
        [(settings.standard, seed) for seed in settings.seeds(0, 0, settings.standard_maps)]
    ]
    for number, axis in enumerate(settings.axes, start=1):
        for place, (_, skin, maps) in enumerate(axis.points):
            groups.append([(skin, seed) for seed in settings.seeds(number, place, maps)])
    groups.append([
        (replace(settings.clear, noise_um=noise, relief_um=relief), seed)
        for seed in settings.clear_seeds()
        for noise, relief in [CLEAR_TEXTURES_UM[seed % len(CLEAR_TEXTURES_UM)]]
    ])  # fmt: skip
    groups += [[(skin, seed) for seed in seeds] for skin, seeds in settings.other_skins()]
    wanted = [one for group in groups for one in group]
    tell(f"{len(wanted)} maps in {processes} processes")
    done = iter(trials_of(wanted, processes=processes, tell=tell))
    standard, *varied = ([next(done) for _ in group] for group in groups)
    points = sum(len(axis.points) for axis in settings.axes)
    curves = _curves(settings, standard, varied[:points])
    return standard, curves, varied[points], varied[points + 1 :]


def _curves(
    settings: ValidationSettings, standard: list[Trial], varied: list[list[Trial]]
) -> tuple[Curve, ...]:
    left = iter(varied)
    curves = []
    for axis in settings.axes:
        points = {value: tally(next(left)) for value, _, _ in axis.points}
        # Cover, noses and waves have no standard value: their field is another.
        own = getattr(settings.standard, axis.name)
        if own == own:
            points[own] = tally(standard)
        curves.append(Curve(title=axis.title, unit=axis.unit, standard=own, points=points))
    return tuple(curves)


def _parities(settings: ValidationSettings, peers: Sequence[Peer]) -> tuple[Parity, ...]:
    for peer in peers:
        if peer.name == SURFALIZE:
            return parities(
                fields(side=settings.iso_side, seed=settings.clear_seeds()[0]), peer=peer
            )
    return ()


def _versions() -> str:
    import importlib.metadata as installed

    from cicatrix import __version__

    packages = ("numpy", "scipy", "scikit-image")
    return f"cicatrix {__version__}, " + ", ".join(f"{p} {installed.version(p)}" for p in packages)


def write(found: Validated, page: str, folder: Path) -> None:
    """The page and its pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    draw_curves(found.curves, folder / CURVES)
    draw_types(found.by_type, folder / TYPES)
    if found.contest:
        draw_peers(found.contest, folder / PEERS)
    if found.along:
        draw_along(found.along, found.settings.axes, folder / ALONG)
    (folder / PAGE).write_text(page, encoding="utf-8")
    print(f"Wrote {PAGE} and its pictures", file=sys.stderr)


if __name__ == "__main__":
    main()
