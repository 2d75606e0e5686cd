"""The decisions of a plan, grouped for reading: by verdict, and by the reason they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cicatrix.records import Decision, Reason
from cicatrix.vocabulary import Role, Verdict

NOT_INDICATED = "not_indicated"
#: The groups in reading order; what nothing was found for stands last, whatever its verdict.
GROUPS = (*(str(verdict) for verdict in Verdict), NOT_INDICATED)
_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, kw_only=True)
class Shared:
    """One reason, and every treatment that it is about."""

    reason: Reason
    treatments: tuple[str, ...]
    until: tuple[str, ...] = ()


def group_of(decision: Decision) -> str:
    """Under which heading a decision stands."""
    return NOT_INDICATED if decision.role is Role.NOT_INDICATED else str(decision.verdict)


def grouped(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Every decision under its heading, the leading roles first; empty headings too."""
    groups: dict[str, list[Decision]] = {name: [] for name in GROUPS}
    for decision in decisions:
        groups[group_of(decision)].append(decision)
    for members in groups.values():
        members.sort(key=lambda d: _ROLE_RANK[d.role])
    return groups


def is_rule(reason: Reason) -> bool:
    """True for a rule that spoke; false for a treatment's own "what it is for"."""
    return not reason.rule.startswith("treatments/")


def rules_of(decision: Decision) -> tuple[Reason, ...]:
    """The rules that spoke about a treatment, those of its targets left alone included."""
    left_alone = (r for target in decision.excluded for r in target.reasons)
    every = (*decision.reasons, *left_alone)
    return tuple({(r.rule, r.text): r for r in every if is_rule(r)}.values())


def deciding(decision: Decision) -> tuple[Reason, ...]:
    """The rules that gave a decision its verdict."""
    return tuple(r for r in decision.reasons if is_rule(r) and r.verdict is decision.verdict)


def shared(
    decisions: Sequence[Decision],
    *,
    reasons_of: Callable[[Decision], Iterable[Reason]],
    until_of: Callable[[Decision], str] = lambda decision: "",
) -> list[Shared]:
    """Each reason once, with all treatments it is about, in the order of first mention."""
    about: dict[tuple[str, str], tuple[Reason, dict[str, None], dict[str, None]]] = {}
    for decision in decisions:
        for reason in reasons_of(decision):
            _, names, untils = about.setdefault((reason.rule, reason.text), (reason, {}, {}))
            names[decision.treatment] = None
            if until_of(decision):
                untils[until_of(decision)] = None
    return [
        Shared(reason=reason, treatments=tuple(names), until=tuple(untils))
        for reason, names, untils in about.values()
    ]
