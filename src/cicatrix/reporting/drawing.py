"""A pen for SVG: shapes and texts in the order in which they are drawn.

All styling is by attributes, because the PDF writer does not apply the style sheet of the
page inside a picture. Every picture has a title (the PDF reads it as alternative text) and a
longer description.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

from cicatrix.reporting import palette

BODY_FONT = "'Atkinson Hyperlegible Next', 'DejaVu Sans', sans-serif"
#: Mean width of a character of the body font, in units of the font size.
MEAN_CHARACTER = 0.54


class Inline(str):
    """Markup that a template may place as it stands: every text in it is already escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        """What template engines ask for before they escape."""
        return str(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One thing drawn: an SVG element, its attributes, and its text or its picture."""

    name: str
    attributes: Mapping[str, str | float]
    text: str = ""
    png: bytes = b""


class Drawing:
    """One picture of ``width`` by ``height`` units; x to the right, y down."""

    def __init__(self, *, key: str, width: float, height: float, title: str, text: str) -> None:
        self.key = key
        self.width = width
        self.height = height
        self.title = title
        self.description = text
        self.elements: list[Element] = []

    def shape(self, name: str, **attributes: str | float) -> None:
        """Any SVG element without content; ``stroke_width`` becomes ``stroke-width``."""
        self.elements.append(Element(name=name, attributes=attributes))

    def path(self, d: str, **attributes: str | float) -> None:
        """A path; without a ``fill`` it is an open line."""
        self.shape("path", d=d, **{"fill": "none", **attributes})

    def line(self, x1: float, y1: float, x2: float, y2: float, **attributes: str | float) -> None:
        """A straight line."""
        self.shape("path", d=f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}", fill="none", **attributes)

    def box(
        self, x: float, y: float, width: float, height: float, **attributes: str | float
    ) -> None:
        """A rectangle; ``rx`` rounds its corners."""
        self.shape("rect", x=x, y=y, width=width, height=height, **attributes)

    def words(self, x: float, y: float, text: str, **attributes: str | float) -> None:
        """One line of text whose baseline starts (or is anchored) at x, y."""
        given = {
            "font_family": BODY_FONT, "font_size": 12, "fill": palette.INK, **attributes,
        }  # fmt: skip
        self.elements.append(Element(name="text", attributes={"x": x, "y": y, **given}, text=text))

    def picture(self, x: float, y: float, width: float, height: float, *, png: bytes) -> None:
        """A raster picture, stretched over a rectangle."""
        place: dict[str, str | float] = {"x": x, "y": y, "width": width, "height": height}
        self.elements.append(Element(name="image", attributes=place, png=png))

    @contextmanager
    def group(self, **attributes: str | float) -> Iterator[None]:
        """Everything drawn inside shares these attributes, such as ``transform``."""
        self.elements.append(Element(name="g", attributes=attributes))
        yield
        self.elements.append(Element(name="/g", attributes={}))

    def markup(self) -> Inline:
        """The picture as inline SVG, safe to place in a page."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="picture {self.key}" role="img"'
            f' viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
            f' aria-labelledby="{self.key}-title {self.key}-text">'
            f'<title id="{self.key}-title">{escape(self.title)}</title>'
            f'<desc id="{self.key}-text">{escape(self.description)}</desc>'
        )
        return Inline(head + "".join(map(_as_svg, self.elements)) + "</svg>")


def _as_svg(element: Element) -> str:
    """One element as SVG."""
    name, written = element.name, _written(element.attributes)
    if name == "text":
        return f"<text{written}>{escape(element.text, quote=False)}</text>"
    if name == "image":
        data = base64.b64encode(element.png).decode()
        return f'<image{written} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'
    if name in ("g", "/g"):
        return f"<{name}{written}>"
    return f"<{name}{written}/>"


def text_width(text: str, *, size: float) -> float:
    """About how wide a line of the body font is."""
    return len(text) * size * MEAN_CHARACTER


def wrapped(text: str, *, width: float, size: float, most_lines: int) -> list[str]:
    """The text in lines that fit ``width``; the last one ends in … where words are left over."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size=size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{lines[most_lines - 1]} …"]
    return lines


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") if number else "0"


def _written(attributes: Mapping[str, str | float]) -> str:
    pairs = (
        (name.rstrip("_").replace("_", "-"), value if isinstance(value, str) else _n(value))
        for name, value in attributes.items()
    )
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs)
