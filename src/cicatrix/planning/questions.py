"""The unanswered questions that would change this patient's plan, most useful first."""

from __future__ import annotations

from collections.abc import Iterable

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.crosschecks import question_id
from cicatrix.planning.rulebook import RuleBook
from cicatrix.planning.truth import NO_FINDING, TRUE, Facts, Thresholds, compiled
from cicatrix.records import Decision, Question, RedFlag
from cicatrix.vocabulary import Role, Verdict

_LEADING = {Role.FIRST_LINE: 4, Role.SECOND_LINE: 3, Role.ADJUNCT: 2, Role.SUPPORTIVE: 1}


def questions_for(
    decisions: Iterable[Decision], facts: Facts, *, knowledge: Knowledge
) -> tuple[Question, ...]:
    """A question for every missing fact that keeps an indicated treatment shut.

    A question on which nothing hangs for this patient is not asked: the treatment is not
    indicated, or another rule stops it whatever the answer.
    """
    unlocks: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.role is not Role.NOT_INDICATED:
            for fact in decision.asks:
                unlocks.setdefault(question_id(fact), []).append(decision)
            if _lacks_a_day(decision, facts, knowledge):
                waiting = unlocks.setdefault("earlier_treatments", [])
                if decision not in waiting:
                    waiting.append(decision)
    asked = [name for name in unlocks if _is_due(name, facts, knowledge)]
    asked.sort(key=lambda name: (-_usefulness(unlocks[name]), name))
    return tuple(
        Question(
            fact=name,
            ask={"en": page.ask.en, "es": page.ask.es},
            why={"en": page.why.en, "es": page.why.es},
            unlocks=tuple(d.treatment for d in unlocks[name]),
        )
        for name in asked
        for page in [knowledge.questions[name]]
    )


def _lacks_a_day(decision: Decision, facts: Facts, knowledge: Knowledge) -> bool:
    """True for a permitted procedure whose week hangs on what was done before."""
    procedures = knowledge.sets["procedures"]
    return decision.verdict.permits and not facts.earlier_known and decision.treatment in procedures


def _usefulness(decisions: list[Decision]) -> int:
    return sum(_LEADING.get(d.role, 0) for d in decisions)


def _is_due(name: str, facts: Facts, knowledge: Knowledge) -> bool:
    condition = knowledge.questions[name].only_if
    if condition is None:
        return True
    limits = Thresholds(named=knowledge.treatments_named)
    return compiled(condition, limits)(facts, NO_FINDING) == TRUE


def red_flags_of(facts: Facts, *, book: RuleBook) -> tuple[RedFlag, ...]:
    """Every red flag that is true for this patient, the most urgent first."""
    urgency = ("emergency", "urgent", "soon")
    flags = []
    for rule in book.rules:
        flag = rule.page.red_flag
        if flag is None:
            continue
        findings = facts.findings if rule.reads_finding else (NO_FINDING,)
        if any(rule.truth(facts, finding) == TRUE for finding in findings):
            flags.append(
                RedFlag(
                    rule=rule.id,
                    caution=rule.page.caution,
                    do=flag.do,
                    urgency=flag.urgency,
                    text=flag.text.en,
                    patient={"en": flag.text.en, "es": flag.text.es},
                    stops_procedures=rule.stops_procedures,
                    sources=rule.sources,
                )
            )
    return tuple(sorted(flags, key=lambda f: (urgency.index(f.urgency), f.rule)))


__all__ = ["Verdict", "questions_for", "red_flags_of"]
