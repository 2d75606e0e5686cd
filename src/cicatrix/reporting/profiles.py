"""A line across each scar, all on one scale: what was measured, and the numbers read from it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cicatrix.pictures import Profile
from cicatrix.records import MeasuredScan, Scar
from cicatrix.reporting import palette
from cicatrix.reporting.drawing import Drawing, text_width
from cicatrix.reporting.measures import Z95, is_raised, with_doubt
from cicatrix.reporting.words import Words

WIDTH = 720.0
#: Units for a millimetre across, if the widest line fits; and how often deeper may be drawn.
_SCALE, _EXAGGERATIONS = 25.0, (5, 4, 3, 2, 1)
#: A panel is at least so wide, and its curve at most so high, in units.
_LEAST_WIDE, _MOST_HIGH = 116.0, 120.0
_GAP, _HEAD, _FOOT, _MARGIN = 16.0, 50.0, 12.0, 6.0
_KEY_HIGH = 66.0
#: The straight wall is drawn down to this share of the depth.
_WALL_DOWN = 0.7
#: Round lengths for the scale in the key.
_ACROSS_MM, _DOWN_MM = (5.0, 2.0, 1.0, 0.5), (0.5, 0.2, 0.1, 0.05)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Units for a millimetre along the skin, and how many times more into it."""

    across: float
    exaggeration: int

    @property
    def down(self) -> float:
        """Units for a millimetre of depth."""
        return self.across * self.exaggeration


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One scar's line on the drawing: the corner of its panel, and its size."""

    scar: Scar
    profile: Profile
    x: float
    y: float
    width: float
    skin_y: float

    @property
    def middle(self) -> float:
        """Where the middle of the scar lies."""
        return self.x + self.width / 2


def scale_of(scan: MeasuredScan) -> Scale:
    """One scale for all lines of a capture, so that they can be compared by eye."""
    profiles = scan.pictures.profiles
    widest = max((p.distance_mm[-1] - p.distance_mm[0] for p in profiles), default=1.0)
    across = min(_SCALE, (WIDTH - 2 * _MARGIN) / widest)
    highest = max((sum(_range(p)) for p in profiles), default=1.0)
    fitting = (n for n in _EXAGGERATIONS if n * across * highest <= _MOST_HIGH)
    return Scale(across=across, exaggeration=next(fitting, 1))


def _range(profile: Profile) -> tuple[float, float]:
    """How far a line goes above the skin, and below it."""
    known = [d for d in profile.depth_mm if not math.isnan(d)] or [0.0]
    return max(0.0, -min(known)), max(0.0, *known)


def panels_of(scan: MeasuredScan, scale: Scale) -> tuple[list[Panel], float]:
    """The panels side by side in rows, each as wide as its line, and where the rows end."""
    scars = {scar.label: scar for scar in scan.catalogue.scars}
    panels: list[Panel] = []
    top = _MARGIN
    for row in _rows(scan.pictures.profiles, scale):
        above, below = (max(_range(p)[k] for p, _ in row) * scale.down for k in (0, 1))
        x, skin_y = _MARGIN, top + _HEAD + above
        for profile, width in row:
            panels.append(
                Panel(
                    scar=scars[profile.label],
                    profile=profile,
                    x=x,
                    y=top,
                    width=width,
                    skin_y=skin_y,
                )
            )
            x += width + _GAP
        top = skin_y + below + _FOOT
    return panels, top


def _rows(profiles: Iterable[Profile], scale: Scale) -> Iterable[list[tuple[Profile, float]]]:
    row: list[tuple[Profile, float]] = []
    used = 0.0
    for profile in profiles:
        across = (profile.distance_mm[-1] - profile.distance_mm[0]) * scale.across
        width = max(across, _LEAST_WIDE)
        if row and used + width > WIDTH - 2 * _MARGIN:
            yield row
            row, used = [], 0.0
        row.append((profile, width))
        used += width + _GAP
    if row:
        yield row


def draw_profiles(scan: MeasuredScan, *, words: Words, key: str) -> Drawing:
    """A line across the narrow width of every scar."""
    scale = scale_of(scan)
    panels, bottom = panels_of(scan, scale)
    drawing = Drawing(
        key=key,
        width=WIDTH,
        height=bottom + _KEY_HIGH,
        title=_told(scan, scale, words),
        text=words.text("profiles.text"),
    )
    for panel in panels:
        _draw_numbers(drawing, panel, scan, words)
        _draw_reading(drawing, panel, scale)
        _draw_line(drawing, panel, scale)
    _draw_key(drawing, scale, bottom, words)
    return drawing


def _told(scan: MeasuredScan, scale: Scale, words: Words) -> str:
    each = [
        words.text(
            "profiles.high" if is_raised(scar) else "profiles.deep",
            label=scar.label,
            depth=with_doubt(abs(scar.depth_mm), scar.depth_sd_mm),
            width=with_doubt(scar.width_mm, scar.width_sd_mm),
        )
        for scar in scan.catalogue.scars
    ]
    title = words.text("profiles.title", n=len(each), times=scale.exaggeration)
    return " ".join([title, *each])


def _draw_numbers(drawing: Drawing, panel: Panel, scan: MeasuredScan, words: Words) -> None:
    """Number, type, depth and width over the line."""
    scar = panel.scar
    kind = words.term("finding", scan.types[scar.label].type)
    drawing.words(panel.x, panel.y + 11, f"{scar.label} {kind}", font_size=12.5, font_weight=700)
    deep = "profiles.height" if is_raised(scar) else "profiles.depth"
    told = (
        words.text(deep, n=with_doubt(abs(scar.depth_mm), scar.depth_sd_mm)),
        words.text("profiles.width", n=with_doubt(scar.width_mm, scar.width_sd_mm)),
    )
    for line, text in enumerate(told, start=1):
        drawing.words(panel.x, panel.y + 11 + 13.5 * line, text, font_size=11, fill=palette.QUIET)


def _draw_reading(drawing: Drawing, panel: Panel, scale: Scale) -> None:
    """What was read from all samples of the scar: skin, depth with its interval, width, walls."""
    scar, y = panel.scar, panel.skin_y
    half = (panel.profile.distance_mm[-1] - panel.profile.distance_mm[0]) / 2 * scale.across
    drawing.line(
        panel.middle - half, y, panel.middle + half, y, stroke=palette.QUIET, stroke_width=0.9,
        stroke_dasharray="4 3",
    )  # fmt: skip
    if math.isnan(scar.depth_mm):
        return
    left, right = (panel.middle + side * scar.width_mm / 2 * scale.across for side in (-1, 1))
    deepest, doubt = y + scar.depth_mm * scale.down, Z95 * scar.depth_sd_mm * scale.down
    drawing.box(left, deepest - doubt, right - left, max(2 * doubt, 0.8), fill=palette.CLAY_MID)
    drawing.line(left, deepest, right, deepest, stroke=palette.CLAY, stroke_width=1)
    run = _WALL_DOWN * scar.depth_mm / math.tan(math.radians(max(scar.wall_degrees, 1.0)))
    run = min(abs(run), scar.width_mm / 2) * scale.across
    foot = y + _WALL_DOWN * scar.depth_mm * scale.down
    for side, inwards in ((left, run), (right, -run)):
        drawing.line(side, y, side + inwards, foot, stroke=palette.CLAY, stroke_width=1)
        drawing.line(side, y - 4, side, y + 4, stroke=palette.CLAY, stroke_width=1.4)


def _draw_line(drawing: Drawing, panel: Panel, scale: Scale) -> None:
    """The measured depth; the line breaks where nothing was measured."""
    samples = zip(panel.profile.distance_mm, panel.profile.depth_mm, strict=True)
    for there, piece in itertools.groupby(samples, key=lambda s: not math.isnan(s[1])):
        points = [
            f"{panel.middle + x * scale.across:.1f} {panel.skin_y + d * scale.down:.1f}"
            for x, d in piece
        ] if there else []  # fmt: skip
        if len(points) > 1:
            drawing.path(
                "M" + "L".join(points), stroke=palette.INK, stroke_width=1.5,
                stroke_linejoin="round",
            )  # fmt: skip


def _draw_key(drawing: Drawing, scale: Scale, bottom: float, words: Words) -> None:
    """The two scales, and what the lines mean."""
    x, y = _MARGIN, bottom + 20
    across = _fitting(_ACROSS_MM, scale.across, least=24.0)
    down = _fitting(_DOWN_MM, scale.down, least=10.0)
    wide, high = across * scale.across, down * scale.down
    drawing.line(x, y, x, y + high, stroke=palette.INK, stroke_width=2)
    drawing.line(x, y + high, x + wide, y + high, stroke=palette.INK, stroke_width=2)
    told = words.text("profiles.scale", across=words.number(across), times=scale.exaggeration,
                      down=words.number(down, decimals=2))  # fmt: skip
    drawing.words(x + wide + 8, y + high, told, font_size=12, font_weight=600)
    y += high + 20
    for colour, key in (
        (palette.INK, "profiles.line"),
        (palette.QUIET, "profiles.skin"),
        (palette.CLAY, "profiles.reading"),
    ):
        text = words.text(key)
        dashes: dict[str, str | float] = (
            {"stroke_dasharray": "4 3"} if key == "profiles.skin" else {}
        )
        drawing.line(x, y - 4, x + 22, y - 4, stroke=colour, stroke_width=1.6, **dashes)
        drawing.words(x + 28, y, text, font_size=12, fill=palette.QUIET)
        x += 28 + text_width(text, size=12) + 22


def _fitting(lengths: Sequence[float], scale: float, *, least: float) -> float:
    """The shortest of some round lengths that is drawn at least so long."""
    return next((mm for mm in reversed(lengths) if mm * scale >= least), lengths[0])
