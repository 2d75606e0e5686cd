"""The plans that several tests of pages share."""

from __future__ import annotations

import dataclasses

import pytest
from tests.reporting.printing import DEMO

from cicatrix.exchange.case_file import read_case
from cicatrix.knowledge import Knowledge
from cicatrix.records import (
    Case,
    Plan,
)
from cicatrix.visit import first_visit


@pytest.fixture(scope="module")
def demo(knowledge: Knowledge) -> Plan:
    return first_visit(read_case(DEMO), knowledge=knowledge)


@pytest.fixture(scope="module")
def half_empty(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A case in which nearly nothing was asked: many questions, many numbers not known."""
    path = tmp_path_factory.mktemp("case") / "half.yaml"
    path.write_text(
        "schema: cicatrix.case/1\n"
        "patient: {age: 40}\n"
        "findings:\n"
        "  - {site: cheek, side: left, type: rolling}\n"
        "  - {site: back, side: both, type: keloid, count: 2}\n"
        "earlier_treatments: [{treatment: microneedling, weeks_ago: unknown}]\n"
        "wishes: {max_downtime_days: 3}\n",
        encoding="utf-8",
    )
    return first_visit(read_case(path), knowledge=knowledge)


@pytest.fixture(scope="module")
def emptied(demo: Plan) -> Plan:
    """A plan in which every list is empty."""
    bare = {
        field.name: ()
        for field in dataclasses.fields(Plan)
        if isinstance(getattr(demo, field.name), tuple)
    }
    case = Case(
        intake=dataclasses.replace(demo.case.intake, facts={}, notes="", earlier=()),
        findings=(),
        wishes=dataclasses.replace(demo.case.wishes, text="", requested=(), avoid=()),
        clinic=demo.case.clinic,
    )
    return dataclasses.replace(demo, case=case, effects={}, **bare)
