"""What passes between the rooms: small frozen records in the words of the glossary.

A fact that is not in a mapping is unknown, never "no". Each is whole once made, and never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cicatrix.scale_records import Grade, ItemScore, ScaleScore
from cicatrix.scan_records import MeasuredScan, Scar, ScarCatalogue, TypeJudgement
from cicatrix.vocabulary import Certainty, Role, Verdict

__all__ = [
    "Answer",
    "Answers",
    "Capture",
    "Case",
    "Clinic",
    "Course",
    "Decision",
    "EarlierTreatment",
    "ExcludedTarget",
    "Expected",
    "Finding",
    "Grade",
    "Improvement",
    "Intake",
    "ItemScore",
    "MeasuredScan",
    "NotPlanned",
    "NotShown",
    "Plan",
    "Proof",
    "Question",
    "Reason",
    "RedFlag",
    "Relaxation",
    "ScaleScore",
    "Scar",
    "ScarCatalogue",
    "Step",
    "Target",
    "TypeJudgement",
    "Upkeep",
    "Wishes",
]

#: A known answer: a word, a number, or several words where a fact holds many (acne lesions).
Answer = str | float | tuple[str, ...]
Answers = Mapping[str, Answer]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A finding that a treatment is for: where it is, and its type."""

    site: str
    side: str
    type: str

    def __str__(self) -> str:
        return f"{self.type} on {self.site} ({self.side})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One kind of mark at one site: what somebody saw or cicatrix measured.

    ``known`` holds the rest that is known: ``count``, ``severity``, ``distensible``, ``tethered``,
    ``age_weeks``, ``width_mm``, ``height_mm``, and ``depth_mm``, positive into the skin.
    """

    type: str
    site: str
    side: str
    known: Answers = field(default_factory=dict)
    measured: bool = False
    #: What of ``known`` a scan told; a count among it is that of the scanned part of the site.
    scanned: tuple[str, ...] = ()
    #: Types that what was measured does not tell from ``type``.
    may_also_be: tuple[str, ...] = ()

    @property
    def is_counted_in_part(self) -> bool:
        """True if only a scan counted: there may be more beside it."""
        return "count" in self.scanned

    @property
    def types(self) -> tuple[str, ...]:
        """Every type that it may be of, the one that it is called by first."""
        return (self.type, *self.may_also_be)

    @property
    def target(self) -> Target:
        """The finding as something to treat."""
        return Target(site=self.site, side=self.side, type=self.type)


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierTreatment:
    """Something done before, and what it did to the skin: better, same, worse or unknown."""

    treatment: str
    weeks_ago: float
    result: str = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """What the patient told us.

    ``facts`` holds only what is known; ``possible`` narrows what is not (a skin type by a measured
    tone). ``earlier`` counts only if ``earlier_known``: an empty list means "none".
    """

    facts: Answers = field(default_factory=dict)
    possible: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    earlier: tuple[EarlierTreatment, ...] = ()
    earlier_known: bool = False
    monk: int = 0
    ita_degrees: float = float("nan")
    notes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What the patient wants of a course. Infinite limits mean "no limit wished"."""

    text: str = ""
    requested: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    max_downtime_days: float = float("inf")
    max_sessions: float = float("inf")
    done_within_weeks: float = float("inf")
    budget: float = float("inf")
    currency: str = ""
    low_pain: str = "unknown"
    lasting: str = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clinic:
    """What the clinic offers, and its price per session in the budget's currency."""

    offers: frozenset[str]
    prices: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """A file to measure (in ``folder``), where it was taken, and where a case names it."""

    file: str
    folder: str = ""
    site: str = ""
    side: str = ""
    pitch_mm: float = float("nan")
    named_at: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One patient's case file, read and found free of contradictions."""

    intake: Intake
    findings: tuple[Finding, ...]
    wishes: Wishes
    clinic: Clinic
    captures: tuple[Capture, ...] = ()
    measured: tuple[MeasuredScan, ...] = ()
    name: str = ""
    #: True where the file lists its findings, even if with an empty list: clear skin.
    findings_known: bool = False
    scores: tuple[ScaleScore, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why: the page that speaks, what it says for this patient, and who says so."""

    rule: str
    verdict: Verdict
    text: str
    patient: Mapping[str, str]
    sources: tuple[str, ...]
    conflict: str = ""
    caution: str = ""
    local: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ExcludedTarget:
    """A finding that this treatment must leave alone, while others may be treated."""

    target: Target
    verdict: Verdict
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Improvement:
    """Percent better, as an interval; NaN ends mean that there is no evidence to count with.

    ``placebo_*``: how much better the untreated or placebo arms of the same studies became.
    Those of several treatments are not combined; ``placebo_apart`` tells how many there are.
    """

    low_percent: float
    high_percent: float
    certainty: Certainty
    text: str = ""
    sources: tuple[str, ...] = ()
    placebo_low_percent: float = float("nan")
    placebo_high_percent: float = float("nan")
    placebo_apart: int = 0

    @property
    def is_known(self) -> bool:
        """True if there are numbers."""
        return self.low_percent == self.low_percent

    @property
    def has_placebo(self) -> bool:
        """True if the untreated or placebo arms have numbers."""
        return self.placebo_low_percent == self.placebo_low_percent


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What was decided about one treatment for this patient, and why."""

    treatment: str
    verdict: Verdict
    role: Role
    targets: tuple[Target, ...]
    cautions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    until: str = ""
    until_patient: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    excluded: tuple[ExcludedTarget, ...] = ()
    roles: Mapping[Target, Role] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RedFlag:
    """Something to act on before any treatment."""

    rule: str
    caution: str
    do: str
    urgency: str
    text: str
    patient: Mapping[str, str]
    stops_procedures: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """An unanswered question that would change the plan, and what an answer can do.

    ``unlocks``: the treatments that it could open. ``changes``: further ones that it could stop,
    make more careful, or free of a caution. ``about``: the findings of which it is asked.
    """

    fact: str
    ask: Mapping[str, str]
    why: Mapping[str, str]
    unlocks: tuple[str, ...]
    changes: tuple[str, ...] = ()
    about: tuple[Target, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One session of one treatment in one week (week 0 is the start of the course)."""

    week: int
    treatment: str
    session: int
    of: int
    targets: tuple[Target, ...]
    downtime_days: tuple[float, float]
    cautions: tuple[str, ...]
    lasts_weeks: int = 0
    prepare: tuple[Mapping[str, str], ...] = ()
    aftercare: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Upkeep:
    """Top-ups after the course, for a result that does not last."""

    treatment: str
    first_week: int
    every_weeks: tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What a whole course may do for one finding."""

    target: Target
    improvement: Improvement


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """How far the search went: at ``optimal`` the value equals the bound."""

    status: str
    objective: float
    bound: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """One way through the treatments, week by week."""

    name: str
    weeks: int
    sessions: int
    steps: tuple[Step, ...]
    expected: tuple[Expected, ...]
    pih_percent: tuple[float, float]
    cost: float
    currency: str
    proof: Proof
    benefit: int
    burden: int
    upkeep: tuple[Upkeep, ...] = ()
    unpriced: tuple[str, ...] = ()
    #: The treatments after which somebody counted dark marks: ``pih_percent`` holds for these.
    pih_counted_for: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Relaxation:
    """The nearest change of one wish that would make a course possible.

    By itself, or only if the wishes of ``together_with`` change as well, as told there.
    """

    wish: str
    now: str
    instead: str
    patient: Mapping[str, str] = field(default_factory=dict)
    together_with: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NotPlanned:
    """A treatment in no course because of a wish or the clinic; ``why`` follows its name."""

    treatment: str
    why: str
    patient: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotShown:
    """A wish that nobody can show to hold for a treatment of a course; ``why`` follows its name."""

    wish: str
    treatment: str
    why: str
    patient: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything that was found out and decided at one visit."""

    cicatrix: str
    knowledge: str
    case: Case
    findings: tuple[Finding, ...]
    grades: tuple[Grade, ...]
    red_flags: tuple[RedFlag, ...]
    questions: tuple[Question, ...]
    decisions: tuple[Decision, ...]
    effects: Mapping[str, Improvement]
    courses: tuple[Course, ...]
    no_course_because: tuple[str, ...] = ()
    no_course_because_patient: tuple[Mapping[str, str], ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    not_planned: tuple[NotPlanned, ...] = ()
    not_shown: tuple[NotShown, ...] = ()
    stale_pages: tuple[str, ...] = ()
