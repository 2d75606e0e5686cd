"""Spoiled plans: the checker must complain of every single one, in the right words.

Each plan here is a real one that passed. One thing in it is spoiled, as a defect of the planner
or a careless hand would; a fault that the checker lets pass is a survivor.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from tests.planning.answers import HARMLESS, Sketch, case_of
from tests.planning.strategies import told_in_full

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.planning import checker, checker_of_care
from cicatrix.records import (
    Course,
    EarlierTreatment,
    Finding,
    Plan,
    RedFlag,
    Step,
    Target,
    Wishes,
)
from cicatrix.visit import first_visit

Spoil = Callable[[Plan], Plan]

#: Who the plans are for: the findings, what was asked for, and answers other than harmless.
PATIENTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], Mapping[str, Any]]] = {
    "laser": (("rolling",), ("subcision", "fractional_erbium_laser"), {}),
    "needles": (("rolling",), ("subcision", "microneedling"), {}),
    "filler": (("rolling",), ("subcision", "hyaluronic_acid_filler"), {}),
    "vessels": (("rolling", "erythema"), ("subcision", "pulsed_dye_laser"), {}),
    "raised": (("hypertrophic",), ("intralesional_triamcinolone",), {}),
    "toxin": (("hypertrophic",), ("botulinum_toxin",), {}),
    "acne": (("rolling",), ("hyaluronic_acid_filler",), {"acne_severity": "mild"}),
    "dark skin": (("rolling",), ("subcision", "fractional_co2_laser"), {"fitzpatrick": "IV"}),
}


@functools.cache
def sound(patient: str) -> Plan:
    """A plan that passed, with its strongest course only."""
    kinds, requested, answers = PATIENTS[patient]
    seen = tuple({**told_in_full(kind), "type": kind} for kind in kinds)
    case = case_of(Sketch(answers={**HARMLESS, **answers}, findings=seen, earlier=()))
    case = dataclasses.replace(case, wishes=Wishes(requested=requested))
    plan = first_visit(case, knowledge=load_knowledge())
    held = {step.treatment for step in plan.courses[-1].steps}
    assert set(requested) <= held, held
    return dataclasses.replace(plan, courses=plan.courses[-1:])


# --- ways to spoil ----------------------------------------------------------------------------


def course(**changes: Any) -> Spoil:
    """Something the course says of itself."""
    return lambda plan: dataclasses.replace(
        plan, courses=tuple(dataclasses.replace(c, **changes) for c in plan.courses)
    )


def steps(change: Callable[[Course], Iterable[Step]]) -> Spoil:
    """The steps of the course, and the number of sessions that goes with them."""

    def spoil(plan: Plan) -> Plan:
        (one,) = plan.courses
        changed = tuple(sorted(change(one), key=lambda s: (s.week, s.treatment)))
        pages = load_knowledge().treatments
        sessions = sum(pages[s.treatment].schedule.kind == "sessions" for s in changed)
        whole = dataclasses.replace(one, steps=changed, sessions=sessions)
        return dataclasses.replace(plan, courses=(whole,))

    return spoil


def each_step(treatment: str, change: Callable[[Step], Mapping[str, Any]]) -> Spoil:
    """Every step of one treatment."""
    return steps(
        lambda one: [
            dataclasses.replace(s, **change(s)) if s.treatment == treatment else s
            for s in one.steps
        ]
    )


def begun_in(treatment: str, week: int) -> Spoil:
    """One treatment moved so that it begins in another week, its intervals kept."""

    def change(one: Course) -> list[Step]:
        first = min(s.week for s in one.steps if s.treatment == treatment)
        return [
            dataclasses.replace(s, week=s.week - first + week) if s.treatment == treatment else s
            for s in one.steps
        ]

    return steps(change)


def without(treatment: str) -> Spoil:
    """One treatment dropped."""
    return steps(lambda one: [s for s in one.steps if s.treatment != treatment])


def with_sessions(treatment: str, count: int) -> Spoil:
    """Another number of sessions, numbered rightly and far enough apart."""

    def change(one: Course) -> list[Step]:
        mine = [s for s in one.steps if s.treatment == treatment]
        rest = [s for s in one.steps if s.treatment != treatment]
        last = max(s.week for s in one.steps)
        return rest + [
            dataclasses.replace(mine[0], week=last + 20 + 26 * n, session=n + 1, of=count)
            for n in range(count)
        ]

    return steps(change)


def also(treatment: str, week: int) -> Spoil:
    """A treatment that the planner did not choose, given once."""

    def change(one: Course) -> list[Step]:
        like = next(s for s in one.steps if not s.lasts_weeks)
        return [
            *one.steps,
            dataclasses.replace(like, treatment=treatment, week=week, session=1, of=1),
        ]

    return steps(change)


def wished(**wishes: Any) -> Spoil:
    """The patient wants something that the course does not heed."""
    return lambda plan: dataclasses.replace(
        plan,
        case=dataclasses.replace(plan.case, wishes=dataclasses.replace(plan.case.wishes, **wishes)),
    )


def answered(**facts: Any) -> Spoil:
    """An answer was another one than the planner decided upon; None takes it away."""

    def spoil(plan: Plan) -> Plan:
        told = {f: a for f, a in {**plan.case.intake.facts, **facts}.items() if a is not None}
        intake = dataclasses.replace(plan.case.intake, facts=told)
        return dataclasses.replace(plan, case=dataclasses.replace(plan.case, intake=intake))

    return spoil


def done_before(treatment: str, weeks_ago: float, *, result: str = "better") -> Spoil:
    """Something was done before the visit that the planner did not know of."""

    def spoil(plan: Plan) -> Plan:
        done = EarlierTreatment(treatment=treatment, weeks_ago=weeks_ago, result=result)
        intake = dataclasses.replace(plan.case.intake, earlier=(done,))
        return dataclasses.replace(plan, case=dataclasses.replace(plan.case, intake=intake))

    return spoil


def seen(change: Callable[[Finding], Finding]) -> Spoil:
    """The findings are other ones than the planner decided upon."""
    return lambda plan: dataclasses.replace(
        plan,
        case=dataclasses.replace(plan.case, findings=tuple(map(change, plan.case.findings))),
    )


def decision(treatment: str, **changes: Any) -> Spoil:
    """The decision about one treatment."""
    return lambda plan: dataclasses.replace(
        plan,
        decisions=tuple(
            dataclasses.replace(d, **changes) if d.treatment == treatment else d
            for d in plan.decisions
        ),
    )


def clinic(**changes: Any) -> Spoil:
    """What the clinic offers and charges."""
    return lambda plan: dataclasses.replace(
        plan,
        case=dataclasses.replace(
            plan.case, clinic=dataclasses.replace(plan.case.clinic, **changes)
        ),
    )


def flagged(plan: Plan) -> Plan:
    """A red flag that stops procedures."""
    flag = RedFlag(
        rule="changing-pigmented-lesion",
        caution="melanoma_refer",
        do="urgent_dermatology_referral",
        urgency="urgent",
        text="",
        patient={},
        stops_procedures=True,
        sources=(),
    )
    return dataclasses.replace(plan, red_flags=(flag,))


def twice(plan: Plan) -> Plan:
    """The same course under two names."""
    (one,) = plan.courses
    return dataclasses.replace(plan, courses=(dataclasses.replace(one, name="gentle"), one))


def worse_beside(plan: Plan) -> Plan:
    """A course that costs more burden and does less."""
    (one,) = plan.courses
    worse = dataclasses.replace(
        one, name="balanced", benefit=one.benefit - 1, burden=one.burden + 1
    )
    return dataclasses.replace(plan, courses=(worse, one))


def undecided(plan: Plan) -> Plan:
    return dataclasses.replace(
        plan, decisions=tuple(d for d in plan.decisions if d.treatment != "subcision")
    )


def proof(**changes: Any) -> Spoil:
    def spoil(plan: Plan) -> Plan:
        (one,) = plan.courses
        told = dataclasses.replace(one.proof, **changes)
        return dataclasses.replace(plan, courses=(dataclasses.replace(one, proof=told),))

    return spoil


def promised(low: float, high: float) -> Spoil:
    def spoil(plan: Plan) -> Plan:
        (one,) = plan.courses
        told = tuple(
            dataclasses.replace(
                e,
                improvement=dataclasses.replace(e.improvement, low_percent=low, high_percent=high),
            )
            for e in one.expected
        )
        return dataclasses.replace(plan, courses=(dataclasses.replace(one, expected=told),))

    return spoil


NOWHERE = Target(site="nose", side="left", type="rolling")
KELOID = Target(site="cheek", side="both", type="keloid")

KILLS = [
    # Sessions
    ("needles", each_step("microneedling", lambda s: {"week": s.session}), "weeks apart"),
    ("needles", each_step("microneedling", lambda s: {"week": 20 * s.session}), "6 at most"),
    ("needles", each_step("microneedling", lambda s: {"session": 1}), "not numbered"),
    ("needles", each_step("microneedling", lambda s: {"of": s.of + 1}), "wrong number of"),
    ("needles", with_sessions("microneedling", 1), "microneedling: 1 sessions, the page allows"),
    ("needles", with_sessions("subcision", 9), "subcision: 9 sessions, the page allows"),
    ("needles", course(sessions=1), "says 1 sessions"),
    # Verdicts, offers, targets
    ("laser", decision("subcision", verdict=v.Verdict.AVOID), "its verdict is 'avoid'"),
    ("laser", decision("subcision", verdict=v.Verdict.DEFER), "its verdict is 'defer'"),
    ("laser", decision("subcision", verdict=v.Verdict.ASK), "its verdict is 'ask'"),
    ("laser", decision("subcision", role=v.Role.NOT_INDICATED), "nothing that was found"),
    ("laser", undecided, "never decided"),
    ("dark skin", also("deep_phenol_peel", 90), "its verdict is 'avoid'"),
    ("dark skin", also("full_ablative_laser", 90), "its verdict is 'avoid'"),
    ("laser", also("dermatology_referral", 90), "cannot be a step"),
    ("laser", also("silicone", 90), "nothing that was found"),
    ("laser", clinic(offers=frozenset({"sunscreen"})), "does not offer it"),
    ("laser", each_step("subcision", lambda s: {"targets": (NOWHERE,)}), "which nobody found"),
    ("laser", each_step("subcision", lambda s: {"targets": (KELOID,)}), "which nobody found"),
    (
        "laser",
        seen(lambda f: dataclasses.replace(f, type="ice_pick")),
        "which nobody found",
    ),
    # Rules, worked out anew
    ("laser", answered(infection_at_site="yes"), "stopped by the rule infection-at-site (yes)"),
    ("laser", answered(infection_at_site=None), "stopped by the rule infection-at-site (maybe)"),
    ("laser", answered(acne_severity=None), "active-acne-must-be-known (maybe)"),
    ("laser", answered(sex="female", pregnant="yes"), "pregnancy-elective-procedures (yes)"),
    ("laser", answered(sex="female", pregnant=None), "pregnancy-elective-procedures (maybe)"),
    ("laser", flagged, "a red flag stops all procedures"),
    # How treatments go together
    ("laser", begun_in("fractional_erbium_laser", 0), "subcision-before-resurfacing wants"),
    ("laser", also("fractional_co2_laser", 90), "which one-resurfacing-laser rules out"),
    ("needles", also("rf_microneedling", 90), "which one-needling rules out"),
    ("needles", begun_in("microneedling", 1), "too near; subcision-with-microneedling"),
    ("filler", begun_in("hyaluronic_acid_filler", 0), "subcision-before-filler wants"),
    ("vessels", begun_in("pulsed_dye_laser", 1), "too near; default-gap"),
    ("laser", without("sunscreen"), "(sunscreen-with-procedures)"),
    ("laser", begun_in("sunscreen", 50), "(sunscreen-with-procedures)"),
    ("raised", without("silicone"), "(silicone-with-steroid)"),
    ("acne", begun_in("hyaluronic_acid_filler", 1), "(acne-control-before-fillers)"),
    ("laser", done_before("motor_dermabrasion", 0.0), "weeks are needed between them"),
    ("laser", done_before("subcision", math.nan), "weeks are needed between them"),
    ("needles", done_before("microneedling", 1.0), "stopped by the rule repeat-needling (yes)"),
    ("raised", answered(filler_weeks_ago=0.0), "weeks are needed between them"),
    ("laser", answered(filler_weeks_ago=0.0), "the rule device-over-fresh-filler (yes)"),
    ("laser", done_before("fat_grafting", 1.0), "the rule device-over-fresh-filler (yes)"),
    (
        "laser",
        done_before("fractional_erbium_laser", 300.0, result="worse"),
        "fractional_erbium_laser is stopped by the rule harmed-before-procedure (yes)",
    ),
    (
        "laser",
        done_before("fractional_erbium_laser", 300.0, result="unknown"),
        "fractional_erbium_laser is stopped by the rule harmed-before-procedure (maybe)",
    ),
    # Wishes
    ("laser", wished(max_sessions=1.0), "wished at most"),
    ("laser", wished(done_within_weeks=3.0), "wished at most"),
    ("laser", wished(max_downtime_days=1.0), "days of downtime"),
    ("laser", wished(avoid=("lasers",)), "wants to avoid"),
    ("laser", wished(requested=("tca_cross",)), "was asked for and is missing"),
    ("laser", wished(requested=("subcision", "punch_grafting")), "was asked for and is missing"),
    ("toxin", wished(lasting="yes"), "may fade sooner than wished"),
    ("raised", wished(lasting="yes"), "nobody counted how long it lasts"),
    ("laser", wished(low_pain="yes"), "nobody counted its pain"),
    ("laser", wished(low_pain="yes"), "is done under an anaesthetic"),
    ("laser", wished(budget=1e6, currency="USD"), "has no price"),
    # What a course says of itself
    ("laser", proof(bound=math.inf), "is called optimal"),
    ("laser", promised(-200.0, 50.0), "percent for"),
    ("laser", promised(60.0, 50.0), "percent for"),
    ("laser", twice, "does at least as much"),
    ("laser", worse_beside, "does at least as much"),
]


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_sound_plan_has_no_complaints(patient: str) -> None:
    assert checker.complaints(sound(patient), knowledge=load_knowledge()) == []


@pytest.mark.parametrize(("patient", "spoil", "words"), KILLS)
def test_a_spoiled_plan_is_complained_of(patient: str, spoil: Spoil, words: str) -> None:
    spoiled = spoil(sound(patient))
    assert spoiled != sound(patient)
    told = [
        fault
        for one in (checker, checker_of_care)
        for fault in one.complaints(spoiled, knowledge=load_knowledge())
    ]
    assert any(words in one for one in told), told


def test_a_budget_that_is_overspent_is_complained_of() -> None:
    plan = clinic(prices=dict.fromkeys(v.TREATMENTS, 500.0) | {"sunscreen": 0.0})(sound("laser"))
    spent = 500.0 * plan.courses[0].sessions
    kept = wished(budget=spent, currency="USD")(plan)
    assert checker.complaints(kept, knowledge=load_knowledge()) == []
    over = wished(budget=spent - 1, currency="USD")(plan)
    assert any("wished at most" in t for t in checker.complaints(over, knowledge=load_knowledge()))
