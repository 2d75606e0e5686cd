"""Measured scars in numbers as people read them: two decimals, and the 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cicatrix.records import Scar, TypeJudgement
from cicatrix.reporting.words import Words
from cicatrix.vocabulary import FINDING_GROUPS

#: Half the width of a 95 % interval, in standard errors.
Z95 = 1.96
#: Above this a probability would be rounded to certainty.
CERTAIN = 0.99


def is_raised(scar: Scar) -> bool:
    """True for a scar above the skin; the volume tells it where no depth is given."""
    return scar.volume_mm3 < 0


def likeness(judged: TypeJudgement) -> float:
    """How probable the type is that was named; NaN where the shape left it open."""
    if judged.type in FINDING_GROUPS["open"]:
        return math.nan
    return judged.probability.get(judged.type, math.nan)


def type_in_words(name: str, *, also: Iterable[str], words: Words) -> str:
    """A type, with those that no measured shape tells from it."""
    told = words.term("finding", name)
    for other in also:
        told = words.text("finding.either", name=told, other=words.term("finding", other).lower())
    return told


def with_doubt(value: float, sd: float, *, digits: int = 2, unit: str = "") -> str:
    """``0.42 ± 0.04``; the part after ± is half of the 95 % interval, never shown as zero."""
    if math.isnan(value):
        return "–"
    half = Z95 * sd
    if math.isnan(half):
        return f"{value:.{digits}f}{unit}"
    return f"{value:.{digits}f}{unit} ± {max(half, 10.0**-digits):.{digits}f}"


def degrees_with_doubt(value: float, sd: float) -> str:
    """``63° ± 4``: an angle in whole degrees."""
    return with_doubt(value, sd, digits=0, unit="°")
