"""The unanswered questions that would change this patient's plan, most useful first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.crosschecks import question_id
from cicatrix.knowledge.reading_page import QuestionPage
from cicatrix.planning.answering import Change, changes_by_fact
from cicatrix.planning.rulebook import RuleBook
from cicatrix.planning.truth import NO_FINDING, TRUE, Facts, Thresholds, compiled
from cicatrix.records import Decision, Question, RedFlag
from cicatrix.vocabulary import TREATMENTS, Role, Verdict

_LEADING = {Role.FIRST_LINE: 4, Role.SECOND_LINE: 3, Role.ADJUNCT: 2, Role.SUPPORTIVE: 1}


def questions_for(
    decisions: Sequence[Decision], facts: Facts, *, book: RuleBook, knowledge: Knowledge
) -> tuple[Question, ...]:
    """A question for every missing fact that would change something for this patient.

    First what could open a treatment, then what could stop one or make it more careful, then
    what could only lift a caution. A question on which nothing hangs is not asked: the treatment
    is not indicated, or another rule stops it whatever the answer.
    """
    changes: dict[str, Change] = {}
    for fact, change in changes_by_fact(decisions, facts, book=book).items():
        changes.setdefault(question_id(fact), Change()).add(change)
    tried = frozenset(changes)
    for decision in decisions:
        if decision.role is not Role.NOT_INDICATED:
            for name in map(question_id, decision.asks):
                change = changes.setdefault(name, Change())
                if name not in tried or decision.treatment in change.leaves:
                    change.opens.add(decision.treatment)
            if _lacks_a_day(decision, facts, knowledge):
                waiting = changes.setdefault("earlier_treatments", Change())
                waiting.opens.add(decision.treatment)
    roles = {decision.treatment: decision.role for decision in decisions}
    asked = [name for name in changes if _is_due(name, facts, knowledge)]
    asked.sort(key=lambda name: (*_usefulness(changes[name], roles), name))
    return tuple(_question(knowledge.questions[name], changes[name]) for name in asked)


def _question(page: QuestionPage, change: Change) -> Question:
    return Question(
        fact=page.id,
        ask={"en": page.ask.en, "es": page.ask.es},
        why={"en": page.why.en, "es": page.why.es},
        unlocks=tuple(name for name in TREATMENTS if name in change.opens),
        changes=tuple(
            name for name in TREATMENTS if name in (change.narrows | change.eases) - change.opens
        ),
        about=tuple(sorted(change.about, key=lambda t: (t.site, t.side, t.type))),
    )


def _lacks_a_day(decision: Decision, facts: Facts, knowledge: Knowledge) -> bool:
    """True for a permitted procedure whose week hangs on what was done before."""
    procedures = knowledge.sets["procedures"]
    return decision.verdict.permits and not facts.earlier_known and decision.treatment in procedures


def _usefulness(change: Change, roles: Mapping[str, Role]) -> tuple[int, ...]:
    """The most useful is the least: what it opens, then what it narrows, then what it eases."""
    kinds = (change.opens, change.narrows, change.eases)
    first = next(place for place, names in enumerate(kinds) if names or place == len(kinds) - 1)
    weights = [-sum(_LEADING.get(roles[name], 0) for name in names) for names in kinds]
    return first, *weights


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
