"""Everything that a page says in one language: fixed texts, numbers, ranges, dates, findings.

The texts stand in ``texts/*.yaml``, one key a text; a template holds no words of its own.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cicatrix.errors import CicatrixError
from cicatrix.knowledge.document import read_document
from cicatrix.records import Finding, Target

TEXTS = Path(__file__).parent / "texts"
#: The languages of the handout.
LANGUAGES = ("en", "es")
#: Numbers of four digits read as well without a mark, and Spanish wants none there.
_GROUPED_FROM = 10_000


class Words:
    """The words of one language, for one kind of page."""

    def __init__(self, language: str, *, files: tuple[str, ...]) -> None:
        self.language = language
        self._texts = read_texts(files)

    def text(self, key: str, **values: object) -> str:
        """The text of a key, with the places in curly brackets filled in."""
        return self._texts[key].format_map(values)

    def has(self, key: str) -> bool:
        """True if there is a text for the key."""
        return key in self._texts

    def of(self, texts: Mapping[str, str]) -> str:
        """The text in this language; English where a page has none."""
        return (texts.get(self.language) or texts.get("en", "")).strip()

    def term(self, kind: str, word: str) -> str:
        """A word of a closed list in everyday words; the word itself where no text is."""
        key = f"{kind}.{word}"
        return self._texts.get(key) or word.replace("_", " ")

    def number(self, value: float, *, decimals: int = 1) -> str:
        """A number with at most so many decimals; ``not known`` where it is NaN."""
        if math.isnan(value):
            return self.text("number.unknown")
        whole, _, part = f"{abs(value):,.{decimals}f}".partition(".")
        whole = whole.replace(",", self._texts["number.thousands"])
        if abs(value) < _GROUPED_FROM:
            whole = whole.replace(self._texts["number.thousands"], "")
        part = part.rstrip("0")
        shown = f"{whole}{self._texts['number.point']}{part}" if part else whole
        return f"−{shown}" if value < 0 and shown.strip("0.,") else shown

    def span(self, low: float, high: float, *, decimals: int = 0) -> str:
        """``3 to 5``, or ``3`` when both ends read the same."""
        first, last = (self.number(end, decimals=decimals) for end in (low, high))
        return first if first == last else self.text("number.span", low=first, high=last)

    def percent(self, low: float, high: float) -> str:
        """``20 to 45 %``, or that nobody counted."""
        if math.isnan(low) or math.isnan(high):
            return self.text("number.unknown")
        return self.text("number.percent", span=self.span(low, high))

    def count(self, key: str, low: float, high: float | None = None) -> str:
        """A quantity with its unit, such as ``1 week`` or ``3 to 5 days``."""
        top = low if high is None else high
        form = "one" if self.span(low, top) == "1" else "many"
        return self.text(f"{key}.{form}", n=self.span(low, top, decimals=1))

    def ago(self, weeks: float) -> str:
        """How long ago something was done; that nobody said where it is not known."""
        if math.isnan(weeks):
            return self.text("week.ago_unknown")
        return self.text("week.ago", weeks=self.count("unit.weeks", weeks))

    def week(self, week: int) -> str:
        """A week of a course as people count it: the first week is week 1."""
        return self.text("week.number", n=week + 1)

    def weeks(self, weeks: Iterable[int]) -> str:
        """Some weeks as people count them: ``week 1``, or ``weeks 1, 5 and 9``."""
        numbers = [str(week + 1) for week in weeks]
        key = "week.number" if len(numbers) == 1 else "week.numbers"
        return self.text(key, n=self.listed(numbers))

    def money(self, amount: float, currency: str) -> str:
        """An amount with its currency, or that no price is known."""
        if math.isnan(amount):
            return self.text("number.no_price")
        shown = self.number(amount, decimals=0)
        return self.text("number.money", amount=shown, currency=currency or "").strip()

    def date(self, written: str) -> str:
        """``2026-11-24`` as people write it."""
        year, month, day = written.split("-")
        return self.text("date", day=int(day), month=self.text(f"month.{int(month)}"), year=year)

    def listed(self, parts: Iterable[str]) -> str:
        """``a, b and c``."""
        *most, last = list(parts) or [""]
        return self.text("list.last", most=", ".join(most), last=last) if most else last

    def target(self, target: Target) -> str:
        """Where and what: ``rolling scars, cheek (both sides)``."""
        key = "target.middle" if target.side == "middle" else "target.side"
        return self.text(
            key,
            type=self.term("finding", target.type),
            site=self.term("site", target.site),
            side=self.term("side", target.side),
        )

    def targets(self, targets: Iterable[Target]) -> str:
        """Several targets, grouped by type: each type once, with all its places."""
        grouped: dict[str, list[str]] = {}
        for target in targets:
            key = "place.middle" if target.side == "middle" else "place.side"
            place = self.text(
                key, site=self.term("site", target.site), side=self.term("side", target.side)
            )
            grouped.setdefault(self.term("finding", target.type), []).append(place)
        return "; ".join(
            self.text("target.group", type=kind, places=", ".join(dict.fromkeys(places)))
            for kind, places in grouped.items()
        )

    def finding(self, finding: Finding) -> str:
        """A finding with its count, as one phrase."""
        count = finding.known.get("count")
        phrase = self.target(finding.target)
        if isinstance(count, (int, float)):
            return self.text("finding.counted", finding=phrase, n=self.number(count, decimals=0))
        return phrase

    def capital(self, text: str) -> str:
        """The text with a capital first letter."""
        return text[:1].upper() + text[1:]


def words_for(language: str) -> Words:
    """The words of a handout.

    Raises
    ------
    CicatrixError
        For a language that has no texts, naming those that have.
    """
    if language not in LANGUAGES:
        raise CicatrixError(
            f"There is no handout in '{language}', because it has no texts. "
            f"Languages with texts: {', '.join(LANGUAGES)}. To add one, copy texts/en.yaml."
        )
    return Words(language, files=(f"{language}.yaml",))


def report_words() -> Words:
    """The words of the clinician's report, in English."""
    return Words("en", files=("en.yaml", "report.en.yaml"))


@functools.cache
def read_texts(files: tuple[str, ...]) -> Mapping[str, str]:
    """The texts of some files by dotted key; a later file adds to and replaces an earlier one."""
    texts: dict[str, str] = {}
    for name in files:
        texts |= _flat(read_document(TEXTS / name).value, "")
    return MappingProxyType(texts)


def _flat(value: Any, prefix: str) -> dict[str, str]:
    if not isinstance(value, dict):
        return {prefix: str(value)}
    flat: dict[str, str] = {}
    for key, inner in value.items():
        flat |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return flat
