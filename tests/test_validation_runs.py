"""The validation runs through on a handful of small maps, and its sums are right."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from benchmarks import validate_measuring as validation
from benchmarks.against_truth import Comparison
from benchmarks.measuring_peers import Grain, Reading, Recipe, catalogue_of, grains_of
from benchmarks.peers_ready import Peer, found_gwyddion, found_surfalize
from benchmarks.tallies import share_of, tally, wilson
from benchmarks.trials import Skin, Trial, covered_share, phantom_of, scars_of
from benchmarks.validation_page import page_of
from benchmarks.validation_peers import common_volume_error
from benchmarks.validation_settings import FULL, QUICK, axis_kind

from cicatrix.phantoms import PhantomScar, make_phantom
from cicatrix.records import Scar

TINY = dataclasses.replace(
    QUICK,
    name="tiny",
    standard_maps=1,
    axes=tuple(dataclasses.replace(axis, points=axis.points[:1]) for axis in QUICK.axes[1:3]),
    clear_maps=1,
    kinds=(),
)


@pytest.mark.slow
def test_a_tiny_run_writes_its_page_and_pictures(tmp_path):
    absent = Peer(name="surfalize", missing="this test asks no peer")
    found = validation.validate(TINY, peers=(absent,), processes=1)
    page = page_of(found)
    for heading in ("What this does not show", "At a glance", "By type of scar", "Real captures"):
        assert f"\n## {heading}\n" in page
    for axis in TINY.axes:
        assert f"\n| {axis.title} " in page
    assert "surfalize is left out: this test asks no peer." in page
    assert "No patient was measured" in page
    assert found.standard.scars == sum(count for _, count in TINY.standard.counts)
    validation.write(found, page, tmp_path)
    for name in ("validation_curves.png", "validation_types.png"):
        assert (tmp_path / "pictures" / name).read_bytes().startswith(b"\x89PNG")
        assert f"](pictures/{name})" in page
    assert str(Path.cwd()) not in page, "a path of this machine"


def test_seeds_of_no_two_maps_are_the_same():
    seeds = list(FULL.seeds(0, 0, FULL.standard_maps)) + list(FULL.clear_seeds())
    for number, axis in enumerate(FULL.axes, start=1):
        for place, (_, _, maps) in enumerate(axis.points):
            seeds += FULL.seeds(number, place, maps)
    for kind in FULL.contest_kinds():
        seeds += [*kind.tuning_seeds, *kind.seeds]
    of_curves = set(seeds)
    for kind in FULL.axis_kinds():
        seeds += kind.tuning_seeds
        assert set(kind.seeds) <= of_curves, "the peers get the maps of the curves"
    assert len(seeds) == len(set(seeds))


def test_the_peers_are_shown_at_every_point_of_four_curves():
    shown = {kind.name for kind in FULL.axis_kinds()}
    for name in ("noise_um", "relief_um", "pitch_mm", "cover"):
        (axis,) = (axis for axis in FULL.axes if axis.name == name)
        assert {axis_kind(name, value) for value, _, _ in axis.points} <= shown
    assert {"noise_um 10", "relief_um 20", "pitch_mm 0.06"} <= shown


def test_volumes_are_compared_on_the_scars_that_every_tool_found():
    truths = [
        PhantomScar(shape="flat", type="boxcar", x_mm=x, y_mm=0, radius_mm=1, depth_mm=0.2)
        for x in (0, 5, 10)
    ]

    def comparison(errors):
        pairs = [
            (truth, scar(n, volume_mm3=truth.volume_mm3 * (1 + error)))
            for n, (truth, error) in enumerate(zip(truths, errors, strict=True))
            if error is not None
        ]
        return Comparison(pairs=pairs)

    found = {"ours": comparison([0.01, 0.03, 0.5]), "theirs": comparison([0.1, 0.2, None])}
    assert common_volume_error(found, "ours") == pytest.approx(0.02)
    assert common_volume_error(found, "theirs") == pytest.approx(0.15)


@pytest.mark.parametrize("cover", [0.02, 0.1, 0.3])
def test_skin_is_covered_as_much_as_said(cover):
    skin = Skin(size_mm=40.0, cover=cover)
    shares = [covered_share(scars_of(skin, seed), size_mm=40.0) for seed in range(8)]
    # Types are drawn by their middle size and the last may be a fifth too large: the mean is
    # within a third.
    assert np.mean(shares) == pytest.approx(cover, rel=0.33)


# --- sums -----------------------------------------------------------------------------------


def scar(label, **given):
    unknown = math.nan
    known = {
        "label": label, "x_mm": 0.0, "y_mm": 0.0, "position_mm": (0.0, 0.0, 0.0),
        "depth_mm": unknown, "depth_sd_mm": 0.01, "width_mm": unknown, "width_sd_mm": 0.01,
        "length_mm": unknown, "area_mm2": unknown, "volume_mm3": unknown,
        "volume_sd_mm3": unknown, "wall_degrees": unknown, "floor_share": unknown,
        "orientation_degrees": unknown,
    }  # fmt: skip
    return Scar(**(known | given))


def trial(seed, *, depths, missed=0, extra=0, names="boxcar", level_um=0.0):
    """A map whose found scars are all 0.2 mm deep and were measured with ``depths``."""
    truth = PhantomScar(shape="flat", type="boxcar", x_mm=0, y_mm=0, radius_mm=1, depth_mm=0.2)
    return Trial(
        skin=Skin(),
        seed=seed,
        comparison=Comparison(
            pairs=[(truth, scar(n, depth_mm=depth)) for n, depth in enumerate(depths)],
            missed=[truth] * missed,
            extra=[scar(99)] * extra,
        ),
        names=dict(enumerate([names] * len(depths))),
        level_errors_um=(level_um,) * len(depths),
    )


def test_a_tally_adds_the_maps_up_as_by_hand():
    one = trial(1, depths=[0.21, 0.2, 0.17], missed=1, level_um=3.0)
    other = trial(2, depths=[0.24], extra=1, names="rolling", level_um=-5.0)
    both = tally([one, other])
    assert (both.maps, both.scars, both.missed, both.extra) == (2, 5, 1, 1)
    assert both.f1.value == pytest.approx(2 * 4 / (2 * 4 + 1 + 1))
    # Errors 5, 0, 15 and 20 %: the median lies between 5 and 15.
    assert both.error["depth"].value == pytest.approx(0.10)
    # 1.96 standard errors are 0.0196: the first two lie inside.
    assert both.inside["depth"].value == pytest.approx(0.5)
    assert both.right_type.value == pytest.approx(0.75)
    assert both.wrong_type.value == pytest.approx(0.25)
    assert both.level_um.value == pytest.approx(math.sqrt((3 * 9 + 25) / 4))
    assert math.isnan(both.error["volume"].value)
    assert tally([one, other], only="rolling").scars == 0


def test_what_never_failed_is_not_certain():
    whole = tally([trial(seed, depths=[0.2] * 10) for seed in range(3)])
    assert whole.f1.value == 1.0
    # Wilson's lower end for 30 of 30 is 30 / (30 + 1.96²).
    assert whole.f1.low == pytest.approx(30 / (30 + 1.96**2), abs=1e-4)


def test_intervals_of_shares_are_wilsons():
    # A worked example in Wikipedia's and many other texts' form: p = 0.5, n = 10.
    middle = 0.5
    half = 1.96 / (1 + 1.96**2 / 10) * math.sqrt(0.25 / 10 + 1.96**2 / 400)
    assert wilson(0.5, 10) == pytest.approx((middle - half, middle + half), abs=1e-4)
    assert share_of(0, 10).low == 0.0
    assert share_of(0, 10).high == pytest.approx(1.96**2 / (10 + 1.96**2), abs=1e-4)


# --- the peers ------------------------------------------------------------------------------

PEERS = [found_gwyddion, found_surfalize]


@pytest.mark.parametrize("found", PEERS, ids=["gwyddion", "surfalize"])
def test_a_peer_reads_a_dome_and_a_pit_as_geometry_has_them(found):
    """The peers get a fair chance: on smooth skin their grains are right."""
    peer = found()
    if not peer:
        pytest.skip(f"{peer.name} is not tried: {peer.missing}")
    scars = (
        PhantomScar(shape="flat", type="boxcar", x_mm=5, y_mm=6, radius_mm=1.5, depth_mm=0.4),
        PhantomScar(shape="dome", type="papular", x_mm=14, y_mm=12, radius_mm=2, depth_mm=-0.3),
    )
    phantom = make_phantom(
        scars, seed=1, size_mm=20.0, noise_um=0.0, relief_um=0.0, curve_mm=0.2, pitch_mm=0.05
    )
    recipe = Recipe(method="threshold", degree=4, sigma_mm=0.05, level_mm=0.01)
    (grains,) = grains_of(phantom, peer=peer, grid=[recipe])
    comparison = Comparison()
    comparison.add(phantom, catalogue_of(grains, Reading()))
    assert (len(comparison.pairs), comparison.f1) == (2, 1.0)
    # The polynomial is fitted beside the scars and is a few micrometres off under them.
    assert np.abs(comparison.errors("depth")).max() < 0.03
    assert np.abs(comparison.errors("volume")).max() < 0.05
    for truth, measured in comparison.pairs:
        # The centre of mass of a round thing is its middle, but for single samples at the rim.
        assert math.dist((truth.x_mm, truth.y_mm), (measured.x_mm, measured.y_mm)) < 0.03


def test_both_peers_find_the_same_grains():
    """Two programs that share nothing: what they agree in is in the map, not in our use of them."""
    peers = [found() for found in PEERS]
    if not all(peers):
        pytest.skip(" and ".join(f"{p.name}: {p.missing}" for p in peers if not p))
    phantom = phantom_of(QUICK.standard, 5)
    recipe = Recipe(method="threshold", degree=4, sigma_mm=0.2, level_mm=0.08)
    first, second = (
        sorted(grains_of(phantom, peer=peer, grid=[recipe])[0], key=grain_order) for peer in peers
    )
    assert [g.sign for g in first] == [g.sign for g in second]
    for one, other in zip(first, second, strict=True):
        # They mask before levelling again a little differently: a few micrometres.
        assert one.depths[1] == pytest.approx(other.depths[1], abs=0.01)
        assert one.areas[0] == pytest.approx(other.areas[0], rel=0.05)


def grain_order(grain: Grain):
    return grain.sign, round(grain.x_mm), grain.y_mm
