"""Active acne as something that a course treats in its own right, first or beside the scars.

What controls acne, and in which role, stands on the treatment pages. How control is compared, and
that no course goes without it, stands on the page ``assumptions/acne-control``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning.fits import ACNE, Fit, careful_fit
from cicatrix.planning.name_sets import NameSets
from cicatrix.planning.truth import NO_FINDING, Facts
from cicatrix.records import Target
from cicatrix.vocabulary import Role

#: Acne itself, among the findings of a course. It has no site, and no step names it as a target.
ACNE_ITSELF = Target(site="", side="", type="acne")
#: Roles that bring acne under control; an adjunct only helps another treatment to do so.
CONTROLLING = (Role.FIRST_LINE, Role.SECOND_LINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class AcneControl:
    """What a treatment does for the active acne of one patient.

    ``share``, 0..1, only serves to choose between treatments.
    """

    role: Role = Role.NOT_INDICATED
    component: str = ""
    share: float = 0.0

    def __bool__(self) -> bool:
        return self.role in CONTROLLING


NO_CONTROL = AcneControl()


def acne_control(
    page: TreatmentPage, fits: Sequence[Fit], facts: Facts, *, names: NameSets, knowledge: Knowledge
) -> AcneControl:
    """What a treatment does for this patient's acne; nothing where none is active and untreated.

    ``names`` are those of the facts. Where nobody knows whether it is for the acne at all, it
    controls nothing.
    """
    if _is_under_treatment(facts, knowledge):
        return NO_CONTROL
    weights = knowledge.assumptions["combining"].values
    certainty_of = {
        id(fit): suits.certainty
        for suits, fit in zip(page.suits, fits, strict=True)
        if ACNE in fit.types
    }
    own = [fit for fit in fits if ACNE in fit.types]
    for fit in careful_fit(own, facts, NO_FINDING, names=names):
        if fit.role in CONTROLLING and not fit.asks:
            share = weights["role_weight"][fit.role]
            share *= weights["certainty_weight"][certainty_of[id(fit)]]
            return AcneControl(role=fit.role, component=fit.component, share=float(share))
    return NO_CONTROL


def _is_under_treatment(facts: Facts, knowledge: Knowledge) -> bool:
    """True for who takes what controls acne already."""
    taken = knowledge.assumptions["acne-control"].values["under_treatment"]
    return any(facts.answers.get(fact) in words for fact, words in taken.items())


def acne_severity_weight(facts: Facts, *, weights: Mapping[str, Any]) -> float:
    """How much acne weighs beside the findings of a course."""
    severities = weights["severity_weight"]
    return float(severities[str(facts.answers.get("acne_severity", "unknown"))])
