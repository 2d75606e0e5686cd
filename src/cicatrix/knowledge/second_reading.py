"""Whether a page's condition holds for a case, worked out a second time.

The planner compiles conditions; the checker reads them here, slowly and word by word. The two
share no code, so that a mistake in one is seen by the other.
"""

from __future__ import annotations

import math
from typing import Any

from cicatrix.knowledge.conditions import Condition, EarlierResult
from cicatrix.knowledge.loader import Knowledge
from cicatrix.records import Case, Finding
from cicatrix.vocabulary import TREATMENT_GROUPS

YES, MAYBE, NO = "yes", "maybe", "no"
_UNDECIDED_TYPES = ("mixed", "undetermined")


def holds(  # noqa: PLR0911 - one return for each word
    condition: Condition,
    case: Case,
    finding: Finding | None,
    values: Any,
    knowledge: Knowledge,
    treatment: str = "",
) -> str:
    """``yes``, ``no`` or ``maybe``: whether a page's condition is true for this patient.

    ``treatment`` is the one in question, for conditions that ask for the treatment itself.
    """
    if condition.all is not None:
        parts = [holds(c, case, finding, values, knowledge, treatment) for c in condition.all]
        return NO if NO in parts else MAYBE if MAYBE in parts else YES
    if condition.any is not None:
        parts = [holds(c, case, finding, values, knowledge, treatment) for c in condition.any]
        return YES if YES in parts else MAYBE if MAYBE in parts else NO
    if condition.not_ is not None:
        inner = holds(condition.not_, case, finding, values, knowledge, treatment)
        return {YES: NO, NO: YES, MAYBE: MAYBE}[inner]
    if condition.weeks_since is not None:
        return _recent(condition, case, values, knowledge)
    if condition.earlier_result is not None:
        return _left_the_skin(condition.earlier_result, case, knowledge, treatment)
    if condition.any_finding is not None:
        each = [_same(dict(condition.any_finding), one) for one in case.findings]
        open_list = not each and not case.findings_known
        return YES if YES in each else MAYBE if MAYBE in each or open_list else NO
    if condition.finding is not None:
        return _same(dict(condition.finding), finding) if finding else MAYBE
    return _answers(condition, case, finding, values)


def _answers(condition: Condition, case: Case, finding: Finding | None, values: Any) -> str:
    facts, own = case.intake.facts, (finding.known if finding else {})
    told = []
    for fact, words in (condition.answer or {}).items():
        if fact in facts:
            given: Any = facts[fact]
            each = given if isinstance(given, tuple) else (given,)
            told.append(YES if any(one in words for one in each) else NO)
        else:
            could = case.intake.possible.get(fact)
            inside = [one in words for one in could] if could else [True, False]
            told.append(YES if all(inside) else MAYBE if any(inside) else NO)
    for numbers, known, wanted in (
        (condition.at_least, facts, True),
        (condition.less_than, facts, False),
        (condition.finding_at_least, own, True),
        (condition.finding_less_than, own, False),
    ):
        for fact, limit in (numbers or {}).items():
            bound = values[limit].value if isinstance(limit, str) else limit
            number = known.get(fact)
            if not isinstance(number, (int, float)) or math.isnan(number):
                told.append(MAYBE)
            else:
                told.append(YES if (number >= bound) is wanted else NO)
    return NO if NO in told else MAYBE if MAYBE in told else YES


def _same(properties: dict[str, Any], finding: Finding) -> str:
    told = []
    for fact, words in properties.items():
        given: Any = finding.known.get(fact)
        if fact in ("type", "site", "side"):
            given = getattr(finding, fact)
        if given in words:
            told.append(YES)
        elif given is None or (fact == "type" and given in _UNDECIDED_TYPES):
            told.append(MAYBE)
        else:
            told.append(NO)
    return NO if NO in told else MAYBE if MAYBE in told else YES


def _recent(condition: Condition, case: Case, values: Any, knowledge: Knowledge) -> str:
    since = condition.weeks_since
    if since is None or not case.intake.earlier_known:
        return MAYBE
    limit = values[since.less_than].value if isinstance(since.less_than, str) else since.less_than
    wanted = knowledge.treatments_named(since.treatment)
    weeks = [e.weeks_ago for e in case.intake.earlier if e.treatment in wanted]
    if any(week < limit for week in weeks):
        return YES
    return MAYBE if any(math.isnan(week) for week in weeks) else NO


def _left_the_skin(asked: EarlierResult, case: Case, knowledge: Knowledge, treatment: str) -> str:
    """Whether one of the treatments asked for was told to have left the skin so."""
    if not case.intake.earlier_known:
        return MAYBE
    wanted = knowledge.treatments_named([w for w in asked.treatment if not w.startswith("its")])
    if "itself" in asked.treatment:
        wanted |= {treatment}
    if "its_group" in asked.treatment:
        for members in TREATMENT_GROUPS.values():
            wanted |= set(members) - {treatment} if treatment in members else set()
    told = {e.result for e in case.intake.earlier if e.treatment in wanted}
    if told & set(asked.result):
        return YES
    return MAYBE if "unknown" in told else NO
