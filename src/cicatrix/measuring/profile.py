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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.measuring.wall_family import (
    CELLS,
    WALL_LEVELS,
    Family,
    gradients,
    member,
    wall_read,
    wall_slopes,
)

Floats = NDArray[np.floating[Any]]
Indices = NDArray[np.intp]

#: What the outline adds to the error of a volume, because it is itself found in the noise: as a
#: share of the rest. Taken from phantoms, where the region is known (docs/validation.md).
OUTLINE_SHARE = 0.25
#: Up to this the misfit of a good wall goes by chance (χ² per ring).
BY_CHANCE = 1.5
#: What scars deviate from the family, as a share of their depth, and over which part of the way
#: from the middle to the outline a deviation hangs together. The share is how far nine
#: kinds of wall, written down without a look at the family, are off their nearest member.
DEVIATION, DEVIATION_REACH = 0.0056, 0.4
#: A wall ends where it has faded to this share of the depth: a bell has no other rim.
_FADED = 0.01
#: So much of a tail that was taken for skin is a standard error of the depth, and so much over the
#: area within it of the volume, which lacks what lies beyond as well (two fifths of it).
#: Both were raised until bells of some hundred phantoms were covered; others check them.
_TAIL, _TAIL_VOLUME = 0.6, 1.4
#: No scar is much deeper than so many times its deepest ring: a form that ends before the first
#: ring, and so explains none of it, could else have any depth.
_DEEPEST = 10.0
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
#: V, M and U are the letters that clinicians see in ice-pick, rolling and boxcar scars; then a U
#: with straight walls, a dish, a bell that only fades out, and last anything between them.
FORMS = (
    Form(starts=((0.0, 0.0, _NO_FLOOR),), before=_ROUND_FORM, weight=0.25),
    Form(starts=((0.67, 0.75, _NO_FLOOR),), before=_ROUND_FORM, weight=0.25),
    Form(
        starts=((0.65, 0.85, 0.0), (0.65, 0.85, 1.2)),
        before=((0, 0.3, 0.3), (3, 1.0, 0.8)),
        weight=0.24,
    ),
    Form(
        starts=((0.0, 0.0, 0.0), (0.0, 0.0, 1.5)),
        before=((0, 0.25, 0.3), (3, 1.0, 0.8)),
        weight=0.15,
    ),
    Form(starts=((0.69, 0.0, _NO_FLOOR),), before=_ROUND_FORM, weight=0.08),
    Form(starts=((0.69, 2.7, _NO_FLOOR),), before=((0, 1.5, 0.5),), weight=0.04),
    Form(
        starts=((0.4, 0.4, -1.0), (0.6, 0.0, -2.0)),
        before=((0, 0.45, 0.5), (1, 0.4, 0.5), (2, 0.4, 0.5), (3, -1.5, 2.0)),
        weight=0.09,
    ),
)
_ROUNDS, _ENOUGH = 12, 0.01
#: The depth, and what a member of the family has.
_NUMBERS = 5


def _deviation_kernel(cells: Floats) -> Floats:
    """The covariance of the deviation from the family between cells, per squared depth."""
    taper = np.clip(2.2 - cells, 0.0, 1.0)
    apart = (cells[:, None] - cells[None, :]) / DEVIATION_REACH
    return np.asarray(DEVIATION**2 * np.exp(-0.5 * apart**2) * taper[:, None] * taper[None, :])


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
    #: The last cell before samples were taken for skin.
    skin_after: int = len(CELLS) - 1


@dataclass(frozen=True, kw_only=True)
class Wall:
    """The profile of one scar: depth and volume with standard errors, and its family member."""

    depth_mm: float
    depth_sd_mm: float
    volume_mm3: float
    volume_sd_mm3: float
    opening: float
    opening_sd: float
    rim: float
    misfit: float
    #: The depth of the innermost ring that was measured.
    innermost_mm: float
    #: How steep its straight part is, in mm of depth for a step of 1 along the coordinate; the
    #: spread is a share of it.
    fall_mm: float
    fall_spread: float
    #: The share of the opening that lies deeper than the straight part.
    floor_share: float
    floor_share_sd: float


def worse_than_chance(misfit: float) -> float:
    """Birge's ratio: what is explained worse than by chance is less sure, by this factor."""
    return math.sqrt(max(1.0, misfit / BY_CHANCE))


def fit_wall(rings: Rings, *, depth_guess_mm: float) -> Wall:
    """Fit every form of wall to the rings of one scar, and weigh them by their fit."""
    deviation = _KERNEL * depth_guess_mm**2
    together = rings.covariance_mm2 + (rings.share @ deviation) @ rings.share.T
    together[np.diag_indices_from(together)] *= 1 + 1e-6
    # A dozen rings: the inverse of their root is as exact as solving, and one product.
    whiten = np.linalg.inv(np.linalg.cholesky(together))
    fits = _Fits(whiten @ rings.mean_mm, whiten @ rings.share, FORMS, depth_guess_mm=depth_guess_mm)
    weights = np.exp(fits.evidence - fits.evidence.max())
    weights /= weights.sum()
    walls = _numbers(fits, deviation, rings.area_mm2)
    mean = weights @ walls.values
    apart = walls.values[:, : walls.spreads.shape[1]] - mean[: walls.spreads.shape[1]]
    spread = np.sqrt(weights @ (walls.spreads**2 + apart**2))
    misfit = float(walls.misfits[weights.argmax()])
    spread *= worse_than_chance(misfit)
    tail = _tail_mm(fits, weights, rings)
    area = float(rings.area_mm2[: rings.skin_after + 1].sum())
    spread[:2] = np.hypot(spread[:2], [_TAIL * tail, _TAIL_VOLUME * tail * area])
    depth_sd, volume_sd, opening_sd, fall_spread, floor_sd = spread.tolist()
    depth, volume, opening, log_fall, floor, rim = mean.tolist()
    return Wall(
        depth_mm=depth,
        depth_sd_mm=depth_sd,
        volume_mm3=volume,
        volume_sd_mm3=volume_sd,
        opening=opening,
        opening_sd=opening_sd,
        rim=rim,
        misfit=misfit,
        innermost_mm=float(rings.mean_mm[0]),
        fall_mm=math.exp(log_fall),
        fall_spread=fall_spread,
        floor_share=floor,
        floor_share_sd=floor_sd,
    )


def doubted(wall: Wall, other: Wall, *, steeper: float, share: float) -> Wall:
    """A wall that may be another one: this share of what they are apart is unsure.

    ``steeper`` is by how much the other one is.
    """
    return replace(
        wall,
        depth_sd_mm=math.hypot(wall.depth_sd_mm, share * (other.depth_mm - wall.depth_mm)),
        volume_sd_mm3=math.hypot(wall.volume_sd_mm3, share * (other.volume_mm3 - wall.volume_mm3)),
        fall_spread=math.hypot(wall.fall_spread, share * math.log(steeper)),
        floor_share_sd=math.hypot(
            wall.floor_share_sd, share * (other.floor_share - wall.floor_share)
        ),
    )


@functools.cache
def _starts(form: Form) -> tuple[Floats, Floats]:
    """Members of a form from which a fit may start, and their depths in every cell."""
    starts = np.array([[rim, *start] for rim in _RIMS for start in form.starts]).T
    return starts, member(starts).share(CELLS[:, None])


class _Fits:
    """The whitened equations of several forms at once: the rings, and what is known before.

    ``theta`` holds, for each form (columns), the depth and what :func:`member` takes; a number
    that a form does not free stays where it starts.
    """

    def __init__(
        self, seen: Floats, white: Floats, forms: Sequence[Form], *, depth_guess_mm: float
    ) -> None:
        self.seen, self.white = seen, white
        self.middle = np.zeros((_NUMBERS, len(forms)))
        self.surety = np.zeros((_NUMBERS, len(forms)))
        self.free = np.zeros((_NUMBERS, len(forms)), bool)
        self.free[0] = True
        self.surety[0] = 1 / max(_DEEPEST * depth_guess_mm, np.finfo(float).tiny)
        for column, form in enumerate(forms):
            for number, middle, spread in form.before:
                self.middle[number + 1, column] = middle
                self.surety[number + 1, column] = 1 / spread
                self.free[number + 1, column] = True
        self.theta, left, slopes = self._settled(
            np.stack([self._start(form) for form in forms], axis=1)
        )
        self.precision = self._normal(slopes, np.arange(len(forms)))
        self.evidence = (
            np.log([form.weight for form in forms])
            - left / 2
            + np.log(np.where(self.surety > 0, self.surety, 1.0)).sum(axis=0)
            - np.linalg.slogdet(self.precision)[1] / 2
        )

    def _start(self, form: Form) -> Floats:
        """The best of some members of the family."""
        starts, shapes = _starts(form)
        white = self.white @ shapes
        # A member that ends before the first ring explains nothing, with any depth.
        reached = np.maximum((white**2).sum(axis=0), np.finfo(float).tiny)
        scale = (white * self.seen[:, None]).sum(axis=0) / reached
        left = ((self.seen[:, None] - white * scale) ** 2).sum(axis=0)
        best = int(left.argmin())
        return np.array([scale[best], *starts[:, best]])

    def _explained(self, theta: Floats) -> tuple[Floats, Floats]:
        """What each form explains of the rings, and how that moves with each number."""
        slopes = gradients(theta)
        # Over the forms last: (rings, numbers, forms).
        slopes = (self.white @ slopes.reshape(len(CELLS), -1)).reshape(-1, *slopes.shape[1:])
        return theta[0] * slopes[:, 0], slopes

    def _left(self, explained: Floats, theta: Floats, which: Indices) -> Floats:
        """What is not explained, as a sum of squares of standard errors."""
        known = (self.middle[:, which] - theta) * self.surety[:, which]
        return np.asarray(((self.seen[:, None] - explained) ** 2).sum(axis=0) + (known**2).sum(0))

    def _normal(self, slopes: Floats, which: Indices) -> Floats:
        """The normal equations of some forms; 1 in the diagonal for what is not free."""
        free = self.free[:, which]
        turned = np.where(free, slopes, 0.0).transpose(2, 0, 1)
        normal = turned.transpose(0, 2, 1) @ turned
        diagonal = np.arange(_NUMBERS)
        normal[:, diagonal, diagonal] += (self.surety[:, which] ** 2 + ~free).T
        return np.asarray(normal)

    def _step(
        self, theta: Floats, slopes: Floats, explained: Floats, damping: Floats, which: Indices
    ) -> Floats:
        """One step downhill for each of some forms."""
        normal = self._normal(slopes, which)
        diagonal = np.arange(_NUMBERS)
        normal[:, diagonal, diagonal] *= 1 + damping[:, None]
        right = np.einsum("rnf,rf->nf", slopes, self.seen[:, None] - explained)
        right += (self.middle[:, which] - theta) * self.surety[:, which] ** 2
        right = np.where(self.free[:, which], right, 0.0)
        step = np.linalg.solve(normal, right.T[:, :, None])[:, :, 0].T
        step[1:] = np.clip(step[1:], -0.5, 0.5)
        return np.asarray(step)

    def _settled(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """Levenberg's and Marquardt's steps downhill, what is left unexplained, the slopes."""
        moving = np.arange(theta.shape[1])
        explained, slopes = self._explained(theta)
        left, damping = self._left(explained, theta, moving), np.full(len(moving), 1e-2)
        for _ in range(_ROUNDS):
            now = theta[:, moving]
            there = now + self._step(
                now, slopes[:, :, moving], explained[:, moving], damping[moving], moving
            )
            reached, turned = self._explained(there)
            tried = self._left(reached, there, moving)
            better = tried < left[moving]
            gain = left[moving] - tried
            won = moving[better]
            theta[:, won], left[won] = there[:, better], tried[better]
            explained[:, won], slopes[:, :, won] = reached[:, better], turned[:, :, better]
            damping[moving] *= np.where(better, 1 / 5, 8.0)
            moving = moving[~better | (gain >= _ENOUGH)]
            if not moving.size:
                break
        return theta, left, slopes


@dataclass(frozen=True, kw_only=True)
class _Walls:
    """The numbers of several fits (rows): depth, volume, opening, log of the fall, floor's share.

    The rim follows in ``values`` only; it has no error of its own.
    """

    values: Floats
    spreads: Floats
    misfits: Floats


def _tail_mm(fits: _Fits, weights: Floats, rings: Rings) -> float:
    """What is left of a wall where the skin begins, which it was taken for.

    It has lowered the skin by something between nothing and itself.
    """
    shares = member(fits.theta[1:]).share(CELLS[rings.skin_after, None])
    return float(weights @ (fits.theta[0] * shares))


def _numbers(fits: _Fits, deviation: Floats, area_mm2: Floats) -> _Walls:
    """Depth and volume with what the deviation adds, and the openings of the family members."""
    theta, one = fits.theta, member(fits.theta[1:])
    inverse = np.linalg.inv(fits.precision)
    moves, count = gradients(theta), theta.shape[1]
    misfit = fits.seen[:, None] - fits.white @ (theta[0] * moves[:, 0])
    moves = np.where(fits.free, moves, 0.0)
    middle = np.broadcast_to(np.eye(1, len(CELLS)), (count, len(CELLS)))
    asked = np.stack([middle, area_mm2 * (one.rim[:, None] > CELLS)], axis=1)
    with_cells = (asked.reshape(-1, len(CELLS)) @ deviation).reshape(asked.shape)
    with_rings = with_cells @ fits.white.T
    values = np.einsum("fac,cf->fa", asked, theta[0] * moves[:, 0])
    along = np.einsum("fac,cnf->fan", asked, moves)
    values[:, 0], along[:, 0] = theta[0], np.eye(1, _NUMBERS)  # in the very middle
    values += np.einsum("far,rf->fa", with_rings, misfit)
    white = np.einsum("rc,cnf->rnf", fits.white, moves)
    open_ = along - np.einsum("far,rnf->fan", with_rings, white)
    variance = (with_cells * asked).sum(-1) - (with_rings**2).sum(-1)
    variance += np.einsum("fan,fnm,fam->fa", open_, inverse, open_)
    spread = np.sqrt(np.maximum(variance, 0.0)) * [1.0, math.hypot(1, OUTLINE_SHARE)]
    turn = np.where(fits.free, wall_slopes(theta), 0.0)
    wall = np.einsum("qnf,fnm,qmf->qf", turn, inverse, turn)
    wall += _deviation_of_wall(one)
    return _Walls(
        values=np.column_stack([values, wall_read(theta).T, one.reach_at(_FADED)]),
        spreads=np.column_stack([spread, np.sqrt(wall).T]),
        misfits=(misfit**2).sum(axis=0) / max(1, len(misfit) - 4),
    )


def _deviation_of_wall(one: Family) -> Floats:
    """What a real wall's deviation from the family adds to the variance of what is read of it.

    Rows: the opening (which has it from the fit), the log of the fall, the share of the floor.
    """
    upper, lower = (one.reach_at(level) for level in WALL_LEVELS)
    part = WALL_LEVELS[1] - WALL_LEVELS[0]
    apart = (upper - lower) / DEVIATION_REACH
    fall = 2 * DEVIATION**2 * (1 - np.exp(-0.5 * apart**2)) / part**2
    # The floor ends later by the deviation over the fall; half of it the fit has taken up.
    floor = 0.5 * (DEVIATION * (upper - lower) / part / one.opening) ** 2
    return np.array([np.zeros_like(fall), fall, floor])
