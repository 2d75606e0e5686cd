"""Examples that once failed: each is one patient and what must not happen again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from tests.planning.answers import HARMLESS, Sketch, case_of
from tests.planning.comparing import decided
from tests.planning.strategies import told_in_full

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge, load_knowledge
from cicatrix.planning.rulebook import make_rulebook
from cicatrix.planning.together import earliest_week
from cicatrix.planning.truth import facts_of_case
from cicatrix.records import Case, Clinic, EarlierTreatment, Plan, Wishes
from cicatrix.visit import first_visit
from cicatrix.vocabulary import Verdict


def patient(*findings: Mapping[str, Any], **answers: Any) -> Case:
    """A harmless patient with some findings told in full."""
    seen = tuple({**told_in_full(one["type"]), **one} for one in findings)
    return case_of(Sketch(answers={**HARMLESS, **answers}, findings=seen, earlier=()))


def asking_for(case: Case, *treatments: str) -> Case:
    return dataclasses.replace(case, wishes=Wishes(requested=treatments))


OLD, YOUNG = {"age_weeks": 120.0}, {"age_weeks": 10.0}


def test_young_scars_beside_old_ones_of_the_same_name_can_be_planned(knowledge: Knowledge) -> None:
    case = patient({"type": "ice_pick", **OLD}, {"type": "ice_pick", **YOUNG})
    assert isinstance(first_visit(case, knowledge=knowledge), Plan)


def test_what_must_be_left_alone_is_not_treated_under_the_name_of_another(
    knowledge: Knowledge,
) -> None:
    """Young scars wait for excision; old ones of the same type, site and side do not."""
    case = patient({"type": "boxcar", **OLD}, {"type": "boxcar", **YOUNG})
    decision = decided(case, book=make_rulebook(knowledge))["punch_excision"]
    # A step cannot tell findings of one name apart, so the young ones decide for the name.
    assert decision.verdict is Verdict.DEFER


def test_steroid_and_freezing_asked_for_together(knowledge: Knowledge) -> None:
    """They may share a day; the sessions after it are three weeks apart, the page wants four."""
    case = asking_for(patient({"type": "keloid"}), "cryotherapy", "intralesional_triamcinolone")
    plan = first_visit(case, knowledge=knowledge)
    assert plan.courses or plan.no_course_because


def test_a_referral_may_be_asked_for(knowledge: Knowledge) -> None:
    plan = first_visit(
        asking_for(patient({"type": "rolling"}), "dermatology_referral"), knowledge=knowledge
    )
    assert plan.courses or plan.no_course_because


def test_equal_courses_do_not_hang_on_the_order_of_the_findings(knowledge: Knowledge) -> None:
    one = patient(
        {"type": "rolling", "site": "neck", "severity": "mild"},
        {"type": "erythema", "site": "cheek", "severity": "moderate"},
    )
    other = dataclasses.replace(one, findings=one.findings[::-1])
    plans = [first_visit(case, knowledge=knowledge) for case in (one, other)]
    first, second = (
        [[(s.week, s.treatment) for s in course.steps] for course in plan.courses] for plan in plans
    )
    assert first == second


def test_resurfacing_does_not_follow_upon_other_resurfacing(knowledge: Knowledge) -> None:
    """Not both in one course, and not in the week after the other was done elsewhere either."""
    case = asking_for(patient({"type": "rolling"}), "fractional_co2_laser")
    for earlier in ("full_ablative_laser", "motor_dermabrasion", "deep_phenol_peel"):
        before = (EarlierTreatment(treatment=earlier, weeks_ago=1.0),)
        intake = dataclasses.replace(case.intake, earlier=before)
        plan = first_visit(dataclasses.replace(case, intake=intake), knowledge=knowledge)
        for course in plan.courses:
            weeks = [s.week for s in course.steps if s.treatment == "fractional_co2_laser"]
            assert not weeks or min(weeks) + 1 >= 4, earlier


def test_a_clinic_of_one_treatment_leaves_the_young_scars_alone(knowledge: Knowledge) -> None:
    case = patient({"type": "boxcar", **OLD}, {"type": "boxcar", **YOUNG})
    few = Clinic(offers=frozenset({"punch_excision", "sunscreen"}))
    plan = first_visit(dataclasses.replace(case, clinic=few), knowledge=knowledge)
    decision = next(d for d in plan.decisions if d.treatment == "punch_excision")
    left = {one.target for one in decision.excluded}
    for course in plan.courses:
        for step in course.steps:
            if step.treatment == "punch_excision":
                assert not left & set(step.targets)


def hurried(weeks: float, *treatments: str) -> Plan:
    """The plan of a patient who asks for several treatments and for a quick end."""
    case = patient({"type": "rolling"}, {"type": "boxcar"}, {"type": "ice_pick"})
    wishes = Wishes(requested=treatments, done_within_weeks=weeks)
    return first_visit(dataclasses.replace(case, wishes=wishes), knowledge=load_knowledge())


def test_a_treatment_may_share_a_later_day_of_another() -> None:
    """Subcision and punch excision may each share a day with the laser, and not one day.

    The pages want three laser sessions four weeks apart and a week of recovery: weeks 0, 4 and
    8, done after nine. Between subcision and excision lie four weeks, so each takes another of
    these days; as one block before or after the laser neither would be done in time.
    """
    wanted = ("fractional_co2_laser", "subcision", "punch_excision")
    for course in hurried(9.0, *wanted).courses:
        weeks = {name: {s.week for s in course.steps if s.treatment == name} for name in wanted}
        laser, cut, punched = (weeks[name] for name in wanted)
        assert laser == {0, 4, 8}
        assert cut < laser
        assert punched < laser
        assert not cut & punched
    assert hurried(9.0, *wanted).courses
    assert not hurried(8.0, *wanted).courses


def test_one_week_is_told_as_one_week() -> None:
    plan = hurried(1.0, "subcision")
    assert "done within 1 week;" in plan.no_course_because[0]
    told = {way.wish: (way.now, way.instead) for way in plan.relaxations}
    # Downtime of up to 14 days: two weeks after the one session in week 0.
    assert told["done_within_weeks"] == ("done within 1 week", "at least 2 weeks")


@pytest.mark.parametrize("weeks_ago", [0.0, 1.0, 3.0, 30.0])
def test_a_filler_told_by_its_weeks_alone_counts_as_the_one_with_the_longest_gap(
    weeks_ago: float, knowledge: Knowledge
) -> None:
    """Told with its name, each kind of filler keeps its own gap; unnamed, the longest of them."""
    asked = ("hyaluronic_acid_filler", "microneedling", "subcision", "botulinum_toxin")
    unnamed = facts_of_case(patient({"type": "rolling"}, filler_weeks_ago=weeks_ago))
    for name in asked:
        each = [
            dataclasses.replace(
                unnamed, earlier=(EarlierTreatment(treatment=kind, weeks_ago=weeks_ago),)
            )
            for kind in v.TREATMENT_GROUPS["fillers"]
        ]
        own = [earliest_week(name, facts, knowledge=knowledge) for facts in each]
        assert earliest_week(name, unnamed, knowledge=knowledge) == max(own)
        assert any(own) == (weeks_ago < 30)
