"""A raised scar of which no scan tells whether it is a keloid: asked by its name, and no more."""

import dataclasses

import pytest
from tests.planning.answers import HARMLESS, Sketch, case_of
from tests.planning.comparing import decided

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.planning.questions import questions_for
from cicatrix.planning.rulebook import make_rulebook
from cicatrix.planning.truth import facts_of_case
from cicatrix.records import Case, Finding, Question

BOOK = make_rulebook(load_knowledge())


def raised(kind: str = "hypertrophic", *, also: tuple[str, ...] = (), **known: object) -> Case:
    one = Finding(type=kind, site="chest", side="middle", known=known, may_also_be=also)
    case = case_of(Sketch(answers=HARMLESS, findings=()))
    return dataclasses.replace(case, findings=(one,), findings_known=True)


def questions(case: Case) -> list[Question]:
    facts = facts_of_case(case)
    decisions = tuple(decided(case, book=BOOK).values())
    return list(questions_for(decisions, facts, book=BOOK, knowledge=load_knowledge()))


def open_for(case: Case) -> set[str]:
    return {t for t, one in decided(case, book=BOOK).items() if one.verdict.permits}


@pytest.mark.parametrize("known", [{}, {"age_weeks": 60}])
def test_it_is_asked_about_by_an_id_and_only_what_it_may_be_is_tried(known):
    told = questions(raised(also=("keloid",), **known))
    assert told
    assert {target.type for one in told for target in one.about} <= set(v.FINDING_TYPES)
    of_type = [one for one in told if one.fact == "finding_type"]
    assert len(of_type) == 1
    before = open_for(raised(also=("keloid",), **known))
    could_open = open_for(raised(**known)) | open_for(raised("keloid", **known))
    assert set(of_type[0].unlocks) <= could_open - before
