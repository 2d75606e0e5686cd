"""What goes through every course: sun protection, acne under treatment, gentleness, top-ups.

The truth comes from the pages, read here as plain data, and from spoiled plans.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from benchmarks.cases import case_of as case_of_file
from benchmarks.cases import gappy_case_files
from hypothesis import given, settings
from tests.planning.answers import HARMLESS, Sketch, case_of
from tests.planning.strategies import cases, told_in_full

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.planning import checker_of_care
from cicatrix.planning.dark_marks import reckoned_dark_marks
from cicatrix.records import Case, Course, Plan, RedFlag, Step
from cicatrix.visit import first_visit
from cicatrix.vocabulary import FITZPATRICK

Spoil = Callable[[Plan], Plan]


def patient(*kinds: str, **answers: Any) -> Case:
    seen = tuple({**told_in_full(kind), "type": kind} for kind in kinds)
    return case_of(Sketch(answers={**HARMLESS, **answers}, findings=seen, earlier=()))


@functools.cache
def plan_for(*kinds: str, **answers: Any) -> Plan:
    return first_visit(patient(*kinds, **answers), knowledge=load_knowledge())


def held(course: Course) -> set[str]:
    return {step.treatment for step in course.steps}


# --- laws ---------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(cases())
def test_every_course_protects_the_skin_from_its_first_week_to_its_last(case: Case) -> None:
    for course in first_visit(case, knowledge=load_knowledge()).courses:
        sun = [step for step in course.steps if step.treatment == "sunscreen"]
        assert sun, held(course)
        assert min(s.week for s in sun) <= min(s.week for s in course.steps)
        assert max(s.week + s.lasts_weeks for s in sun) >= course.weeks


@pytest.mark.parametrize("severity", ["mild", "moderate", "severe"])
@pytest.mark.parametrize("kinds", [(), ("rolling",), ("ice_pick", "hyperpigmentation")])
def test_active_acne_is_treated_in_every_course(severity: str, kinds: tuple[str, ...]) -> None:
    plan = plan_for(*kinds, acne_severity=severity)
    controls = {"acne_medical_therapy", "oral_isotretinoin"}
    if severity != "severe":
        controls |= {"adapalene_benzoyl_peroxide", "topical_retinoid"}
    assert plan.courses
    for course in plan.courses:
        assert held(course) & controls, held(course)


def test_skin_without_acne_and_marks_gets_no_course() -> None:
    assert plan_for(acne_severity="clear").courses == ()


WAITING = (
    "subcision", "punch_excision", "punch_elevation", "punch_grafting", "microneedling",
    "microneedling_prp", "medium_peel", "tca_cross", "manual_dermabrasion", "botulinum_toxin",
)  # fmt: skip


@pytest.mark.parametrize("severity", ["moderate", "severe"])
@pytest.mark.parametrize("kinds", [("rolling",), ("ice_pick",), ("boxcar", "ice_pick")])
def test_only_devices_begin_before_acne_is_calm(severity: str, kinds: tuple[str, ...]) -> None:
    for course in plan_for(*kinds, acne_severity=severity).courses:
        for step in course.steps:
            assert step.treatment not in WAITING or step.week >= 12, (step.treatment, step.week)


@pytest.mark.parametrize("answers", [{"fitzpatrick": "V"}, {"keloid_history": "yes"}])
@pytest.mark.parametrize("kind", ["rolling", "boxcar", "ice_pick"])
def test_gentle_is_gentle_for_skin_at_risk(kind: str, answers: dict[str, str]) -> None:
    harsh = {
        *v.TREATMENT_GROUPS["surgery"], *v.TREATMENT_GROUPS["fillers"], "medium_peel", "tca_cross",
        "fractional_co2_laser", "fractional_erbium_laser", "full_ablative_laser",
        "motor_dermabrasion", "manual_dermabrasion", "deep_phenol_peel",
    }  # fmt: skip
    for course in plan_for(kind, **answers).courses:
        if course.name == "gentle":
            assert not held(course) & harsh, held(course)


def test_no_laser_takes_skin_away_in_a_gentle_course_of_anybody() -> None:
    for kind in ("rolling", "boxcar", "ice_pick"):
        for skin in FITZPATRICK:
            for course in plan_for(kind, fitzpatrick=skin).courses:
                if course.name == "gentle":
                    assert not held(course) & {"fractional_co2_laser", "fractional_erbium_laser"}


# --- dark marks that nobody counted -----------------------------------------------------------


def counts_on_page(treatment: str, skin: str) -> list[tuple[float, float]]:
    """What the page counted at just this skin type, read as plain data."""
    return [
        (event.percent_low, event.percent_high or 0.0)
        for event in load_knowledge().treatments[treatment].adverse_events
        if event.event == "hyperpigmentation"
        and event.percent_low is not None
        and (not event.fitzpatrick or skin in event.fitzpatrick)
    ]


@pytest.mark.parametrize("skin", FITZPATRICK)
@pytest.mark.parametrize("treatment", v.TREATMENTS)
def test_what_nobody_counted_is_never_taken_for_harmless(treatment: str, skin: str) -> None:
    knowledge = load_knowledge()
    page = knowledge.treatments[treatment]
    reckoned = reckoned_dark_marks(page, (skin,), knowledge=knowledge)
    counted = counts_on_page(treatment, skin)
    if not any(event.event == "hyperpigmentation" for event in page.adverse_events):
        assert reckoned == (0.0, 0.0)
    elif counted:
        assert reckoned == (min(low for low, _ in counted), max(high for _, high in counted))
    else:
        assert reckoned[1] > 0
        lighter = [
            c
            for s in FITZPATRICK[: FITZPATRICK.index(skin)]
            for c in [*counts_on_page(treatment, s)]
        ]
        darker = any(counts_on_page(treatment, s) for s in FITZPATRICK[FITZPATRICK.index(skin) :])
        assert darker or all(high <= reckoned[1] for _, high in lighter)


def test_a_laser_never_counted_in_dark_skin_is_as_bad_as_the_worst_of_its_kind() -> None:
    knowledge = load_knowledge()
    page = knowledge.treatments["picosecond_laser"]
    for skin in ("V", "VI"):
        worst = max(
            counts_on_page(name, skin)[0]
            for name in ("nonablative_fractional_laser", "fractional_co2_laser")
        )
        assert reckoned_dark_marks(page, (skin,), knowledge=knowledge) == worst


def test_a_skin_type_that_may_be_any_counts_as_the_worst() -> None:
    knowledge = load_knowledge()
    for page in knowledge.treatments.values():
        alone = [reckoned_dark_marks(page, (s,), knowledge=knowledge)[1] for s in FITZPATRICK]
        assert reckoned_dark_marks(page, (), knowledge=knowledge)[1] == max(alone)


# --- spoiled plans ----------------------------------------------------------------------------


def course_with(change: Callable[[Course], Course]) -> Spoil:
    return lambda plan: dataclasses.replace(plan, courses=tuple(map(change, plan.courses)))


def with_steps(change: Callable[[Step], Iterable[Step]]) -> Spoil:
    return course_with(
        lambda one: dataclasses.replace(one, steps=tuple(s for x in one.steps for s in change(x)))
    )


def without(treatment: str) -> Spoil:
    return with_steps(lambda s: [] if s.treatment == treatment else [s])


def flagged(plan: Plan) -> Plan:
    flag = RedFlag(
        rule="changing-pigmented-lesion", caution="melanoma_refer", text="", patient={},
        do="urgent_dermatology_referral", urgency="urgent", stops_procedures=True, sources=(),
    )  # fmt: skip
    return dataclasses.replace(plan, red_flags=(flag,))


def begun_late(step: Step) -> list[Step]:
    late = step.week + (1 if step.treatment == "sunscreen" else 0)
    return [dataclasses.replace(step, week=late)]


def cut_short(step: Step) -> list[Step]:
    short = 1 if step.treatment == "sunscreen" else step.lasts_weeks
    return [dataclasses.replace(step, lasts_weeks=short)]


ACNE, FILLER, DARK = "acne", "filler", "dark"
PLANS: dict[str, Callable[[], Plan]] = {
    ACNE: lambda: plan_for(acne_severity="severe", sex="male"),
    FILLER: lambda: plan_for("rolling", fitzpatrick="III"),
    DARK: lambda: plan_for("rolling", fitzpatrick="VI"),
}
KILLS: list[tuple[str, Spoil, str]] = [
    (ACNE, without("sunscreen"), "has no sun protection"),
    (ACNE, with_steps(begun_late), "has no sun protection"),
    (ACNE, with_steps(cut_short), "has no sun protection"),
    (ACNE, without("oral_isotretinoin"), "leaves active acne without"),
    (ACNE, flagged, "everything waits"),
    (FILLER, course_with(lambda c: dataclasses.replace(c, upkeep=())), "no such top-up is told"),
    (
        FILLER,
        course_with(
            lambda c: dataclasses.replace(
                c, upkeep=tuple(dataclasses.replace(u, first_week=1) for u in c.upkeep)
            )
        ),
        "too soon",
    ),
    (
        DARK,
        lambda plan: dataclasses.replace(
            plan, courses=(dataclasses.replace(plan.courses[-1], name="gentle"),)
        ),
        "is called gentle and holds",
    ),
]


@pytest.mark.parametrize("name", PLANS)
def test_a_sound_plan_has_no_complaints(name: str) -> None:
    plan = PLANS[name]()
    assert plan.courses
    assert checker_of_care.complaints(plan, knowledge=load_knowledge()) == []


@pytest.mark.parametrize(("name", "spoil", "words"), KILLS)
def test_a_spoiled_plan_is_complained_of(name: str, spoil: Spoil, words: str) -> None:
    told = checker_of_care.complaints(spoil(PLANS[name]()), knowledge=load_knowledge())
    assert any(words in one for one in told), told


def test_what_fades_is_topped_up_as_its_page_says() -> None:
    pages = load_knowledge().treatments
    fading = {name for name, page in pages.items() if page.lasts.weeks and not page.lasts.permanent}
    assert {"hyaluronic_acid_filler", "calcium_hydroxylapatite_filler"} <= fading
    for course in plan_for("rolling", fitzpatrick="III").courses:
        assert {one.treatment for one in course.upkeep} == held(course) & fading
        for one in course.upkeep:
            last = max(s.week for s in course.steps if s.treatment == one.treatment)
            assert one.first_week >= last + math.ceil(one.every_weeks[0])


@pytest.mark.parametrize("place", [8, 10])
def test_both_readings_agree_on_acne_that_was_half_told(place: int) -> None:
    """Of a use that is not decided the least leading role counts, for the checker as well."""
    case_file = gappy_case_files(place + 1, seed=12)[place]
    plan = first_visit(case_of_file(case_file), knowledge=load_knowledge())
    assert checker_of_care.complaints(plan, knowledge=load_knowledge()) == []
