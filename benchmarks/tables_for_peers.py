"""What every peer is told of the pages besides the conditions: who a rule is for, how strict."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.records import Case
from cicatrix.vocabulary import Role

#: Stands for "never" where a peer has no infinity.
NEVER_WEEKS = 1_000_000


def rule_table(knowledge: Knowledge) -> list[dict[str, Any]]:
    """Per rule page: its treatments by number, and its ranks when true and when not known."""
    number = {name: index for index, name in enumerate(v.TREATMENTS)}
    return [
        {
            "id": page.id,
            "treatments": sorted(number[t] for t in knowledge.treatments_named(page.applies_to)),
            "fired_rank": page.verdict.strictness,
            "open_rank": page.when_unknown.strictness,
            "reads_finding": page.reads_finding,
        }
        for page in knowledge.rules.values()
    ]


def fit_table(knowledge: Knowledge) -> list[dict[str, Any]]:
    """Per ``suits`` entry, in page order: the treatment, and whether it gives a role."""
    return [
        {"treatment": number, "indicated": suits.role is not Role.NOT_INDICATED}
        for number, _, suits in fits_of(knowledge)
    ]


def fits_of(knowledge: Knowledge) -> Iterator[tuple[int, str, Any]]:
    """Every ``suits`` entry with the number and the name of its treatment."""
    for number, name in enumerate(v.TREATMENTS):
        for suits in knowledge.treatments[name].suits:
            yield number, name, suits


def word_of(condition: Condition) -> tuple[str, Any]:
    """The one word of a condition and what stands behind it."""
    (word,) = condition.model_fields_set
    return word.rstrip("_"), getattr(condition, word)


def limit_of(given: float | str, values: dict[str, Any]) -> float:
    """A threshold as a number, looked up among the page's values where it is a name."""
    return float(values[given].value) if isinstance(given, str) else float(given)


def plain_facts(case: Case) -> dict[str, Any]:
    """The patient's facts as JSON: what is not known is left out; "never" is very long ago."""
    told = {name: _plain(value) for name, value in case.intake.facts.items()}
    if case.intake.earlier_known:
        told["earlier"] = [
            {"treatment": e.treatment}
            | ({} if math.isnan(e.weeks_ago) else {"weeks_ago": e.weeks_ago})
            for e in case.intake.earlier
        ]
    return told


def plain_findings(case: Case) -> list[dict[str, Any]]:
    """The findings as JSON."""
    return [
        {"type": f.type, "site": f.site, "side": f.side}
        | {name: _plain(value) for name, value in f.known.items()}
        for f in case.findings
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return NEVER_WEEKS if value == math.inf else value
