"""The scars of a mesh: measured tile by tile, each kept once, in the mesh's coordinates."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.handing_out import handed_out, wake_workers
from cicatrix.measuring.catalogue import SMALL_FIELD_MM, Survey, survey
from cicatrix.measuring.mesh_relief import TileSurvey, mesh_relief
from cicatrix.measuring.mesh_territory import Territory, owner
from cicatrix.measuring.mesh_tiles import HALF_TILE_MM, Tile, Tiling, tiling_of
from cicatrix.progress import SILENCE, Progress
from cicatrix.records import Scar, ScarCatalogue
from cicatrix.skin import CaptureError, HeightMap, Mesh, Relief

Floats = NDArray[np.floating[Any]]

#: Tells the doubts about a height map, as ids of the table of flags.
Gate = Callable[[HeightMap], tuple[str, ...]]

#: From so many samples in all tiles on, workers that take a second to start are worth it.
_LONG_WORK_SAMPLES = 2_000_000
#: Meshes that come to so many have about so many corners; the workers start while they are cut up.
_LONG_WORK_VERTICES = 600_000
#: A tile of several with less measured skin than this is the fringe of its neighbours.
_LEAST_MM2 = 0.2 * (2 * HALF_TILE_MM) ** 2

#: An open scan turns away less than this from its own middles; a thin closed body about half.
_MOST_TURNED_AWAY = 0.2


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One tile as it was measured, and its own scars in the coordinates of the mesh."""

    tile: Tile
    survey: Survey
    territory: Territory
    scars: tuple[Scar, ...]


def no_doubts(_: HeightMap) -> tuple[str, ...]:
    """A gate that lets everything through."""
    return ()


def _loaded(module: str) -> str:
    """A piece of work for which a worker has to load this module, and nothing else."""
    return module


def measure_mesh(mesh: Mesh, *, spacing_mm: float) -> ScarCatalogue:
    """Every scar of a mesh whose points lie ``spacing_mm`` apart.

    Raises
    ------
    CaptureError
        If no part of the mesh can be seen as a height map.
    """
    return survey_mesh(mesh, spacing_mm=spacing_mm).catalogue


def survey_mesh(
    mesh: Mesh, *, spacing_mm: float, gate: Gate = no_doubts, progress: Progress = SILENCE
) -> Survey:
    """The same catalogue as :func:`measure_mesh` gives, and the relief to draw it from.

    Each part of the skin goes through the ``gate`` as its tile shows it; what the gate says of one
    part is said of the whole. The share of the scan that was not measured is that of the relief.
    """
    if len(mesh.vertices_mm) >= _LONG_WORK_VERTICES:
        wake_workers(_loaded, __name__)
    tiling = tiling_of(mesh)
    _refuse_closed(tiling)
    parts = _measured(tiling, spacing_mm=spacing_mm, gate=gate, progress=progress)
    labels: list[dict[int, int]] = [{} for _ in parts]
    for final, (number, scar) in enumerate(_ordered(parts), start=1):
        labels[number][scar.label] = final
    tiles = [
        TileSurvey(
            tile=part.tile, survey=part.survey, territory=part.territory, labels=labels[number]
        )
        for number, part in enumerate(parts)
    ]
    relief = mesh_relief(tiling, tiles)
    catalogue = dataclasses.replace(
        _catalogue(mesh, parts, spacing_mm=spacing_mm), missing_fraction=_missing_of(relief)
    )
    return Survey(catalogue=catalogue, relief=relief)


def _refuse_closed(tiling: Tiling) -> None:
    """Refuse a body with a back close behind its skin: which is the skin is not told."""
    share = tiling.turned_away_share()
    if share > _MOST_TURNED_AWAY:
        raise CaptureError(
            f"{tiling.mesh.name or 'The mesh'}: {share:.0%} of it faces away from what is near, "
            "as in a closed or doubled body, or where triangles are wound both ways, so which "
            "side is the skin cannot be told. Check its unit (--unit, --mm-per-unit), for a large "
            "body in too small a unit looks like that; or cut the scan so that only the skin is "
            "left, as one open sheet, with all its normals outward."
        )


def _missing_of(relief: Relief) -> float:
    """The share of the outline of a mesh where nothing was measured: holes, and what turns away."""
    covered = int(relief.covered.sum())
    return 1.0 - int(np.isfinite(relief.depth_mm).sum()) / covered if covered else 0.0


def _measured(
    tiling: Tiling, *, spacing_mm: float, gate: Gate, progress: Progress
) -> tuple[_Part, ...]:
    """The tiles that show skin, measured."""
    middles = tiling.middles
    side = 2 * HALF_TILE_MM / spacing_mm
    long = len(middles) * side**2 >= _LONG_WORK_SAMPLES
    progress.begin("measuring parts of the scan", parts=len(middles))
    seen = (
        found
        for number in range(len(middles))
        for found in _seen(tiling, number, spacing_mm=spacing_mm, progress=progress)
    )
    work = partial(_part, middles, gate)
    parts = tuple(handed_out(work, seen) if long else map(work, seen))
    if not parts:
        raise CaptureError(
            f"{tiling.mesh.name or 'The mesh'}: no part of it can be seen from straight above as a "
            "height map. Check that its faces are counter-clockwise seen from outside."
        )
    return parts


def _seen(tiling: Tiling, number: int, *, spacing_mm: float, progress: Progress) -> Iterator[Tile]:
    """One tile, unless it is only the fringe of its neighbours; told as done once it is taken."""
    for tile in tiling.tile(number, spacing_mm=spacing_mm):
        seen_mm2 = np.isfinite(tile.height_map.height_mm).sum() * spacing_mm**2
        if len(tiling.middles) == 1 or seen_mm2 >= _LEAST_MM2:
            yield tile
    progress.part_done()


def _part(middles: Floats, gate: Gate, tile: Tile) -> _Part:
    """One tile, measured."""
    territory = Territory.of(tile, middles)
    told = survey(tile.height_map, where=territory.holds)
    doubts = gate(_own(tile.height_map, territory))
    flags = tuple(dict.fromkeys((*doubts, *told.catalogue.flags)))
    told = dataclasses.replace(told, catalogue=dataclasses.replace(told.catalogue, flags=flags))
    placed = (_placed(scar, tile) for scar in told.catalogue.scars)
    own = tuple(s for s in placed if owner(middles, s.position_mm) == tile.middle)
    return _Part(tile=tile, survey=told, territory=territory, scars=own)


def _own(height_map: HeightMap, territory: Territory) -> HeightMap:
    """The part of a tile that belongs to no other tile."""
    height = height_map.height_mm
    own = territory.samples(height, height_map.pitch_mm)
    return dataclasses.replace(height_map, height_mm=np.where(own, height, np.nan))


def _ordered(parts: Sequence[_Part]) -> list[tuple[int, Scar]]:
    """The scars of all parts in the order of their places, each with the number of its part."""
    scars = [(number, scar) for number, part in enumerate(parts) for scar in part.scars]
    return sorted(scars, key=lambda found: found[1].position_mm)


def _catalogue(mesh: Mesh, parts: Sequence[_Part], *, spacing_mm: float) -> ScarCatalogue:
    catalogues = [part.survey.catalogue for part in parts]
    ordered = _ordered(parts)
    surfaces = [one.surface for one in catalogues]
    size = np.ptp(mesh.vertices_mm, axis=0)
    return ScarCatalogue(
        scars=tuple(dataclasses.replace(s, label=n) for n, (_, s) in enumerate(ordered, start=1)),
        name=mesh.name,
        kind="mesh",
        capture_class="A",
        pitch_mm=(spacing_mm, spacing_mm),
        size_mm=(float(size[0]), float(size[1])),
        missing_fraction=float(min(one.missing_fraction for one in catalogues)),
        noise_mm=float(np.median([one.noise_mm for one in catalogues])),
        surface={
            name: _middle_of(name, [s.get(name, math.nan) for s in surfaces])
            for name in surfaces[0]
        },
        flags=_doubts(catalogues, size),
    )


def _middle_of(name: str, values: Sequence[float]) -> float:
    """What the tiles say of a parameter together: the median of those that say anything.

    A direction is that of most of the tiles: each has its own x, as level as its skin allows, and
    angles turn back at 180 degrees.
    """
    known = np.array([value for value in values if np.isfinite(value)])
    if 2 * len(known) <= len(values):
        return math.nan
    if name != "std_degrees":
        return float(np.median(known))
    return float(np.degrees(np.angle(np.exp(2j * np.radians(known)).sum())) / 2 % 180)


def _placed(scar: Scar, tile: Tile) -> Scar:
    """The scar with its position in the coordinates of the mesh."""
    x_mm, y_mm, height_mm = scar.position_mm
    return dataclasses.replace(scar, position_mm=tile.position_mm(x_mm, y_mm, height_mm))


def _doubts(catalogues: Sequence[ScarCatalogue], size_mm: Floats) -> tuple[str, ...]:
    """The doubts of all tiles; tiles are small fields, but their edges belong to neighbours."""
    every = dict.fromkeys(flag for one in catalogues for flag in one.flags)
    # A patch of skin is long, wide and flat, whichever way it is turned.
    if np.sort(size_mm)[1] >= SMALL_FIELD_MM:
        every.pop("small_field", None)
    return tuple(every)
