"""What a treatment is for: the ``suits`` entries of its page, tried for each finding."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning.kept import Kept
from cicatrix.planning.truth import TRUE, Compiled, Facts, Known, Thresholds, compiled
from cicatrix.records import Reason
from cicatrix.vocabulary import Role, Verdict

ANY, ACNE = "any", "acne"
_MOST_KEPT = 1_000
_ROLES = tuple(Role)


def _always(facts: Facts, finding: Known) -> int:
    """The condition of a fit that has none."""
    return TRUE


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """One ``suits`` entry of a treatment, compiled."""

    types: frozenset[str]
    role: Role
    role_rank: int
    component: str
    truth: Compiled
    reason: Reason

    @property
    def is_for_acne(self) -> bool:
        """True if the treatment can be for acne itself, whatever else was found."""
        return ACNE in self.types

    @property
    def needs_no_finding(self) -> bool:
        """True if the treatment can be for acne itself, or for the whole person."""
        return self.is_for_acne or ANY in self.types


class Fits:
    """The fits of every treatment for the findings of one type."""

    def __init__(self, by_treatment: Mapping[str, Sequence[Fit]]) -> None:
        self._by_treatment = {name: tuple(fits) for name, fits in by_treatment.items() if fits}
        every = [fit.truth for fits in self._by_treatment.values() for fit in fits]
        self._conditions = tuple(truth for truth in dict.fromkeys(every) if truth is not _always)
        self._kept: Kept[tuple[bool, ...], Mapping[str, Fit]] = Kept(most=_MOST_KEPT)

    def chosen(self, facts: Facts, finding: Known) -> Mapping[str, Fit]:
        """For each treatment the first of its fits that is true, if it gives it a role."""
        met = tuple([truth(facts, finding) == TRUE for truth in self._conditions])
        chosen = self._kept.get(met)
        return self._kept.keep(met, self._first(met)) if chosen is None else chosen

    def _first(self, met: Sequence[bool]) -> Mapping[str, Fit]:
        true = {_always, *itertools.compress(self._conditions, met)}
        first = {
            name: next((fit for fit in fits if fit.truth in true), None)
            for name, fits in self._by_treatment.items()
        }
        return {
            name: fit
            for name, fit in first.items()
            if fit is not None and fit.role is not Role.NOT_INDICATED
        }


def fits_of(
    page: TreatmentPage, knowledge: Knowledge, *, shared: dict[str, Compiled]
) -> tuple[Fit, ...]:
    """The fits of one treatment. Conditions that say the same are one function, in ``shared``."""
    limits = Thresholds(named=knowledge.treatments_named)
    for suits in page.suits:
        if suits.when:
            shared.setdefault(repr(suits.when), compiled(suits.when, limits))
    return tuple(
        Fit(
            types=frozenset(suits.types),
            role=suits.role,
            role_rank=_ROLES.index(suits.role),
            component=suits.component,
            truth=shared[repr(suits.when)] if suits.when else _always,
            reason=Reason(
                rule=f"treatments/{page.id}",
                verdict=Verdict.SUITABLE,
                text=suits.why,
                patient={"en": page.plain.en, "es": page.plain.es},
                sources=tuple(citation.id for citation in suits.sources),
                conflict=suits.conflict or "",
            ),
        )
        for suits in page.suits
    )
