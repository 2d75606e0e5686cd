"""From the page of an invented patient to the plan; ``README.md`` explains the words."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from cicatrix import vocabulary as v
from cicatrix.exchange.case_file import case_from
from cicatrix.knowledge import load_knowledge
from cicatrix.knowledge.document import Document, read_document
from cicatrix.records import Case, Decision, Plan
from cicatrix.visit import first_visit

HERE = Path(__file__).parent
PAGES = {path.stem: path for path in sorted(HERE.glob("*.yaml")) if path.stem != "_base"}
#: All that is done to the skin by somebody else; sorted by hand from the vocabulary's groups.
PROCEDURES = {
    treatment
    for group in (
        "peels", "needling", "lasers", "abrasion", "surgery", "fillers", "toxin", "raised_scars",
    )
    for treatment in v.TREATMENT_GROUPS[group]
}  # fmt: skip
PERMITTED = ("suitable", "caution")
VERDICT_WORDS = {"permitted": PERMITTED, "stopped": ("ask", "defer", "avoid")}

patients = pytest.mark.parametrize("patient", PAGES)


@functools.cache
def page_of(patient: str) -> dict[str, Any]:
    """What stands on a patient's page."""
    page = read_document(PAGES[patient]).value
    assert isinstance(page, dict)
    return page


@functools.cache
def case_of(patient: str) -> Case:
    """The patient's case; `everything_else: answered_no` fills what the page leaves out."""
    page = page_of(patient)
    told = dict(page["case"])
    if page.get("everything_else") == "answered_no":
        base = read_document(HERE / "_base.yaml").value
        told = {**base, **told, "intake": {**base["intake"], **told.get("intake", {})}}
    told["schema"] = "cicatrix.case/1"
    return case_from(Document(value=told), name=f"{patient}.yaml")


@functools.cache
def plan_of(patient: str) -> Plan:
    """The plan that cicatrix makes for the patient."""
    return first_visit(case_of(patient), knowledge=load_knowledge())


def listed(words: Any) -> list[Any]:
    """One word or a list of words, as a list."""
    if words is None:
        return []
    return list(words) if isinstance(words, list) else [words]


def reasons_of(decision: Decision) -> list[Any]:
    """All reasons of a decision, those of what it must leave alone among them."""
    return [*decision.reasons, *(r for left in decision.excluded for r in left.reasons)]
