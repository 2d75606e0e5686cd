"""Every treatment with its verdict, and the reasons in full."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cicatrix.records import Decision, Reason
from cicatrix.reporting.terminal_page import (
    QUIET,
    SIGNS,
    STRONG,
    STYLES,
    WIDE,
    Page,
    heading,
    notes,
    table,
)
from cicatrix.reporting.verdicts import NOT_INDICATED, Shared, grouped, is_rule, rules_of, shared

Block = Iterator[RenderableType]

_MOST_ABOUT = 6


def decision_part(page: Page) -> Block:
    """A row for every treatment, by verdict; those made for other findings are only named."""
    total = len(page.plan.decisions)
    note = "R numbers lead to the reasons below" if page.is_full else "every reason: --full"
    yield heading(f"All {total} treatments", note=note)
    rules = rules_by_reason(page)
    has_header = False
    for name, decisions in grouped(page.plan.decisions).items():
        if not decisions:
            continue
        yield _group_line(page, name, len(decisions))
        if name == NOT_INDICATED:
            yield _not_indicated(page, decisions, rules)
        else:
            made = _table(page, name, decisions, rules)
            made.show_header, has_header = not has_header, True
            yield made
        yield ""


def rules_that_spoke(page: Page) -> list[Shared]:
    """Each rule once, with all treatments that it is about."""
    return shared(page.plan.decisions, reasons_of=rules_of)


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A rule that spoke: its R number, and about how many treatments it spoke."""

    number: int
    breadth: int


Rules = dict[tuple[str, str], Spoken]


def rules_by_reason(page: Page) -> Rules:
    """The number and the breadth of each reason."""
    return {
        (one.reason.rule, one.reason.text): Spoken(number=number, breadth=len(one.treatments))
        for number, one in enumerate(rules_that_spoke(page), start=1)
    }


def _group_line(page: Page, name: str, count: int) -> Text:
    style = f"bold {STYLES[name]}"
    line = Text(f"{SIGNS[name]} {page.words.term('verdict', name).upper()}", style=style)
    line.append(f" · {count}", style=style)
    return line.append(f"  {page.words.term('verdict_means', name)}", style=f"not bold {QUIET}")


def _table(page: Page, name: str, decisions: list[Decision], rules: Rules) -> Table:
    made = table()
    made.add_column("", width=1)
    made.add_column("Treatment", ratio=26, overflow="fold")
    if page.width >= WIDE:
        made.add_column("For", ratio=22, overflow="fold")
        made.add_column("Expected", ratio=18, overflow="fold")
    else:
        made.add_column("For, expected", ratio=24, overflow="fold")
    made.add_column("Why", ratio=36, overflow="fold")
    sign = Text(SIGNS[name], style=f"bold {STYLES[name]}")
    for decision in decisions:
        title = Text(page.library.name(decision.treatment), style=STRONG)
        word = page.words.term("verdict", name).lower()
        role = page.words.term("role", decision.role).lower()
        title.append(f"\n{word}, {role}", style=f"not bold {QUIET}")
        aim, expected = _aim(page, decision), _expected(page, decision)
        middle = (aim, expected) if page.width >= WIDE else (aim.append("\n").append(expected),)
        made.add_row(sign, title, *middle, _why(page, decision, rules))
    return made


def _aim(page: Page, decision: Decision) -> Text:
    """What it is for, and what it must leave alone."""
    aim = Text(page.aims(decision.targets))
    if not decision.targets:
        treatment = page.library.treatment(decision.treatment)
        on_acne = treatment and any("acne" in fit.types for fit in treatment.suits)
        aim = Text("active acne" if on_acne else "the whole person")
    if decision.excluded:
        left = page.aims([left.target for left in decision.excluded])
        aim.append(f"\nnot on {left}", style=QUIET)
    return aim


def _expected(page: Page, decision: Decision) -> Text:
    """How much better, in percent, and how sure that is."""
    effect = page.plan.effects.get(decision.treatment)
    if effect is None or not effect.sources:
        return Text("effect not known", style=QUIET)
    certainty = page.words.term("certainty", effect.certainty)
    if not effect.is_known:
        return page.said(f"percent not known, certainty {certainty}", effect.sources, style=QUIET)
    told = Text(page.words.percent(effect.low_percent, effect.high_percent), style=STRONG)
    told.append(" ").append(
        page.said(f"better, certainty {certainty}", effect.sources, style="not bold")
    )
    placebo = page.words.percent(effect.placebo_low_percent, effect.placebo_high_percent)
    if not math.isnan(effect.placebo_low_percent):
        told.append(f"\nuntreated or placebo: {placebo}", style=f"not bold {QUIET}")
    return told


def _why(page: Page, decision: Decision, rules: Rules) -> Text:
    """The main reason: the strictest rule that spoke, of several the one about the fewest."""
    spoke = sorted(rules_of(decision), key=lambda reason: _weight(reason, rules))
    if not spoke:
        return _fit(page, decision)
    main, *others = spoke
    told = Text(f"R{_number(main, rules)} " if page.is_full else "", style=STRONG)
    told.append(page.said(page.library.title_of(main), main.sources, style="not bold"))
    if others:
        more = f"also {_numbers(others, rules)}" if page.is_full else f"and {len(others)} more"
        told.append(f"; {more}", style="not bold")
    if decision.until:
        told.append(f"\nUntil {decision.until}", style="not bold")
    if decision.asks:
        told.append(f"\nAnswer first: {_asked(page, decision)}", style="not bold")
    return told


def _numbers(reasons: Iterable[Reason], rules: Rules) -> str:
    return ", ".join(f"R{number}" for number in sorted({_number(r, rules) for r in reasons}))


def _number(reason: Reason, rules: Rules) -> int:
    return rules[reason.rule, reason.text].number


def _weight(reason: Reason, rules: Rules) -> tuple[int, int]:
    spoken = rules[reason.rule, reason.text]
    return (-reason.verdict.strictness, spoken.breadth)


def _fit(page: Page, decision: Decision) -> Text:
    fits = [reason for reason in decision.reasons if not is_rule(reason)]
    told = Text()
    for reason in fits[:1]:
        told.append(page.said(reason.text, reason.sources))
        if reason.conflict:
            told.append(f" Sources disagree: {reason.conflict}.", style=QUIET)
    return told


def _asked(page: Page, decision: Decision) -> str:
    """The open questions of a treatment by their Q numbers; by their names where not asked."""
    numbers = {q.fact: n for n, q in enumerate(page.plan.questions, start=1)}
    keys = [fact.replace(".", "_") for fact in decision.asks]
    asked = sorted(numbers[key] for key in keys if key in numbers)
    rest = [key.replace("_", " ") for key in keys if key not in numbers]
    return ", ".join([*(f"Q{number}" for number in asked), *rest])


def _not_indicated(page: Page, decisions: list[Decision], rules: Rules) -> Table:
    """All names, grouped by what else would speak against them."""

    def verdict(decision: Decision) -> str:
        return str(decision.verdict)

    made = notes(style=QUIET)
    by_verdict = sorted(decisions, key=lambda d: d.verdict.strictness)
    for name, members in groupby(by_verdict, key=verdict):
        told = Text()
        for place, decision in enumerate(members):
            told.append("; " if place else "").append(page.library.name(decision.treatment))
            if page.is_full and rules_of(decision):
                told.append(f" ({_numbers(rules_of(decision), rules)})", style=QUIET)
        label = (
            ""
            if name == "suitable"
            else f"{SIGNS[name]} also {page.words.term('verdict', name).lower()}"
        )
        made.add_row(label or f"{SIGNS[NOT_INDICATED]} no rule against", told)
    return made


def reason_part(page: Page) -> Block:
    """Every rule that spoke, in full, with the treatments it is about."""
    spoke = rules_that_spoke(page)
    if not spoke:
        return
    yield heading("The reasons in full")
    made = notes(style=STRONG)
    for number, one in enumerate(spoke, start=1):
        made.add_row(f"R{number}", _reason(page, one))
    yield made
    yield ""


def _reason(page: Page, one: Shared) -> Text:
    reason = one.reason
    verdict = str(reason.verdict)
    told = Text(f"{SIGNS[verdict]} {page.words.term('verdict', verdict)}", style=STYLES[verdict])
    told.append(f" · {page.library.title_of(reason)}", style="default")
    told.stylize(STRONG)
    notes = [f"Sources disagree: {reason.conflict}."] if reason.conflict else []
    notes += ["A page of this clinic."] if page.library.is_local(reason) else []
    notes += ["Not seen in print."] if page.library.is_remembered(reason) else []
    told.append("\n").append(page.said(" ".join((reason.text, *notes)), reason.sources))
    told.append(f"\nAbout: {page.listed(one.treatments, most=_MOST_ABOUT)}", style=QUIET)
    return told
