"""A drawing as PNG: the same elements that become SVG, painted with the same fonts.

It knows what the pictures of measured skin are made of (rectangles, straight paths, circles,
lines of text, raster pictures) and refuses anything else.
"""

from __future__ import annotations

import functools
import io
import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from cicatrix.reporting.drawing import Drawing, Element

#: Pixels of the finished picture for one unit, and how much finer it is painted first.
PIXELS_PER_UNIT, _FINER = 3, 2
#: 720 units are printed 183 mm wide, the full width of a page of two columns.
_DPI = 300
_FONTS = Path(__file__).parent / "fonts"
_FACES = {400: "400", 600: "600", 700: "700"}
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


def png_of(drawing: Drawing) -> bytes:
    """The drawing as the bytes of a PNG file."""
    scale = PIXELS_PER_UNIT * _FINER
    size = math.ceil(drawing.width * scale), math.ceil(drawing.height * scale)
    image = Image.new("RGB", size, "white")
    brush = _Brush(image, scale)
    for element in drawing.elements:
        brush.paint(element)
    small = image.resize((size[0] // _FINER, size[1] // _FINER), Image.Resampling.BOX)
    written = io.BytesIO()
    small.save(written, "PNG", compress_level=6, dpi=(_DPI, _DPI))
    return written.getvalue()


class _Brush:
    """Paints elements one over the other."""

    def __init__(self, image: Image.Image, scale: int) -> None:
        self.image, self.scale = image, scale
        self.draw = ImageDraw.Draw(image)

    def paint(self, element: Element) -> None:
        """Paint one element."""
        ways = {"rect": self._box, "path": self._path, "text": self._words, "image": self._picture,
                "circle": self._disc}  # fmt: skip
        if element.name not in ways:
            raise ValueError(f"A picture with <{element.name}> cannot be painted as PNG.")
        ways[element.name](element)

    def _size(self, element: Element, *names: str) -> list[float]:
        return [float(element.attributes.get(name, 0)) * self.scale for name in names]

    def _colours(self, element: Element) -> tuple[str | None, str | None, int]:
        fill, stroke = (str(element.attributes.get(n, "none")) for n in ("fill", "stroke"))
        (width,) = self._size(element, "stroke_width")
        return (
            None if fill == "none" else fill,
            None if stroke == "none" else stroke,
            max(1, round(width)),
        )

    def _box(self, element: Element) -> None:
        x, y, wide, high, radius = self._size(element, "x", "y", "width", "height", "rx")
        fill, stroke, width = self._colours(element)
        half = width / 2 if stroke else 0
        self.draw.rounded_rectangle(
            (x - half, y - half, x + wide + half - 1, y + high + half - 1), radius=radius,
            fill=fill, outline=stroke, width=width if stroke else 0,
        )  # fmt: skip

    def _disc(self, element: Element) -> None:
        x, y, radius = self._size(element, "cx", "cy", "r")
        fill, stroke, width = self._colours(element)
        self.draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=fill, outline=stroke,
            width=width if stroke else 0,
        )  # fmt: skip

    def _path(self, element: Element) -> None:
        fill, stroke, width = self._colours(element)
        dashes = [float(n) * self.scale for n in _NUMBERS.findall(
            str(element.attributes.get("stroke_dasharray", "")))]  # fmt: skip
        for line in self._lines(str(element.attributes["d"])):
            if fill:
                self.draw.polygon(line, fill=fill)
            if stroke:
                for piece in _dashed(line, dashes) if dashes else (line,):
                    self.draw.line(piece, fill=stroke, width=width, joint="curve")

    def _lines(self, d: str) -> Iterator[list[tuple[float, float]]]:
        """The straight lines of a path that holds nothing but M, L and Z."""
        if set(re.findall("[A-Za-z]", d)) - set("MLZ"):
            raise ValueError(f"A path of {d[:40]}… cannot be painted as PNG.")
        for part in filter(None, d.split("M")):
            numbers = [float(n) * self.scale for n in _NUMBERS.findall(part)]
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
            yield [*points, points[0]] if part.rstrip().endswith("Z") else points

    def _words(self, element: Element) -> None:
        x, y, size = self._size(element, "x", "y", "font_size")
        weight = _FACES[int(element.attributes.get("font_weight", 400))]
        anchor = {"middle": "ms", "end": "rs"}.get(
            str(element.attributes.get("text_anchor", "")), "ls"
        )
        self.draw.text(
            (x, y), element.text, fill=str(element.attributes["fill"]), anchor=anchor,
            font=_font(weight, round(size)),
        )  # fmt: skip

    def _picture(self, element: Element) -> None:
        x, y, wide, high = (round(n) for n in self._size(element, "x", "y", "width", "height"))
        with Image.open(io.BytesIO(element.png)) as shown:
            large = shown.convert("RGB").resize((wide, high), Image.Resampling.BICUBIC)
        self.image.paste(large, (x, y))


def _dashed(
    line: list[tuple[float, float]], dashes: list[float]
) -> Iterator[list[tuple[float, float]]]:
    """The drawn pieces of a line: a dash, a gap, a dash and so on along its whole length."""
    pattern = itertools.cycle(dashes)
    left, drawn, piece = next(pattern), True, [line[0]]
    for start, end in itertools.pairwise(line):
        at, length = 0.0, math.dist(start, end)
        while length - at > left:
            at += left
            share = at / length
            turn = (
                start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
            )  # fmt: skip
            if drawn:
                yield [*piece, turn]
            left, drawn, piece = next(pattern), not drawn, [turn]
        left -= length - at
        piece.append(end)
    if drawn:
        yield piece


@functools.cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / f"atkinson-hyperlegible-next-{weight}.woff2", size)
