"""Made-up scars of published shapes and sizes, whose numbers follow from geometry.

Every scar is a profile over the normalised distance ``rho`` from its middle line (0) to its
rim (1): ``ice_pick`` a cone, ``boxcar`` a flat floor with a steep wall, ``rolling`` a raised
cosine, raised scars a dome. A linear scar is the same over a line with round ends, straight or
bent to an arc. Other scars than the standard ones have straight walls (a frustum), no rim (a
bell), an oval opening or a ragged rim.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Share of the radius over which a boxcar scar's all but vertical wall (fabbrocini2010) goes down.
BOXCAR_WALL = 0.2
#: The radius of a bell in its own standard deviations; it goes on beyond.
BELL = 2.2
#: Levels of the depth, from the skin down, between which the wall is taken as straight.
WALL_LEVELS = (0.3, 0.7)


@dataclass(frozen=True, kw_only=True)
class PhantomScar:
    """One scar whose truth is known. ``depth_mm`` is negative for a raised scar.

    ``length_mm`` is the length of the middle line of a linear scar, 0 for round ones;
    ``radius_mm`` runs from the middle line to the rim; ``angle_degrees`` turns a linear scar;
    ``bend_mm`` is the radius of the arc of a bent one (0: straight). ``floor`` is the share of the
    radius that the flat floor of a frustum takes. A round scar may be drawn out to an ellipse,
    ``oval`` times as long as wide, or have a ``ragged`` rim: waves around it (how many, how high
    as a share of the radius, where in radians).
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
    floor: float = 0.75
    oval: float = 1.0
    ragged: tuple[tuple[int, float, float], ...] = ()

    def __post_init__(self) -> None:
        if self.bend_mm and self.bend_mm <= self.radius_mm:
            raise ValueError(
                f"bend_mm is {self.bend_mm:g}, but a scar of radius {self.radius_mm:g} mm cannot "
                "bend more sharply than that. Give a larger bend_mm."
            )

        if self.length_mm and (self.oval != 1.0 or self.ragged):
            raise ValueError(
                "A linear scar cannot be oval or ragged as well. Leave out length_mm or these."
            )

    @property
    def area_mm2(self) -> float:
        """The area of the opening, in closed form (by Pappus also for a bent scar)."""
        width = 2 * self._opening_mm
        return math.pi * width**2 / 4 * self._larger + width * self.length_mm

    @property
    def volume_mm3(self) -> float:
        """The volume between scar and skin, in closed form; negative for a raised scar."""
        round_part, straight_part = _moments(self.shape, self.floor)
        disc = math.pi * self.radius_mm**2 * round_part * self._larger
        bar = 2 * self.radius_mm * self.length_mm * straight_part
        return self.depth_mm * (disc + bar)

    @property
    def width_mm(self) -> float:
        """The opening: the straight wall between 30 and 70 % of the depth, drawn to the skin.

        NaN for a ragged scar, which has no one width.
        """
        return math.nan if self.ragged else 2 * self._opening_mm

    @property
    def whole_length_mm(self) -> float:
        """The length of the opening from end to end."""
        return self.length_mm + self.width_mm * self.oval

    @property
    def wall_degrees(self) -> float:
        """How steep the straight wall is, across the width; NaN for a ragged scar."""
        upper, lower = self._wall_mm
        drop = (WALL_LEVELS[1] - WALL_LEVELS[0]) * abs(self.depth_mm)
        return math.nan if self.ragged else math.degrees(math.atan(drop / (upper - lower)))

    @property
    def floor_share(self) -> float:
        """How much of the width lies deeper than the straight wall."""
        return self._wall_mm[1] / self._opening_mm

    def share(self, rho: Floats) -> Floats:
        """The share of the depth at a normalised distance."""
        return profile(self.shape, rho, floor=self.floor)

    def drawn_out(self, angle: Floats) -> Floats:
        """How many times farther off the ragged rim is at an angle around the scar."""
        waves = (high * np.cos(many * angle + at) for many, high, at in self.ragged)
        return np.asarray(1.0 + sum(waves, np.zeros_like(angle)))

    @property
    def _larger(self) -> float:
        """How many times the area of a disc it covers: the mean square of its radius."""
        return self.oval * (1 + sum(high**2 for _, high, _ in self.ragged) / 2)

    @property
    def _wall_mm(self) -> tuple[float, float]:
        """Where the straight wall begins and ends, from the middle line."""
        upper, lower = (radius_at(self.shape, at, floor=self.floor) for at in WALL_LEVELS)
        return upper * self.radius_mm, lower * self.radius_mm

    @property
    def _opening_mm(self) -> float:
        upper, lower = self._wall_mm
        return upper + (upper - lower) * WALL_LEVELS[0] / (WALL_LEVELS[1] - WALL_LEVELS[0])


def profile(shape: str, rho: Floats, *, floor: float = 0.75) -> Floats:
    """The share of the depth at a normalised distance: 1 on the middle line, 0 from the rim on.

    A bell has no rim: it only fades out.
    """
    inside = np.clip(rho, 0.0, 1.0)
    if shape == "frustum":
        return np.minimum((1.0 - inside) / (1.0 - floor), 1.0)
    if shape == "bell":
        return np.asarray(np.exp(-0.5 * (BELL * rho) ** 2))
    if shape == "cone":
        return 1.0 - inside
    if shape == "flat":
        wall = np.clip((inside - (1 - BOXCAR_WALL)) / BOXCAR_WALL, 0.0, 1.0)
        return 0.5 * (1 + np.cos(np.pi * wall))
    if shape == "cosine":
        return 0.5 * (1 + np.cos(np.pi * inside))
    return np.asarray((1.0 - inside**2) ** 2)  # a dome without an edge


def radius_at(shape: str, level: float, *, floor: float = 0.75) -> float:
    """The normalised distance at which a profile passes a share of its depth, in closed form."""
    if shape == "cone":
        return 1 - level
    if shape == "frustum":
        return 1 - level * (1 - floor)
    if shape == "bell":
        return math.sqrt(-2 * math.log(level)) / BELL
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


def _moments(shape: str, floor: float) -> tuple[float, float]:
    """Mean of a profile over a disc, and over a straight bar."""
    if shape == "frustum":
        return (1 + floor + floor**2) / 3, (1 + floor) / 2
    return _MOMENTS[shape]


_MOMENTS = {
    "bell": (2 / BELL**2, math.sqrt(math.pi / 2) / BELL),
    "cone": (1 / 3, 1 / 2),
    "flat": (_flat_moment(), 1 - BOXCAR_WALL / 2),
    "cosine": (0.5 - 2 / math.pi**2, 1 / 2),
    "dome": (1 / 3, 8 / 15),
}


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
    if scar.oval != 1.0 or scar.ragged:
        angle = np.arctan2(across, along / scar.oval)
        away = np.hypot(along / scar.oval, across) / scar.drawn_out(angle)
        return np.asarray(away / scar.radius_mm)
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


def middle_line(scar: PhantomScar) -> list[tuple[float, float]]:
    """Places along the middle line of a scar, in mm."""
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
