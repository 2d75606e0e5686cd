"""One map of made-up skin, measured: what was put into it beside what came out of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

import numpy as np

from benchmarks.against_truth import Comparison
from benchmarks.other_shapes import other_phantom
from cicatrix.assessing.types import judge_types
from cicatrix.bodies import Body, Nose, Waves, flat
from cicatrix.knowledge import Knowledge, load_knowledge
from cicatrix.measuring import measure
from cicatrix.phantoms import (
    SIZES,
    STANDARD_COUNTS,
    Phantom,
    PhantomScar,
    make_phantom,
    scatter_scars,
)

#: Scars on strongly covered skin stand closer than the standard millimetre, or they do not fit.
_CLOSE_MM, _STANDARD_MARGIN_MM = 0.5, 1.0
#: So many other seeds are tried until scars fit onto the field.
_ATTEMPTS = 50
#: The curve of the skin grows with the field, so that its radius stays that of a cheek.
_CURVE_MM, _CURVE_FIELD_MM = 3.0, 60.0
#: Waves go as high as this, and lie another way on every map.
_WAVE_HEIGHT_MM, _TURN_DEGREES = 0.15, 37.0


@dataclass(frozen=True, kw_only=True)
class Skin:
    """A kind of made-up skin: how it is scanned, and which scars lie on it.

    ``counts`` says how many of each type; with a ``cover`` (share of the field, NaN for none)
    types are drawn in the proportions of ``counts`` until so much is scarred. ``nose_mm`` is the
    half-width of the nose that it covers, ``wave_mm`` the length of its waves, NaN for none.
    ``other`` is one of the :data:`~benchmarks.other_shapes.OTHER_SHAPES` that all its scars
    have, empty for the types.
    """

    noise_um: float = 10.0
    relief_um: float = 20.0
    pitch_mm: float = 0.06
    size_mm: float = 60.0
    cover: float = math.nan
    nose_mm: float = math.nan
    wave_mm: float = math.nan
    counts: tuple[tuple[str, int], ...] = tuple(STANDARD_COUNTS.items())
    other: str = ""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One map: true beside measured scars, what each was called, and the skin under them.

    ``level_errors_um`` is, at the deepest place of every scar found, how far the skin as it
    would be without the scar was taken too high.
    """

    skin: Skin
    seed: int
    comparison: Comparison
    names: dict[int, str]
    level_errors_um: tuple[float, ...]


def phantom_of(skin: Skin, seed: int) -> Phantom:
    """The made-up skin of a kind; another seed, other skin with other scars."""
    if skin.other:
        return other_phantom(skin.other, seed=seed)
    return make_phantom(
        scars_of(skin, seed),
        seed=seed + 1_000_000,
        size_mm=skin.size_mm,
        pitch_mm=skin.pitch_mm,
        noise_um=skin.noise_um,
        relief_um=skin.relief_um,
        curve_mm=_CURVE_MM * (skin.size_mm / _CURVE_FIELD_MM) ** 2,
        body=_body_of(skin, seed),
    )


def _body_of(skin: Skin, seed: int) -> Body:
    """What it covers."""
    if not math.isnan(skin.nose_mm):
        return Nose(half_width_mm=skin.nose_mm)
    if not math.isnan(skin.wave_mm):
        return Waves(
            height_mm=_WAVE_HEIGHT_MM,
            length_mm=skin.wave_mm,
            direction_degrees=_TURN_DEGREES * seed % 180,
            phase=seed,
        )
    return flat


def scars_of(skin: Skin, seed: int) -> tuple[PhantomScar, ...]:
    """The scars on it."""
    margin = _STANDARD_MARGIN_MM if math.isnan(skin.cover) else _CLOSE_MM
    for attempt in range(_ATTEMPTS):
        one = seed + 10_000_000 * attempt
        counts = dict(skin.counts) if math.isnan(skin.cover) else _covering(skin, one)
        try:
            return scatter_scars(counts, seed=one, size_mm=skin.size_mm, margin_mm=margin)
        except ValueError:
            continue
    raise ValueError(
        f"{skin.cover:.0%} of {skin.size_mm:g} mm squared could not be covered with scars."
    )


def covered_share(scars: Sequence[PhantomScar], *, size_mm: float) -> float:
    """How much of the field lies within the rims of its scars."""
    area = sum(_rim_area_mm2(scar.radius_mm, scar.length_mm) for scar in scars)
    return area / size_mm**2


def _covering(skin: Skin, seed: int) -> dict[str, int]:
    """How many of each type cover so much, were each of middle size."""
    rng = np.random.default_rng(seed)
    names = [name for name, count in skin.counts if count]
    shares = np.array([count for _, count in skin.counts if count], float)
    left = skin.cover * skin.size_mm**2
    counts = dict.fromkeys(names, 0)
    while True:
        fitting = np.array([_middle_area_mm2(name) <= 1.2 * left for name in names])
        if not fitting.any():
            return counts
        chances = shares * fitting
        name = names[rng.choice(len(names), p=chances / chances.sum())]
        counts[name] += 1
        left -= _middle_area_mm2(name)


def _middle_area_mm2(name: str) -> float:
    _, radii, _, lengths = SIZES[name]
    return _rim_area_mm2(sum(radii) / 2, sum(lengths) / 2)


def _rim_area_mm2(radius_mm: float, length_mm: float) -> float:
    return math.pi * radius_mm**2 + 2 * radius_mm * length_mm


def trial_of(skin: Skin, seed: int) -> Trial:
    """Make the skin, measure it, and look at what came out."""
    phantom = phantom_of(skin, seed)
    catalogue = measure(phantom.height_map)
    comparison = Comparison()
    comparison.add(phantom, catalogue)
    judged = judge_types(catalogue, knowledge=_knowledge())
    return Trial(
        skin=skin,
        seed=seed,
        comparison=comparison,
        names={label: judgement.type for label, judgement in judged.items()},
        level_errors_um=tuple(_level_errors_um(phantom, comparison)),
    )


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()


def _level_errors_um(phantom: Phantom, comparison: Comparison) -> Iterator[float]:
    for _, scar in comparison.pairs:
        column, row = (
            round(at / pitch)
            for at, pitch in zip((scar.x_mm, scar.y_mm), phantom.height_map.pitch_mm, strict=True)
        )
        yield 1000 * (scar.position_mm[2] - float(phantom.skin_mm[row, column]))


def trials_of(
    wanted: Sequence[tuple[Skin, int]], *, processes: int, tell: Callable[[str], None]
) -> list[Trial]:
    """All maps, in so many processes, told as they are done; in the order in which asked for."""
    done: dict[int, Trial] = {}
    # Finest first: the longest come to an end early, and the memory they want is soon free.
    order = sorted(range(len(wanted)), key=lambda i: wanted[i][0].pitch_mm / wanted[i][0].size_mm)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(trial_of, *wanted[i]): i for i in order}
        for count, future in enumerate(as_completed(running), start=1):
            done[running[future]] = future.result()
            if count % 5 == 0 or count == len(wanted):
                tell(f"{count} of {len(wanted)} maps measured")
    return [done[i] for i in range(len(wanted))]
