"""Every rule page carries small cases of its own; all of them are tried."""

import math
from typing import Any

import pytest

from cicatrix.knowledge import load_knowledge
from cicatrix.knowledge.rule_page import RuleCase, RulePage
from cicatrix.planning.truth import FALSE, TRUE, Facts, Thresholds, compiled
from cicatrix.records import EarlierTreatment
from cicatrix.vocabulary import Verdict

KNOWLEDGE = load_knowledge()
CASES = [
    pytest.param(page, case, id=f"{page.id}-{number}")
    for page in KNOWLEDGE.rules.values()
    for number, case in enumerate(page.cases)
]


def _facts(case: RuleCase) -> Facts:
    given = {
        k: math.inf if v == "never" and k == "filler_weeks_ago" else v
        for k, v in case.given.items()
    }
    answers: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    findings = case.findings or ((case.finding,) if case.finding else ())
    return Facts(
        answers=answers,
        possible={},
        findings=tuple(findings),
        earlier=tuple(EarlierTreatment(**e) for e in case.earlier or ()),
        earlier_known=case.earlier is not None,
    )


@pytest.mark.parametrize(("page", "case"), CASES)
def test_the_rule_says_of_its_own_case_what_the_page_says(page: RulePage, case: RuleCase) -> None:
    limits = Thresholds(
        values={name: value.value for name, value in page.values.items()},
        named=KNOWLEDGE.treatments_named,
    )
    truth = compiled(page.when.about(case.treatment), limits)(_facts(case), case.finding)
    said = page.verdict if truth == TRUE else page.when_unknown
    assert (Verdict.SUITABLE if truth == FALSE else said) is case.verdict


def test_every_rule_is_tried_where_it_fires_and_where_it_does_not_decide() -> None:
    for page in KNOWLEDGE.rules.values():
        verdicts = {case.verdict for case in page.cases}
        assert page.verdict in verdicts, page.id
        assert page.when_unknown in verdicts, page.id
