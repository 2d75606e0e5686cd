"""The map of findings: a shape on the body for each, with a letter that the table repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import ascii_uppercase

from cicatrix import vocabulary as v
from cicatrix.records import Finding
from cicatrix.reporting import palette
from cicatrix.reporting.anatomy import FIGURES, PLACES, draw_figures
from cicatrix.reporting.drawing import Drawing
from cicatrix.reporting.words import Words

WIDTH, HEIGHT = 620, 430
_PER_ROW = 2
#: Between two rows of marks there is room for the counts of the upper one.
_FOR_COUNT = 11.0

GROUP_OF = {name: group for group, names in v.FINDING_GROUPS.items() for name in names}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One shape on the map; a finding on both sides has two."""

    letter: str
    group: str
    figure: str
    x: float
    y: float
    count: str


def letter_of(index: int) -> str:
    """A for the first finding, then B to Z, AA, AB and so on."""
    round_, place = divmod(index, len(ascii_uppercase))
    return (letter_of(round_ - 1) if round_ else "") + ascii_uppercase[place]


def draw_body_map(findings: Iterable[Finding], *, words: Words, key: str = "body-map") -> Drawing:
    """The face and upper body with every finding where it is.

    The patient's left is on the right of the picture, except on the back. The number under a
    shape counts the marks of that finding; a finding on both sides has no number on the map,
    because its count belongs to both sides together.
    """
    found = tuple(findings)
    told = [
        words.text("map.one", letter=letter_of(i), finding=words.finding(f))
        for i, f in enumerate(found)
    ]
    drawing = Drawing(
        key=key,
        width=WIDTH,
        height=HEIGHT,
        title=words.text("map.title") + " " + (" ".join(told) or words.text("map.nothing")),
        text=words.text("map.sides"),
    )
    draw_figures(drawing)
    _label_sides(drawing, words)
    for mark in marks_of(found):
        _draw_mark(drawing, mark)
    return drawing


def marks_of(findings: Iterable[Finding]) -> Iterator[Mark]:
    """Where each finding goes; those that share a place stand beside each other."""
    crowds: dict[tuple[str, str], list[tuple[str, Finding]]] = {}
    for index, finding in enumerate(findings):
        for side in ("left", "right") if finding.side == "both" else (finding.side,):
            crowds.setdefault((finding.site, side), []).append((letter_of(index), finding))
    for (site, side), crowd in crowds.items():
        place, figure = PLACES[site], FIGURES[PLACES[site].figure]
        aside = {"left": place.aside, "right": -place.aside}.get(side, place.middle)
        for slot, (letter, finding) in enumerate(crowd):
            dx, dy = _shift(slot, len(crowd), figure.marker_radius)
            yield Mark(
                letter=letter,
                group=GROUP_OF[finding.type],
                figure=place.figure,
                x=figure.x + figure.left_is * aside + dx,
                y=figure.y + place.y + dy,
                count=_count(finding),
            )


def _count(finding: Finding) -> str:
    count = finding.known.get("count")
    if finding.side == "both" or not isinstance(count, (int, float)):
        return ""
    return f"×{count:g}"


def _shift(slot: int, crowd: int, radius: float) -> tuple[float, float]:
    rows = -(-crowd // _PER_ROW)
    row, column = divmod(slot, _PER_ROW)
    in_row = min(_PER_ROW, crowd - row * _PER_ROW)
    step = 2 * radius + 4
    return (column - (in_row - 1) / 2) * step, (row - (rows - 1) / 2) * (step + _FOR_COUNT)


def _label_sides(drawing: Drawing, words: Words) -> None:
    style: dict[str, str | float] = {"font_size": 14, "fill": palette.QUIET}
    across = 2 * FIGURES["face"].x
    drawing.words(20, 232, words.text("side.right"), text_anchor="start", **style)
    drawing.words(across - 20, 232, words.text("side.left"), text_anchor="end", **style)
    for name in ("front", "back"):
        figure = FIGURES[name]
        label = words.text(f"map.{name}")
        drawing.words(figure.x, figure.y - 16, label, text_anchor="middle", **style)


def _draw_mark(drawing: Drawing, mark: Mark) -> None:
    radius = FIGURES[mark.figure].marker_radius
    draw_shape(drawing, mark.group, mark.x, mark.y, radius)
    small = radius * (1.05 if len(mark.letter) == 1 else 0.8)
    drawing.words(
        mark.x, mark.y + small * 0.36, mark.letter, font_size=small, font_weight=700,
        fill=palette.PAPER, text_anchor="middle",
    )  # fmt: skip
    if mark.count:
        drawing.words(
            mark.x, mark.y + radius + 12, mark.count, font_size=12.5, font_weight=700,
            text_anchor="middle",
        )  # fmt: skip


def draw_shape(drawing: Drawing, group: str, x: float, y: float, radius: float) -> None:
    """The shape of a finding group: they differ without their colours."""
    style: dict[str, str | float] = {
        "fill": palette.GROUP_COLOURS[group], "stroke": palette.PAPER, "stroke_width": 1.6,
        "stroke_linejoin": "round",
    }  # fmt: skip
    if group == "depressed":
        drawing.shape("circle", cx=x, cy=y, r=radius, **style)
        return
    reach = {"raised": 1.28, "colour": 1.34, "open": 0.94}[group] * radius
    corners = {
        "raised": ((0, -1), (1, 0.72), (-1, 0.72)),
        "colour": ((0, -1), (1, 0), (0, 1), (-1, 0)),
        "open": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    }[group]
    points = "L".join(f"{x + reach * dx:.2f} {y + reach * dy:.2f}" for dx, dy in corners)
    drawing.shape("path", d=f"M{points}Z", **style)


def draw_key_shape(group: str, letter: str, *, key: str, title: str) -> Drawing:
    """One shape by itself, for the table beside the map."""
    drawing = Drawing(key=key, width=30, height=30, title=title, text=title)
    draw_shape(drawing, group, 15, 15, 10.5)
    size = 11 if len(letter) == 1 else 8.5
    drawing.words(
        15, 15 + size * 0.36, letter, font_size=size, font_weight=700, fill=palette.PAPER,
        text_anchor="middle",
    )  # fmt: skip
    return drawing
