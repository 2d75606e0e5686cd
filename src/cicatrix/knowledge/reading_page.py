"""The pages that explain: scales, questions, cautions, conflicts, education, assumptions."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from cicatrix import vocabulary as v
from cicatrix.knowledge.conditions import Condition
from cicatrix.knowledge.scored_items import ScoredItem, scored_items
from cicatrix.knowledge.statements import (
    CautionId,
    Citation,
    FindingType,
    Page,
    Piece,
    SiteId,
    Sourced,
    SourcedText,
    Text,
)


class ScaleItem(Sourced):
    """One item of a scale: what is scored, and its weight or its allowed points."""

    id: str
    title: str
    types: tuple[str, ...] = ()
    #: Conditions on the finding that make it belong here, e.g. ``{severity: [mild]}``.
    finding: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    #: Sizes that decide where nobody noted the words of ``finding``, e.g. ``{depth_mm: ["<0.5"]}``.
    measured: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    weight: float | None = None
    points: tuple[float, ...] = ()
    #: For items scored by area: where the next of ``points`` begins (above the edge).
    area_edges_cm2: tuple[float, ...] = ()
    region: str = ""
    #: The sites of the body that belong to the region.
    sites: tuple[SiteId, ...] = ()
    #: A word for each of ``points``, which a case file may hold instead of the number.
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_every_point(self) -> Self:
        if self.words and len(self.words) != len(self.points):
            raise ValueError(
                f"has {len(self.words)} words for {len(self.points)} points; give a word for each"
            )
        return self


class ScaleBand(Sourced):
    """One step of a count or of a total: from ``at_least`` on it is worth ``points``."""

    at_least: float
    points: float | None = None
    label: str = ""


class ScaleGrade(Sourced):
    """One grade of a global scale."""

    grade: int
    label: str
    rule: str
    #: Further words that a case file may hold for this grade.
    words: tuple[str, ...] = ()
    #: How much of the face the wording gives it; grades of two scales are compared by this only.
    extent: Literal["", "none", "few", "under_half", "over_half"] = ""


class Position(Sourced):
    """One side of a disagreement, or one statement of a study."""

    text: str


class ScalePage(Page, Sourced):
    """A published scale: its items and bands; the counting itself is in code."""

    title: str
    short: str
    for_what: Literal["acne_scars", "active_acne", "raised_scars", "skin_tone", "quality_of_life"]
    counting: Literal[
        "weighted_count_bands", "global_grade", "region_factor", "sum_of_items", "not_computed"
    ]
    maximum: float | None
    #: How often a case file may hold what a clinician scored; empty where it may not.
    entered: Literal["", "once", "each_scar"] = ""
    #: What it looks at, for patients.
    plain: Text | None = None
    items: tuple[ScaleItem, ...] = ()
    count_bands: tuple[ScaleBand, ...] = ()
    grades: tuple[ScaleGrade, ...] = ()
    total_bands: tuple[ScaleBand, ...] = ()
    needs: tuple[str, ...] = ()
    #: What must be looked at or entered, in words, for needs that no case file holds.
    needs_told: dict[str, Text] = Field(default_factory=dict)
    reliability: tuple[Position, ...] = ()
    version: str = ""
    text: str

    @model_validator(mode="after")
    def _tells_its_needs(self) -> Self:
        for need in self.needs:
            known = need in v.PATIENT_FACTS or need.startswith("finding.")
            if not known and need not in self.needs_told:
                raise ValueError(f"needs '{need}', and 'needs_told' does not say it in words")
        return self

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.entered and not self.plain:
            raise ValueError("may be entered, and 'plain' does not say to patients what it is")
        unscored = [item.id for item in self.scored_items if not item.points]
        if unscored:
            raise ValueError(f"may be entered, and '{unscored[0]}' has no points to choose from")
        most = sum(item.factor * max(item.points) for item in self.scored_items)
        if self.entered and most != self.maximum:
            raise ValueError(
                f"reaches {most:g} with every item at its most, and 'maximum' says {self.maximum}"
            )
        return self

    @property
    def scored_items(self) -> tuple[ScoredItem, ...]:
        """What a person may score on this scale, one by one."""
        return scored_items(self)


class QuestionPage(Page):
    """How to ask for one fact."""

    ask: Text
    why: Text
    answers: tuple[str, ...] = ()
    unit: str = ""
    #: Asked only where this is true; ``isotretinoin_stopped_months`` only after ``past``.
    only_if: Condition | None = None
    sources: tuple[Citation, ...] = ()


class CautionPage(Page, Sourced):
    """One caution of the vocabulary in words for the clinician and for the patient."""

    id: CautionId
    title: Text
    clinician: str
    patient: Text
    conflict: str | None = None


class ConflictPage(Page):
    """A question on which sources disagree, with every side and what cicatrix does."""

    question: str
    positions: tuple[Position, ...] = Field(min_length=2)
    handling: str
    patient: Text


class EducationPage(Page):
    """What patients should know, paragraph by paragraph, each with its source."""

    title: Text
    order: int
    paragraphs: tuple[SourcedText, ...] = Field(min_length=1)


class AssumptionPage(Page):
    """A choice of ours that no source decides: stated, so that it can be argued with."""

    title: str
    statement: str
    patient: Text
    values: dict[str, Any] = Field(default_factory=dict)
    why: str
    sources: tuple[Citation, ...] = ()


class TreatmentSet(Sourced):
    """A named set of treatments that rules and combinations may apply to."""

    text: str
    treatments: tuple[str, ...] = Field(min_length=1)


class SetsPage(Piece):
    """``sets.yaml``: the named sets."""

    sets: dict[str, TreatmentSet]


class Criterion(Sourced):
    """One measured feature of a scar type, as a range with soft ends.

    ``softness`` is how far beyond an end a scar still may belong, in the feature's own unit;
    the standard error of the measurement comes on top of it.
    """

    feature: Literal[
        "width_mm", "depth_mm", "height_mm", "wall_degrees", "floor_share", "elongation",
        "depth_to_width",
    ]  # fmt: skip
    at_least: float | None = None
    at_most: float | None = None
    softness: float = Field(gt=0)


class ScarTypePage(Page, Sourced):
    """How one type of scar is told by its shape, and what that cannot tell."""

    id: FindingType
    name: Text
    plain: Text
    direction: Literal["depressed", "raised"]
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    cannot_tell: str = ""
    #: The types that no scan tells from this one; ``cannot_tell`` says why.
    may_also_be: tuple[FindingType, ...] = ()
    agreement: tuple[Position, ...] = ()
