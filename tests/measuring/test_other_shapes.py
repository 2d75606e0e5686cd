"""Scars that are none of the standard ones: straight walls, ovals, bars, ragged rims, bells."""

from __future__ import annotations

import pytest
from benchmarks.against_truth import Comparison
from benchmarks.other_shapes import OTHER_SHAPES, other_phantom

from cicatrix.measuring import measure

#: No constant of measuring was chosen on these.
SEEDS = range(917_000, 917_008)
NUMBERS = ("depth", "volume", "width", "length", "area", "wall", "floor")


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHER_SHAPES)
def test_other_shapes_are_measured_within_their_errors(name):
    comparison = Comparison()
    for seed in SEEDS:
        phantom = other_phantom(name, seed=seed)
        comparison.add(phantom, measure(phantom.height_map))
    assert len(comparison.pairs) >= 40
    assert comparison.f1 >= 0.97
    assert comparison.median_error("depth") <= 0.05
    for quantity in NUMBERS:
        errors = comparison.in_standard_errors(quantity)
        if errors.size:
            # Some 50 to 80 intervals: one that covers 95 % covers 86 % or less once in a thousand
            # such tests; straight walls covered 60 to 79 % and ovals 25 % before.
            assert comparison.coverage(quantity) >= 0.86, quantity
