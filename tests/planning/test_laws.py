"""Laws of the planning room: what must stay true for every patient."""

from __future__ import annotations

import dataclasses
import functools
import math
import random
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.planning.answers import RESULTS, UNTOLD, OneOf, Sketch, case_of
from tests.planning.comparing import decided, is_open
from tests.planning.oracle import plain
from tests.planning.strategies import cases, choices, sketches

from cicatrix import vocabulary as v
from cicatrix.assessing.tone import careful_skin_type
from cicatrix.knowledge import load_knowledge
from cicatrix.planning import checker
from cicatrix.planning.decide import decide_all
from cicatrix.planning.options import make_offer
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.planning.together import rules_between
from cicatrix.planning.truth import facts_of, facts_of_case
from cicatrix.records import Case, Course, Decision, Target
from cicatrix.visit import first_visit

DECIDING = settings(max_examples=300)
PLANNING = settings(max_examples=60)


@functools.cache
def book() -> RuleBook:
    return make_rulebook(load_knowledge())


def concerned(decision: Decision) -> set[Target]:
    """Every finding that the treatment could be for, allowed or not."""
    return {*decision.targets, *(left.target for left in decision.excluded)}


def open_targets(decision: Decision) -> set[Target]:
    """The findings for which a treatment stands open."""
    left = {one.target for one in decision.excluded}
    return set(decision.targets) - left if is_open(decision) else set()


def looser(before: Decision, after: Decision) -> str:
    """In which way ``after`` allows more than ``before``; nothing where it does not.

    Where a fact changes what a treatment is for, the targets differ and the verdicts speak of
    different things; then only the targets that both know are compared.
    """
    newly = (open_targets(after) & concerned(before)) - open_targets(before)
    if newly:
        return f"{before.treatment} is newly open for {sorted(map(str, newly))}"
    same = concerned(before) == concerned(after)
    if same and after.verdict.strictness < before.verdict.strictness:
        return f"{before.treatment} is {after.verdict}, and was {before.verdict}"
    return ""


# --- knowing less never opens a door ----------------------------------------------------------


@st.composite
def told_and_forgotten(draw: Any) -> tuple[Sketch, Sketch]:
    """A patient, and the same patient of whom less is known."""
    whole: Sketch = draw(sketches(most_gaps=0))
    answers = dict(whole.answers)
    for fact in draw(st.lists(st.sampled_from(sorted(answers)), max_size=5, unique=True)):
        answers[fact] = UNTOLD
    asked = whole.answers.get("fitzpatrick")
    if isinstance(asked, str) and draw(st.booleans()):
        rank = v.FITZPATRICK.index(asked)
        answers["fitzpatrick"] = OneOf(v.FITZPATRICK[draw(st.integers(0, rank)) :])
    findings = []
    for seen in whole.findings:
        less = dict(seen)
        others = sorted(seen.keys() - {"type", "site", "side"})
        for fact in draw(st.lists(st.sampled_from(others), max_size=3, unique=True)):
            less[fact] = UNTOLD
        findings.append(less)
    forgotten = whole.earlier and tuple(
        (name, weeks, draw(st.sampled_from((result, v.UNKNOWN))))
        for name, weeks, result in whole.earlier
    )
    less_known = Sketch(
        answers=answers,
        findings=tuple(findings),
        earlier=draw(st.sampled_from((whole.earlier, forgotten, UNTOLD))),
        findings_known=draw(st.sampled_from((whole.findings_known, False))),
    )
    return whole, less_known


def only_open_while_unknown(less: Decision, whole: Decision) -> str:
    """In which way a treatment was more allowed while less was known; nothing where it was not."""
    shut = open_targets(less) - open_targets(whole)
    if shut:
        return f"{less.treatment} is open for {sorted(map(str, shut))} only while less is known"
    if is_open(less) and not is_open(whole):
        return f"{less.treatment} is {less.verdict}, and for nothing when all is known"
    leading = [t for t in open_targets(less) if role_rank(less, t) < role_rank(whole, t)]
    if leading:
        return f"{less.treatment} leads for {sorted(map(str, leading))} only while less is known"
    same = concerned(less) == concerned(whole)
    if same and less.verdict.permits and whole.verdict.strictness > less.verdict.strictness:
        return f"{less.treatment} is {less.verdict}, and {whole.verdict} when all is known"
    return ""


def role_rank(decision: Decision, target: Target) -> int:
    """How leading a treatment is for a finding; 0 is the first line."""
    return list(v.Role).index(decision.roles[target])


@DECIDING
@given(told_and_forgotten())
def test_knowing_less_never_opens_a_door(pair: tuple[Sketch, Sketch]) -> None:
    whole, less = (decided(case_of(sketch), book=book()) for sketch in pair)
    assert [
        told for t in v.TREATMENTS if (told := only_open_while_unknown(less[t], whole[t]))
    ] == []


def worth_told(sketch: Sketch) -> dict[tuple[str, Target, str, int], float]:
    """What every treatment that may be planned is reckoned to bring, by finding and sessions."""
    case = case_of(sketch)
    facts = facts_of_case(case)
    decisions = decide_all(facts, book=book())
    offer = make_offer(case, facts, decisions, book=book(), knowledge=load_knowledge())
    return {
        (option.treatment, target, component, count): worth
        for option in offer.options
        for (target, component), counts in option.worth.items()
        for count, worth in counts.items()
    }


@DECIDING
@given(told_and_forgotten())
def test_knowing_less_never_makes_a_treatment_worth_more(pair: tuple[Sketch, Sketch]) -> None:
    whole, less = map(worth_told, pair)
    assert [key for key, worth in less.items() if worth > whole.get(key, 0.0) + 1e-9] == []


@PLANNING
@given(told_and_forgotten())
def test_knowing_less_never_makes_the_best_course_worth_more(pair: tuple[Sketch, Sketch]) -> None:
    """How much a scar counts is asked of nobody here: its severity says that, and nothing else."""
    whole, less = (first_visit(c, knowledge=load_knowledge()) for c in map(case_of, pair))
    for known, unknown in zip(whole.findings, less.findings, strict=True):
        assume(known.known.get("severity") == unknown.known.get("severity"))
    best = max((course.benefit for course in whole.courses), default=0)
    assert max((course.benefit for course in less.courses), default=0) <= best


@DECIDING
@given(
    cases(),
    st.one_of(st.just(0), st.integers(1, 10)),
    st.one_of(st.just(float("nan")), st.floats(-90, 90)),
)
def test_a_measured_tone_only_makes_the_plan_more_careful(
    case: Case, monk: int, ita_degrees: float
) -> None:
    values = load_knowledge().assumptions["skin-tone"].values
    toned = dataclasses.replace(case.intake, monk=monk, ita_degrees=ita_degrees)
    careful = dataclasses.replace(case, intake=careful_skin_type(toned, values=values))
    before, after = decided(case, book=book()), decided(careful, book=book())
    assert [told for t in v.TREATMENTS if (told := looser(before[t], after[t]))] == []


# --- adding a risk never makes a treatment more allowed ---------------------------------------


def leaves(condition: Mapping[str, Any], sign: int = 1) -> Iterator[tuple[str, str, Any, int]]:
    """Every leaf of a condition: its word, its fact, what it asks, and +1, or -1 under a "not"."""
    ((word, given_),) = condition.items()
    if word in ("all", "any"):
        for part in given_:
            yield from leaves(part, sign)
    elif word == "not":
        yield from leaves(given_, -sign)
    elif word in ("weeks_since", "earlier_result"):
        yield word, "earlier_treatments", given_, sign
    else:
        for fact, asked in given_.items():
            yield word, fact, asked, sign


@functools.cache
def risks() -> dict[str, Any]:
    """For every fact the answer that can only make rules fire, if there is one.

    Such an answer is among the words of every leaf that a rule asks for, and of none that it
    denies. For numbers it is the lowest or the highest, if all limits look the same way.
    """
    read: dict[str, list[tuple[str, Any, int]]] = {}
    for rule in load_knowledge().rules.values():
        for word, fact, asked, sign in leaves(plain(rule.when)):
            if word in ("answer", "at_least", "less_than"):
                read.setdefault(fact, []).append((word, asked, sign))
    found: dict[str, Any] = {}
    for fact, asked_all in read.items():
        words = v.PATIENT_FACTS[fact]
        for word in words:
            if all((word in asked) == (sign > 0) for _, asked, sign in asked_all):
                found[fact] = (word,) if fact == "acne_lesions" else word
        ways = {(word == "at_least") == (sign > 0) for word, _, sign in asked_all}
        if not words and len(ways) == 1:
            numbers = [x for x in choices().patient[fact] if x is not UNTOLD]
            found[fact] = max(numbers) if ways == {True} else min(numbers)
    return found


def test_the_risks_are_those_that_a_clinic_would_name() -> None:
    named = {
        "pregnant", "breastfeeding", "infection_at_site", "cold_sore_now", "keloid_history",
        "changing_pigmented_lesion", "appearance_distress", "recent_tan", "bleeding_disorder",
        "immunosuppressed", "radiotherapy_at_site", "lidocaine_allergy", "severe_allergy",
    }  # fmt: skip
    assert {fact for fact in named if risks().get(fact) != v.YES} == set()
    assert risks()["guardian_consent"] == v.NO
    assert risks()["age"] < 18


def only_asks_while_unknown(fact: str) -> set[str]:
    """Treatments under a rule that asks while ``fact`` is unknown and then only cautions.

    There the answer is meant to open the door: it was shut until somebody answered.
    """
    knowledge = load_knowledge()
    names: set[str] = set()
    for rule in knowledge.rules.values():
        if rule.verdict is v.Verdict.CAUTION and rule.unknown is v.Verdict.ASK:
            if fact in rule.when.reads():
                names |= knowledge.treatments_named(rule.applies_to)
    return names


def waits_to_have_a_use(decision: Decision, fact: str) -> bool:
    """True if it is not known whether the treatment is for anything, and ``fact`` could tell.

    A talk is for those whose looks weigh on them: what tells that they do opens it.
    """
    page = load_knowledge().treatments[decision.treatment]
    own = [r for r in decision.reasons if r.rule == f"treatments/{page.id}"]
    reads = {f for suits in page.suits if suits.when for f in suits.when.reads()}
    return fact in reads and any(reason.verdict is v.Verdict.ASK for reason in own)


@DECIDING
@given(sketches(), st.data())
def test_adding_a_risk_never_makes_a_treatment_more_allowed(
    sketch: Sketch, data: st.DataObject
) -> None:
    fact = data.draw(st.sampled_from(sorted(risks())))
    answers = {**sketch.answers, fact: risks()[fact]}
    risky = dataclasses.replace(sketch, answers=answers)
    before, after = (decided(case_of(one), book=book()) for one in (sketch, risky))
    was_told = not isinstance(sketch.answers.get(fact), OneOf | None)
    left_out = set() if was_told else only_asks_while_unknown(fact)
    left_out |= {t for t in v.TREATMENTS if waits_to_have_a_use(before[t], fact)}
    told = [looser(before[t], after[t]) for t in v.TREATMENTS if t not in left_out]
    assert [one for one in told if one] == []


@DECIDING
@given(sketches(), st.sampled_from(v.TREATMENTS), st.sampled_from(RESULTS))
def test_a_treatment_of_today_never_makes_another_more_allowed(
    sketch: Sketch, treatment: str, result: str
) -> None:
    asked = [
        (fact, sign)
        for rule in load_knowledge().rules.values()
        for _, fact, _, sign in leaves(plain(rule.when))
        if fact == "earlier_treatments"
    ]
    assert asked
    assert all(sign > 0 for _, sign in asked), "a rule wants an earlier treatment; mend this law"
    before = dataclasses.replace(sketch, earlier=sketch.earlier or ())
    today = dataclasses.replace(before, earlier=(*(before.earlier or ()), (treatment, 0.0, result)))
    one, other = (decided(case_of(s), book=book()) for s in (before, today))
    undated = any(math.isnan(weeks) for _, weeks, _ in before.earlier or ())
    left_out = only_asks_while_unknown("earlier_treatments") if undated else set()
    told = [looser(one[t], other[t]) for t in v.TREATMENTS if t not in left_out]
    assert [one for one in told if one] == []


# --- what is not decided about two treatments -------------------------------------------------


def test_an_undecided_page_about_two_treatments_holds_unless_it_loosens() -> None:
    """The skin type was not asked: what dark skin needs is heeded, what light skin may is not."""
    knowledge = load_knowledge()
    names = ("subcision", "fractional_co2_laser", "hydroquinone", "acne_medical_therapy")

    def pages_for(**answers: Any) -> set[str]:
        facts = facts_of(case_of(Sketch(answers=answers)).intake, ())
        found = rules_between(names, facts, knowledge=knowledge)
        return {pair.page for pair in found.pairs} | {c.page for c in found.companions}

    for_dark = {"subcision-before-fractional-co2", "priming-before-procedures"}
    for_light, for_acne = "subcision-with-fractional-co2", "acne-control-with-procedures"
    assert pages_for() >= {*for_dark, for_acne}
    assert for_light not in pages_for()
    assert not pages_for(fitzpatrick="II", acne_severity="clear") & {*for_dark, for_acne}
    assert for_light in pages_for(fitzpatrick="II")


# --- every course that is given ---------------------------------------------------------------


@PLANNING
@given(cases())
def test_every_course_passes_the_checker_and_holds_only_what_is_permitted(case: Case) -> None:
    knowledge = load_knowledge()
    plan = first_visit(case, knowledge=knowledge)
    assert checker.complaints(plan, knowledge=knowledge) == []
    decisions = {decision.treatment: decision for decision in plan.decisions}
    for course in plan.courses:
        assert course.steps
        for step in course.steps:
            decision = decisions[step.treatment]
            assert is_open(decision), f"{step.treatment} is {decision.verdict}"
            left = {one.target for one in decision.excluded}
            assert not left & set(step.targets), f"{step.treatment} aims at what it must leave"
    if not plan.courses:
        assert plan.no_course_because


# --- order and names --------------------------------------------------------------------------


def told_of(decision: Decision) -> tuple[Any, ...]:
    """Everything that a decision says, whatever the order of the findings."""
    return (
        decision.treatment,
        decision.verdict,
        decision.role,
        dict(decision.roles),
        decision.cautions,
        {(r.rule, r.verdict) for r in decision.reasons},
        decision.asks,
        decision.until,
        {(x.target, x.verdict) for x in decision.excluded},
    )


def worth_of(course: Course) -> tuple[Any, ...]:
    """What a course does, is worth and expects, whatever the order of the findings."""
    return (
        course.name,
        sorted(
            (s.week, s.treatment, s.session, s.of, sorted(map(str, s.targets)))
            for s in course.steps
        ),
        course.benefit,
        course.burden,
        course.proof.status,
        round(course.proof.objective),  # the solver hands on whole numbers with float noise
        round(course.proof.bound),
        {(e.target, str(e.improvement.high_percent)) for e in course.expected},
    )


@PLANNING
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_findings_changes_nothing(case: Case, dice: random.Random) -> None:
    mixed = tuple(dice.sample(case.findings, len(case.findings)))
    other = dataclasses.replace(case, findings=mixed)
    one, two = (first_visit(c, knowledge=load_knowledge()) for c in (case, other))
    assert list(map(told_of, one.decisions)) == list(map(told_of, two.decisions))
    assert list(map(worth_of, one.courses)) == list(map(worth_of, two.courses))
    assert {q.fact for q in one.questions} == {q.fact for q in two.questions}
    assert {f.rule for f in one.red_flags} == {f.rule for f in two.red_flags}
