"""The planner's decisions beside the second opinion, and every way in which they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.planning.oracle import Opinion

from cicatrix.planning.decide import decide_all
from cicatrix.planning.rulebook import RuleBook
from cicatrix.planning.truth import facts_of_case
from cicatrix.records import Case, Decision
from cicatrix.vocabulary import Role


def decided(case: Case, *, book: RuleBook) -> dict[str, Decision]:
    """The planner's decisions by treatment."""
    facts = facts_of_case(case)
    return {decision.treatment: decision for decision in decide_all(facts, book=book)}


def is_open(decision: Decision) -> bool:
    """True if a course may hold the treatment."""
    return decision.verdict.permits and decision.role is not Role.NOT_INDICATED


def doors(case: Case, decision: Decision) -> Iterator[int | None]:
    """The findings, by number, for which a treatment stands open; None where it is for none."""
    if is_open(decision) and not decision.targets:
        yield None
    if is_open(decision):
        shut = {left.target for left in decision.excluded}
        for number, finding in enumerate(case.findings):
            if finding.target in decision.targets and finding.target not in shut:
                yield number


def differences(decision: Decision, opinion: Opinion, *, rules: Iterable[str]) -> list[str]:
    """How the planner and the second opinion differ about one treatment."""
    named = set(rules)
    said = {(r.rule, r.verdict.strictness) for r in decision.reasons if r.rule in named}
    left = {(x.target, x.verdict.value) for x in decision.excluded}
    pairs: dict[str, tuple[object, object]] = {
        "verdict": (decision.verdict.value, opinion.verdict),
        "role": (decision.role.value, opinion.role),
        "targets": ({t: r.value for t, r in decision.roles.items()}, dict(opinion.kept)),
        "left alone": (left, set(opinion.left)),
        "rules": (said, set(opinion.said)),
    }
    return [
        f"{decision.treatment}: {what} {ours!r}, second opinion {theirs!r}"
        for what, (ours, theirs) in pairs.items()
        if ours != theirs
    ]
