"""The pages that decide: rules, red flags, and how treatments go together in time."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from cicatrix.knowledge.conditions import Condition
from cicatrix.knowledge.statements import (
    CautionId,
    ConflictId,
    Page,
    Piece,
    Range,
    Sourced,
    Text,
    Value,
    places_left_open,
)
from cicatrix.vocabulary import Certainty, Verdict

#: A treatment id, ``group:peels`` (a group of the vocabulary) or ``set:procedures`` (sets.yaml).
TreatmentWords = Annotated[tuple[str, ...], Field(min_length=1)]


class RuleCase(Piece):
    """A small example that the test run executes: given these answers, this verdict."""

    given: dict[str, Any] = Field(default_factory=dict)
    finding: dict[str, Any] = Field(default_factory=dict)
    findings: tuple[dict[str, Any], ...] = ()
    earlier: tuple[dict[str, Any], ...] | None = None
    #: The treatment that is asked about, where the rule asks for the treatment ``itself``.
    treatment: str = ""
    verdict: Verdict


class RedFlag(Piece):
    """What to do when the rule fires; a red flag is shown before everything else."""

    do: Literal[
        "emergency_care", "urgent_dermatology_referral", "dermatology_referral",
        "mental_health_referral", "treat_first", "guardian_consent", "ask_the_prescriber",
    ]  # fmt: skip
    text: Text
    urgency: Literal["emergency", "urgent", "soon"]
    #: ``everything``: no course at all until this is seen to, not only what the rule stops.
    waits: Literal["what_the_rule_stops", "everything"] = "what_the_rule_stops"


class Until(Piece):
    """Until when a deferred treatment waits."""

    text: Text
    #: The fact that counts up to the threshold, if there is one: its rest is shown.
    fact: str | None = None
    reaches: str | None = None


class RulePage(Page, Sourced):
    """When a treatment is not simply suitable, and why.

    ``unknown`` is the verdict while the facts do not decide: ``ask`` unless the rule only
    cautions, in which case the caution holds until the answer is known.
    """

    title: str
    applies_to: TreatmentWords
    when: Condition
    verdict: Literal[Verdict.CAUTION, Verdict.DEFER, Verdict.AVOID]
    unknown: Literal[Verdict.CAUTION, Verdict.ASK] | None = None
    caution: CautionId
    because: str = Field(min_length=1)
    do: str = Field(min_length=1)
    until: Until | None = None
    patient: Text
    red_flag: RedFlag | None = None
    values: dict[str, Value] = Field(default_factory=dict)
    certainty: Certainty
    conflict: ConflictId | None = None
    cases: tuple[RuleCase, ...] = Field(min_length=3)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.verdict is Verdict.DEFER and self.until is None:
            raise ValueError("defers, so it must say until when ('until')")
        if self.verdict is not Verdict.CAUTION and self.unknown is Verdict.CAUTION:
            raise ValueError("would let an unknown pass: a rule that stops must ask")
        if self.red_flag is not None and self.when.names_itself:
            raise ValueError("is about one treatment ('itself'), so it cannot raise a red flag")
        unknown_names = self.when.names_used() - set(self.values)
        if unknown_names:
            raise ValueError(f"uses the value '{min(unknown_names)}' but does not give it")
        for text in (self.because, self.do, self.patient.en, self.patient.es):
            for name in places_left_open(text):
                if name not in self.values:
                    raise ValueError(f"names {{{name}}} in a text but does not give its value")
        return self

    @property
    def when_unknown(self) -> Verdict:
        """The verdict while the facts do not decide this rule."""
        if self.unknown is not None:
            return self.unknown
        return Verdict.CAUTION if self.verdict is Verdict.CAUTION else Verdict.ASK

    @property
    def reads_finding(self) -> bool:
        """True if the rule is about one finding and must be tried for each."""
        return any(fact.startswith("finding.") for fact in self.when.reads())


class CombinationPage(Page, Sourced):
    """How two treatments go together in time.

    ``order``      every session of ``first`` comes at least ``gap_weeks`` before any of ``then``
                   (for continuous treatments counted from their start);
    ``gap``        any two sessions, one of each, lie ``gap_weeks`` apart, in either order;
    ``same_day``   may share a session; when they do not, ``gap_weeks`` lie between;
    ``exclusive``  not both in one course;
    ``companion``  a course that holds one of ``then`` must hold one of ``first``, started at
                   least ``gap_weeks`` before.
    """

    title: str
    kind: Literal["order", "gap", "same_day", "exclusive", "companion"]
    first: TreatmentWords
    then: TreatmentWords
    gap_weeks: Range | None = None
    when: Condition | None = Field(default=None, alias="if")
    because: str = Field(min_length=1)
    patient: Text
    certainty: Certainty
    conflict: ConflictId | None = None

    @model_validator(mode="after")
    def _gap_where_needed(self) -> Self:
        if self.kind in ("order", "gap", "same_day") and self.gap_weeks is None:
            raise ValueError(f"is of kind '{self.kind}', so it needs 'gap_weeks'")
        return self
