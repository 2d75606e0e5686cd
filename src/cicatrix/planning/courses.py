"""Up to three courses for one case, from the gentlest to the strongest, each with its proof."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cicatrix.knowledge import Knowledge
from cicatrix.planning import pain, sentences
from cicatrix.planning.effects import (
    after_sessions,
    combined,
    dark_mark_interval,
    improvement_for,
)
from cicatrix.planning.model import Model, build_model, keep_apart
from cicatrix.planning.options import Offer, Option, skin_types
from cicatrix.planning.rulebook import RuleBook
from cicatrix.planning.search import Placed, Solution, solve
from cicatrix.planning.sentences import NOTHING, Said
from cicatrix.planning.together import Together, rules_between
from cicatrix.planning.truth import FALSE, NO_FINDING, Facts, Thresholds, compiled
from cicatrix.planning.ways_out import explain
from cicatrix.planning.wishes import Wish, allowed, require_all, wishes_of
from cicatrix.records import (
    Case,
    Course,
    Expected,
    Improvement,
    NotPlanned,
    NotShown,
    Proof,
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
        """A fresh model of the courses that do something for a finding and heed some wishes.

        It holds no treatment where none that improves is left.
        """
        options = allowed(self.offer.options, wishes)
        if not any(option.improves for option in options):
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
        improving = [b.present for b in model.blocks.values() if b.option.improves]
        model.cp.add_bool_or(improving)
        require_all(model, wishes)
        return model


def make_courses(case: Case, facts: Facts, offer: Offer, *, knowledge: Knowledge) -> Courses:
    """Choose and schedule: at most three courses, none of which is better in every way."""
    if not any(option.improves for option in offer.options):
        return Courses(courses=(), because=(_nothing_permitted(offer),))
    names = [option.treatment for option in offer.options]
    task = _Task(
        case=case,
        facts=facts,
        offer=offer,
        together=rules_between(names, facts, knowledge=knowledge),
        wishes=wishes_of(case.wishes, plannable=names, knowledge=knowledge),
        severity=_severities(case, knowledge),
        horizon_weeks=round(knowledge.assumptions["wishes"].values["horizon_weeks"]),
        knowledge=knowledge,
    )
    model = task.model(task.wishes)
    replaceable = _replaceable(model, task)
    pain.prefer_counted(model, replaceable)
    strongest = _best(model, math.inf) if model.blocks else None
    if strongest is None:
        return _no_course(task)
    shares = knowledge.assumptions["burden"].values
    found = [("strongest", strongest)]
    for name, share in (("balanced", "balanced_share"), ("gentle", "gentle_share")):
        milder = _best(model, math.floor(shares[share] * strongest.burden))
        if milder is not None and milder.worth < found[-1][1].worth:
            found.append((name, milder))
    courses = tuple(_course(name, s, task) for name, s in reversed(found))
    return Courses(
        courses=courses,
        shut_out=(*_shut_out(task), *_replaced(replaceable, courses)),
        not_shown=_not_shown(courses, task),
    )


def _nothing_permitted(offer: Offer) -> Said:
    if offer.left_out:
        return sentences.none_plannable({n.treatment: n.why for n in offer.left_out[:3]})
    return sentences.NONE_PERMITTED


def _no_course(task: _Task) -> Courses:
    clash = explain(task.model, task.wishes)
    if not clash.sets:
        return Courses(courses=(), because=(_none_at_all(task),))
    return Courses(
        courses=(),
        because=tuple(
            sentences.clash(tuple(wish.says for wish in wishes)) for wishes in clash.sets
        ),
        relaxations=clash.ways_out,
        shut_out=_shut_out(task),
    )


def _none_at_all(task: _Task) -> Said:
    """Why there is no course even without a single wish."""
    open_ones = {option.treatment for option in task.offer.options}
    improving = {option.treatment for option in task.offer.options if option.improves}
    alone = [
        companion
        for companion in task.together.companions
        if companion.treatment in improving and not companion.one_of & open_ones
    ]
    if {companion.treatment for companion in alone} != improving:
        return sentences.NONE_IN_TIME
    missing = sorted(alone[0].one_of)
    why = {left.treatment: left.why for left in task.offer.left_out}
    names = {name: task.knowledge.treatments[name].name for name in missing}
    return sentences.none_without(
        {name: {"en": text.en, "es": text.es} for name, text in names.items()},
        why=why.get(missing[0], ""),
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


def _severities(case: Case, knowledge: Knowledge) -> dict[Target, float]:
    weights = knowledge.assumptions["combining"].values["severity_weight"]
    found: dict[Target, float] = {}
    for finding in case.findings:
        weight = float(weights[str(finding.known.get("severity", "unknown"))])
        found[finding.target] = max(weight, found.get(finding.target, 0.0))
    return found


def _best(whole: Model, most_burden: float) -> Solution | None:
    """The most worth within a burden; among equals the least burden."""
    model = whole.copied()
    if most_burden < math.inf:
        model.cp.add(model.burden <= round(most_burden))
    solution = solve(model, (model.most_burden + 1) * model.worth - model.burden)
    # What this search needed to know, the next one will.
    keep_apart(whole, [pair for pair in whole.waiting if pair not in model.waiting])
    return solution


def _course(name: str, solution: Solution, task: _Task) -> Course:
    placed = solution.placed
    weeks = max((_end(p) for p in placed if p.option.improves), default=1)
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
        lasts = option.lasts_weeks if option.improves else max(option.lasts_weeks, course_weeks)
        lasts = max(1, lasts)
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


def _told(instructions: Iterable[Any], task: _Task) -> tuple[Mapping[str, str], ...]:
    """The instructions that hold for this patient; those that are not decided are told too."""
    limits = Thresholds(named=task.knowledge.treatments_named)
    return tuple(
        {"en": i.text.en, "es": i.text.es}
        for i in instructions
        if i.when is None or compiled(i.when, limits)(task.facts, NO_FINDING) != FALSE
    )


def _upkeep(p: Placed) -> Iterable[Upkeep]:
    every = p.option.page.lasts.top_up_every_weeks
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
    for target in dict.fromkeys(finding.target for finding in task.case.findings):
        best: dict[str, tuple[float, Improvement]] = {}
        for p in placed:
            for aim, component in p.option.worth:
                if aim != target:
                    continue
                full = improvement_for(p.option.page, target.type, values=conversion)
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
