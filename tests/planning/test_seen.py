"""What the book takes for alike is alike to every rule: no threshold and no word is lost."""

from __future__ import annotations

import dataclasses
import math

import pytest
from benchmarks.cases import answered_case_files, case_of

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.planning.chapters import Rule
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.planning.seen import reader_of
from cicatrix.planning.truth import NO_FINDING, Facts, facts_of_case
from cicatrix.records import EarlierTreatment

#: Numbers around every threshold that a page is likely to name, and what is no number.
NUMBERS = (*range(130), 0.5, 12.999, 25.5, 1e9, math.nan, "never", None)


@pytest.fixture(scope="module")
def book(knowledge: Knowledge) -> RuleBook:
    return make_rulebook(knowledge)


@pytest.fixture(scope="module")
def patient() -> Facts:
    (case_file,) = answered_case_files(1, seed=5)
    return facts_of_case(case_of(case_file))


def told_alike(book: RuleBook, patients: list[Facts], rules: list[Rule]) -> None:
    """Whoever is seen alike in what a rule reads gets the same from it."""
    for rule in rules:
        read = reader_of(rule.page.when.reads())
        said: dict[object, int] = {}
        for facts in patients:
            seen = book.sight.of_patient(facts)
            for finding in facts.findings if rule.reads_finding else [NO_FINDING]:
                key = read(book.sight.of_finding(finding, patient=seen))
                outcomes = rule.comes_to(facts, finding)
                assert said.setdefault(key, outcomes) == outcomes, f"{rule.id}: {key}"


def reading(book: RuleBook, fact: str) -> list[Rule]:
    return [rule for rule in book.rules if fact in rule.page.when.reads()]


@pytest.mark.parametrize("fact", v.PATIENT_FACTS)
def test_answers_seen_alike_are_alike(fact: str, book: RuleBook, patient: Facts) -> None:
    others = {name: answer for name, answer in patient.answers.items() if name != fact}
    words = v.PATIENT_FACTS[fact]
    values = [value for value in words or NUMBERS if value is not None]
    patients = [dataclasses.replace(patient, answers={**others, fact: one}) for one in values]
    patients.append(dataclasses.replace(patient, answers=others))
    if words:
        pairs = [(one, other) for one in words for other in words if one != other]
        patients += [
            dataclasses.replace(patient, answers=others, possible={fact: pair}) for pair in pairs
        ]
        patients += [dataclasses.replace(patient, answers={**others, fact: pair}) for pair in pairs]
    told_alike(book, patients, reading(book, fact))


@pytest.mark.parametrize("fact", v.FINDING_FACTS)
def test_findings_seen_alike_are_alike(fact: str, book: RuleBook, patient: Facts) -> None:
    first = patient.findings[0]
    others = {name: known for name, known in first.items() if name != fact}
    values = v.FINDING_FACTS[fact] or [number for number in NUMBERS if number is not None]
    if fact == "type":
        values = [*values, ("hypertrophic", "keloid"), ("keloid", "hypertrophic")]
    findings = [others, *[{**others, fact: value} for value in values]]
    patients = [dataclasses.replace(patient, findings=(one,)) for one in findings]
    patients += [dataclasses.replace(patient, findings=(first, one)) for one in findings]
    patients += [
        dataclasses.replace(patient, findings=(), findings_known=known) for known in (True, False)
    ]
    told_alike(book, patients, reading(book, f"finding.{fact}"))
    told_alike(book, patients, reading(book, f"any_finding.{fact}"))


def test_earlier_treatments_seen_alike_are_alike(book: RuleBook, patient: Facts) -> None:
    weeks = [number for number in NUMBERS if isinstance(number, (int, float))]
    patients = [
        dataclasses.replace(
            patient,
            earlier=(EarlierTreatment(treatment=name, weeks_ago=ago),),
            earlier_known=True,
        )
        for name in v.TREATMENTS
        for ago in weeks
    ]
    patients += [
        dataclasses.replace(
            patient,
            earlier=(EarlierTreatment(treatment=name, weeks_ago=300.0, result=result),),
            earlier_known=True,
        )
        for name in v.TREATMENTS
        for result in (*v.EARLIER_RESULTS, v.UNKNOWN)
    ]
    several = [
        dataclasses.replace(patient, earlier=(*one.earlier, *other.earlier), earlier_known=True)
        for one, other in zip(patients, reversed(patients), strict=True)
    ]
    nobody_asked = dataclasses.replace(patient, earlier=(), earlier_known=False)
    none = dataclasses.replace(patient, earlier=(), earlier_known=True)
    told_alike(book, [*patients, *several, nobody_asked, none], reading(book, "earlier_treatments"))


def test_most_numbers_are_seen_alike(book: RuleBook, patient: Facts) -> None:
    """Ages between two thresholds are one to the book, so it meets few."""
    ages = {
        book.sight.of_patient(dataclasses.replace(patient, answers={"age": age}))["age"]
        for age in range(100)
    }
    assert 2 <= len(ages) <= 10
