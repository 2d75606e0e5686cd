"""A plan as JSON, in the shape that other programs lean on (`cicatrix.plan/1`)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from cicatrix.exchange.scars_json import scars_json
from cicatrix.knowledge import Knowledge
from cicatrix.records import (
    Course,
    Decision,
    Expected,
    Finding,
    Grade,
    Improvement,
    Plan,
    Question,
    Reason,
    RedFlag,
    Step,
    Target,
)

Json = dict[str, Any]


def plan_text(plan: Plan, *, knowledge: Knowledge) -> str:
    """The plan as JSON text; the same plan always gives the same bytes."""
    return json.dumps(plan_json(plan, knowledge=knowledge), ensure_ascii=False, indent=2) + "\n"


def plan_json(plan: Plan, *, knowledge: Knowledge) -> Json:
    """The plan as plain values. ``null`` means not measured or not known, never zero."""
    told: Json = {
        "schema": "cicatrix.plan/1",
        "made_with": {"cicatrix": plan.cicatrix, "knowledge": plan.knowledge},
        "findings": [_finding(finding) for finding in plan.findings],
        "captures": [
            {
                "site": scan.site or None,
                "side": scan.side or None,
                **scars_json(scan, knowledge=knowledge),
            }
            for scan in plan.case.measured
        ],
        "grades": [_grade(grade) for grade in plan.grades],
        "red_flags": [_red_flag(flag) for flag in plan.red_flags],
        "questions": [_question(question) for question in plan.questions],
        "treatments": [_treatment(decision, plan) for decision in plan.decisions],
        "courses": [_course(course) for course in plan.courses],
        **_wishes(plan),
    }
    told["cautions"] = _cautions(plan, knowledge)
    told["sources"] = _sources(told, knowledge)
    return told


def _wishes(plan: Plan) -> Json:
    """What became of the wishes: left out, not shown to hold, or in the way of every course."""
    told: Json = {
        "not_planned": [
            {"treatment": left.treatment, "why": left.why} for left in plan.not_planned
        ],
        "not_shown": [
            {"wish": open_.wish, "treatment": open_.treatment, "why": open_.why}
            for open_ in plan.not_shown
        ],
    }
    if not plan.courses:
        told["no_course_because"] = list(plan.no_course_because)
        told["relaxations"] = [
            {
                "wish": way.wish,
                "now": way.now,
                "instead": way.instead,
                "together_with": list(way.together_with),
            }
            for way in plan.relaxations
        ]
    return told


def _question(question: Question) -> Json:
    return {
        "intake": question.fact,
        "ask": question.ask["en"],
        "why": question.why["en"],
        "unlocks": list(question.unlocks),
        "changes": list(question.changes),
        "about": [_target(target) for target in question.about],
    }


def _red_flag(flag: RedFlag) -> Json:
    return {
        "caution": flag.caution,
        "text": flag.text,
        "do": flag.do,
        "sources": list(flag.sources),
        "rule": flag.rule,
        "urgency": flag.urgency,
        "stops_procedures": flag.stops_procedures,
    }


def _number(value: float) -> float | int | None:
    """A number for JSON: null where it is not known, a whole number where it is one."""
    if math.isnan(value) or math.isinf(value):
        return None
    return int(value) if value == int(value) else round(value, 3)


def _pair(low: float, high: float) -> list[float | int] | None:
    ends = (_number(low), _number(high))
    return [end for end in ends if end is not None] if None not in ends else None


def _finding(finding: Finding) -> Json:
    told: Json = {"type": finding.type, "site": finding.site, "side": finding.side}
    told |= {
        name: _number(value) if isinstance(value, float) else value
        for name, value in finding.known.items()
    }
    if finding.measured:
        told["measured"] = True
    if finding.may_also_be:
        told["may_also_be"] = list(finding.may_also_be)
    return told


def _grade(grade: Grade) -> Json:
    return {
        "scale": grade.scale,
        "value": _number(grade.value),
        "max": _number(grade.maximum),
        "label": grade.label,
        "verified": grade.verified,
        "sources": list(grade.sources),
        "missing": list(grade.missing),
        "bounds": _pair(*grade.bounds),
        "entered": [
            {
                "item": one.item,
                "points": _number(one.points),
                "factor": _number(one.factor),
                "verified": one.verified,
            }
            for one in grade.entered
        ],
        "items": grade.items or None,
        "site": grade.site or None,
        "side": grade.side or None,
        "scar": grade.scar or None,
        "version": grade.version or None,
    }


def _target(target: Target) -> Json:
    return {"site": target.site, "side": target.side, "type": target.type}


def _reason(reason: Reason) -> Json:
    return {
        "rule": reason.rule,
        "verdict": reason.verdict.value,
        "text": reason.text,
        "sources": list(reason.sources),
        "conflict": reason.conflict or None,
        "local": reason.local,
    }


def _treatment(decision: Decision, plan: Plan) -> Json:
    return {
        "id": decision.treatment,
        "verdict": decision.verdict.value,
        "role": decision.role.value,
        "targets": [_target(target) for target in decision.targets],
        "cautions": list(decision.cautions),
        "reasons": [_reason(reason) for reason in decision.reasons],
        "effect": _effect(plan.effects[decision.treatment]),
        "until": decision.until or None,
        "excluded_targets": [
            {
                **_target(left.target),
                "verdict": left.verdict.value,
                "reasons": [_reason(reason) for reason in left.reasons],
            }
            for left in decision.excluded
        ],
    }


def _effect(effect: Improvement) -> Json | None:
    if not effect.sources:
        return None
    return {
        "text": effect.text,
        "improvement_percent": _pair(effect.low_percent, effect.high_percent),
        "placebo_percent": _pair(effect.placebo_low_percent, effect.placebo_high_percent),
        "certainty": effect.certainty.value,
        "sources": list(effect.sources),
    }


def _step(step: Step) -> Json:
    return {
        "week": step.week,
        "treatment": step.treatment,
        "session": step.session,
        "of": step.of,
        "targets": [_target(target) for target in step.targets],
        "downtime_days": _pair(*step.downtime_days),
        "cautions": list(step.cautions),
        "prepare": [text["en"] for text in step.prepare],
        "aftercare": [text["en"] for text in step.aftercare],
        "lasts_weeks": step.lasts_weeks or None,
    }


def _expected(one: Expected) -> Json:
    found = one.improvement
    return {
        "target": _target(one.target),
        "improvement_percent": _pair(found.low_percent, found.high_percent),
        "placebo_percent": _pair(found.placebo_low_percent, found.placebo_high_percent),
        "placebo_apart": found.placebo_apart,
        "certainty": found.certainty.value,
    }


def _course(course: Course) -> Json:
    return {
        "name": course.name,
        "weeks": course.weeks,
        "sessions": course.sessions,
        "steps": [_step(step) for step in course.steps],
        "expected": [_expected(one) for one in course.expected],
        "pih_percent": _pair(*course.pih_percent),
        "pih_counted_for": list(course.pih_counted_for),
        "cost": (
            None
            if math.isnan(course.cost)
            else {"amount": _number(course.cost), "currency": course.currency}
        ),
        "proof": {
            "status": course.proof.status,
            "objective": _number(course.proof.objective),
            "bound": _number(course.proof.bound),
        },
        "upkeep": [
            {
                "treatment": upkeep.treatment,
                "first_week": upkeep.first_week,
                "every_weeks": _pair(*upkeep.every_weeks),
            }
            for upkeep in course.upkeep
        ],
        "unpriced": list(course.unpriced),
        "benefit": course.benefit,
        "burden": course.burden,
    }


def _cautions(plan: Plan, knowledge: Knowledge) -> list[Json]:
    """Every caution that a course, a decision or a red flag raises, in the vocabulary's order."""
    raised = {c for d in plan.decisions for c in d.cautions}
    raised |= {flag.caution for flag in plan.red_flags}
    return [
        {
            "id": name,
            "text": page.clinician,
            "sources": [citation.id for citation in page.sources],
        }
        for name, page in knowledge.cautions.items()
        if name in raised
    ]


def _sources(told: Json, knowledge: Knowledge) -> list[Json]:
    """Every source that is cited anywhere in the plan, in the order of its id."""
    cited = set(_cited(told))
    return [
        {
            "id": source.id,
            "title": source.title,
            "year": source.year,
            "url": source.url,
            "depth": source.depth,
        }
        for source in sorted(knowledge.sources.values(), key=lambda s: s.id)
        if source.id in cited
    ]


def _cited(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "sources":
                yield from (str(name) for name in inner)
            else:
                yield from _cited(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _cited(inner)
