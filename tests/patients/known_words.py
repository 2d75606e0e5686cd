"""What a page may expect: every check, and the words that are known to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.patients.course_faults import COURSE_CHECKS, course_faults
from tests.patients.other_faults import (
    WISH_WORDS,
    ask_faults,
    because_faults,
    clash_faults,
    flag_faults,
    grade_faults,
    left_out_faults,
    needless_ask_faults,
    not_shown_faults,
    relaxation_faults,
    warning_faults,
)
from tests.patients.pages import (
    VERDICT_WORDS,
    listed,
)
from tests.patients.verdict_faults import VERDICT_CHECKS, verdict_faults

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.records import Plan
from cicatrix.vocabulary import Verdict

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

#: A place on a page, the words that stand there, and those that are known there.
Words = tuple[str, Iterable[Any], Iterable[Any]]


def words_of(expect: dict[str, Any]) -> Iterator[Words]:
    """The words of a page's expectations, each with those that are known at its place."""
    yield "expect", expect, CHECKS
    yield "verdicts", expect.get("verdicts", {}), v.TREATMENTS
    yield "courses", expect.get("courses", {}), COURSE_CHECKS
    for treatment, wanted in expect.get("verdicts", {}).items():
        page = wanted if isinstance(wanted, dict) else {"verdict": wanted}
        yield from _words_of_verdict(treatment, page)
    yield from _words_of_courses(expect.get("courses", {}))
    yield from _other_words(expect)


def _words_of_verdict(treatment: str, page: dict[str, Any]) -> Iterator[Words]:
    knowledge = load_knowledge()
    yield treatment, page, VERDICT_CHECKS
    known = {
        "verdict": [*(one.value for one in Verdict), *VERDICT_WORDS],
        "role": [role.value for role in v.Role],
        "certainty": [c.value for c in v.Certainty],
        "conflict": knowledge.conflicts,
        **dict.fromkeys(("caution", "always_warns", "not_caution"), v.CAUTIONS),
        **dict.fromkeys(("cites", "cites_one_of"), (*knowledge.sources, *knowledge.rules)),
        **dict.fromkeys(("targets_types", "excluded_types"), v.FINDING_TYPES),
        **dict.fromkeys(("targets_sites", "excluded_sites"), v.SITES),
    }
    for word, words in known.items():
        yield treatment, listed(page.get(word)), words


def _words_of_courses(courses: dict[str, Any]) -> Iterator[Words]:
    lists = ("must_contain_one_of", "every_contains_one_of", "not_without", "not_together")
    for word in lists:
        for words in courses.get(word, []):
            yield word, words, v.TREATMENTS
    for word in ("never_contain", "milder_never_contain"):
        yield word, courses.get(word, []), (*v.TREATMENTS, "procedures")
    for word in ("not_before", "pih_up_to_at_least"):
        yield word, courses.get(word, {}), v.TREATMENTS
    for first, then, _ in courses.get("order", []):
        yield "order", (first, then), v.TREATMENTS
    for word in ("expected_known_for", "expected_unknown_for"):
        yield word, courses.get(word, []), v.FINDING_TYPES


def _other_words(expect: dict[str, Any]) -> Iterator[Words]:
    knowledge = load_knowledge()
    for word in ("asks", "never_asks"):
        yield word, expect.get(word, []), knowledge.questions
    yield "warns", expect.get("warns", []), v.CAUTIONS
    yield "grades", expect.get("grades", {}), knowledge.scales
    for word in ("not_planned", "not_shown"):
        yield word, expect.get(word, {}), v.TREATMENTS
    for word in ("clash_wishes", "relaxations"):
        kinds = [wish.partition(" ")[0] for wish in expect.get(word, [])]
        yield word, kinds, [*WISH_WORDS, "budget"]
