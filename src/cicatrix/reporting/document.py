"""One self-contained HTML page from a template: styles, fonts and pictures inside it."""

from __future__ import annotations

import base64
import functools
import importlib
from pathlib import Path
from typing import Any

from cicatrix.errors import MissingExtraError
from cicatrix.reporting import palette
from cicatrix.reporting.drawing import Inline
from cicatrix.reporting.words import Words

_HERE = Path(__file__).parent
#: Family, weight, style and file of every font that a page carries.
FONTS = (
    ("Atkinson Hyperlegible Next", 400, "normal", "atkinson-hyperlegible-next-400.woff2"),
    ("Atkinson Hyperlegible Next", 400, "italic", "atkinson-hyperlegible-next-400-italic.woff2"),
    ("Atkinson Hyperlegible Next", 600, "normal", "atkinson-hyperlegible-next-600.woff2"),
    ("Atkinson Hyperlegible Next", 700, "normal", "atkinson-hyperlegible-next-700.woff2"),
    ("Newsreader", 500, "normal", "newsreader-500.woff2"),
    ("Newsreader", 600, "normal", "newsreader-600.woff2"),
)
_EXTRA = "It is not installed. Run: pip install 'cicatrix[report]'"


def fill(template: str, *, style: str, words: Words, **values: Any) -> str:
    """The template as a whole page, with the style sheet of its kind."""
    page = environment().get_template(template)
    sheet = Inline(style_sheet(style))
    return str(page.render(w=words, kind=style, style_sheet=sheet, **values))


@functools.cache
def environment() -> Any:
    """The templates; every value is escaped, because a case holds free text.

    Raises
    ------
    MissingExtraError
        Where jinja2 is not installed.
    """
    try:
        jinja2 = importlib.import_module("jinja2")
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"Reports are written with jinja2. {_EXTRA}") from error
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def style_sheet(kind: str) -> str:
    """Fonts, colours, the shared rules and those of one kind of page."""
    colours = "".join(f"--{name}:{value};" for name, value in palette.css_variables().items())
    sheets = [(_HERE / "style" / f"{name}.css").read_text("utf-8") for name in ("shared", kind)]
    return "\n".join([_font_faces(), f":root{{{colours}}}", *sheets])


def _font_faces() -> str:
    faces = []
    for family, weight, slant, file in FONTS:
        data = base64.b64encode((_HERE / "fonts" / file).read_bytes()).decode()
        faces.append(
            f"@font-face{{font-family:'{family}';font-weight:{weight};font-style:{slant};"
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return "\n".join(faces)
