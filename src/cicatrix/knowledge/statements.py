"""The small pieces that every knowledge page is made of: texts, sources, ranges, words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cicatrix import vocabulary as v
from cicatrix.vocabulary import Certainty, nearest


class Piece(BaseModel):
    """A part of a page: frozen, and strict about fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


#: So many words can be listed where none is near.
_FEW = 8


def word_of(kind: str, known: Iterable[str]) -> Callable[[str], str]:
    """A validator that accepts the words of one closed list and suggests the nearest."""
    words = tuple(known)

    def check(word: str) -> str:
        if word not in words:
            few = f"; it is one of {', '.join(words)}" if len(words) <= _FEW else ""
            raise ValueError(f"knows no {kind} called '{word}'{nearest(word, words) or few}")
        return word

    return check


TreatmentId = Annotated[str, AfterValidator(word_of("treatment", v.TREATMENTS))]
FindingType = Annotated[str, AfterValidator(word_of("finding type", v.FINDING_TYPES))]
#: What a treatment may be for: a finding type, ``acne`` (the active disease) or ``any``.
Target = Annotated[str, AfterValidator(word_of("target", (*v.FINDING_TYPES, "acne", "any")))]
SiteId = Annotated[str, AfterValidator(word_of("site", v.SITES))]
CautionId = Annotated[str, AfterValidator(word_of("caution", v.CAUTIONS))]
FitzpatrickType = Annotated[str, AfterValidator(word_of("Fitzpatrick type", v.FITZPATRICK))]
Avoidable = Annotated[str, AfterValidator(word_of("avoidable thing", v.AVOIDABLE))]
Component = Annotated[
    str,
    AfterValidator(
        word_of(
            "component",
            ("colour", "texture", "tether", "focal_depth", "volume", "height", "residual", "acne",
             "protection", "safety"),
        )
    ),
]  # fmt: skip
ConflictId = Annotated[str, Field(pattern=r"^C\d+$")]


class Text(Piece):
    """Words for patients, in every language that cicatrix speaks."""

    en: str = Field(min_length=1)
    es: str = Field(min_length=1)


class Citation(Piece):
    """One source, and the place in it."""

    id: str
    where: str = ""


class Sourced(Piece):
    """A statement that names who says so.

    ``verified: false`` marks what is only remembered and was not seen in print.
    """

    sources: tuple[Citation, ...] = Field(min_length=1)
    verified: bool = True
    note: str = ""


class SourcedText(Sourced):
    """Words for patients with their sources."""

    text: Text


class Range(Sourced):
    """A quantity between two values, both included; the field that holds it names the unit."""

    low: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"has its low end ({self.low:g}) above its high end ({self.high:g})")
        return self


class Checked(Piece):
    """Who last looked at the page, and on which day."""

    on: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    by: str = Field(min_length=1)


class Signature(Piece):
    """The clinician who answers for a local page that loosens a shipped one."""

    by: str = Field(min_length=1)
    on: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    why: str = Field(min_length=1)


class Page(Piece):
    """What every page has: an id that is its file name, and a day on which it was checked."""

    id: str
    checked: Checked
    signed: Signature | None = None


class Value(Sourced):
    """A threshold that a rule uses by name."""

    value: float
    unit: str = Field(min_length=1)


class Source(Piece):
    """One entry of the list of sources, with how far it was read."""

    id: str
    title: str
    authors: str
    year: int | None
    journal: str | None
    doi: str | None
    url: str | None
    kind: str
    seen: bool
    depth: str
    note: str = ""
    doi_recalled: str | None = None


def places_left_open(text: str) -> list[str]:
    """List the names in curly brackets of a text, such as ``wait`` in ``{wait} months``."""
    return re.findall(r"\{(\w+)\}", text)


def certainty_or_none(value: Any) -> Certainty:
    """The certainty of a statement, ``none`` where nothing was given."""
    return Certainty(value) if value else Certainty.NONE
