"""What an answer would change: every open fact tried with each answer that the pages tell apart.

What is decided hangs on no fact but those on which an undecided rule or fit hangs, so only these
are tried: for the patient, and for each finding. Of numbers one is tried on each side of every
threshold. Several gaps are not filled at a time.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.planning.chapters import Rule
from cicatrix.planning.decide import decide_all
from cicatrix.planning.fits import ACNE, ANY, Fit
from cicatrix.planning.rulebook import RuleBook
from cicatrix.planning.truth import NO_FINDING, OPEN_TYPES, TYPE, Facts, Known, named_type, types_of
from cicatrix.records import Decision, EarlierTreatment, Target
from cicatrix.vocabulary import Role, Verdict

_FINDING, _EARLIER = "finding.", "earlier_treatments"
#: Stands for the number of a finding where a fact is about the patient.
_NO_NUMBER = -1
#: Facts that may hold several words at once.
_SEVERAL = ("acne_lesions",)
_LONG_AGO_WEEKS = 10_000.0
_NOT_TOLD_APART = 1.0
_ROLES = tuple(Role)
_ASK = Verdict.ASK.strictness


@dataclass(kw_only=True, slots=True)
class Change:
    """What the answers to one question can do to which treatments, and for which findings."""

    opens: set[str] = field(default_factory=set)
    #: Stops it, for a finding or altogether, or gives it a lesser role or one more caution.
    narrows: set[str] = field(default_factory=set)
    #: Only takes a caution away, or gives it a more leading role.
    eases: set[str] = field(default_factory=set)
    about: set[Target] = field(default_factory=set)
    #: Those that no answer to it shuts for good or for now: others may still be missing.
    leaves: set[str] = field(default_factory=set)

    def add(self, other: Change) -> None:
        """Take in what the answers to the same question can do elsewhere."""
        self.opens |= other.opens
        self.narrows |= other.narrows
        self.eases |= other.eases
        self.about |= other.about
        self.leaves |= other.leaves

    @property
    def is_one(self) -> bool:
        """True if some answer changes something."""
        return bool(self.opens or self.narrows or self.eases)


def changes_by_fact(
    decisions: Iterable[Decision], facts: Facts, *, book: RuleBook
) -> dict[str, Change]:
    """For every open fact on which something hangs: what its answers would change."""
    before = [(decision, stand_of(decision)) for decision in decisions]
    found: dict[str, Change] = {}
    for fact, number in sorted(_open_facts(facts, book=book)):
        change = Change()
        for answered in _answered(facts, fact, number, book=book):
            _compare(before, _by_old_names(answered, facts, number, book=book), change)
        if not change.is_one:
            continue
        if number != _NO_NUMBER:
            change.about.add(_target(facts.findings[number]))
        found.setdefault(fact, Change()).add(change)
    return found


def _by_old_names(
    answered: Facts, facts: Facts, number: int, *, book: RuleBook
) -> Iterator[Decision]:
    """What is decided now, with a finding of several possible types by the name that it had.

    Else all that is open for it would seem to be opened, for another mark.
    """
    decisions = decide_all(answered, book=book)
    if number == _NO_NUMBER or len(types_of(facts.findings[number])) == 1:
        yield from decisions
        return
    old, new = _target(facts.findings[number]), _target(answered.findings[number])
    for one in decisions:
        yield dataclasses.replace(
            one,
            targets=tuple(old if target == new else target for target in one.targets),
            roles={old if target == new else target: role for target, role in one.roles.items()},
            excluded=tuple(
                dataclasses.replace(left, target=old) if left.target == new else left
                for left in one.excluded
            ),
        )


# --- what is compared -------------------------------------------------------------------------


def stand_of(decision: Decision) -> object:
    """All of a decision that an answer could change for the patient; nothing where it has no use.

    While nobody knows whether a treatment is for anything, only that counts. The cautions of
    a treatment that is not given count for nothing.
    """
    if decision.role is Role.NOT_INDICATED:
        return None
    if any(r.verdict is Verdict.ASK and r.rule == _page_of(decision) for r in decision.reasons):
        return "open", dict(decision.roles)
    return (
        decision.verdict,
        decision.role,
        dict(decision.roles),
        {(left.target, left.verdict) for left in decision.excluded},
        set(decision.cautions) if decision.verdict.permits else (),
    )


def _page_of(decision: Decision) -> str:
    return f"treatments/{decision.treatment}"


def _compare(
    before: Sequence[tuple[Decision, object]], after: Iterable[Decision], change: Change
) -> None:
    for (old, stand), new in zip(before, after, strict=True):
        if new.role is not Role.NOT_INDICATED and new.verdict.strictness <= _ASK:
            change.leaves.add(old.treatment)
        if stand_of(new) == stand:
            continue
        if _doors(new) - _doors(old):
            change.opens.add(old.treatment)
        elif _is_narrower(new, old):
            change.narrows.add(old.treatment)
        else:
            change.eases.add(old.treatment)


def _doors(decision: Decision) -> set[Target | str]:
    """For what a treatment stands open."""
    if not decision.verdict.permits or decision.role is Role.NOT_INDICATED:
        return set()
    return {*decision.targets} or {"acne or the whole person"}


def _is_narrower(new: Decision, old: Decision) -> bool:
    ranks = {t: _ROLES.index(role) for t, role in new.roles.items()}
    return (
        bool(_doors(old) - _doors(new))
        or new.verdict.strictness > old.verdict.strictness
        or any(ranks.get(t, 0) > _ROLES.index(role) for t, role in old.roles.items())
        or bool(set(new.cautions) - set(old.cautions))
    )


# --- which facts are open ---------------------------------------------------------------------


def _open_facts(facts: Facts, *, book: RuleBook) -> set[tuple[str, int]]:
    """The facts on which something undecided hangs; those of a finding with its number."""
    kinds = {ACNE} if facts.findings else {ACNE, ANY}
    patient_rules = [rule for rule in book.rules if not rule.reads_finding]
    found = _hangs_on([*patient_rules, *_fits(kinds, book)], facts, NO_FINDING)
    own_rules = [rule for rule in book.rules if rule.reads_finding]
    of_finding: set[tuple[str, int]] = set()
    for number, finding in enumerate(facts.findings):
        types = types_of(finding)
        own = _hangs_on([*own_rules, *_fits({*types, ANY}, book)], facts, finding)
        if len(types) > 1 or types[0] in OPEN_TYPES:
            own.add(TYPE)
        found |= own
        of_finding |= {(fact, number) for fact in own if fact.startswith(_FINDING)}
    patient = {(fact, _NO_NUMBER) for fact in found if "." not in fact}
    return patient | of_finding | _one_of_all(found, facts)


def _hangs_on(some: Iterable[Rule | Fit], facts: Facts, finding: Known) -> set[str]:
    """The unknown facts on which rules and fits hang."""
    return {fact for one in some for fact in one.undecided(facts, finding)}


def _fits(kinds: AbstractSet[str], book: RuleBook) -> list[Fit]:
    return [fit for entry in book.treatments for fit in entry.fits if fit.types & kinds]


def _one_of_all(found: Iterable[str], facts: Facts) -> set[tuple[str, int]]:
    """The open facts of findings on which hangs if there is one of a kind among all of them."""
    named = {fact.rpartition(".")[2] for fact in found if fact.startswith("any_finding.")}
    return {
        (_FINDING + fact, number)
        for number, finding in enumerate(facts.findings)
        for fact in named
        if fact not in finding or finding[fact] in OPEN_TYPES
    }


# --- what is tried ----------------------------------------------------------------------------


def _answered(facts: Facts, fact: str, number: int, *, book: RuleBook) -> Iterator[Facts]:
    """The patient with each answer to an open fact that the pages tell apart."""
    if fact == _EARLIER:
        yield from _histories(facts)
        return
    if number == _NO_NUMBER:
        for answer in _answers(fact, v.PATIENT_FACTS[fact], facts, book=book):
            yield dataclasses.replace(facts, answers={**facts.answers, fact: answer})
        return
    name = fact.removeprefix(_FINDING)
    words = v.FINDING_FACTS[name]
    if name == "type" and len(types_of(facts.findings[number])) > 1:
        words = types_of(facts.findings[number])
    for answer in _answers(fact, words, facts, book=book):
        findings = [*facts.findings]
        findings[number] = {**findings[number], name: answer}
        yield dataclasses.replace(facts, findings=tuple(findings))


def _answers(fact: str, words: Sequence[str], facts: Facts, *, book: RuleBook) -> Iterable[Any]:
    if fact in _SEVERAL:
        return [(), *((word,) for word in words), tuple(words)]
    if words:
        return [w for w in facts.possible.get(fact, words) if w not in OPEN_TYPES]
    limits = book.sight.limits.get(fact, ())
    below = [limits[0] / 2] if limits and limits[0] > 0 else []
    return [*below, *limits] or [_NOT_TOLD_APART]


def _histories(facts: Facts) -> Iterator[Facts]:
    """Nothing was done before, or everything; what was not told of it is filled in.

    A date is today or long ago, and what it did to the skin any of the results.
    """
    if facts.earlier_known:
        earlier = facts.earlier
    else:
        yield dataclasses.replace(facts, earlier=(), earlier_known=True)
        earlier = tuple(EarlierTreatment(treatment=name, weeks_ago=0.0) for name in v.TREATMENTS)
    for weeks, result in itertools.product((0.0, _LONG_AGO_WEEKS), v.EARLIER_RESULTS):
        told = tuple(_filled_in(one, weeks_ago=weeks, result=result) for one in earlier)
        yield dataclasses.replace(facts, earlier=told, earlier_known=True)


def _filled_in(one: EarlierTreatment, *, weeks_ago: float, result: str) -> EarlierTreatment:
    return dataclasses.replace(
        one,
        weeks_ago=weeks_ago if math.isnan(one.weeks_ago) else one.weeks_ago,
        result=result if one.result == v.UNKNOWN else one.result,
    )


def _target(finding: Known) -> Target:
    return Target(site=str(finding["site"]), side=str(finding["side"]), type=named_type(finding))
