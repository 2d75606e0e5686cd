"""The benchmarks run through on a handful of cases and print their table. Nothing is timed."""

from __future__ import annotations

from pathlib import Path

from benchmarks import __main__ as bench
from benchmarks.deciding import CLINGO_MANY, CLINGO_ONE, OURS, ZEN, ZEN_THREE
from benchmarks.page import page_of
from benchmarks.peers_ready import found_surfalize
from benchmarks.settings import Settings

TINY = Settings(
    name="tiny",
    seed=3,
    decided_cases=6,
    rounds=1,
    met_cases=4,
    clingo_single_cases=1,
    planned_cases=4,
    raced_cases=2,
    raced_findings=(2,),
    raced_deadlines_weeks=(16,),
    race_limit_seconds=20.0,
    horizons_weeks=(52, 104),
    finding_counts=(1, 2),
    offer_counts=(10, 46),
    growth_cases=1,
    command_runs=1,
    paper_runs=0,
    map_rounds=1,
    map_side=300,
    map_megapixels=(0.04, 0.09),
    mesh_rounds=1,
    mesh_side=300,
)


def test_a_tiny_run_prints_its_table(tmp_path):
    # One test for one run: the parts below look at the same results, which take a while.
    results = bench.measure(TINY, surfalize=found_surfalize())
    page = page_of(results)
    every_engine_and_every_command_has_its_row(page)
    ours_and_clingo_read_the_pages_alike(results.engines[0])
    the_naive_model_finds_what_ours_finds(results.races)
    larger_maps_have_more_samples(results.maps)
    meshes_have_the_same_scars_in_either_format(results.meshes)
    page_and_pictures_are_written(results, page, tmp_path)


def every_engine_and_every_command_has_its_row(page):
    for engine in (OURS, ZEN, ZEN_THREE, CLINGO_MANY, CLINGO_ONE):
        assert page.count(f"\n| {engine}") == 2, f"{engine}: one row of speed, one of faults"
    for command in ("cicatrix --help", "cicatrix plan CASE", "cicatrix plan CASE --json"):
        assert f"| `{command}` |" in page
    for heading in (
        "At a glance",
        "The whole plan",
        "ours beside the naive model",
        "Growth",
        "Height maps",
        "Meshes",
    ):
        assert heading in page


def ours_and_clingo_read_the_pages_alike(ours):
    assert ours.name == OURS
    # Six cases times 46 treatments, against a program that was written without the planner.
    assert ours.gappy_faults.decisions == ours.answered_faults.decisions == 6 * 46
    assert ours.answered_faults.differing == ours.gappy_faults.differing == 0


def the_naive_model_finds_what_ours_finds(races):
    both = [race for race in races if race.ours.status == "optimal" and race.naive.proved]
    assert both
    for race in both:
        assert race.same
        assert race.ours.weeks == race.naive.weeks


def larger_maps_have_more_samples(maps):
    assert maps.ours.samples == 300 * 300
    assert [run.samples for run in maps.growth] == [200 * 200, 300 * 300]
    # Even the smallest map takes a few copies of itself.
    assert all(run.seconds > 0 and run.peak_maps > 1 for run in maps.growth)


def meshes_have_the_same_scars_in_either_format(meshes):
    assert {run.vertices for run in meshes} == {300 * 300}
    dense, sparse = (
        [run.scars for run in meshes if run.skin == skin] for skin in ("dense", "sparse")
    )
    # 30 of 60 mm each way: a quarter of the scars, fewer on the sparse skin.
    assert len(set(dense)) == len(set(sparse)) == 1
    assert dense[0] > sparse[0]
    assert all(run.core_seconds > 0 for run in meshes)


def page_and_pictures_are_written(results, page, folder):
    bench.write(results, page, folder)
    assert (folder / "benchmarks.md").read_text(encoding="utf-8") == page
    for name in ("bench_growth.png", "bench_maps.png"):
        picture = folder / "pictures" / name
        assert f"]({picture.relative_to(folder).as_posix()})" in page
        assert picture.read_bytes().startswith(b"\x89PNG")
    assert str(Path.cwd()) not in page, "a path of this machine"
