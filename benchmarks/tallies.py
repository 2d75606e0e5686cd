"""What many maps say together: how much was found, how wrong the numbers are, with intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.against_truth import Comparison
from benchmarks.trials import Trial
from cicatrix.assessing.types import MIXED, UNDETERMINED
from cicatrix.phantoms import PhantomScar
from cicatrix.records import Scar

Floats = NDArray[np.float64]
Pairs = list[tuple[PhantomScar, Scar]]
QUANTITIES = ("depth", "volume", "width", "length", "area", "wall", "floor")
_Z95 = 1.959964
_RESAMPLES, _SEED = 400, 20261124


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of many maps and its 95 % interval; all NaN where there is nothing to count."""

    value: float
    low: float
    high: float


NOTHING = Figure(value=math.nan, low=math.nan, high=math.nan)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Some maps together. Errors and rates are shares of one, levels micrometres."""

    maps: int
    scars: int
    missed: int
    extra: int
    f1: Figure
    right_type: Figure
    wrong_type: Figure
    error: dict[str, Figure]
    inside: dict[str, Figure]
    level_um: Figure
    worst_seed: int


def tally(trials: Sequence[Trial], *, only: str = "") -> Tally:
    """Put maps together; ``only`` looks at the scars of one type (false finds have none)."""
    pairs = [
        [(t, m) for t, m in trial.comparison.pairs if only in ("", t.type)] for trial in trials
    ]
    missed = [sum(only in ("", scar.type) for scar in trial.comparison.missed) for trial in trials]
    extra = [0 if only else len(trial.comparison.extra) for trial in trials]
    found = [
        _scores(len(p), lost + more) for p, lost, more in zip(pairs, missed, extra, strict=True)
    ]
    named = [
        [(t.type, trial.names[m.label]) for t, m in p]
        for trial, p in zip(trials, pairs, strict=True)
    ]
    levels = [
        np.array([
            error
            for error, (t, _) in zip(trial.level_errors_um, trial.comparison.pairs, strict=True)
            if only in ("", t.type)
        ])
        for trial in trials
    ]  # fmt: skip
    return Tally(
        maps=len(trials),
        scars=sum(map(len, pairs)) + sum(missed),
        missed=sum(missed),
        extra=sum(extra),
        f1=_share(found),
        right_type=_share([_ones([a == b for a, b in n]) for n in named]),
        wrong_type=_share([
            _ones([b not in (a, MIXED, UNDETERMINED) for a, b in n]) for n in named
        ]),
        error={q: _middle([_errors(p, q) for p in pairs]) for q in QUANTITIES},
        inside={q: _share([_ones(_within(p, q)) for p in pairs]) for q in QUANTITIES},
        level_um=_figure(levels, lambda all_: float(np.sqrt((all_**2).mean()))),
        worst_seed=trials[int(np.argmax([a + b for a, b in zip(missed, extra, strict=True)]))].seed,
    )  # fmt: skip


def wilson(share: float, count: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of so many."""
    if not count:
        return math.nan, math.nan
    middle = share + _Z95**2 / (2 * count)
    half = _Z95 * math.sqrt(share * (1 - share) / count + _Z95**2 / (4 * count**2))
    scale = 1 + _Z95**2 / count
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def share_of(count: int, whole: int) -> Figure:
    """A share of independent ones with its interval."""
    if not whole:
        return NOTHING
    low, high = wilson(count / whole, whole)
    return Figure(value=count / whole, low=low, high=high)


def _scores(found: int, wrong: int) -> Floats:
    """F1 as a mean: each scar that was found counts one, each mistake half and with nothing."""
    return np.array([[1.0, 1.0]] * found + [[0.0, 0.5]] * wrong).reshape(-1, 2)


def _ones(held: Sequence[object]) -> Floats:
    return np.array([[float(bool(one)), 1.0] for one in held]).reshape(-1, 2)


def _share(parts: Sequence[Floats]) -> Figure:
    """A weighted share. Its interval is the wider of the bootstrap over maps and Wilson's.

    The bootstrap knows that the scars of one map share a fate, but takes what never failed for
    certain; Wilson's does not.
    """
    figure = _figure(parts, lambda all_: float((all_[:, 0] * all_[:, 1]).sum() / all_[:, 1].sum()))
    if math.isnan(figure.value):
        return figure
    low, high = wilson(figure.value, float(np.concatenate(parts)[:, 1].sum()))
    return Figure(value=figure.value, low=min(low, figure.low), high=max(high, figure.high))


def _middle(parts: Sequence[Floats]) -> Figure:
    return _figure(parts, lambda all_: float(np.median(all_)))


def _figure(parts: Sequence[Floats], statistic: Callable[[Floats], float]) -> Figure:
    """A statistic of all maps together, with the bootstrap over maps."""
    some = [part for part in parts if len(part)]
    if not some:
        return NOTHING
    rng = np.random.default_rng(_SEED)
    drawn = rng.integers(len(some), size=(_RESAMPLES, len(some)))
    others = [statistic(np.concatenate([some[i] for i in row])) for row in drawn]
    low, high = np.quantile(others, [0.025, 0.975])
    return Figure(value=statistic(np.concatenate(some)), low=float(low), high=float(high))


def _errors(pairs: Pairs, quantity: str) -> Floats:
    return np.abs(Comparison(pairs=pairs).errors(quantity))


def _within(pairs: Pairs, quantity: str) -> list[bool]:
    return list(np.abs(Comparison(pairs=pairs).in_standard_errors(quantity)) < _Z95)
