"""The patient in words: who it is, what was answered, what nobody asked, what is wished."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cicatrix import vocabulary as v
from cicatrix.records import Answer, Case, Intake, Wishes
from cicatrix.reporting.found import answer_in_words
from cicatrix.reporting.library import Library
from cicatrix.reporting.words import Words

Pair = tuple[str, str]


def key_facts(intake: Intake, *, words: Words) -> list[Pair]:
    """What a clinician wants to see first; what is not known says so."""
    facts = intake.facts
    return [
        (words.text("patient.age"), _age(facts, words)),
        (words.text("patient.sex"), _answer(facts, "sex", words)),
        (words.text("patient.fitzpatrick"), _fitzpatrick(intake, words)),
        (
            words.text("patient.monk"),
            str(intake.monk) if intake.monk else words.text("report.unknown"),
        ),
        (words.text("patient.ita"), _ita(intake, words)),
        (words.text("patient.acne"), _acne(facts, words)),
        (words.text("patient.scarring_still"), _answer(facts, "scarring_still", words)),
        (words.text("patient.isotretinoin"), _isotretinoin(facts, words)),
        (words.text("patient.pregnant"), _answer(facts, "pregnant", words)),
        (words.text("patient.keloid"), _answer(facts, "keloid_history", words)),
        (words.text("patient.marks"), _answer(facts, "dark_marks_after_injury", words)),
        (words.text("patient.cold_sores"), _answer(facts, "cold_sore_history", words)),
    ]


def known_answers(intake: Intake, *, words: Words) -> list[Pair]:
    """Every answer that is known, in the order of the vocabulary."""
    return [
        (words.term("fact", name), answer_in_words(intake.facts[name], words))
        for name in v.PATIENT_FACTS
        if name in intake.facts
    ]


def not_asked(intake: Intake, *, words: Words) -> list[str]:
    """Every question whose answer is not known."""
    return [words.term("fact", name) for name in v.PATIENT_FACTS if name not in intake.facts]


def earlier_treatments(intake: Intake, *, words: Words, library: Library) -> list[str]:
    """What was done before, or that nobody asked."""
    if not intake.earlier_known:
        return [words.text("answers.earlier_unknown")]
    if not intake.earlier:
        return [words.text("answers.earlier_none")]
    return [
        words.text(
            "answers.earlier_one",
            treatment=library.name(one.treatment),
            ago=words.ago(one.weeks_ago),
            result=words.term("result", one.result),
        ).strip()
        for one in intake.earlier
    ]


def wishes_told(case: Case, *, words: Words, library: Library) -> list[str]:
    """What the patient wants of a course; nothing where nothing was wished."""
    wishes = case.wishes
    told = []
    if wishes.text:
        told.append(words.text("answers.wish_text", text=wishes.text))
    if wishes.requested:
        names = words.listed(library.names(wishes.requested))
        told.append(words.text("answers.requested", names=names))
    if wishes.avoid:
        names = words.listed(name.replace("_", " ") for name in wishes.avoid)
        told.append(words.text("answers.avoid", names=names))
    return [*told, *_limits(wishes, words)]


def _limits(wishes: Wishes, words: Words) -> list[str]:
    limits = {
        "downtime": ("days", wishes.max_downtime_days),
        "sessions": ("sessions", wishes.max_sessions),
        "weeks": ("weeks", wishes.done_within_weeks),
    }
    told = [
        words.text(f"answers.{name}", n=words.count(f"unit.{unit}", limit))
        for name, (unit, limit) in limits.items()
        if limit < math.inf
    ]
    if wishes.budget < math.inf:
        money = words.money(wishes.budget, wishes.currency)
        told.append(words.text("answers.budget", money=money))
    for name in ("low_pain", "lasting"):
        answer = getattr(wishes, name)
        if answer != v.UNKNOWN:
            told.append(words.text(f"answers.{name}", answer=words.term("answer", answer)))
    return told


def _answer(facts: Mapping[str, Answer], name: str, words: Words) -> str:
    return answer_in_words(facts[name], words) if name in facts else words.text("report.unknown")


def _age(facts: Mapping[str, Answer], words: Words) -> str:
    age = facts.get("age")
    if isinstance(age, (int, float)):
        return words.count("patient.years", age)
    return words.text("report.unknown")


def _fitzpatrick(intake: Intake, words: Words) -> str:
    if "fitzpatrick" in intake.facts:
        return str(intake.facts["fitzpatrick"])
    possible = intake.possible.get("fitzpatrick", ())
    if possible and len(possible) < len(v.FITZPATRICK):
        return words.text("patient.possible", types=words.listed(possible))
    return words.text("report.unknown")


def _ita(intake: Intake, words: Words) -> str:
    if math.isnan(intake.ita_degrees):
        return words.text("report.unknown")
    return words.text("patient.degrees", n=words.number(intake.ita_degrees))


def _acne(facts: Mapping[str, Answer], words: Words) -> str:
    known = [
        answer_in_words(facts[name], words)
        for name in ("acne_severity", "acne_kind", "acne_lesions")
        if name in facts
    ]
    return ", ".join(known) or words.text("report.unknown")


def _isotretinoin(facts: Mapping[str, Answer], words: Words) -> str:
    state = _answer(facts, "isotretinoin", words)
    months = facts.get("isotretinoin_stopped_months")
    if isinstance(months, (int, float)):
        return words.text(
            "patient.stopped", state=state, months=words.count("patient.months", months)
        )
    return state
