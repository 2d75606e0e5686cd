"""The part of the page of benchmarks that is about maps and meshes."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.markdown import held_or_missed, in_seconds, table
from benchmarks.measuring_maps import MapRace
from benchmarks.measuring_meshes import MeshRun

_MAP_SECONDS, _MAP_RATIO, _MAP_MEMORY, _MESH_SECONDS = 1.5, 1.0, 12.0, 8.0
MAP_PICTURE = "pictures/bench_maps.png"


def maps_at_a_glance(race: MapRace) -> list[tuple[str, str, str, str]]:
    """Rows for the first table of the page."""
    ours, largest = race.ours, max(run.peak_maps for run in race.growth)
    told = f"map of {ours.samples / 1e6:.3g} million samples from file to catalogue"
    rows = [
        (
            told,
            in_seconds(ours.seconds),
            f"≤ {_MAP_SECONDS:g} s",
            held_or_missed(ours.seconds <= _MAP_SECONDS),
        )
    ]
    if race.theirs is not None:
        ratio = ours.seconds / race.theirs.seconds
        held = held_or_missed(ratio <= _MAP_RATIO)
        rows.append(("the same ÷ surfalize", f"{ratio:.2f}", f"≤ {_MAP_RATIO:g}", held))
    held = held_or_missed(largest <= _MAP_MEMORY)
    rows.append(
        ("memory ÷ map, the most of all sizes", f"{largest:.1f}", f"≤ {_MAP_MEMORY:g}", held)
    )
    return rows


def meshes_at_a_glance(meshes: Iterable[MeshRun]) -> tuple[str, str, str, str]:
    """A row for the first table of the page."""
    slowest = max(meshes, key=lambda run: run.clock_seconds)
    return (
        f"mesh of {slowest.vertices:,} corners from {slowest.kind} to catalogue, the slowest",
        in_seconds(slowest.clock_seconds),
        f"≤ {_MESH_SECONDS:g} s",
        held_or_missed(slowest.clock_seconds <= _MESH_SECONDS),
    )


def maps_text(race: MapRace) -> str:
    """Ours beside the peer, and as maps grow."""
    side = round(race.ours.samples**0.5)
    rows = [
        (
            f"{run.samples / 1e6:.3g} million",
            f"{run.scars}",
            in_seconds(run.seconds),
            f"{run.seconds / run.samples * 1e6:.2f} s",
            f"{run.peak_maps:.1f}",
        )
        for run in race.growth
    ]
    head = ("samples", "scars found", "core", "for a million", "memory ÷ map")
    return (
        "## Height maps\n\n"
        f"A map of {side:,} × {side:,} samples with scars, from its file to the catalogue (every "
        "scar with standard errors, and the parameters of the skin between), best of several "
        "rounds, each in a new process; seconds of one core, after import. Memory is what the "
        f"process takes beyond its imports, as a multiple of the map in double precision.\n\n"
        f"{_map_race(race)}\n\n"
        "Larger maps are laid out with mirrored tiles of the same skin, so that scars are as dense "
        f"everywhere.\n\n![maps]({MAP_PICTURE})\n\n{table(head, rows)}"
    )


def _map_race(race: MapRace) -> str:
    ours, theirs = race.ours, race.theirs
    rows = [
        ("ours: the catalogue of scars", in_seconds(ours.seconds), f"{ours.peak_maps:.1f}", "1")
    ]
    if theirs is None:
        return (
            table(("", "core", "memory ÷ map", "ours ÷ theirs"), rows)
            + f"\n\nsurfalize is left out: {race.peer.missing}."
        )
    rows.append(
        (
            f"surfalize {race.peer.version}: polynomial, filter, all but feature parameters",
            in_seconds(theirs.seconds),
            f"{theirs.peak_maps:.1f}",
            f"{ours.seconds / theirs.seconds:.2g}",
        )
    )
    return (
        table(("", "core", "memory ÷ map", "ours ÷ theirs"), rows)
        + "\n\nThe peer answers another question: one row of ISO 25178-2 parameters for the whole "
        "map, and no scars. The ratio says what a catalogue costs beside a customary evaluation."
    )


def meshes_text(runs: tuple[MeshRun, ...]) -> str:
    """Dense and sparse skin in each format."""
    rows = [
        (
            f"{run.skin} skin, {run.kind}",
            f"{run.scars}",
            in_seconds(run.clock_seconds),
            in_seconds(run.core_seconds),
            f"{run.peak_bytes / 1e6:.0f} MB",
        )
        for run in runs
    ]
    head = ("", "scars found", "on the clock", "of all cores", "memory")
    return (
        "## Meshes\n\n"
        f"A made-up cheek of {runs[0].vertices:,} corners 0.1 mm apart, from its file to the "
        "catalogue, the fastest of several rounds, each in a new process, after import. Where "
        "there is a second core, workers measure the parts side by side; their start counts. Dense "
        "skin has 34 scars on 60 × 60 mm, sparse skin 6. Memory is what the process takes beyond "
        "its imports, without the workers, each of which holds a part at a time.\n\n"
        + table(head, rows)
    )
