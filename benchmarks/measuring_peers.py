"""The same made-up skin measured by us, by Gwyddion and with surfalize.

The peers level with a polynomial, smooth, mark by a threshold and read the grains. Which degree,
smoothing and threshold, and which of their readings is nearest to the truth, is tuned for each
kind of skin on maps of their own; ours is not tuned to anything.
"""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.against_truth import Comparison, compared
from benchmarks.peers_ready import GWYDDION, Peer
from benchmarks.trials import Skin, phantom_of
from cicatrix.measuring import measure
from cicatrix.phantoms import Phantom
from cicatrix.records import Scar, ScarCatalogue

#: What surfalize masks before it levels again; Gwyddion's program does it with its own recipe.
_MASK = {"sigma_mm": 0.2, "level_mm": 0.06}
#: What a grain carries, behind its sign and place. Both peers say the same in this order.
_DEPTHS, _AREAS = ("highest sample", "highest when smoothed"), ("threshold", "half depth")
_VOLUMES = ("above zero", "above the background of the rim")
QUANTITIES = ("depth", "area", "volume")
OURS = "cicatrix"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a peer is told to look for scars."""

    method: str
    degree: int
    sigma_mm: float
    level_mm: float
    least_mm2: float = 0.3

    def __str__(self) -> str:
        return (
            f"degree {self.degree}, σ {self.sigma_mm:g} mm, {self.method} "
            f"{1000 * self.level_mm:g} µm"
        )


@dataclass(frozen=True, kw_only=True)
class Grain:
    """One grain of a peer with all its readings. Hollows have sign 1, rises −1; mm."""

    sign: int
    x_mm: float
    y_mm: float
    depths: tuple[float, ...]
    areas: tuple[float, ...]
    volumes: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Which of its readings a peer is taken by; numbers into the tuples of a grain."""

    depth: int = 0
    area: int = 0
    volume: int = 0

    def __str__(self) -> str:
        return (
            f"depth: {_DEPTHS[self.depth]}; area: {_AREAS[self.area]}; "
            f"volume: {_VOLUMES[self.volume]}"
        )


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """The best recipe and readings of a peer for one kind of skin."""

    recipe: Recipe
    reading: Reading
    tuning_f1: float


@dataclass(frozen=True, kw_only=True)
class ContestKind:
    """A kind of skin, the seeds of the maps to tune on, and of those to compare on.

    ``methods`` are the ways of marking that are tried.
    """

    name: str
    skin: Skin
    tuning_seeds: range
    seeds: range
    methods: tuple[str, ...] = ("threshold", "watershed")


@dataclass(frozen=True, kw_only=True)
class Match:
    """One map: what each tool found on it, by the name of the tool."""

    kind: str
    seed: int
    comparisons: dict[str, Comparison]


@dataclass(frozen=True, kw_only=True)
class Contest:
    """All maps, and by peer and kind of skin what it was tuned to."""

    matches: tuple[Match, ...]
    tuned: dict[tuple[str, str], Tuned]


def recipes(
    *, degrees: Sequence[int], sigmas_mm: Sequence[float], levels_mm: Sequence[float]
) -> list[Recipe]:
    """All combinations, by threshold alone."""
    return [
        Recipe(method="threshold", degree=degree, sigma_mm=sigma, level_mm=level)
        for degree, sigma, level in itertools.product(degrees, sigmas_mm, levels_mm)
    ]


def contest(
    kinds: Sequence[ContestKind],
    *,
    peers: Sequence[Peer],
    grid: Sequence[Recipe],
    processes: int,
    tell: Callable[[str], None],
) -> Contest:
    """All kinds of skin, in so many processes, told as they are done."""
    done: dict[str, Contest] = {}
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(contest_on, kind, peers=peers, grid=grid): kind for kind in kinds}
        for future in as_completed(running):
            name = running[future].name
            done[name] = future.result()
            tell(f"{', '.join(peer.name for peer in peers)} tuned and compared: {name}")
    return Contest(
        matches=tuple(match for kind in kinds for match in done[kind.name].matches),
        tuned={key: one for kind in kinds for key, one in done[kind.name].tuned.items()},
    )


def contest_on(kind: ContestKind, *, peers: Sequence[Peer], grid: Sequence[Recipe]) -> Contest:
    """One kind of skin: tune the peers on the first seeds, compare on the second."""
    tuning = [phantom_of(kind.skin, seed) for seed in kind.tuning_seeds]
    tuned = {
        peer.name: tuned_on(tuning, peer=peer, grid=grid, methods=kind.methods) for peer in peers
    }
    del tuning
    matches = []
    for seed in kind.seeds:
        phantom = phantom_of(kind.skin, seed)
        found = {OURS: compared([phantom], [measure(phantom.height_map)])}
        for peer in peers:
            one = tuned[peer.name]
            (grains,) = grains_of(phantom, peer=peer, grid=[one.recipe])
            found[peer.name] = compared([phantom], [catalogue_of(grains, one.reading)])
        matches.append(Match(kind=kind.name, seed=seed, comparisons=found))
    return Contest(
        matches=tuple(matches), tuned={(name, kind.name): one for name, one in tuned.items()}
    )


def tuned_on(
    phantoms: Sequence[Phantom], *, peer: Peer, grid: Sequence[Recipe], methods: Sequence[str]
) -> Tuned:
    """The recipe that finds best (then reads best), and the readings nearest to the truth."""
    tried = [grains_of(phantom, peer=peer, grid=grid) for phantom in phantoms]
    by_recipe = list(zip(*tried, strict=True))
    best = _best(phantoms, by_recipe)
    chosen, f1, reading = grid[best[0]], best[1], best[2]
    if peer.name == GWYDDION and "watershed" in methods:
        # Its watershed takes long, so that it is tried with the best of the thresholds only.
        other = replace(chosen, method="watershed")
        drops = [grains_of(phantom, peer=peer, grid=[other])[0] for phantom in phantoms]
        _, watershed_f1, watershed_reading = _best(phantoms, [drops])
        if watershed_f1 > f1:
            chosen, f1, reading = other, watershed_f1, watershed_reading
    return Tuned(recipe=chosen, reading=reading, tuning_f1=f1)


def _best(
    phantoms: Sequence[Phantom], by_recipe: Sequence[Sequence[list[Grain]]]
) -> tuple[int, float, Reading]:
    """Number of the best recipe, its F1, and its best readings."""
    scored = []
    for number, grains in enumerate(by_recipe):
        reading = _best_reading(phantoms, grains)
        comparison = compared(phantoms, [catalogue_of(g, reading) for g in grains])
        errors = sum(comparison.median_error(quantity) for quantity in QUANTITIES)
        wrong = math.inf if math.isnan(errors) else errors
        scored.append((-round(comparison.f1, 3), wrong, number, reading))
    f1, _, number, reading = min(scored, key=lambda one: one[:3])
    return number, -f1, reading


def _best_reading(phantoms: Sequence[Phantom], grains: Sequence[list[Grain]]) -> Reading:
    reading = Reading()
    choices = len(next((g[0].volumes for g in grains if g), (0.0,)))
    for quantity, count in (("depth", len(_DEPTHS)), ("area", len(_AREAS)), ("volume", choices)):
        options = [replace(reading, **{quantity: number}) for number in range(count)]
        errors = [
            compared(phantoms, [catalogue_of(g, one) for g in grains]).median_error(quantity)
            for one in options
        ]
        reading = options[int(np.argmin(np.nan_to_num(errors, nan=math.inf)))]
    return reading


def catalogue_of(grains: Sequence[Grain], reading: Reading) -> ScarCatalogue:
    """A peer's grains as a catalogue; what it does not tell is NaN."""
    unknown = math.nan
    return ScarCatalogue(
        scars=tuple(
            Scar(
                label=label,
                x_mm=grain.x_mm,
                y_mm=grain.y_mm,
                position_mm=(grain.x_mm, grain.y_mm, unknown),
                depth_mm=grain.sign * grain.depths[reading.depth],
                depth_sd_mm=unknown,
                width_mm=unknown,
                width_sd_mm=unknown,
                length_mm=unknown,
                area_mm2=grain.areas[reading.area],
                volume_mm3=grain.sign * abs(grain.volumes[reading.volume]),
                volume_sd_mm3=unknown,
                wall_degrees=unknown,
                floor_share=unknown,
                orientation_degrees=unknown,
            )
            for label, grain in enumerate(grains, start=1)
        )
    )


def grains_of(phantom: Phantom, *, peer: Peer, grid: Sequence[Recipe]) -> list[list[Grain]]:
    """What a peer finds on a map under each recipe, from its own process."""
    ask = _ask_gwyddion if peer.name == GWYDDION else _ask_surfalize
    with tempfile.TemporaryDirectory() as folder:
        rows = ask(phantom, peer, grid, Path(folder))
    return [[_grain(row) for row in part] for part in rows]


def _grain(row: Sequence[float]) -> Grain:
    sign, x_mm, y_mm = row[:3]
    return Grain(
        sign=int(sign),
        x_mm=x_mm,
        y_mm=y_mm,
        depths=tuple(row[3:5]),
        areas=tuple(row[5:7]),
        volumes=tuple(row[7:]),
    )


def _ask_gwyddion(
    phantom: Phantom, peer: Peer, grid: Sequence[Recipe], folder: Path
) -> list[list[list[float]]]:
    path = folder / "map.raw"
    height = phantom.height_map.height_mm
    path.write_bytes(np.ascontiguousarray(height, np.float64).tobytes())
    told = _answer(
        (*peer.command, str(path), str(height.shape[1]), str(height.shape[0]),
         repr(phantom.height_map.pitch_mm[0])),
        "".join(
            f"{r.method} {r.degree} {r.sigma_mm!r} {r.level_mm!r} {r.least_mm2!r}\n" for r in grid
        ),
    )  # fmt: skip
    rows: list[list[list[float]]] = [[] for _ in grid]
    for line in told.splitlines():
        number, *numbers = line.split("\t")
        rows[int(number)].append([float(one) for one in numbers])
    # Centres of grains are told from the corner of the first sample, ours from its middle.
    half = phantom.height_map.pitch_mm[0] / 2
    return [[[s, x - half, y - half, *rest] for s, x, y, *rest in part] for part in rows]


def _ask_surfalize(
    phantom: Phantom, peer: Peer, grid: Sequence[Recipe], folder: Path
) -> list[list[list[float]]]:
    path = folder / "map.npy"
    np.save(path, phantom.height_map.height_mm)
    task = {
        "do": "grains",
        "map": {"path": str(path), "pitch_mm": phantom.height_map.pitch_mm},
        "mask": _MASK,
        "recipes": [vars(recipe) for recipe in grid],
    }
    answer: list[list[list[float]]] = json.loads(_answer(peer.command, json.dumps(task)))["grains"]
    return answer


def _answer(command: Sequence[str], told: str) -> str:
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{Path(command[-1]).name} failed: {done.stderr.strip()[-400:]}")
    return done.stdout
