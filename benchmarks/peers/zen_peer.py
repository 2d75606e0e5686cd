"""zen-engine in its own process: a decision graph and cases in, ranks and seconds out.

Imports nothing of cicatrix. Standard input holds {graph, rules, fits, treatments, cases, rounds}.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from typing import Any

import zen

_PERMITTED_AT_MOST, _CAUTION, _ASK = 1, 1, 2


def main() -> None:
    """Decide every case ``rounds`` times; the answers are those of the last round."""
    task = json.load(sys.stdin)
    decision = zen.ZenEngine().create_decision(zen.ZenDecisionContent(json.dumps(task["graph"])))
    seconds, ranks = [], []
    for _ in range(task["rounds"]):
        began = time.process_time()
        ranks = [_ranks(decision.evaluate(case)["result"], task) for case in task["cases"]]
        seconds.append(time.process_time() - began)
    json.dump(
        {"seconds": seconds, "ranks": ranks, "version": importlib.metadata.version("zen-engine")},
        sys.stdout,
    )


def _ranks(result: dict[str, Any], task: dict[str, Any]) -> list[int]:
    """The strictest rank of every treatment, from the rows that held."""
    base = _strictest(result["patient"], task)
    alone = _candidates(result["patient"], task)
    per_finding = [
        (_strictest(rows, task), _candidates(rows, task)) for rows in result.get("finding") or []
    ]
    ranks = []
    for number in range(task["treatments"]):
        own = [
            max(base[number], strictest[number], candidates[number])
            for strictest, candidates in per_finding
            if number in candidates
        ]
        kept = [rank for rank in own if rank <= _PERMITTED_AT_MOST]
        if not own:
            ranks.append(max(base[number], alone.get(number, 0)))
        elif not kept:
            ranks.append(min(own))
        else:
            ranks.append(max(*kept, _CAUTION if len(kept) < len(own) else 0))
    return ranks


def _strictest(rows: list[dict[str, str]], task: dict[str, Any]) -> list[int]:
    """Rows t… (true) and p… (not ruled out) of rules to the strictest rank per treatment."""
    held = {row["row"] for row in rows}
    ranks = [0] * task["treatments"]
    for row in held:
        if row[0] in "fm":
            continue
        rule = task["rules"][int(row[1:])]
        if row[0] == "p" and f"t{row[1:]}" in held:
            continue
        rank = rule["fired_rank"] if row[0] == "t" else rule["open_rank"]
        for number in rule["treatments"]:
            ranks[number] = max(ranks[number], rank)
    return ranks


def _candidates(rows: list[dict[str, str]], task: dict[str, Any]) -> dict[int, int]:
    """The treatments that have a use, with the rank that the fits themselves call for.

    Rows f… (true) and m… (not ruled out) of fits. The first that is true ends the search; the
    ones before it may be the one. A treatment that may be for nothing has to ask; where no
    rows m… are written, what is not true counts as ruled out.
    """
    held = {row["row"] for row in rows}
    found: dict[int, list[bool]] = {}
    ended: set[int] = set()
    for index, fit in enumerate(task["fits"]):
        number = fit["treatment"]
        if number in ended or not held & {f"f{index}", f"m{index}"}:
            continue
        found.setdefault(number, []).append(fit["indicated"])
        if f"f{index}" in held:
            ended.add(number)
    return {
        number: 0 if number in ended and all(uses) else _ASK
        for number, uses in found.items()
        if any(uses)
    }


if __name__ == "__main__":
    main()
