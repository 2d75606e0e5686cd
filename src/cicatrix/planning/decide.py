"""Decide every treatment for one patient: a verdict, for what, with every reason kept.

The strictest rule that applies decides. What is not known never permits: a rule that would
stop a treatment makes it ``ask`` while its facts are missing, and so does a fact without which
nobody knows whether the treatment is for anything that was found. Where a treatment may be given
to some of its findings only, it keeps those, and is then at most ``caution``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cicatrix.knowledge.rule_page import RulePage
from cicatrix.planning.chapters import heard
from cicatrix.planning.fits import Fit, for_any_type
from cicatrix.planning.name_sets import NO_NAMES, NameSet
from cicatrix.planning.outcomes import NO_OUTCOMES, Outcome, OutcomeSet
from cicatrix.planning.rulebook import Entry, RuleBook
from cicatrix.planning.truth import NO_FINDING, TYPE, Facts, Known, named_type, types_of
from cicatrix.records import Decision, ExcludedTarget, Reason, Target
from cicatrix.vocabulary import Role, Verdict

_VERDICTS = tuple(Verdict)
_CAUTION, _ASK, _DEFER = (v.strictness for v in (Verdict.CAUTION, Verdict.ASK, Verdict.DEFER))
_ROLES = tuple(Role)
_ROLE_COUNT = len(_ROLES)
_NO_TEXT: tuple[str, dict[str, str]] = ("", {})

#: A finding by its number, and what a treatment does for it.
_Candidate = tuple[int, Fit]


class _Draft:
    """A decision that is still being written, and becomes one as the last step of its making.

    A frozen record must set each field through ``object.__setattr__``; for 46 decisions that is
    a fifth of all the time. A draft has the same slots and is filled plainly. Should the slots
    ever differ, Python refuses the last step.
    """

    __slots__ = Decision.__slots__


class _Roles(NamedTuple):
    """The leading role for each target that is kept, and the leading one of all."""

    by_target: dict[Target, Role]
    targets: tuple[Target, ...]
    leading: Role


class _Said(NamedTuple):
    """What some outcomes say to this patient together; ``until`` if that decides."""

    rank: int
    reasons: tuple[Reason, ...]
    cautions: NameSet
    #: What to ask for, if asking decides.
    asks: NameSet
    until: str
    until_patient: Mapping[str, str]


_NO_TARGETS = {role: _Roles({}, (), role) for role in Role}


def decide_all(facts: Facts, *, book: RuleBook) -> tuple[Decision, ...]:
    """A decision for every treatment of the vocabulary, in its order."""
    return _Sitting(facts, book).decisions()


class _Sitting:
    """One patient before the rule book: every rule is heard once, then each treatment decided."""

    def __init__(self, facts: Facts, book: RuleBook) -> None:
        self.facts = facts
        self.book = book
        self.targets = [
            Target(site=str(f["site"]), side=str(f["side"]), type=named_type(f))
            for f in facts.findings
        ]
        self._ranks_by_length = book.outcomes.ranks_by_length
        self._named_alike = len(set(self.targets)) < len(self.targets)
        seen = self._seen = book.sight.of_patient(facts)
        self._patient = heard(book.patient_chapters, seen, facts, NO_FINDING)
        self._seen_of = [book.sight.of_finding(one, patient=seen) for one in facts.findings]
        self._own = [
            heard(book.finding_chapters, seen_of, facts, one)
            for one, seen_of in zip(facts.findings, self._seen_of, strict=True)
        ]
        self._any_own = NO_OUTCOMES
        for own in self._own:
            self._any_own |= own
        #: The treatments of which nobody knows whether they are for some finding.
        self._asking: set[str] = set()
        self._for_no_finding = self._fits_alone()
        self._kept_said: dict[OutcomeSet, _Said] = {}
        self._kept_roles: dict[tuple[int, ...], _Roles] = {}

    def decisions(self) -> tuple[Decision, ...]:
        """Every treatment decided."""
        candidates = self._candidates()
        said = self._patient
        return tuple(
            [
                self._with_targets(entry, said & entry.outcomes, some)
                if (some := candidates.get(entry.id))
                else self._alone(entry, said & entry.outcomes)
                for entry in self.book.treatments
            ]
        )

    def _candidates(self) -> dict[str, list[_Candidate]]:
        """For each treatment the findings that it is for, or could be for."""
        found: dict[str, list[_Candidate]] = {}
        for number, finding in enumerate(self.facts.findings):
            for treatment, fit in self._fits(number, finding):
                if fit.asks:
                    self._asking.add(treatment)
                if treatment in found:
                    found[treatment].append((number, fit))
                else:
                    found[treatment] = [(number, fit)]
        return found

    def _fits(self, number: int, finding: Known) -> Iterable[tuple[str, Fit]]:
        """What each treatment is for that may be for a finding, whichever type it is of."""
        by_type = [
            self.book.fits_by_type[name].chosen(self._seen_of[number], self.facts, finding)
            for name in types_of(finding)
        ]
        if len(by_type) == 1:
            return by_type[0]
        ways: dict[str, list[list[Fit]]] = {}
        for place, fits in enumerate(by_type):
            for treatment, fit in fits:
                ways.setdefault(treatment, [[] for _ in by_type])[place].append(fit)
        type_told = self.book.facts.of([TYPE])
        return [
            (treatment, fit)
            for treatment, some in ways.items()
            for fit in for_any_type(some, type_told=type_told)
        ]

    def _fits_alone(self) -> dict[str, Fit]:
        """What each treatment is for besides findings: acne itself, or the whole person."""
        fits = self.book.fits_for_acne if self.facts.findings else self.book.fits_alone
        return dict(fits.chosen(self._seen, self.facts, NO_FINDING))

    def _alone(self, entry: Entry, outcomes: OutcomeSet) -> Decision:
        """A treatment without a target: acne itself, the whole person, or nothing to treat."""
        fit = self._for_no_finding.get(entry.id)
        said = self._said(outcomes)
        asks = fit.asks if fit else NO_NAMES
        rank = max(said.rank, _ASK) if asks else said.rank
        return self._decision(
            entry,
            said,
            rank=rank,
            fits=(fit.reason if fit else entry.no_fit,),
            roles=_NO_TARGETS[fit.role if fit else Role.NOT_INDICATED],
            asks=(asks or said.asks) if rank == _ASK else NO_NAMES,
        )

    def _with_targets(
        self, entry: Entry, outcomes: OutcomeSet, candidates: list[_Candidate]
    ) -> Decision:
        """A treatment that could be for some findings."""
        if len(candidates) == 1:
            return self._with_one(entry, outcomes, candidates)
        if self._any_own & entry.outcomes or entry.id in self._asking:
            return self._target_by_target(entry, outcomes, candidates)
        said = self._said(outcomes)
        return self._decision(
            entry,
            said,
            rank=said.rank,
            fits=_reasons_of(candidates),
            roles=self._roles(candidates),
            asks=said.asks,
        )

    def _with_one(
        self, entry: Entry, outcomes: OutcomeSet, candidates: list[_Candidate]
    ) -> Decision:
        """A treatment that could be for one finding: what is said of that is said of all."""
        ((number, fit),) = candidates
        said = self._said(outcomes | self._own[number] & entry.outcomes)
        opens = fit.asks and said.rank <= _ASK
        return self._decision(
            entry,
            said,
            rank=_ASK if opens else said.rank,
            fits=(fit.reason,),
            roles=self._roles(candidates),
            asks=fit.asks if opens else said.asks,
        )

    def _target_by_target(
        self, entry: Entry, outcomes: OutcomeSet, candidates: list[_Candidate]
    ) -> Decision:
        """Keep the targets that may be treated; where some may not, the rest needs caution."""
        applies = entry.outcomes
        told = [outcomes | self._own[number] & applies for number, _ in candidates]
        ranks = [self._ranks_by_length[some.bit_length()] for some in told]
        if self._named_alike or entry.id in self._asking:
            ranks = self._stricter(ranks, candidates)
        rank = min(ranks)
        asks = self._asked(told, ranks, candidates) if _ASK in ranks else NO_NAMES
        excluded: tuple[ExcludedTarget, ...] = ()
        if max(ranks) > rank:
            rank = max(rank, _CAUTION)
            judged = [*zip(candidates, told, ranks, strict=True)]
            excluded = tuple([self._excluded(*one) for one in judged if one[2] > rank])
            candidates = [one for one, _, own in judged if own <= rank]
            told = [some for _, some, own in judged if own <= rank]
        for some in told:
            outcomes |= some
        return self._decision(
            entry,
            self._said(outcomes),
            rank=rank,
            fits=_reasons_of(candidates),
            roles=self._roles(candidates),
            asks=asks,
            excluded=excluded,
        )

    def _asked(
        self,
        told: Sequence[OutcomeSet],
        ranks: Sequence[int],
        candidates: Sequence[_Candidate],
    ) -> NameSet:
        """The facts that keep a candidate shut: to know if it is one at all, or else for rules."""
        asking, asks = NO_OUTCOMES, NO_NAMES
        for some, rank, (_, fit) in zip(told, ranks, candidates, strict=True):
            if rank == _ASK:
                if fit.asks:
                    asks |= fit.asks
                else:
                    asking |= some
        return asks | self._said(asking).asks if asking else asks

    def _stricter(self, ranks: list[int], candidates: Sequence[_Candidate]) -> list[int]:
        """How strict to be with each candidate beyond the rules: what may be for nothing asks.

        A step cannot tell findings apart that share type, site and side, so the strictest of
        them decides for all.
        """
        for place, (_, fit) in enumerate(candidates):
            if fit.asks and ranks[place] < _ASK:
                ranks[place] = _ASK
        if self._named_alike:
            targets = [self.targets[number] for number, _ in candidates]
            strictest: dict[Target, int] = {}
            for target, rank in zip(targets, ranks, strict=True):
                strictest[target] = max(rank, strictest.get(target, 0))
            ranks = [strictest[target] for target in targets]
        return ranks

    def _roles(self, kept: Sequence[_Candidate]) -> _Roles:
        """Many treatments keep the same findings in the same roles, so the answer is kept."""
        key = tuple([number * _ROLE_COUNT + fit.role_rank for number, fit in kept])
        known = self._kept_roles.get(key)
        if known is None:
            roles = {self.targets[number]: fit.role for number, fit in kept}
            if self._named_alike:
                # Of findings that share a target, the one in the leading role is written last.
                for number, fit in sorted(kept, key=_least_leading):
                    roles[self.targets[number]] = fit.role
            leading = _ROLES[min([fit.role_rank for _, fit in kept])]
            known = self._kept_roles[key] = _Roles(roles, tuple(roles), leading)
        return known

    def _excluded(self, candidate: _Candidate, outcomes: OutcomeSet, rank: int) -> ExcludedTarget:
        return ExcludedTarget(
            target=self.targets[candidate[0]],
            verdict=_VERDICTS[rank],
            reasons=(*self._said(outcomes).reasons, *_open_reason(candidate[1])),
        )

    def _decision(
        self,
        entry: Entry,
        said: _Said,
        *,
        rank: int,
        fits: tuple[Reason, ...],
        roles: _Roles,
        asks: NameSet,
        excluded: tuple[ExcludedTarget, ...] = (),
    ) -> Decision:
        draft: Any = _Draft()
        draft.treatment = entry.id
        draft.verdict = _VERDICTS[rank]
        draft.role = roles.leading
        draft.targets = roles.targets
        draft.cautions = self.book.cautions.names_in(entry.cautions | said.cautions)
        # The strictest reason stands first, and nothing is stricter than what nobody knows here.
        draft.reasons = fits + said.reasons if said.rank < rank == _ASK else said.reasons + fits
        draft.until = said.until
        draft.until_patient = said.until_patient
        draft.asks = self.book.facts.names_in(asks) if asks else ()
        draft.excluded = excluded
        draft.roles = roles.by_target
        draft.__class__ = Decision
        decision: Decision = draft
        return decision

    def _said(self, outcomes: OutcomeSet) -> _Said:
        """What some outcomes say together; many treatments meet the same."""
        said = self._kept_said.get(outcomes)
        if said is None:
            rank = self._ranks_by_length[outcomes.bit_length()]
            reasons, cautions, lacking = self.book.outcomes.told_by(outcomes)
            asks = lacking if rank == _ASK else NO_NAMES
            until, until_patient = _NO_TEXT
            if rank == _DEFER:
                until, until_patient = _until(self.book.outcomes.deferring(outcomes), self.facts)
            said = self._kept_said[outcomes] = _Said(
                rank, reasons, cautions, asks, until, until_patient
            )
        return said


def _least_leading(candidate: _Candidate) -> int:
    return -candidate[1].role_rank


def _reasons_of(candidates: Sequence[_Candidate]) -> tuple[Reason, ...]:
    """What the page says that a treatment is for, each sentence once."""
    first = candidates[0][1]
    if len(candidates) == 1:
        return (first.reason,)
    return tuple({fit.reason.text: fit.reason for _, fit in candidates}.values())


def _open_reason(fit: Fit) -> tuple[Reason, ...]:
    """Why nobody knows whether a treatment is for a finding; none where it is known."""
    return (fit.reason,) if fit.asks else ()


def _until(outcomes: Iterable[Outcome], facts: Facts) -> tuple[str, dict[str, str]]:
    """Until when a deferred treatment waits, with the rest of the wait where it can be counted."""
    english, spanish = [], []
    for outcome in outcomes:
        page = outcome.page
        if page.until is None:
            continue
        rest = _rest(page, facts)
        english.append(
            page.until.text.en + (f" (about {rest[0]} {rest[1]} from now)" if rest else "")
        )
        spanish.append(page.until.text.es + (f" (faltan unos {rest[0]} {rest[2]})" if rest else ""))
    return "; ".join(english), {"en": "; ".join(english), "es": "; ".join(spanish)}


_UNITS_ES = {"months": "meses", "weeks": "semanas", "days": "días", "years": "años"}


def _rest(page: RulePage, facts: Facts) -> tuple[str, ...]:
    """How far the counting fact is from its threshold: number, unit, unit in Spanish."""
    until = page.until
    if until is None or until.fact is None or until.reaches is None:
        return ()
    known = facts.answers.get(until.fact)
    value = page.values[until.reaches]
    if not isinstance(known, (int, float)) or known >= value.value:
        return ()
    return f"{value.value - known:g}", value.unit, _UNITS_ES.get(value.unit, value.unit)
