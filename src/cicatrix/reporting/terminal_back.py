"""The last parts of the terminal output: cautions, disagreements, sources, and a short end."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cicatrix.knowledge.reading_page import ConflictPage
from cicatrix.reporting.limits import cautions_raised, conflicts_of, conflicts_of_courses
from cicatrix.reporting.references import Reference
from cicatrix.reporting.terminal_page import NUMBER, QUIET, STRONG, Page, heading, notes

Block = Iterator[RenderableType]


def caution_part(page: Page) -> Block:
    """What to be careful about: what the answers raise first, then what the courses do."""
    raised = cautions_raised(page.plan)
    if not raised:
        return
    answers = {r.caution for d in page.plan.decisions for r in d.reasons}
    names = sorted(raised, key=lambda name: name not in answers)
    if not page.is_full:
        titles = [_caution_title(page, name) for name in names]
        yield heading("What to be careful about", note="in full: --full")
        yield Text("; ".join(titles) + ".")
        yield ""
        return
    yield heading("What to be careful about")
    made = notes(style="bold yellow")
    for name in names:
        caution = page.knowledge.cautions.get(name)
        told = Text(_caution_title(page, name), style=STRONG)
        if caution:
            sources = [citation.id for citation in caution.sources]
            told.append("\n").append(page.said(caution.clinician, sources, style="not bold"))
        made.add_row("!", told)
    yield made
    yield ""


def _caution_title(page: Page, name: str) -> str:
    caution = page.knowledge.cautions.get(name)
    return caution.title.en if caution else name.replace("_", " ")


def conflict_part(page: Page) -> Block:
    """Where sources disagree, and what is done about it here."""
    conflicts = _conflicts(page)
    if not conflicts:
        return
    yield heading("Where sources disagree", note="every side: cicatrix knowledge show C1")
    made = notes(style=STRONG)
    for conflict in conflicts:
        sources = [c.id for position in conflict.positions for c in position.sources]
        told = Text(conflict.question, style=STRONG)
        told.append("\n").append(page.said(f"Here: {conflict.handling}", sources, style="not bold"))
        made.add_row(conflict.id, told)
    yield made
    yield ""


def _conflicts(page: Page) -> list[ConflictPage]:
    """The disagreements behind a reason that spoke, or about a treatment in a course."""
    spoke = {reason.conflict for d in page.plan.decisions for reason in d.reasons}
    courses = conflicts_of_courses(page.plan, knowledge=page.knowledge)
    every = conflicts_of(page.plan, knowledge=page.knowledge)
    return [conflict for conflict in every if conflict in courses or conflict.id in spoke]


def source_part(page: Page) -> Block:
    """Every source cited above, with how far it was read."""
    cited = page.references.cited()
    if not cited:
        return
    yield heading("Sources", note="read: how much of it we had before us")
    made = Table.grid(padding=(0, 1, 0, 0))
    made.add_column(style=NUMBER, justify="right", no_wrap=True)
    made.add_column(overflow="fold")
    for reference in cited:
        made.add_row(f"[{reference.number}]", _source(reference))
    yield made
    yield ""


def _source(reference: Reference) -> Text:
    source = reference.source
    if source is None:
        return Text(f"{reference.id} (not in our list of sources)")
    year = str(source.year) if source.year else "year not printed"
    seen = f"read: {source.depth}" if source.seen else f"not seen, {source.depth}"
    return Text(" ".join(source.title.split())).append(f" ({year}; {seen})", style=QUIET)


def summary_part(page: Page) -> Block:
    """The end, which is what stays in view: the courses in a line each, and who decides."""
    plan, words = page.plan, page.words
    told = Text()
    for flag in plan.red_flags:
        told.append(f"‼ {flag.urgency}: {flag.do.replace('_', ' ')}\n", style="bold red")
    for course in plan.courses:
        told.append(f"{words.term('course', course.name)}: ", style=STRONG)
        told.append(
            f"{words.count('unit.sessions', course.sessions)} in "
            f"{words.count('unit.weeks', course.weeks)}: "
        )
        names = dict.fromkeys(step.treatment for step in course.steps if not step.lasts_weeks)
        told.append("; ".join(page.library.names(list(names))) or "home care only")
        told.append("\n")
    if not plan.courses:
        told.append("No course is planned; the reasons stand above.\n")
    if plan.questions:
        many = len(plan.questions)
        told.append(f"Open questions that would change this plan: {many} (Q1 first).\n")
    if plan.stale_pages:
        told.append(f"Not looked at for two years: {', '.join(plan.stale_pages)}.\n")
    told.append(
        "This is no diagnosis. A qualified professional decides, together with the patient.",
        style=STRONG,
    )
    yield Panel(told, title="In short", title_align="left", box=box.ROUNDED, border_style="cyan")
