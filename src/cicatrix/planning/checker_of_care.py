"""Read the courses of a finished plan once more, for the care that goes through all of each.

Like ``checker.py`` it shares no code with the planner and imports nothing from its siblings: sun
protection throughout, active acne under treatment, what may be called gentle, top-ups for what
fades, what is not known of pain and lasting, and no course at all under a flag for which
everything waits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.second_reading import NO, YES, holds
from cicatrix.records import Case, Course, Plan
from cicatrix.vocabulary import Role, Verdict

_PERMITTED = (Verdict.SUITABLE, Verdict.CAUTION)
_CONTROL = (Role.FIRST_LINE, Role.SECOND_LINE)


def complaints(plan: Plan, *, knowledge: Knowledge) -> list[str]:
    """Every fault of the care in every course, as sentences; an empty list for a sound plan."""
    found = []
    for course in plan.courses:
        faults = (
            *_waiting(plan, knowledge),
            *_protection(course, knowledge),
            *_acne(course, plan, knowledge),
            *_gentleness(course, plan, knowledge),
            *_top_ups(course, knowledge),
            *_pain_and_lasting(course, plan, knowledge),
        )
        found += [f"{course.name}: {fault}" for fault in faults]
    return found


def _waiting(plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    for flag in plan.red_flags:
        page = knowledge.rules[flag.rule].red_flag
        if page is not None and page.waits == "everything":
            yield f"is a course, but everything waits for the red flag {flag.rule}"


def _protection(course: Course, knowledge: Knowledge) -> Iterator[str]:
    """Somebody protects the skin from the sun from the first step to the end of the last."""
    first = min((step.week for step in course.steps), default=0)
    last = max([course.weeks, *(step.week for step in course.steps)])
    protecting = [
        (step.week, step.week + step.lasts_weeks)
        for step in course.steps
        if any(s.component == "protection" for s in knowledge.treatments[step.treatment].suits)
    ]
    if not any(begins <= first and ends >= last for begins, ends in protecting):
        yield f"has no sun protection from week {first} to week {last}"


def _acne(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    """Active acne is treated by something in the best role that is open, unless it is already."""
    taken = knowledge.assumptions["acne-control"].values["under_treatment"]
    if any(plan.case.intake.facts.get(fact) in words for fact, words in taken.items()):
        return
    open_now = {
        decision.treatment: role
        for decision in plan.decisions
        if decision.verdict in _PERMITTED
        for role in [_role_for_acne(decision.treatment, plan.case, knowledge)]
        if role in _CONTROL
    }
    wanted = next((role for role in _CONTROL if role in open_now.values()), None)
    held = {open_now.get(step.treatment) for step in course.steps}
    if wanted is not None and wanted not in held:
        names = sorted(name for name, role in open_now.items() if role is wanted)
        yield f"leaves active acne without any of {', '.join(names)}"


def _role_for_acne(treatment: str, case: Case, knowledge: Knowledge) -> Role:
    """The least leading role that it may have; none where it may be for nothing."""
    possible: list[Role] = []
    for suits in knowledge.treatments[treatment].suits:
        if "acne" not in suits.types:
            continue
        truth = YES if suits.when is None else holds(suits.when, case, None, {}, knowledge)
        if truth != NO:
            possible.append(suits.role)
        if truth == YES:
            return max(possible, key=tuple(Role).index)
    return Role.NOT_INDICATED


def _gentleness(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    if course.name != "gentle":
        return
    values = knowledge.assumptions["burden"].values
    harsh = set(knowledge.treatments_named(values["never_gentle"]))
    facts = plan.case.intake
    easily_marked = any(
        name in values["at_risk_findings"] for f in plan.case.findings for name in f.types
    )
    for fact, words in values["at_risk_answers"].items():
        told = facts.facts.get(fact)
        if told is None:
            easily_marked |= not set(facts.possible.get(fact, words)).isdisjoint(words)
        else:
            easily_marked |= told in words
    if easily_marked:
        harsh |= knowledge.treatments_named(values["not_gentle_at_risk"])
    for name in sorted({step.treatment for step in course.steps} & harsh):
        yield f"is called gentle and holds {name}"


def _top_ups(course: Course, knowledge: Knowledge) -> Iterator[str]:
    """What is given in sessions and fades is topped up, not sooner than its page says."""
    for name in sorted({step.treatment for step in course.steps}):
        page = knowledge.treatments[name]
        fades = page.lasts.top_up_every_weeks or page.lasts.weeks
        if page.schedule.kind != "sessions" or page.lasts.permanent or fades is None:
            continue
        last = max(step.week for step in course.steps if step.treatment == name)
        top_ups = [u for u in course.upkeep if u.treatment == name]
        if [tuple(u.every_weeks) for u in top_ups] != [(fades.low, fades.high)]:
            yield f"{name} fades after {fades.low:g} weeks, and no such top-up is told"
        elif top_ups[0].first_week < last + math.ceil(fades.low):
            yield f"{name} is topped up in week {top_ups[0].first_week}, too soon"


def _pain_and_lasting(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    for name in sorted({step.treatment for step in course.steps}):
        if knowledge.treatments[name].schedule.kind == "sessions":
            yield from _pain_and_lasting_of(name, plan, knowledge)


def _pain_and_lasting_of(name: str, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    """Two wishes about which a page may be silent; then the plan must say so."""
    wishes, limits = plan.case.wishes, knowledge.assumptions["wishes"].values
    page, told = knowledge.treatments[name], {(o.wish, o.treatment) for o in plan.not_shown}
    pain, lasts = page.pain_0_to_10, page.lasts
    if wishes.low_pain == "yes" and pain and pain.high > limits["pain_at_most"]:
        yield f"{name} hurts more than wished"
    if wishes.low_pain == "yes" and not pain:
        if name in knowledge.sets.get("anaesthetised", ()):
            yield f"{name} is done under an anaesthetic, and little pain was wished"
        if ("low_pain", name) not in told:
            yield f"{name}: nobody counted its pain, and the plan does not say so"
    if wishes.lasting == "yes" and not lasts.permanent:
        if lasts.weeks and lasts.weeks.low < limits["lasting_at_least_weeks"]:
            yield f"{name} may fade sooner than wished"
        if not lasts.weeks and ("lasting", name) not in told:
            yield f"{name}: nobody counted how long it lasts, and the plan does not say so"
