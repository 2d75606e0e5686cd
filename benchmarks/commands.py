"""The commands as people run them: a fresh process each time, by the clock."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import answered_case_files
from benchmarks.quantiles import median
from benchmarks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Command:
    """The clock seconds of one command, warm: one run went before."""

    words: str
    seconds: tuple[float, ...]

    @property
    def median_seconds(self) -> float:
        """The run in the middle."""
        return median(self.seconds)


def time_commands(settings: Settings) -> tuple[Command, ...]:
    """``--help``, and a plan of an invented case: for people, as JSON, and with all papers."""
    with tempfile.TemporaryDirectory() as folder:
        case_file = Path(folder) / "case.json"
        case_file.write_text(json.dumps(answered_case_files(1, seed=settings.seed)[0]))
        plan = ["plan", str(case_file)]
        wanted = (
            ("cicatrix --help", ["--help"], settings.command_runs),
            ("cicatrix plan CASE", plan, settings.command_runs),
            ("cicatrix plan CASE --json", [*plan, "--json"], settings.command_runs),
            ("cicatrix plan CASE --out DIR", [*plan, "--out", folder], settings.paper_runs),
        )
        return tuple(
            Command(words=words, seconds=_seconds(arguments, runs=runs))
            for words, arguments, runs in wanted
            if runs
        )


def _seconds(arguments: list[str], *, runs: int) -> tuple[float, ...]:
    _run(arguments)
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        _run(arguments)
        taken.append(time.perf_counter() - began)
    return tuple(taken)


def _run(arguments: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "cicatrix", *arguments], check=True, capture_output=True)
