"""The outlines of the body map, and where on them each site of the vocabulary lies.

The face looks at the reader, so the patient's left is on the reader's right. Units are those
of the picture; x counts from the middle of each figure and grows to the patient's left.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from cicatrix.reporting.drawing import Drawing

_SKIN = "#f5eee5"
_SHADE = "#e7dccd"
_HAIR = "#cfc6ba"
_EDGE = "#8a8580"
_FEATURE = "#7b746d"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One outline: where its middle line and its top lie in the picture."""

    x: float
    y: float
    marker_radius: float
    #: 1 where the patient's left is on the reader's right, -1 seen from behind.
    left_is: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a site lies: its height, and how far to either side its left and right parts are."""

    figure: str
    y: float
    aside: float
    middle: float = 0


FIGURES = MappingProxyType(
    {
        "face": Figure(x=190, y=8, marker_radius=12.5, left_is=1),
        "front": Figure(x=500, y=30, marker_radius=11, left_is=1),
        "back": Figure(x=500, y=258, marker_radius=11, left_is=-1),
    }
)

PLACES = MappingProxyType(
    {
        "forehead": Place(figure="face", y=88, aside=46),
        "glabella": Place(figure="face", y=126, aside=12),
        "temple": Place(figure="face", y=124, aside=90),
        "cheek": Place(figure="face", y=204, aside=64),
        "nose": Place(figure="face", y=190, aside=13),
        "upper_lip": Place(figure="face", y=233, aside=18),
        "perioral": Place(figure="face", y=258, aside=42),
        "chin": Place(figure="face", y=291, aside=20),
        "jawline": Place(figure="face", y=266, aside=68),
        "earlobe": Place(figure="face", y=210, aside=119),
        "neck": Place(figure="face", y=356, aside=36),
        "chest": Place(figure="front", y=96, aside=34),
        "shoulder": Place(figure="front", y=62, aside=76),
        "back": Place(figure="back", y=92, aside=36),
    }
)


def draw_figures(drawing: Drawing) -> None:
    """Draw the face, and the upper body from the front and from behind."""
    for name, draw in (("face", _face), ("front", _front), ("back", _back)):
        figure = FIGURES[name]
        with drawing.group(
            transform=f"translate({figure.x} {figure.y})", stroke_linecap="round",
            stroke_linejoin="round",
        ):  # fmt: skip
            draw(drawing)


def _both(drawing: Drawing, d: str, **attributes: str | float) -> None:
    """Draw a path and its mirror image."""
    drawing.path(d, **attributes)
    drawing.path(d, transform="scale(-1 1)", **attributes)


def _face(drawing: Drawing) -> None:
    edge: dict[str, str | float] = {"stroke": _EDGE, "stroke_width": 1.6}
    # Neck and shoulders lie behind the head.
    drawing.path(
        "M-58 262C-58 316 -60 336 -76 350C-96 364 -132 368 -158 386L-158 404L158 404L158 386"
        "C132 368 96 364 76 350C60 336 58 316 58 262Z",
        fill=_SKIN, **edge,
    )  # fmt: skip
    drawing.path("M-57 300C-40 332 40 332 57 300C56 296 56 290 56 284L-56 284Z", fill=_SHADE)
    _both(drawing, "M14 392C34 382 60 376 88 374", stroke=_SHADE, stroke_width=2.4)
    # Hair behind, ears, head.
    drawing.path(
        "M-112 150C-124 60 -84 2 0 2C84 2 124 60 112 150C110 170 104 176 102 176L-102 176"
        "C-104 176 -110 170 -112 150Z",
        fill=_HAIR,
    )
    _both(
        drawing,
        "M103 148C112 138 124 142 123 160C122 180 117 206 107 210C102 211 100 205 99 200Z",
        fill=_SKIN, **edge,
    )  # fmt: skip
    _both(drawing, "M109 156C115 154 118 160 116 170C115 178 112 184 109 190", stroke=_EDGE)
    drawing.path(
        "M0 30C58 30 100 62 104 122C106 156 103 190 97 220C91 252 68 286 40 304"
        "C26 313 12 318 0 318C-12 318 -26 313 -40 304C-68 286 -91 252 -97 220"
        "C-103 190 -106 156 -104 122C-100 62 -58 30 0 30Z",
        fill=_SKIN, **edge,
    )  # fmt: skip
    # Fringe along the hairline.
    drawing.path(
        "M-105 132C-104 96 -92 74 -70 62C-34 66 30 60 62 46C86 66 102 92 105 132"
        "C118 70 88 10 0 10C-88 10 -118 70 -105 132Z",
        fill=_HAIR,
    )
    _features(drawing)


def _features(drawing: Drawing) -> None:
    line: dict[str, str | float] = {"stroke": _FEATURE, "stroke_width": 1.7}
    _both(drawing, "M22 137C36 127 56 126 76 136", stroke=_FEATURE, stroke_width=3.4)
    # Eyes closed: the map is of skin, and nobody in particular looks back.
    _both(drawing, "M24 160C36 170 58 171 73 160", stroke=_FEATURE, stroke_width=2.2)
    _both(drawing, "M28 151C40 145 58 145 70 152", stroke=_SHADE, stroke_width=2)
    _both(drawing, "M12 150C9 172 10 186 20 204C22 212 14 215 9 212", **line)
    drawing.path("M-9 212C-4 217 4 217 9 212", **line)
    drawing.path(
        "M-32 251C-18 241 -8 240 0 244C8 240 18 241 32 251C18 268 -18 268 -32 251Z", fill=_SHADE
    )
    drawing.path("M-33 251C-16 256 16 256 33 251", **line)
    drawing.path("M-14 279C-6 283 6 283 14 279", stroke=_SHADE, stroke_width=2.4)


def _torso(drawing: Drawing) -> None:
    drawing.path(
        "M-20 -6C-20 16 -22 24 -36 30C-58 38 -92 38 -104 60C-114 80 -116 120 -118 156L-88 156"
        "C-87 132 -84 112 -80 98C-78 118 -74 138 -72 156L72 156C74 138 78 118 80 98"
        "C84 112 87 132 88 156L118 156C116 120 114 80 104 60C92 38 58 38 36 30"
        "C22 24 20 16 20 -6Z",
        fill=_SKIN, stroke=_EDGE, stroke_width=1.4,
    )  # fmt: skip


def _front(drawing: Drawing) -> None:
    _torso(drawing)
    _both(drawing, "M8 44C28 36 52 40 70 44", stroke=_SHADE, stroke_width=2.4)
    _both(drawing, "M8 120C26 132 52 130 68 112", stroke=_SHADE, stroke_width=2.4)
    drawing.line(0, 56, 0, 118, stroke=_SHADE, stroke_width=2.4)


def _back(drawing: Drawing) -> None:
    _torso(drawing)
    drawing.line(0, 34, 0, 152, stroke=_SHADE, stroke_width=2.4)
    _both(
        drawing, "M58 58C44 62 36 78 40 100C43 114 54 118 62 110", stroke=_SHADE, stroke_width=2.4
    )
