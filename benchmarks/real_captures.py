"""Real captures, measured by us and read a second way that shares no code with ours."""

from __future__ import annotations

import dataclasses
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage.morphology import reconstruction

from cicatrix.capturing import read_scan
from cicatrix.capturing.quality import judge_mesh
from cicatrix.measuring import measure
from cicatrix.records import Scar
from cicatrix.skin import CaptureError, HeightMap, Mesh

_DATA = Path(__file__).parents[1] / "tests" / "data"
#: Its maker's annotation of the groove (scan.yaml): the line from pixel 220 to 368 of row 258.
_ROW, _FROM, _TO, _SHOULDER = 257, 219, 369, 20
#: The head's file states no unit; by the proportions of its face one is about 52 mm.
_HEAD_MM_PER_UNIT = 52.0
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
    profile = groove.height_mm[_ROW, _FROM:_TO]
    x_mm = np.arange(len(profile)) * groove.pitch_mm[0]
    ends = np.r_[0:_SHOULDER, len(profile) - _SHOULDER : len(profile)]
    depth = np.polyval(np.polyfit(x_mm[ends], profile[ends], 1), x_mm) - profile
    by_hand_mm = float(np.percentile(depth, 95))
    half = np.flatnonzero(depth > by_hand_mm / 2)
    middle_mm = (_FROM + len(profile) / 2) * groove.pitch_mm[0]
    scar = _deep_scar_near(groove, x_mm=middle_mm, reach_mm=len(profile) / 2 * groove.pitch_mm[0])
    return (
        Reading(
            capture=name,
            quantity="depth",
            ours=_um(scar.depth_mm, scar.depth_sd_mm),
            second=f"{1000 * by_hand_mm:.0f} µm",
            how="the line its maker drew, levelled by hand on both shoulders, 95th percentile",
        ),
        Reading(
            capture=name,
            quantity="width",
            ours=f"{scar.width_mm:.2f} mm (opening)",
            second=f"{(half[-1] - half[0]) * groove.pitch_mm[0]:.2f} mm (at half depth)",
            how="the same line; the opening of a groove is wider than it is at half depth",
        ),
    )


def _terrain() -> tuple[Reading, ...]:
    """Metres read as millimetres: the deepest basin is a very wide scar."""
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
    return (
        Reading(
            capture="terrain with a closed basin, airborne laser (metres read as mm)",
            quantity="depth and width of the basin",
            ours=ours,
            second=f"{depth:.2f} mm below its spill, {wide:.0f} mm wide",
            how="flooded to the spill, on a field of 400 mm: what is as wide as a good part of "
            "the field counts as form for us, so **the basin itself is missed**",
        ),
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


def _um(depth_mm: float, sd_mm: float) -> str:
    return f"{1000 * depth_mm:.0f} ± {1960 * sd_mm:.0f} µm"
