"""Wishes that cannot all be fulfilled: what clashes, and what would have to give way.

Whatever the plan says of wishes is tried: a way out is taken and the patient planned again, a
clash is asked for by itself and with one wish less. The examples are patients who were once
told something else.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.answers import HARMLESS, Sketch, case_of
from tests.planning.giving_way import (
    given_way,
    names_of,
    number_of,
    only,
    planned,
    ways_of,
    without,
)
from tests.planning.strategies import told_in_full

from cicatrix.exchange.plan_json import plan_json
from cicatrix.knowledge import load_knowledge
from cicatrix.records import Case, Clinic, Decision, Plan, Relaxation, Wishes

#: Fillers, needles, lasers and a peel: enough for every kind of wish to shut something out.
OFFERED = (
    "subcision",
    "microneedling",
    "fractional_co2_laser",
    "nonablative_fractional_laser",
    "medium_peel",
    "hyaluronic_acid_filler",
    "botulinum_toxin",
    "tca_cross",
)
DOLLARS = {"currency": "USD"}
YEAR_WEEKS = 52


def scarred(*kinds: str) -> Case:
    """A harmless patient with findings of which everything was told."""
    seen = tuple({**told_in_full(kind), "type": kind} for kind in kinds)
    return case_of(Sketch(answers=HARMLESS, findings=seen, earlier=()))


ROLLING = scarred("rolling", "boxcar")


def clinic(*offers: str, **prices: float) -> Clinic:
    return Clinic(offers=frozenset((*offers, "sunscreen")), prices=prices)


def clashes_of(plan: Plan, wishes: Wishes) -> list[set[str]]:
    """The wishes that each sentence about a clash names."""
    words = {name: _words_of(wishes, name) for name in names_of(wishes)}
    return [
        {name for name, said in words.items() if said in re.split(r": |; ", because.rstrip("."))}
        for because in plan.no_course_because
    ]


def _words_of(wishes: Wishes, name: str) -> str:
    """How the plan puts one wish; written down here a second time, word for word."""
    kind, _, thing = name.partition(" ")
    number = getattr(wishes, kind, 0)
    said: dict[str, Callable[[], str]] = {
        "max_downtime_days": lambda: f"at most {_many(number, 'day')} of downtime per session",
        "max_sessions": lambda: f"at most {_many(number, 'session')}",
        "done_within_weeks": lambda: f"done within {_many(number, 'week')}",
        "budget": lambda: f"at most {number:g} {wishes.currency}",
        "low_pain": lambda: "as little pain as possible",
        "lasting": lambda: "results that last",
        "avoid": lambda: f"no {thing.replace('_', ' ')}",
        "requested": lambda: f"{thing.replace('_', ' ')} must be part",
    }
    return said[kind]()


def _many(number: float, word: str) -> str:
    return f"{number:g} {word}" if number == 1 else f"{number:g} {word}s"


def taken_back(taken: Wishes, wishes: Wishes, way: Relaxation) -> Wishes:
    """The wishes after giving way, with one of them as it was."""
    kind = way.wish.partition(" ")[0]
    return dataclasses.replace(taken, **{kind: getattr(wishes, kind)})


def possible(case: Case, wishes: Wishes) -> bool:
    """Whether any course can exist: one treatment that improves something, as short as it may be.

    Read from the pages without a model, for at most one treatment that was asked for.
    """
    decisions = {d.treatment: d for d in planned(case, Wishes()).decisions}
    asked = [name for name in wishes.requested if _improves(decisions[name])]
    return any(
        _fits(name, case, wishes)
        for name in asked or sorted(case.clinic.offers)
        if _improves(decisions[name])
    )


def _improves(decision: Decision) -> bool:
    changing = ("first_line", "second_line", "adjunct")
    return decision.verdict.permits and any(r.value in changing for r in decision.roles.values())


def _fits(name: str, case: Case, wishes: Wishes) -> bool:
    """One treatment alone with the fewest sessions, as close together as its page allows."""
    page, price = load_knowledge().treatments[name], case.clinic.prices.get(name, math.nan)
    sessions, apart = page.schedule.sessions, page.schedule.interval_weeks
    assert sessions is not None, "only what is done in sessions is tried here"
    days = page.downtime_days.high if page.downtime_days else math.nan
    recovery = max(1, math.ceil((page.downtime_days.high if page.downtime_days else 0) / 7))
    weeks = (sessions.low - 1) * (math.ceil(apart.low) if apart else 0) + recovery
    mild = page.pain_0_to_10 or name not in load_knowledge().sets["anaesthetised"]
    stays = page.lasts.permanent or not page.lasts.weeks or page.lasts.weeks.low >= YEAR_WEEKS
    return (
        (wishes.max_downtime_days == math.inf or days <= wishes.max_downtime_days)
        and sessions.low <= wishes.max_sessions
        and weeks <= wishes.done_within_weeks
        and (wishes.budget == math.inf or price * sessions.low <= wishes.budget)
        and bool(wishes.low_pain != "yes" or mild)
        and bool(wishes.lasting != "yes" or stays)
        and not set(wishes.avoid) & set(page.uses)
    )


# --- laws -----------------------------------------------------------------------------------------


@st.composite
def wished(draw: Callable[[Any], Any]) -> tuple[Case, Wishes]:
    """A patient at a small clinic, with several wishes at once."""
    offered = draw(st.lists(st.sampled_from(OFFERED), min_size=1, max_size=4, unique=True))
    priced = draw(st.lists(st.sampled_from(offered), unique=True))
    costs = {name: draw(st.sampled_from((99.99, 250.0, 650.5, 12345.67))) for name in priced}
    limits: dict[str, Any] = {
        "max_downtime_days": draw(st.sampled_from((1.0, 3.0, 7.0))),
        "max_sessions": draw(st.sampled_from((1.0, 2.0))),
        "done_within_weeks": draw(st.sampled_from((1.0, 4.0, 9.0))),
        "budget": draw(st.sampled_from((90.0, 700.0, 20000.0))),
        "low_pain": "yes",
        "lasting": "yes",
        "avoid": tuple(draw(st.lists(st.sampled_from(("needles", "lasers")), min_size=1))),
        "requested": tuple(draw(st.lists(st.sampled_from(offered), max_size=2, unique=True))),
    }
    limits["avoid"] = tuple(sorted(set(limits["avoid"])))
    kept = draw(st.lists(st.sampled_from(sorted(limits)), min_size=2, max_size=5, unique=True))
    wishes = Wishes(**{name: limits[name] for name in kept}, **DOLLARS)
    patient = draw(st.sampled_from((ROLLING, scarred("rolling"), scarred("ice_pick"))))
    return dataclasses.replace(patient, clinic=clinic(*offered, **costs)), wishes


@given(wished())
@settings(max_examples=60)
def test_each_way_out_leads_to_a_course_and_a_little_less_does_not(
    asked: tuple[Case, Wishes],
) -> None:
    case, wishes = asked
    plan = planned(case, wishes)
    for ways in ways_of(plan):
        taken = wishes
        for way in ways:
            taken = given_way(taken, way)
        assert planned(case, taken).courses, f"{ways} lead nowhere"
        for way in ways:
            assert not planned(case, taken_back(taken, wishes, way)).courses, f"{way} is spare"
            if number_of(way) < math.inf:
                short = given_way(taken, way, short_by=1)
                assert not planned(case, short).courses, f"{way} is not the nearest"


@given(wished())
@settings(max_examples=100)
def test_there_is_a_course_exactly_where_one_treatment_fits_the_wishes(
    asked: tuple[Case, Wishes],
) -> None:
    case, wishes = asked
    wishes = dataclasses.replace(wishes, requested=wishes.requested[:1])
    assert bool(planned(case, wishes).courses) == possible(case, wishes)


@given(wished())
@settings(max_examples=60)
def test_what_clashes_clashes_and_no_wish_of_it_can_be_spared(asked: tuple[Case, Wishes]) -> None:
    case, wishes = asked
    plan = planned(case, wishes)
    if not plan.relaxations:
        # There are courses, or none even without a wish: then no wish is blamed.
        blamed = [because for because in plan.no_course_because if "wish" in because]
        assert bool(plan.courses) != bool(plan.no_course_because)
        assert not blamed
        assert plan.courses or not planned(case, Wishes()).courses
        return
    clashes = clashes_of(plan, wishes)
    for clash in clashes:
        assert clash, plan.no_course_because
        assert not planned(case, only(wishes, clash)).courses, f"{clash} do not clash"
        for spared in clash:
            rest = only(wishes, clash - {spared})
            assert planned(case, rest).courses, f"{spared} has no part in {clash}"
    told = {way.wish for way in plan.relaxations}
    if plan.relaxations[0].together_with:
        assert len(clashes) == len(told)
        assert all(len(clash & told) == 1 for clash in clashes)
        assert not any(planned(case, without(wishes, name)).courses for name in names_of(wishes))
    else:
        assert len(clashes) == 1
        assert told <= clashes[0]
        alone = [n for n in names_of(wishes) if planned(case, without(wishes, n)).courses]
        assert told == set(alone)


# --- examples -------------------------------------------------------------------------------------


def test_two_wishes_that_must_give_way_together_are_told_as_together() -> None:
    """Neither more days off nor more money alone makes room for what was asked for."""
    wishes = Wishes(
        requested=("subcision",), done_within_weeks=10, max_downtime_days=5, budget=500, **DOLLARS
    )
    priced = dataclasses.replace(ROLLING.clinic, prices={"subcision": 650.0})
    plan = planned(ROLLING, wishes, clinic=priced)
    told = {way.wish: (way.instead, way.together_with) for way in plan.relaxations}
    assert told == {
        "max_downtime_days": ("at least 14 days of downtime per session", ("budget",)),
        "budget": ("at least 650 USD", ("max_downtime_days",)),
    }
    assert plan.no_course_because == (
        (
            "These wishes cannot all hold in one course: at most 5 days of downtime per session; "
            "subcision must be part."
        ),
        # Nothing else has a price, and home care alone makes no course.
        "This wish leaves no course: at most 500 USD.",
    )
    as_json = plan_json(plan, knowledge=load_knowledge())["relaxations"]
    assert {way["wish"]: way["together_with"] for way in as_json} == {
        "max_downtime_days": ["budget"],
        "budget": ["max_downtime_days"],
    }
    for way in plan.relaxations:
        assert "but only if this changes too" in way.patient["en"]
        assert "pero solo si también cambia esto" in way.patient["es"]


def test_what_is_done_at_home_hangs_on_no_clinic_and_no_wish_is_blamed() -> None:
    few = Clinic(offers=frozenset({"fractional_co2_laser"}))
    plan = planned(ROLLING, Wishes(max_downtime_days=20), clinic=few)
    assert {"fractional_co2_laser", "sunscreen"} <= held_by(plan)
    assert not plan.relaxations


def test_asking_for_what_the_clinic_does_not_offer_is_planned_without_it() -> None:
    plan = planned(ROLLING, Wishes(requested=("subcision",)), clinic=clinic("microneedling"))
    assert plan.courses
    told = {left.treatment: left.why for left in plan.not_planned}
    assert told["subcision"].startswith("was asked for, but is not offered by the clinic")


def test_what_has_no_price_fits_no_budget_however_large() -> None:
    """Then a larger number is no way out; to drop the budget is."""
    plan = planned(
        ROLLING, Wishes(budget=100.0, **DOLLARS), clinic=clinic("subcision", "microneedling")
    )
    assert [(way.wish, way.instead) for way in plan.relaxations] == [
        ("budget", "without this wish")
    ]
    assert "price" in {left.treatment: left.why for left in plan.not_planned}["subcision"]


def test_an_amount_that_is_offered_is_never_rounded_down() -> None:
    dear = clinic("subcision", subcision=12345.67)
    plan = planned(ROLLING, Wishes(budget=100.0, **DOLLARS), clinic=dear)
    assert [way.instead for way in plan.relaxations] == ["at least 12345.67 USD"]


# --- little pain, and results that last -----------------------------------------------------------


def held_by(plan: Plan) -> set[str]:
    return {step.treatment for course in plan.courses for step in course.steps}


def test_pain_that_nobody_counted_is_not_little_pain() -> None:
    plan = planned(ROLLING, Wishes(low_pain="yes"))
    assert "microneedling" in held_by(plan), "its pain was counted: 1.08 of 10"
    assert not held_by(plan) & {"fractional_co2_laser", "medium_peel", "subcision"}
    why = {left.treatment: left.why for left in plan.not_planned}
    assert "nobody has counted its pain" in why["fractional_co2_laser"]
    assert "microneedling" in why["fractional_co2_laser"]
    assert "anaesthetic" in why["subcision"]


def test_pain_that_nobody_counted_is_told_where_the_treatment_was_asked_for() -> None:
    plan = planned(ROLLING, Wishes(low_pain="yes", requested=("fractional_co2_laser",)))
    assert "fractional_co2_laser" in held_by(plan)
    told = {(open_.wish, open_.treatment): open_.why for open_ in plan.not_shown}
    assert "nobody has counted its pain" in told["low_pain", "fractional_co2_laser"]
    assert not held_by(plan) & {"nonablative_fractional_laser", "medium_peel", "microneedling_prp"}


def test_an_anaesthetic_by_injection_clashes_with_little_pain() -> None:
    plan = planned(ROLLING, Wishes(low_pain="yes", requested=("subcision",)))
    assert not plan.courses
    assert {way.wish for way in plan.relaxations} == {"low_pain", "requested subcision"}


@pytest.mark.parametrize("filler", ["hyaluronic_acid_filler", "botulinum_toxin"])
def test_what_may_fade_within_a_year_does_not_count_as_lasting(filler: str) -> None:
    """Hyaluronic acid lasts 26 to 52 weeks: it need not last a year."""
    plan = planned(ROLLING, Wishes(lasting="yes", requested=(filler,)))
    assert not plan.courses
    assert {way.wish for way in plan.relaxations} == {"lasting", f"requested {filler}"}


def test_how_long_it_lasts_is_told_as_unknown_where_nobody_counted() -> None:
    plan = planned(ROLLING, Wishes(lasting="yes"))
    told = {open_.treatment for open_ in plan.not_shown if open_.wish == "lasting"}
    pages = load_knowledge().treatments
    assert told == {
        name
        for name in held_by(plan)
        if pages[name].schedule.kind == "sessions"
        and not pages[name].lasts.permanent
        and pages[name].lasts.weeks is None
    }
    assert "subcision" in told
