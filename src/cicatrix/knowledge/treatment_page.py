"""The page of one treatment: what it is, for what, how often, how well, at which risk."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cicatrix.knowledge.conditions import Condition
from cicatrix.knowledge.statements import (
    Avoidable,
    CautionId,
    Citation,
    Component,
    ConflictId,
    FitzpatrickType,
    Page,
    Piece,
    Range,
    Sourced,
    SourcedText,
    Target,
    Text,
    TreatmentId,
)
from cicatrix.vocabulary import Certainty, Role


class Suits(Sourced):
    """For which findings, in which role. The first entry whose condition is true counts.

    What is not known may make any entry before it the first: then the least leading role
    counts, or the facts are asked for.
    """

    types: tuple[Target, ...] = Field(min_length=1)
    role: Role
    component: Component
    when: Condition | None = Field(default=None, alias="if")
    why: str = Field(min_length=1)
    certainty: Certainty
    conflict: ConflictId | None = None


class Sessions(Sourced):
    """How many sessions make one course."""

    low: int = Field(ge=1)
    typical: int = Field(ge=1)
    high: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.typical <= self.high:
            raise ValueError("needs low <= typical <= high")
        return self


class Schedule(Piece):
    """When: ``sessions`` at a clinic, ``continuous`` at home, or ``none`` (a referral)."""

    kind: Literal["sessions", "continuous", "none"]
    sessions: Sessions | None = None
    interval_weeks: Range | None = None
    course_weeks: Range | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "sessions" and self.sessions is None:
            raise ValueError("is by sessions, so it needs 'sessions'")
        if self.kind == "sessions" and self.sessions and self.sessions.high > 1:
            if self.interval_weeks is None:
                raise ValueError("has more than one session, so it needs 'interval_weeks'")
        if self.kind == "continuous" and self.course_weeks is None:
            raise ValueError("is continuous, so it needs 'course_weeks'")
        return self


class Lasting(Piece):
    """How long the result stays, and the top-ups that keep it."""

    permanent: bool = False
    weeks: Range | None = None
    top_up_every_weeks: Range | None = None
    text: Text


class Band(Piece):
    """A share of the patients who improved by between ``low_percent`` and ``high_percent``."""

    low_percent: float = Field(ge=-100, le=100)
    high_percent: float = Field(ge=-100, le=100)
    share_percent: float = Field(ge=0, le=100)


#: How far printed shares may miss 100 percent through rounding.
_ROUNDING_PERCENT = 3


class Result(Piece):
    """What one arm of a study found, in the shape in which it was reported.

    ``bands``: shares of patients by percent improved. ``mean_percent``: mean improvement
    in percent (positive is better), with its 95 % interval where printed. ``responders``:
    the share that improved by at least ``threshold_percent``. ``not_convertible``: anything
    else, told in words only.
    """

    kind: Literal["bands", "mean_percent", "responders", "not_convertible"]
    bands: tuple[Band, ...] = ()
    value_percent: float | None = Field(default=None, ge=-100, le=100)
    interval_percent: tuple[float, float] | None = None
    share_percent: float | None = Field(default=None, ge=0, le=100)
    threshold_percent: float | None = Field(default=None, ge=0, le=100)
    why: str = ""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        needed = {
            "bands": bool(self.bands),
            "mean_percent": self.value_percent is not None,
            "responders": self.share_percent is not None and self.threshold_percent is not None,
            "not_convertible": bool(self.why),
        }
        if not needed[self.kind]:
            raise ValueError(f"says kind '{self.kind}' but lacks the fields of that kind")
        if self.bands and abs(sum(b.share_percent for b in self.bands) - 100) > _ROUNDING_PERCENT:
            raise ValueError("has bands whose shares do not add up to 100 percent")
        return self


class Effect(Sourced):
    """One study's answer to "how much does it help?"."""

    id: str
    types: tuple[Target, ...] = Field(min_length=1)
    text: str = Field(min_length=1)
    scale: str = Field(min_length=1)
    design: Literal[
        "network_meta_analysis", "meta_analysis", "rct", "rct_split_face",
        "cohort", "case_series", "review", "expert",
    ]  # fmt: skip
    n: int | None = Field(default=None, ge=1)
    comparator: Literal["none", "untreated", "placebo", "active", "mixed"]
    comparator_text: str = ""
    sessions: int | None = Field(default=None, ge=1)
    after_weeks: float | None = Field(default=None, ge=0)
    fitzpatrick: tuple[FitzpatrickType, ...] = ()
    result: Result
    comparator_result: Result | None = None
    certainty: Certainty
    conflict: ConflictId | None = None


class AdverseEvent(Sourced):
    """How often something unwanted happens, for which skin types, as an interval.

    No ``fitzpatrick`` means: for every type. ``percent: null`` means nobody counted.
    """

    event: str
    fitzpatrick: tuple[FitzpatrickType, ...] = ()
    percent_low: float | None = Field(default=None, ge=0, le=100)
    percent_high: float | None = Field(default=None, ge=0, le=100)
    basis: Literal["study", "expert_default", "label", "uncounted"]
    text: str = Field(min_length=1)
    conflict: ConflictId | None = None

    @model_validator(mode="after")
    def _an_interval_or_nothing(self) -> Self:
        low, high = self.percent_low, self.percent_high
        if (low is None) != (high is None) or (low is not None and high is not None and low > high):
            raise ValueError("needs both percent_low <= percent_high, or neither")
        if (low is None) != (self.basis == "uncounted"):
            raise ValueError("is 'uncounted' exactly when it has no percentages")
        return self


class Instruction(SourcedText):
    """Something to do before or after a session, for everybody or under a condition."""

    when: Condition | None = Field(default=None, alias="if")


class StopSign(SourcedText):
    """A sign on which to stop and get help, and how fast."""

    urgency: Literal["emergency", "same_day", "call_clinic"]


class Label(Sourced):
    """What a regulator's label says of this use."""

    jurisdiction: str
    status: Literal["approved", "cleared", "off_label", "not_a_device_or_drug", "unknown"]
    text: str = Field(min_length=1)


class Product(Sourced):
    """A named product, as an example and never an endorsement."""

    name: str
    maker_line: str = ""
    material: str
    longevity: str
    best_use: str
    label: str


class Price(Sourced):
    """A published price, for orientation only and never a quote."""

    low: float = Field(ge=0)
    high: float = Field(ge=0)
    currency: str
    per: Literal["session", "syringe", "procedure"]
    year: int | None = None


class TreatmentPage(Page):
    """Everything cicatrix knows about one treatment."""

    id: TreatmentId
    name: Text
    also_called: tuple[str, ...] = ()
    plain: Text
    how_it_works: str = Field(min_length=1)
    products: tuple[Product, ...] = ()
    uses: tuple[Avoidable, ...] = ()
    settings: tuple[Literal["home", "clinic", "theatre"], ...] = Field(min_length=1)
    suits: tuple[Suits, ...]
    schedule: Schedule
    downtime_days: Range | None = None
    onset_weeks: Range | None = None
    lasts: Lasting
    pain_0_to_10: Range | None = None
    effects: tuple[Effect, ...]
    adverse_events: tuple[AdverseEvent, ...]
    prepare: tuple[Instruction, ...] = ()
    aftercare: tuple[Instruction, ...] = ()
    expect: Text
    stop_signs: tuple[StopSign, ...] = ()
    labels: tuple[Label, ...]
    cautions: tuple[CautionId, ...] = ()
    conflicts: tuple[ConflictId, ...] = ()
    prices: tuple[Price, ...] = ()
    questions_to_ask: tuple[Text, ...] = ()
    evidence_grade: Literal["A", "B", "C", "D", "none"]
    sources: tuple[Citation, ...] = Field(min_length=1)
