"""The cases on a rule page try the rule from all sides: true, false, not known, each limit."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from cicatrix.knowledge import load_knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.knowledge.rule_page import RuleCase, RulePage
from cicatrix.planning.truth import FALSE, TRUE, UNKNOWN, Facts, Thresholds, compiled
from cicatrix.records import EarlierTreatment
from cicatrix.vocabulary import FINDING_GROUPS, FINDING_TYPES

KNOWLEDGE = load_knowledge()
RULES = [pytest.param(page, id=name) for name, page in KNOWLEDGE.rules.items()]


def as_answer(answer: Any) -> Any:
    if answer == "never":
        return math.inf
    return tuple(answer) if isinstance(answer, list) else answer


def truth_of(page: RulePage, case: RuleCase) -> int:
    """Whether a rule is true for one of its cases."""
    values = {name: value.value for name, value in page.values.items()}
    numbers = {f for f, _ in numbers_in(page.when)}
    given = {f: as_answer(a) if f in numbers else a for f, a in case.given.items()}
    facts = Facts(
        answers={f: tuple(a) if isinstance(a, list) else a for f, a in given.items()},
        possible={},
        findings=case.findings or ((case.finding,) if case.finding else ()),
        earlier=tuple(EarlierTreatment(**earlier) for earlier in case.earlier or ()),
        earlier_known=case.earlier is not None,
    )
    limits = Thresholds(values=values, named=KNOWLEDGE.treatments_named)
    return compiled(page.when.about(case.treatment), limits)(facts, case.finding)


def numbers_in(condition: Condition) -> Iterator[tuple[str, float | str]]:
    """Every number that a condition compares, with its limit."""
    for part in condition.parts():
        yield from numbers_in(part)
    for given in (condition.at_least, condition.less_than):
        yield from (given or {}).items()
    for given in (condition.finding_at_least, condition.finding_less_than):
        yield from ((f"finding.{fact}", limit) for fact, limit in (given or {}).items())


def cannot_be_false(page: RulePage) -> bool:
    """True if a rule holds for any finding whatever: it speaks about the treatment itself."""
    named = set((page.when.any_finding or {}).get("type", ()))
    return named >= set(FINDING_TYPES) - set(FINDING_GROUPS["open"])


@pytest.mark.parametrize("page", RULES)
def test_the_rule_is_tried_true_false_and_not_known(page: RulePage) -> None:
    truths = {truth_of(page, case) for case in page.cases}
    wanted = {TRUE, UNKNOWN} if cannot_be_false(page) else {TRUE, UNKNOWN, FALSE}
    assert truths >= wanted


@pytest.mark.parametrize("page", RULES)
def test_each_limit_is_tried_on_both_sides(page: RulePage) -> None:
    for fact, named in numbers_in(page.when):
        limit = page.values[named].value if isinstance(named, str) else named
        own = fact.removeprefix("finding.")
        told = [case.finding if own != fact else case.given for case in page.cases]
        numbers = [as_answer(answers[own]) for answers in told if own in answers]
        assert any(number < limit for number in numbers), f"{fact} is never below {limit:g}"
        assert any(number >= limit for number in numbers), f"{fact} never reaches {limit:g}"
