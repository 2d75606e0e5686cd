"""One family of walls, from cone to box, and what is read of its members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

#: Between these shares of the depth the wall is taken as straight (as in step heights).
WALL_LEVELS = (0.3, 0.7)
#: Fine cells of the coordinate, out to well beyond the rim of any scar.
CELL = 0.02
CELLS = np.asarray((np.arange(140) + 0.5) * CELL)
_STEP, _TINY_MM = 1e-5, 1e-9


@dataclass(frozen=True, kw_only=True)
class Family:
    """Members of the family of walls: where their rims and floors end, and how they bend.

    One member has plain numbers; of several, each number is an array over the members.
    """

    rim: Floats
    power: Floats
    round_: Floats
    floor: Floats

    def share(self, rho: Floats) -> Floats:
        """The share of the depth at a distance from the middle."""
        return np.asarray((1.0 - self.way_up(rho) ** self.power) ** self.round_)

    def way_up(self, rho: Floats) -> Floats:
        """0 on the floor, 1 from the rim on."""
        way = (rho / self.rim - self.floor) / (1.0 - self.floor)
        return np.asarray(np.minimum(np.maximum(way, 0.0), 1.0))

    def reach_at(self, level: float) -> Floats:
        """The distance at which a share of the depth is passed."""
        way = (1.0 - level ** (1.0 / self.round_)) ** (1.0 / self.power)
        return np.asarray(self.rim * (self.floor + (1.0 - self.floor) * way))

    @property
    def opening(self) -> Floats:
        """Where the straight wall between the two levels, drawn up, meets the skin."""
        upper, lower = (self.reach_at(level) for level in WALL_LEVELS)
        return upper + (upper - lower) * WALL_LEVELS[0] / (WALL_LEVELS[1] - WALL_LEVELS[0])


def member(free: Floats) -> Family:
    """The members with these log R, log p, log q and logit a (rows of ``free``)."""
    rim, power, round_ = np.exp(free[:3])
    return Family(rim=rim, power=power, round_=round_, floor=1 / (1 + np.exp(-free[3])))


def gradients(theta: Floats) -> Floats:
    """How the depth in every cell moves with the depth and each number of a member.

    Shape (cells, numbers), and the members after that where ``theta`` has several columns.
    """
    cells = CELLS.reshape(-1, *([1] * (theta.ndim - 1)))
    depth, one = theta[0], member(theta[1:])
    way = one.way_up(cells)
    open_ = (way > 0) & (way < 1)
    inside = np.where(open_, way, 0.5)
    log_way = np.log(inside)
    raised = np.exp(one.power * log_way)
    log_room = np.log1p(-raised)
    share = np.where(open_, np.exp(one.round_ * log_room), way <= 0)
    # By how much the depth falls for a step along the logarithm of the way up.
    fall = np.where(open_, depth * one.round_ * one.power * raised * share / (1.0 - raised), 0.0)
    steep = fall / inside
    return np.stack(
        [
            share,
            steep * cells / (one.rim * (1 - one.floor)),
            -fall * log_way,
            np.where(open_, depth * share * one.round_ * log_room, 0.0),
            steep * (1 - way) * one.floor,
        ],
        axis=1,
    )


def wall_read(theta: Floats) -> Floats:
    """The opening, the logarithm of the fall of the straight wall, and the share of the floor."""
    one = member(theta[1:])
    upper, lower = (one.reach_at(level) for level in WALL_LEVELS)
    drop = (WALL_LEVELS[1] - WALL_LEVELS[0]) * np.maximum(theta[0], _TINY_MM)
    return np.array([one.opening, np.log(drop / (upper - lower)), lower / one.opening])


def wall_slopes(theta: Floats) -> Floats:
    """How what is read of a wall moves with each number of the fit: (read, numbers, fits)."""
    moves = []
    for number in range(len(theta)):
        step = np.zeros_like(theta)
        # The depth is stepped by a share of itself, for it may be small.
        step[number] = _STEP * (1.0 if number else np.maximum(theta[0], _TINY_MM))
        moves.append((wall_read(theta + step) - wall_read(theta - step)) / (2 * step[number]))
    return np.stack(moves, axis=1)
