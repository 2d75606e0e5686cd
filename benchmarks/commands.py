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
    """``--help``, and a plan of an invented case for people and as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        case_file = Path(folder) / "case.json"
        case_file.write_text(json.dumps(answered_case_files(1, seed=settings.seed)[0]))
        return tuple(
            Command(words=words, seconds=_seconds(arguments, runs=settings.command_runs))
            for words, arguments in (
                ("cicatrix --help", ["--help"]),
                ("cicatrix plan CASE", ["plan", str(case_file)]),
                ("cicatrix plan CASE --json", ["plan", str(case_file), "--json"]),
            )
        )


def _seconds(arguments: list[str], *, runs: int) -> tuple[float, ...]:
    taken = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "cicatrix", *arguments], check=True, capture_output=True
        )
        taken.append(time.perf_counter() - began)
    return tuple(taken[1:])
