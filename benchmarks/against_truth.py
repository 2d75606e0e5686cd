"""Measured scars beside the scars that a phantom is known to have."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cicatrix.phantoms import Phantom, PhantomScar, distance
from cicatrix.records import Scar, ScarCatalogue

Floats = NDArray[np.float64]

#: A measured scar is a true one if its position lies this far or less from the middle line to
#: the rim, and it goes the same way, into the skin or out of it.
_WITHIN = 0.7


@dataclass(kw_only=True)
class Comparison:
    """Pairs of true and measured scars, true ones not found, and measured ones that are not."""

    pairs: list[tuple[PhantomScar, Scar]] = field(default_factory=list)
    missed: list[PhantomScar] = field(default_factory=list)
    extra: list[Scar] = field(default_factory=list)

    def add(self, phantom: Phantom, catalogue: ScarCatalogue) -> None:
        """Take one more phantom in."""
        left = list(catalogue.scars)
        for truth in phantom.scars:
            near = [(_away(truth, scar), scar.label, scar) for scar in left]
            found = min((one for one in near if one[0] <= _WITHIN), default=None)
            if found is None:
                self.missed.append(truth)
            else:
                left.remove(found[2])
                self.pairs.append((truth, found[2]))
        self.extra.extend(left)

    @property
    def f1(self) -> float:
        """The F1 of finding: 1 when every scar was found and nothing else."""
        found = len(self.pairs)
        return 2 * found / max(1, 2 * found + len(self.missed) + len(self.extra))

    def errors(self, quantity: str) -> Floats:
        """The relative errors of a quantity such as ``depth``, where it was measured."""
        true, measured, _ = self.numbers(quantity)
        return np.asarray(measured / true - 1)

    def in_standard_errors(self, quantity: str) -> Floats:
        """The errors as multiples of the standard errors that were stated with them."""
        true, measured, sd = self.numbers(quantity)
        return np.asarray((measured - true) / sd)

    def median_error(self, quantity: str) -> float:
        """The median of the absolute relative errors."""
        errors = self.errors(quantity)
        return float(np.median(np.abs(errors))) if errors.size else math.nan

    def coverage(self, quantity: str) -> float:
        """How many of the nominal 95 % intervals hold the truth."""
        errors = self.in_standard_errors(quantity)
        return float((np.abs(errors) < _Z95).mean()) if errors.size else math.nan

    def numbers(self, quantity: str) -> tuple[Floats, Floats, Floats]:
        """The true sizes, the measured ones and their standard errors, where one was given."""
        truth, measured, spread = _READ[quantity]
        rows = [
            (abs(truth(t)), abs(measured(m)), spread(m))
            for t, m in self.pairs
            if not math.isnan(measured(m) + truth(t))
        ]
        columns = np.array(rows, dtype=float).reshape(-1, 3)
        return columns[:, 0], columns[:, 1], columns[:, 2]


_Z95 = 1.959964
_READ: dict[
    str,
    tuple[Callable[[PhantomScar], float], Callable[[Scar], float], Callable[[Scar], float]],
] = {
    "depth": (lambda t: t.depth_mm, lambda m: m.depth_mm, lambda m: m.depth_sd_mm),
    "volume": (lambda t: t.volume_mm3, lambda m: m.volume_mm3, lambda m: m.volume_sd_mm3),
    "width": (lambda t: t.width_mm, lambda m: m.width_mm, lambda m: m.width_sd_mm),
    "length": (
        lambda t: t.whole_length_mm,
        lambda m: m.length_mm,
        lambda m: m.length_sd_mm,
    ),
    "area": (lambda t: t.area_mm2, lambda m: m.area_mm2, lambda m: m.area_sd_mm2),
    "wall": (lambda t: t.wall_degrees, lambda m: m.wall_degrees, lambda m: m.wall_sd_degrees),
    "floor": (lambda t: t.floor_share, lambda m: m.floor_share, lambda m: m.floor_share_sd),
}


def compared(phantoms: Sequence[Phantom], catalogues: Sequence[ScarCatalogue]) -> Comparison:
    """All phantoms with their catalogues."""
    comparison = Comparison()
    for phantom, catalogue in zip(phantoms, catalogues, strict=True):
        comparison.add(phantom, catalogue)
    return comparison


def _away(truth: PhantomScar, scar: Scar) -> float:
    if (scar.volume_mm3 > 0) != (truth.depth_mm > 0):
        return math.inf
    return float(distance(truth, np.array(scar.x_mm), np.array(scar.y_mm)))
