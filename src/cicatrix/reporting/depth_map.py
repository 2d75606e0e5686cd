"""The depth map: the skin coloured by depth, its scars outlined and numbered, a scale in mm."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cicatrix.pictures import DepthMap, Place
from cicatrix.records import MeasuredScan
from cicatrix.reporting import palette
from cicatrix.reporting.drawing import Drawing
from cicatrix.reporting.label_places import HEIGHT, SIZE, Label, Marked, placed_labels
from cicatrix.reporting.measures import is_raised
from cicatrix.reporting.words import Words

WIDTH = 720.0
#: A narrower drawing for a small place on a page: its texts come out larger there.
NARROW = 480.0
_LEFT, _TOP, _BESIDE, _HIGH_SHARE = 8.0, 8.0, 126.0, 0.89
_BELOW, _BAR_LEFT, _BAR_WIDE, _MOST_BAR = 46.0, 22.0, 18.0, 330.0
#: A scale bar is about this share of the map wide, and one of these times a power of ten.
_BAR_SHARE, _NICE = 0.28, (1.0, 2.0, 5.0, 10.0)
_MOST_TICKS = 11
#: The unit square of hatching that the key shows.
_HATCH = 14.0


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where the map lies on the drawing, and how many units are a millimetre."""

    corner_mm: Place
    size_mm: Place
    scale: float

    @property
    def right(self) -> float:
        """The right border of the map."""
        return _LEFT + self.size_mm[0] * self.scale

    @property
    def bottom(self) -> float:
        """The lower border of the map."""
        return _TOP + self.size_mm[1] * self.scale

    def place(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """A place of the skin on the drawing."""
        return (
            _LEFT + (x_mm - self.corner_mm[0]) * self.scale,
            _TOP + (y_mm - self.corner_mm[1]) * self.scale,
        )


def frame_of(depth_map: DepthMap, *, width: float = WIDTH) -> Frame:
    """The frame that uses the width or the height of the drawing up."""
    wide, high = depth_map.size_mm
    return Frame(
        corner_mm=depth_map.corner_mm,
        size_mm=depth_map.size_mm,
        scale=min((width - _BESIDE) / wide, _HIGH_SHARE * width / high),
    )


def draw_depth_map(scan: MeasuredScan, *, words: Words, key: str, width: float = WIDTH) -> Drawing:
    """The depth map of one measured capture."""
    depth_map = scan.pictures.depth_map
    frame = frame_of(depth_map, width=width)
    drawing = Drawing(
        key=key,
        width=width,
        height=max(frame.bottom, _TOP + _bar_height(frame)) + _BELOW,
        title=told(scan, words=words),
        text=words.text("depth_map.text"),
    )
    wide, high = frame.right - _LEFT, frame.bottom - _TOP
    drawing.picture(_LEFT, _TOP, wide, high, png=depth_map.png)
    drawing.box(_LEFT, _TOP, wide, high, fill="none", stroke=palette.QUIET, stroke_width=0.8)
    raised = {scar.label for scar in scan.catalogue.scars if is_raised(scar)}
    _draw_outlines(drawing, depth_map, frame, raised)
    for label in labels_on(depth_map, frame, raised=raised):
        _draw_label(drawing, label)
    _draw_colour_bar(drawing, depth_map, frame, words)
    _draw_scale_bar(drawing, frame, words)
    _draw_key(drawing, scan, frame, words)
    return drawing


def told(scan: MeasuredScan, *, words: Words) -> str:
    """The depth map in a sentence or two, for those who do not see it."""
    scars = scan.catalogue.scars
    size = [words.number(s, decimals=0) for s in scan.pictures.depth_map.size_mm]
    said = [
        words.text(
            "depth_map.title", n=len(scars), wide=size[0], high=size[1], place=place_of(scan, words)
        )
    ]
    for raised, key in ((False, "depth_map.deepest"), (True, "depth_map.highest")):
        known = [s for s in scars if is_raised(s) is raised and not math.isnan(s.depth_mm)]
        if known:
            most = max(known, key=lambda scar: abs(scar.depth_mm))
            depth = words.number(abs(most.depth_mm), decimals=2)
            said.append(words.text(key, label=most.label, depth=depth))
    return " ".join(said)


def place_of(scan: MeasuredScan, words: Words) -> str:
    """Where a capture was made, in words."""
    if not scan.site:
        return words.text("depth_map.no_place")
    if not scan.side or scan.side == "middle":
        return words.text("place.middle", site=words.term("site", scan.site), side="")
    return words.text(
        "place.side", site=words.term("site", scan.site), side=words.term("side", scan.side)
    )


def _draw_outlines(
    drawing: Drawing, depth_map: DepthMap, frame: Frame, raised: Iterable[int]
) -> None:
    """Each outline twice: a light line under a dark one is seen on every ground."""
    for outline in depth_map.outlines:
        if not outline.points_mm:
            continue
        d = "M" + "L".join("{:.1f} {:.1f}".format(*frame.place(*p)) for p in outline.points_mm)
        dashes: dict[str, str | float] = (
            {"stroke_dasharray": "5 3"} if outline.label in raised else {}
        )
        drawing.path(f"{d}Z", stroke=palette.PAPER, stroke_width=2.6, stroke_linejoin="round")
        drawing.path(
            f"{d}Z", stroke=palette.INK, stroke_width=1.1, stroke_linejoin="round", **dashes
        )


def labels_on(depth_map: DepthMap, frame: Frame, *, raised: Iterable[int]) -> list[Label]:
    """The numbers of the scars, placed; a raised scar's begins with a plus."""
    above = set(raised)
    marked = [
        Marked(
            text=f"+{one.label}" if one.label in above else str(one.label),
            middle=frame.place(*one.middle_mm),
            outline=tuple(frame.place(*p) for p in one.points_mm),
        )
        for one in depth_map.outlines
    ]
    return placed_labels(marked, field=(_LEFT + 2, _TOP + 2, frame.right - 2, frame.bottom - 2))


def _draw_label(drawing: Drawing, label: Label) -> None:
    left, top, _, _ = label.box
    drawing.line(label.x, label.y, *label.tip, stroke=palette.INK, stroke_width=1)
    drawing.box(
        left, top, label.width, HEIGHT, rx=4, fill=palette.PAPER, stroke=palette.INK,
        stroke_width=0.8,
    )  # fmt: skip
    drawing.words(
        label.x, label.y + SIZE * 0.36, label.text, font_size=SIZE, font_weight=700,
        text_anchor="middle",
    )  # fmt: skip


def _bar_height(frame: Frame) -> float:
    return min(max(frame.bottom - _TOP - 44, 150.0), _MOST_BAR)


def _draw_colour_bar(drawing: Drawing, depth_map: DepthMap, frame: Frame, words: Words) -> None:
    """The colours of depth from raised (top) to deep (bottom), with ticks in mm."""
    left, top, high = frame.right + _BAR_LEFT, _TOP + 36, _bar_height(frame)
    drawing.words(left, _TOP + 10, words.text("depth_map.bar"), font_size=13, font_weight=600)
    drawing.words(left, _TOP + 25, words.text("depth_map.unit"), font_size=12, fill=palette.QUIET)
    first, last = depth_map.ramp[0][0], depth_map.ramp[-1][0]

    def down(depth_mm: float) -> float:
        return top + (depth_mm - first) / (last - first) * high

    for (depth, colour), (following, _) in zip(depth_map.ramp, depth_map.ramp[1:], strict=False):
        drawing.box(left, down(depth), _BAR_WIDE, down(following) - down(depth) + 0.6, fill=colour)
    drawing.box(left, top, _BAR_WIDE, high, fill="none", stroke=palette.QUIET, stroke_width=0.8)
    for tick in ticks_between(first, last):
        y = down(tick)
        drawing.line(
            left + _BAR_WIDE, y, left + _BAR_WIDE + 5, y, stroke=palette.QUIET, stroke_width=1
        )
        shown = words.number(abs(tick), decimals=2)
        if tick == 0:
            shown = words.text("depth_map.skin")
        elif tick < 0:
            shown = words.text("depth_map.above", n=shown)
        drawing.words(left + _BAR_WIDE + 9, y + 4.3, shown, font_size=12)


def ticks_between(first: float, last: float) -> list[float]:
    """Round depths from ``first`` to ``last``, zero among them."""
    power = 10.0 ** math.floor(math.log10(last - first)) / 10
    step = next(
        power * nice * more
        for more in (1, 10)
        for nice in (1.0, 2.0, 5.0)
        if (last - first) / (power * nice * more) <= _MOST_TICKS
    )
    low, high = math.ceil(first / step - 1e-9), math.floor(last / step + 1e-9)
    return [index * step for index in range(low, high + 1)]


def scale_bar_mm(frame: Frame) -> float:
    """The length of the scale bar: a round number of mm."""
    wished = _BAR_SHARE * frame.size_mm[0]
    power = 10.0 ** math.floor(math.log10(wished))
    return max(power * nice for nice in _NICE if power * nice <= wished)


def _draw_scale_bar(drawing: Drawing, frame: Frame, words: Words) -> None:
    length = scale_bar_mm(frame)
    y, end = frame.bottom + 18, _LEFT + length * frame.scale
    drawing.line(_LEFT, y, end, y, stroke=palette.INK, stroke_width=3)
    for x in (_LEFT, end):
        drawing.line(x, y - 5, x, y + 5, stroke=palette.INK, stroke_width=1.4)
    shown = words.text("depth_map.mm", n=words.number(length, decimals=2))
    drawing.words(end + 8, y + 4.5, shown, font_size=13, font_weight=600)


def _draw_key(drawing: Drawing, scan: MeasuredScan, frame: Frame, words: Words) -> None:
    """What hatching and dashed outlines mean, where the map has them."""
    y, x = frame.bottom + 18, frame.right
    told_at_right = []
    if any(is_raised(scar) for scar in scan.catalogue.scars):
        told_at_right.append(words.text("depth_map.raised"))
    if scan.pictures.depth_map.missing_share > 0:
        told_at_right.append(words.text("depth_map.missing"))
    for line, text in enumerate(told_at_right):
        drawing.words(x, y + 4.5 + 17 * line, text, font_size=12, text_anchor="end",
                      fill=palette.QUIET)  # fmt: skip
