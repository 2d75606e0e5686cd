"""What a course may be made of: every permitted treatment with its worth, weeks and price."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning import sentences
from cicatrix.planning.acne import ACNE_ITSELF, NO_CONTROL, AcneControl, acne_control
from cicatrix.planning.dark_marks import reckoned_dark_marks
from cicatrix.planning.effects import Interval, improvement_for, session_share
from cicatrix.planning.fits import ANY, Fit, careful_fit, for_any_type
from cicatrix.planning.rulebook import Entry, RuleBook
from cicatrix.planning.sentences import NOTHING, Said
from cicatrix.planning.together import earliest_week
from cicatrix.planning.truth import TYPE, Facts, known_of
from cicatrix.records import Case, Decision, Finding, Improvement, NotPlanned, Target
from cicatrix.vocabulary import Certainty, Role

#: Worth is counted in thousandths, weeks and burden in whole numbers: the solver needs integers.
PER_MILLE = 1000
_MOST_WORTH = 0.98


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One treatment as the planner sees it.

    ``session_counts`` are the numbers of sessions that may be planned (a continuous treatment
    has one); two sessions lie ``spacing_weeks`` to ``longest_spacing_weeks`` apart;
    ``worth[(target, component)][count]`` is the share of the finding, 0..1, that so
    many sessions are reckoned to take away when treatments are chosen.
    """

    treatment: str
    page: TreatmentPage
    decision: Decision
    continuous: bool
    session_counts: tuple[int, ...]
    spacing_weeks: int
    longest_spacing_weeks: int
    lasts_weeks: int
    recovery_weeks: int
    earliest_week: int
    downtime_days: tuple[float, float]
    burden_per_session: int
    burden_once: int
    price: float
    worth: Mapping[tuple[Target, str], Mapping[int, float]]
    acne: AcneControl = NO_CONTROL

    @property
    def improves(self) -> bool:
        """True if it is there to change a finding, not only to protect or to support."""
        changing = (Role.FIRST_LINE, Role.SECOND_LINE, Role.ADJUNCT)
        return any(role in changing for role in self.decision.roles.values())

    @property
    def is_aim(self) -> bool:
        """True if a course may be made for its sake, to change a finding or to control acne.

        An adjunct only helps another treatment.
        """
        leading = (Role.FIRST_LINE, Role.SECOND_LINE)
        return bool(self.acne) or any(role in leading for role in self.decision.roles.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """The options of one case, the effects behind them, and what was left out and why."""

    options: tuple[Option, ...]
    left_out: tuple[NotPlanned, ...]


def make_offer(
    case: Case,
    facts: Facts,
    decisions: Iterable[Decision],
    *,
    book: RuleBook,
    knowledge: Knowledge,
) -> Offer:
    """Every permitted treatment that the clinic can give, whatever the wishes."""
    options, left_out = [], []
    for decision in decisions:
        page = knowledge.treatments[decision.treatment]
        why = _left_out(page, decision, case) or _undated(decision, facts, knowledge)
        if why:
            left_out.append(
                NotPlanned(treatment=decision.treatment, why=why.text, patient=why.patient)
            )
        elif _can_be_planned(page, decision):
            options.append(_option(page, decision, case, facts, book=book, knowledge=knowledge))
    return Offer(options=tuple(options), left_out=tuple(left_out))


def _can_be_planned(page: TreatmentPage, decision: Decision) -> bool:
    return (
        decision.verdict.permits
        and decision.role is not Role.NOT_INDICATED
        and page.schedule.kind != "none"
    )


def _left_out(page: TreatmentPage, decision: Decision, case: Case) -> Said:
    """Why a treatment cannot be in any course although nothing medical may speak against it."""
    asked_for = decision.treatment in case.wishes.requested
    if asked_for and not decision.verdict.permits:
        return sentences.asked_for_closed(decision.verdict, decision.reasons[0].text)
    if asked_for and decision.role is Role.NOT_INDICATED:
        return sentences.ASKED_FOR_NOTHING
    if asked_for and page.schedule.kind == "none":
        return sentences.ASKED_FOR_REFERRAL
    if not _can_be_planned(page, decision):
        return NOTHING
    at_home = "home" in page.settings
    if not at_home and decision.treatment not in case.clinic.offers:
        return sentences.ASKED_FOR_NOT_OFFERED if asked_for else sentences.NOT_OFFERED
    return NOTHING


def _undated(decision: Decision, facts: Facts, knowledge: Knowledge) -> Said:
    """Why a procedure cannot get a week: nobody told what was done to the skin before."""
    page = knowledge.treatments[decision.treatment]
    if facts.earlier_known or not _can_be_planned(page, decision):
        return NOTHING
    if decision.treatment not in knowledge.sets["procedures"]:
        return NOTHING
    return sentences.NOT_DATED


def _option(
    page: TreatmentPage,
    decision: Decision,
    case: Case,
    facts: Facts,
    *,
    book: RuleBook,
    knowledge: Knowledge,
) -> Option:
    schedule = page.schedule
    continuous = schedule.kind == "continuous"
    counts = _session_counts(page)
    downtime = _downtime(page)
    shortest, longest = _spacing(page)
    days_off = 0.0 if math.isnan(downtime[1]) else downtime[1]
    marks = reckoned_dark_marks(page, skin_types(facts), knowledge=knowledge)
    entry = next(e for e in book.treatments if e.id == page.id)
    acne = acne_control(page, entry.fits, facts, names=book.facts, knowledge=knowledge)
    return Option(
        treatment=page.id,
        page=page,
        decision=decision,
        continuous=continuous,
        session_counts=counts,
        spacing_weeks=shortest,
        longest_spacing_weeks=longest,
        lasts_weeks=math.ceil(schedule.course_weeks.low) if schedule.course_weeks else 0,
        recovery_weeks=0 if continuous else max(1, math.ceil(days_off / 7)),
        earliest_week=earliest_week(page.id, facts, knowledge=knowledge),
        downtime_days=downtime,
        burden_per_session=0 if continuous else _burden_per_session(days_off, knowledge),
        burden_once=_burden_once(page, decision, marks, knowledge),
        price=case.clinic.prices.get(page.id, math.nan),
        worth={
            **_worth(page, decision, facts, case, counts, marks, book=book, knowledge=knowledge),
            **_worth_for_acne(acne, counts),
        },
        acne=acne,
    )


def _worth_for_acne(
    acne: AcneControl, counts: tuple[int, ...]
) -> dict[tuple[Target, str], dict[int, float]]:
    share = min(_MOST_WORTH, acne.share)
    return {(ACNE_ITSELF, acne.component): dict.fromkeys(counts, share)} if acne else {}


def _session_counts(page: TreatmentPage) -> tuple[int, ...]:
    sessions = page.schedule.sessions
    return (1,) if sessions is None else tuple(range(sessions.low, sessions.typical + 1))


def _downtime(page: TreatmentPage) -> tuple[float, float]:
    """The days off after a session; what is done at home day by day has none."""
    if page.downtime_days:
        return page.downtime_days.low, page.downtime_days.high
    return (0.0, 0.0) if page.schedule.kind == "continuous" else (math.nan, math.nan)


def _burden_per_session(days_off: float, knowledge: Knowledge) -> int:
    weights = knowledge.assumptions["burden"].values
    points: float = weights["session_points"] + weights["downtime_points_per_day"] * days_off
    return math.ceil(points)


def _spacing(page: TreatmentPage) -> tuple[int, int]:
    """The fewest and the most whole weeks between two sessions, as the page says.

    Where no whole week lies within the interval, the next one after it is taken.
    """
    apart = page.schedule.interval_weeks
    if apart is None:
        return 1, 1
    shortest = math.ceil(apart.low)
    return shortest, max(shortest, math.floor(apart.high))


def skin_types(facts: Facts) -> tuple[str, ...]:
    """The Fitzpatrick types that are possible; empty when nothing is known."""
    asked = facts.answers.get("fitzpatrick")
    return (str(asked),) if asked else facts.possible.get("fitzpatrick", ())


def _burden_once(
    page: TreatmentPage,
    decision: Decision,
    marks: Interval,
    knowledge: Knowledge,
) -> int:
    """What one treatment costs in risk, however many sessions of it are given."""
    weights = knowledge.assumptions["burden"].values
    raised = {reason.caution for reason in decision.reasons if reason.caution}
    points = _middle_of(marks) / weights["pih_percent_per_point"]
    points += weights["caution_points"] * len(raised)
    points += sum(more for caution, more in weights["risk_points"].items() if caution in raised)
    if page.id in knowledge.treatments_named(weights["surgery"]):
        points += weights["surgery_points"]
    if "theatre" in page.settings:
        points += weights["theatre_points"]
    return math.ceil(points) or 1


def _middle_of(interval: Interval) -> float:
    """The middle of an interval in percent."""
    return sum(interval) / 2


def _worth(
    page: TreatmentPage,
    decision: Decision,
    facts: Facts,
    case: Case,
    counts: tuple[int, ...],
    marks: Interval,
    *,
    book: RuleBook,
    knowledge: Knowledge,
) -> dict[tuple[Target, str], dict[int, float]]:
    entry = next(e for e in book.treatments if e.id == page.id)
    weights = knowledge.assumptions["combining"].values
    conversion = knowledge.assumptions["conversion"].values
    table: dict[tuple[Target, str], dict[int, float]] = {}
    for finding in case.findings:
        role = decision.roles.get(finding.target)
        if role is None:
            continue
        chosen = _fit_of(entry, finding, facts, book=book)
        if not chosen:
            continue
        full = min(
            _planning_value(improvement_for(page, name, values=conversion), role, weights)
            for name in finding.types
        ) * (1 - _middle_of(marks) / 100)
        per_count = {
            count: full * session_share(count, counts[-1], weights["session_ratio"])
            for count in counts
        }
        key = (finding.target, chosen[0].component)
        before = table.get(key)
        table[key] = (
            per_count if before is None else {c: max(per_count[c], before[c]) for c in counts}
        )
    return table


def _fit_of(entry: Entry, finding: Finding, facts: Facts, *, book: RuleBook) -> tuple[Fit, ...]:
    """What a treatment is for in a finding, whichever type it is of."""
    known = known_of(finding)
    by_type = [
        careful_fit(
            [fit for fit in entry.fits if fit.types & {name, ANY}], facts, known, names=book.facts
        )
        for name in finding.types
    ]
    return for_any_type(by_type, type_told=book.facts.of([TYPE]))


def _planning_value(
    improvement: Improvement, role: Role, weights: Mapping[str, Mapping[str, float]]
) -> float:
    """The share by which treatments are compared: never shown as an expectation."""
    certainty, percent = Certainty.NONE, float(weights["uncounted_percent"])  # type: ignore[arg-type]
    if improvement.is_known:
        certainty = improvement.certainty
        percent = max(0.0, (improvement.low_percent + improvement.high_percent) / 2)
    worth = percent / 100 * weights["certainty_weight"][certainty] * weights["role_weight"][role]
    return min(_MOST_WORTH, worth)
