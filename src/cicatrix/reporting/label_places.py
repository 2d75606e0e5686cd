"""Where the numbers of scars go on a picture, so that none covers another.

All places are in units of the drawing, x to the right and y down.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cicatrix.reporting.drawing import text_width

HEIGHT, SIZE = 17.0, 13.0
_PADDING = 8.0
#: Directions that are tried (the upper right first), and how far from the outline.
_DIRECTIONS = tuple(math.radians(d) for d in (-45, -90, 0, -135, 45, 180, 135, 90))
_DISTANCES = (3.0, 10.0, 20.0, 32.0, 46.0, 64.0, 90.0, 120.0)
#: What it costs to cover a part of another scar, per unit squared, against a unit of distance.
_COVERING = 0.4

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Marked:
    """One scar on the drawing: what its label says, its middle, and points of its outline."""

    text: str
    middle: Point
    outline: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label by its middle, with the point of the outline that it belongs to."""

    text: str
    x: float
    y: float
    width: float
    tip: Point

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return (
            self.x - self.width / 2,
            self.y - HEIGHT / 2,
            self.x + self.width / 2,
            self.y + HEIGHT / 2,
        )


def placed_labels(
    marked: Sequence[Marked], *, field: tuple[float, float, float, float]
) -> list[Label]:
    """A label for each scar inside the field (left, top, right, bottom)."""
    scars = [_around(one) for one in marked]
    placed: list[Label] = []
    for one in marked:
        tried = [(_cost(label, away, placed, scars, field), label)
                 for label, away in _candidates(one)]  # fmt: skip
        placed.append(min(tried, key=lambda pair: pair[0])[1])
    return placed


def _candidates(one: Marked) -> Iterator[tuple[Label, float]]:
    points = one.outline or (one.middle,)
    width = text_width(one.text, size=SIZE) + _PADDING
    for away in _DISTANCES:
        for turn in _DIRECTIONS:
            step = math.cos(turn), math.sin(turn)
            tip = max(points, key=lambda p: p[0] * step[0] + p[1] * step[1])
            # The box begins where its own corner or side would touch the tip.
            reach = (
                away + width / 2 * abs(step[0]),
                away + HEIGHT / 2 * abs(step[1]),
            )
            yield (
                Label(
                    text=one.text,
                    x=tip[0] + reach[0] * step[0],
                    y=tip[1] + reach[1] * step[1],
                    width=width,
                    tip=tip,
                ),
                away,
            )


def _around(one: Marked) -> tuple[float, float, float, float]:
    points = one.outline or (one.middle,)
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _cost(
    label: Label,
    away: float,
    placed: Sequence[Label],
    scars: Sequence[tuple[float, float, float, float]],
    field: tuple[float, float, float, float],
) -> float:
    box = label.box
    beyond = max(field[0] - box[0], field[1] - box[1], box[2] - field[2], box[3] - field[3], 0.0)
    on_labels = sum(_common(box, other.box, margin=1.5) for other in placed)
    on_scars = sum(_common(box, scar, margin=0.0) for scar in scars)
    return 1e4 * beyond + 1e3 * on_labels + _COVERING * on_scars + away


def _common(
    one: tuple[float, float, float, float],
    other: tuple[float, float, float, float],
    *,
    margin: float,
) -> float:
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0]) + margin
    high = min(one[3], other[3]) - max(one[1], other[1]) + margin
    return max(wide, 0.0) * max(high, 0.0)
