"""Why there is no course: three reasons that a patient must not mistake for one another."""

from __future__ import annotations

from cicatrix.records import Plan


def flag_stops_all(plan: Plan) -> bool:
    """True if a flag stands in the way, and no wish that could give way."""
    return any(flag.stops_procedures for flag in plan.red_flags) and not plan.relaxations


def is_untold(plan: Plan) -> bool:
    """True if nobody told whether there are marks."""
    return not plan.findings and not plan.case.findings_known


def nothing_to_treat(plan: Plan) -> bool:
    """True if somebody looked and found no mark, and told that there is no acne."""
    acne = plan.case.intake.facts.get("acne_severity")
    return not plan.findings and not is_untold(plan) and acne == "clear"
