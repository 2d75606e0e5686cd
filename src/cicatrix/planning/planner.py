"""Plan one case: decide every treatment, make the courses, and have them checked."""

from __future__ import annotations

import functools

from cicatrix import __version__
from cicatrix.errors import UnsafePlanError
from cicatrix.knowledge import Knowledge
from cicatrix.planning import checker, checker_of_care
from cicatrix.planning.courses import make_courses
from cicatrix.planning.decide import decide_all
from cicatrix.planning.effects import NOTHING_COUNTED, improvement_of_any, widest
from cicatrix.planning.options import make_offer
from cicatrix.planning.questions import questions_for, red_flags_of
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.planning.truth import facts_of_case
from cicatrix.records import Case, Decision, Grade, Improvement, Plan


@functools.lru_cache(maxsize=8)
def _book(knowledge: _Same) -> RuleBook:
    return make_rulebook(knowledge.knowledge)


class _Same:
    """Knowledge as a cache key: equal where the version is equal."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.knowledge.version == other.knowledge.version

    def __hash__(self) -> int:
        return hash(self.knowledge.version)


def rulebook(knowledge: Knowledge) -> RuleBook:
    """The compiled rules of some knowledge, made once."""
    return _book(_Same(knowledge))


def plan(case: Case, *, grades: tuple[Grade, ...], knowledge: Knowledge) -> Plan:
    """Everything decided for one case, with up to three checked courses.

    Raises
    ------
    UnsafePlanError
        If the independent checker finds a fault: a defect of ours, never of the case.
    """
    book = rulebook(knowledge)
    facts = facts_of_case(case)
    decisions = decide_all(facts, book=book)
    offer = make_offer(case, facts, decisions, book=book, knowledge=knowledge)
    red_flags = red_flags_of(facts, book=book)
    made = make_courses(case, facts, offer, red_flags, knowledge=knowledge)
    finished = Plan(
        cicatrix=__version__,
        knowledge=knowledge.version,
        case=case,
        findings=case.findings,
        grades=grades,
        red_flags=red_flags,
        questions=questions_for(decisions, facts, book=book, knowledge=knowledge),
        decisions=decisions,
        effects={d.treatment: _effect(d, case, knowledge) for d in decisions},
        courses=made.courses,
        no_course_because=tuple(why.text for why in made.because),
        no_course_because_patient=tuple(why.patient for why in made.because),
        relaxations=made.relaxations,
        not_planned=(*offer.left_out, *made.shut_out),
        not_shown=made.not_shown,
    )
    _read_once_more(finished, knowledge)
    return finished


def _read_once_more(finished: Plan, knowledge: Knowledge) -> None:
    faults = [
        *checker.complaints(finished, knowledge=knowledge),
        *checker_of_care.complaints(finished, knowledge=knowledge),
    ]
    if faults:
        raise UnsafePlanError(
            "The finished plan did not pass its own check, so no course is given. Please report "
            "this with the case file. The check says: " + "; ".join(faults[:3])
        )


def _effect(decision: Decision, case: Case, knowledge: Knowledge) -> Improvement:
    """What a full course of one treatment does for the findings it is for, at its widest."""
    page = knowledge.treatments[decision.treatment]
    values = knowledge.assumptions["conversion"].values
    aims = dict.fromkeys(f.types for f in case.findings if f.target in decision.targets)
    parts = [improvement_of_any(page, types, values=values) for types in aims]
    known = [part for part in parts if part.is_known]
    if not known:
        return parts[0] if parts else NOTHING_COUNTED
    return widest(known)
