"""All 46 treatments decided: ours beside zen-engine and clingo on the same rule pages.

clingo's program has rules of its own for what is not known, so it is the measure of who is
right. A silent clear is a treatment that an engine lets through although the pages, read with
what is not known, ask, defer or avoid.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import CaseFile, answered_case_files, case_of, gappy_case_files
from benchmarks.clingo_rules import CASE_WORD, facts_text, program_of
from benchmarks.settings import Settings
from benchmarks.tables_for_peers import fit_table, rule_table
from benchmarks.zen_rules import input_of, plain_graph, three_valued_graph
from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.vocabulary import Verdict

ROOT = Path(__file__).parents[1]
#: The peers that ours is compared with, in the order of the table.
OURS, ZEN, ZEN_THREE, CLINGO_MANY, CLINGO_ONE = (
    "cicatrix",
    "zen-engine, rules as one writes them",
    "zen-engine, every gap spelled out by hand",
    "clingo, 100 cases at a time",
    "clingo, one case at a time",
)
_MOST_AT_A_TIME = 100
_PERMITTED_AT_MOST = Verdict.CAUTION.strictness

#: For each case, the strictness of the verdict on each treatment.
Ranks = list[list[int]]


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How fast an engine went through one kind of cases, on one core.

    ``again_per_second`` is for the same cases once more, NaN for an engine that keeps nothing.
    """

    cases: int
    cases_per_second: float
    again_per_second: float = math.nan


@dataclass(frozen=True, kw_only=True)
class Faults:
    """In how many decisions an engine differs from clingo, and in how many it clears silently."""

    decisions: int
    differing: int
    silently_cleared: int


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What was measured of one engine, for answered and for gappy cases."""

    name: str
    version: str
    answered: Speed
    gappy: Speed
    answered_faults: Faults
    gappy_faults: Faults


@dataclass(frozen=True, kw_only=True)
class _Answer:
    ranks: Ranks
    speed: Speed
    version: str


def race_engines(settings: Settings, knowledge: Knowledge) -> tuple[Engine, ...]:
    """Every engine on the same cases, each in its own process, one after the other."""
    seed = settings.seed
    answered = _blocks(answered_case_files, settings, seed=seed)
    gappy = _blocks(gappy_case_files, settings, seed=seed + 1)
    told = {
        name: (
            _ask(name, answered, settings, knowledge),
            _ask(name, gappy, settings, knowledge),
        )
        for name in (OURS, ZEN, ZEN_THREE, CLINGO_MANY, CLINGO_ONE)
    }
    truth = told[CLINGO_MANY]
    return tuple(
        Engine(
            name=name,
            version=whole.version,
            answered=whole.speed,
            gappy=holed.speed,
            answered_faults=_faults(whole.ranks, truth[0].ranks),
            gappy_faults=_faults(holed.ranks, truth[1].ranks),
        )
        for name, (whole, holed) in told.items()
    )


def _faults(ranks: Ranks, truth: Ranks) -> Faults:
    pairs = [
        pair
        for mine, right in zip(ranks, truth, strict=False)
        for pair in zip(mine, right, strict=True)
    ]
    return Faults(
        decisions=len(pairs),
        differing=sum(one != other for one, other in pairs),
        silently_cleared=sum(one <= _PERMITTED_AT_MOST < other for one, other in pairs),
    )


def _blocks(
    made: Callable[..., list[CaseFile]], settings: Settings, *, seed: int
) -> list[list[CaseFile]]:
    """Blocks of different cases, one for each round; all engines are compared on the first."""
    return [
        made(settings.decided_cases, seed=seed + 100 * number) for number in range(settings.rounds)
    ]


def _ask(
    name: str, blocks: list[list[CaseFile]], settings: Settings, knowledge: Knowledge
) -> _Answer:
    """Have one engine decide the cases, in its own process."""
    case_files = blocks[0]
    if name == OURS:
        half = settings.met_cases // 2
        met = [
            *answered_case_files(half, seed=settings.seed + 50),
            *gappy_case_files(half, seed=settings.seed + 51),
        ]
        return _run("cicatrix_peer", {"cases": case_files, "met": met, "blocks": blocks})
    if name in (ZEN, ZEN_THREE):
        graph = plain_graph(knowledge) if name == ZEN else three_valued_graph(knowledge)
        task = {
            "graph": graph,
            "rules": rule_table(knowledge),
            "fits": fit_table(knowledge),
            "treatments": len(v.TREATMENTS),
            "cases": [input_of(case_of(one)) for one in case_files],
            "rounds": settings.rounds,
        }
        return _run("zen_peer", task)
    some = case_files if name == CLINGO_MANY else case_files[: settings.clingo_single_cases]
    task = {
        "program": program_of(knowledge),
        "treatments": len(v.TREATMENTS),
        "cases": [facts_text(case_of(one)) for one in some],
        "case_word": CASE_WORD,
        "batch": _MOST_AT_A_TIME if name == CLINGO_MANY else 1,
        "rounds": 1,
    }
    return _run("clingo_peer", task)


def _run(peer: str, task: dict[str, Any]) -> _Answer:
    """Start the peer's process, hand it the task and read what it found out."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.peers.{peer}"],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The peer {peer} did not finish; it said: {done.stderr[-1500:]}")
    told = json.loads(done.stdout)
    cases = len(task["cases"])
    speed = Speed(
        cases=cases,
        cases_per_second=cases / min(told["seconds"]),
        again_per_second=cases / told.get("again_seconds", math.nan),
    )
    return _Answer(ranks=told["ranks"], speed=speed, version=told["version"])
