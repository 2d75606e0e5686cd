"""A plan as it is printed to a console."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

import cicatrix
from cicatrix.knowledge import Knowledge
from cicatrix.records import (
    Plan,
)
from cicatrix.reporting.terminal import print_plan

DEMO = Path(cicatrix.__file__).parent / "examples" / "demo-case.yaml"
WIDTHS = (40, 80, 100, 140)
#: What a terminal is steered with; a colour is one of the numbers 30 to 49 and 90 to 107.
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


def printed(
    plan: Plan, knowledge: Knowledge, *, width: int = 100, view: str = "full", **console: object
) -> str:
    out = io.StringIO()
    made = Console(file=out, width=width, **console)
    print_plan(plan, knowledge=knowledge, console=made, view=view)
    return out.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def part(text: str, begins: str, ends: str) -> str:
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(begins))
    last = next(i for i, line in enumerate(lines) if i > first and line.startswith(ends))
    return "\n".join(lines[first:last])
