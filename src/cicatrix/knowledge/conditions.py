"""The closed set of words in which a rule says when it applies.

``answer``, ``at_least``, ``less_than``, ``finding``, ``finding_at_least``,
``finding_less_than``, ``any_finding``, ``weeks_since``, ``earlier_result``, ``all``, ``any``,
``not``.
There are no expressions: a machine can list every fact that a rule reads.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from cicatrix import vocabulary as v
from cicatrix.knowledge.statements import Piece, word_of
from cicatrix.vocabulary import nearest


def _as_words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_as_words), Field(min_length=1)]


def _check_words(facts: dict[str, Any], given: dict[str, tuple[str, ...]]) -> None:
    for fact, words in given.items():
        if fact not in facts:
            raise ValueError(f"knows no fact called '{fact}'{nearest(fact, facts)}")
        known = facts[fact]
        if not known:
            raise ValueError(f"compares the number '{fact}' with words; use at_least or less_than")
        for word in words:
            if word not in known:
                raise ValueError(f"'{fact}' is never '{word}'{nearest(word, known)}")


def _check_numbers(facts: dict[str, Any], given: dict[str, float | str]) -> None:
    for fact in given:
        if fact not in facts:
            raise ValueError(f"knows no fact called '{fact}'{nearest(fact, facts)}")
        if facts[fact]:
            raise ValueError(f"'{fact}' is not a number; use answer")


def _patient_words(given: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    _check_words(dict(v.PATIENT_FACTS), given)
    return given


def _finding_words(given: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    _check_words(dict(v.FINDING_FACTS), given)
    return given


def _patient_numbers(given: dict[str, float | str]) -> dict[str, float | str]:
    _check_numbers(dict(v.PATIENT_FACTS), given)
    return given


def _finding_numbers(given: dict[str, float | str]) -> dict[str, float | str]:
    _check_numbers(dict(v.FINDING_FACTS), given)
    return given


PatientWords = Annotated[dict[str, Words], AfterValidator(_patient_words), Field(min_length=1)]
FindingWords = Annotated[dict[str, Words], AfterValidator(_finding_words), Field(min_length=1)]
#: fact -> a number, or the name of an entry of the page's ``values``.
PatientNumbers = Annotated[
    dict[str, float | str], AfterValidator(_patient_numbers), Field(min_length=1)
]
FindingNumbers = Annotated[
    dict[str, float | str], AfterValidator(_finding_numbers), Field(min_length=1)
]


class WeeksSince(Piece):
    """An earlier treatment less than so many weeks ago."""

    treatment: Words
    less_than: float | str


#: The treatment that a rule is about, and the others of its group in the vocabulary.
ITSELF, ITS_GROUP = "itself", "its_group"

EarlierResults = Annotated[
    tuple[Annotated[str, AfterValidator(word_of("result", v.EARLIER_RESULTS))], ...],
    BeforeValidator(_as_words),
    Field(min_length=1),
]


class EarlierResult(Piece):
    """An earlier treatment that left the skin so; not told what it did is not known.

    ``itself`` stands for the treatment that the rule is about, ``its_group`` for the others of
    its group: such a rule is put to each of its treatments.
    """

    treatment: Words
    result: EarlierResults

    def about(self, treatment: str) -> EarlierResult:
        """The same question with one treatment put in for ``itself`` and ``its_group``."""
        group = next((g for g in v.TREATMENT_GROUPS.values() if treatment in g), ())
        stands_for = {ITSELF: (treatment,), ITS_GROUP: tuple(t for t in group if t != treatment)}
        named = (name for word in self.treatment for name in stands_for.get(word, (word,)))
        return EarlierResult.model_construct(treatment=tuple(named), result=self.result)


class Condition(Piece):
    """One node of a condition: exactly one of the words."""

    answer: PatientWords | None = None
    at_least: PatientNumbers | None = None
    less_than: PatientNumbers | None = None
    finding: FindingWords | None = None
    finding_at_least: FindingNumbers | None = None
    finding_less_than: FindingNumbers | None = None
    any_finding: FindingWords | None = None
    weeks_since: WeeksSince | None = None
    earlier_result: EarlierResult | None = None
    all: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    any: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        words = self.model_fields_set
        if len(words) != 1:
            raise ValueError(
                "needs exactly one word in each condition (answer, at_least, less_than, "
                "finding, finding_at_least, finding_less_than, any_finding, weeks_since, "
                f"earlier_result, all, any, not), and has {sorted(words) or 'none'}"
            )
        return self

    def parts(self) -> tuple[Condition, ...]:
        """The conditions inside this one, none for a leaf."""
        inner = (*(self.all or ()), *(self.any or ()))
        return (*inner, self.not_) if self.not_ else inner

    def reads(self) -> frozenset[str]:
        """Every fact this condition reads; those of a finding start with ``finding.``."""
        facts = {*(self.answer or ()), *(self.at_least or ()), *(self.less_than or ())}
        for inner in (self.finding, self.finding_at_least, self.finding_less_than):
            facts |= {f"finding.{name}" for name in inner or ()}
        facts |= {f"any_finding.{name}" for name in self.any_finding or ()}
        if self.weeks_since or self.earlier_result:
            facts.add("earlier_treatments")
        for part in self.parts():
            facts |= part.reads()
        return frozenset(facts)

    @property
    def names_itself(self) -> bool:
        """True if it asks for the treatment that its rule is about, or for that one's group."""
        asked = self.earlier_result.treatment if self.earlier_result else ()
        return ITSELF in asked or ITS_GROUP in asked or any(p.names_itself for p in self.parts())

    def about(self, treatment: str) -> Condition:
        """The condition as it is put to one treatment of its rule."""
        if not self.names_itself:
            return self
        if self.earlier_result:
            return Condition(earlier_result=self.earlier_result.about(treatment))
        if self.not_:
            return Condition.model_validate({"not": self.not_.about(treatment)})
        parts = tuple(part.about(treatment) for part in self.parts())
        return Condition(all=parts) if self.all else Condition(any=parts)

    def names_used(self) -> frozenset[str]:
        """The names of the page's ``values`` that this condition uses as thresholds."""
        numbers: list[float | str] = []
        for given in (
            self.at_least,
            self.less_than,
            self.finding_at_least,
            self.finding_less_than,
        ):
            numbers += (given or {}).values()
        if self.weeks_since:
            numbers.append(self.weeks_since.less_than)
        names = {number for number in numbers if isinstance(number, str)}
        for part in self.parts():
            names |= part.names_used()
        return frozenset(names)
