"""The patient's handout: a plan in everyday words, in one of the languages that have texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.reading_page import ConflictPage, QuestionPage
from cicatrix.knowledge.statements import Source
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.records import Course, Decision, Expected, Plan, Question, Target
from cicatrix.reporting import limits
from cicatrix.reporting.aftercare import Care, care_of
from cicatrix.reporting.body_map import draw_body_map
from cicatrix.reporting.course_calendar import course_in_words, draw_calendar
from cicatrix.reporting.depth_map import NARROW, draw_depth_map, place_of
from cicatrix.reporting.document import fill
from cicatrix.reporting.expected_words import (
    better_told,
    dark_marks_told,
    placebo_told,
    short_source,
)
from cicatrix.reporting.found import finding_rows
from cicatrix.reporting.handout_notes import (
    Note,
    Sign,
    cautions_told,
    left_out_told,
    signs_of,
    verdicts_told,
)
from cicatrix.reporting.library import Library, ids
from cicatrix.reporting.references import References
from cicatrix.reporting.scored import ScoredLine, scored_lines
from cicatrix.reporting.verdicts import grouped
from cicatrix.reporting.without_course import flag_stops_all, is_untold, nothing_to_treat
from cicatrix.reporting.words import Words, words_for
from cicatrix.vocabulary import Role

#: More treatments than this are counted, not named.
MOST_NAMES = 4
#: The doctor has the full list; on this sheet a statement cites its first source.
MOST_SOURCES = 1
#: More questions than these nobody asks in one visit.
MOST_QUESTIONS = 8


def render_handout_html(plan: Plan, *, knowledge: Knowledge, language: str = "en") -> str:
    """The handout as one self-contained HTML page.

    Raises
    ------
    CicatrixError
        For a language that has no texts.
    """
    words = words_for(language)
    references = References(knowledge.sources)
    view = HandoutView(plan, knowledge=knowledge, words=words)
    return fill(
        "handout.html.j2",
        style="handout",
        words=words,
        plan=plan,
        cicatrix=plan.cicatrix,
        view=view,
        library=view.library,
        ids=ids,
        numbers=lambda names: references.numbers(tuple(names)[:MOST_SOURCES]),
        cited=references.cited,
    )


class HandoutView:
    """What the template of the handout asks for; it shows and decides nothing."""

    #: So many questions are explained; the rest is only asked.
    most_questions = MOST_QUESTIONS

    def __init__(self, plan: Plan, *, knowledge: Knowledge, words: Words) -> None:
        self.plan = plan
        self.knowledge = knowledge
        self.words = words
        self.library = Library(knowledge, words)
        self.groups = grouped(plan.decisions)
        self.planned = limits.planned(plan)
        care = care_of(plan.courses and [self.shown_course()], words=words, library=self.library)
        self._care = {one.treatment: one for one in care}

    def findings(self) -> list[Any]:
        """The findings as rows."""
        return finding_rows(self.plan.findings, words=self.words, key="sign")

    def scored(self) -> list[ScoredLine]:
        """What a clinician scored on published scales."""
        return scored_lines(
            self.plan.grades, knowledge=self.knowledge, words=self.words, library=self.library
        )

    def is_counted_in_part(self) -> bool:
        """True if a scan is all that counted some of them."""
        return any(finding.is_counted_in_part for finding in self.plan.findings)

    def body_map(self) -> Any:
        """The picture of the findings."""
        return draw_body_map(self.plan.findings, words=self.words).markup()

    def shown_course(self) -> Course:
        """The course that is told in full: the middle one, of two the milder."""
        return self.plan.courses[(len(self.plan.courses) - 1) // 2]

    def other_courses(self) -> list[Course]:
        """The courses that are told in a few lines."""
        return [course for course in self.plan.courses if course is not self.shown_course()]

    def course_told(self, course: Course) -> str:
        """A course in words: visits with their weeks and days off, and what is done at home."""
        return course_in_words(course, words=self.words, names=self.library.short_name)

    def depth_maps(self) -> list[tuple[str, Any]]:
        """Where the scars of each capture are and how deep: the place, and the picture."""
        return [
            (
                place_of(scan, self.words),
                draw_depth_map(
                    scan, words=self.words, key=f"depth-map-{number}", width=NARROW
                ).markup(),
            )
            for number, scan in enumerate(self.plan.case.measured, start=1)
        ]

    def calendar(self, course: Course) -> Any:
        """The picture of one course."""
        return draw_calendar(
            course,
            words=self.words,
            names=self.library.short_name,
            deadline=self.plan.case.wishes.done_within_weeks,
            key=f"calendar-{course.name}",
        ).markup()

    def education(self, name: str) -> Any:
        """An education page, or None where this knowledge does not hold it."""
        return self.knowledge.education.get(name)

    def notes(self, group: str) -> list[Note]:
        """The reasons of one group of decisions, each with all treatments it is about."""
        decisions = self.groups[group]
        if group == "caution":
            return cautions_told(decisions, words=self.words, library=self.library)
        return verdicts_told(decisions, words=self.words, library=self.library)

    def not_planned(self) -> list[Note]:
        """Why open treatments stand in no plan."""
        left = self.plan.not_planned
        return left_out_told(left, words=self.words, library=self.library)

    def not_shown(self) -> list[Note]:
        """What the plans hold although nobody can say that a wish comes true with it."""
        open_ones = self.plan.not_shown
        return left_out_told(open_ones, words=self.words, library=self.library)

    def waiting(self) -> str:
        """The treatments that wait for an answer, by name."""
        return self.short_names(d.treatment for d in self.groups["ask"])

    def asks(self) -> list[Note]:
        """Deciding questions that the list of questions at the end does not hold."""
        listed = {question.fact for question in self.plan.questions}
        waiting: dict[str, list[str]] = {}
        for decision in self.groups["ask"]:
            for fact in decision.asks:
                page = self._question(fact)
                if page is None or page.id not in listed:
                    name = self.library.short_name(decision.treatment)
                    waiting.setdefault(fact, []).append(name)
        return [
            Note(text=text, names=tuple(names), sources=())
            for fact, names in waiting.items()
            if (text := self._asked(fact))
        ]

    def is_yes_or_no(self, question: Question) -> bool:
        """True if yes and no are all there is to answer."""
        page = self._question(question.fact)
        return page is None or set(page.answers) == {v.YES, v.NO}

    def length(self, course: Course) -> str:
        """How many sessions in how many weeks; only the weeks where all is done at home."""
        weeks = self.words.count("unit.weeks", course.weeks)
        if not course.sessions:
            return self.words.text("plan.facts_at_home", weeks=weeks)
        sessions = self.words.count("unit.sessions", course.sessions)
        return self.words.text("plan.facts", sessions=sessions, weeks=weeks)

    def questions(self) -> Sequence[Question]:
        """The unanswered questions that would change the plan."""
        return self.plan.questions

    def questions_to_ask(self) -> list[str]:
        """What the patient may ask: of each treatment of the plan the first, then the second."""
        pages = [page for name in self._concerned() if (page := self.library.treatment(name))]
        most = max((len(page.questions_to_ask) for page in pages), default=0)
        asked = [
            self.library.text(page.questions_to_ask[rank])
            for rank in range(most)
            for page in pages
            if rank < len(page.questions_to_ask)
        ]
        return list(dict.fromkeys(asked))[:MOST_QUESTIONS]

    def signs(self) -> Mapping[str, list[Sign]]:
        """The warning signs of the plan and of what was done lately, by how fast to act."""
        return signs_of(dict.fromkeys((*self._concerned(), *self._lately())), library=self.library)

    def care(self, treatment: str) -> Care:
        """What to do before and after a treatment of the plan."""
        return self._care.get(treatment) or Care(treatment=treatment, before=(), after=())

    def leading(self, group: str) -> list[Decision]:
        """The treatments of a group that come first, or that a course holds."""
        return [d for d in self.groups[group] if self._leads(d)]

    def second(self, group: str) -> str:
        """The second choices of a group that no course holds, by name."""
        return self._others(group, Role.SECOND_LINE)

    def adding(self, group: str) -> str:
        """The treatments of a group that only add to others, by name."""
        return self._others(group, Role.ADJUNCT, Role.SUPPORTIVE)

    def _others(self, group: str, *roles: Role) -> str:
        rest = (d for d in self.groups[group] if not self._leads(d))
        return self.short_names(d.treatment for d in rest if d.role in roles)

    def _leads(self, decision: Decision) -> bool:
        return decision.role is Role.FIRST_LINE or decision.treatment in self.planned

    def short_names(self, treatments: Iterable[str]) -> str:
        """Some treatments by their short names."""
        return ", ".join(self.library.short_name(name) for name in treatments)

    def first_sentence(self, page: TreatmentPage) -> str:
        """What a treatment is, in one sentence."""
        return self.library.text(page.plain).partition(". ")[0].rstrip(".") + "."

    def about(self, note: Note, group: str) -> str:
        """For which treatments a reason counts: their names, or how many of the group."""
        if len(note.names) <= MOST_NAMES:
            return self.words.text("options.about", names=", ".join(note.names))
        every = len(self.groups[group])
        if len(note.names) == every:
            return self.words.text("options.about_all")
        return self.words.text("options.about_some", n=len(note.names), all=every)

    def left_alone(self, decision: Decision) -> str:
        """The findings that a treatment must leave alone."""
        return "; ".join(self.words.target(one.target) for one in decision.excluded)

    def opens(self, question: Question) -> str:
        """Which treatments the answer to a question could open, or else change."""
        some = question.unlocks or question.changes
        key = "ask.opens" if question.unlocks else "ask.changes"
        if len(some) > MOST_NAMES:
            return self.words.text(f"{key}_many", n=len(some))
        return self.words.text(key, names=self.short_names(some))

    def place(self, question: Question) -> str:
        """The findings of which it is asked, where there are several."""
        if not question.about or len(self.plan.findings) == 1:
            return ""
        return self.words.targets(question.about)

    def placebo(self, expected: Expected) -> str:
        """How much better skin with no real care became in the same studies, if counted."""
        return placebo_told(expected, words=self.words)

    def short_source(self, source: Source) -> str:
        """First author, journal and year of a source; its title where no author was printed."""
        return short_source(source, words=self.words)

    def bar(self, expected: Expected) -> str:
        """The style of a bar from the low to the high end, between 0 and 100."""
        low = max(0.0, expected.improvement.low_percent)
        width = max(1.0, expected.improvement.high_percent - low)
        return f"margin-left:{low:.0f}%;width:{width:.0f}%"

    def parts(self) -> list[TreatmentPage]:
        """The pages of the treatments in the courses."""
        return [page for name in self.planned if (page := self.library.treatment(name))]

    def judge(self, page: TreatmentPage) -> str:
        """After how many weeks a treatment may be judged."""
        if page.onset_weeks is None:
            return self.words.text("expect.judge_unknown")
        weeks = self.words.count("unit.weeks", page.onset_weeks.low, page.onset_weeks.high)
        return self.words.text("expect.after", weeks=weeks)

    def targets(self) -> list[tuple[Target, ...]]:
        """Every finding for which a course expects something; those that fare alike together."""
        return limits.expected_alike(self.plan.courses)

    def expected(self, course: Course, target: Target) -> Expected | None:
        """What a course may do for a finding; None where the finding is not part of it."""
        return next((e for e in course.expected if e.target == target), None)

    def better(self, expected: Expected) -> str:
        """``about 20 to 45 out of 100 better``, in the language of the page."""
        return better_told(expected, words=self.words)

    def certainties(self, target: Target) -> list[str]:
        """How sure we are of what the courses may do for a finding, each wording once."""
        found = (self.expected(course, target) for course in self.plan.courses)
        return list(
            dict.fromkeys(
                self.words.text(f"certainty.{e.improvement.certainty}") for e in found if e
            )
        )

    def dark_marks(self, course: Course) -> str:
        """How many of 100 people get dark marks that last, and for how much somebody counted."""
        return dark_marks_told(course, words=self.words)

    def conflicts(self) -> list[Any]:
        """The disagreements about the treatments of the plan."""
        return limits.conflicts_of_courses(self.plan, knowledge=self.knowledge)

    def sources_of(self, page: ConflictPage) -> tuple[str, ...]:
        """The sources of both sides of a disagreement."""
        return tuple(name for side in page.positions for name in ids(side.sources))

    def courses_of(self, treatment: str) -> list[str]:
        """The courses that hold a treatment."""
        return [
            self.words.text(f"course.{course.name}")
            for course in self.plan.courses
            if any(step.treatment == treatment for step in course.steps)
        ]

    def no_plan(self) -> str:
        """Why there is no course, in everyday words."""
        if any(flag.stops_procedures for flag in self.plan.red_flags):
            return self.words.text("plan.none_flag")
        if nothing_to_treat(self.plan):
            return self.words.text("plan.none_found")
        return self.words.text("plan.none")

    def no_marks(self) -> str:
        """That there are none, or that nobody told."""
        return self.words.text("have.not_told" if is_untold(self.plan) else "have.none")

    def group_title(self, group: str) -> str:
        """What stands over a group of treatments; under a flag that stops all, it is for later."""
        rules = (self.knowledge.rules.get(flag.rule) for flag in self.plan.red_flags)
        flags = [rule.red_flag for rule in rules if rule is not None and rule.red_flag is not None]
        waits = any(flag.waits == "everything" for flag in flags)
        return self.words.text(f"options.{group}{'_later' if waits else ''}")

    def why_no_plan(self) -> list[str]:
        """What stands in the way of a plan, and what would have to give way."""
        if flag_stops_all(self.plan) or nothing_to_treat(self.plan):
            return []
        because = [self.words.of(one) for one in self.plan.no_course_because_patient]
        ways = [self.words.of(way.patient) for way in self.plan.relaxations]
        return [text for text in (*because, *ways) if text]

    def last_checked(self) -> str:
        """The day on which somebody last looked at the pages behind this handout."""
        found = limits.checkers(limits.pages_behind(self.plan), knowledge=self.knowledge)
        return self.words.date(max(one.on for one in found)) if found else ""

    def is_unsigned(self) -> bool:
        """True if nobody but the authors has looked at the pages."""
        found = limits.checkers(limits.pages_behind(self.plan), knowledge=self.knowledge)
        return bool(found) and all(one.by.startswith(limits.OWN_AUTHORS) for one in found)

    def _concerned(self) -> tuple[str, ...]:
        """The treatments of the courses, or those that are open where there is no course."""
        open_ones = (*self.groups["suitable"], *self.groups["caution"])
        return self.planned or tuple(d.treatment for d in open_ones)

    def _lately(self) -> tuple[str, ...]:
        """What was done before and may still work: its warning signs hold on."""
        return tuple(
            one.treatment
            for one in self.plan.case.intake.earlier
            if (page := self.library.treatment(one.treatment)) and page.lasts.weeks
            if not one.weeks_ago > page.lasts.weeks.high
        )

    def _question(self, fact: str) -> QuestionPage | None:
        kind, _, name = fact.rpartition(".")
        return self.knowledge.questions.get(f"finding_{name}" if kind else name)

    def _asked(self, fact: str) -> str:
        page = self._question(fact)
        return self.library.text(page.ask) if page else ""
