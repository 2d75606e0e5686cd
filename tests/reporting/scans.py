"""Made-up skin with scars of every kind, measured: what the tests of pictures draw."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np

from cicatrix.knowledge import load_knowledge
from cicatrix.phantoms import Phantom, PhantomScar, make_phantom
from cicatrix.records import MeasuredScan
from cicatrix.skin import HeightMap
from cicatrix.visit import measure_scan

PITCH_MM, SIZE_MM = 0.08, 32.0
#: The square that was not measured: its corner nearest to the origin, and its side.
HOLE_MM, HOLE_SIDE_MM = 26.0, 4.0


def scar(shape: str, kind: str, x: float, y: float, radius: float, depth: float, **more: float):
    return PhantomScar(
        shape=shape, type=kind, x_mm=x, y_mm=y, radius_mm=radius, depth_mm=depth, **more
    )


SCARS = (
    scar("flat", "boxcar", 5.0, 6.0, 1.5, 0.40),
    scar("cosine", "rolling", 23.0, 8.0, 3.6, 0.35),
    scar("cone", "ice_pick", 13.0, 9.0, 0.9, 0.80),
    scar("cosine", "linear", 10.0, 19.0, 0.9, 0.40, length_mm=9.0, angle_degrees=20.0),
    scar("dome", "papular", 21.0, 24.0, 2.0, -0.45),
)


@cache
def phantom() -> Phantom:
    """The skin with its scars and its hole."""
    made = make_phantom(
        SCARS, seed=11, size_mm=SIZE_MM, pitch_mm=PITCH_MM, curve_mm=1.0, noise_um=6, relief_um=10
    )
    height = made.height_map.height_mm.copy()
    first, last = (round(mm / PITCH_MM) for mm in (HOLE_MM, HOLE_MM + HOLE_SIDE_MM))
    height[first:last, first:last] = np.nan
    skin = HeightMap(height_mm=height, pitch_mm=(PITCH_MM, PITCH_MM), name="made-up <cheek>.x3p")
    return dataclasses.replace(made, height_map=skin)


@cache
def measured() -> MeasuredScan:
    """The skin as cicatrix measures it, on the left cheek."""
    scan = measure_scan(phantom().height_map, knowledge=load_knowledge())
    return dataclasses.replace(scan, site="cheek", side="left")


@cache
def clear() -> MeasuredScan:
    """Skin without a scar."""
    skin = make_phantom((), seed=12, size_mm=16, pitch_mm=PITCH_MM, curve_mm=0.5).height_map
    return measure_scan(skin, knowledge=load_knowledge())


def label_of(truth: PhantomScar) -> int:
    """The label under which a scar of the phantom was found."""
    scars = measured().catalogue.scars
    return min(scars, key=lambda s: np.hypot(s.x_mm - truth.x_mm, s.y_mm - truth.y_mm)).label
