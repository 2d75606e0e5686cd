"""Conditions as they stand on the pages, read for the second opinion without the planner."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cicatrix import vocabulary as v


def quoted(word: Any) -> str:
    """A word as a clingo string."""
    return json.dumps(str(word))


def plain(condition: Any) -> dict[str, Any]:
    """A condition as it stands on the page."""
    dumped: dict[str, Any] = condition.model_dump(exclude_unset=True, by_alias=True, mode="json")
    return dumped


def about_finding(condition: Mapping[str, Any]) -> bool:
    """True if a condition reads a finding of its own (not merely one of all findings)."""
    ((word, given),) = condition.items()
    if word in ("all", "any"):
        return any(about_finding(part) for part in given)
    if word == "not":
        return about_finding(given)
    return word in ("finding", "finding_at_least", "finding_less_than")


def put_to(
    name: str, condition: Mapping[str, Any], concerned: set[str]
) -> Iterator[tuple[str, Mapping[str, Any], set[str]]]:
    """A rule for all its treatments; one of its own for each if it asks for the treatment itself.

    The name of such a rule ends in ``@`` and the treatment.
    """
    text = json.dumps(condition)
    if '"itself"' not in text and '"its_group"' not in text:
        yield name, condition, concerned
        return
    for treatment in sorted(concerned):
        group = next(g for g in v.TREATMENT_GROUPS.values() if treatment in g)
        others = json.dumps([t for t in group if t != treatment])[1:-1]
        own = text.replace('"itself"', quoted(treatment)).replace('"its_group"', others)
        yield f"{name}@{treatment}", json.loads(own), {treatment}
