"""Read a finished plan again, slowly, and complain about everything that should not be.

This file shares no code with the planner and imports nothing from its siblings: it knows the
pages and the records, and works everything out for itself. A plan with complaints is never
returned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.rule_page import CombinationPage, RulePage
from cicatrix.knowledge.second_reading import MAYBE, NO, YES, holds
from cicatrix.records import Case, Course, Decision, Plan, Step, Target
from cicatrix.vocabulary import Role, Verdict

_HALF = 0.5


def complaints(plan: Plan, *, knowledge: Knowledge) -> list[str]:
    """Every fault of every course, as sentences; an empty list for a sound plan."""
    found = []
    for course in plan.courses:
        for fault in _of_course(course, plan, knowledge):
            found.append(f"{course.name}: {fault}")
    found += _dominated(plan.courses)
    return found


def _of_course(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    yield from _verdicts(course, plan, knowledge)
    yield from _rules(course, plan.case, knowledge)
    yield from _red_flags(course, plan, knowledge)
    yield from _sessions(course, knowledge)
    yield from _pairs(course, plan.case, knowledge)
    yield from _after_earlier(course, plan.case, knowledge)
    yield from _companions(course, plan.case, knowledge)
    yield from _targets(course, plan, knowledge)
    yield from _told_of_itself(course, plan.case, knowledge)
    yield from _wishes(course, plan, knowledge)
    yield from _proof(course)


def _names(course: Course) -> list[str]:
    return sorted({step.treatment for step in course.steps})


def _decision(plan: Plan, treatment: str) -> Decision | None:
    return next((d for d in plan.decisions if d.treatment == treatment), None)


def _verdicts(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    for name in _names(course):
        decision = _decision(plan, name)
        if decision is None:
            yield f"{name} stands in the course but was never decided"
        elif decision.verdict not in (Verdict.SUITABLE, Verdict.CAUTION):
            yield f"{name} stands in the course, but its verdict is '{decision.verdict}'"
        elif decision.role is Role.NOT_INDICATED:
            yield f"{name} stands in the course, but nothing that was found is what it is for"
        at_home = "home" in knowledge.treatments[name].settings
        if not at_home and name not in plan.case.clinic.offers:
            yield f"{name} stands in the course, but the clinic does not offer it"


def _stops(rule: RulePage, truth: str) -> bool:
    if truth == YES:
        return rule.verdict in (Verdict.DEFER, Verdict.AVOID)
    caution_only = rule.verdict is Verdict.CAUTION and rule.unknown is not Verdict.ASK
    return truth == MAYBE and not caution_only


def _rules(course: Course, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """Every rule of every treatment, tried again for the patient and each target."""
    for name in _names(course):
        aims = {target for s in course.steps if s.treatment == name for target in s.targets}
        aimed = [finding for finding in case.findings if finding.target in aims]
        for rule in knowledge.rules.values():
            if name not in knowledge.treatments_named(rule.applies_to):
                continue
            about_finding = any(fact.startswith("finding.") for fact in rule.when.reads())
            if not about_finding:
                truth = holds(rule.when, case, None, rule.values, knowledge, name)
                if _stops(rule, truth):
                    yield f"{name} is stopped by the rule {rule.id} ({truth})"
                continue
            for target in sorted(aims, key=str):
                truths = [
                    holds(rule.when, case, finding, rule.values, knowledge, name)
                    for finding in aimed
                    if finding.target == target
                ]
                if truths and all(_stops(rule, truth) for truth in truths):
                    yield f"{name} for {target} is stopped by the rule {rule.id}"


def _red_flags(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    if not any(flag.stops_procedures for flag in plan.red_flags):
        return
    procedures = knowledge.sets.get("procedures", ())
    for name in _names(course):
        if name in procedures:
            yield f"{name} is a procedure, but a red flag stops all procedures"


def _steps_of(course: Course, name: str) -> list[Step]:
    return sorted((s for s in course.steps if s.treatment == name), key=lambda s: s.week)


def _sessions(course: Course, knowledge: Knowledge) -> Iterator[str]:
    counted = 0
    for name in _names(course):
        page, steps = knowledge.treatments[name], _steps_of(course, name)
        if [step.session for step in steps] != list(range(1, len(steps) + 1)):
            yield f"{name}: sessions are not numbered 1 to {len(steps)}"
        if any(step.of != len(steps) for step in steps):
            yield f"{name}: a step tells a wrong number of sessions"
        if page.schedule.kind == "none":
            yield f"{name} is a referral and cannot be a step"
        if page.schedule.kind != "sessions":
            continue
        counted += len(steps)
        sessions = page.schedule.sessions
        if sessions and not sessions.low <= len(steps) <= sessions.high:
            yield f"{name}: {len(steps)} sessions, the page allows {sessions.low}-{sessions.high}"
        interval = page.schedule.interval_weeks
        for one, two in pairwise(steps):
            if interval and two.week - one.week < interval.low:
                yield (
                    f"{name}: weeks {one.week} and {two.week} are {two.week - one.week} weeks "
                    f"apart, {interval.low:g} needed"
                )
            if interval and two.week - one.week > max(interval.high, math.ceil(interval.low)):
                yield (
                    f"{name}: weeks {one.week} and {two.week} are {two.week - one.week} weeks "
                    f"apart, {interval.high:g} at most"
                )
    if counted != course.sessions:
        yield f"says {course.sessions} sessions, and holds {counted}"


def _page_counts(page: CombinationPage, case: Case, knowledge: Knowledge) -> bool:
    if page.when is None:
        return True
    truth = holds(page.when, case, None, {}, knowledge)
    return truth == YES if page.kind == "same_day" else truth != NO


def _pages_for(one: str, other: str, case: Case, knowledge: Knowledge) -> list[CombinationPage]:
    """The pages about two treatments, in either direction: those that name the fewest pairs."""
    fitting: list[tuple[int, CombinationPage]] = []
    for page in knowledge.combinations.values():
        if page.kind == "companion" or not _page_counts(page, case, knowledge):
            continue
        first = knowledge.treatments_named(page.first)
        then = knowledge.treatments_named(page.then)
        if (one in first and other in then) or (other in first and one in then):
            fitting.append((len(first) * len(then), page))
    barring = [page for _, page in fitting if page.kind == "exclusive"]
    fewest = min((size for size, page in fitting if page not in barring), default=0)
    return barring + [p for size, p in fitting if p not in barring and size == fewest]


def _pairs(course: Course, case: Case, knowledge: Knowledge) -> Iterator[str]:
    names = _names(course)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            for page in _pages_for(one, other, case, knowledge):
                yield from _pair_faults(course, one, other, page, knowledge)


def _pair_faults(
    course: Course, one: str, other: str, page: CombinationPage, knowledge: Knowledge
) -> Iterator[str]:
    if page.kind == "exclusive":
        yield f"{one} and {other} stand in one course, which {page.id} rules out"
        return
    gap = page.gap_weeks.low if page.gap_weeks else 0
    first = knowledge.treatments_named(page.first)
    then = knowledge.treatments_named(page.then)
    for a, b in ((one, other), (other, one)):
        if page.kind != "order" or not (a in first and b in then):
            continue
        if b in first and a in then:
            continue
        for early in _steps_of(course, a):
            for late in _steps_of(course, b):
                if late.week - early.week < gap:
                    yield (
                        f"{a} in week {early.week} and {b} in week {late.week}: {page.id} wants "
                        f"{b} at least {gap:g} weeks after {a}"
                    )
    if page.kind in ("gap", "same_day"):
        yield from _too_near(course, one, other, page, gap)


def _too_near(
    course: Course, one: str, other: str, page: CombinationPage, gap: float
) -> Iterator[str]:
    for a in _steps_of(course, one):
        for b in _steps_of(course, other):
            if page.kind == "same_day" and a.week == b.week:
                continue
            free = max(b.week - (a.week + a.lasts_weeks), a.week - (b.week + b.lasts_weeks))
            if free < gap:
                yield (
                    f"{one} in week {a.week} and {other} in week {b.week} are too near; "
                    f"{page.id} wants {gap:g} weeks"
                )


def _after_earlier(course: Course, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """What was done before this visit keeps its distance from the course too."""
    if not case.intake.earlier_known:
        for name in set(_names(course)) & set(knowledge.sets.get("procedures", ())):
            yield f"{name} has a week, but nobody told what was done to the skin before"
    for before, ago in _done_before(case, knowledge):
        for name in _names(course):
            if name == before:
                interval = knowledge.treatments[name].schedule.interval_weeks
                wanted = [interval.low] if interval else []
            else:
                pages = _pages_for(before, name, case, knowledge)
                wanted = [
                    page.gap_weeks.low
                    for page in pages
                    if page.gap_weeks and page.kind in ("order", "gap", "same_day")
                ]
            begins = _steps_of(course, name)[0].week
            if wanted and ago + begins < max(wanted):
                yield (
                    f"{name} begins in week {begins}, but {before} was {ago:g} weeks "
                    f"ago and {max(wanted):g} weeks are needed between them"
                )


def _done_before(case: Case, knowledge: Knowledge) -> Iterator[tuple[str, float]]:
    """Every earlier treatment and its weeks; a filler told by its weeks alone may be any."""
    fillers = knowledge.treatments_named(knowledge.sets.get("injectable_fillers", ()))
    newest = math.inf
    for before in case.intake.earlier:
        ago = 0.0 if math.isnan(before.weeks_ago) else before.weeks_ago
        if before.treatment in fillers:
            newest = min(newest, ago)
        yield before.treatment, ago
    last = case.intake.facts.get("filler_weeks_ago")
    if isinstance(last, (int, float)) and last < newest:
        yield from ((name, float(last)) for name in sorted(fillers))


def _companions(course: Course, case: Case, knowledge: Knowledge) -> Iterator[str]:
    for page in knowledge.combinations.values():
        if page.kind != "companion" or not _page_counts(page, case, knowledge):
            continue
        helpers = knowledge.treatments_named(page.first)
        gap = page.gap_weeks.low if page.gap_weeks else 0
        for name in _names(course):
            if name not in knowledge.treatments_named(page.then) or name in helpers:
                continue
            begins = _steps_of(course, name)[0].week
            early = [
                s.week for s in course.steps if s.treatment in helpers and s.week + gap <= begins
            ]
            if not early:
                yield (
                    f"{name} begins in week {begins} without one of {', '.join(sorted(helpers))} "
                    f"{gap:g} weeks before ({page.id})"
                )


def _targets(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    found: dict[Target, set[str]] = {}
    for finding in plan.case.findings:
        found.setdefault(finding.target, set()).update((finding.type, *finding.may_also_be))
    for step in course.steps:
        decision = _decision(plan, step.treatment)
        if decision and set(step.targets) != set(decision.targets):
            yield f"{step.treatment} aims at other findings than were decided for it"
        types = {t for suits in knowledge.treatments[step.treatment].suits for t in suits.types}
        for target in step.targets:
            if target not in found:
                yield f"{step.treatment} aims at {target}, which nobody found"
            elif not found[target] <= types and "any" not in types:
                yield f"{step.treatment} aims at {target}, which it is not for"


def _needed_weeks(course: Course, knowledge: Knowledge) -> int:
    """The week in which the skin has recovered from the last session, worked out anew."""
    needed = 0
    for step in course.steps:
        page = knowledge.treatments[step.treatment]
        if page.schedule.kind == "sessions":
            days = page.downtime_days.high if page.downtime_days else 0
            needed = max(needed, step.week + max(1, math.ceil(days / 7)))
    return needed


def _told_of_itself(course: Course, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """What a course says of its own length, days off, protection and cost."""
    horizon = knowledge.assumptions["wishes"].values["horizon_weeks"]
    needed = _needed_weeks(course, knowledge)
    if course.weeks < needed:
        yield f"says {course.weeks} weeks, and needs {needed}"
    if needed > horizon:
        yield f"needs {needed} weeks, and the horizon is {horizon}"
    last = max((step.week for step in course.steps), default=0)
    for step in course.steps:
        page = knowledge.treatments[step.treatment]
        days = page.downtime_days
        if page.schedule.kind == "sessions" and days:
            if tuple(step.downtime_days) != (days.low, days.high):
                yield f"{step.treatment} tells other days off than its page"
        protects = any(suits.component == "protection" for suits in page.suits)
        if protects and step.week + step.lasts_weeks < last:
            yield f"{step.treatment} ends in week {step.week + step.lasts_weeks}, before the last"
    yield from _cost(course, case, knowledge)


def _cost(course: Course, case: Case, knowledge: Knowledge) -> Iterator[str]:
    prices = case.clinic.prices
    paid = [
        s.treatment
        for s in course.steps
        if "home" not in knowledge.treatments[s.treatment].settings
    ]
    spent = sum(prices.get(name, 0.0) for name in paid)
    if not math.isnan(course.cost) and abs(course.cost - spent) > _HALF / 100:
        yield f"says that it costs {course.cost:g}, and the prices add up to {spent:g}"


def _wishes(course: Course, plan: Plan, knowledge: Knowledge) -> Iterator[str]:
    wishes, limits = plan.case.wishes, knowledge.assumptions["wishes"].values
    if course.sessions > wishes.max_sessions:
        yield f"{course.sessions} sessions, {wishes.max_sessions:g} wished at most"
    # Acne care by itself has no end that a deadline for scars could ask for.
    told = course.weeks * any(_changes_a_finding(name, plan) for name in _names(course))
    weeks = max(told, _needed_weeks(course, knowledge))
    if weeks > min(wishes.done_within_weeks, limits["horizon_weeks"] + 1):
        yield f"takes {weeks} weeks, {wishes.done_within_weeks:g} wished at most"
    for name in _names(course):
        page = knowledge.treatments[name]
        for thing in wishes.avoid:
            if thing in page.uses:
                yield f"{name} means {thing}, which the patient wants to avoid"
        for step in _steps_of(course, name):
            if not step.lasts_weeks and not step.downtime_days[1] <= wishes.max_downtime_days:
                if wishes.max_downtime_days < math.inf:
                    yield f"{name} takes {step.downtime_days[1]:g} days of downtime"
    for name in sorted(set(wishes.requested) - {left.treatment for left in plan.not_planned}):
        if name not in _names(course):
            yield f"{name} was asked for and is missing"
    prices = plan.case.clinic.prices
    for name in _names(course):
        at_home = "home" in knowledge.treatments[name].settings
        if wishes.budget < math.inf and not at_home and name not in prices:
            yield f"{name} has no price, so nobody can say if it fits the budget"
    spent = sum(prices.get(step.treatment, 0.0) for step in course.steps)
    if spent > wishes.budget + _HALF / 100:
        yield f"costs {spent:g}, {wishes.budget:g} wished at most"


def _changes_a_finding(name: str, plan: Plan) -> bool:
    decision, changing = _decision(plan, name), {Role.FIRST_LINE, Role.SECOND_LINE, Role.ADJUNCT}
    return decision is not None and bool(changing & set(decision.roles.values()))


def _proof(course: Course) -> Iterator[str]:
    proof = course.proof
    if proof.status == "optimal" and abs(proof.objective - proof.bound) > _HALF:
        yield f"is called optimal, but value {proof.objective:g} is not bound {proof.bound:g}"
    for expected in course.expected:
        low, high = expected.improvement.low_percent, expected.improvement.high_percent
        if low == low and not -100 <= low <= high <= 100:  # noqa: PLR2004 - percent
            yield f"expects {low:g} to {high:g} percent for {expected.target}"


def _dominated(courses: Iterable[Course]) -> list[str]:
    kept = list(courses)
    return [
        f"{a.name}: {b.name} does at least as much at no more burden"
        for a in kept
        for b in kept
        if a is not b and b.benefit >= a.benefit and b.burden <= a.burden
    ]
