"""The first parts of the terminal output: patient, red flags, findings, grades, questions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cicatrix import vocabulary as v
from cicatrix.records import Answer, Finding, Grade, Question, RedFlag
from cicatrix.reporting.measures import type_in_words
from cicatrix.reporting.scored import points_told, scored_scar
from cicatrix.reporting.terminal_page import (
    QUIET,
    SIGNS,
    STRONG,
    TITLE,
    Page,
    heading,
    notes,
    table,
    visible,
)
from cicatrix.reporting.verdicts import group_of
from cicatrix.reporting.words import Words

Block = Iterator[RenderableType]

#: What is worth knowing of a finding, by group; what is absent is named as not noted.
_WANTED = {
    "depressed": (
        "count", "severity", "distensible", "tethered", "age_weeks", "width_mm", "depth_mm",
    ),
    "raised": ("count", "severity", "age_weeks", "width_mm", "height_mm"),
    "colour": ("count", "severity", "age_weeks"),
    "open": ("count", "severity", "age_weeks"),
}  # fmt: skip
_GROUP_OF = {name: group for group, names in v.FINDING_GROUPS.items() for name in names}
_MOST_UNLOCKED = 4
#: So many questions are explained in the brief view; the rest is only asked.
_MOST_EXPLAINED = 5


def patient_part(page: Page) -> Block:
    """Who it is about, in a few lines, and with which knowledge the plan was made."""
    plan, intake = page.plan, page.plan.case.intake
    name = visible(plan.case.name)
    head = Table.grid(expand=True, padding=(0, 1))
    head.add_column(ratio=1, overflow="fold")
    head.add_column(justify="right", overflow="fold", max_width=max(20, page.width // 2))
    versions = f"cicatrix {plan.cicatrix} · knowledge {plan.knowledge}"
    head.add_row(Text(f"Plan · {name or 'unnamed case'}", style=TITLE), Text(versions, style=QUIET))
    yield ""
    yield head
    lines = notes(style=QUIET)
    lines.add_row("Patient", Text(_person(page)))
    lines.add_row("Earlier", Text(_earlier(page)))
    lines.add_row("Wishes", Text(_wishes(page)))
    if intake.notes:
        lines.add_row("Notes", Text(visible(intake.notes)))
    lines.add_row("Verdicts", _tally(page))
    yield lines
    yield ""


def _person(page: Page) -> str:
    """The patient in one line; what decides much and is not known is said to be so."""
    intake, words = page.plan.case.intake, page.words
    facts = intake.facts
    age = facts.get("age")
    told = [f"{words.number(age)} years" if isinstance(age, (int, float)) else "age not known"]
    told.append(str(facts.get("sex", "sex not known")))
    told.append(_skin_type(page))
    if intake.monk:
        told.append(f"Monk tone {intake.monk} of 10")
    if not math.isnan(intake.ita_degrees):
        told.append(f"ITA {words.number(intake.ita_degrees)}°")
    acne = [
        _word(facts[name])
        for name in ("acne_severity", "acne_kind", "acne_lesions")
        if name in facts
    ]
    told.append(f"acne now: {', '.join(acne)}" if acne else "acne now: not known")
    forming = {v.YES: "new scars still form", v.NO: "no new scars form"}
    told.append(forming.get(str(facts.get("scarring_still")), "whether new scars form: not known"))
    return " · ".join(told)


def _skin_type(page: Page) -> str:
    intake = page.plan.case.intake
    if "fitzpatrick" in intake.facts:
        return f"Fitzpatrick {intake.facts['fitzpatrick']}"
    possible = intake.possible.get("fitzpatrick", ())
    if possible and len(possible) < len(v.FITZPATRICK):
        return f"Fitzpatrick not asked, tone leaves {possible[0]} to {possible[-1]}"
    return "Fitzpatrick type not known"


def _word(answer: Answer) -> str:
    if isinstance(answer, tuple):
        return ", ".join(word.replace("_", " ") for word in answer) or "no lesions"
    return str(answer).replace("_", " ")


def _earlier(page: Page) -> str:
    intake = page.plan.case.intake
    if not intake.earlier_known:
        return "earlier treatments not asked"
    told = []
    for one in intake.earlier:
        ago = "" if math.isnan(one.weeks_ago) else f", {page.words.ago(one.weeks_ago)}"
        result = f": {visible(page.words.term('result', one.result)).lower()}"
        told.append(f"{page.library.name(one.treatment)}{ago}{result}")
    return "; ".join(told) or "no earlier treatment"


def _wishes(page: Page) -> str:
    wishes, words = page.plan.case.wishes, page.words
    told = [f"“{visible(wishes.text)}”"] if wishes.text else []
    told += [f"asks for {page.library.name(name)}" for name in wishes.requested]
    told += [f"no {name.replace('_', ' ')}" for name in wishes.avoid]
    limits = (
        (wishes.max_downtime_days, "unit.days", "at most {} off a session"),
        (wishes.max_sessions, "unit.sessions", "at most {}"),
        (wishes.done_within_weeks, "unit.weeks", "done within {}"),
    )
    told += [text.format(words.count(unit, n)) for n, unit, text in limits if n < math.inf]
    if wishes.budget < math.inf:
        told.append(f"budget {words.money(wishes.budget, wishes.currency)}")
    told += ["little pain"] if wishes.low_pain == v.YES else []
    told += ["results that last"] if wishes.lasting == v.YES else []
    return " · ".join(told) or "none told"


def _tally(page: Page) -> Text:
    """How many treatments fell under each verdict."""
    counted = Counter(group_of(decision) for decision in page.plan.decisions)
    told = [
        f"{SIGNS[name]} {counted[name]} {page.words.term('verdict', name).lower()}"
        for name in SIGNS
        if counted[name]
    ]
    return Text(" · ".join(told))


def flag_part(page: Page) -> Block:
    """What must be acted on before any treatment."""
    if not page.plan.red_flags:
        yield Text("No red flag follows from the answers given.", style=QUIET)
    for flag in page.plan.red_flags:
        yield _flag(page, flag)
    yield ""


def _flag(page: Page, flag: RedFlag) -> Panel:
    stops = "stops all procedures" if flag.stops_procedures else "beside the plan"
    told = page.said(flag.text, flag.sources)
    told.append("\nDo: ", style=STRONG).append(flag.do.replace("_", " "), style=STRONG)
    title = Text(f" ‼ RED FLAG · {flag.urgency} · {stops} ", style="bold red")
    return Panel(told, title=title, title_align="left", box=box.HEAVY, border_style="red")


def finding_part(page: Page) -> Block:
    """The findings, with what is known of each and what nobody noted."""
    yield heading("What was found")
    if not page.plan.findings:
        yield Text("No finding was recorded or measured.")
        yield ""
        return
    made = table("Finding", "Count", "Severity", "Noted")
    for finding in page.plan.findings:
        name = Text(
            type_in_words(finding.type, also=finding.may_also_be, words=page.words), style=STRONG
        )
        made.add_row(
            name.append(f"\n{_place(finding, page.words)}", style="not bold"),
            _count(finding, page.words),
            _known(finding, "severity", page.words),
            _noted(finding, page.words),
        )
    yield made
    yield ""


def _count(finding: Finding, words: Words) -> str:
    told = _known(finding, "count", words)
    return words.text("number.at_least", n=told) if finding.is_counted_in_part else told


def _place(finding: Finding, words: Words) -> str:
    key = "place.middle" if finding.side == "middle" else "place.side"
    return words.text(
        key, site=words.term("site", finding.site), side=words.term("side", finding.side)
    )


def _known(finding: Finding, name: str, words: Words) -> str:
    value = finding.known.get(name)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "not known"
    decimals = 2 if name.endswith("_mm") else 1
    return (
        words.number(value, decimals=decimals) if isinstance(value, (int, float)) else _word(value)
    )


def _noted(finding: Finding, words: Words) -> Text:
    told = []
    for name, value in finding.known.items():
        if name in ("count", "severity"):
            continue
        known = _known(finding, name, words)
        label, _, unit = name.rpartition("_") if isinstance(value, float) else (name, "", "")
        if unit == "weeks" and isinstance(value, float):
            known, unit = words.count("unit.weeks", value), ""
        told.append(f"{label.replace('_', ' ')} {known} {unit}".strip())
    text = Text(f"{'measured' if finding.measured else 'seen'}; {', '.join(told)}".rstrip("; "))
    missing = [n for n in _WANTED[_GROUP_OF[finding.type]] if n not in finding.known]
    if missing:
        names = (n.removesuffix("_mm").removesuffix("_weeks") for n in missing)
        text.append(f"\nnot noted: {', '.join(names)}", style=QUIET)
    return text


def grade_part(page: Page) -> Block:
    """Every scale: those that the findings fill, and what the others still need."""
    if not page.plan.grades:
        return
    yield heading("Grades")
    made = table("Scale", "Value", "What is missing")
    for grade in sorted(page.plan.grades, key=lambda g: math.isnan(g.value)):
        scale = page.knowledge.scales.get(grade.scale)
        name = scale.short if scale else grade.scale.replace("_", " ")
        told = page.said(name, grade.sources, style=STRONG)
        if grade.site:
            told.append(f"\n{scored_scar(grade, page.words)}", style="not bold")
        made.add_row(
            told,
            _value(grade, page.words),
            Text("; ".join(grade.missing) or "nothing", style=QUIET if not grade.missing else ""),
        )
    yield made
    yield ""


_BY_HAND = "given by a clinician"


def _value(grade: Grade, words: Words) -> Text:
    reached = grade.bounds[0] if math.isnan(grade.value) else grade.value
    value = words.number(reached)
    if not math.isnan(reached) and not math.isnan(grade.maximum):
        value += f" of {words.number(grade.maximum)}"
    is_least = math.isnan(grade.value) and not math.isnan(reached)
    told = Text(words.text("number.at_least", n=value) if is_least else value)
    told.stylize("" if math.isnan(reached) else STRONG)
    if grade.label and not grade.label.startswith(words.text("number.at_least", n="")):
        told.append(f", {grade.label}", style="not bold")
    if grade.entered:
        points = f"scored: {points_told(grade, words)}" if grade.items > 1 else _BY_HAND
        told.append(f"\n{points}", style=f"not bold {QUIET}")
    if not grade.verified:
        told.append(f"\n{_remembered(grade)}", style=f"not bold {QUIET}")
    return told


def _remembered(grade: Grade) -> str:
    """What of a scale nobody has seen in print: some of the items scored, or the scale."""
    titles = [one.title for one in grade.entered if not one.verified]
    whole = len(titles) == len(grade.entered)
    return "scale not seen in print" if whole else f"not seen in print: {', '.join(titles)}"


def question_part(page: Page) -> Block:
    """What to ask next: the questions whose answers would change this plan."""
    if not page.plan.questions:
        return
    yield heading("Questions that would change the plan", note="most useful first")
    made = notes(style=STRONG)
    first_with: dict[tuple[str, ...], int] = {}
    several = len(page.plan.findings) > 1
    for number, question in enumerate(page.plan.questions, start=1):
        told = Text(page.words.of(question.ask), style=STRONG)
        if several and question.about:
            places = "; ".join(page.words.target(target) for target in question.about)
            told.append(f" ({places})", style=f"not bold {QUIET}")
        if page.is_full or number <= _MOST_EXPLAINED:
            same = first_with.setdefault((*question.unlocks, "", *question.changes), number)
            _explain(page, question, told, same="" if same == number else f"the same as Q{same}")
        made.add_row(f"Q{number}", told)
    yield made
    yield ""


def _explain(page: Page, question: Question, told: Text, *, same: str) -> None:
    """Why it is asked, and what the answer could open or change."""
    asked = page.knowledge.questions.get(question.fact)
    sources = [citation.id for citation in asked.sources] if asked else []
    told.append("\n").append(page.said(page.words.of(question.why), sources, style="not bold"))
    for lead, some in (("open", question.unlocks), ("change", question.changes)):
        if some:
            told.append(f"\nCould {lead} {len(some)}: ", style="not bold cyan")
            told.append(same or page.listed(some, most=_MOST_UNLOCKED), style="not bold")
