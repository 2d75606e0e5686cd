"""What the pages say about the things in a plan: names, sources, and what is only remembered.

A plan may name a page that this knowledge does not hold; then the id stands in for the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.statements import Citation, Sourced, Text
from cicatrix.knowledge.treatment_page import Instruction, TreatmentPage
from cicatrix.records import Improvement, Reason
from cicatrix.reporting.words import Words


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """The statements of one page that were not seen in print: their places, by what is noted."""

    page: str
    places: Mapping[str, tuple[str, ...]]


class Library:
    """The pages, read in one language."""

    def __init__(self, knowledge: Knowledge, words: Words) -> None:
        self.knowledge = knowledge
        self._words = words

    def text(self, text: Text) -> str:
        """A page's text for patients in this language."""
        return self._words.of({"en": text.en, "es": text.es})

    def treatment(self, name: str) -> TreatmentPage | None:
        """The page of a treatment, if there is one."""
        return self.knowledge.treatments.get(name)

    def name(self, treatment: str) -> str:
        """What the treatment is called."""
        page = self.treatment(treatment)
        return self.text(page.name) if page else self._words.term("treatment", treatment)

    def short_name(self, treatment: str) -> str:
        """The name without what stands in brackets after it, for pictures and long lists."""
        return self.name(treatment).partition(" (")[0]

    def names(self, treatments: Iterable[str]) -> list[str]:
        """What some treatments are called."""
        return [self.name(treatment) for treatment in treatments]

    def title_of(self, reason: Reason) -> str:
        """The title of the page that speaks; the reason itself where it has no title."""
        page = self.knowledge.rules.get(reason.rule)
        return page.title if page else reason.text

    def is_local(self, reason: Reason) -> bool:
        """True if a clinic's own page speaks."""
        return reason.local or reason.rule in self.knowledge.local

    def is_remembered(self, reason: Reason) -> bool:
        """True if the page that speaks, or a number it uses, was not seen in print."""
        rule = self.knowledge.rules.get(reason.rule)
        if rule is not None:
            return not rule.verified or any(not value.verified for value in rule.values.values())
        page = self.treatment(reason.rule.removeprefix("treatments/"))
        fits = page.suits if page else ()
        return any(not fit.verified and fit.why.strip() == reason.text.strip() for fit in fits)

    def effect_is_remembered(self, treatment: str, improvement: Improvement) -> bool:
        """True if one of the studies behind an effect was not seen in print."""
        page = self.treatment(treatment)
        effects = page.effects if page else ()
        return any(not e.verified and e.text.strip() in improvement.text for e in effects)

    def instruction(self, treatment: str, english: str) -> Instruction | None:
        """The instruction of a treatment's page with this English text."""
        page = self.treatment(treatment)
        both = (*page.prepare, *page.aftercare) if page else ()
        return next((i for i in both if i.text.en.strip() == english.strip()), None)

    def remembered(self, pages: Iterable[str]) -> list[Remembered]:
        """Every statement of some pages (``folder/id``) that was not seen in print."""
        every = self.knowledge.pages()
        found = []
        for name in pages:
            places: dict[str, list[str]] = {}
            for place, piece in _sourced(every[name], "") if name in every else ():
                if not piece.verified:
                    places.setdefault(piece.note.strip(), []).append(place)
            if places:
                kept = {note: tuple(where) for note, where in places.items()}
                found.append(Remembered(page=name, places=kept))
        return found


def ids(citations: Iterable[Citation]) -> tuple[str, ...]:
    """The ids of some citations."""
    return tuple(citation.id for citation in citations)


def _sourced(piece: BaseModel, place: str) -> Iterator[tuple[str, Sourced]]:
    if isinstance(piece, Sourced):
        yield place, piece
    for name in type(piece).model_fields:
        value: Any = getattr(piece, name)
        inner = f"{place}.{name}".lstrip(".").replace("_", " ")
        if isinstance(value, BaseModel):
            yield from _sourced(value, inner)
        elif isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, BaseModel):
                    yield from _sourced(part, f"{inner}.{key}")
        elif isinstance(value, tuple):
            for number, part in enumerate(value, start=1):
                if isinstance(part, BaseModel):
                    yield from _sourced(part, f"{inner} {number}")
