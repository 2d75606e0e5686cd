"""Invented patients for the laws: fully answered ones, gappy ones, and everything between."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from tests.planning.answers import (
    CLEAR_CUT,
    EVERYWHERE,
    HARMLESS,
    RESULTS,
    UNKNOWN_WEEKS,
    UNTOLD,
    Choices,
    Sketch,
    case_of,
    choices_of,
)

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.records import Case, Clinic, Wishes

Draw = Callable[[st.SearchStrategy[Any]], Any]
#: Raised marks have a height and the others a depth; colour has neither.
RAISED = {"severity": "moderate", "age_weeks": 120.0, "height_mm": 2.0, "width_mm": 8.0}
COLOUR = {"severity": "moderate", "age_weeks": 120.0}


@functools.cache
def choices() -> Choices:
    """Every answer worth trying, from the shipped pages."""
    return choices_of(load_knowledge())


def told_in_full(kind: str) -> Mapping[str, Any]:
    """What is known of a finding of one type when everything was told."""
    if kind in v.FINDING_GROUPS["raised"]:
        return RAISED
    return COLOUR if kind in v.FINDING_GROUPS["colour"] else CLEAR_CUT


@st.composite
def answers(draw: Draw, *, most_risks: int = 4, most_gaps: int = 5) -> dict[str, Any]:
    """What a patient tells: harmless but for a few answers, and a few not given."""
    facts = sorted(v.PATIENT_FACTS)
    told: dict[str, Any] = dict(HARMLESS)
    for fact in draw(st.lists(st.sampled_from(facts), max_size=most_risks, unique=True)):
        told[fact] = draw(st.sampled_from(choices().patient[fact]))
    for fact in draw(st.lists(st.sampled_from(facts), max_size=most_gaps, unique=True)):
        told[fact] = UNTOLD
    return told


@st.composite
def findings(draw: Draw, *, most: int = 4) -> tuple[Mapping[str, Any], ...]:
    """Some findings, told in full but for a few facts.

    No two share type, site and side; such are tried in ``test_defects.py``.
    """
    names = st.tuples(*map(st.sampled_from, (v.FINDING_TYPES, v.SITES, v.SIDES)))
    found = []
    for kind, site, side in draw(st.lists(names, max_size=most, unique=True)):
        seen = {**told_in_full(kind), "type": kind, "site": site, "side": side}
        others = sorted(v.FINDING_FACTS.keys() - {"type", "site", "side"})
        for fact in draw(st.lists(st.sampled_from(others), max_size=3, unique=True)):
            seen[fact] = draw(st.sampled_from(choices().finding[fact]))
        found.append(seen)
    return tuple(found)


@st.composite
def histories(draw: Draw) -> Any:
    """Not asked, nothing, or a few earlier treatments, some without a date."""
    if draw(st.integers(0, 4)) == 0:
        return UNTOLD
    names = draw(st.lists(st.sampled_from(v.TREATMENTS), max_size=2, unique=True))
    weeks = [(0.0, *choices().weeks.get(name, (1.0,)), 5300.0, UNKNOWN_WEEKS) for name in names]
    return tuple(
        (n, draw(st.sampled_from(w)), draw(st.sampled_from(RESULTS)))
        for n, w in zip(names, weeks, strict=True)
    )


@st.composite
def wishes(draw: Draw) -> Wishes:
    """No wish, or some; never more than a clinic would hear."""
    limits = {
        "max_downtime_days": st.sampled_from((math.inf, math.inf, 0.0, 3.0, 7.0, 14.0)),
        "max_sessions": st.sampled_from((math.inf, math.inf, 1.0, 4.0, 8.0)),
        "done_within_weeks": st.sampled_from((math.inf, math.inf, 8.0, 26.0, 52.0)),
        "budget": st.sampled_from((math.inf, math.inf, 900.0, 3000.0)),
        "low_pain": st.sampled_from(v.ANSWERS),
        "lasting": st.sampled_from(v.ANSWERS),
        "avoid": st.lists(st.sampled_from(v.AVOIDABLE), max_size=2, unique=True),
        "requested": st.lists(st.sampled_from(v.TREATMENTS), max_size=1),
    }
    picked = {name: draw(choice) for name, choice in limits.items()}
    picked |= {name: tuple(sorted(picked[name])) for name in ("avoid", "requested")}
    currency = "USD" if picked["budget"] < math.inf else ""
    return Wishes(**picked, currency=currency)


@st.composite
def clinics(draw: Draw) -> Clinic:
    """A clinic that offers everything but a few treatments, and has prices for most."""
    missing = draw(st.lists(st.sampled_from(v.TREATMENTS), max_size=6, unique=True))
    unpriced = draw(st.lists(st.sampled_from(v.TREATMENTS), max_size=6, unique=True))
    prices = {name: 100.0 + 25.0 * n for n, name in enumerate(v.TREATMENTS)}
    return Clinic(
        offers=frozenset(v.TREATMENTS) - set(missing),
        prices={name: price for name, price in prices.items() if name not in unpriced},
    )


@st.composite
def sketches(draw: Draw, *, most_gaps: int = 5) -> Sketch:
    """The answers, findings and earlier treatments of one patient."""
    return Sketch(
        answers=draw(answers(most_gaps=most_gaps)),
        findings=draw(findings()),
        earlier=draw(histories()),
        findings_known=draw(st.booleans()),
    )


@st.composite
def cases(draw: Draw, *, most_gaps: int = 5) -> Case:
    """A whole case, with wishes and a clinic."""
    case = case_of(draw(sketches(most_gaps=most_gaps)))
    clinic = draw(st.one_of(st.just(EVERYWHERE), clinics()))
    asked = draw(st.one_of(st.just(Wishes()), wishes()))
    return dataclasses.replace(case, wishes=asked, clinic=clinic)


def case_file(case: Case) -> dict[str, Any]:
    """A case as a case file tells it (`cicatrix.case/1`)."""
    facts = dict(case.intake.facts)
    patient = {f: facts.pop(f) for f in ("age", "sex", "fitzpatrick") if f in facts}
    acne = {
        name: facts.pop(fact)
        for name, fact in (
            ("severity", "acne_severity"),
            ("kind", "acne_kind"),
            ("lesions", "acne_lesions"),
            ("scarring_still", "scarring_still"),
        )
        if fact in facts
    }
    if facts.get("filler_weeks_ago") == math.inf:
        facts["filler_weeks_ago"] = "never"
    told = {
        "schema": "cicatrix.case/1",
        "patient": patient,
        "acne": acne,
        "intake": facts,
        "findings": [
            {"type": f.type, "site": f.site, "side": f.side, **f.known} for f in case.findings
        ],
    }
    if case.intake.earlier_known:
        told["earlier_treatments"] = [
            {"treatment": e.treatment, "result": e.result}
            | ({} if math.isnan(e.weeks_ago) else {"weeks_ago": e.weeks_ago})
            for e in case.intake.earlier
        ]
    return told
