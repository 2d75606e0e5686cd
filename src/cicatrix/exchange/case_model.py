"""The fields of a case file (`cicatrix.case/1`), and what each may hold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from cicatrix import vocabulary as v
from cicatrix.knowledge.statements import word_of
from cicatrix.knowledge.treatment_names import known_treatment


def _answer(value: Any) -> Any:
    if value is True:
        return v.YES
    if value is False:
        return v.NO
    return v.UNKNOWN if value is None else value


def _yes_no_unknown(value: str) -> str:
    if value not in v.ANSWERS:
        raise ValueError(f"is '{value}'; the answer is yes, no or unknown")
    return value


def _nothing_is_unknown(value: Any) -> Any:
    return v.UNKNOWN if value is None else value


def _words(kind: str, words: tuple[str, ...]) -> Any:
    known = word_of(kind, (*words, v.UNKNOWN))
    return Annotated[str, BeforeValidator(_nothing_is_unknown), AfterValidator(known)]


def _number(value: Any) -> Any:
    """A number, or NaN for ``unknown``. Words that only look like numbers are turned away."""
    if value in (None, v.UNKNOWN):
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"needs a number or unknown, and has {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"needs a finite number, and has {value!r}")
    return float(value)


def _between(low: float, high: float, *, words: Mapping[str, float] | None = None) -> Any:
    """A number between two limits, NaN for unknown; ``words`` may stand for numbers."""

    def read(value: Any) -> Any:
        if isinstance(value, str) and words and value in words:
            return words[value]
        number = _number(value)
        if not math.isnan(number) and not low <= number <= high:
            raise ValueError(f"is {number:g}, and must lie between {low:g} and {high:g}")
        return number

    return Annotated[float, BeforeValidator(read)]


def _whole(low: float, high: float) -> Any:
    """A whole number between two limits, NaN for unknown; a fraction is never cut down."""

    def read(number: float) -> float:
        if not math.isnan(number) and number != math.floor(number):
            raise ValueError(f"is {number:g}, and must be a whole number")
        return number

    return Annotated[_between(low, high), AfterValidator(read)]


def _all_treatments(value: Any) -> Any:
    return v.TREATMENTS if value in (None, v.UNKNOWN, "all") else value


def _unknown_is_empty(value: Any) -> Any:
    return () if value in (None, v.UNKNOWN) else value


def _unknown_part(value: Any) -> Any:
    return {} if value in (None, v.UNKNOWN) else value


T = TypeVar("T")
#: A part of the file; ``unknown`` is read as one in which nothing was told.
PartOrUnknown = Annotated[T, BeforeValidator(_unknown_part)]
#: A list; ``unknown`` is read as an empty one, and the reader asks :func:`is_given` which it was.
ListOrUnknown = Annotated[tuple[T, ...], BeforeValidator(_unknown_is_empty)]


#: Far more treatments than there are, and few enough to look for what each word may mean.
_MOST_LISTED = 100


def _not_too_many(value: Any) -> Any:
    if isinstance(value, (list, tuple, dict)) and len(value) > _MOST_LISTED:
        raise ValueError(f"holds {len(value)} entries, and may hold {_MOST_LISTED}; name each once")
    return value


_Few = BeforeValidator(_not_too_many)


def is_given(raw: Mapping[str, Any], field: str) -> bool:
    """True if a file answers a list field, even if with an empty list."""
    return raw.get(field) not in (None, v.UNKNOWN)


AnswerField = Annotated[str, BeforeValidator(_answer), AfterValidator(_yes_no_unknown)]
Treatment = Annotated[str, AfterValidator(known_treatment)]
Lesion = Annotated[str, AfterValidator(word_of("acne lesion", v.ACNE_LESIONS))]
Thing = Annotated[str, AfterValidator(word_of("thing to avoid", v.AVOIDABLE))]
Site = Annotated[str, AfterValidator(word_of("site", v.SITES))]
Side = Annotated[str, AfterValidator(word_of("side", v.SIDES))]
#: Characters that nobody sees and that steer a terminal or turn the direction of a text. Line
#: breaks and tabs are welcome; so are the joiners that some scripts and emoji need.
_STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _plain_text(value: str) -> str:
    hidden = _STEERING.search(value)
    if hidden:
        raise ValueError(
            f"holds a hidden control character (U+{ord(hidden[0]):04X}); type the text again"
        )
    return value


PlainText = Annotated[str, AfterValidator(_plain_text)]
FreeText = Annotated[PlainText, Field(max_length=5000)]
Years: Any = _between(0, 120)
Weeks: Any = _between(0, 6000)
Millimetres: Any = _between(0, 500)
Money: Any = _between(0, 1e9)


class Part(BaseModel):
    """A part of a case file: frozen, and strict about fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PatientPart = create_model(
    "PatientPart",
    __base__=Part,
    age=(Years, math.nan),
    sex=(_words("sex", v.SEXES), v.UNKNOWN),
    fitzpatrick=(_words("Fitzpatrick type", v.FITZPATRICK), v.UNKNOWN),
    monk=(_whole(1, 10), math.nan),
    ita_degrees=(_between(-90, 90), math.nan),
)
AcnePart = create_model(
    "AcnePart",
    __base__=Part,
    severity=(_words("acne severity", v.ACNE_SEVERITIES), v.UNKNOWN),
    kind=(_words("kind of acne", v.ACNE_KINDS), v.UNKNOWN),
    lesions=(ListOrUnknown[Lesion], ()),
    scarring_still=(AnswerField, v.UNKNOWN),
)
_INTAKE_FIELDS: dict[str, Any] = {
    **dict.fromkeys(v.INTAKE_ANSWERS, (AnswerField, v.UNKNOWN)),
    **{name: (_words(name, words), v.UNKNOWN) for name, words in v.INTAKE_CHOICES.items()},
    "isotretinoin_stopped_months": (_between(0, 1200), math.nan),
    "filler_weeks_ago": (_between(0, 6000, words={"never": math.inf}), math.nan),
    "dcq_score": (_between(0, 21), math.nan),
    "notes": (FreeText, ""),
}
IntakePart = create_model("IntakePart", __base__=Part, **_INTAKE_FIELDS)
FindingPart = create_model(
    "FindingPart",
    __base__=Part,
    type=(Annotated[str, AfterValidator(word_of("finding type", v.FINDING_TYPES))], ...),
    site=(Site, ...),
    side=(Side, ...),
    count=(_whole(0, 10_000), math.nan),
    severity=(_words("severity", v.SEVERITIES), v.UNKNOWN),
    distensible=(AnswerField, v.UNKNOWN),
    tethered=(AnswerField, v.UNKNOWN),
    age_weeks=(Weeks, math.nan),
    width_mm=(Millimetres, math.nan),
    depth_mm=(Millimetres, math.nan),
    height_mm=(Millimetres, math.nan),
)


def _local(value: str) -> str:
    """A file of this machine. Opening an address of another one would send it who asks."""
    if "://" in value or value.startswith(("//", "\\\\")):
        raise ValueError(f"is '{value}', an address; name a file on this machine")
    return value


def _unknown_is_left_out(value: Any) -> Any:
    return "" if value in (None, "unknown") else value


_LeftOut = BeforeValidator(_unknown_is_left_out)

CapturePart = create_model(
    "CapturePart",
    __base__=Part,
    file=(Annotated[PlainText, AfterValidator(_local), Field(min_length=1, max_length=1000)], ...),
    site=(Annotated[Site | Literal[""], _LeftOut], ""),
    side=(Annotated[Side | Literal[""], _LeftOut], ""),
    pitch_mm=(_between(0, 100), math.nan),
    unit=(Annotated[Literal["mm", "um", "cm", "m", ""], _LeftOut], ""),
    mm_per_unit=(_between(0, 1e6), math.nan),
    method=(Annotated[PlainText, _LeftOut, Field(max_length=100)], ""),
)
EarlierPart = create_model(
    "EarlierPart",
    __base__=Part,
    treatment=(Treatment, ...),
    weeks_ago=(Weeks, math.nan),
    result=(_words("result", v.EARLIER_RESULTS), v.UNKNOWN),
)


def _currency(value: str) -> str:
    if not re.fullmatch("[A-Z]{3}", value):
        raise ValueError(f"is '{value}'; write three capital letters, such as USD or EUR")
    return value


def _unknown_is_none(value: Any) -> Any:
    return None if value == v.UNKNOWN else value


BudgetPart = create_model(
    "BudgetPart",
    __base__=Part,
    amount=(Money, ...),
    currency=(Annotated[str, AfterValidator(_currency)], ...),
)
WishesPart = create_model(
    "WishesPart",
    __base__=Part,
    text=(FreeText, ""),
    requested=(Annotated[ListOrUnknown[Treatment], _Few], ()),
    avoid=(Annotated[ListOrUnknown[Thing], _Few], ()),
    max_downtime_days=(_between(0, 365), math.nan),
    max_sessions=(_between(0, 1000), math.nan),
    done_within_weeks=(_between(0, 1000), math.nan),
    low_pain=(AnswerField, v.UNKNOWN),
    lasting=(AnswerField, v.UNKNOWN),
    budget=(Annotated[BudgetPart | None, BeforeValidator(_unknown_is_none)], None),
)
ClinicPart = create_model(
    "ClinicPart",
    __base__=Part,
    offers=(
        Annotated[tuple[Treatment, ...], BeforeValidator(_all_treatments), _Few],
        v.TREATMENTS,
    ),
    prices=(
        Annotated[dict[Treatment, Money], BeforeValidator(_unknown_part), _Few],
        Field(default_factory=dict),
    ),
)
#: A whole case file. The parts are made by ``create_model`` because most of their fields
#: come from the closed lists of the vocabulary.
CaseModel = create_model(
    "CaseModel",
    __base__=Part,
    schema_=(Literal["cicatrix.case/1"], Field(alias="schema")),
    name=(Annotated[PlainText, Field(max_length=200)], ""),
    patient=(PartOrUnknown[PatientPart], Field(default_factory=PatientPart)),
    acne=(PartOrUnknown[AcnePart], Field(default_factory=AcnePart)),
    intake=(PartOrUnknown[IntakePart], Field(default_factory=IntakePart)),
    findings=(Annotated[ListOrUnknown[FindingPart], Field(max_length=500)], ()),
    #: Checked against the scale pages (`scale_scores.py`), not here.
    scales=(Any, None),
    captures=(Annotated[ListOrUnknown[CapturePart], Field(max_length=100)], ()),
    earlier_treatments=(Annotated[ListOrUnknown[EarlierPart], _Few], ()),
    wishes=(PartOrUnknown[WishesPart], Field(default_factory=WishesPart)),
    clinic=(PartOrUnknown[ClinicPart], Field(default_factory=ClinicPart)),
)
