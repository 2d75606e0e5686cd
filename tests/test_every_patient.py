"""What must hold for every invented patient, whatever its page expects."""

from __future__ import annotations

import json

from tests.contract.test_plan_json import faults_of_shape
from tests.patients.course_faults import holding, treatments_in
from tests.patients.pages import (
    PAGES,
    PERMITTED,
    PROCEDURES,
    patients,
    plan_of,
    reasons_of,
)

from cicatrix import vocabulary as v
from cicatrix.exchange.plan_json import plan_json, plan_text
from cicatrix.knowledge import Knowledge, load_knowledge
from cicatrix.planning.checker import _pages_for, complaints
from cicatrix.records import Plan
from cicatrix.vocabulary import Verdict


@patients
def test_every_treatment_is_decided_once(patient: str) -> None:
    assert sorted(d.treatment for d in plan_of(patient).decisions) == sorted(v.TREATMENTS)


@patients
def test_everything_told_has_a_source_that_exists(patient: str) -> None:
    plan, sources = plan_of(patient), load_knowledge().sources
    told = [(d.treatment, r.rule, r.sources) for d in plan.decisions for r in reasons_of(d)]
    told += [("red flag", flag.rule, flag.sources) for flag in plan.red_flags]
    told += [("grade", grade.scale, grade.sources) for grade in plan.grades]
    told += [(t, "effect", e.sources) for t, e in plan.effects.items() if e.is_known]
    wrong = [one for one in told if not one[2] or set(one[2]) - set(sources)]
    assert not wrong


@patients
def test_every_decision_says_why_and_every_delay_until_when(patient: str) -> None:
    for decision in plan_of(patient).decisions:
        assert decision.reasons, f"{decision.treatment} is decided without a word"
        assert all(reason.text.strip() for reason in decision.reasons)
        if decision.verdict is Verdict.DEFER:
            assert decision.until, f"{decision.treatment} is put off, and nobody says until when"


@patients
def test_courses_pass_the_checker(patient: str) -> None:
    assert complaints(plan_of(patient), knowledge=load_knowledge()) == []


@patients
def test_courses_hold_only_what_is_permitted_indicated_and_offered(patient: str) -> None:
    plan = plan_of(patient)
    decided = {decision.treatment: decision for decision in plan.decisions}
    for course in plan.courses:
        for step in course.steps:
            decision = decided[step.treatment]
            assert decision.verdict.value in PERMITTED, step.treatment
            assert decision.role.value != "not_indicated", step.treatment
            # What is done at home hangs on no clinic.
            settings = load_knowledge().treatments[step.treatment].settings
            assert "home" in settings or step.treatment in plan.case.clinic.offers
            assert set(step.targets) <= {finding.target for finding in plan.findings}


@patients
def test_a_red_flag_that_stops_procedures_stops_them_all(patient: str) -> None:
    plan = plan_of(patient)
    if any(flag.stops_procedures for flag in plan.red_flags):
        assert not [course.name for course in plan.courses if treatments_in(course) & PROCEDURES]
        for decision in plan.decisions:
            if decision.treatment in PROCEDURES:
                assert decision.verdict.value not in PERMITTED, decision.treatment


@patients
def test_skin_is_protected_from_sun_throughout_every_course_with_a_procedure(patient: str) -> None:
    plan = plan_of(patient)
    offered = "sunscreen" in plan.case.clinic.offers
    for course in plan.courses:
        if offered and treatments_in(course) & PROCEDURES:
            screens = [step for step in course.steps if step.treatment == "sunscreen"]
            assert screens, holding(course)
            ends = max(step.week for step in course.steps if step.treatment in PROCEDURES)
            assert max(step.week + step.lasts_weeks for step in screens) >= ends


def test_no_course_called_gentle_takes_off_a_layer_of_skin() -> None:
    """Full-field ablation has the longest downtime and the most adverse events of all (3.4, 5)."""
    layers = {"full_ablative_laser", "motor_dermabrasion", "deep_phenol_peel"}
    wrong = [
        (patient, *sorted(treatments_in(course) & layers))
        for patient in PAGES
        for course in plan_of(patient).courses
        if course.name == "gentle" and treatments_in(course) & layers
    ]
    assert not wrong, f"{len(wrong)} patients: {wrong}"


#: Cautions of a procedure about one fact of the patient: wrong where the answer is a plain no.
#: (Home care is left out: a cream may itself make the skin sensitive to light.)
CAUTIONS_OF_ONE_ANSWER = {
    "recent_tan": ["recent_tan"],
    "active_infection": ["infection_at_site", "cold_sore_now"],
    "hsv_prophylaxis": ["cold_sore_now", "cold_sore_history"],
    "lidocaine_allergy": ["lidocaine_allergy"],
    "neuromuscular": ["neuromuscular_disease"],
    "immunosuppression": ["immunosuppressed"],
    "autoimmune": ["autoimmune_disease"],
    "smoking_healing": ["smoker"],
    "photosensitiser": ["photosensitising_drug", "photosensitivity"],
    "prior_radiotherapy": ["radiotherapy_at_site"],
    "bdd_screen": ["appearance_distress", "dcq_score"],
}


def test_no_caution_is_raised_that_the_answers_rule_out() -> None:
    """A warning of a fresh tan beside "no fresh tan" teaches readers to skip warnings."""
    wrong = set()
    for patient in PAGES:
        facts = plan_of(patient).case.intake.facts
        for decision in plan_of(patient).decisions:
            for caution in decision.cautions if decision.treatment in PROCEDURES else ():
                answers = [facts.get(fact) for fact in CAUTIONS_OF_ONE_ANSWER.get(caution, ())]
                if answers and all(answer == "no" for answer in answers):
                    wrong.add((decision.treatment, caution))
    assert not wrong, f"{len(wrong)} warnings: {sorted(wrong)}"


@patients
def test_what_was_done_elsewhere_keeps_its_distance_too(patient: str) -> None:
    """A gap between two treatments holds as well when the first was done before this visit."""
    plan, knowledge = plan_of(patient), load_knowledge()
    for course in plan.courses:
        for before in plan.case.intake.earlier:
            for name in sorted(treatments_in(course) - {before.treatment}):
                first = min(step.week for step in course.steps if step.treatment == name)
                gap = gap_after(before.treatment, name, plan=plan, knowledge=knowledge)
                assert before.weeks_ago + first >= gap, (
                    f"{before.treatment} {before.weeks_ago:g} weeks ago, and the {course.name} "
                    f"course gives {name} in week {first}; within a course {gap:g} weeks lie "
                    "between the two"
                )


def gap_after(first: str, then: str, *, plan: Plan, knowledge: Knowledge) -> float:
    """The weeks that the pages want after one treatment before another, for this patient."""
    gaps = [
        page.gap_weeks.low
        for page in _pages_for(first, then, plan.case, knowledge)
        if page.gap_weeks is not None
        and page.kind in ("order", "gap", "same_day")
        and (page.kind != "order" or first in knowledge.treatments_named(page.first))
    ]
    return max(gaps, default=0)


@patients
def test_questions_are_unanswered_and_change_something(patient: str) -> None:
    """Only the type of a finding can give a treatment a use that it surely had not."""
    plan = plan_of(patient)
    decided = {decision.treatment: decision for decision in plan.decisions}
    for question in plan.questions:
        assert question.fact not in plan.case.intake.facts
        assert {*question.unlocks, *question.changes}
        assert not {*question.unlocks} & {*question.changes}
        if question.fact != "finding_type":
            for treatment in (*question.unlocks, *question.changes):
                assert decided[treatment].role.value != "not_indicated"


@patients
def test_json_is_sound_and_keeps_the_contract(patient: str) -> None:
    plan = plan_of(patient)
    told = plan_json(plan, knowledge=load_knowledge())
    text = json.dumps(told, allow_nan=False)
    assert json.loads(plan_text(plan, knowledge=load_knowledge())) == json.loads(text)
    assert faults_of_shape(told) == []
