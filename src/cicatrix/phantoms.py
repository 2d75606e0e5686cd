"""Made-up skin with known scars: for tests, docs, the README and benchmarks.

A phantom is a form (the curve of a cheek), a micro-relief with furrows, sensor noise, and
scars of published shapes and sizes whose depth, opening, area and volume follow from geometry.

Every scar is a profile over the normalised distance ``rho`` from its middle line (0) to its
rim (1): ``ice_pick`` a cone, ``boxcar`` a flat floor with a steep wall, ``rolling`` a raised
cosine, raised scars a dome. A linear scar is the same over a line with round ends, straight or
bent to an arc. Scars are cut along the normal of the skin, not along z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.bodies import Body, flat
from cicatrix.skin import HeightMap

Floats = NDArray[np.float64]

#: Share of the radius over which a boxcar scar's all but vertical wall (fabbrocini2010) goes down.
BOXCAR_WALL = 0.2
#: Levels of the depth, from the skin down, between which the wall is taken as straight.
WALL_LEVELS = (0.3, 0.7)


@dataclass(frozen=True, kw_only=True)
class PhantomScar:
    """One scar whose truth is known. ``depth_mm`` is negative for a raised scar.

    ``length_mm`` is the length of the middle line of a linear scar, 0 for round ones;
    ``radius_mm`` runs from the middle line to the rim; ``angle_degrees`` turns a linear scar;
    ``bend_mm`` is the radius of the arc of a bent one (0: straight).
    """

    shape: str
    type: str
    x_mm: float
    y_mm: float
    radius_mm: float
    depth_mm: float
    length_mm: float = 0.0
    angle_degrees: float = 0.0
    bend_mm: float = 0.0

    def __post_init__(self) -> None:
        if self.bend_mm and self.bend_mm <= self.radius_mm:
            raise ValueError(
                f"bend_mm is {self.bend_mm:g}, but a scar of radius {self.radius_mm:g} mm cannot "
                "bend more sharply than that. Give a larger bend_mm."
            )

    @property
    def area_mm2(self) -> float:
        """The area of the opening, in closed form (by Pappus also for a bent scar)."""
        return math.pi * self.width_mm**2 / 4 + self.width_mm * self.length_mm

    @property
    def volume_mm3(self) -> float:
        """The volume between scar and skin, in closed form; negative for a raised scar."""
        round_part, straight_part = _MOMENTS[self.shape]
        disc = math.pi * self.radius_mm**2 * round_part
        bar = 2 * self.radius_mm * self.length_mm * straight_part
        return self.depth_mm * (disc + bar)

    @property
    def width_mm(self) -> float:
        """The opening: the straight wall between 30 and 70 % of the depth, drawn to the skin."""
        upper, lower = (radius_at(self.shape, level) for level in WALL_LEVELS)
        share = WALL_LEVELS[0] / (WALL_LEVELS[1] - WALL_LEVELS[0])
        return 2 * self.radius_mm * (upper + (upper - lower) * share)

    @property
    def wall_degrees(self) -> float:
        """How steep the straight wall is."""
        upper, lower = (radius_at(self.shape, level) for level in WALL_LEVELS)
        drop = (WALL_LEVELS[1] - WALL_LEVELS[0]) * abs(self.depth_mm)
        return math.degrees(math.atan(drop / ((upper - lower) * self.radius_mm)))

    @property
    def floor_share(self) -> float:
        """How much of the width lies deeper than the straight wall."""
        return 2 * radius_at(self.shape, WALL_LEVELS[1]) * self.radius_mm / self.width_mm


def profile(shape: str, rho: Floats) -> Floats:
    """The share of the depth at a normalised distance: 1 on the middle line, 0 from the rim on."""
    inside = np.clip(rho, 0.0, 1.0)
    if shape == "cone":
        return 1.0 - inside
    if shape == "flat":
        wall = np.clip((inside - (1 - BOXCAR_WALL)) / BOXCAR_WALL, 0.0, 1.0)
        return 0.5 * (1 + np.cos(np.pi * wall))
    if shape == "cosine":
        return 0.5 * (1 + np.cos(np.pi * inside))
    return np.asarray((1.0 - inside**2) ** 2)  # a dome without an edge


def radius_at(shape: str, level: float) -> float:
    """The normalised distance at which a profile passes a share of its depth, in closed form."""
    if shape == "cone":
        return 1 - level
    turn = math.acos(2 * level - 1) / math.pi
    if shape == "flat":
        return 1 - BOXCAR_WALL + BOXCAR_WALL * turn
    if shape == "cosine":
        return turn
    return math.sqrt(1 - math.sqrt(level))


def _flat_moment() -> float:
    """Mean of the flat profile over a disc: 2 ∫ f(ρ) ρ dρ, worked out by hand."""
    inner, wall = 1 - BOXCAR_WALL, BOXCAR_WALL
    return inner**2 + 2 * (inner * wall / 2 + wall**2 * (0.25 - 1 / math.pi**2))


#: Mean of each profile over a disc, and over a straight bar.
_MOMENTS = {
    "cone": (1 / 3, 1 / 2),
    "flat": (_flat_moment(), 1 - BOXCAR_WALL / 2),
    "cosine": (0.5 - 2 / math.pi**2, 1 / 2),
    "dome": (1 / 3, 8 / 15),
}


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
        height -= scar.depth_mm * steep * profile(scar.shape, distance(scar, x, y, slope=slope))
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


def distance(
    scar: PhantomScar, x: Floats, y: Floats, *, slope: tuple[float, float] = (0.0, 0.0)
) -> Floats:
    """The normalised distance of points (mm) from the middle line of a scar.

    It is measured on the skin, which rises by ``slope`` along x and y.
    """
    dx, dy = _on_the_skin(x - scar.x_mm, y - scar.y_mm, slope)
    turn = math.radians(scar.angle_degrees)
    along = dx * math.cos(turn) + dy * math.sin(turn)
    across = -dx * math.sin(turn) + dy * math.cos(turn)
    if not scar.bend_mm:
        beyond = np.maximum(np.abs(along) - scar.length_mm / 2, 0.0)
        return np.asarray(np.hypot(beyond, across) / scar.radius_mm)
    # The nearest point of the arc: at the same angle seen from the arc's centre, or an end.
    half = scar.length_mm / (2 * scar.bend_mm)
    angle = np.clip(np.arctan2(along, scar.bend_mm - across), -half, half)
    nearest = scar.bend_mm * np.sin(angle), scar.bend_mm * (1 - np.cos(angle))
    return np.asarray(np.hypot(along - nearest[0], across - nearest[1]) / scar.radius_mm)


def _on_the_skin(dx: Floats, dy: Floats, slope: tuple[float, float]) -> tuple[Floats, Floats]:
    """Steps on the map as steps on a plane that rises by ``slope``."""
    steep = slope[0] ** 2 + slope[1] ** 2
    if steep == 0:
        return dx, dy
    longer = (math.sqrt(1 + steep) - 1) / steep * (slope[0] * dx + slope[1] * dy)
    return dx + slope[0] * longer, dy + slope[1] * longer


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
        math.hypot(a[0] - b[0], a[1] - b[1]) for a in _middle_line(one) for b in _middle_line(other)
    )
    return nearest > one.radius_mm + other.radius_mm + margin_mm


def _middle_line(scar: PhantomScar) -> list[tuple[float, float]]:
    turn = math.radians(scar.angle_degrees)
    steps = np.linspace(-0.5, 0.5, 13 if scar.length_mm else 1) * scar.length_mm
    across = np.zeros_like(steps)
    if scar.bend_mm:
        angles = steps / scar.bend_mm
        steps, across = scar.bend_mm * np.sin(angles), scar.bend_mm * (1 - np.cos(angles))
    return [
        (
            scar.x_mm + s * math.cos(turn) - c * math.sin(turn),
            scar.y_mm + s * math.sin(turn) + c * math.cos(turn),
        )
        for s, c in zip(steps.tolist(), across.tolist(), strict=True)
    ]


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
