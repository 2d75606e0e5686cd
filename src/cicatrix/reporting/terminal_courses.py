"""The courses: a calendar each, the numbers side by side, and why there may be none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cicatrix import vocabulary as v
from cicatrix.records import Course, Improvement, NotPlanned, NotShown, Target
from cicatrix.reporting.limits import dark_marks_counted
from cicatrix.reporting.terminal_calendar import draw_calendar, key_of_signs
from cicatrix.reporting.terminal_page import QUIET, STRONG, TITLE, Page, heading, table

Block = Iterator[RenderableType]

#: Columns of a bar that stands for 0 to 100 percent.
_BAR_COLUMNS = 20
_BAR_ROOM = 22
_SCALE = "bars run from 0 to 100% better"
_RECKONED = (
    "Courses are chosen by these, certainty, role, severity and dark marks together, so for one "
    "finding a stronger course may show less than a milder one."
)
_DARK_MARKS = "hyperpigmentation"


def course_part(page: Page) -> Block:
    """Up to three courses, or why there is none and what would make one possible."""
    courses = page.plan.courses
    if not courses:
        yield heading("No course")
        yield _no_course(page)
        yield ""
        return
    yield heading(
        "Courses" if len(courses) > 1 else "The course", note="week 1 is the week of the start"
    )
    yield key_of_signs()
    yield ""
    for course in courses:
        yield _title(page, course)
        yield draw_calendar(course, words=page.words, names=page.library.name, width=page.width)
        yield from _notes(page, course)
        yield ""
    yield heading(
        "What the courses may bring" if len(courses) > 1 else "What it may bring", note=_SCALE
    )
    yield _numbers(page)
    if len(courses) > 1:
        yield Text(_RECKONED, style=QUIET)
    yield ""


def _title(page: Page, course: Course) -> Text:
    words = page.words
    line = Text(words.term("course", course.name).upper(), style=TITLE)
    wished = page.plan.case.wishes.done_within_weeks
    within = f" (wished: within {words.number(wished)})" if wished < math.inf else ""
    facts = [
        words.count("unit.sessions", course.sessions),
        words.count("unit.weeks", course.weeks) + within,
    ]
    return line.append(f"  {' · '.join(facts)}", style="not bold default")


def _notes(page: Page, course: Course) -> Block:
    """Under a calendar: upkeep, and how far the search went."""
    for top_up in course.upkeep:
        treatment = page.library.treatment(top_up.treatment)
        said_by = (
            treatment.lasts.top_up_every_weeks.sources
            if treatment and treatment.lasts.top_up_every_weeks
            else ()
        )
        every = page.words.count("unit.weeks", *top_up.every_weeks)
        yield page.said(
            f"Upkeep: {page.library.name(top_up.treatment)}, top-up from "
            f"{page.words.week(top_up.first_week)} on, every {every}.",
            [citation.id for citation in said_by],
        )
    yield Text(_proof(page, course), style=QUIET)


def _proof(page: Page, course: Course) -> str:
    proof = course.proof
    value, bound = (page.words.number(n, decimals=0) for n in (proof.objective, proof.bound))
    if proof.status == "optimal":
        return (
            f"Proof: optimal: value {value} = bound {bound}; no course within these limits that "
            "heeds the pages and the wishes scores higher, whatever its weeks."
        )
    return f"Proof: {proof.status}: value {value}, bound {bound}; a better course may exist."


Cell = Callable[[Page, Course], Text]


def _numbers(page: Page) -> Table:
    """One column a course: sessions, time, what may be gained, what it may cost."""
    made = table()
    made.add_column("", ratio=28, overflow="fold")
    for course in page.plan.courses:
        name = page.words.term("course", course.name)
        made.add_column(name, header_style=STRONG, ratio=22, overflow="fold")
    rows: list[tuple[str, Cell]] = [
        ("Sessions at the clinic", _sessions),
        ("Weeks", lambda page, course: Text(page.words.number(course.weeks))),
        ("Longest time off after one session", _time_off),
        *((_about(page, target), _gain(target)) for target in _targets(page)),
        ("Risk of dark marks (PIH)", _dark_marks),
        ("Cost of the sessions", _cost),
    ]
    for label, cell in rows:
        made.add_row(label, *(cell(page, course) for course in page.plan.courses))
    return made


def _targets(page: Page) -> dict[Target, None]:
    return {e.target: None for course in page.plan.courses for e in course.expected}


def _about(page: Page, target: Target) -> str:
    return f"{page.words.target(target)}: improvement"


def _sessions(page: Page, course: Course) -> Text:
    return Text(page.words.number(course.sessions))


def _time_off(page: Page, course: Course) -> Text:
    days = [step.downtime_days for step in course.steps if not step.lasts_weeks]
    known = [pair for pair in days if not math.isnan(pair[1])]
    longest = max(known, key=lambda pair: pair[1], default=None)
    told = Text("no session" if not days else "not known")
    if longest is not None:
        told = Text(page.words.count("unit.days", *longest))
    if known and len(known) < len(days):
        told.append("; for some not known", style=QUIET)
    return told


def _gain(target: Target) -> Cell:
    def cell(page: Page, course: Course) -> Text:
        found = next((e.improvement for e in course.expected if e.target == target), None)
        if found is None:
            return Text("not treated", style=QUIET)
        return _interval(page, found)

    return cell


def _interval(page: Page, found: Improvement) -> Text:
    """Percent better with its certainty, a bar, and what untreated skin did in the studies."""
    if not found.is_known:
        return page.said("not known", found.sources, style=QUIET).append("\n")
    told = Text(page.words.percent(found.low_percent, found.high_percent), style=STRONG)
    if page.width // (len(page.plan.courses) + 1) >= _BAR_ROOM:
        told.append(f"\n{bar(found.low_percent, found.high_percent)}", style="not bold cyan")
    certainty = page.words.term("certainty", found.certainty)
    told.append("\n").append(page.said(f"certainty {certainty}", found.sources, style="not bold"))
    if found.placebo_apart:
        told.append("\nuntreated or placebo: not combined", style=f"not bold {QUIET}")
    elif not math.isnan(found.placebo_low_percent):
        placebo = page.words.percent(found.placebo_low_percent, found.placebo_high_percent)
        told.append(f"\nuntreated or placebo: {placebo}", style=f"not bold {QUIET}")
    return told.append("\n")


def bar(low_percent: float, high_percent: float) -> str:
    """An interval between 0 and 100 percent as a bar; what reaches below 0 starts with ``<``."""
    low, high = (
        min(100.0, max(0.0, end)) / 100 * _BAR_COLUMNS for end in (low_percent, high_percent)
    )
    start, end = math.floor(low), max(math.floor(low) + 1, math.ceil(high))
    start = min(start, _BAR_COLUMNS - 1)
    cells = ["·"] * _BAR_COLUMNS
    cells[start:end] = ["━"] * (min(end, _BAR_COLUMNS) - start)
    if low_percent < 0:
        cells[0] = "<"
    return "".join(cells)


def _dark_marks(page: Page, course: Course) -> Text:
    """The share of patients with lasting dark marks, where somebody counted."""
    low, high = course.pih_percent
    if math.isnan(low):
        return Text("not known", style=QUIET)
    names = dict.fromkeys(step.treatment for step in course.steps)
    sources = [name for treatment in names for name in _who_counted(page, treatment)]
    told = Text(page.words.percent(low, high), style=STRONG)
    told.append(" ").append(page.said("of patients", sources, style="not bold"))
    counted, every = dark_marks_counted(course)
    if counted < every:
        told.append(f"; counted for {counted} of {every} treatments", style=QUIET)
    return told


def _who_counted(page: Page, treatment: str) -> list[str]:
    """The sources that counted dark marks after a treatment, for the possible skin types."""
    intake = page.plan.case.intake
    asked = intake.facts.get("fitzpatrick")
    types = {str(asked)} if asked else set(intake.possible.get("fitzpatrick", v.FITZPATRICK))
    found = page.library.treatment(treatment)
    return [
        citation.id
        for event in (found.adverse_events if found else ())
        if event.event == _DARK_MARKS and event.percent_low is not None
        if not event.fitzpatrick or types & set(event.fitzpatrick)
        for citation in event.sources
    ]


def _cost(page: Page, course: Course) -> Text:
    if not math.isnan(course.cost):
        amount = page.words.money(course.cost, course.currency)
        return Text(amount if course.currency else f"{amount} (currency not given)")
    if course.unpriced:
        return Text(f"not known, no price for: {'; '.join(page.library.names(course.unpriced))}")
    return Text("no session to pay" if not course.sessions else "not known", style=QUIET)


def _no_course(page: Page) -> Panel:
    told = Text()
    for because in page.plan.no_course_because or ("Nothing that was found can be planned for.",):
        told.append(f"{because}\n", style=STRONG)
    ways = page.plan.relaxations
    if any(way.together_with for way in ways):
        told.append("\nThe nearest way out, all of these together (none is enough by itself):\n")
    elif ways:
        told.append("\nThe nearest ways out, each by itself:\n")
    for way in ways:
        told.append(f"→ {way.instead}", style=STRONG).append(f", in place of: {way.now}\n")
    told.rstrip()
    return Panel(told, box=box.ROUNDED, border_style="yellow")


def left_out_part(page: Page) -> Block:
    """Treatments that nothing medical rules out and that still stand in no course."""
    yield from _with_reasons(
        page, page.plan.not_planned, title="In no course, because of a wish or the clinic"
    )


def not_shown_part(page: Page) -> Block:
    """What the courses hold although nobody can show that a wish is fulfilled by it."""
    yield from _with_reasons(
        page, page.plan.not_shown, title="In a course, but a wish may not be fulfilled"
    )


def _with_reasons(page: Page, told_of: Iterable[NotPlanned | NotShown], *, title: str) -> Block:
    """Each reason once, with the treatments it is about."""
    names: dict[str, list[str]] = {}
    for one in told_of:
        names.setdefault(" ".join(one.why.split()), []).append(page.library.name(one.treatment))
    if names:
        yield heading(title)
    for why, treatments in names.items():
        if len(treatments) == 1:
            yield Text(treatments[0], style=STRONG).append(f" {why}", style="not bold")
        else:
            told = Text(f"Each of these {why.rstrip('.')}: ")
            yield told.append("; ".join(treatments), style=STRONG)
    if names:
        yield ""
