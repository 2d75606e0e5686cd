"""One run as a page in Markdown: the same text goes to the terminal and to docs/benchmarks.md."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.commands import Command
from benchmarks.deciding import Engine
from benchmarks.growth import Curve
from benchmarks.machine import Machine
from benchmarks.markdown import held_or_missed, in_seconds, table
from benchmarks.measuring_maps import MapRace
from benchmarks.measuring_meshes import MeshRun
from benchmarks.quantiles import median, quantile
from benchmarks.race_models import OPTIMAL, Race
from benchmarks.scan_page import maps_at_a_glance, maps_text, meshes_at_a_glance, meshes_text
from benchmarks.settings import Settings
from benchmarks.whole_plans import WholePlans, together

#: The targets, in the units of the table.
_DECIDED_PER_SECOND = 2000
_PLAN_MEDIAN_SECONDS, _PLAN_95_SECONDS = 0.3, 1.0
_COMMAND_SECONDS = {"cicatrix --help": 0.5, "cicatrix plan CASE": 4.0}
_P95 = 0.95
PICTURE = "pictures/bench_growth.png"

Row = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Results:
    """Everything one run measured."""

    settings: Settings
    machine: Machine
    load_after: float
    engines: tuple[Engine, ...]
    plans: tuple[WholePlans, ...]
    races: tuple[Race, ...]
    curves: tuple[Curve, ...]
    commands: tuple[Command, ...]
    maps: MapRace
    meshes: tuple[MeshRun, ...]


def page_of(results: Results) -> str:
    """The whole page."""
    parts = (
        _head(results),
        _at_a_glance(results),
        _engines(results.engines, results.settings),
        _plans(results.plans),
        _races(results.races, results.settings),
        _growth(results.curves),
        _commands(results.commands),
        maps_text(results.maps),
        meshes_text(results.meshes),
    )
    return "\n\n".join(parts) + "\n"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def _head(results: Results) -> str:
    machine = results.machine
    return (
        "# Benchmarks\n\n"
        f"Made by `make bench` on {machine.date}; do not edit. All numbers are from one run "
        f"({results.settings.name}) on one machine.\n\n"
        f"- {machine.processor}, {machine.cores} cores, {machine.system}\n"
        f"- {machine.versions}\n"
        f"- Load of the machine: {machine.load:.1f} before, {results.load_after:.1f} after. Above "
        "1 others were at work too; then times on the clock are too long, and core seconds are "
        "nearer the truth.\n\n"
        "The patients are invented: seeded, plausible, made as case files and read by the same "
        "door as real ones (`benchmarks/cases.py`)."
    )


def _at_a_glance(results: Results) -> str:
    rows = [
        *_deciding_at_a_glance(results.engines[0]),
        *_plans_at_a_glance(together(results.plans)),
        *_commands_at_a_glance(results),
        *maps_at_a_glance(results.maps),
        meshes_at_a_glance(results.meshes),
    ]
    return "## At a glance\n\n" + table(("", "measured", "target", ""), rows)


def _deciding_at_a_glance(ours: Engine) -> list[Row]:
    decided = min(ours.answered.cases_per_second, ours.gappy.cases_per_second)
    cleared = ours.answered_faults.silently_cleared + ours.gappy_faults.silently_cleared
    differing = ours.answered_faults.differing + ours.gappy_faults.differing
    return [
        (
            "all 46 treatments decided, new patients a second, the slower kind",
            f"{decided:,.0f}",
            f"≥ {_DECIDED_PER_SECOND:,}",
            held_or_missed(decided >= _DECIDED_PER_SECOND),
        ),
        ("decisions that differ from clingo's", f"{differing}", "0", held_or_missed(not differing)),
        ("silent clears", f"{cleared}", "0", held_or_missed(not cleared)),
    ]


def _plans_at_a_glance(plans: WholePlans) -> list[Row]:
    middle, edge = median(plans.clock_seconds), quantile(plans.clock_seconds, _P95)
    return [
        (
            "whole plan with proof, median",
            in_seconds(middle),
            f"≤ {_PLAN_MEDIAN_SECONDS} s",
            held_or_missed(middle <= _PLAN_MEDIAN_SECONDS),
        ),
        (
            "whole plan with proof, 95th percentile",
            in_seconds(edge),
            f"≤ {_PLAN_95_SECONDS:g} s",
            held_or_missed(edge <= _PLAN_95_SECONDS),
        ),
        (
            "plans that the checker refused",
            f"{len(plans.refused)}",
            "0",
            held_or_missed(not plans.refused),
        ),
    ]


def _commands_at_a_glance(results: Results) -> list[Row]:
    rows = []
    for command in results.commands:
        if command.words in _COMMAND_SECONDS:
            limit = _COMMAND_SECONDS[command.words]
            taken = command.median_seconds
            held = held_or_missed(taken <= limit)
            rows.append((f"`{command.words}`, warm", in_seconds(taken), f"≤ {limit:g} s", held))
    return rows


def _engines(engines: tuple[Engine, ...], settings: Settings) -> str:
    ours = engines[0]
    return (
        "## All 46 treatments decided: the same pages in three engines\n\n"
        "Every engine has a process of its own and is timed in seconds of one core, from facts "
        f"that are laid out ready for it to 46 verdicts: {ours.answered.cases} answered and "
        f"{ours.gappy.cases} gappy cases, the best of several rounds. Ours also gives role, "
        "targets, reasons and open questions; the peers give the verdict only, and the verdict is "
        "all that is kept of a case before the next one. The rules of the peers are generated "
        "from the pages.\n\n"
        "Our rule book keeps some of what it worked out, so every round brings it patients that "
        f"it has not met, after {settings.met_cases:,} others; the second row is for the same "
        "patients once more. What was loaded is left out of the rounds of Python's rubbish "
        f"collector (`gc.freeze`), as in a program that runs for long.\n\n{_speeds(engines)}\n\n"
        "Who is right is told by clingo, whose program has rules of its own for what is not "
        "known. A *silent clear* is a treatment let through although the pages, read with what "
        "is not known, ask, defer or avoid. zen-engine takes a missing word for another word and "
        "leaves out a row whose number is missing, both without a sign. It can be told about "
        "gaps: every condition is then written twice, as true and as not ruled out, and every "
        f"cell asks first whether its fact is there.\n\n{_faults(engines)}"
    )


def _speeds(engines: tuple[Engine, ...]) -> str:
    ours = engines[0]
    rows = []
    for engine in engines:
        answered, gappy = engine.answered.cases_per_second, engine.gappy.cases_per_second
        ratios = (ours.answered.cases_per_second / answered, ours.gappy.cases_per_second / gappy)
        rows.append(
            (
                f"{engine.name} ({engine.version})",
                f"{answered:,.0f}",
                f"{gappy:,.0f}",
                " / ".join(f"{ratio:.2g}" for ratio in ratios),
            )
        )
        if not math.isnan(engine.answered.again_per_second):
            speeds = (engine.answered.again_per_second, engine.gappy.again_per_second)
            rows.append(("the same patients again", *(f"{s:,.0f}" for s in speeds), ""))
    return table(("engine", "answered, cases/s", "with gaps, cases/s", "ours is × as fast"), rows)


def _faults(engines: tuple[Engine, ...]) -> str:
    rows = (
        (
            engine.name,
            _share(engine.answered_faults.differing, engine.answered_faults.decisions),
            _share(engine.gappy_faults.differing, engine.gappy_faults.decisions),
            _share(engine.gappy_faults.silently_cleared, engine.gappy_faults.decisions),
        )
        for engine in engines
    )
    return table(
        ("engine", "answered: differ", "with gaps: differ", "with gaps: silent clears"), rows
    )


def _plans(plans: tuple[WholePlans, ...]) -> str:
    rows = []
    for part in (*plans, together(plans)):
        count = len(part.clock_seconds)
        rows.append(
            (
                f"{part.kind}, {count} cases",
                in_seconds(median(part.clock_seconds)),
                in_seconds(quantile(part.clock_seconds, _P95)),
                in_seconds(max(part.clock_seconds)),
                in_seconds(median(part.core_seconds)),
                _share(part.with_courses, count),
                _share(part.optimal, part.courses),
            )
        )
    refused = together(plans).refused
    faults = "".join(f"\n- Refused by the checker, a defect of ours: {text}" for text in refused)
    head = ("", "median", "95 %", "longest", "median on the core", "with courses", "proved optimal")
    return (
        "## The whole plan, with proof\n\n"
        "`first_visit`: grades, 46 decisions, questions, up to three courses or the reason why "
        "there is none, and the check of every course. On the clock, after import. The last "
        f"column counts courses.\n\n{table(head, rows)}"
        + (f"\n{faults}" if faults else "\n\nThe checker refused no plan.")
    )


def _races(races: tuple[Race, ...], settings: Settings) -> str:
    groups: dict[str, list[Race]] = {}
    for race in races:
        groups.setdefault(race.group, []).append(race)
    rows = [_race_row(name, inside) for name, inside in (*groups.items(), ("all", list(races)))]
    head = (
        "cases", "treatments, pair rules", "ours: proof after", "naive: proof after",
        "naive ÷ ours", "no proof: ours, naive", "same worth and burden", "naive is worth more",
        "naive is earlier",
    )  # fmt: skip
    return (
        "## The schedule: ours beside the naive model\n\n"
        "The naive model makes every session an interval and keeps every pair of sessions apart "
        "with an either-or; options, pages, wishes, worth and burden are ours. Core seconds to "
        f"build and prove the strongest course, median over the cases; at most "
        f"{settings.race_limit_seconds:g} s each, one worker.\n\n"
        "Both allow the same courses: every session in a week of its own, as far from the one "
        "before as its page allows, before, after or between the sessions of other treatments, "
        "or on their day. Ours chooses first, with few of the pages in the model, then looks for "
        "weeks, and puts in further pages only where the weeks do not work out. The last three "
        "columns look for faults in that: how often both prove the same (or that there is no "
        "course), how often the naive course is worth more and by how much at most, and how "
        "often its sessions lie earlier at the same worth and burden (median of the weeks, added "
        f"up over the sessions).\n\n{table(head, rows)}"
    )


def _race_row(name: str, races: list[Race]) -> tuple[str, ...]:
    ours, naive = [r.ours.seconds for r in races], [r.naive.seconds for r in races]
    both = [r for r in races if r.same and r.ours.status == OPTIMAL]
    earlier = [r.ours.weeks - r.naive.weeks for r in both]
    wins = [weeks for weeks in earlier if weeks > 0]
    later = sum(weeks < 0 for weeks in earlier)
    richer = [r.lost_worth for r in races if r.lost_worth > 0]
    more = f"{len(richer)}, by up to {max(richer):.1%}" if richer else "never"
    noted = f"{len(wins)} of {len(both)}, by {median(wins):.0f} weeks" if wins else "never"
    return (
        f"{name} ({len(races)})",
        f"{median(r.treatments for r in races)}, {median(r.pairs for r in races)}",
        in_seconds(median(ours)),
        in_seconds(median(naive)),
        f"{median(n / o for n, o in zip(naive, ours, strict=True)):.1f}",
        f"{sum(not r.ours.proved for r in races)}, {sum(not r.naive.proved for r in races)}",
        f"{sum(r.same for r in races)} of {len(races)}",
        more,
        noted + (f" (later in {later}: a defect)" if later else ""),
    )


def _growth(curves: tuple[Curve, ...]) -> str:
    lines = []
    for curve in curves:
        (first, low), *_, (last, high) = curve.medians.items()
        lines.append(
            f"- {curve.title}: from {first} to {last} {curve.axis}, the median goes from "
            f"{in_seconds(low)} to {in_seconds(high)} (× {high / low:.1f})."
        )
    return (
        "## Growth\n\n"
        "Open cases: an adult with no risk and no wish, everything on offer, so that nothing "
        f"makes the search smaller. Core seconds of a whole plan.\n\n![growth]({PICTURE})\n\n"
        + "\n".join(lines)
    )


def _commands(commands: tuple[Command, ...]) -> str:
    rows = (
        (
            f"`{c.words}`",
            in_seconds(c.median_seconds),
            in_seconds(min(c.seconds)),
            in_seconds(max(c.seconds)),
        )
        for c in commands
    )
    return (
        "## The commands\n\nA fresh process each time, on the clock, after one run to warm up. "
        "`--out` writes the report and both handouts as HTML and PDF.\n\n"
        + table(("command", "median", "fastest", "slowest"), rows)
    )
