"""clingo in its own process: a program and cases as facts in, ranks and seconds out.

Imports nothing of cicatrix. Standard input holds {program, treatments, cases, batch, rounds}.
``batch`` cases are grounded and solved together in a fresh control: one at a time is what a
patient in the chair needs, many at a time is what clingo is best at.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import clingo


def main() -> None:
    """Decide every case ``rounds`` times; the answers are those of the last round."""
    task = json.load(sys.stdin)
    seconds: list[float] = []
    ranks: list[list[int]] = []
    for _ in range(task["rounds"]):
        began = time.process_time()
        ranks = []
        for start in range(0, len(task["cases"]), task["batch"]):
            ranks += _decided(task["cases"][start : start + task["batch"]], task)
        seconds.append(time.process_time() - began)
    json.dump({"seconds": seconds, "ranks": ranks, "version": clingo.__version__}, sys.stdout)


def _decided(cases: list[str], task: dict[str, Any]) -> list[list[int]]:
    """The rank of every treatment for each of some cases, which are numbered from 0 on."""
    control = clingo.Control(["--warn=none"])
    control.add("base", [], task["program"])
    for number, facts in enumerate(cases):
        control.add("base", [], facts.replace(task["case_word"], str(number)))
    parts = [("one", [clingo.Number(number)]) for number in range(len(cases))]
    control.ground([("base", []), *parts])
    ranks = [[-1] * task["treatments"] for _ in cases]
    with control.solve(yield_=True) as handle:
        model = handle.model()
        if model is None:
            raise RuntimeError("the program has no answer set, so it is wrongly written")
        for symbol in model.symbols(shown=True):
            case, treatment, rank = (argument.number for argument in symbol.arguments)
            ranks[case][treatment] = rank
    return ranks


if __name__ == "__main__":
    main()
