"""What a course that is called gentle leaves out: few points alone do not make it gentle."""

from __future__ import annotations

from cicatrix.knowledge import Knowledge
from cicatrix.records import Case


def not_gentle(case: Case, *, knowledge: Knowledge) -> frozenset[str]:
    """The treatments that no gentle course of this patient holds: page ``assumptions/burden``."""
    values = knowledge.assumptions["burden"].values
    words = list(values["never_gentle"])
    if _may_be_at_risk(case, knowledge):
        words += values["not_gentle_at_risk"]
    return knowledge.treatments_named(words)


def _may_be_at_risk(case: Case, knowledge: Knowledge) -> bool:
    """True if the skin marks or scars easily, or nobody has ruled it out."""
    values = knowledge.assumptions["burden"].values
    if any(set(one.types) & set(values["at_risk_findings"]) for one in case.findings):
        return True
    for fact, risky in values["at_risk_answers"].items():
        answer = case.intake.facts.get(fact)
        could_be = (answer,) if answer else case.intake.possible.get(fact, tuple(risky))
        if set(could_be) & set(risky):
            return True
    return False
