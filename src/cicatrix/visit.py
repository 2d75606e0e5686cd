"""The corridor: one visit, walked through the rooms in order."""

from __future__ import annotations

import dataclasses

from cicatrix.assessing.grades import grades_of
from cicatrix.assessing.tone import careful_skin_type
from cicatrix.knowledge import Knowledge
from cicatrix.planning import plan
from cicatrix.records import Case, Plan


def first_visit(case: Case, *, knowledge: Knowledge) -> Plan:
    """What the patient has, what may be done about it, and up to three courses."""
    skin_tone = knowledge.assumptions["skin-tone"].values
    intake = careful_skin_type(case.intake, values=skin_tone)
    careful = dataclasses.replace(case, intake=intake)
    grades = grades_of(case.findings, intake.facts, knowledge=knowledge)
    return plan(careful, grades=grades, knowledge=knowledge)
