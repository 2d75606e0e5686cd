"""What every peer is told of the pages besides the conditions: who a rule is for, how strict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.knowledge.rule_page import RulePage
from cicatrix.records import Case
from cicatrix.vocabulary import Role

#: Stands for "never" where a peer has no infinity.
NEVER_WEEKS = 1_000_000


@dataclass(frozen=True)
class Asked:
    """A rule page, and the treatments to which it is put together: all of them, or one."""

    page: RulePage
    treatments: tuple[str, ...]

    @property
    def when(self) -> Condition:
        """The condition, with the treatment in question or its relatives put in by name."""
        return self._named(self.page.when)

    def _named(self, condition: Condition) -> Condition:
        word, given = word_of(condition)
        if word in ("all", "any"):
            inner: Any = tuple(map(self._named, given))
        elif word == "not":
            word, inner = "not_", self._named(given)
        elif word == "earlier_result":
            inner = given.model_copy(update={"treatment": self._meant(given.treatment)})
        else:
            return condition
        return condition.model_copy(update={word: inner})

    def _meant(self, words: Iterable[str]) -> tuple[str, ...]:
        first = self.treatments[0]
        kin = [t for group in v.TREATMENT_GROUPS.values() if first in group for t in group]
        own = {"itself": [first], "its_group": [name for name in kin if name != first]}
        return tuple(name for word in words for name in own.get(word, [word]))


def rules_asked(knowledge: Knowledge) -> list[Asked]:
    """Every rule; once for each of its treatments where it asks about the treatment itself."""
    asked = []
    for page in knowledge.rules.values():
        names = tuple(sorted(knowledge.treatments_named(page.applies_to)))
        apart = '"its' in page.when.model_dump_json()
        asked += [Asked(page, (name,)) for name in names] if apart else [Asked(page, names)]
    return asked


def rule_table(knowledge: Knowledge) -> list[dict[str, Any]]:
    """Per rule as it is asked: its treatments by number, its ranks when true and not known."""
    number = {name: index for index, name in enumerate(v.TREATMENTS)}
    return [
        {
            "id": asked.page.id,
            "treatments": sorted(number[name] for name in asked.treatments),
            "fired_rank": asked.page.verdict.strictness,
            "open_rank": asked.page.when_unknown.strictness,
            "reads_finding": asked.page.reads_finding,
        }
        for asked in rules_asked(knowledge)
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
            | ({} if e.result == v.UNKNOWN else {"result": e.result})
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
