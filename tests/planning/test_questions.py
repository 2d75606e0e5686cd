"""Which questions are asked, against every answer tried outright.

A patient of whom all is known but one fact is asked for that fact exactly if some answer to it
decides something differently. The answers are those of ``answers.py``: all words, and numbers
below, at and above every limit of any page.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.answers import CLEAR_CUT, HARMLESS, UNTOLD, OneOf, Sketch, case_of
from tests.planning.comparing import decided
from tests.planning.strategies import choices, sketches

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.planning.questions import questions_for
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.planning.truth import facts_of_case
from cicatrix.records import Decision, Question

ASKING = settings(max_examples=250)


@functools.cache
def book() -> RuleBook:
    return make_rulebook(load_knowledge())


def asked(sketch: Sketch) -> dict[str, Question]:
    """The questions to a patient, in their order."""
    case = case_of(sketch)
    decisions = tuple(decided(case, book=book()).values())
    facts = facts_of_case(case)
    told = questions_for(decisions, facts, book=book(), knowledge=load_knowledge())
    return {question.fact: question for question in told}


def told_of(decision: Decision) -> Any:
    """All of a decision that counts: nothing of a treatment that is for nothing.

    What to heed with a treatment that is not given counts for nothing.
    """
    if decision.role is v.Role.NOT_INDICATED:
        return "for nothing"
    cautions = set(decision.cautions) if decision.verdict.permits else set()
    left = {(one.target, one.verdict) for one in decision.excluded}
    return decision.verdict, decision.role, dict(decision.roles), left, cautions


def changed_by(before: Sketch, after: Sketch) -> set[str]:
    """The treatments that are decided differently."""
    old, new = (decided(case_of(sketch), book=book()) for sketch in (before, after))
    return {name for name in v.TREATMENTS if told_of(old[name]) != told_of(new[name])}


@st.composite
def one_gap(draw: Any) -> tuple[Sketch, str, list[Sketch]]:
    """A patient of whom one fact is not known: the fact, and the patient with every answer."""
    whole: Sketch = draw(sketches(most_gaps=0))
    answers = {f: a for f, a in whole.answers.items() if not isinstance(a, OneOf | None)}
    findings = [
        full(seen) for seen in whole.findings if seen["type"] not in v.FINDING_GROUPS["open"]
    ]
    told = tuple(
        (name, weeks, result)
        for name, weeks, result in whole.earlier or ()
        if weeks == weeks and result != v.UNKNOWN
    )
    rest = Sketch(
        answers={**HARMLESS, "isotretinoin_stopped_months": 7.0, **answers},
        findings=tuple(findings),
        earlier=told,
        findings_known=True,
    )
    if not findings or draw(st.booleans()):
        fact = draw(st.sampled_from(sorted(v.PATIENT_FACTS)))
        return with_answer(rest, fact, UNTOLD), fact, [*patients(rest, fact)]
    number = draw(st.integers(0, len(findings) - 1))
    fact = draw(st.sampled_from(sorted(v.FINDING_FACTS.keys() - {"type", "site", "side"})))
    gap = with_seen(rest, number, fact, UNTOLD)
    others = [a for a in choices().finding[fact] if a is not UNTOLD]
    return gap, f"finding_{fact}", [with_seen(rest, number, fact, a) for a in others]


def full(seen: Any) -> dict[str, Any]:
    """A finding of which everything is told."""
    told = {fact: answer for fact, answer in seen.items() if answer is not UNTOLD}
    return {**CLEAR_CUT, "height_mm": 1.0, **told}


def patients(rest: Sketch, fact: str) -> Iterator[Sketch]:
    for answer in choices().patient[fact]:
        if not isinstance(answer, OneOf | None):
            yield with_answer(rest, fact, answer)


def with_answer(sketch: Sketch, fact: str, answer: Any) -> Sketch:
    return dataclasses.replace(sketch, answers={**sketch.answers, fact: answer})


def with_seen(sketch: Sketch, number: int, fact: str, answer: Any) -> Sketch:
    findings = [*sketch.findings]
    findings[number] = {**findings[number], fact: answer}
    return dataclasses.replace(sketch, findings=tuple(findings))


@ASKING
@given(one_gap())
def test_the_one_gap_is_asked_exactly_if_an_answer_changes_something(
    drawn: tuple[Sketch, str, list[Sketch]],
) -> None:
    gap, fact, answered = drawn
    changed = set().union(*(changed_by(gap, one) for one in answered))
    questions = asked(gap)
    assert set(questions) == ({fact} if changed else set())
    if changed:
        question = questions[fact]
        assert {*question.unlocks, *question.changes} == changed
        before = decided(case_of(gap), book=book())
        opened = {
            name
            for one in answered
            for name, after in decided(case_of(one), book=book()).items()
            if doors(after) - doors(before[name])
        }
        assert opened <= set(question.unlocks)


def doors(decision: Decision) -> set[Any]:
    """For what a treatment stands open."""
    if not decision.verdict.permits or decision.role is v.Role.NOT_INDICATED:
        return set()
    return set(decision.targets) or {None}


#: Facts that change what is decided about a rolling and a boxcar scar of an adult, and were
#: not asked before.
ASKED = (
    "scarring_still", "cold_sore_history", "dark_marks_after_injury", "keloid_family_history",
    "anticoagulant", "immunosuppressed", "autoimmune_disease", "photosensitivity", "diabetes",
    "smoker", "dcq_score", "finding_tethered", "finding_depth_mm", "finding_width_mm",
    "finding_severity", "earlier_treatments",
)  # fmt: skip


def example(kind: str, fact: str) -> Sketch:
    """An adult with one scar of whom all is known but one fact; the acne has nearly gone."""
    seen = {**CLEAR_CUT, "type": kind}
    whole = Sketch(
        answers={**HARMLESS, "acne_severity": "almost_clear"}, findings=(seen,), earlier=()
    )
    if fact == "earlier_treatments":
        return dataclasses.replace(whole, earlier=UNTOLD)
    name = fact.removeprefix("finding_")
    return with_answer(whole, fact, UNTOLD) if name == fact else with_seen(whole, 0, name, UNTOLD)


@pytest.mark.parametrize("fact", ASKED)
def test_what_changes_the_plan_of_a_common_scar_is_asked(fact: str) -> None:
    found = [list(asked(example(kind, fact))) for kind in ("rolling", "boxcar")]
    assert [fact] in found
    assert all(questions in ([fact], []) for questions in found)


def test_nobody_is_asked_what_changes_nothing() -> None:
    """No treatment of a keloid asks for a tether, and no page reads how high a dent stands."""
    assert asked(example("keloid", "finding_tethered")) == {}
    assert asked(example("rolling", "finding_height_mm")) == {}


def test_an_undetermined_scar_is_asked_for_its_type() -> None:
    questions = asked(Sketch(findings=({"type": "undetermined"},)))
    assert "finding_type" in questions
    assert "subcision" in {*questions["finding_type"].unlocks, *questions["finding_type"].changes}


def test_what_opens_comes_before_what_narrows_and_what_eases() -> None:
    """A tether opens or shuts subcision; the others are only heeded, known or not."""
    gaps = dict.fromkeys(("cold_sore_history", "dark_marks_after_injury", "diabetes"), UNTOLD)
    scar = {**CLEAR_CUT, "tethered": UNTOLD}
    sketch = Sketch(answers={**HARMLESS, **gaps}, findings=(scar,), earlier=())
    questions = list(asked(sketch).values())
    assert {question.fact for question in questions} == {"finding_tethered", *gaps}
    assert [bool(question.unlocks) for question in questions] == [True, False, False, False]


def test_a_question_about_findings_names_them() -> None:
    known = {**CLEAR_CUT, "site": "cheek", "side": "left"}
    other = {**CLEAR_CUT, "site": "temple", "side": "left", "tethered": UNTOLD}
    questions = asked(Sketch(answers=HARMLESS, findings=(known, other), earlier=()))
    (question,) = questions.values()
    assert question.fact == "finding_tethered"
    assert [(target.site, target.side) for target in question.about] == [("temple", "left")]
    assert "subcision" in question.unlocks
