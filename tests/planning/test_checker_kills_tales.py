"""Spoiled plans whose course tells a wrong thing of itself: the checker must complain."""

from __future__ import annotations

import dataclasses

import pytest
from tests.planning.test_checker_kills import Spoil, course, each_step, sound, steps, wished

from cicatrix.knowledge import load_knowledge
from cicatrix.planning import checker
from cicatrix.records import Plan


def last_session_after_two_years(plan: Plan) -> Plan:
    """The last sessions lie beyond the horizon, and the course does not say so."""
    last = max(step.week for step in plan.courses[0].steps)
    return steps(
        lambda one: [
            dataclasses.replace(s, week=s.week + (200 if s.week == last else 0)) for s in one.steps
        ]
    )(plan)


def sooner_than_it_is(plan: Plan) -> Plan:
    """The course calls itself one week long, and the patient wants to be done in five."""
    return wished(done_within_weeks=5.0)(course(weeks=1)(plan))


def shorter_than_it_is(plan: Plan) -> Plan:
    """Two weeks of recovery are written down as none, and the patient wants none."""
    hidden = steps(lambda one: [dataclasses.replace(s, downtime_days=(0, 0)) for s in one.steps])
    return wished(max_downtime_days=0.0)(hidden(plan))


UNTRUE = {
    "last session after two years": last_session_after_two_years,
    "sooner than it is": sooner_than_it_is,
    "shorter than it is": shorter_than_it_is,
    "sunscreen for one week": each_step("sunscreen", lambda s: {"lasts_weeks": 1}),
    "aims at nothing": each_step("subcision", lambda s: {"targets": ()}),
    "a price of its own": course(cost=1.0, currency="USD"),
}


@pytest.mark.parametrize("spoil", UNTRUE.values(), ids=UNTRUE.keys())
def test_a_course_that_tells_a_wrong_thing_of_itself_is_complained_of(spoil: Spoil) -> None:
    assert checker.complaints(spoil(sound("laser")), knowledge=load_knowledge()) != []
