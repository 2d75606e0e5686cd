"""Where a treatment was decided otherwise than a page says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.patients.pages import (
    VERDICT_WORDS,
    listed,
    reasons_of,
)

from cicatrix.records import Decision, Plan


def verdict_faults(plan: Plan, expected: dict[str, Any]) -> Iterator[str]:
    """Where a treatment was decided otherwise than the page says."""
    for treatment, wanted in expected.items():
        decision = next(d for d in plan.decisions if d.treatment == treatment)
        page = wanted if isinstance(wanted, dict) else {"verdict": wanted}
        for word, value in page.items():
            yield from VERDICT_CHECKS[word](decision, value, plan)


def _says(decision: Decision) -> str:
    reasons = "; ".join(f"{r.rule}: {r.verdict.value}" for r in reasons_of(decision))
    return (
        f"{decision.treatment} is '{decision.verdict.value}' as {decision.role.value} ({reasons})"
    )


def _verdict(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    allowed = [one for word in listed(words) for one in VERDICT_WORDS.get(word, (word,))]
    if decision.verdict.value not in allowed:
        yield f"expected {' or '.join(allowed)}, but {_says(decision)}"


def _role(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    if decision.role.value not in listed(words):
        yield (
            f"{decision.treatment} has the role {decision.role.value}, "
            f"expected {' or '.join(listed(words))}"
        )


def _cited(decision: Decision) -> set[str]:
    reasons = reasons_of(decision)
    return {r.rule for r in reasons} | {source for r in reasons for source in r.sources}


def _cites(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    for word in listed(words):
        if word not in _cited(decision):
            yield f"no reason cites {word}: {_says(decision)}"


def _cites_one_of(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    if not _cited(decision) & set(words):
        yield f"no reason cites one of {words}: {_says(decision)}"


def _conflict(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    named = {reason.conflict for reason in reasons_of(decision)}
    for word in listed(words):
        if word not in named:
            yield f"no reason names the disagreement {word}: {_says(decision)}"


def _caution(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    named = {reason.caution for reason in reasons_of(decision)}
    for word in listed(words):
        if word not in named:
            yield f"no reason of {decision.treatment} warns of {word}: {_says(decision)}"


def _always_warns(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    for word in listed(words):
        if word not in decision.cautions:
            yield f"{decision.treatment} does not warn of {word}, only of {decision.cautions}"


def _not_caution(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    for word in listed(words):
        if word in decision.cautions:
            yield f"{decision.treatment} warns of {word}, which does not hold for this patient"


def _certainty(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
    certainty = plan.effects[decision.treatment].certainty.value
    if certainty not in listed(words):
        yield (
            f"the effect of {decision.treatment} is of {certainty} certainty, "
            f"expected {' or '.join(listed(words))}"
        )


def _among(where: str, attribute: str) -> Callable[[Decision, Any, Plan], Iterator[str]]:
    def check(decision: Decision, words: Any, plan: Plan) -> Iterator[str]:
        targets = decision.targets if where == "targets" else [e.target for e in decision.excluded]
        found = {getattr(target, attribute) for target in targets}
        for word in listed(words):
            if word not in found:
                yield f"{decision.treatment}: {word} is not among the {where} {sorted(found)}"
        others = [e.target for e in decision.excluded] if where == "targets" else decision.targets
        wrong = {getattr(target, attribute) for target in others} & set(listed(words)) - found
        if wrong:
            yield f"{decision.treatment}: {sorted(wrong)} stands on the wrong side of {where}"

    return check


VERDICT_CHECKS: dict[str, Callable[[Decision, Any, Plan], Iterator[str]]] = {
    "verdict": _verdict,
    "role": _role,
    "cites": _cites,
    "cites_one_of": _cites_one_of,
    "conflict": _conflict,
    "caution": _caution,
    "always_warns": _always_warns,
    "not_caution": _not_caution,
    "certainty": _certainty,
    "targets_types": _among("targets", "type"),
    "targets_sites": _among("targets", "site"),
    "excluded_types": _among("excluded", "type"),
    "excluded_sites": _among("excluded", "site"),
}
