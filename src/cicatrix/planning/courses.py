"""Up to three courses for one case, from the gentlest to the strongest, each with its proof."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cicatrix.knowledge import Knowledge
from cicatrix.planning import pain, sentences
from cicatrix.planning.acne import ACNE_ITSELF, CONTROLLING, acne_severity_weight
from cicatrix.planning.effects import (
    after_sessions,
    combined,
    dark_mark_interval,
    improvement_of_any,
)
from cicatrix.planning.gentleness import not_gentle
from cicatrix.planning.model import Model, build_model, keep_apart
from cicatrix.planning.options import Offer, Option, skin_types
from cicatrix.planning.rulebook import RuleBook
from cicatrix.planning.search import Placed, Solution, solve
from cicatrix.planning.sentences import NOTHING, Said
from cicatrix.planning.together import Together, rules_between
from cicatrix.planning.truth import FALSE, NO_FINDING, Facts, Thresholds, compiled
from cicatrix.planning.ways_out import explain
from cicatrix.planning.why_none import why_no_aim
from cicatrix.planning.wishes import Wish, allowed, require_all, wishes_of
from cicatrix.records import (
    Case,
    Course,
    Expected,
    Improvement,
    NotPlanned,
    NotShown,
    Proof,
    RedFlag,
    Relaxation,
    Step,
    Target,
    Upkeep,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Courses:
    """The courses, or why there is none."""

    courses: tuple[Course, ...]
    because: tuple[Said, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    shut_out: tuple[NotPlanned, ...] = ()
    not_shown: tuple[NotShown, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What all courses of one case share."""

    case: Case
    facts: Facts
    offer: Offer
    together: Together
    wishes: tuple[Wish, ...]
    severity: Mapping[Target, float]
    horizon_weeks: int
    knowledge: Knowledge

    def model(self, wishes: tuple[Wish, ...]) -> Model:
        """A fresh model of the courses that have an aim, control acne if they can, heed wishes.

        It holds no treatment where none that has an aim is left.
        """
        options = allowed(self.offer.options, wishes)
        if not any(option.is_aim for option in options):
            options = ()
        names = {option.treatment for option in options}
        model = build_model(
            options,
            Together(
                pairs=tuple(p for p in self.together.pairs if {p.first, p.then} <= names),
                companions=tuple(c for c in self.together.companions if c.treatment in names),
            ),
            severity=self.severity,
            horizon_weeks=self.horizon_weeks,
        )
        model.cp.add_bool_or([b.present for b in model.blocks.values() if b.option.is_aim])
        controls = _best_controls(self.offer.options)
        if controls:
            open_ones = [option.treatment for option in controls if option.treatment in names]
            model.cp.add_bool_or([model.blocks[name].present for name in open_ones])
        require_all(model, wishes)
        return model


def _best_controls(options: Iterable[Option]) -> tuple[Option, ...]:
    """Those in the best role for active acne; empty where none controls it."""
    best = {role: [o for o in options if o.acne.role is role] for role in CONTROLLING}
    return next((tuple(some) for some in best.values() if some), ())


def make_courses(
    case: Case,
    facts: Facts,
    offer: Offer,
    red_flags: Iterable[RedFlag],
    *,
    knowledge: Knowledge,
) -> Courses:
    """Choose and schedule: at most three courses, none of which is better in every way."""
    if any(_everything_waits(flag, knowledge) for flag in red_flags):
        return Courses(courses=(), because=(sentences.EVERYTHING_WAITS,))
    if not any(option.is_aim for option in offer.options):
        return Courses(courses=(), because=why_no_aim(case, offer, knowledge=knowledge))
    names = [option.treatment for option in offer.options]
    task = _Task(
        case=case,
        facts=facts,
        offer=offer,
        together=rules_between(names, facts, knowledge=knowledge),
        wishes=wishes_of(case.wishes, plannable=names, knowledge=knowledge),
        severity=_severities(case, facts, knowledge),
        horizon_weeks=round(knowledge.assumptions["wishes"].values["horizon_weeks"]),
        knowledge=knowledge,
    )
    model = task.model(task.wishes)
    replaceable = _replaceable(model, task)
    pain.prefer_counted(model, replaceable)
    strongest = _best(model, math.inf) if model.blocks else None
    if strongest is None:
        return _no_course(task)
    courses = tuple(_course(n, s, task) for n, s in _with_milder(model, strongest, task))
    return Courses(
        courses=courses,
        shut_out=(*_shut_out(task), *_replaced(replaceable, courses)),
        not_shown=_not_shown(courses, task),
    )


def _with_milder(model: Model, strongest: Solution, task: _Task) -> list[tuple[str, Solution]]:
    """The strongest course after those that ask less of the patient and give less."""
    values = task.knowledge.assumptions["burden"].values
    found = [("strongest", strongest)]
    for name, share in (("balanced", "balanced_share"), ("gentle", "gentle_share")):
        gentle = name == "gentle"
        barred = not_gentle(task.case, knowledge=task.knowledge) if gentle else frozenset()
        milder = _best(model, math.floor(values[share] * strongest.burden), without=barred)
        if milder is not None and milder.worth < found[-1][1].worth:
            found.append((name, milder))
    return found[::-1]


def _everything_waits(flag: RedFlag, knowledge: Knowledge) -> bool:
    page = knowledge.rules[flag.rule].red_flag
    return page is not None and page.waits == "everything"


def _no_course(task: _Task) -> Courses:
    clash = explain(task.model, task.wishes)
    if not clash.sets:
        alone = _without_company(task)
        why = sentences.without_company(alone) if alone else sentences.NONE_IN_TIME
        return Courses(courses=(), because=(why,))
    return Courses(
        courses=(),
        because=tuple(
            sentences.clash(tuple(wish.says for wish in wishes)) for wishes in clash.sets
        ),
        relaxations=clash.ways_out,
        shut_out=_shut_out(task),
    )


def _shut_out(task: _Task) -> tuple[NotPlanned, ...]:
    """The treatments that a wish keeps out of every course, each with the first reason."""
    return tuple(
        NotPlanned(treatment=option.treatment, why=why.text, patient=why.patient)
        for option in task.offer.options
        for why in [next(filter(None, (w.shuts_out(option) for w in task.wishes)), NOTHING)]
        if why
    )


def _replaceable(model: Model, task: _Task) -> tuple[pain.Instead, ...]:
    """What is better left out for somebody who wished for little pain."""
    if task.case.wishes.low_pain != "yes":
        return ()
    return pain.replaceable(block.option for block in model.blocks.values())


def _replaced(
    replaceable: Iterable[pain.Instead], courses: tuple[Course, ...]
) -> Iterable[NotPlanned]:
    held = {step.treatment for course in courses for step in course.steps}
    for one in replaceable:
        if one.option.treatment not in held:
            why = sentences.counted_instead(other.treatment for other in one.counted)
            yield NotPlanned(treatment=one.option.treatment, why=why.text, patient=why.patient)


def _not_shown(courses: tuple[Course, ...], task: _Task) -> tuple[NotShown, ...]:
    """The wishes of which nobody can show that they hold for what the courses hold."""
    held = {step.treatment for course in courses for step in course.steps}
    return tuple(
        NotShown(wish=wish.id, treatment=option.treatment, why=why.text, patient=why.patient)
        for wish in task.wishes
        for option in task.offer.options
        if option.treatment in held and (why := wish.not_shown(option))
    )


def _without_company(task: _Task) -> dict[str, tuple[str, ...]]:
    """What may not stand alone, with what should go with it and is not open; empty if any can."""
    offered = {option.treatment for option in task.offer.options}
    lacking = {
        company.treatment: tuple(sorted(company.one_of))
        for company in task.together.companions
        if not company.one_of & offered
    }
    aims = [option.treatment for option in task.offer.options if option.is_aim]
    return {} if set(aims) - lacking.keys() else {name: lacking[name] for name in aims}


def _severities(case: Case, facts: Facts, knowledge: Knowledge) -> dict[Target, float]:
    combining = knowledge.assumptions["combining"].values
    weights = combining["severity_weight"]
    found: dict[Target, float] = {ACNE_ITSELF: acne_severity_weight(facts, weights=combining)}
    for finding in case.findings:
        weight = float(weights[str(finding.known.get("severity", "unknown"))])
        found[finding.target] = max(weight, found.get(finding.target, 0.0))
    return found


def _best(
    whole: Model, most_burden: float, *, without: frozenset[str] = frozenset()
) -> Solution | None:
    """The most worth within a burden; among equals the least burden."""
    model = whole.copied()
    for name in without & model.blocks.keys():
        model.cp.add(model.blocks[name].present == 0)
    if most_burden < math.inf:
        model.cp.add(model.burden <= round(most_burden))
    solution = solve(model, (model.most_burden + 1) * model.worth - model.burden)
    # What this search needed to know, the next one will.
    keep_apart(whole, [pair for pair in whole.waiting if pair not in model.waiting])
    return solution


def _course(name: str, solution: Solution, task: _Task) -> Course:
    placed = solution.placed
    changing = [_end(p) for p in placed if p.option.improves]
    weeks = max(changing or [_end(p) for p in placed if p.option.is_aim])
    steps = [step for p in placed for step in _steps(p, weeks, task)]
    clinic = [p for p in placed if "home" not in p.option.page.settings]
    unpriced = tuple(p.option.treatment for p in clinic if math.isnan(p.option.price))
    cost = (
        math.nan if unpriced or not clinic else sum(p.option.price * len(p.weeks) for p in clinic)
    )
    return Course(
        name=name,
        weeks=weeks,
        sessions=sum(len(p.weeks) for p in placed if not p.option.continuous),
        steps=tuple(sorted(steps, key=lambda s: (s.week, s.treatment))),
        expected=_expected(placed, task),
        pih_percent=_dark_marks(placed, task),
        pih_counted_for=tuple(dict.fromkeys(p.option.treatment for p, _ in _counted(placed, task))),
        cost=cost,
        currency="" if math.isnan(cost) else task.case.wishes.currency,
        proof=Proof(status=solution.status, objective=solution.objective, bound=solution.bound),
        benefit=solution.worth,
        burden=solution.burden,
        upkeep=tuple(u for p in placed for u in _upkeep(p)),
        unpriced=unpriced,
    )


def _end(p: Placed) -> int:
    if p.option.continuous:
        return p.weeks[0] + p.option.lasts_weeks
    return p.weeks[-1] + p.option.recovery_weeks


def _steps(p: Placed, course_weeks: int, task: _Task) -> Iterable[Step]:
    option, page = p.option, p.option.page
    lasts = 0
    if option.continuous:
        lasts = max(1, option.lasts_weeks if option.improves else _kept_up(option, course_weeks))
    for number, week in enumerate(p.weeks, start=1):
        yield Step(
            week=week,
            treatment=option.treatment,
            session=number,
            of=len(p.weeks),
            targets=option.decision.targets,
            downtime_days=(0.0, 0.0) if option.continuous else option.downtime_days,
            cautions=option.decision.cautions,
            lasts_weeks=lasts,
            prepare=_told(page.prepare, task),
            aftercare=_told(page.aftercare, task),
        )


def _kept_up(option: Option, course_weeks: int) -> int:
    """As long as the course, but what controls acne no longer than its page says."""
    whole = max(option.lasts_weeks, course_weeks)
    longest = option.page.schedule.course_weeks
    return min(whole, math.floor(longest.high)) if option.acne and longest else whole


def _told(instructions: Iterable[Any], task: _Task) -> tuple[Mapping[str, str], ...]:
    """The instructions that hold for this patient; those that are not decided are told too."""
    limits = Thresholds(named=task.knowledge.treatments_named)
    return tuple(
        {"en": i.text.en, "es": i.text.es}
        for i in instructions
        if i.when is None or compiled(i.when, limits)(task.facts, NO_FINDING) != FALSE
    )


def _upkeep(p: Placed) -> Iterable[Upkeep]:
    """Top-ups as the page says them, or else whenever the result is known to have faded."""
    lasts = p.option.page.lasts
    every = lasts.top_up_every_weeks or (None if lasts.permanent else lasts.weeks)
    if every is not None and not p.option.continuous:
        first = p.weeks[-1] + math.ceil(every.low)
        yield Upkeep(
            treatment=p.option.treatment, first_week=first, every_weeks=(every.low, every.high)
        )


def _expected(placed: tuple[Placed, ...], task: _Task) -> tuple[Expected, ...]:
    """What the course may do for each finding: the strongest of each component, together."""
    combining = task.knowledge.assumptions["combining"].values
    conversion = task.knowledge.assumptions["conversion"].values
    expected = []
    for target, types in _types_by_target(task.case).items():
        best: dict[str, tuple[float, Improvement]] = {}
        for p in placed:
            for aim, component in p.option.worth:
                if aim != target:
                    continue
                full = improvement_of_any(p.option.page, types, values=conversion)
                part = after_sessions(
                    full,
                    sessions=len(p.weeks),
                    of=p.option.session_counts[-1],
                    ratio=combining["session_ratio"],
                )
                strength = part.low_percent + part.high_percent if part.is_known else -math.inf
                if component not in best or strength > best[component][0]:
                    best[component] = (strength, part)
        whole = combined(part for _, part in best.values())
        expected.append(Expected(target=target, improvement=whole))
    return tuple(expected)


def _types_by_target(case: Case) -> dict[Target, tuple[str, ...]]:
    """Every type that a finding of each target may be of."""
    types: dict[Target, tuple[str, ...]] = {}
    for finding in case.findings:
        types[finding.target] = (*types.get(finding.target, ()), *finding.types)
    return {target: tuple(dict.fromkeys(names)) for target, names in types.items()}


def _dark_marks(placed: tuple[Placed, ...], task: _Task) -> tuple[float, float]:
    """The risk of lasting dark marks over the whole course, where somebody counted."""
    counted = [interval for _, interval in _counted(placed, task)]
    if not counted:
        return (math.nan, math.nan)
    free_high = math.prod(1 - high / 100 for _, high in counted)
    return max(low for low, _ in counted), round(100 * (1 - free_high), 1)


def _counted(placed: tuple[Placed, ...], task: _Task) -> list[tuple[Placed, tuple[float, float]]]:
    types = skin_types(task.facts)
    intervals = ((p, dark_mark_interval(p.option.page, types)) for p in placed)
    return [(p, interval) for p, interval in intervals if not math.isnan(interval[0])]


__all__ = ["Courses", "Option", "RuleBook", "make_courses"]
