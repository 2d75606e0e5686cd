"""How many scars are how deep: a numbered block for each, shaded by its type."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cicatrix.records import MeasuredScan
from cicatrix.reporting import palette
from cicatrix.reporting.drawing import Drawing, text_width
from cicatrix.reporting.words import Words

WIDTH = 720.0
_LEFT, _RIGHT, _TOP, _AXIS = 44.0, 12.0, 16.0, 44.0
_MOST_BINS, _STEPS = 24, (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_TICK_WIDE, _MOST_TICKS = 34.0, 6
_MOST_BLOCK, _MOST_HIGH, _LEAST_NUMBERED = 22.0, 260.0, 12.0
#: One ground for each type, from light to dark, told apart in greyscale; then the sign's colour.
SHADES: tuple[tuple[str, str], ...] = (
    ("rolling", "#eef4f3"),
    ("linear", "#f0d9a8"),
    ("boxcar", "#a3c9c6"),
    ("mixed", "#b7a58a"),
    ("undetermined", "#84908f"),
    ("papular", "#a8622f"),
    ("hypertrophic", "#7a3419"),
    ("ice_pick", "#083c40"),
)
_LIGHT_GROUNDS = ("rolling", "linear", "boxcar", "mixed", "undetermined")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One scar in the histogram: its bin, and its place in the pile of that bin."""

    label: int
    type: str
    bin: int
    level: int


def step_of(depths_mm: Iterable[float]) -> float:
    """The width of a bin: the finest round one that needs not too many."""
    known = list(depths_mm)
    spread = max([*known, 0.0]) - min([*known, 0.0])
    return next((s for s in _STEPS if spread / s <= _MOST_BINS), _STEPS[-1])


def blocks_of(scan: MeasuredScan, *, step_mm: float) -> list[Block]:
    """A block for each scar whose depth is told, piled up by bin; types lie together."""
    order = [name for name, _ in SHADES]
    scars = [s for s in scan.catalogue.scars if not math.isnan(s.depth_mm)]
    scars.sort(key=lambda s: (order.index(scan.types[s.label].type), s.label))
    piled: dict[int, int] = {}
    blocks = []
    for scar in scars:
        number = math.floor(scar.depth_mm / step_mm + 1e-9)
        level = piled.get(number, 0)
        piled[number] = level + 1
        kind = scan.types[scar.label].type
        blocks.append(Block(label=scar.label, type=kind, bin=number, level=level))
    return blocks


def draw_depth_histogram(scan: MeasuredScan, *, words: Words, key: str) -> Drawing:
    """The depths of all scars of a capture; raised ones to the left of the skin."""
    step = step_of(s.depth_mm for s in scan.catalogue.scars if not math.isnan(s.depth_mm))
    blocks = blocks_of(scan, step_mm=step)
    first = min([0, *(b.bin for b in blocks)])
    last = max([1, *(b.bin + 1 for b in blocks)])
    most = max([1, *(b.level + 1 for b in blocks)])
    wide = (WIDTH - _LEFT - _RIGHT) / (last - first)
    high = min(_MOST_BLOCK, _MOST_HIGH / most)
    axis_y = _TOP + most * high
    drawing = Drawing(
        key=key, width=WIDTH, height=axis_y + _AXIS + 26,
        title=_told(blocks, step, words), text=words.text("histogram.text"),
    )  # fmt: skip
    for block in blocks:
        left = _LEFT + (block.bin - first) * wide
        _draw_block(drawing, block, left, axis_y - (block.level + 1) * high, (wide, high))
    _draw_axes(drawing, axis_y, (first, last), (wide, high), most, step, words)
    _draw_legend(drawing, blocks, axis_y + _AXIS + 16, words)
    return drawing


def _told(blocks: Iterable[Block], step: float, words: Words) -> str:
    counts: dict[int, int] = {}
    for block in blocks:
        counts[block.bin] = counts.get(block.bin, 0) + 1
    each = [
        words.text(
            "histogram.bin",
            low=words.number(number * step, decimals=2),
            high=words.number((number + 1) * step, decimals=2),
            n=count,
        )
        for number, count in sorted(counts.items())
    ]
    return " ".join([words.text("histogram.title"), *each])


def _draw_block(
    drawing: Drawing, block: Block, left: float, top: float, size: tuple[float, float]
) -> None:
    drawing.box(
        left + 1, top, size[0] - 2, size[1] - 1.5, fill=dict(SHADES)[block.type],
        stroke=palette.INK, stroke_width=0.7,
    )  # fmt: skip
    if min(size) >= _LEAST_NUMBERED:
        ink = palette.INK if block.type in _LIGHT_GROUNDS else palette.PAPER
        drawing.words(
            left + size[0] / 2, top + size[1] / 2 + 3.2, str(block.label), font_size=11,
            font_weight=600, fill=ink, text_anchor="middle",
        )  # fmt: skip


def _draw_axes(
    drawing: Drawing,
    axis_y: float,
    bins: tuple[int, int],
    size: tuple[float, float],
    most: int,
    step: float,
    words: Words,
) -> None:
    right = WIDTH - _RIGHT
    drawing.line(_LEFT, axis_y, right, axis_y, stroke=palette.INK, stroke_width=1)
    every = next(n for n in (1, 2, 5, 10) if size[0] * n >= _TICK_WIDE)
    for number in range(bins[0], bins[1] + 1):
        if number % every == 0:
            x = _LEFT + (number - bins[0]) * size[0]
            drawing.line(x, axis_y, x, axis_y + 5, stroke=palette.INK, stroke_width=1)
            shown = words.number(number * step, decimals=2)
            drawing.words(x, axis_y + 18, shown, font_size=12, text_anchor="middle")
    drawing.words(
        (_LEFT + right) / 2, axis_y + 36, words.text("histogram.axis"), font_size=12.5,
        font_weight=600, text_anchor="middle",
    )  # fmt: skip
    rows = next(n for n in (1, 2, 5, 10, 20, 50, 100) if most / n <= _MOST_TICKS)
    for count in range(0, most + 1, rows):
        y = axis_y - count * size[1]
        drawing.line(_LEFT - 5, y, _LEFT, y, stroke=palette.INK, stroke_width=1)
        drawing.words(_LEFT - 9, y + 4, str(count), font_size=12, text_anchor="end")


def _draw_legend(drawing: Drawing, blocks: Iterable[Block], y: float, words: Words) -> None:
    there = {block.type for block in blocks}
    x = _LEFT
    for name, shade in SHADES:
        if name in there:
            text = words.term("finding", name)
            drawing.box(x, y - 11, 14, 13, fill=shade, stroke=palette.INK, stroke_width=0.7)
            drawing.words(x + 20, y, text, font_size=12)
            x += 20 + text_width(text, size=12) + 22
