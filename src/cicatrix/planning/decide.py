"""Decide every treatment for one patient: a verdict, for what, with every reason kept.

The strictest rule that applies decides. What is not known never permits: a rule that would
stop a treatment makes it ``ask`` while its facts are missing. Where a treatment may be given
to some of its findings only, it keeps those, and is then at most ``caution``.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cicatrix.planning.rulebook import ACNE, ANY, Entry, Fit, Rule, RuleBook
from cicatrix.planning.truth import NO_FINDING, TRUE, Facts, Known
from cicatrix.records import Decision, ExcludedTarget, Reason, Target
from cicatrix.vocabulary import Role, Verdict

_VERDICTS = tuple(Verdict)
_CAUTION, _ASK, _DEFER = (v.strictness for v in (Verdict.CAUTION, Verdict.ASK, Verdict.DEFER))
#: Decisions without a target that a rule book keeps for the next patient with the same answers.
_MOST_KEPT = 50_000
_NO_FACTS: frozenset[str] = frozenset()
_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}


# These three live within one call and are many: freezing them costs a tenth of the time.
@dataclass(slots=True, eq=False)
class _Outcome:
    """A rule that is true, or not decided, for the facts at hand."""

    rank: int
    order: int
    rule: Rule
    truth: int
    reason: Reason


@dataclass(slots=True, eq=False)
class _Group:
    """What the rules about the patient say of all treatments that share the same rules."""

    outcomes: list[_Outcome]
    rank: int
    cautions: int
    reasons: tuple[Reason, ...]

    @property
    def key(self) -> tuple[int, ...]:
        """What tells two groups of outcomes apart, for any patient."""
        return tuple([o.rule.bit * TRUE + o.truth for o in self.outcomes])


@dataclass(slots=True, eq=False)
class _Candidate:
    """A finding that a treatment could be for, with what the rules say of it."""

    number: int
    fit: Fit
    outcomes: list[_Outcome]
    rank: int


def decide_all(facts: Facts, *, book: RuleBook) -> tuple[Decision, ...]:
    """A decision for every treatment of the vocabulary, in its order."""
    return _Sitting(facts, book).decisions()


class _Sitting:
    """One patient before the rule book: every rule is tried once, then each treatment decided."""

    def __init__(self, facts: Facts, book: RuleBook) -> None:
        self.facts = facts
        self.book = book
        self.targets = [
            Target(site=str(f["site"]), side=str(f["side"]), type=str(f["type"]))
            for f in facts.findings
        ]
        self._named_alike = len(set(self.targets)) < len(self.targets)
        told = _by_group(_outcomes(book.patient_rules, facts, NO_FINDING), book)
        self._groups = [_group(outcomes) for outcomes in told]
        self._own = [
            _by_group(_outcomes(book.finding_rules, facts, finding), book)
            for finding in facts.findings
        ]
        self._undecided: dict[tuple[str, int], frozenset[str]] = {}
        self._kept_roles: dict[tuple[tuple[int, Role], ...], tuple[dict[Target, Role], Role]] = {}
        self._group_asks: dict[int, frozenset[str]] = {}

    def decisions(self) -> tuple[Decision, ...]:
        """Every treatment decided."""
        candidates = self._candidates()
        return tuple(
            [
                self._with_targets(entry, self._groups[entry.group], candidates[entry.id])
                if entry.id in candidates
                else self._alone(entry, self._groups[entry.group])
                for entry in self.book.treatments
            ]
        )

    def _candidates(self) -> dict[str, list[_Candidate]]:
        """For each treatment the findings that it could be for."""
        found: dict[str, list[_Candidate]] = {}
        for number, finding in enumerate(self.facts.findings):
            finding_type = self.targets[number].type
            for entry in self.book.candidates[finding_type]:
                fit = _fit_for(entry.fits_by_type[finding_type], self.facts, finding)
                if fit is not None:
                    own, rank = self._own[number][entry.group], self._groups[entry.group].rank
                    if own and own[0].rank > rank:
                        rank = own[0].rank
                    found.setdefault(entry.id, []).append(_Candidate(number, fit, own, rank))
        return found

    def _alone(self, entry: Entry, group: _Group) -> Decision:
        """A treatment without a target: acne itself, the whole person, or nothing to treat.

        What is decided hangs on the outcomes only, unless it asks or waits; then it is kept.
        """
        fit = _fit_alone(entry, self.facts)
        role = fit.role if fit else Role.NOT_INDICATED
        reason = fit.reason if fit else entry.no_fit
        if group.rank in (_ASK, _DEFER):
            asks = self._asked(entry, ()) if group.rank == _ASK else ()
            return self._told(entry, group, rank=group.rank, fits=(reason,), role=role, asks=asks)
        key = (entry.id, id(reason), *group.key)
        decision = self.book.kept.get(key)
        if decision is None:
            decision = self._told(entry, group, rank=group.rank, fits=(reason,), role=role, asks=())
            if len(self.book.kept) < _MOST_KEPT:
                self.book.kept[key] = decision
        return decision

    def _with_targets(self, entry: Entry, group: _Group, candidates: list[_Candidate]) -> Decision:
        """Keep the targets that may be treated; where some may not, the rest needs caution."""
        if self._named_alike:
            self._share_names(candidates)
        kept = [c for c in candidates if c.rank <= _CAUTION]
        ranks = [c.rank for c in candidates]
        rank = min(ranks)
        if not kept:
            kept = [c for c in candidates if c.rank == rank]
        elif len(kept) < len(candidates) or max(ranks) == _CAUTION:
            rank = _CAUTION
        left = [c for c in candidates if c not in kept] if len(kept) < len(candidates) else ()
        roles, leading = self._roles(kept)
        own = [c.outcomes for c in kept if c.outcomes]
        return self._told(
            entry,
            _group(_merged(group.outcomes, *own)) if own else group,
            rank=rank,
            fits=tuple({id(c.fit): c.fit.reason for c in kept}.values()),
            role=leading,
            asks=self._asked(entry, candidates) if _ASK in ranks else (),
            roles=roles,
            excluded=tuple([self._excluded(group.outcomes, c) for c in left]) if left else (),
        )

    def _roles(self, kept: Sequence[_Candidate]) -> tuple[dict[Target, Role], Role]:
        """The leading role for each target, and the leading one of all.

        Many treatments keep the same findings in the same roles, so the answer is kept.
        """
        key = tuple([(c.number, c.fit.role) for c in kept])
        known = self._kept_roles.get(key)
        if known is None:
            roles: dict[Target, Role] = {}
            for c in kept:
                target = self.targets[c.number]
                before = roles.get(target, Role.NOT_INDICATED)
                roles[target] = min(before, c.fit.role, key=_ROLE_RANK.__getitem__)
            leading = min(roles.values(), key=_ROLE_RANK.__getitem__)
            known = self._kept_roles[key] = (roles, leading)
        return known

    def _share_names(self, candidates: list[_Candidate]) -> None:
        """Let the strictest of the findings that share type, site and side decide for all.

        A step cannot tell findings of one name apart.
        """
        strictest: dict[Target, int] = {}
        for c in candidates:
            target = self.targets[c.number]
            strictest[target] = max(c.rank, strictest.get(target, 0))
        for c in candidates:
            c.rank = strictest[self.targets[c.number]]

    def _excluded(self, outcomes: list[_Outcome], candidate: _Candidate) -> ExcludedTarget:
        reasons = tuple(o.reason for o in _merged(outcomes, candidate.outcomes))
        return ExcludedTarget(
            target=self.targets[candidate.number],
            verdict=_VERDICTS[candidate.rank],
            reasons=reasons,
        )

    def _told(
        self,
        entry: Entry,
        group: _Group,
        *,
        rank: int,
        fits: tuple[Reason, ...],
        role: Role,
        asks: tuple[str, ...],
        roles: dict[Target, Role] | None = None,
        excluded: tuple[ExcludedTarget, ...] = (),
    ) -> Decision:
        until = _until(group.outcomes, self.facts) if rank == _DEFER else ("", {})
        targets = roles or {}
        return Decision(
            treatment=entry.id,
            verdict=_VERDICTS[rank],
            role=role,
            targets=tuple(targets),
            cautions=self.book.cautions_of(entry.cautions | group.cautions),
            reasons=group.reasons + fits,
            until=until[0],
            until_patient=until[1],
            asks=asks,
            excluded=excluded,
            roles=targets,
        )

    def _asked(self, entry: Entry, candidates: Sequence[_Candidate]) -> tuple[str, ...]:
        """The unknown facts that keep this treatment, or a target of it, from being permitted."""
        asks = self._group_asks.get(entry.group)
        if asks is None:
            outcomes = self._groups[entry.group].outcomes
            asks = self._group_asks[entry.group] = self._open_facts(outcomes, -1)
        for c in candidates:
            if c.rank == _ASK and c.outcomes:
                asks |= self._open_facts(c.outcomes, c.number)
        return tuple(sorted(asks))

    def _open_facts(self, outcomes: Sequence[_Outcome], number: int) -> frozenset[str]:
        """The facts on which the asking rules among some outcomes hang."""
        asking = [o for o in outcomes if o.rank == _ASK and o.truth != TRUE]
        return _NO_FACTS.union(*[self._facts_of(o, number) for o in asking])

    def _facts_of(self, outcome: _Outcome, number: int) -> frozenset[str]:
        """The facts on which an undecided rule hangs; many treatments ask for the same."""
        key = (outcome.rule.id, number)
        if key not in self._undecided:
            finding = self.facts.findings[number] if number >= 0 else NO_FINDING
            self._undecided[key] = outcome.rule.undecided(self.facts, finding)
        return self._undecided[key]


def _by_group(outcomes: list[_Outcome], book: RuleBook) -> list[list[_Outcome]]:
    """For each group of treatments the outcomes of the rules that apply to it, in their order."""
    lists: list[list[_Outcome]] = [[] for _ in range(book.group_count)]
    for outcome in outcomes:
        for group in outcome.rule.groups:
            lists[group].append(outcome)
    return lists


def _group(outcomes: list[_Outcome]) -> _Group:
    """What some outcomes, the strictest first, come to."""
    cautions = 0
    for outcome in outcomes:
        cautions |= outcome.rule.caution_bit
    return _Group(
        outcomes,
        outcomes[0].rank if outcomes else 0,
        cautions,
        tuple([o.reason for o in outcomes]),
    )


def _outcomes(rules: Sequence[Rule], facts: Facts, finding: Known) -> list[_Outcome]:
    """What the rules say, the strictest first; rules that are false say nothing."""
    found = []
    for rule in rules:
        truth = rule.truth(facts, finding)
        if truth == TRUE:
            found.append(_Outcome(rule.fired_rank, rule.fired_order, rule, TRUE, rule.fired))
        elif truth:
            found.append(_Outcome(rule.open_rank, rule.open_order, rule, truth, rule.open))
    found.sort(key=_by_order)
    return found


#: The strictest first, then by the name of the rule.
_by_order = operator.attrgetter("order")


def _merged(outcomes: list[_Outcome], *more: list[_Outcome]) -> list[_Outcome]:
    """All outcomes once, the strictest first."""
    if not any(more):
        return outcomes
    every = {o.order * TRUE + o.truth: o for some in (outcomes, *more) for o in some}
    return sorted(every.values(), key=_by_order)


def _fit_for(fits: tuple[Fit, ...], facts: Facts, finding: Known) -> Fit | None:
    """The first entry of the page that is true for a finding, if it gives it a role."""
    for fit in fits:
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


def _until(outcomes: Iterable[_Outcome], facts: Facts) -> tuple[str, dict[str, str]]:
    """Until when a deferred treatment waits, with the rest of the wait where it can be counted."""
    english, spanish = [], []
    for outcome in outcomes:
        page = outcome.rule.page
        if outcome.truth != TRUE or page.until is None or page.verdict is not Verdict.DEFER:
            continue
        rest = _rest(outcome.rule, facts)
        english.append(
            page.until.text.en + (f" (about {rest[0]} {rest[1]} from now)" if rest else "")
        )
        spanish.append(page.until.text.es + (f" (faltan unos {rest[0]} {rest[2]})" if rest else ""))
    return "; ".join(english), {"en": "; ".join(english), "es": "; ".join(spanish)}


_UNITS_ES = {"months": "meses", "weeks": "semanas", "days": "días", "years": "años"}


def _rest(rule: Rule, facts: Facts) -> tuple[str, ...]:
    """How far the counting fact is from its threshold: number, unit, unit in Spanish."""
    until = rule.page.until
    if until is None or until.fact is None or until.reaches is None:
        return ()
    known = facts.answers.get(until.fact)
    value = rule.page.values[until.reaches]
    if not isinstance(known, (int, float)) or known >= value.value:
        return ()
    return f"{value.value - known:g}", value.unit, _UNITS_ES.get(value.unit, value.unit)
