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

_PERMITTED_AT_MOST, _CAUTION = 1, 1


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
    per_finding = [
        (_strictest(rows, task), _candidates(rows, task)) for rows in result.get("finding") or []
    ]
    ranks = []
    for number in range(task["treatments"]):
        own = [
            max(base[number], strictest[number])
            for strictest, candidates in per_finding
            if number in candidates
        ]
        kept = [rank for rank in own if rank <= _PERMITTED_AT_MOST]
        if not own:
            ranks.append(base[number])
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
        if row[0] == "f":
            continue
        rule = task["rules"][int(row[1:])]
        if row[0] == "p" and f"t{row[1:]}" in held:
            continue
        rank = rule["fired_rank"] if row[0] == "t" else rule["open_rank"]
        for number in rule["treatments"]:
            ranks[number] = max(ranks[number], rank)
    return ranks


def _candidates(rows: list[dict[str, str]], task: dict[str, Any]) -> set[int]:
    """The treatments whose first fit that holds gives them a role."""
    first: dict[int, bool] = {}
    for index in sorted(int(row["row"][1:]) for row in rows if row["row"][0] == "f"):
        fit = task["fits"][index]
        first.setdefault(fit["treatment"], fit["indicated"])
    return {number for number, indicated in first.items() if indicated}


if __name__ == "__main__":
    main()
