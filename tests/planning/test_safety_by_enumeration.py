"""Safety by enumeration: every rule, every combination of the facts it reads, a second opinion.

For each rule page all combinations of answers to the facts that it reads are put to
``decide_all`` and to the logic program of ``oracle.lp``. Words are all tried; of numbers those
just below, at and above every limit of any page; each fact also untold, skin types also
narrowed by a measured tone, types also mixed, undetermined and one of two, earlier treatments
also without a date. Each combination stands in four settings: everything else untold or denied,
and the findings bare (none, where the rule reads none) or told in full. There is no disagreement
and no silent clear: no treatment is open where some way to fill in the gaps would defer or avoid
it.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.planning.answers import (
    CLEAR_CUT,
    HARMLESS,
    RAISED_EITHER,
    UNTOLD,
    Choices,
    OneOf,
    Sketch,
    case_of,
    choices_of,
    combinations,
    histories,
    results_told,
)
from tests.planning.comparing import decided, differences, is_open
from tests.planning.oracle import Opinion, opinions, plain

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.records import Decision

PAGES = Path(__file__).parents[2] / "src" / "cicatrix" / "knowledge" / "pages"
RULES = sorted(path.stem for path in (PAGES / "rules").glob("*.yaml"))
#: With these findings told in full, all but the treatments for acne alone are for something.
SHOWN = ("rolling", "ice_pick", "keloid", "erythema", "hyperpigmentation", "mixed")
PLAIN_FINDING = {"type": "rolling", "site": "cheek", "side": "both"}
OPEN_TYPES = v.FINDING_GROUPS["open"]

Seen = Mapping[str, Any]


# --- what is tried ----------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Tried:
    """One combination of the facts of a rule, and the setting in which it stands."""

    setting: str
    answers: Mapping[str, Any]
    finding: Seen | None
    findings: Any
    earlier: Any

    def sketch(self) -> Sketch:
        """The whole case: the combination, and the setting around it."""
        around = HARMLESS if self.setting.startswith("denied") else {}
        told = CLEAR_CUT if self.setting.endswith("told") else {}
        if self.findings == NONE_THERE:
            shown = []
        elif self.findings is not None:
            shown = [{**told, **seen} for seen in self.findings]
        elif self.finding is None and told:
            shown = [{**told, "type": kind} for kind in SHOWN]
        else:
            shown = []
        if self.finding is not None:
            shown.insert(0, {**told, **self.finding})
        earlier = self.earlier
        if earlier is NOT_READ:
            earlier = () if self.setting.startswith("denied") else UNTOLD
        return Sketch(
            answers={**around, **self.answers},
            findings=tuple(shown),
            earlier=earlier,
            findings_known=self.findings == NONE_THERE or (self.findings is None and bool(around)),
        )


NOT_READ = "not read"
#: The list of findings was told and is empty, unlike ``()``: nobody told of findings.
NONE_THERE = "none there"
SETTINGS = ("untold, bare", "untold, told", "denied, bare", "denied, told")


def combinations_of(rule: str, knowledge: Knowledge, choices: Choices) -> Iterator[Tried]:
    """Every combination of the facts that a rule reads, in every setting."""
    reads = knowledge.rules[rule].when.reads()
    kinds = {fact.rpartition(".")[0] for fact in reads}
    by_kind = {
        kind: sorted(f.rpartition(".")[2] for f in reads if f.rpartition(".")[0] == kind)
        for kind in ("", "finding", "any_finding")
    }
    patient = {f: choices.patient[f] for f in by_kind[""] if f != "earlier_treatments"}
    own = {"type": types_for(rule, knowledge)}
    own |= {f: choices.finding[f] for f in by_kind["finding"]}
    findings: list[Seen | None] = list(combinations(own)) if "finding" in kinds else [None]
    lists: list[Any] = [None]
    if "any_finding" in kinds:
        singles = list(combinations({f: choices.finding[f] for f in by_kind["any_finding"]}))
        lists = [(), NONE_THERE, *((s,) for s in singles), *((PLAIN_FINDING, s) for s in singles)]
    earlier: list[Any] = [NOT_READ]
    if "earlier_treatments" in reads:
        earlier = list(histories(_since(rule, knowledge), choices, other="sunscreen"))
        earlier += results_told(_results_of(rule, knowledge))
    for setting, answers, one, several, before in itertools.product(
        SETTINGS, list(combinations(patient)), findings, lists, earlier
    ):
        yield Tried(setting, answers, one, several, before)


def types_for(rule: str, knowledge: Knowledge) -> tuple[Any, ...]:
    """The types told apart by the treatments of a rule, one that is not, and the open ones.

    A rule that reads the type itself is tried with all of them, by ``choices.finding``.
    """
    concerned = knowledge.treatments_named(knowledge.rules[rule].applies_to)
    pages = [knowledge.treatments[name] for name in concerned]
    named = {kind for page in pages for suits in page.suits for kind in suits.types}
    apart = [kind for kind in v.FINDING_TYPES if kind in named or kind in OPEN_TYPES]
    return (*apart, *[kind for kind in v.FINDING_TYPES if kind not in named][:1], RAISED_EITHER)


def _since(rule: str, knowledge: Knowledge) -> set[str]:
    """The earlier treatments that a rule asks for."""
    found: set[str] = set()
    waiting = [knowledge.rules[rule].when]
    while waiting:
        condition = waiting.pop()
        waiting += condition.parts()
        if condition.weeks_since:
            found |= knowledge.treatments_named(condition.weeks_since.treatment)
    return found


def _results_of(rule: str, knowledge: Knowledge) -> set[str]:
    """The earlier treatments whose result a rule asks for, and one that it never asks for."""
    text = json.dumps(plain(knowledge.rules[rule].when))
    if "earlier_result" not in text:
        return set()
    concerned = knowledge.treatments_named(knowledge.rules[rule].applies_to)
    if "its_group" not in text:
        return {*concerned, "sunscreen"}
    groups = [set(group) for group in v.TREATMENT_GROUPS.values() if concerned & set(group)]
    return {"sunscreen"}.union(*groups)


# --- comparing --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def choices(knowledge: Knowledge) -> Choices:
    """Every answer worth trying."""
    return choices_of(knowledge)


def book_of(rule: str, knowledge: Knowledge, *, concerned: Iterable[str]) -> RuleBook:
    """A book of one rule and the treatments it speaks about: nothing else hides what it does."""
    alone = dataclasses.replace(knowledge, rules={rule: knowledge.rules[rule]})
    book = make_rulebook(alone)
    named = tuple(entry for entry in book.treatments if entry.id in set(concerned))
    return dataclasses.replace(book, treatments=named)


def completes(whole: Tried, gappy: Tried) -> bool:
    """True if ``whole`` is one way to fill in what ``gappy`` leaves open."""
    return (
        whole.setting == gappy.setting
        and all(_fits(whole.answers[f], a) for f, a in gappy.answers.items())
        and _finding_fits(whole.finding, gappy.finding)
        and (gappy.findings in (None, ()) or _findings_fit(whole.findings, gappy.findings))
        and _history_fits(whole.earlier, gappy.earlier)
    )


def _fits(whole: Any, gappy: Any) -> bool:
    if isinstance(gappy, OneOf):
        return whole in gappy.words
    return gappy is UNTOLD or bool(whole == gappy)


def _finding_fits(whole: Seen | None, gappy: Seen | None) -> bool:
    if whole is None or gappy is None:
        return whole is gappy
    return all((f == "type" and a in OPEN_TYPES) or _fits(whole[f], a) for f, a in gappy.items())


def _findings_fit(whole: Any, gappy: Any) -> bool:
    if NONE_THERE in (whole, gappy):
        return bool(whole == gappy)
    return len(whole) == len(gappy) and all(
        _finding_fits(w, g) for w, g in zip(whole, gappy, strict=True)
    )


def _history_fits(whole: Any, gappy: Any) -> bool:
    if gappy is UNTOLD or whole == gappy:
        return True
    if isinstance(gappy, str) or len(whole) != len(gappy):
        return False
    return all(
        w[0] == g[0] and (g[1] != g[1] or w[1] == g[1]) and g[2] in (v.UNKNOWN, w[2])
        for w, g in zip(whole, gappy, strict=True)
    )


def _is_open(kind: Any) -> bool:
    return isinstance(kind, OneOf) or kind in OPEN_TYPES


def is_whole(tried: Tried) -> bool:
    """True if nothing that the rule reads was left open."""
    several = () if tried.findings == NONE_THERE else tried.findings or ()
    seen = [x for x in (tried.finding, *several) if x is not None]
    dated = tried.earlier in (NOT_READ, UNTOLD) or all(
        w == w and result != v.UNKNOWN for _, w, result in tried.earlier
    )
    return (
        all(a is not UNTOLD and not isinstance(a, OneOf) for a in tried.answers.values())
        and all(UNTOLD not in x.values() and not _is_open(x["type"]) for x in seen)
        and tried.findings != ()
        and tried.earlier is not UNTOLD
        and dated
    )


# --- the proof --------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_rule_agrees_with_the_second_opinion_and_clears_nothing_silently(
    rule: str, knowledge: Knowledge, choices: Choices, record_property: Any
) -> None:
    tried = list(combinations_of(rule, knowledge, choices))
    cases = [case_of(one.sketch()) for one in tried]
    concerned = sorted(knowledge.treatments_named(knowledge.rules[rule].applies_to))
    book = book_of(rule, knowledge, concerned=concerned)
    ours = [decided(case, book=book) for case in cases]
    theirs = opinions(cases, knowledge=knowledge, rules=[rule], treatments=concerned)

    wrong = [
        f"{one}: {told}"
        for one, mine, second in zip(tried, ours, theirs, strict=True)
        for name in concerned
        for told in differences(mine[name], second[name], rules=[rule])
    ]
    assert wrong == []
    silent = list(silent_clears(tried, ours, theirs, concerned))
    assert silent == []
    record_property("combinations", len(tried))


def silent_clears(
    tried: list[Tried],
    ours: list[dict[str, Decision]],
    theirs: list[dict[str, Opinion]],
    concerned: list[str],
) -> Iterator[str]:
    """Treatments that stand open although some completion of the case would shut them."""
    stopped = [
        (one, {t for t in concerned if second[t].verdict in ("defer", "avoid")})
        for one, second in zip(tried, theirs, strict=True)
        if is_whole(one)
    ]
    assert stopped, "no combination was told in full"
    shutting = [(one, shut) for one, shut in stopped if shut]
    for one, mine in zip(tried, ours, strict=True):
        opened = {t for t in concerned if is_open(mine[t])}
        for whole, shut in shutting:
            if opened & shut and completes(whole, one):
                yield f"{sorted(opened & shut)} open at {one}, shut at {whole}"


def test_no_loop_was_empty(knowledge: Knowledge, choices: Choices, record_property: Any) -> None:
    """How much was tried. No rule needs more than can be tried outright."""
    tried = {rule: sum(1 for _ in combinations_of(rule, knowledge, choices)) for rule in RULES}
    assert set(RULES) == set(knowledge.rules)
    # The smallest rule reads one answer: yes, no, untold, in four settings.
    assert min(tried.values()) >= 3 * len(SETTINGS)
    assert max(tried.values()) < 20_000
    assert sum(tried.values()) > 10_000
    record_property("combinations", sum(tried.values()))
    print(f"{sum(tried.values())} combinations of {len(RULES)} rules")  # noqa: T201 - shown on -s
