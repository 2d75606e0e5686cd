"""A raised scar of which no scan tells whether it is a keloid: asked by its name, and no more."""

import dataclasses

import pytest
from tests.planning.answers import HARMLESS, Sketch, case_of
from tests.planning.comparing import decided

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.planning.planner import plan
from cicatrix.planning.questions import questions_for
from cicatrix.planning.rulebook import make_rulebook
from cicatrix.planning.truth import facts_of_case
from cicatrix.records import Case, Finding, Question
from cicatrix.vocabulary import Role, Verdict

BOOK = make_rulebook(load_knowledge())


def raised(kind: str = "hypertrophic", *, also: tuple[str, ...] = (), **known: object) -> Case:
    one = Finding(type=kind, site="chest", side="middle", known=known, may_also_be=also)
    case = case_of(Sketch(answers=HARMLESS, findings=()))
    return dataclasses.replace(case, findings=(one,), findings_known=True)


def may_open_for(case: Case) -> set[str]:
    """What is open, or asks for more and is shut by nothing."""
    told = decided(case, book=BOOK).items()
    strict = Verdict.ASK.strictness
    return {
        t
        for t, one in told
        if one.verdict.strictness <= strict and one.role is not Role.NOT_INDICATED
    }


@pytest.mark.parametrize("known", [{}, {"age_weeks": 60}, {"age_weeks": 4, "height_mm": 1.0}])
def test_a_use_that_hangs_on_its_type_is_the_least_leading_and_asked_for(known):
    ways = [decided(raised(kind, **known), book=BOOK) for kind in ("hypertrophic", "keloid")]
    either = decided(raised(also=("keloid",), **known), book=BOOK)
    for treatment, decision in either.items():
        roles = [way[treatment].role for way in ways]
        uses = [role for role in roles if role is not Role.NOT_INDICATED]
        if not uses:
            assert decision.role is Role.NOT_INDICATED
            continue
        assert decision.role is max(uses, key=list(Role).index)
        if len(uses) < len(roles):
            assert not decision.verdict.permits
            assert "finding.type" in decision.asks or decision.verdict is not Verdict.ASK
        strictest = max(way[treatment].verdict.strictness for way in ways)
        assert decision.verdict.strictness >= min(strictest, Verdict.ASK.strictness)


def test_no_course_counts_on_the_type_that_is_better_to_treat():
    # Silicone leads for a hypertrophic scar and only helps beside other care of a keloid.
    told = {"age_weeks": 60.0, "severity": "moderate", "height_mm": 2.0, "width_mm": 8.0}
    cases = [raised(**told), raised("keloid", **told), raised(also=("keloid",), **told)]
    alone, keloid, either = (plan(c, grades=(), knowledge=load_knowledge()) for c in cases)
    assert [c.name for c in alone.courses] != []
    assert keloid.courses == either.courses == ()
    assert either.no_course_because == keloid.no_course_because


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
    could_open = may_open_for(raised(**known)) | may_open_for(raised("keloid", **known))
    assert set(of_type[0].unlocks) <= could_open - before
    assert "keloid_excision_alone" not in of_type[0].unlocks
