"""One invented patient, one page of what a dermatologist expects of the plan.

The pages are `patients/*.yaml`, their words are explained in `patients/README.md`. What they
expect comes from the literature; a difference is told in words that a clinician can judge.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.test_plan_json import faults_of_shape
from tests.planning.giving_way import given_way, number_of, planned, ways_of

from cicatrix import vocabulary as v
from cicatrix.exchange.case_file import case_from
from cicatrix.exchange.plan_json import plan_json, plan_text
from cicatrix.knowledge import Knowledge, load_knowledge
from cicatrix.knowledge.document import Document, read_document
from cicatrix.planning.checker import _pages_for, complaints
from cicatrix.records import Case, Course, Decision, Plan
from cicatrix.visit import first_visit
from cicatrix.vocabulary import Verdict

HERE = Path(__file__).parent / "patients"
PAGES = {path.stem: path for path in sorted(HERE.glob("*.yaml")) if path.stem != "_base"}
#: All that is done to the skin by somebody else; sorted by hand from the vocabulary's groups.
PROCEDURES = {
    treatment
    for group in (
        "peels", "needling", "lasers", "abrasion", "surgery", "fillers", "toxin", "raised_scars",
    )
    for treatment in v.TREATMENT_GROUPS[group]
}  # fmt: skip
PERMITTED = ("suitable", "caution")
VERDICT_WORDS = {"permitted": PERMITTED, "stopped": ("ask", "defer", "avoid")}

patients = pytest.mark.parametrize("patient", PAGES)


# --- from a page to a plan -------------------------------------------------------------------


@functools.cache
def page_of(patient: str) -> dict[str, Any]:
    """What stands on a patient's page."""
    page = read_document(PAGES[patient]).value
    assert isinstance(page, dict)
    return page


@functools.cache
def case_of(patient: str) -> Case:
    """The patient's case; `everything_else: answered_no` fills what the page leaves out."""
    page = page_of(patient)
    told = dict(page["case"])
    if page.get("everything_else") == "answered_no":
        base = read_document(HERE / "_base.yaml").value
        told = {**base, **told, "intake": {**base["intake"], **told.get("intake", {})}}
    told["schema"] = "cicatrix.case/1"
    return case_from(Document(value=told), name=f"{patient}.yaml")


@functools.cache
def plan_of(patient: str) -> Plan:
    """The plan that cicatrix makes for the patient."""
    return first_visit(case_of(patient), knowledge=load_knowledge())


def listed(words: Any) -> list[Any]:
    """One word or a list of words, as a list."""
    if words is None:
        return []
    return list(words) if isinstance(words, list) else [words]


# --- verdicts --------------------------------------------------------------------------------


def verdict_faults(plan: Plan, expected: dict[str, Any]) -> Iterator[str]:
    """Where a treatment was decided otherwise than the page says."""
    for treatment, wanted in expected.items():
        decision = next(d for d in plan.decisions if d.treatment == treatment)
        page = wanted if isinstance(wanted, dict) else {"verdict": wanted}
        for word, value in page.items():
            yield from VERDICT_CHECKS[word](decision, value, plan)


def _says(decision: Decision) -> str:
    reasons = "; ".join(f"{r.rule}: {r.verdict.value}" for r in _reasons(decision))
    return (
        f"{decision.treatment} is '{decision.verdict.value}' as {decision.role.value} ({reasons})"
    )


def _reasons(decision: Decision) -> list[Any]:
    return [*decision.reasons, *(r for left in decision.excluded for r in left.reasons)]


def _verdict(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    allowed = [one for word in listed(words) for one in VERDICT_WORDS.get(word, (word,))]
    if decision.verdict.value not in allowed:
        yield f"expected {' or '.join(allowed)}, but {_says(decision)}"


def _role(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    if decision.role.value not in listed(words):
        yield (
            f"{decision.treatment} has the role {decision.role.value}, "
            f"expected {' or '.join(listed(words))}"
        )


def _cited(decision: Decision) -> set[str]:
    reasons = _reasons(decision)
    return {r.rule for r in reasons} | {source for r in reasons for source in r.sources}


def _cites(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    for word in listed(words):
        if word not in _cited(decision):
            yield f"no reason cites {word}: {_says(decision)}"


def _cites_one_of(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    if not _cited(decision) & set(words):
        yield f"no reason cites one of {words}: {_says(decision)}"


def _conflict(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    named = {reason.conflict for reason in _reasons(decision)}
    for word in listed(words):
        if word not in named:
            yield f"no reason names the disagreement {word}: {_says(decision)}"


def _caution(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    named = {reason.caution for reason in _reasons(decision)}
    for word in listed(words):
        if word not in named:
            yield f"no reason of {decision.treatment} warns of {word}: {_says(decision)}"


def _always_warns(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    for word in listed(words):
        if word not in decision.cautions:
            yield f"{decision.treatment} does not warn of {word}, only of {decision.cautions}"


def _not_caution(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    for word in listed(words):
        if word in decision.cautions:
            yield f"{decision.treatment} warns of {word}, which does not hold for this patient"


def _certainty(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    certainty = plan.effects[decision.treatment].certainty.value
    if certainty not in listed(words):
        yield (
            f"the effect of {decision.treatment} is of {certainty} certainty, "
            f"expected {' or '.join(listed(words))}"
        )


def _among(where: str, attribute: str) -> Callable[[Decision, Any, Plan], Iterator[str]]:
    def check(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
        targets = decision.targets if where == "targets" else [e.target for e in decision.excluded]
        found = {getattr(target, attribute) for target in targets}
        for word in listed(words):
            if word not in found:
                yield f"{decision.treatment}: {word} is not among the {where} {sorted(found)}"
        others = [e.target for e in decision.excluded] if where == "targets" else decision.targets
        wrong = {getattr(target, attribute) for target in others} & set(listed(words)) - found
        if wrong:
            yield f"{decision.treatment}: {sorted(wrong)} stands on the wrong side of {where}"

    return check


VERDICT_CHECKS: dict[str, Callable[[Decision, Any, Plan], Iterator[str]]] = {
    "verdict": _verdict,
    "role": _role,
    "cites": _cites,
    "cites_one_of": _cites_one_of,
    "conflict": _conflict,
    "caution": _caution,
    "always_warns": _always_warns,
    "not_caution": _not_caution,
    "certainty": _certainty,
    "targets_types": _among("targets", "type"),
    "targets_sites": _among("targets", "site"),
    "excluded_types": _among("excluded", "type"),
    "excluded_sites": _among("excluded", "site"),
}


# --- courses ---------------------------------------------------------------------------------


def course_faults(plan: Plan, expected: dict[str, Any]) -> Iterator[str]:
    """Where the courses are not what the page says."""
    for word, value in expected.items():
        yield from COURSE_CHECKS[word](plan, value)


def treatments_in(course: Course) -> set[str]:
    """The treatments of one course."""
    return {step.treatment for step in course.steps}


def _holds(course: Course) -> str:
    return f"the {course.name} course holds {', '.join(sorted(treatments_in(course)))}"


def _count_at_least(plan: Plan, least: int) -> Iterator[str]:
    if len(plan.courses) < least:
        why = " ".join(plan.no_course_because)
        yield f"{len(plan.courses)} courses, expected at least {least}. {why}"


def _count_at_most(plan: Plan, most: int) -> Iterator[str]:
    if len(plan.courses) > most:
        held = "; ".join(_holds(course) for course in plan.courses)
        yield f"{len(plan.courses)} courses, expected at most {most}: {held}"


def strongest(plan: Plan) -> Iterable[Course]:
    """The course that is to do most, if there is one."""
    return sorted(plan.courses, key=lambda course: -course.benefit)[:1]


def _must_contain_one_of(plan: Plan, lists: list[list[str]]) -> Iterator[str]:
    for course in strongest(plan):
        for words in lists:
            if not treatments_in(course) & set(words):
                yield f"{_holds(course)}, and none of {words}"


def _every_contains_one_of(plan: Plan, lists: list[list[str]]) -> Iterator[str]:
    for course in plan.courses:
        for words in lists:
            if not treatments_in(course) & set(words):
                yield f"{_holds(course)}, and none of {words}"


def _never_contain(plan: Plan, words: list[str]) -> Iterator[str]:
    unwanted = {one for word in words for one in (PROCEDURES if word == "procedures" else {word})}
    for course in plan.courses:
        found = sorted(treatments_in(course) & unwanted)
        if found:
            yield f"the {course.name} course holds {', '.join(found)}"


def _order(plan: Plan, orders: list[list[Any]]) -> Iterator[str]:
    for course in plan.courses:
        for first, then, gap in orders:
            early = [step.week for step in course.steps if step.treatment == first]
            late = [step.week for step in course.steps if step.treatment == then]
            if early and late and min(late) - max(early) < gap:
                yield (
                    f"the {course.name} course gives {first} in weeks {early} and {then} in weeks "
                    f"{late}; expected {then} at least {gap} weeks after the last {first}"
                )


def _at_most(what: str, of: Callable[[Course], float]) -> Callable[[Plan, Any], Iterator[str]]:
    def check(plan: Plan, limit: float) -> Iterator[str]:
        for course in plan.courses:
            if not of(course) <= limit:
                yield (
                    f"the {course.name} course has {of(course):g} {what}, expected at most {limit}"
                )

    return check


def _cost(course: Course) -> float:
    """The price of a course; one of home care alone costs nothing at the clinic."""
    return course.cost if treatments_in(course) & PROCEDURES else 0.0


def _downtime(course: Course) -> float:
    known = [s.downtime_days[1] for s in course.steps if not math.isnan(s.downtime_days[1])]
    return max(known, default=0.0)


def _expected_for(known: str) -> Callable[[Plan, Any], Iterator[str]]:
    def check(plan: Plan, types: list[str]) -> Iterator[str]:
        for course in strongest(plan):
            for expected in course.expected:
                has = "known" if expected.improvement.is_known else "unknown"
                if expected.target.type in types and has != known:
                    yield f"what to expect for {expected.target} is {has}, should be {known}"

    return check


def _pih_up_to_at_least(plan: Plan, least: dict[str, float]) -> Iterator[str]:
    for course in plan.courses:
        for treatment in treatments_in(course) & set(least):
            if not course.pih_percent[1] >= least[treatment]:
                yield (
                    f"the {course.name} course with {treatment} tells of dark marks in up to "
                    f"{course.pih_percent[1]:g} percent, where {least[treatment]} were counted"
                )


def _milder_never_contain(plan: Plan, words: list[str]) -> Iterator[str]:
    best = {course.name for course in strongest(plan)}
    milder = dataclasses.replace(plan, courses=tuple(c for c in plan.courses if c.name not in best))
    yield from _never_contain(milder, words)


def _not_without(plan: Plan, pairs: list[list[str]]) -> Iterator[str]:
    for course in plan.courses:
        for one, needed in pairs:
            if one in treatments_in(course) and needed not in treatments_in(course):
                yield f"{_holds(course)}: {one} without {needed}"


def _not_together(plan: Plan, sets: list[list[str]]) -> Iterator[str]:
    for course in plan.courses:
        for words in sets:
            if set(words) <= treatments_in(course):
                yield f"{_holds(course)}: {' and '.join(words)}, where one would do"


def _not_before(plan: Plan, weeks: dict[str, int]) -> Iterator[str]:
    for course in plan.courses:
        for step in course.steps:
            if step.week < weeks.get(step.treatment, 0):
                yield (
                    f"the {course.name} course gives {step.treatment} in week {step.week}, "
                    f"expected not before week {weeks[step.treatment]}"
                )


COURSE_CHECKS: dict[str, Callable[[Plan, Any], Iterator[str]]] = {
    "count_at_least": _count_at_least,
    "count_at_most": _count_at_most,
    "must_contain_one_of": _must_contain_one_of,
    "every_contains_one_of": _every_contains_one_of,
    "never_contain": _never_contain,
    "milder_never_contain": _milder_never_contain,
    "not_without": _not_without,
    "not_together": _not_together,
    "not_before": _not_before,
    "order": _order,
    "max_weeks": _at_most("weeks", lambda course: course.weeks),
    "max_sessions": _at_most("sessions", lambda course: course.sessions),
    "max_cost": _at_most("as its price", _cost),
    "max_downtime_days": _at_most("days off", _downtime),
    "pih_up_to_at_least": _pih_up_to_at_least,
    "expected_known_for": _expected_for("known"),
    "expected_unknown_for": _expected_for("unknown"),
}


# --- flags, questions, warnings, wishes, grades ------------------------------------------------


def flag_faults(plan: Plan, expected: list[dict[str, str]]) -> Iterator[str]:
    """Red flags that are missing, or raised where the page says that there is none."""
    raised = [{"do": f.do, "caution": f.caution, "rule": f.rule} for f in plan.red_flags]
    for wanted in expected:
        if not any(wanted.items() <= flag.items() for flag in raised):
            yield f"no red flag {wanted}, only {raised}"
    if not expected and raised:
        yield f"no red flag expected, but {raised}"


def ask_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Questions that are missing."""
    asked = [question.fact for question in plan.questions]
    for fact in expected:
        if fact not in asked:
            yield f"does not ask for {fact}, only for {asked}"


def needless_ask_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Questions on which nothing hangs for this patient."""
    for question in plan.questions:
        if question.fact in expected:
            yield f"asks for {question.fact}, for the sake of {question.unlocks}"


def warning_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Cautions that nobody raises who has a say: a red flag, or a treatment with a role.

    What a treatment's page warns everybody of does not count, unless the treatment stands in a
    course.
    """
    raised = {flag.caution for flag in plan.red_flags}
    raised |= {caution for c in plan.courses for step in c.steps for caution in step.cautions}
    for decision in plan.decisions:
        if decision.role.value != "not_indicated":
            raised |= {reason.caution for reason in _reasons(decision)}
    for caution in expected:
        if caution not in raised:
            yield f"does not warn of {caution}"


def because_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Words that the explanation of a missing course lacks."""
    told = " ".join(plan.no_course_because).lower()
    for words in expected:
        if words.lower() not in told:
            yield f"the explanation does not say '{words}': {told or 'there is a course'}"


WISH_WORDS = {
    "max_downtime_days": "downtime", "max_sessions": "session", "done_within_weeks": "week",
    "low_pain": "pain", "lasting": "last", "avoid": "no {}", "requested": "{} must be part",
}  # fmt: skip


def clash_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Wishes that the explanation does not name as clashing."""
    for wish in expected:
        kind, _, thing = wish.partition(" ")
        words = WISH_WORDS.get(kind, plan.case.wishes.currency).format(thing.replace("_", " "))
        yield from because_faults(plan, [words])


def relaxation_faults(plan: Plan, expected: list[str]) -> Iterator[str]:
    """Ways out that are not offered."""
    offered = [way.wish for way in plan.relaxations]
    for wish in expected:
        if wish not in offered:
            yield f"does not offer to give way on '{wish}', only on {offered}"


def left_out_faults(plan: Plan, expected: dict[str, str]) -> Iterator[str]:
    """Treatments that should be named as left out, with the reason."""
    told = {left.treatment: left.why for left in plan.not_planned}
    for treatment, words in expected.items():
        if str(words).lower() not in told.get(treatment, "").lower():
            yield (
                f"{treatment} should be named as left out because of '{words}', "
                f"but it says: {told.get(treatment, 'nothing')}"
            )


def not_shown_faults(plan: Plan, expected: dict[str, str]) -> Iterator[str]:
    """Treatments of a course of which it should be told that a wish may not hold for them."""
    told = {open_.treatment: open_.why for open_ in plan.not_shown}
    for treatment, words in expected.items():
        if words not in told.get(treatment, ""):
            yield f"of {treatment} it should be told '{words}', but of these it is: {told}"


def grade_faults(plan: Plan, expected: dict[str, float | None]) -> Iterator[str]:
    """Grades that differ; null on the page means that the scale cannot tell."""
    told = {grade.scale: grade for grade in plan.grades}
    for scale, value in expected.items():
        grade = told[scale]
        seen = None if math.isnan(grade.value) else grade.value
        if seen != value:
            missing = f" (missing: {', '.join(grade.missing)})" if grade.missing else ""
            yield f"{scale} is {seen}, expected {value}{missing}"


CHECKS: dict[str, Callable[[Plan, Any], Iterator[str]]] = {
    "verdicts": verdict_faults,
    "courses": course_faults,
    "red_flags": flag_faults,
    "asks": ask_faults,
    "never_asks": needless_ask_faults,
    "warns": warning_faults,
    "no_course_because_says": because_faults,
    "clash_wishes": clash_faults,
    "relaxations": relaxation_faults,
    "not_planned": left_out_faults,
    "not_shown": not_shown_faults,
    "grades": grade_faults,
}


@patients
def test_plan_is_what_the_page_expects(patient: str) -> None:
    page, plan = page_of(patient), plan_of(patient)
    faults = [
        fault for word, value in page["expect"].items() for fault in CHECKS[word](plan, value)
    ]
    told = "\n  - ".join(faults)
    assert not faults, f"{page['name']} ({page['why']}):\n  - {told}"


# --- the pages themselves ----------------------------------------------------------------------


def test_there_are_enough_patients() -> None:
    assert len(PAGES) >= 45


@patients
def test_page_uses_known_words(patient: str) -> None:
    """A misspelt expectation would check nothing and pass."""
    page = page_of(patient)
    assert set(page) - {"everything_else"} == {"name", "why", "case", "expect"}
    assert page.get("everything_else", "answered_no") == "answered_no"
    expect = page["expect"]
    assert expect.get("verdicts") or expect.get("courses"), "expects nothing of the treatments"
    for place, words, known in _words_of(expect):
        wrong = sorted(set(words) - set(known))
        assert not wrong, f"{patient}: {place} knows no {wrong}"


def _words_of(  # noqa: C901, PLR0912 - one loop for each kind of expectation
    expect: dict[str, Any],
) -> Iterator[tuple[str, Iterable[Any], Iterable[Any]]]:
    knowledge = load_knowledge()
    yield "expect", expect, CHECKS
    verdicts, courses = expect.get("verdicts", {}), expect.get("courses", {})
    yield "verdicts", verdicts, v.TREATMENTS
    yield "courses", courses, COURSE_CHECKS
    for treatment, wanted in verdicts.items():
        page = wanted if isinstance(wanted, dict) else {"verdict": wanted}
        yield treatment, page, VERDICT_CHECKS
        yield (
            treatment,
            listed(page.get("verdict")),
            [*(one.value for one in Verdict), *VERDICT_WORDS],
        )
        yield treatment, listed(page.get("role")), [role.value for role in v.Role]
        yield treatment, listed(page.get("certainty")), [c.value for c in v.Certainty]
        yield treatment, listed(page.get("conflict")), knowledge.conflicts
        for word in ("caution", "always_warns", "not_caution"):
            yield treatment, listed(page.get(word)), v.CAUTIONS
        for word in ("cites", "cites_one_of"):
            yield treatment, listed(page.get(word)), {*knowledge.sources, *knowledge.rules}
        for word in ("targets", "excluded"):
            yield treatment, listed(page.get(f"{word}_types")), v.FINDING_TYPES
            yield treatment, listed(page.get(f"{word}_sites")), v.SITES
    for word in ("must_contain_one_of", "every_contains_one_of"):
        for words in courses.get(word, []):
            yield word, words, v.TREATMENTS
    for word in ("never_contain", "milder_never_contain"):
        yield word, courses.get(word, []), (*v.TREATMENTS, "procedures")
    for word in ("not_without", "not_together"):
        for words in courses.get(word, []):
            yield word, words, v.TREATMENTS
    yield "not_before", courses.get("not_before", {}), v.TREATMENTS
    for first, then, _ in courses.get("order", []):
        yield "order", (first, then), v.TREATMENTS
    yield "pih_up_to_at_least", courses.get("pih_up_to_at_least", {}), v.TREATMENTS
    for word in ("expected_known_for", "expected_unknown_for"):
        yield word, courses.get(word, []), v.FINDING_TYPES
    for word in ("asks", "never_asks"):
        yield word, expect.get(word, []), knowledge.questions
    yield "warns", expect.get("warns", []), v.CAUTIONS
    yield "grades", expect.get("grades", {}), knowledge.scales
    for word in ("not_planned", "not_shown"):
        yield word, expect.get(word, {}), v.TREATMENTS
    for word in ("clash_wishes", "relaxations"):
        yield (
            word,
            [wish.partition(" ")[0] for wish in expect.get(word, [])],
            [*WISH_WORDS, "budget"],
        )


# --- what must hold for every patient ------------------------------------------------------------


@patients
def test_every_treatment_is_decided_once(patient: str) -> None:
    assert sorted(d.treatment for d in plan_of(patient).decisions) == sorted(v.TREATMENTS)


@patients
def test_everything_told_has_a_source_that_exists(patient: str) -> None:
    plan, sources = plan_of(patient), load_knowledge().sources
    told = [(d.treatment, r.rule, r.sources) for d in plan.decisions for r in _reasons(d)]
    told += [("red flag", flag.rule, flag.sources) for flag in plan.red_flags]
    told += [("grade", grade.scale, grade.sources) for grade in plan.grades]
    told += [(t, "effect", e.sources) for t, e in plan.effects.items() if e.is_known]
    wrong = [one for one in told if not one[2] or set(one[2]) - set(sources)]
    assert not wrong


@patients
def test_every_decision_says_why_and_every_delay_until_when(patient: str) -> None:
    for decision in plan_of(patient).decisions:
        assert decision.reasons, f"{decision.treatment} is decided without a word"
        assert all(reason.text.strip() for reason in decision.reasons)
        if decision.verdict is Verdict.DEFER:
            assert decision.until, f"{decision.treatment} is put off, and nobody says until when"


@patients
def test_courses_pass_the_checker(patient: str) -> None:
    assert complaints(plan_of(patient), knowledge=load_knowledge()) == []


@patients
def test_courses_hold_only_what_is_permitted_indicated_and_offered(patient: str) -> None:
    plan = plan_of(patient)
    decided = {decision.treatment: decision for decision in plan.decisions}
    for course in plan.courses:
        for step in course.steps:
            decision = decided[step.treatment]
            assert decision.verdict.value in PERMITTED, step.treatment
            assert decision.role.value != "not_indicated", step.treatment
            assert step.treatment in plan.case.clinic.offers
            assert set(step.targets) <= {finding.target for finding in plan.findings}


@patients
def test_a_red_flag_that_stops_procedures_stops_them_all(patient: str) -> None:
    plan = plan_of(patient)
    if any(flag.stops_procedures for flag in plan.red_flags):
        assert not [course.name for course in plan.courses if treatments_in(course) & PROCEDURES]
        for decision in plan.decisions:
            if decision.treatment in PROCEDURES:
                assert decision.verdict.value not in PERMITTED, decision.treatment


@patients
def test_skin_is_protected_from_sun_throughout_every_course_with_a_procedure(patient: str) -> None:
    plan = plan_of(patient)
    offered = "sunscreen" in plan.case.clinic.offers
    for course in plan.courses:
        if offered and treatments_in(course) & PROCEDURES:
            screens = [step for step in course.steps if step.treatment == "sunscreen"]
            assert screens, _holds(course)
            ends = max(step.week for step in course.steps if step.treatment in PROCEDURES)
            assert max(step.week + step.lasts_weeks for step in screens) >= ends


def test_no_course_called_gentle_takes_off_a_layer_of_skin() -> None:
    """Full-field ablation has the longest downtime and the most adverse events of all (3.4, 5)."""
    layers = {"full_ablative_laser", "motor_dermabrasion", "deep_phenol_peel"}
    wrong = [
        (patient, *sorted(treatments_in(course) & layers))
        for patient in PAGES
        for course in plan_of(patient).courses
        if course.name == "gentle" and treatments_in(course) & layers
    ]
    assert not wrong, f"{len(wrong)} patients: {wrong}"


#: Cautions of a procedure about one fact of the patient: wrong where the answer is a plain no.
#: (Home care is left out: a cream may itself make the skin sensitive to light.)
CAUTIONS_OF_ONE_ANSWER = {
    "recent_tan": ["recent_tan"],
    "active_infection": ["infection_at_site", "cold_sore_now"],
    "hsv_prophylaxis": ["cold_sore_now", "cold_sore_history"],
    "lidocaine_allergy": ["lidocaine_allergy"],
    "neuromuscular": ["neuromuscular_disease"],
    "immunosuppression": ["immunosuppressed"],
    "autoimmune": ["autoimmune_disease"],
    "smoking_healing": ["smoker"],
    "photosensitiser": ["photosensitising_drug", "photosensitivity"],
    "prior_radiotherapy": ["radiotherapy_at_site"],
    "bdd_screen": ["appearance_distress", "dcq_score"],
}


def test_no_caution_is_raised_that_the_answers_rule_out() -> None:
    """A warning of a fresh tan beside "no fresh tan" teaches readers to skip warnings."""
    wrong = set()
    for patient in PAGES:
        facts = plan_of(patient).case.intake.facts
        for decision in plan_of(patient).decisions:
            for caution in decision.cautions if decision.treatment in PROCEDURES else ():
                answers = [facts.get(fact) for fact in CAUTIONS_OF_ONE_ANSWER.get(caution, ())]
                if answers and all(answer == "no" for answer in answers):
                    wrong.add((decision.treatment, caution))
    assert not wrong, f"{len(wrong)} warnings: {sorted(wrong)}"


@patients
def test_what_was_done_elsewhere_keeps_its_distance_too(patient: str) -> None:
    """A gap between two treatments holds as well when the first was done before this visit."""
    plan, knowledge = plan_of(patient), load_knowledge()
    for course in plan.courses:
        for before in plan.case.intake.earlier:
            for name in sorted(treatments_in(course) - {before.treatment}):
                first = min(step.week for step in course.steps if step.treatment == name)
                gap = gap_after(before.treatment, name, plan=plan, knowledge=knowledge)
                assert before.weeks_ago + first >= gap, (
                    f"{before.treatment} {before.weeks_ago:g} weeks ago, and the {course.name} "
                    f"course gives {name} in week {first}; within a course {gap:g} weeks lie "
                    "between the two"
                )


def gap_after(first: str, then: str, *, plan: Plan, knowledge: Knowledge) -> float:
    """The weeks that the pages want after one treatment before another, for this patient."""
    gaps = [
        page.gap_weeks.low
        for page in _pages_for(first, then, plan.case, knowledge)
        if page.gap_weeks is not None
        and page.kind in ("order", "gap", "same_day")
        and (page.kind != "order" or first in knowledge.treatments_named(page.first))
    ]
    return max(gaps, default=0)


@patients
def test_questions_are_unanswered_and_open_something(patient: str) -> None:
    plan = plan_of(patient)
    decided = {decision.treatment: decision for decision in plan.decisions}
    for question in plan.questions:
        assert question.fact not in plan.case.intake.facts
        assert question.unlocks
        for treatment in question.unlocks:
            assert decided[treatment].role.value != "not_indicated"


@patients
def test_json_is_sound_and_keeps_the_contract(patient: str) -> None:
    plan = plan_of(patient)
    told = plan_json(plan, knowledge=load_knowledge())
    text = json.dumps(told, allow_nan=False)
    assert json.loads(plan_text(plan, knowledge=load_knowledge())) == json.loads(text)
    assert faults_of_shape(told) == []


# --- ways out ------------------------------------------------------------------------------------

CLASHING = [patient for patient in PAGES if "relaxations" in page_of(patient)["expect"]]


@pytest.mark.parametrize("patient", CLASHING)
def test_each_way_out_leads_to_a_course_and_a_little_less_does_not(patient: str) -> None:
    case = case_of(patient)
    for ways in ways_of(plan_of(patient)):
        taken = case.wishes
        for way in ways:
            taken = given_way(taken, way)
        assert planned(case, taken).courses, f"{ways} lead nowhere"
        for way in ways:
            if number_of(way) < math.inf:
                # One day, session, week or unit of money less must not be enough, or the way
                # out was not the nearest.
                assert not planned(case, given_way(taken, way, short_by=1)).courses, way
