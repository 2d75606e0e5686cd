"""Whole patients against the second opinion: all rules at once, on all treatments.

The rules one by one are in ``test_safety_by_enumeration.py``. Here every fact has an answer or
a gap, so rules meet: a set of patients in which every two answers to any two questions stand
together at least once, and seeded random ones, from nearly harmless to mostly untold. For all
of them clingo also searches every way to fill in the gaps for one that shuts an open door.
"""

from __future__ import annotations

import collections
import itertools
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.planning.answers import (
    HARMLESS,
    RESULTS,
    UNKNOWN_WEEKS,
    UNTOLD,
    Choices,
    Sketch,
    case_of,
    choices_of,
    domains_of,
)
from tests.planning.comparing import decided, differences, doors
from tests.planning.oracle import opinions, shut_by_completion

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.records import Case

SEED = 2026
EACH = 200
CHUNKS = 8
STOPS = (v.Verdict.DEFER, v.Verdict.AVOID)

Answers = dict[str, Any]


# --- patients ---------------------------------------------------------------------------------


def every_pair_of_answers(
    choices: Mapping[str, tuple[Any, ...]], dice: random.Random
) -> list[Answers]:
    """Few patients in which every two answers to any two questions stand together.

    Built greedily: each patient takes a pair that is still missing, then for every other
    question the answer that makes the most missing pairs.
    """
    facts = list(choices)
    missing = {
        frozenset({(one, i), (other, j)})
        for n, one in enumerate(facts)
        for other in facts[n + 1 :]
        for i in range(len(choices[one]))
        for j in range(len(choices[other]))
    }
    rows = []
    while missing:
        chosen = dict(min(missing, key=sorted))
        rest = [fact for fact in facts if fact not in chosen]
        dice.shuffle(rest)
        for fact in rest:
            gain = [
                sum(frozenset({(fact, i), told}) in missing for told in chosen.items())
                for i in range(len(choices[fact]))
            ]
            best = max(gain)
            chosen[fact] = dice.choice([i for i, g in enumerate(gain) if g == best])
        told = sorted(chosen.items())
        missing -= {frozenset({a, b}) for n, a in enumerate(told) for b in told[n + 1 :]}
        rows.append({fact: choices[fact][i] for fact, i in chosen.items()})
    return rows


def some_findings(choices: Choices, dice: random.Random, *, gaps: float) -> tuple[Answers, ...]:
    """Up to four findings, each fact left out with the probability ``gaps``."""
    found = []
    for _ in range(dice.choice((0, 1, 1, 2, 3, 4))):
        seen = {f: dice.choice(told) for f, told in choices.finding.items()}
        for fact in seen.keys() - {"type", "site", "side"}:
            if dice.random() < gaps:
                seen[fact] = UNTOLD
        found.append(seen)
    return tuple(found)


def some_history(choices: Choices, dice: random.Random) -> Any:
    """Not asked, nothing, or up to three earlier treatments, some without a date."""
    if dice.random() < 1 / 4:
        return UNTOLD
    names = dice.sample(v.TREATMENTS, dice.choice((0, 0, 1, 2, 3)))
    return tuple(
        (
            name,
            dice.choice((0.0, *choices.weeks.get(name, (1.0,)), 5000.0, UNKNOWN_WEEKS)),
            dice.choice(RESULTS),
        )
        for name in names
    )


def sketches(choices: Choices) -> Iterator[Sketch]:
    """All patients of this test, the same on every run."""
    dice = random.Random(SEED)  # noqa: S311 - invented patients, no secrets
    for answers in every_pair_of_answers(choices.patient, dice):
        yield _sketch(answers, choices, dice, gaps=0.3)
    for risk, gaps in ((0.03, 0.1), (0.08, 0.5), (0.3, 0.3)):
        for _ in range(EACH):
            answers = {
                fact: dice.choice(told) if dice.random() < risk else HARMLESS.get(fact, UNTOLD)
                for fact, told in choices.patient.items()
            }
            yield _sketch(answers, choices, dice, gaps=gaps)
    for _ in range(EACH):
        answers = {
            fact: HARMLESS.get(fact, UNTOLD) if dice.random() < 2 / 3 else UNTOLD
            for fact in choices.patient
        }
        yield _sketch(answers, choices, dice, gaps=0.7)


def _sketch(answers: Answers, choices: Choices, dice: random.Random, *, gaps: float) -> Sketch:
    return Sketch(
        answers=answers,
        findings=some_findings(choices, dice, gaps=gaps),
        earlier=some_history(choices, dice),
        findings_known=dice.random() < 1 / 2,
    )


# --- the comparison ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def choices(knowledge: Knowledge) -> Choices:
    return choices_of(knowledge)


@pytest.fixture(scope="module")
def patients(choices: Choices) -> list[Case]:
    return [case_of(sketch) for sketch in sketches(choices)]


@pytest.fixture(scope="module")
def book(knowledge: Knowledge) -> RuleBook:
    return make_rulebook(knowledge)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_all_treatments_agree_with_the_second_opinion(
    chunk: int, patients: list[Case], book: RuleBook, knowledge: Knowledge
) -> None:
    cases = patients[chunk::CHUNKS]
    seconds = opinions(cases, knowledge=knowledge)
    wrong = [
        told
        for case, second in zip(cases, seconds, strict=True)
        for name, decision in decided(case, book=book).items()
        for told in differences(decision, second[name], rules=knowledge.rules)
    ]
    assert wrong == []


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_way_to_fill_the_gaps_shuts_an_open_door(
    chunk: int, patients: list[Case], book: RuleBook, knowledge: Knowledge, choices: Choices
) -> None:
    cases = patients[chunk::CHUNKS]
    opened = [
        (number, decision.treatment, place)
        for number, case in enumerate(cases)
        for decision in decided(case, book=book).values()
        for place in doors(case, decision)
    ]
    assert len(opened) > len(cases), "hardly anything is open, so little is shown"
    domains = domains_of(choices)
    assert shut_by_completion(cases, opened, knowledge=knowledge, domains=domains) == []


def test_the_search_for_harm_finds_it_where_it_is(
    patients: list[Case], book: RuleBook, knowledge: Knowledge, choices: Choices
) -> None:
    """The search is not blind: where a rule that stops is undecided, some answer makes it stop."""
    stopping = {name for name, rule in knowledge.rules.items() if rule.verdict in STOPS}
    asked = [
        (number, decision.treatment)
        for number, case in enumerate(patients)
        for decision in decided(case, book=book).values()
        if decision.verdict is v.Verdict.ASK
        and len(case.findings) < 2
        and any(r.rule in stopping and r.verdict is v.Verdict.ASK for r in decision.reasons)
    ]
    assert len(asked) > 1000
    domains = domains_of(choices)
    for number, treatment in asked[:: max(1, len(asked) // 12)]:
        place = 0 if patients[number].findings else None
        found = shut_by_completion(
            [patients[number]], [(0, treatment, place)], knowledge=knowledge, domains=domains
        )
        assert any(atom.startswith("stopped(0,") for atom in found)


def test_every_two_answers_stand_together_in_a_patient(choices: Choices) -> None:
    dice = random.Random(SEED)  # noqa: S311 - invented patients, no secrets
    rows = every_pair_of_answers(choices.patient, dice)
    for one, other in itertools.combinations(choices.patient, 2):
        met = {(repr(row[one]), repr(row[other])) for row in rows}
        assert len(met) == len(choices.patient[one]) * len(choices.patient[other])


def test_the_patients_are_of_every_kind(patients: list[Case], book: RuleBook) -> None:
    verdicts = collections.Counter(
        (name, decision.verdict)
        for case in patients
        for name, decision in decided(case, book=book).items()
    )
    assert len(patients) > 900
    for name in v.TREATMENTS:
        assert sum(verdicts[name, verdict] for verdict in v.Verdict if verdict.permits) > 50, name
