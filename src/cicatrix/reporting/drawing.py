"""A pen for SVG: shapes and texts in the order in which they are drawn.

All styling is by attributes, because the PDF writer does not apply the style sheet of the
page inside a picture. Every picture has a title (the PDF reads it as alternative text) and a
longer description.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


class Drawing:
    """One picture of ``width`` by ``height`` units; x to the right, y down."""

    def __init__(self, *, key: str, width: float, height: float, title: str, text: str) -> None:
        self.key = key
        self.width = width
        self.height = height
        self.title = title
        self.description = text
        self._parts: list[str] = []

    def shape(self, name: str, **attributes: str | float) -> None:
        """Any SVG element without content; ``stroke_width`` becomes ``stroke-width``."""
        self._parts.append(f"<{name}{_written(attributes)}/>")

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
        inner = escape(text, quote=False)
        self._parts.append(f"<text{_written({'x': x, 'y': y, **given})}>{inner}</text>")

    @contextmanager
    def group(self, **attributes: str | float) -> Iterator[None]:
        """Everything drawn inside shares these attributes, such as ``transform``."""
        self._parts.append(f"<g{_written(attributes)}>")
        yield
        self._parts.append("</g>")

    def markup(self) -> Inline:
        """The picture as inline SVG, safe to place in a page."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="picture {self.key}" role="img"'
            f' viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
            f' aria-labelledby="{self.key}-title {self.key}-text">'
            f'<title id="{self.key}-title">{escape(self.title)}</title>'
            f'<desc id="{self.key}-text">{escape(self.description)}</desc>'
        )
        return Inline(head + "".join(self._parts) + "</svg>")


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


def _written(attributes: dict[str, str | float]) -> str:
    pairs = (
        (name.rstrip("_").replace("_", "-"), value if isinstance(value, str) else _n(value))
        for name, value in attributes.items()
    )
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs)
