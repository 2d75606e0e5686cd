"""The depth of a scar over the distance from its middle, with the doubt of every number.

The mean depths over rings around the middle are explained by one family of walls,

    depth · (1 − t^p)^q,   t from 0 at the edge of a flat floor (ρ = a R) to 1 at the rim (ρ = R),

(a cone for a = 0 and p = q = 1, a basin for p = q = 2, a box for a near 1),

plus what a real scar deviates from it (:data:`DEVIATION` of the depth, smooth along ρ), plus
noise and micro-relief, whose covariance is known from the unscarred skin, plus the uncertainty
of the skin without scars. Family and deviation are estimated together by generalised least
squares (universal kriging), so each number is a weighted mean of all samples, and its standard
error follows.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

Floats = NDArray[np.floating[Any]]

#: What the outline adds to the error of a volume, because it is itself found in the noise: as a
#: share of the rest. Taken from phantoms, where the region is known (docs/validation.md).
OUTLINE_SHARE = 0.45
#: Up to this the misfit of a good wall goes by chance (χ² per ring).
BY_CHANCE = 1.5
#: What scars deviate from the family, as a share of their depth, and over which part of the way
#: from the middle to the outline a deviation hangs together.
DEVIATION, DEVIATION_REACH = 0.012, 0.4
#: Between these shares of the depth the wall is taken as straight (as in step heights).
WALL_LEVELS = (0.3, 0.7)
_RIMS = np.log(np.geomspace(1.08, 2.6, 12))
_NO_FLOOR = -12.0


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form of wall: where to start, and what is known of its free numbers beforehand.

    The numbers are log R, log p, log q and the logit of the floor's share a; ``starts`` holds
    the last three. ``before`` holds each free one with its middle and spread before measuring;
    ``weight`` is how often the form is expected.
    """

    starts: tuple[tuple[float, float, float], ...]
    before: tuple[tuple[int, float, float], ...]
    weight: float


_ROUND_FORM = ((0, 0.45, 0.5),)
#: V, M and U are the letters that clinicians see in ice-pick, rolling and boxcar scars; then a
#: dish and a bell, and last anything between them.
FORMS = (
    Form(starts=((0.0, 0.0, _NO_FLOOR),), before=_ROUND_FORM, weight=0.25),
    Form(starts=((0.67, 0.75, _NO_FLOOR),), before=_ROUND_FORM, weight=0.25),
    Form(
        starts=((0.65, 0.85, 0.0), (0.65, 0.85, 1.2)),
        before=((0, 0.3, 0.3), (3, 1.0, 0.8)),
        weight=0.25,
    ),
    Form(starts=((0.69, 0.0, _NO_FLOOR),), before=_ROUND_FORM, weight=0.08),
    Form(starts=((0.69, 1.6, _NO_FLOOR),), before=((0, 0.9, 0.5),), weight=0.08),
    Form(
        starts=((0.4, 0.4, -1.0), (0.6, 0.0, -2.0)),
        before=((0, 0.45, 0.5), (1, 0.4, 0.5), (2, 0.4, 0.5), (3, -1.5, 2.0)),
        weight=0.09,
    ),
)
_ROUNDS, _ENOUGH = 12, 0.01


def _deviation_kernel(cells: Floats) -> Floats:
    """The covariance of the deviation from the family between cells, per squared depth."""
    taper = np.clip(2.2 - cells, 0.0, 1.0)
    apart = (cells[:, None] - cells[None, :]) / DEVIATION_REACH
    return np.asarray(DEVIATION**2 * np.exp(-0.5 * apart**2) * taper[:, None] * taper[None, :])


#: Fine cells of the coordinate, out to well beyond the rim of any scar.
CELL = 0.02
CELLS = np.asarray((np.arange(140) + 0.5) * CELL)
_KERNEL = _deviation_kernel(CELLS)


@dataclass(frozen=True, kw_only=True)
class Rings:
    """Mean depths over rings, and which of the fine :data:`CELLS` the rings consist of.

    ``share`` (rings, cells) tells how much of each ring lies in each cell, ``area_mm2`` the
    skin in each cell, measured or not.
    """

    mean_mm: Floats
    covariance_mm2: Floats
    share: Floats
    area_mm2: Floats


@dataclass(frozen=True, kw_only=True)
class Wall:
    """The profile of one scar: depth and volume with standard errors, and its family member."""

    depth_mm: float
    depth_sd_mm: float
    volume_mm3: float
    volume_sd_mm3: float
    opening: float
    opening_sd: float
    upper: float
    lower: float
    rim: float
    misfit: float


@dataclass(frozen=True, kw_only=True)
class Family:
    """One member of the family of walls: where its rim and floor end, and how it bends."""

    rim: float
    power: float
    round_: float
    floor: float

    def share(self, rho: Floats) -> Floats:
        """The share of the depth at a distance from the middle."""
        return np.asarray((1.0 - self.way_up(rho) ** self.power) ** self.round_)

    def way_up(self, rho: Floats) -> Floats:
        """0 on the floor, 1 from the rim on."""
        way = (rho / self.rim - self.floor) / (1.0 - self.floor)
        return np.asarray(np.minimum(np.maximum(way, 0.0), 1.0))

    def reach_at(self, level: float) -> float:
        """The distance at which a share of the depth is passed."""
        way = (1.0 - level ** (1.0 / self.round_)) ** (1.0 / self.power)
        return float(self.rim * (self.floor + (1.0 - self.floor) * way))

    @property
    def opening(self) -> float:
        """Where the straight wall between the two levels, drawn up, meets the skin."""
        upper, lower = (self.reach_at(level) for level in WALL_LEVELS)
        return upper + (upper - lower) * WALL_LEVELS[0] / (WALL_LEVELS[1] - WALL_LEVELS[0])


def member(free: Floats) -> Family:
    """The family member with these log R, log p, log q and logit a."""
    rim, power, round_ = np.exp(free[:3])
    return Family(
        rim=float(rim), power=float(power), round_=float(round_), floor=1 / (1 + math.exp(-free[3]))
    )


def fit_wall(rings: Rings, *, depth_guess_mm: float) -> Wall:
    """Fit every form of wall to the rings of one scar, and weigh them by their fit."""
    deviation = _KERNEL * depth_guess_mm**2
    together = rings.covariance_mm2 + rings.share @ deviation @ rings.share.T
    together[np.diag_indices_from(together)] *= 1 + 1e-6
    root = np.linalg.cholesky(together)
    white = solve_triangular(root, np.column_stack([rings.mean_mm, rings.share]), lower=True)
    fits = [_Fit(rings, root, white, form) for form in FORMS]
    evidence = np.array([fit.evidence for fit in fits])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    walls = [_numbers(fit, deviation) for fit in fits]
    values = np.array(
        [[w.depth_mm, w.volume_mm3, w.opening, w.upper, w.lower, w.rim] for w in walls]
    )
    spreads = np.array([[w.depth_sd_mm, w.volume_sd_mm3, w.opening_sd] for w in walls])
    mean = weights @ values
    spread = np.sqrt(weights @ (spreads**2 + (values[:, :3] - mean[:3]) ** 2))
    misfit = walls[int(weights.argmax())].misfit
    # Birge's ratio: where a wall is explained worse than by chance, all is less sure.
    worse = math.sqrt(max(1.0, misfit / BY_CHANCE))
    depth_sd, volume_sd, opening_sd = (spread * worse).tolist()
    depth, volume, opening, upper, lower, rim = mean.tolist()
    return Wall(
        depth_mm=depth,
        depth_sd_mm=depth_sd,
        volume_mm3=volume,
        volume_sd_mm3=volume_sd,
        opening=opening,
        opening_sd=opening_sd,
        upper=upper,
        lower=lower,
        rim=rim,
        misfit=misfit,
    )


@functools.cache
def _starts(form: Form) -> tuple[Floats, Floats]:
    """Members of a form from which a fit may start, and their depths in every cell."""
    starts = np.array([[rim, *start] for rim in _RIMS for start in form.starts])
    return starts, np.stack([member(start).share(CELLS) for start in starts], axis=1)


class _Fit:
    """The whitened equations: first the rings, then what is known before."""

    def __init__(self, rings: Rings, root: Floats, white: Floats, form: Form) -> None:
        self.rings, self.root = rings, root
        self.seen, self.white = white[:, 0], white[:, 1:]
        self.free = np.array([number for number, _, _ in form.before])
        self.middle, self.spread = np.array([known for _, *known in form.before]).T
        self.theta, left = self._settled(self._start(form))
        slopes = self._slopes(self.theta)
        self.precision = slopes.T @ slopes
        self.evidence = (
            math.log(form.weight)
            - left / 2
            - np.log(self.spread).sum()
            - np.linalg.slogdet(self.precision)[1] / 2
        )

    def cells_of(self, theta: Floats) -> Floats:
        """The depth in every cell; ``theta`` is the depth and what :func:`member` takes."""
        return np.asarray(theta[0] * member(theta[1:]).share(CELLS))

    def _start(self, form: Form) -> Floats:
        """The best of some members of the family."""
        starts, shapes = _starts(form)
        white = self.white @ shapes
        scale = (white * self.seen[:, None]).sum(axis=0) / (white**2).sum(axis=0)
        left = ((self.seen[:, None] - white * scale) ** 2).sum(axis=0)
        best = int(left.argmin())
        return np.array([scale[best], *starts[best]])

    def _residual(self, theta: Floats) -> Floats:
        """What is not explained, in standard errors."""
        rings = self.seen - self.white @ self.cells_of(theta)
        return np.concatenate([rings, (self.middle - theta[self.free + 1]) / self.spread])

    def _slopes(self, theta: Floats) -> Floats:
        """How the explained part moves with each free number, in standard errors."""
        before = np.zeros((len(self.free), len(self.free) + 1))
        before[:, 1:] = np.diag(1 / self.spread)
        return np.concatenate([self.white @ self.gradients(theta), before])

    def gradients(self, theta: Floats) -> Floats:
        """How the depth in every cell moves with each free number."""
        every = np.stack(self._all_gradients(theta), axis=1)
        return np.asarray(every[:, [0, *(self.free + 1)]])

    def _all_gradients(self, theta: Floats) -> list[Floats]:
        """How the depth in every cell moves with each number."""
        depth, one = theta[0], member(theta[1:])
        way = one.way_up(CELLS)
        open_ = (way > 0) & (way < 1)
        raised = np.where(open_, way, 0.5) ** one.power
        room = np.where(open_, 1.0 - raised, 1.0)
        # By how much the depth falls for a step along the logarithm of the way up.
        fall = np.where(
            open_, depth * one.round_ * one.power * room ** (one.round_ - 1) * raised, 0
        )
        steep = fall / np.where(open_, way, 1.0)
        return [
            one.share(CELLS),
            steep * CELLS / (one.rim * (1 - one.floor)),
            -fall * np.log(np.where(open_, way, 1.0)),
            np.where(open_, depth * room**one.round_ * one.round_ * np.log(room), 0.0),
            steep * (1 - way) * one.floor,
        ]

    def _settled(self, theta: Floats) -> tuple[Floats, float]:
        """Levenberg's and Marquardt's steps downhill, and what is left unexplained."""
        damping, left = 1e-2, float((self._residual(theta) ** 2).sum())
        moving = [0, *(self.free + 1)]
        for _ in range(_ROUNDS):
            slopes = self._slopes(theta)
            normal = slopes.T @ slopes
            step = np.linalg.solve(
                normal + damping * np.diag(np.diag(normal)), slopes.T @ self._residual(theta)
            )
            step[1:] = np.clip(step[1:], -0.5, 0.5)
            there = theta.copy()
            there[moving] += step
            tried = float((self._residual(there) ** 2).sum())
            if tried < left:
                gain, theta, left = left - tried, there, tried
                damping /= 5
                if gain < _ENOUGH:
                    break
            else:
                damping *= 8
        return theta, left


def _numbers(fit: _Fit, deviation: Floats) -> Wall:
    """Depth and volume with what the deviation adds, and the openings of the family member."""
    rings, theta, one = fit.rings, fit.theta, member(fit.theta[1:])
    inverse = np.linalg.inv(fit.precision)
    misfit = fit.seen - fit.white @ fit.cells_of(theta)
    asked = np.stack([np.eye(1, len(CELLS))[0], rings.area_mm2 * (one.rim > CELLS)])
    with_cells = asked @ deviation
    with_rings = solve_triangular(fit.root, rings.share @ with_cells.T, lower=True)
    gradient = fit.gradients(theta)
    values, moves = asked @ fit.cells_of(theta), asked @ gradient
    values[0], moves[0] = theta[0], np.eye(1, gradient.shape[1])[0]  # in the very middle
    values += with_rings.T @ misfit
    open_ = moves - with_rings.T @ (fit.white @ gradient)
    variance = np.diag(with_cells @ asked.T - with_rings.T @ with_rings + open_ @ inverse @ open_.T)
    spread = np.sqrt(np.maximum(variance, 0.0))
    turn = _opening_slopes(theta[1:])[fit.free]
    return Wall(
        depth_mm=float(values[0]),
        depth_sd_mm=float(spread[0]),
        volume_mm3=float(values[1]),
        volume_sd_mm3=float(spread[1]) * math.hypot(1, OUTLINE_SHARE),
        opening=one.opening,
        opening_sd=math.sqrt(float(turn @ inverse[1:, 1:] @ turn)),
        upper=one.reach_at(WALL_LEVELS[0]),
        lower=one.reach_at(WALL_LEVELS[1]),
        rim=one.rim,
        misfit=float((misfit**2).sum()) / max(1, len(misfit) - 4),
    )


def _opening_slopes(free: Floats) -> Floats:
    """How the opening moves with each number of the family member."""
    tiny = 1e-5
    steps = tiny * np.eye(len(free))
    return np.array(
        [(member(free + e).opening - member(free - e).opening) / (2 * tiny) for e in steps]
    )
