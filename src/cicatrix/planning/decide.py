"""Decide every treatment for one patient: a verdict, for what, with every reason kept.

The strictest rule that applies decides. What is not known never permits: a rule that would
stop a treatment makes it ``ask`` while its facts are missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cicatrix import vocabulary as v
from cicatrix.planning.rulebook import ACNE, ANY, Entry, Fit, RuleBook
from cicatrix.planning.truth import (
    FALSE,
    NO_FINDING,
    TRUE,
    Facts,
    Known,
    undecided_facts,
)
from cicatrix.records import Decision, ExcludedTarget, Reason, Target
from cicatrix.vocabulary import Role, Verdict

_RANK = {verdict: verdict.strictness for verdict in Verdict}
_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}
_VERDICTS = tuple(Verdict)
_CAUTION_RANK = {caution: rank for rank, caution in enumerate(v.CAUTIONS)}
_CAUTION = _RANK[Verdict.CAUTION]

#: A rule's number and its truth (unknown or true) for the facts at hand.
Outcome = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A finding that a treatment could be for."""

    target: Target
    finding: Known
    fit: Fit
    outcomes: tuple[Outcome, ...]
    rank: int


def decide_all(facts: Facts, *, book: RuleBook) -> tuple[Decision, ...]:
    """A decision for every treatment of the vocabulary, in its order."""
    truths = [
        FALSE if rule.reads_finding else rule.truth(facts, NO_FINDING) for rule in book.rules
    ]
    per_finding = [
        [rule.truth(facts, finding) if rule.reads_finding else FALSE for rule in book.rules]
        for finding in facts.findings
    ]
    targets = [
        Target(site=str(f["site"]), side=str(f["side"]), type=str(f["type"]))
        for f in facts.findings
    ]
    return tuple(
        _decision(entry, facts, truths, per_finding, targets, book) for entry in book.treatments
    )


def _decision(
    entry: Entry,
    facts: Facts,
    truths: list[int],
    per_finding: list[list[int]],
    targets: list[Target],
    book: RuleBook,
) -> Decision:
    outcomes = [(i, truths[i]) for i in entry.patient_rules if truths[i]]
    base = _rank(outcomes, book)
    candidates = []
    for finding, ruled, target in zip(facts.findings, per_finding, targets, strict=True):
        fit = _fit_for(entry, facts, finding)
        if fit is not None:
            own = tuple((i, ruled[i]) for i in entry.finding_rules if ruled[i])
            rank = max(base, _rank(own, book))
            candidates.append(_Candidate(target, finding, fit, own, rank))
    if candidates:
        return _with_targets(entry, facts, outcomes, candidates, book)
    alone = _fit_alone(entry, facts)
    reason = alone.reason if alone else entry.no_fit
    role = alone.role if alone else Role.NOT_INDICATED
    return _told(entry, facts, outcomes, base, role, (reason,), (), (), {}, book)


def _rank(outcomes: Iterable[Outcome], book: RuleBook) -> int:
    strictest = 0
    for index, truth in outcomes:
        rule = book.rules[index]
        rank = _RANK[rule.fired.verdict if truth == TRUE else rule.open.verdict]
        strictest = max(strictest, rank)
    return strictest


def _fit_for(entry: Entry, facts: Facts, finding: Known) -> Fit | None:
    """The first entry of the page that is true for a finding and gives it a role."""
    for fit in entry.fits:
        if finding["type"] in fit.types or ANY in fit.types:
            if fit.truth(facts, finding) == TRUE:
                return fit if fit.role is not Role.NOT_INDICATED else None
    return None


def _fit_alone(entry: Entry, facts: Facts) -> Fit | None:
    """The role of a treatment that is not for a finding: acne itself, or the whole person."""
    for fit in entry.fits:
        if ACNE in fit.types or (ANY in fit.types and not facts.findings):
            if fit.truth(facts, NO_FINDING) == TRUE:
                return fit if fit.role is not Role.NOT_INDICATED else None
    return None


def _with_targets(
    entry: Entry,
    facts: Facts,
    outcomes: list[Outcome],
    candidates: list[_Candidate],
    book: RuleBook,
) -> Decision:
    """Keep the targets that may be treated; where some may not, the rest needs caution."""
    kept = [c for c in candidates if _VERDICTS[c.rank].permits]
    if kept:
        rank = max(c.rank for c in kept)
        rank = max(rank, _CAUTION) if len(kept) < len(candidates) else rank
    else:
        rank = min(c.rank for c in candidates)
        kept = [c for c in candidates if c.rank == rank]
    stays = {id(c) for c in kept}
    left = [c for c in candidates if id(c) not in stays]
    fits = tuple({c.fit.reason.text: c.fit.reason for c in kept}.values())
    roles: dict[Target, Role] = {}
    for c in kept:
        known = roles.get(c.target, Role.NOT_INDICATED)
        roles[c.target] = min(known, c.fit.role, key=_ROLE_RANK.__getitem__)
    own = [outcome for c in kept for outcome in c.outcomes]
    excluded = tuple(
        ExcludedTarget(
            target=c.target,
            verdict=_VERDICTS[c.rank],
            reasons=_reasons([o for o in (*outcomes, *c.outcomes)], book),
        )
        for c in left
    )
    asks = _asked(entry, facts, outcomes, candidates, book)
    best = min(roles.values(), key=_ROLE_RANK.__getitem__)
    return _told(
        entry, facts, [*outcomes, *own], rank, best, fits, excluded, asks, roles, book
    )


def _told(
    entry: Entry,
    facts: Facts,
    outcomes: list[Outcome],
    rank: int,
    role: Role,
    fits: tuple[Reason, ...],
    excluded: tuple[ExcludedTarget, ...],
    asks: tuple[str, ...],
    roles: dict[Target, Role],
    book: RuleBook,
) -> Decision:
    reasons = _reasons(outcomes, book)
    cautions = {*entry.page.cautions, *(r.caution for r in reasons)}
    if not roles and rank == _RANK[Verdict.ASK]:
        asks = _asked(entry, facts, outcomes, [], book)
    until = _until(outcomes, facts, book) if rank == _RANK[Verdict.DEFER] else ("", {})
    return Decision(
        treatment=entry.id,
        verdict=_VERDICTS[rank],
        role=role,
        targets=tuple(roles),
        cautions=tuple(sorted(cautions, key=_CAUTION_RANK.__getitem__)),
        reasons=(*reasons, *fits),
        until=until[0],
        until_patient=until[1],
        asks=asks,
        excluded=excluded,
        roles=roles,
    )


def _reasons(outcomes: list[Outcome], book: RuleBook) -> tuple[Reason, ...]:
    """The reasons of all outcomes, the strictest first, none twice."""
    found = dict.fromkeys(outcomes)
    told = [book.rules[i].fired if t == TRUE else book.rules[i].open for i, t in found]
    told.sort(key=lambda reason: -_RANK[reason.verdict])
    return tuple(told)


def _asked(
    entry: Entry,
    facts: Facts,
    outcomes: list[Outcome],
    candidates: list[_Candidate],
    book: RuleBook,
) -> tuple[str, ...]:
    """The unknown facts that keep this treatment, or one of its targets, from being permitted."""
    asking = [(i, NO_FINDING) for i, t in outcomes if t != TRUE]
    ask = _RANK[Verdict.ASK]
    if candidates:
        open_ones = [c for c in candidates if c.rank == ask]
        if not open_ones:
            return ()
        asking += [(i, c.finding) for c in open_ones for i, t in c.outcomes if t != TRUE]
    found: set[str] = set()
    for index, finding in asking:
        rule = book.rules[index]
        if rule.open.verdict is Verdict.ASK:
            limits = book.thresholds[rule.id]
            found |= undecided_facts(rule.page.when, limits, facts, finding)
    return tuple(sorted(found))


def _until(outcomes: list[Outcome], facts: Facts, book: RuleBook) -> tuple[str, dict[str, str]]:
    """Until when a deferred treatment waits, with the rest of the wait where it can be counted."""
    english, spanish = [], []
    for index, truth in dict.fromkeys(outcomes):
        page = book.rules[index].page
        if truth != TRUE or page.until is None or page.verdict is not Verdict.DEFER:
            continue
        rest = _rest(page.until.fact, page.until.reaches, facts, page.values)
        english.append(f"{page.until.text.en}{rest and f' (about {rest[0]} {rest[1]} from now)'}")
        spanish.append(f"{page.until.text.es}{rest and f' (faltan unos {rest[0]} {rest[2]})'}")
    return "; ".join(english), {"en": "; ".join(english), "es": "; ".join(spanish)}


_UNITS_ES = {"months": "meses", "weeks": "semanas", "days": "días", "years": "años"}


def _rest(fact: str | None, reaches: str | None, facts: Facts, values: object) -> tuple[str, ...]:
    known = facts.answers.get(fact or "")
    if not isinstance(known, (int, float)) or not isinstance(values, dict) or reaches is None:
        return ()
    value = values[reaches]
    rest = value.value - known
    return (f"{rest:g}", value.unit, _UNITS_ES.get(value.unit, value.unit)) if rest > 0 else ()
