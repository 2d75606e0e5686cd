"""The colours of reports and handouts, in one place for the style sheets and the pictures.

Every pair in ``TEXT_ON`` is text on its ground and keeps a contrast of at least 4.5 to 1.
Nothing is told by colour alone: verdicts carry a sign and a word, findings a shape.
"""

from __future__ import annotations

from types import MappingProxyType

INK = "#1d2b2e"
QUIET = "#4b5b5e"
PAPER = "#ffffff"
SAND = "#f6f1e9"
SAND_DEEP = "#e9e0d2"
LINE = "#cdd5d3"
TEAL = "#0d5358"
TEAL_DEEP = "#083c40"
TEAL_SOFT = "#dfecea"
TEAL_MID = "#7fb0ad"
CLAY = "#a8452a"
CLAY_SOFT = "#f7e6de"
CLAY_MID = "#dca48f"

#: The colours of one verdict: text and edge first, its light ground second.
VERDICT_COLOURS = MappingProxyType(
    {
        "suitable": ("#1b6140", "#e4f1e9"),
        "caution": ("#7d5200", "#fbf0d8"),
        "ask": ("#24548f", "#e4edf8"),
        "defer": ("#5f4585", "#eee8f5"),
        "avoid": ("#9b2727", "#f9e6e4"),
        "not_indicated": ("#4b5b5e", "#eef1f0"),
    }
)
#: Marker colours of the finding groups; white letters stand on them.
GROUP_COLOURS = MappingProxyType(
    {"depressed": TEAL, "raised": "#7d5200", "colour": CLAY, "open": "#4b5b5e"}
)

TEXT_ON = (
    (INK, PAPER),
    (INK, SAND),
    (INK, TEAL_SOFT),
    (INK, CLAY_SOFT),
    (INK, SAND_DEEP),
    (QUIET, PAPER),
    (QUIET, SAND),
    (QUIET, TEAL_SOFT),
    (TEAL, PAPER),
    (TEAL, SAND),
    (TEAL, TEAL_SOFT),
    (CLAY, PAPER),
    (CLAY, SAND),
    (CLAY, CLAY_SOFT),
    (PAPER, TEAL),
    (PAPER, TEAL_DEEP),
    (PAPER, CLAY),
    (TEAL_SOFT, TEAL_DEEP),
    *((dark, light) for dark, light in VERDICT_COLOURS.values()),
    *((dark, PAPER) for dark, _ in VERDICT_COLOURS.values()),
    *((INK, light) for _, light in VERDICT_COLOURS.values()),
    *((PAPER, dark) for dark in GROUP_COLOURS.values()),
)


def css_variables() -> dict[str, str]:
    """The colours as CSS custom properties, for the style sheets."""
    named = {
        "ink": INK, "quiet": QUIET, "paper": PAPER, "sand": SAND, "sand-deep": SAND_DEEP,
        "line": LINE, "teal": TEAL, "teal-deep": TEAL_DEEP, "teal-soft": TEAL_SOFT,
        "teal-mid": TEAL_MID, "clay": CLAY, "clay-soft": CLAY_SOFT, "clay-mid": CLAY_MID,
    }  # fmt: skip
    for verdict, (dark, light) in VERDICT_COLOURS.items():
        named[verdict.replace("_", "-")] = dark
        named[f"{verdict.replace('_', '-')}-soft"] = light
    return named


#: Below this an sRGB channel is linear (IEC 61966-2-1).
_LINEAR_UP_TO = 0.04045


def contrast(text: str, ground: str) -> float:
    """The contrast of two ``#rrggbb`` colours after WCAG 2.2, between 1 and 21."""
    high, low = sorted((_luminance(text), _luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= _LINEAR_UP_TO else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
