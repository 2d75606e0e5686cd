"""The findings as table rows: what is known of each, and what nobody measured."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cicatrix.records import Answer, Finding
from cicatrix.reporting.body_map import GROUP_OF, draw_key_shape, letter_of
from cicatrix.reporting.drawing import Inline
from cicatrix.reporting.measures import type_in_words
from cicatrix.reporting.words import Words

#: What can be known of a finding, by group; what is absent is listed as not measured.
MEASURES = {
    "depressed": (
        "count", "severity", "distensible", "tethered", "age_weeks", "width_mm", "depth_mm",
    ),
    "raised": ("count", "severity", "age_weeks", "width_mm", "height_mm"),
    "colour": ("count", "severity", "age_weeks"),
    "open": ("count", "severity", "age_weeks"),
}  # fmt: skip
_SIZES = ("width_mm", "depth_mm", "height_mm", "area_mm2", "volume_mm3")
_OWN_COLUMN = ("count", "severity")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One finding in words; ``missing`` names what was not measured or recorded."""

    shape: Inline
    letter: str
    type: str
    place: str
    count: str
    severity: str
    sizes: tuple[str, ...]
    other: tuple[str, ...]
    missing: tuple[str, ...]
    measured: bool


def finding_rows(findings: Iterable[Finding], *, words: Words, key: str) -> list[Row]:
    """A row for each finding, lettered as on the map."""
    return [_row(finding, letter_of(i), words, f"{key}-{i}") for i, finding in enumerate(findings)]


def _row(finding: Finding, letter: str, words: Words, key: str) -> Row:
    group, known = GROUP_OF[finding.type], finding.known
    title = words.text("map.shape", letter=letter, group=words.text(f"group.{group}"))
    place_key = "place.middle" if finding.side == "middle" else "place.side"
    return Row(
        shape=draw_key_shape(group, letter, key=key, title=title).markup(),
        letter=letter,
        type=type_in_words(finding.type, also=finding.may_also_be, words=words),
        place=words.text(
            place_key,
            site=words.term("site", finding.site),
            side=words.term("side", finding.side),
        ),
        count=_count(finding, words),
        severity=words.term("severity", str(known["severity"])) if "severity" in known else "",
        sizes=tuple(_measure(name, known[name], words) for name in _SIZES if name in known),
        other=tuple(
            _measure(name, value, words)
            for name, value in known.items()
            if name not in (*_SIZES, *_OWN_COLUMN)
        ),
        missing=tuple(name for name in MEASURES[group] if name not in known),
        measured=finding.measured,
    )


def _count(finding: Finding, words: Words) -> str:
    if "count" not in finding.known:
        return ""
    told = _answer(finding.known["count"], words)
    return words.text("number.at_least", n=told) if finding.is_counted_in_part else told


def _measure(name: str, value: Answer, words: Words) -> str:
    key = f"findings.{name}"
    if name == "age_weeks" and words.has(key) and isinstance(value, (int, float)):
        return words.text(key, n=words.count("unit.weeks", value))
    if words.has(key):
        return words.text(key, n=_answer(value, words))
    if not words.has("findings.fact"):
        return ""
    return words.text("findings.fact", name=name.replace("_", " "), value=_answer(value, words))


def _answer(value: Answer, words: Words) -> str:
    return answer_in_words(value, words)


def answer_in_words(value: Answer, words: Words) -> str:
    """A known answer as people read it."""
    if isinstance(value, tuple):
        return ", ".join(word.replace("_", " ") for word in value)
    if isinstance(value, str):
        return words.term("answer", value)
    if math.isinf(value):
        return words.text("number.never")
    return words.number(value, decimals=2)
