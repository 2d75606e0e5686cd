"""Three-valued truth of a page's condition for one patient: false, not known, true.

Conditions are compiled once into plain functions, because every rule is tried for every
patient. "And" is the least of its parts, "or" the greatest, "not" the mirror image (strong
Kleene logic): nothing that is not known ever counts as false.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cicatrix.knowledge.conditions import Condition
from cicatrix.records import Answer, Case, EarlierTreatment, Finding, Intake
from cicatrix.vocabulary import FINDING_GROUPS
from cicatrix.vocabulary import UNKNOWN as NOT_TOLD

FALSE, UNKNOWN, TRUE = 0, 1, 2
#: Types that leave open which type it is.
OPEN_TYPES = frozenset(FINDING_GROUPS["open"])

#: How conditions name the type of a finding.
TYPE = "finding.type"

Known = Mapping[str, Answer]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that is known of one patient, laid out for the compiled conditions."""

    answers: Known
    possible: Mapping[str, tuple[str, ...]]
    findings: tuple[Known, ...]
    earlier: tuple[EarlierTreatment, ...]
    earlier_known: bool
    findings_known: bool = False


#: Takes the facts and the finding in question (empty where there is none).
Compiled = Callable[[Facts, Known], int]
NO_FINDING: Known = {}


def facts_of(intake: Intake, findings: Iterable[Finding]) -> Facts:
    """The facts of one patient; every finding as one mapping of what is known of it."""
    return Facts(
        answers=intake.facts,
        possible=intake.possible,
        findings=tuple(known_of(finding) for finding in findings),
        earlier=intake.earlier,
        earlier_known=intake.earlier_known,
    )


def facts_of_case(case: Case) -> Facts:
    """The facts of a whole case; an empty list of findings in it means clear skin."""
    facts = facts_of(case.intake, case.findings)
    return dataclasses.replace(facts, findings_known=case.findings_known)


def known_of(finding: Finding) -> Known:
    """What is known of a finding, with its type (or all that it may be), site and side."""
    name = (finding.type, *finding.may_also_be) if finding.may_also_be else finding.type
    return {"type": name, "site": finding.site, "side": finding.side, **finding.known}


def named_type(finding: Known) -> str:
    """The type by which a finding goes, where it may be of several too."""
    name = finding["type"]
    return name[0] if isinstance(name, tuple) else str(name)


def types_of(finding: Known) -> tuple[str, ...]:
    """The type of a finding, or all those that it may be of."""
    told = finding["type"]
    return told if isinstance(told, tuple) else (str(told),)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The page's named values and the treatment sets that its condition may use."""

    values: Mapping[str, float] = field(default_factory=dict)
    named: Callable[[Iterable[str]], frozenset[str]] = frozenset

    def number(self, given: float | str) -> float:
        """A threshold as a number."""
        return self.values[given] if isinstance(given, str) else float(given)


def compiled(condition: Condition, thresholds: Thresholds) -> Compiled:
    """A function that tells the truth of a condition for facts and a finding."""
    (word,) = condition.model_fields_set
    given = getattr(condition, word)
    if word in ("all", "any"):
        parts = tuple(compiled(part, thresholds) for part in given)
        return _all_of(parts) if word == "all" else _any_of(parts)
    if word == "not_":
        inner = compiled(given, thresholds)
        return lambda facts, finding: TRUE - inner(facts, finding)
    if word == "weeks_since":
        return _weeks_since(thresholds.named(given.treatment), thresholds.number(given.less_than))
    if word == "earlier_result":
        return _earlier_result(thresholds.named(given.treatment), frozenset(given.result))
    if word == "any_finding":
        return _any_finding({fact: frozenset(words) for fact, words in given.items()})
    return _all_of(tuple(_leaf(word, fact, value, thresholds) for fact, value in given.items()))


def _all_of(parts: tuple[Compiled, ...]) -> Compiled:
    if len(parts) == 1:
        return parts[0]

    def least(facts: Facts, finding: Known) -> int:
        truth = TRUE
        for part in parts:
            one = part(facts, finding)
            if one < truth:
                truth = one
                if not truth:
                    break
        return truth

    return least


def _any_of(parts: tuple[Compiled, ...]) -> Compiled:
    def greatest(facts: Facts, finding: Known) -> int:
        truth = FALSE
        for part in parts:
            one = part(facts, finding)
            if one > truth:
                truth = one
                if truth == TRUE:
                    break
        return truth

    return greatest


def _leaf(word: str, fact: str, given: Any, thresholds: Thresholds) -> Compiled:
    if word == "answer":
        return _answer(fact, frozenset(given))
    if word == "finding":
        words = frozenset(given)
        return lambda facts, finding: _finding_word(fact, words, finding)
    limit = thresholds.number(given)
    at_least = word.endswith("at_least")
    if word.startswith("finding"):
        return lambda facts, finding: _compare(finding.get(fact), limit, at_least=at_least)
    return lambda facts, finding: _compare(facts.answers.get(fact), limit, at_least=at_least)


def _answer(fact: str, words: frozenset[str]) -> Compiled:
    def truth(facts: Facts, finding: Known) -> int:
        known = facts.answers.get(fact)
        if known is None:
            possible = facts.possible.get(fact)
            if possible is None or 0 < len(words.intersection(possible)) < len(possible):
                return UNKNOWN
            return TRUE if words.intersection(possible) else FALSE
        if isinstance(known, tuple):
            return TRUE if words.intersection(known) else FALSE
        return TRUE if known in words else FALSE

    return truth


def _finding_word(fact: str, words: frozenset[str], finding: Known) -> int:
    known = finding.get(fact)
    if known in words:
        return TRUE
    if isinstance(known, tuple):
        fitting = len(words.intersection(known))
        return UNKNOWN if 0 < fitting < len(known) else TRUE if fitting else FALSE
    if known is None or (fact == "type" and known in OPEN_TYPES):
        return UNKNOWN
    return FALSE


def _any_finding(given: Mapping[str, frozenset[str]]) -> Compiled:
    """True if one finding has all the properties; where nobody told the findings, not known."""

    def truth(facts: Facts, finding: Known) -> int:
        if not facts.findings:
            return FALSE if facts.findings_known else UNKNOWN
        return max(
            min(_finding_word(fact, words, one) for fact, words in given.items())
            for one in facts.findings
        )

    return truth


def _compare(known: Answer | None, limit: float, *, at_least: bool) -> int:
    if known is None or not isinstance(known, (int, float)) or math.isnan(known):
        return UNKNOWN
    return TRUE if (known >= limit) == at_least else FALSE


def _weeks_since(treatments: frozenset[str], limit: float) -> Compiled:
    def is_recent(earlier: EarlierTreatment) -> int:
        if math.isnan(earlier.weeks_ago):
            return UNKNOWN
        return TRUE if earlier.weeks_ago < limit else FALSE

    return _any_earlier(treatments, is_recent)


def _earlier_result(treatments: frozenset[str], results: frozenset[str]) -> Compiled:
    def came_to_this(earlier: EarlierTreatment) -> int:
        if earlier.result in results:
            return TRUE
        return UNKNOWN if earlier.result == NOT_TOLD else FALSE

    return _any_earlier(treatments, came_to_this)


def _any_earlier(
    treatments: frozenset[str], truth_of: Callable[[EarlierTreatment], int]
) -> Compiled:
    """True if it is of one earlier treatment of these; where nobody told them, not known."""

    def truth(facts: Facts, finding: Known) -> int:
        if not facts.earlier_known:
            return UNKNOWN
        told = [truth_of(one) for one in facts.earlier if one.treatment in treatments]
        return max(told, default=FALSE)

    return truth


#: Takes what a compiled condition takes; gives the unknown facts on which it hangs.
Undecided = Callable[[Facts, Known], frozenset[str]]
_NOTHING_OPEN: frozenset[str] = frozenset()


def undecided_facts(condition: Condition, thresholds: Thresholds) -> Undecided:
    """A function that tells on which unknown facts a condition hangs; none where it is decided."""
    truth = compiled(condition, thresholds)
    parts = tuple(undecided_facts(part, thresholds) for part in condition.parts())
    if parts:
        return lambda facts, finding: (
            frozenset().union(*(part(facts, finding) for part in parts))
            if truth(facts, finding) == UNKNOWN
            else _NOTHING_OPEN
        )
    leaves = tuple(_open_leaves(condition, thresholds))
    return lambda facts, finding: frozenset(
        name for name, leaf in leaves if leaf(facts, finding) == UNKNOWN
    )


def _open_leaves(condition: Condition, thresholds: Thresholds) -> Iterator[tuple[str, Compiled]]:
    """The facts that a condition without parts reads, each with its own truth."""
    (word,) = condition.model_fields_set
    given = getattr(condition, word)
    if word in ("weeks_since", "earlier_result"):
        yield "earlier_treatments", compiled(condition, thresholds)
    elif word == "any_finding":
        whole = compiled(condition, thresholds)
        yield from ((f"any_finding.{fact}", whole) for fact in given)
    else:
        prefix = "finding." if word.startswith("finding") else ""
        for fact, value in given.items():
            yield f"{prefix}{fact}", _leaf(word, fact, value, thresholds)
