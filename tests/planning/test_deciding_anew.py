"""What a rule book keeps from earlier patients changes nothing for the next one."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from benchmarks.cases import answered_case_files, case_of, gappy_case_files

from cicatrix.knowledge import Knowledge
from cicatrix.planning.decide import decide_all
from cicatrix.planning.kept import Kept
from cicatrix.planning.name_sets import NameSets
from cicatrix.planning.outcomes import Outcomes
from cicatrix.planning.rulebook import make_rulebook
from cicatrix.planning.truth import (
    FALSE,
    NO_FINDING,
    TRUE,
    UNKNOWN,
    Facts,
    Thresholds,
    compiled,
    facts_of_case,
    undecided_facts,
)
from cicatrix.records import Decision
from cicatrix.vocabulary import Role, Verdict


@pytest.fixture(scope="module")
def patients() -> list[Facts]:
    """Invented patients with all answers and with gaps, and three narrowed skin types."""
    cases = [*answered_case_files(25, seed=71), *gappy_case_files(35, seed=72)]
    told = [facts_of_case(case_of(case)) for case in cases]
    untyped = {name: a for name, a in told[0].answers.items() if name != "fitzpatrick"}
    narrowed = [
        dataclasses.replace(told[0], answers=untyped, possible={"fitzpatrick": words})
        for words in [("V", "VI"), ("III", "IV"), ("I", "II")]
    ]
    return [*told, *narrowed]


def test_a_used_book_decides_as_a_new_one(patients: list[Facts], knowledge: Knowledge) -> None:
    used = make_rulebook(knowledge)
    for facts in reversed(patients):
        decide_all(facts, book=used)
    for facts in patients:
        assert decide_all(facts, book=used) == decide_all(facts, book=make_rulebook(knowledge))


def test_what_a_chapter_keeps_is_what_its_rules_say(
    patients: list[Facts], knowledge: Knowledge
) -> None:
    """Each rule by itself, from its own compiled condition."""
    book = make_rulebook(knowledge)
    told = []
    for facts in patients:
        patient = book.sight.of_patient(facts)
        told += [(patient, facts, NO_FINDING, chapter) for chapter in book.patient_chapters]
        for finding in facts.findings:
            seen = book.sight.of_finding(finding, patient=patient)
            told += [(seen, facts, finding, chapter) for chapter in book.finding_chapters]
    for seen, facts, finding, chapter in [*told, *reversed(told)]:
        kept = chapter.kept.get(chapter.read(seen))
        said = chapter.says(seen, facts, finding) if kept is None else kept
        expected = 0
        for rule in chapter.rules:
            expected |= rule.comes_to(facts, finding)
        assert said == expected


def test_a_rule_comes_to_what_its_condition_says(
    patients: list[Facts], knowledge: Knowledge
) -> None:
    """True: the one outcome; not known: one for each fact for which it asks, and never none."""
    for rule in make_rulebook(knowledge).rules:
        for facts in patients:
            for finding in facts.findings if rule.reads_finding else [NO_FINDING]:
                truth = rule.truth(facts, finding)
                outcomes = rule.comes_to(facts, finding)
                assert (outcomes == rule.fired_set) == (truth == TRUE)
                assert (outcomes == 0) == (truth == FALSE)
                assert outcomes & rule.outcomes == outcomes
                if truth == UNKNOWN and rule.page.when_unknown is Verdict.ASK:
                    assert outcomes.bit_count() == len(rule.undecided(facts, finding))


def test_decisions_are_whole_and_frozen(patients: list[Facts], knowledge: Knowledge) -> None:
    book = make_rulebook(knowledge)
    for decision in itertools.chain(*[decide_all(facts, book=book) for facts in patients[:5]]):
        assert type(decision) is Decision
        fields = {f.name: getattr(decision, f.name) for f in dataclasses.fields(decision)}
        assert Decision(**fields) == decision
        with pytest.raises(dataclasses.FrozenInstanceError):
            decision.asks = ()  # type: ignore[misc]


def test_reasons_stand_from_the_strictest_down(patients: list[Facts], knowledge: Knowledge) -> None:
    book = make_rulebook(knowledge)
    for decision in itertools.chain(*[decide_all(facts, book=book) for facts in patients]):
        rules = [reason for reason in decision.reasons if not reason.rule.startswith("treatments/")]
        order = [(-reason.verdict.strictness, reason.rule) for reason in rules]
        assert order == sorted(order)
        assert len(rules) == len({(reason.rule, reason.text) for reason in rules})


def test_the_strictest_of_a_set_is_its_highest_bit(knowledge: Knowledge) -> None:
    """Every pair of outcomes of different rules of a book, against the verdicts of both."""
    book = make_rulebook(knowledge)
    outcomes: Outcomes = book.outcomes
    single = [
        (rule.id, one)
        for chapter in book.patient_chapters
        for rule in chapter.rules
        for one in (rule.fired_set, *rule.open_sets.values())
    ]
    for (rule, one), (another, other) in itertools.combinations(single, 2):
        reasons, _, _ = outcomes.told_by(one | other)
        assert outcomes.rank_of(one | other) == max(r.verdict.strictness for r in reasons)
        assert len(reasons) == 2 or rule == another


def test_a_rule_that_lacks_several_facts_is_told_once(knowledge: Knowledge) -> None:
    """It has an outcome for each fact, and its reason stands once, in whatever company."""
    book = make_rulebook(knowledge)
    everything = 0
    for rule in book.rules:
        everything |= rule.outcomes
    for some in [everything, *[rule.outcomes for rule in book.rules]]:
        reasons, _, _ = book.outcomes.told_by(some)
        assert len({id(reason) for reason in reasons}) == len(reasons)
    for rule in book.rules:
        if rule.page.when_unknown is Verdict.ASK:
            open_set = rule.outcomes ^ rule.fired_set
            reasons, _, asks = book.outcomes.told_by(open_set)
            assert len(reasons) == 1
            assert book.facts.names_in(asks) == tuple(sorted(rule.page.when.reads()))


def test_what_is_full_forgets_and_goes_on() -> None:
    kept: Kept[int, int] = Kept(most=3)
    assert [kept.keep(number, -number) for number in range(5)] == [0, -1, -2, -3, -4]
    assert dict(kept) == {3: -3, 4: -4}


@pytest.mark.parametrize("count", [1, 7, 8, 9, 17])
def test_a_set_of_names_is_written_out_in_order(count: int) -> None:
    """Each name alone, each pair, none and all; around the ends of eight neighbours."""
    names = [f"name {place}" for place in range(count)]
    sets = NameSets(names)
    for some in [(), names, *itertools.combinations(names, 1), *itertools.combinations(names, 2)]:
        written = tuple(name for name in names if name in some)
        assert sets.names_in(sets.of(reversed(some))) == written
        assert sets.names_in(sets.of(some)) == written


def test_what_is_asked_is_what_the_rules_that_ask_hang_on(
    patients: list[Facts], knowledge: Knowledge
) -> None:
    """Each rule by itself: the treatments without a finding to read ask for what it lacks.

    Where nobody knows whether a treatment is for the acne at all, that is asked first.
    """
    book = make_rulebook(knowledge)
    for facts in patients:
        for decision in decide_all(facts, book=book):
            if decision.verdict is not Verdict.ASK or decision.targets:
                continue
            lacking = {
                fact
                for rule in book.rules
                if not rule.reads_finding
                and rule.page.when_unknown is Verdict.ASK
                and decision.treatment in knowledge.treatments_named(rule.page.applies_to)
                and rule.about in ("", decision.treatment)
                for fact in rule.undecided(facts, NO_FINDING)
            }
            use = open_use(decision.treatment, facts, knowledge)
            assert decision.asks == tuple(sorted(use or lacking))


def open_use(treatment: str, facts: Facts, knowledge: Knowledge) -> set[str]:
    """The unknown facts on which it hangs whether a treatment is for acne, or for the person.

    No page that is for either says of any case that it is not indicated, so what is open
    hangs on every entry unless one of them is true.
    """
    limits = Thresholds(named=knowledge.treatments_named)
    kinds = {"acne"} if facts.findings else {"acne", "any"}
    entries = [s for s in knowledge.treatments[treatment].suits if kinds & set(s.types)]
    assert all(suits.role is not Role.NOT_INDICATED for suits in entries)
    conditions = [suits.when for suits in entries if suits.when]
    if len(conditions) < len(entries):
        return set()
    if any(compiled(when, limits)(facts, NO_FINDING) == TRUE for when in conditions):
        return set()
    return {f for w in conditions for f in undecided_facts(w, limits)(facts, NO_FINDING)}
