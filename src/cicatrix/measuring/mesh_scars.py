"""The scars of a mesh: measured tile by tile, each kept once, in the mesh's coordinates."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.catalogue import Survey, Wanted, survey
from cicatrix.measuring.mesh_relief import TileSurvey, mesh_relief
from cicatrix.measuring.mesh_tiles import HALF_TILE_MM, Tile, Tiling, owner, owners, tiling_of
from cicatrix.progress import SILENCE, Progress
from cicatrix.records import Scar, ScarCatalogue
from cicatrix.skin import CaptureError, Mesh

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: A tile of several with less measured skin than this is the fringe of its neighbours.
_LEAST_MM2 = 0.2 * (2 * HALF_TILE_MM) ** 2


def measure_mesh(mesh: Mesh, *, spacing_mm: float) -> ScarCatalogue:
    """Every scar of a mesh whose points lie ``spacing_mm`` apart.

    Raises
    ------
    CaptureError
        If no part of the mesh can be seen as a height map.
    """
    kept, ordered = _measured(tiling_of(mesh), spacing_mm=spacing_mm, progress=SILENCE)
    return _catalogue(mesh, kept, ordered, spacing_mm=spacing_mm)


def survey_mesh(mesh: Mesh, *, spacing_mm: float, progress: Progress = SILENCE) -> Survey:
    """The same catalogue as :func:`measure_mesh` gives, and the relief to draw it from."""
    tiling = tiling_of(mesh)
    kept, ordered = _measured(tiling, spacing_mm=spacing_mm, progress=progress)
    labels: list[dict[int, int]] = [{} for _ in kept]
    for final, (number, scar) in enumerate(ordered, start=1):
        labels[number][scar.label] = final
    tiles = [
        TileSurvey(tile=tile, survey=survey, labels=labels[number])
        for number, (tile, survey) in enumerate(kept)
    ]
    return Survey(
        catalogue=_catalogue(mesh, kept, ordered, spacing_mm=spacing_mm),
        relief=mesh_relief(tiling, tiles),
    )


def _measured(
    tiling: Tiling, *, spacing_mm: float, progress: Progress
) -> tuple[list[tuple[Tile, Survey]], list[tuple[int, Scar]]]:
    """The tiles that show skin, measured; and the scars, each with the number of its tile."""
    middles = tiling.middles
    kept: list[tuple[Tile, Survey]] = []
    scars: list[tuple[int, Scar]] = []
    progress.begin("measuring parts of the scan", parts=len(middles))
    for tile in tiling.tiles(spacing_mm=spacing_mm):
        seen_mm2 = np.isfinite(tile.height_map.height_mm).sum() * spacing_mm**2
        if len(middles) == 1 or seen_mm2 >= _LEAST_MM2:
            measured = survey(tile.height_map, where=_owned(tile, middles))
            own = [_placed(scar, tile) for scar in measured.catalogue.scars]
            scars += [
                (len(kept), scar) for scar in own if owner(middles, scar.position_mm) == tile.middle
            ]
            kept.append((tile, measured))
        progress.part_done()
    if not kept:
        raise CaptureError(
            f"{tiling.mesh.name or 'The mesh'}: no part of it can be seen from straight above as a "
            "height map. Check that its faces are counter-clockwise seen from outside."
        )
    return kept, sorted(scars, key=lambda found: found[1].position_mm)


def _catalogue(
    mesh: Mesh,
    kept: Sequence[tuple[Tile, Survey]],
    ordered: Sequence[tuple[int, Scar]],
    *,
    spacing_mm: float,
) -> ScarCatalogue:
    catalogues = [measured.catalogue for _, measured in kept]
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
        surface={name: float(np.median([one[name] for one in surfaces])) for name in surfaces[0]},
        flags=_doubts(catalogues),
    )


def _placed(scar: Scar, tile: Tile) -> Scar:
    """The scar with its position in the coordinates of the mesh."""
    x_mm, y_mm, height_mm = scar.position_mm
    return dataclasses.replace(scar, position_mm=tile.position_mm(x_mm, y_mm, height_mm))


def _owned(tile: Tile, middles: Floats) -> Wanted:
    """Which places of a tile belong to it; scars elsewhere are measured in other tiles."""

    def owned(places_mm: Floats) -> Mask:
        placed = tile.corner_mm + places_mm @ tile.axes
        return np.asarray(owners(middles, placed) == tile.middle)

    return owned


def _doubts(catalogues: Sequence[ScarCatalogue]) -> tuple[str, ...]:
    """The doubts of all tiles; tiles are small fields, but their edges belong to neighbours."""
    every = dict.fromkeys(flag for one in catalogues for flag in one.flags)
    if len(catalogues) > 1:
        every.pop("small_field", None)
    return tuple(every)
