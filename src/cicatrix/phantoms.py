"""Made-up skin with known scars: for tests, docs, the README and benchmarks.

A phantom is a form (the curve of a cheek), a micro-relief with furrows, sensor noise, and
scars of published shapes and sizes whose depth, opening, area and volume follow from geometry.

The scars are those of :mod:`cicatrix.phantom_scars`, cut along the normal of the skin, not along z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.bodies import Body, flat
from cicatrix.phantom_scars import PhantomScar, distance, middle_line, profile, radius_at
from cicatrix.skin import HeightMap

__all__ = [
    "SIZES",
    "STANDARD_COUNTS",
    "Phantom",
    "PhantomScar",
    "distance",
    "form",
    "make_phantom",
    "micro_relief",
    "profile",
    "radius_at",
    "scatter_scars",
    "slope_at",
    "standard_phantom",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Phantom:
    """A height map with everything that was put into it."""

    height_map: HeightMap
    scars: tuple[PhantomScar, ...]
    skin_mm: Floats = field(repr=False)
    relief_mm: Floats = field(repr=False)


def make_phantom(
    scars: Sequence[PhantomScar],
    *,
    seed: int,
    size_mm: float = 60.0,
    pitch_mm: float = 0.06,
    noise_um: float = 10.0,
    relief_um: float = 20.0,
    curve_mm: float = 3.0,
    body: Body = flat,
) -> Phantom:
    """Skin of ``size_mm`` squared with the given scars.

    ``noise_um`` and ``relief_um`` are root mean squares; ``curve_mm`` is how far the middle
    stands above the border. ``body`` is what the skin covers, such as a
    :class:`cicatrix.bodies.Nose`. The same
    seed gives the same skin.
    """
    rng = np.random.default_rng(seed)
    n = round(size_mm / pitch_mm) + 1
    axis = np.arange(n) * pitch_mm
    x, y = np.meshgrid(axis, axis)
    skin = form(x, y, size_mm=size_mm, curve_mm=curve_mm, rng=rng)
    skin += body(x - size_mm / 2, y - size_mm / 2)
    relief = micro_relief((n, n), pitch_mm=pitch_mm, rms_um=relief_um, rng=rng)
    height = skin + relief
    for scar in scars:
        slope = slope_at(skin, scar.x_mm, scar.y_mm, pitch_mm=pitch_mm)
        steep = math.sqrt(1 + slope[0] ** 2 + slope[1] ** 2)
        height -= scar.depth_mm * steep * scar.share(distance(scar, x, y, slope=slope))
    height += rng.normal(0.0, noise_um / 1000, size=(n, n))
    return Phantom(
        height_map=HeightMap(height_mm=height, pitch_mm=(pitch_mm, pitch_mm), name="phantom"),
        scars=tuple(scars),
        skin_mm=skin,
        relief_mm=relief,
    )


def slope_at(skin_mm: Floats, x_mm: float, y_mm: float, *, pitch_mm: float) -> tuple[float, float]:
    """The slope of the skin along x and along y at a place, over about half a millimetre."""
    reach = max(1, round(0.25 / pitch_mm))
    row, column = (
        min(max(round(at / pitch_mm), reach), n - 1 - reach)
        for at, n in zip((y_mm, x_mm), skin_mm.shape, strict=True)
    )
    run = 2 * reach * pitch_mm
    along_x = skin_mm[row, column + reach] - skin_mm[row, column - reach]
    along_y = skin_mm[row + reach, column] - skin_mm[row - reach, column]
    return float(along_x / run), float(along_y / run)


def form(
    x: Floats, y: Floats, *, size_mm: float, curve_mm: float, rng: np.random.Generator
) -> Floats:
    """The curve of a cheek: a tilted paraboloid with one gentle long wave."""
    u, v = 2 * x / size_mm - 1, 2 * y / size_mm - 1
    tilt = rng.uniform(-0.02, 0.02, size=2) * size_mm
    ratio, phase = rng.uniform(0.4, 1.0), rng.uniform(0, 2 * math.pi)
    wave = 0.05 * curve_mm * np.sin(math.pi * (u * math.cos(phase) + v * math.sin(phase)) + phase)
    return np.asarray(-curve_mm * (u**2 + ratio * v**2) / 2 + tilt[0] * u + tilt[1] * v + wave)


def micro_relief(
    shape: tuple[int, int], *, pitch_mm: float, rms_um: float, rng: np.random.Generator
) -> Floats:
    """Skin texture: two crossing sets of furrows and an irregular ground, of a given RMS."""
    if rms_um <= 0:
        return np.zeros(shape)
    ground = ndimage.gaussian_filter(rng.standard_normal(shape), 0.15 / pitch_mm, mode="wrap")
    rows, columns = np.indices(shape) * pitch_mm
    texture = ground / ground.std()
    for _ in range(2):
        angle, period = rng.uniform(0, math.pi), rng.uniform(0.35, 0.6)
        bend = ndimage.gaussian_filter(rng.standard_normal(shape), 1.0 / pitch_mm, mode="wrap")
        phase = (columns * math.cos(angle) + rows * math.sin(angle)) / period
        wave = np.cos(2 * np.pi * phase + 2.0 * bend / bend.std())
        texture -= 0.7 * np.maximum(wave, 0.0) ** 2  # furrows are narrower than the ridges
    texture -= texture.mean()
    return np.asarray(texture * (rms_um / 1000 / texture.std()))


#: Type: shape, radius range, depth range (negative: raised), length range, all in mm.
SIZES: dict[str, tuple[str, tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    # An ice-pick scar reaches the deep dermis; the facial dermis is 0.8 to 1.2 mm thick (meng2022).
    "ice_pick": ("cone", (0.5, 0.98), (0.7, 1.2), (0.0, 0.0)),
    "boxcar": ("flat", (0.8, 2.0), (0.1, 0.8), (0.0, 0.0)),
    "rolling": ("cosine", (2.6, 4.5), (0.12, 0.4), (0.0, 0.0)),
    "linear": ("cosine", (0.6, 1.2), (0.15, 0.5), (6.0, 12.0)),
    "papular": ("dome", (1.0, 2.2), (-0.5, -0.15), (0.0, 0.0)),
    "hypertrophic": ("dome", (3.0, 5.0), (-1.5, -0.5), (0.0, 0.0)),
}


def scatter_scars(
    counts: dict[str, int], *, seed: int, size_mm: float = 60.0, margin_mm: float = 1.0
) -> tuple[PhantomScar, ...]:
    """So many scars of each type, of random size, none touching another or the border.

    Raises ``ValueError`` where they do not fit.
    """
    rng = np.random.default_rng(seed)
    order = sorted(counts, key=lambda name: -SIZES[name][1][1] - SIZES[name][3][1])
    placed: list[PhantomScar] = []
    for name in order:
        for _ in range(counts[name]):
            placed.append(_place(name, placed, rng, size_mm=size_mm, margin_mm=margin_mm))
    return tuple(placed)


def _place(
    name: str,
    placed: Sequence[PhantomScar],
    rng: np.random.Generator,
    *,
    size_mm: float,
    margin_mm: float,
) -> PhantomScar:
    shape, radii, depths, lengths = SIZES[name]
    for _ in range(5000):
        radius, length = rng.uniform(*radii), rng.uniform(*lengths)
        reach = radius + length / 2 + margin_mm
        scar = PhantomScar(
            shape=shape,
            type=name,
            x_mm=rng.uniform(reach, size_mm - reach),
            y_mm=rng.uniform(reach, size_mm - reach),
            radius_mm=radius,
            depth_mm=rng.uniform(*depths),
            length_mm=length,
            angle_degrees=rng.uniform(0, 180),
        )
        if all(_apart(scar, other, margin_mm) for other in placed):
            return scar
    raise ValueError(f"No room for another {name} scar on {size_mm:g} x {size_mm:g} mm.")


def _apart(one: PhantomScar, other: PhantomScar, margin_mm: float) -> bool:
    """True if two scars keep a margin between their rims."""
    nearest = min(
        math.hypot(a[0] - b[0], a[1] - b[1]) for a in middle_line(one) for b in middle_line(other)
    )
    return nearest > one.radius_mm + other.radius_mm + margin_mm


#: The 34 scars on 60 x 60 mm of the published accuracy figures.
STANDARD_COUNTS = {
    "ice_pick": 9,
    "boxcar": 11,
    "rolling": 6,
    "linear": 2,
    "papular": 5,
    "hypertrophic": 1,
}


def standard_phantom(
    seed: int, *, noise_um: float = 10.0, relief_um: float = 20.0, pitch_mm: float = 0.06
) -> Phantom:
    """34 scars of every type on 60 x 60 mm at 0.06 mm pitch; another seed, other scars."""
    return make_phantom(
        scatter_scars(STANDARD_COUNTS, seed=seed),
        seed=seed + 1_000_000,
        pitch_mm=pitch_mm,
        noise_um=noise_um,
        relief_um=relief_um,
    )
