"""The scars of a mesh: measured tile by tile, each kept once, in the mesh's coordinates."""

from __future__ import annotations

import dataclasses

import numpy as np

from cicatrix.measuring.catalogue import measure
from cicatrix.measuring.mesh_tiles import Tile, middles_of, owner, tiles_of
from cicatrix.records import Scar, ScarCatalogue
from cicatrix.skin import CaptureError, Mesh

#: A tile with less measured skin than this is the fringe of its neighbours.
_LEAST_SHARE = 0.2


def measure_mesh(mesh: Mesh, *, spacing_mm: float) -> ScarCatalogue:
    """Every scar of a mesh whose points lie ``spacing_mm`` apart.

    Raises
    ------
    CaptureError
        If no part of the mesh can be seen as a height map.
    """
    middles = middles_of(mesh)
    scars: list[Scar] = []
    surfaces, noises, missing = [], [], []
    for tile in tiles_of(mesh, spacing_mm=spacing_mm):
        if 1 - tile.height_map.missing_fraction < _LEAST_SHARE:
            continue
        catalogue = measure(tile.height_map)
        own = [_placed(scar, tile) for scar in catalogue.scars]
        scars += [scar for scar in own if owner(middles, scar.position_mm) == tile.middle]
        surfaces.append(catalogue.surface)
        noises.append(catalogue.noise_mm)
        missing.append(catalogue.missing_fraction)
    if not surfaces:
        raise CaptureError(
            f"{mesh.name or 'The mesh'}: no part of it can be seen from straight above as a "
            "height map. Check that its faces are counter-clockwise seen from outside."
        )
    ordered = sorted(scars, key=lambda scar: scar.position_mm)
    size = np.ptp(mesh.vertices_mm, axis=0)
    return ScarCatalogue(
        scars=tuple(dataclasses.replace(s, label=n) for n, s in enumerate(ordered, start=1)),
        name=mesh.name,
        kind="mesh",
        capture_class="A",
        pitch_mm=(spacing_mm, spacing_mm),
        size_mm=(float(size[0]), float(size[1])),
        missing_fraction=float(min(missing)),
        noise_mm=float(np.median(noises)),
        surface={name: float(np.median([one[name] for one in surfaces])) for name in surfaces[0]},
    )


def _placed(scar: Scar, tile: Tile) -> Scar:
    """The scar with its position in the coordinates of the mesh."""
    x_mm, y_mm, height_mm = scar.position_mm
    return dataclasses.replace(scar, position_mm=tile.position_mm(x_mm, y_mm, height_mm))
