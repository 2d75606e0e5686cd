"""A plan for the terminal: what was found, what was decided and why, and the courses.

It shows and decides nothing. Every text goes to the terminal as it stands: square brackets in
a note are never read as styling. All that is told by a colour is also told by a sign or a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from cicatrix.reporting.library import Library
from cicatrix.reporting.references import References
from cicatrix.reporting.terminal_back import (
    caution_part,
    conflict_part,
    source_part,
    summary_part,
)
from cicatrix.reporting.terminal_courses import course_part, left_out_part, not_shown_part
from cicatrix.reporting.terminal_decisions import decision_part, reason_part
from cicatrix.reporting.terminal_front import (
    finding_part,
    flag_part,
    grade_part,
    patient_part,
    question_part,
)
from cicatrix.reporting.terminal_page import WIDEST, Page, Printed
from cicatrix.reporting.terminal_scars import scan_part
from cicatrix.reporting.words import report_words

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from cicatrix.knowledge import Knowledge
    from cicatrix.records import Plan

Part = Callable[["Page"], Iterable["RenderableType"]]

#: The parts in reading order; each gives what to print, or nothing.
FULL: tuple[Part, ...] = (
    patient_part,
    flag_part,
    scan_part,
    finding_part,
    grade_part,
    question_part,
    decision_part,
    reason_part,
    course_part,
    not_shown_part,
    left_out_part,
    caution_part,
    conflict_part,
    source_part,
    summary_part,
)
#: What explains further: the report holds it too.
_FURTHER = (reason_part, conflict_part)
BRIEF: tuple[Part, ...] = tuple(part for part in FULL if part not in _FURTHER)


def print_plan(
    plan: Plan, *, knowledge: Knowledge, console: Console, view: Literal["brief", "full"] = "full"
) -> None:
    """Print a plan for people, as wide as the console but never wider than is readable.

    The ``brief`` view keeps everything that was found, every treatment with the main reason of
    its verdict, and every course; the ``full`` one adds all reasons in full, what each caution
    means, and where sources disagree.
    """
    words = report_words()
    page = Page(
        plan=plan,
        knowledge=knowledge,
        words=words,
        library=Library(knowledge, words),
        references=References(knowledge.sources),
        width=min(console.width, WIDEST),
        view=view,
    )
    for part in FULL if view == "full" else BRIEF:
        for block in part(page):
            console.print(Printed(block), width=page.width, highlight=False, markup=False, end="")
