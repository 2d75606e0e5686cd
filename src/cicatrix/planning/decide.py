"""Decide every treatment for one patient: a verdict, for what, with every reason kept.

The strictest rule that applies decides. What is not known never permits: a rule that would
stop a treatment makes it ``ask`` while its facts are missing. Where a treatment may be given
to some of its findings only, it keeps those, and is then at most ``caution``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cicatrix.planning.rulebook import ACNE, ANY, Entry, Fit, Rule, RuleBook
from cicatrix.planning.truth import NO_FINDING, TRUE, Facts, Known, undecided_facts
from cicatrix.records import Decision, ExcludedTarget, Reason, Target
from cicatrix.vocabulary import Role, Verdict

_VERDICTS = tuple(Verdict)
_CAUTION, _ASK, _DEFER = (v.strictness for v in (Verdict.CAUTION, Verdict.ASK, Verdict.DEFER))
#: Decisions without a target that a rule book keeps for the next patient with the same answers.
_MOST_KEPT = 50_000
_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}


# These three live within one call and are many: freezing them costs a tenth of the time.
@dataclass(slots=True, eq=False)
class _Outcome:
    """A rule that is true, or not decided, for the facts at hand."""

    rank: int
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
    key: tuple[int, ...]


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
        self.for_patient = _outcomes(book.patient_rules, facts, NO_FINDING)
        self.for_finding = [_outcomes(book.finding_rules, facts, f) for f in facts.findings]
        self.targets = [
            Target(site=str(f["site"]), side=str(f["side"]), type=str(f["type"]))
            for f in facts.findings
        ]
        self._undecided: dict[tuple[str, int], frozenset[str]] = {}
        self._groups: dict[int, _Group] = {}

    def decisions(self) -> tuple[Decision, ...]:
        """Every treatment decided."""
        return tuple(self._decide(entry) for entry in self.book.treatments)

    def _group(self, rules: int) -> _Group:
        """The outcomes of a set of rules; a third of the treatments share theirs with others."""
        group = self._groups.get(rules)
        if group is None:
            outcomes = [o for o in self.for_patient if rules & o.rule.bit]
            cautions = 0
            for outcome in outcomes:
                cautions |= outcome.rule.caution_bit
            group = self._groups[rules] = _Group(
                outcomes,
                outcomes[0].rank if outcomes else 0,
                cautions,
                tuple(o.reason for o in outcomes),
                tuple(o.rule.bit * TRUE + o.truth for o in outcomes),
            )
        return group

    def _decide(self, entry: Entry) -> Decision:
        group = self._group(entry.rules)
        candidates = []
        for number, finding in enumerate(self.facts.findings):
            fits = entry.fits_by_type.get(str(finding["type"]), entry.fits_by_type[ANY])
            fit = _fit_for(fits, self.facts, finding) if fits else None
            if fit is not None:
                own = [o for o in self.for_finding[number] if entry.rules & o.rule.bit]
                rank = max(own[0].rank, group.rank) if own else group.rank
                candidates.append(_Candidate(number, fit, own, rank))
        if candidates:
            return self._with_targets(entry, group, candidates)
        return self._alone(entry, group)

    def _alone(self, entry: Entry, group: _Group) -> Decision:
        """A treatment without a target: acne itself, the whole person, or nothing to treat.

        What is decided hangs on the outcomes only, unless it asks or waits; then it is kept.
        """
        fit = _fit_alone(entry, self.facts)
        role = fit.role if fit else Role.NOT_INDICATED
        reason = fit.reason if fit else entry.no_fit
        if group.rank in (_ASK, _DEFER):
            asks = self._asked(group.outcomes, ()) if group.rank == _ASK else ()
            return self._told(entry, group, rank=group.rank, fits=(reason,), role=role, asks=asks)
        key = (entry.id, reason.text, *group.key)
        decision = self.book.kept.get(key)
        if decision is None:
            decision = self._told(entry, group, rank=group.rank, fits=(reason,), role=role, asks=())
            if len(self.book.kept) < _MOST_KEPT:
                self.book.kept[key] = decision
        return decision

    def _with_targets(self, entry: Entry, group: _Group, candidates: list[_Candidate]) -> Decision:
        """Keep the targets that may be treated; where some may not, the rest needs caution."""
        self._share_names(candidates)
        kept = [c for c in candidates if c.rank <= _CAUTION]
        if kept:
            rank = max(c.rank for c in kept)
            rank = max(rank, _CAUTION) if len(kept) < len(candidates) else rank
        else:
            rank = min(c.rank for c in candidates)
            kept = [c for c in candidates if c.rank == rank]
        numbers = {c.number for c in kept}
        left = [c for c in candidates if c.number not in numbers]
        roles: dict[Target, Role] = {}
        for c in kept:
            target = self.targets[c.number]
            known = roles.get(target)
            if known is None or _ROLE_RANK[c.fit.role] < _ROLE_RANK[known]:
                roles[target] = c.fit.role
        outcomes = group.outcomes
        whole = group
        if any(c.outcomes for c in kept):
            own = _merged(outcomes, *(c.outcomes for c in kept))
            cautions = group.cautions
            for outcome in own:
                cautions |= outcome.rule.caution_bit
            whole = _Group(own, rank, cautions, tuple(o.reason for o in own), ())
        asking = any(c.rank == _ASK for c in candidates)
        return self._told(
            entry,
            whole,
            rank=rank,
            fits=tuple({c.fit.reason.text: c.fit.reason for c in kept}.values()),
            role=min(roles.values(), key=_ROLE_RANK.__getitem__),
            asks=self._asked(outcomes, candidates) if asking else (),
            roles=roles,
            excluded=tuple(self._excluded(outcomes, c) for c in left),
        )

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

    def _asked(self, outcomes: list[_Outcome], candidates: Sequence[_Candidate]) -> tuple[str, ...]:
        """The unknown facts that keep this treatment, or a target of it, from being permitted."""
        found = [self._facts_of(o, -1) for o in outcomes if o.rank == _ASK and o.truth != TRUE]
        for c in candidates:
            if c.rank == _ASK:
                own = (o for o in c.outcomes if o.rank == _ASK and o.truth != TRUE)
                found += [self._facts_of(o, c.number) for o in own]
        return tuple(sorted(frozenset().union(*found)))

    def _facts_of(self, outcome: _Outcome, number: int) -> frozenset[str]:
        """The facts on which an undecided rule hangs; many treatments ask for the same."""
        key = (outcome.rule.id, number)
        if key not in self._undecided:
            finding = self.facts.findings[number] if number >= 0 else NO_FINDING
            self._undecided[key] = undecided_facts(
                outcome.rule.page.when, outcome.rule.thresholds, self.facts, finding
            )
        return self._undecided[key]


def _outcomes(rules: Sequence[Rule], facts: Facts, finding: Known) -> list[_Outcome]:
    """What the rules say, the strictest first; rules that are false say nothing."""
    found = []
    for rule in rules:
        truth = rule.truth(facts, finding)
        if truth:
            reason = rule.fired if truth == TRUE else rule.open
            found.append(_Outcome(reason.verdict.strictness, rule, truth, reason))
    found.sort(key=_by_strictness)
    return found


def _by_strictness(outcome: _Outcome) -> tuple[int, str]:
    return -outcome.rank, outcome.rule.id


def _merged(outcomes: list[_Outcome], *more: list[_Outcome]) -> list[_Outcome]:
    """All outcomes once, the strictest first."""
    if not any(more):
        return outcomes
    every = {(o.rule.id, o.truth): o for some in (outcomes, *more) for o in some}
    return sorted(every.values(), key=_by_strictness)


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
