"""Plan one case: decide every treatment, make the courses, and have them checked."""

from __future__ import annotations

import functools
import math

from cicatrix import __version__
from cicatrix.errors import UnsafePlanError
from cicatrix.knowledge import Knowledge
from cicatrix.planning import checker, checker_of_care
from cicatrix.planning.courses import make_courses
from cicatrix.planning.decide import decide_all
from cicatrix.planning.effects import NOTHING_COUNTED, combined, improvement_for
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
        effects={d.treatment: _effect(d, knowledge) for d in decisions},
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


def _effect(decision: Decision, knowledge: Knowledge) -> Improvement:
    """What a full course of one treatment does for the findings it is for, at its widest."""
    page = knowledge.treatments[decision.treatment]
    values = knowledge.assumptions["conversion"].values
    parts = [
        improvement_for(page, finding_type, values=values)
        for finding_type in dict.fromkeys(target.type for target in decision.targets)
    ]
    known = [part for part in parts if part.is_known]
    if not known:
        return parts[0] if parts else NOTHING_COUNTED
    with_placebo = [part for part in known if part.has_placebo]
    return Improvement(
        low_percent=min(p.low_percent for p in known),
        high_percent=max(p.high_percent for p in known),
        certainty=combined(known).certainty,
        text=" ".join(dict.fromkeys(p.text for p in known)),
        sources=combined(known).sources,
        placebo_low_percent=min((p.placebo_low_percent for p in with_placebo), default=math.nan),
        placebo_high_percent=max((p.placebo_high_percent for p in with_placebo), default=math.nan),
    )
