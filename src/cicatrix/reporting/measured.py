"""One measured capture as a page shows it: facts, scars with intervals, doubts as footnotes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from string import ascii_lowercase

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.agreement import rater_agreement
from cicatrix.knowledge.reading_page import Position
from cicatrix.records import MeasuredScan, Scar
from cicatrix.reporting.depth_histogram import draw_depth_histogram
from cicatrix.reporting.depth_map import draw_depth_map, place_of
from cicatrix.reporting.drawing import Inline
from cicatrix.reporting.measures import (
    CERTAIN,
    degrees_with_doubt,
    is_raised,
    likeness,
    type_in_words,
    with_doubt,
)
from cicatrix.reporting.profiles import draw_profiles
from cicatrix.reporting.words import Words

#: Other types are named beside the likeliest from this probability on.
_WORTH_NAMING = 0.05


@dataclass(frozen=True, kw_only=True)
class ScarRow:
    """One scar in words."""

    label: int
    type: str
    likeness: str
    others: tuple[str, ...]
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    depth: str
    width: str
    length: str
    area: str
    volume: str
    wall: str
    doubts: tuple[str, ...]


class ScanView:
    """What the part of a page about one capture asks for; it shows and decides nothing."""

    def __init__(
        self, scan: MeasuredScan, *, knowledge: Knowledge, words: Words, key: str = "scan"
    ) -> None:
        self.scan, self.words, self.key = scan, words, key
        self.catalogue = scan.catalogue
        self._knowledge = knowledge
        used = dict.fromkeys(flag for scar in self.catalogue.scars for flag in scar.flags)
        self._letters = {flag: ascii_lowercase[n] for n, flag in enumerate(used)}

    @property
    def place(self) -> str:
        """Where it was captured, in words."""
        return place_of(self.scan, self.words)

    def depth_map(self) -> Inline:
        """The skin coloured by depth."""
        return draw_depth_map(self.scan, words=self.words, key=f"{self.key}-depth-map").markup()

    def profiles(self) -> Inline:
        """A line across each scar."""
        return draw_profiles(self.scan, words=self.words, key=f"{self.key}-profiles").markup()

    def histogram(self) -> Inline:
        """How many scars are how deep."""
        key = f"{self.key}-histogram"
        return draw_depth_histogram(self.scan, words=self.words, key=key).markup()

    def facts(self) -> list[tuple[str, str]]:
        """The capture at a glance."""
        one, words = self.catalogue, self.words
        by = words.text("scars.by")
        shown = {
            "file": one.name or "–",
            "place": self.place,
            "size": words.text("scars.mm", n=by.join(words.number(s) for s in one.size_mm)),
            "pitch": words.text(
                "scars.mm", n=by.join(words.number(p, decimals=3) for p in one.pitch_mm)
            ),
            "class": self._class(),
            "noise": words.text("scars.um", n=words.number(1000 * one.noise_mm)),
            "missing": words.text("number.percent", span=self.missing()),
            "count": str(len(one.scars)),
        }
        return [(words.text(f"scars.{name}"), value) for name, value in shown.items()]

    def _class(self) -> str:
        """The class of the capture, and whether anybody told how it was made."""
        one = self.catalogue
        if one.capture_class and not one.method:
            return self.words.text("capture_class.by_spacing", letter=one.capture_class)
        return self.words.text(f"capture_class.{one.capture_class.lower() or 'untold'}")

    def rows(self) -> list[ScarRow]:
        """A row for each scar."""
        return [self._row(scar) for scar in self.catalogue.scars]

    def _row(self, scar: Scar) -> ScarRow:
        judged, words = self.scan.types[scar.label], self.words
        ranked = sorted(judged.probability.items(), key=lambda item: -item[1])
        told = likeness(judged)
        depth = with_doubt(abs(scar.depth_mm), scar.depth_sd_mm)
        return ScarRow(
            label=scar.label,
            type=type_in_words(judged.type, also=judged.may_also_be, words=words),
            likeness="" if math.isnan(told) else self._likely(told),
            others=tuple(
                f"{words.term('finding', name).lower()} {self._likely(p)}"
                for name, p in ranked
                if name != judged.type and p >= _WORTH_NAMING
            ),
            reasons=judged.reasons,
            sources=judged.sources,
            depth=words.text("scars.high", n=depth) if is_raised(scar) else depth,
            width=with_doubt(scar.width_mm, scar.width_sd_mm),
            length=with_doubt(scar.length_mm, scar.length_sd_mm),
            area=with_doubt(scar.area_mm2, scar.area_sd_mm2),
            volume=with_doubt(abs(scar.volume_mm3), scar.volume_sd_mm3),
            wall=degrees_with_doubt(scar.wall_degrees, scar.wall_sd_degrees),
            doubts=tuple(self._letters[flag] for flag in scar.flags),
        )

    def reasons(self) -> list[tuple[str, ScarRow]]:
        """Why each scar is called what it is; those of which the same is said together."""
        alike: dict[tuple[str, ...], list[ScarRow]] = {}
        for row in self.rows():
            alike.setdefault((row.type, *row.reasons), []).append(row)
        return [(", ".join(str(row.label) for row in rows), rows[0]) for rows in alike.values()]

    def _likely(self, share: float) -> str:
        """A probability in percent; nothing is ever shown as certain."""
        if share > CERTAIN:
            return self.words.text("scars.almost_sure")
        return self.words.percent(100 * share, 100 * share)

    def footnotes(self) -> list[tuple[str, str]]:
        """What the doubts about single scars mean, by letter."""
        return [(letter, self.scan.doubts[flag]) for flag, letter in self._letters.items()]

    def capture_doubts(self) -> list[str]:
        """The doubts about the whole capture."""
        return [self.scan.doubts[flag] for flag in self.catalogue.flags]

    def surface(self) -> list[tuple[str, str, str]]:
        """The ISO parameters of the unscarred skin: symbol, meaning, value with its unit."""
        rows = []
        for name, value in self.catalogue.surface.items():
            symbol, _, unit = name.partition("_")
            if math.isnan(value):
                none = "iso_none.std" if symbol == "std" else "iso_none.other"
                rows.append((symbol.capitalize(), self.words.text(f"iso.{symbol}"),
                             self.words.text(none)))  # fmt: skip
                continue
            shown = self.words.number(value, decimals=3 if abs(value) < 1 else 1)
            unit = self.words.text(f"iso_unit.{unit}") if unit else ""
            rows.append((symbol.capitalize(), self.words.text(f"iso.{symbol}"),
                         f"{shown} {unit}".strip()))  # fmt: skip
        return rows

    def missing(self) -> str:
        """The share of the samples that were not measured, in percent."""
        return self.words.number(100 * self.catalogue.missing_fraction)

    def type_sources(self) -> list[str]:
        """Who says how the types that are named here are told."""
        named = (s for judged in self.scan.types.values() for s in judged.sources)
        return list(dict.fromkeys(named))

    def agreement(self) -> tuple[Position, ...]:
        """How far people agree on the types that are named here."""
        types = dict.fromkeys(judged.type for judged in self.scan.types.values())
        return rater_agreement(self._knowledge, types=types)
