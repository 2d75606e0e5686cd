"""The clinician's report: a plan as one page, with every reason and every source."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cicatrix.knowledge import Knowledge
from cicatrix.records import (
    Course,
    Decision,
    Expected,
    Grade,
    NotPlanned,
    NotShown,
    Plan,
    Question,
    Reason,
    Step,
    Target,
)
from cicatrix.reporting import limits, person
from cicatrix.reporting.aftercare import Care, care_of
from cicatrix.reporting.body_map import draw_body_map, letter_of
from cicatrix.reporting.comparison import draw_comparison
from cicatrix.reporting.course_calendar import draw_calendar
from cicatrix.reporting.document import fill
from cicatrix.reporting.found import finding_rows
from cicatrix.reporting.library import Library, Remembered
from cicatrix.reporting.measured import ScanView
from cicatrix.reporting.references import References
from cicatrix.reporting.scored import points_told, scored_scar
from cicatrix.reporting.verdicts import Shared, grouped, is_rule, rules_of, shared
from cicatrix.reporting.words import Words, report_words
from cicatrix.vocabulary import Role

#: The assumption pages that tell how the numbers of a course came about.
NUMBER_PAGES = (
    "conversion", "combining", "uncounted-dark-marks", "acne-control", "burden", "wishes",
    "skin-tone",
)  # fmt: skip
#: More treatments than this are counted, not named.
MOST_NAMES = 8


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One treatment of the courses; ``when`` tells its weeks in each of them."""

    treatment: str
    when: tuple[str, ...]
    targets: tuple[Target, ...]
    first: Step


def render_report_html(plan: Plan, *, knowledge: Knowledge) -> str:
    """The report as one self-contained HTML page, in English."""
    words = report_words()
    references = References(knowledge.sources)
    view = ReportView(plan, knowledge=knowledge, words=words)
    return fill(
        "report.html.j2",
        style="report",
        words=words,
        plan=plan,
        cicatrix=plan.cicatrix,
        view=view,
        library=view.library,
        numbers=references.numbers,
        cited=references.cited,
    )


class ReportView:
    """What the template of the report asks for; it shows and decides nothing."""

    def __init__(self, plan: Plan, *, knowledge: Knowledge, words: Words) -> None:
        self.plan = plan
        self.knowledge = knowledge
        self.words = words
        self.library = Library(knowledge, words)
        self.groups = grouped(plan.decisions)
        self.rules: list[Shared] = shared(plan.decisions, reasons_of=rules_of)
        self.planned = limits.planned(plan)
        self._caution_names = self._cautions_told()
        self._rule_numbers = {
            (s.reason.rule, s.reason.text): n for n, s in enumerate(self.rules, start=1)
        }

    def _cautions_told(self) -> tuple[str, ...]:
        """Those that a course or an answer raises first, then what open treatments warn of."""
        open_ones = (*self.groups["suitable"], *self.groups["caution"])
        warned = (name for decision in open_ones for name in decision.cautions)
        return tuple(dict.fromkeys((*limits.cautions_raised(self.plan), *warned)))

    def scored_scar(self, grade: Grade) -> str:
        """The scar that a grade is about."""
        return scored_scar(grade, self.words)

    def points_told(self, grade: Grade) -> str:
        """The points that a clinician gave."""
        return points_told(grade, self.words)

    def key_facts(self) -> list[person.Pair]:
        """The patient at a glance."""
        return person.key_facts(self.plan.case.intake, words=self.words)

    def known_answers(self) -> list[person.Pair]:
        """Every known answer."""
        return person.known_answers(self.plan.case.intake, words=self.words)

    def not_asked(self) -> list[str]:
        """Every question without an answer."""
        return person.not_asked(self.plan.case.intake, words=self.words)

    def earlier(self) -> list[str]:
        """What was done before."""
        intake = self.plan.case.intake
        return person.earlier_treatments(intake, words=self.words, library=self.library)

    def wishes(self) -> list[str]:
        """What the patient wants."""
        return person.wishes_told(self.plan.case, words=self.words, library=self.library)

    def findings(self) -> list[Any]:
        """The findings as rows."""
        return finding_rows(self.plan.findings, words=self.words, key="sign")

    def scans(self) -> list[ScanView]:
        """Every measured capture, with its pictures."""
        return [
            ScanView(scan, knowledge=self.knowledge, words=self.words, key=f"scan-{number}")
            for number, scan in enumerate(self.plan.case.measured, start=1)
        ]

    def body_map(self) -> Any:
        """The picture of the findings."""
        return draw_body_map(self.plan.findings, words=self.words).markup()

    def calendar(self, course: Course) -> Any:
        """The picture of one course."""
        return draw_calendar(
            course,
            words=self.words,
            names=self.library.short_name,
            deadline=self.plan.case.wishes.done_within_weeks,
            key=f"calendar-{course.name}",
        ).markup()

    def comparison(self) -> Any:
        """The picture of all courses side by side."""
        return draw_comparison(self.plan.courses, words=self.words, key="comparison").markup()

    def rule_number(self, reason: Reason) -> int:
        """The number under which a reason stands in full."""
        return self._rule_numbers[reason.rule, reason.text]

    def rules_about(self, decision: Decision) -> list[Reason]:
        """The rules that spoke about a treatment, each page once, the strictest first."""
        seen: dict[str, Reason] = {}
        for reason in sorted(rules_of(decision), key=lambda r: -r.verdict.strictness):
            seen.setdefault(f"{reason.rule} {reason.verdict}", reason)
        return list(seen.values())

    def fits_of(self, decision: Decision) -> list[Reason]:
        """Why a treatment is, or is not, for what was found."""
        return [reason for reason in decision.reasons if not is_rule(reason)]

    def first_line(self) -> str:
        """The open treatments of the first line."""
        open_ones = (*self.groups["suitable"], *self.groups["caution"])
        names = [
            self.library.short_name(d.treatment) for d in open_ones if d.role is Role.FIRST_LINE
        ]
        if not names:
            return self.words.text("short.first_line_none")
        return self.words.text("short.first_line", names=self.words.listed(names))

    def expected_targets(self) -> list[tuple[Target, ...]]:
        """Every finding for which a course expects something; those that fare alike together."""
        return limits.expected_alike(self.plan.courses)

    def expected_row(self, target: Target) -> list[Expected | None]:
        """What each course may do for a finding; None where the finding is not part of it."""
        return [
            next((one for one in course.expected if one.target == target), None)
            for course in self.plan.courses
        ]

    def answered(self, question: Question) -> str:
        """What the answer to a question could open or change; of a long list only how many."""
        told = [
            f"{self.words.text(key)}: {self.about(some)}."
            for key, some in (
                ("questions.unlocks", question.unlocks),
                ("questions.changes", question.changes),
            )
            if some
        ]
        return " ".join(told)

    def place(self, question: Question) -> str:
        """The findings of which it is asked, where there are several."""
        if not question.about or len(self.plan.findings) == 1:
            return ""
        return self.words.targets(question.about)

    def about(self, treatments: Sequence[str]) -> str:
        """The treatments that a rule is about; of a long list only how many."""
        if len(treatments) > MOST_NAMES:
            return self.words.text("rules.many", n=len(treatments))
        return ", ".join(self.library.short_name(name) for name in treatments)

    def left_out(self) -> list[tuple[str, list[str]]]:
        """Why open treatments stand in no course: each reason once, with their names."""
        return self._with_reasons(self.plan.not_planned)

    def not_shown(self) -> list[tuple[str, list[str]]]:
        """Why nobody can show that a wish is fulfilled by what the courses hold."""
        return self._with_reasons(self.plan.not_shown)

    def _with_reasons(
        self, treatments: Iterable[NotPlanned | NotShown]
    ) -> list[tuple[str, list[str]]]:
        names: dict[str, list[str]] = {}
        for one in treatments:
            names.setdefault(one.why, []).append(self.library.short_name(one.treatment))
        return list(names.items())

    def expected_of(self, course: Course, target: Target) -> str:
        """What a course may do for a finding, or that the finding is not part of it."""
        found = next((one for one in course.expected if one.target == target), None)
        return self.interval(found) if found else self.words.text("comparison.not_in_course")

    def is_unsigned(self) -> bool:
        """True if nobody but the authors has looked at the pages."""
        return all(one.by.startswith(limits.OWN_AUTHORS) for one in self.checkers())

    def has_excluded(self) -> bool:
        """True if a treatment must leave one of the findings alone."""
        return any(decision.excluded for decision in self.plan.decisions)

    def signs(self, targets: Iterable[Target]) -> str:
        """Targets by the letters of the map, such as ``A Rolling, B Boxcar``."""
        letters = {f.target: letter_of(i) for i, f in enumerate(self.plan.findings)}
        return ", ".join(
            f"{letters[t]} {self.words.term('finding', t.type)}"
            if t in letters
            else self.words.target(t)
            for t in targets
        )

    def facts_asked(self, decision: Decision) -> str:
        """The questions that a treatment waits for."""
        return ", ".join(self.words.term("fact", name) for name in decision.asks)

    def caution_number(self, name: str) -> int:
        """The number under which a caution stands in full."""
        return self._caution_names.index(name) + 1

    def certainty_of(self, reason: Reason) -> str:
        """How sure the page of a rule is; empty where the page is not at hand."""
        page = self.knowledge.rules.get(reason.rule)
        return self.words.text(f"certainty.{page.certainty}") if page else ""

    def downtime(self, step: Step) -> str:
        """The downtime of one session."""
        low, high = step.downtime_days
        if step.lasts_weeks:
            return "–"
        if math.isnan(low) or math.isnan(high):
            return self.words.text("report.unknown")
        return self.words.count("unit.days", low, high)

    def step_rows(self) -> list[StepRow]:
        """A row for each treatment of the courses, with its weeks in each of them."""
        every = [step for course in self.plan.courses for step in course.steps]
        return [
            StepRow(
                treatment=name,
                when=tuple(self._when(name, course) for course in self.plan.courses),
                targets=tuple(dict.fromkeys(t for s in mine for t in s.targets)),
                first=mine[0],
            )
            for name in dict.fromkeys(step.treatment for step in every)
            for mine in [[step for step in every if step.treatment == name]]
        ]

    def _when(self, treatment: str, course: Course) -> str:
        """The weeks of a treatment in a course, or how long it goes on."""
        mine = [step for step in course.steps if step.treatment == treatment]
        if not mine:
            return "–"
        first = min(mine, key=lambda step: step.week)
        if first.lasts_weeks:
            weeks = self.words.count("unit.weeks", first.lasts_weeks)
            return self.words.text("plan.long", week=self.words.week(first.week), weeks=weeks)
        return self.words.weeks(sorted(step.week for step in mine))

    def sessions_told(self, course: Course) -> str:
        """What is done at the clinic in a course, and how often; or that all is done at home."""
        counts = Counter(step.treatment for step in course.steps if not step.lasts_weeks)
        told = [
            self.words.text("short.times", n=n, name=self.library.short_name(name))
            for name, n in counts.items()
        ]
        return ", ".join(told) or self.words.text("short.at_home")

    def dark_marks(self, course: Course) -> str:
        """The share of patients with lasting dark marks, and for how much somebody counted."""
        told = self.words.percent(*course.pih_percent)
        counted, every = limits.dark_marks_counted(course)
        if math.isnan(course.pih_percent[0]) or counted == every:
            return told
        return f"{told}; {self.words.text('plan.pih_counted', n=counted, all=every)}"

    def dark_marks_in_full(self, course: Course) -> str:
        """As :meth:`dark_marks`, with the treatments for which somebody counted."""
        names = self.words.listed(self.library.short_name(n) for n in course.pih_counted_for)
        return f"{self.dark_marks(course)}{f' ({names})' if names else ''}"

    def downtime_is_remembered(self, step: Step) -> bool:
        """True if the downtime of a treatment was not seen in print."""
        page = self.library.treatment(step.treatment)
        return bool(page and page.downtime_days and not page.downtime_days.verified)

    def longest_downtime(self, course: Course) -> str:
        """The longest downtime that one session of a course may bring."""
        known = [s.downtime_days for s in course.steps if not math.isnan(s.downtime_days[1])]
        longest = max(known, key=lambda days: days[1], default=(math.nan, math.nan))
        if math.isnan(longest[1]):
            return self.words.text("report.unknown")
        return self.words.count("unit.days", *longest)

    def placebo(self, expected: Expected) -> str:
        """What untreated skin did in the same studies, or why no number stands here."""
        found = expected.improvement
        if found.placebo_apart:
            return self.words.text("plan.placebo_apart")
        span = self.words.percent(found.placebo_low_percent, found.placebo_high_percent)
        return self.words.text("plan.placebo", span=span)

    def interval(self, expected: Expected) -> str:
        """Percent better, or that nothing could be counted."""
        found = expected.improvement
        if not found.is_known:
            return self.words.text("plan.uncounted")
        return self.words.percent(found.low_percent, found.high_percent)

    def care(self) -> list[Care]:
        """What to do before and after each treatment of the courses."""
        return care_of(self.plan.courses, words=self.words, library=self.library)

    def number_pages(self) -> list[Any]:
        """The assumption pages behind the numbers."""
        return [
            self.knowledge.assumptions[name]
            for name in NUMBER_PAGES
            if name in self.knowledge.assumptions
        ]

    def cautions(self) -> list[tuple[str, Any]]:
        """Each caution of a course, an answer or an open treatment, with its page if any."""
        return [(name, self.knowledge.cautions.get(name)) for name in self._caution_names]

    def conflicts(self) -> list[Any]:
        """The disagreements that touch this plan."""
        return limits.conflicts_that_spoke(self.plan, knowledge=self.knowledge)

    def remembered(self) -> list[Remembered]:
        """What the pages behind this plan only remember."""
        kept = limits.planned(self.plan)
        return [
            shown
            for one in self.library.remembered(limits.pages_behind(self.plan))
            if (shown := limits.as_shown(one, planned=kept)).places
        ]

    def checkers(self) -> list[limits.Checker]:
        """Who last looked at the pages."""
        return limits.checkers(limits.pages_behind(self.plan), knowledge=self.knowledge)

    def local_pages(self) -> list[limits.LocalPage]:
        """The clinic's own pages."""
        return limits.local_pages(self.plan, knowledge=self.knowledge)
