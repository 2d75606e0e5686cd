"""Real captures, measured by us and read a second way that shares no code with ours."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.morphology import reconstruction

from cicatrix.capturing import read_scan
from cicatrix.capturing.quality import judge_mesh
from cicatrix.measuring import measure
from cicatrix.records import Scar
from cicatrix.skin import CaptureError, HeightMap, Mesh

Floats = NDArray[np.float64]

_DATA = Path(__file__).parents[1] / "tests" / "data"
#: The columns across the groove, a little wider than its maker's line in scan.yaml.
_FROM, _TO, _SHOULDER_MM = 200, 390, 0.7
#: The head's file states no unit; by the proportions of its face one is about 52 mm.
_HEAD_MM_PER_UNIT = 52.0
#: One metre of the terrain becomes so many mm, which makes the basin 6 mm wide.
_MM_PER_METRE, _FLAT_AROUND, _SUNK_NOISE_MM = 0.02, 200, 0.005
#: A hollow of ours this near to the middle of the basin lies in it.
_LAKE_REACH_MM = 60.0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One line of the table: a quantity of a capture, by us and by the second way."""

    capture: str
    quantity: str
    ours: str
    second: str
    how: str


def real_readings() -> tuple[Reading, ...]:
    """All captures of the repository; none of them is skin with scars."""
    return (*_groove(), *_terrain(), *_bullet_land(), _head())


def _groove() -> tuple[Reading, ...]:
    name = "machined groove, GelSight sensor"
    groove = _map_of("gelsight_groove/heightmap.tmd")
    x_mm = np.arange(_TO - _FROM) * groove.pitch_mm[0]
    profiles = [_by_hand(row[_FROM:_TO], x_mm) for row in groove.height_mm[::4]]
    depth_mm, opening_mm = np.mean(profiles, axis=0).tolist()
    middle_mm = (_FROM + _TO) / 2 * groove.pitch_mm[0]
    scar = _deep_scar_near(groove, x_mm=middle_mm, reach_mm=x_mm[-1] / 2)
    how = "every fourth profile, levelled on both shoulders as with a ruler; their mean"
    return (
        Reading(
            capture=name,
            quantity="depth",
            ours=f"{1000 * scar.depth_mm:.0f} ± {1960 * scar.depth_sd_mm:.0f} µm",
            second=f"{1000 * depth_mm:.0f} µm",
            how=how,
        ),
        Reading(
            capture=name,
            quantity="width of the opening",
            ours=f"{scar.width_mm:.3f} ± {1.96 * scar.width_sd_mm:.3f} mm",
            second=f"{opening_mm:.3f} mm",
            how=how + "; walls drawn up from 30 and 70 % of the depth",
        ),
    )


def _by_hand(height_mm: Floats, x_mm: Floats) -> tuple[float, float]:
    """Depth and opening of one profile across the groove."""
    shoulders = (x_mm < x_mm[0] + _SHOULDER_MM) | (x_mm > x_mm[-1] - _SHOULDER_MM)
    skin = np.polyval(np.polyfit(x_mm[shoulders], height_mm[shoulders], 1), x_mm)
    depth = skin - height_mm
    deep_mm = float(np.median(depth[depth > 0.8 * depth.max()]))

    def crossings(level: float) -> Floats:
        below = np.flatnonzero(depth > level * deep_mm)
        sides = ([below[0] - 1, below[0]], [below[-1] + 1, below[-1]])
        return np.array([np.interp(level * deep_mm, depth[side], x_mm[side]) for side in sides])

    high, low = crossings(0.3), crossings(0.7)
    left, right = high + (high - low) * 0.3 / 0.4
    return deep_mm, float(right - left)


def _terrain() -> tuple[Reading, ...]:
    """The deepest closed basin: on the open terrain, and sunk into flat skin at its spill level."""
    terrain = dataclasses.replace(
        _map_of("lidar_depression_dem/dem.tif", mm_per_unit=1.0), pitch_mm=(1.0, 1.0)
    )
    height = terrain.height_mm
    seed = height.copy()
    seed[1:-1, 1:-1] = np.nanmax(height)
    water = reconstruction(seed, height, method="erosion") - height
    lakes, _ = ndimage.label(water > 0)
    volumes = ndimage.sum_labels(water, lakes, index=np.arange(1, lakes.max() + 1))
    lake = lakes == int(np.argmax(volumes)) + 1
    return _on_open_terrain(terrain, water, lake), *_sunk(np.where(lake, water, 0.0))


def _on_open_terrain(terrain: HeightMap, water: Floats, lake: NDArray[np.bool_]) -> Reading:
    """Metres read as millimetres: the basin is a very wide scar."""
    row, column = ndimage.center_of_mass(lake)
    near = [
        scar
        for scar in measure(terrain).scars
        if scar.depth_mm > 0 and np.hypot(scar.x_mm - column, scar.y_mm - row) < _LAKE_REACH_MM
    ]
    wide = 2 * float(np.sqrt(lake.sum() / np.pi))
    depth = float(water[lake].max())
    ours = "not found" if not near else max(near, key=lambda scar: scar.volume_mm3)
    if isinstance(ours, Scar):
        spread = 1.96 * ours.depth_sd_mm
        ours = f"a hollow {ours.depth_mm:.2f} ± {spread:.2f} mm deep, {ours.width_mm:.0f} mm wide"
    return Reading(
        capture="terrain with a closed basin, airborne laser (metres read as mm)",
        quantity="depth and width of the basin",
        ours=ours,
        second=f"{depth:.2f} mm below its spill, {wide:.0f} mm wide",
        how="flooded to the spill, on a field of 400 mm: what is as wide as a good part of "
        "the field counts as form for us, so **the basin itself is missed**",
    )


def _sunk(basin_m: Floats) -> Iterator[Reading]:
    """On open land the skin follows the land and water lies level; in flat skin they are one."""
    depth_mm = np.pad(basin_m, _FLAT_AROUND) * _MM_PER_METRE
    noise = np.random.default_rng(3).normal(0, _SUNK_NOISE_MM, depth_mm.shape)
    scars = measure(
        HeightMap(height_mm=noise - depth_mm, pitch_mm=(_MM_PER_METRE, _MM_PER_METRE))
    ).scars
    ours = {
        "area": (sum(s.area_mm2 for s in scars), [s.area_sd_mm2 for s in scars]),
        "volume": (sum(s.volume_mm3 for s in scars), [s.volume_sd_mm3 for s in scars]),
    }
    fill = {
        "area": float((depth_mm > 0).sum()) * _MM_PER_METRE**2,
        "volume": float(depth_mm.sum()) * _MM_PER_METRE**2,
    }
    name = f"the same basin, 1 m as {_MM_PER_METRE:g} mm, sunk into flat skin"
    how = f"its water; ours is the sum over its {len(scars)} nested hollows"
    for quantity, unit in (("area", "mm²"), ("volume", "mm³")):
        value, spreads = ours[quantity]
        yield Reading(
            capture=name,
            quantity=quantity,
            ours=f"{value:.2f} ± {1.96 * float(np.hypot.reduce(spreads)):.2f} {unit}",
            second=f"{fill[quantity]:.2f} {unit}",
            how=how + "; the flat margin along the shore, shallower than a sixth, is left out",
        )
    deepest = max(scars, key=lambda scar: scar.depth_mm)
    yield Reading(
        capture=name,
        quantity="depth of the deepest hollow",
        ours=f"{deepest.depth_mm:.3f} ± {1.96 * deepest.depth_sd_mm:.3f} mm",
        second=f"{depth_mm.max():.3f} mm",
        how="its deepest sample; ours is that of its floor",
    )


def _bullet_land() -> tuple[Reading, ...]:
    name = "x3p_bullet_land/sample-land.x3p"
    catalogue = measure(_map_of(name))
    with zipfile.ZipFile(_DATA / name) as archive:
        (stored,) = (part for part in archive.namelist() if part.endswith("data.bin"))
        missing = np.isnan(np.frombuffer(archive.read(stored), "<f8")).mean()
    return (
        Reading(
            capture="bullet land, confocal microscope (X3P)",
            quantity="missing samples; finds",
            ours=f"{catalogue.missing_fraction:.1%}; {len(catalogue.scars)} scars",
            second=f"{missing:.1%}; striae, no pit",
            how="NaNs counted in the bytes of the archive; looked at",
        ),
    )


def _head() -> Reading:
    mesh = read_scan(
        _DATA / "lee_perry_smith_head" / "LeePerrySmith.glb", mm_per_unit=_HEAD_MM_PER_UNIT
    )
    assert isinstance(mesh, Mesh)
    try:
        judge_mesh(mesh)
    except CaptureError as refusal:
        ours = "refused: " + str(refusal).partition(". ")[0]
    else:
        ours = "**measured, although it is far too coarse**"
    return Reading(
        capture="head and shoulders of a man, 9,279 points",
        quantity="whether it can be measured",
        ours=ours,
        second="no: its points lie millimetres apart",
        how="the median edge of the face",
    )


def _map_of(name: str, **given: float) -> HeightMap:
    scan = read_scan(_DATA / name, **given)
    assert isinstance(scan, HeightMap)
    return scan


def _deep_scar_near(capture: HeightMap, *, x_mm: float, reach_mm: float) -> Scar:
    found = [
        scar
        for scar in measure(capture).scars
        if abs(scar.x_mm - x_mm) < reach_mm and scar.depth_mm > 0
    ]
    return max(found, key=lambda scar: scar.volume_mm3)
