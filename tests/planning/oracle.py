"""A second opinion on every verdict: the pages as a logic program, answered by clingo.

The program is generated from the pages and shares no code with ``cicatrix.planning``: it
resolves the sets, names the thresholds and lays out the conditions for itself. What it
means stands in ``oracle.lp`` (three-valued: what do the pages say?) and ``completions.lp``
(two-valued: can an open door be shut by filling in what is not known?).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import clingo
from tests.planning.oracle_words import about_finding, plain, put_to, quoted

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.records import Case, Target

HERE = Path(__file__).parent
STRICTNESS = {"suitable": 0, "caution": 1, "ask": 2, "defer": 3, "avoid": 4}
VERDICTS = tuple(STRICTNESS)
ROLES = ("first_line", "second_line", "adjunct", "supportive", "not_indicated")
#: Numbers are handed to clingo as whole thousandths; "never" is beyond every limit.
GRID = 1000
NEVER = 2_000_000_000

#: Where a treatment may be used: its target, or None where it is for no finding.
Place = Target | None


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What the second opinion says about one treatment for one patient.

    ``said``: every rule that speaks, with its strictness, for the patient or a kept target.
    """

    verdict: str
    role: str
    kept: Mapping[Target, str]
    left: frozenset[tuple[Target, str]]
    said: frozenset[tuple[str, int]]


def thousandths(number: float) -> int:
    """A number as clingo sees it; refused where it does not lie on the grid."""
    if math.isinf(number):
        return NEVER
    scaled = round(number * GRID)
    if abs(number * GRID - scaled) > 1e-6:
        raise ValueError(f"{number!r} does not lie on the grid of thousandths")
    return scaled


# --- the pages --------------------------------------------------------------------------------


@dataclass
class Pages:
    """The pages as facts; equal conditions share one node."""

    knowledge: Knowledge
    lines: list[str] = field(default_factory=list)
    nodes: dict[str, int] = field(default_factory=dict)
    wanted: set[tuple[int, str]] = field(default_factory=set)
    #: The facts that any condition reads; the rest of a case need not be written down.
    reads: set[str] = field(default_factory=set)

    def treatments(self, words: Iterable[str]) -> set[str]:
        """The treatments behind ids, groups and sets."""
        found: set[str] = set()
        for word in words:
            kind, _, name = word.rpartition(":")
            inside: Iterable[str] = {
                "": (word,),
                "group": v.TREATMENT_GROUPS.get(name, ()),
                "set": self.knowledge.sets.get(name, ()),
            }[kind]
            found.update(inside)
        return found

    def node(self, condition: Mapping[str, Any], values: Mapping[str, float]) -> int:
        """The number of a condition; its parts and leaves are written on first sight."""
        ((word, given),) = condition.items()
        limits = {name: values[name] for name in values if name in json.dumps(given)}
        key = json.dumps([word, given, limits], sort_keys=True, default=list)
        if key in self.nodes:
            return self.nodes[key]
        number = self.nodes[key] = len(self.nodes)
        if word in ("all", "any"):
            self._join(number, "both" if word == "all" else "either", given, values)
        elif word == "not":
            self._join(number, "opposite", [given], values)
        elif word == "any_finding":
            inner = self.node({"finding": given}, values)
            self.lines.append(f"some_finding({number}, {inner}).")
        elif word == "weeks_since":
            self._since(number, given, values)
        elif word == "earlier_result":
            self._result(number, given)
        elif len(given) > 1:
            self._leaves(number, word, given, values)
        else:
            ((fact, asked),) = given.items()
            self._leaf(number, word, fact, asked, values)
        return number

    def _join(
        self, number: int, kind: str, parts: Iterable[Mapping[str, Any]], values: Any
    ) -> None:
        self.lines.append(f"{kind}({number}).")
        for part in parts:
            self.lines.append(f"part({number}, {self.node(part, values)}).")

    def _leaves(self, number: int, word: str, given: Mapping[str, Any], values: Any) -> None:
        """A leaf about several facts is the "and" of leaves about one."""
        self.lines.append(f"both({number}).")
        for fact, asked in given.items():
            one = len(self.nodes)
            self.nodes[f"{number}.{fact}"] = one
            self.lines.append(f"part({number}, {one}).")
            self._leaf(one, word, fact, asked, values)

    def _leaf(self, number: int, word: str, fact: str, asked: Any, values: Any) -> None:
        self.reads.add(fact)
        if word in ("answer", "finding"):
            kind = "answer" if word == "answer" else "mark"
            words = [asked] if isinstance(asked, str) else asked
            self.lines.append(f"{kind}({number}, {quoted(fact)}).")
            self.lines += [f"word({number}, {quoted(one)})." for one in words]
            return
        limit = thousandths(values[asked] if isinstance(asked, str) else asked)
        kind = "finding_number" if word.startswith("finding") else "number"
        way = "at_least" if word.endswith("at_least") else "below"
        self.lines.append(f"{kind}({number}, {quoted(fact)}, {way}, {limit}).")

    def _since(self, number: int, given: Mapping[str, Any], values: Any) -> None:
        asked = given["less_than"]
        limit = thousandths(values[asked] if isinstance(asked, str) else asked)
        self.lines.append(f"since({number}, {limit}).")
        named = given["treatment"]
        for name in sorted(self.treatments([named] if isinstance(named, str) else named)):
            self.lines.append(f"since_treatment({number}, {quoted(name)}).")

    def _result(self, number: int, given: Mapping[str, Any]) -> None:
        self.lines.append(f"result({number}).")
        self.lines += [f"result_word({number}, {quoted(word)})." for word in given["result"]]
        for name in sorted(self.treatments(given["treatment"])):
            self.lines.append(f"result_treatment({number}, {quoted(name)}).")

    def want(self, number: int, scope: str) -> None:
        """The truth of a node, and of all its parts, is needed for the patient or each finding."""
        self.wanted.add((number, scope))

    def always(self) -> int:
        """The node that is true for everybody."""
        if "always" not in self.nodes:
            self.nodes["always"] = len(self.nodes)
            self.lines.append(f"always({self.nodes['always']}).")
        return self.nodes["always"]


def written(knowledge: Knowledge, rules: Iterable[str], treatments: Iterable[str]) -> Pages:
    """The named rules and treatments as facts."""
    pages = Pages(knowledge=knowledge)
    chosen = set(treatments)
    for name in rules:
        page = knowledge.rules[name]
        condition = plain(page.when)
        scope = "finding" if about_finding(condition) else "patient"
        fired = STRICTNESS[page.verdict.value]
        default = "caution" if page.verdict.value == "caution" else "ask"
        unknown = STRICTNESS[page.unknown.value if page.unknown else default]
        for called, own, concerned in put_to(name, condition, pages.treatments(page.applies_to)):
            number = pages.node(own, {n: value.value for n, value in page.values.items()})
            pages.want(number, scope)
            pages.lines.append(f"rule({quoted(called)}, {scope}, {number}, {fired}, {unknown}).")
            for treatment in sorted(concerned & chosen):
                pages.lines.append(f"applies({quoted(called)}, {quoted(treatment)}).")
    for treatment in sorted(chosen):
        pages.lines.append(f"treatment({quoted(treatment)}).")
        for rank, suits in enumerate(knowledge.treatments[treatment].suits):
            number = pages.node(plain(suits.when), {}) if suits.when else pages.always()
            pages.want(number, "finding")
            pages.want(number, "patient")
            role = quoted(suits.role.value)
            pages.lines.append(f"entry({quoted(treatment)}, {rank}, {number}, {role}).")
            for kind in suits.types:
                pages.lines.append(f"entry_for({quoted(treatment)}, {rank}, {quoted(kind)}).")
    pages.lines += [f"wanted({number}, {scope})." for number, scope in sorted(pages.wanted)]
    pages.lines.append("wanted(M, S) :- wanted(N, S), part(N, M).")
    pages.reads.add("type")
    return pages


# --- the patients -----------------------------------------------------------------------------


def case_facts(number: int, case: Case, reads: AbstractSet[str]) -> Iterator[str]:
    """What one case tells of the facts that anything reads."""
    yield f"case({number})."
    for fact, answer in case.intake.facts.items():
        if fact in reads:
            yield from _answer_facts(number, fact, answer)
    for fact, words in case.intake.possible.items():
        for word in words:
            yield f"could({number}, {quoted(fact)}, {quoted(word)})."
    if case.findings_known:
        yield f"listed({number})."
    for place, finding in enumerate(case.findings):
        yield f"finding({number}, {place})."
        for name in (finding.type, *finding.may_also_be):
            yield _finding_fact(number, place, "type", name)
        seen = {"site": finding.site, "side": finding.side, **finding.known}
        for fact in seen.keys() & reads:
            yield _finding_fact(number, place, fact, seen[fact])
    yield from _history_facts(number, case)


def _finding_fact(number: int, place: int, fact: str, answer: Any) -> str:
    if isinstance(answer, (int, float)):
        return f"measures({number}, {place}, {quoted(fact)}, {thousandths(answer)})."
    return f"shows({number}, {place}, {quoted(fact)}, {quoted(answer)})."


def _history_facts(number: int, case: Case) -> Iterator[str]:
    if case.intake.earlier_known:
        yield f"history({number})."
    for place, earlier in enumerate(case.intake.earlier):
        yield f"done({number}, {place}, {quoted(earlier.treatment)})."
        if not math.isnan(earlier.weeks_ago):
            yield f"done_weeks({number}, {place}, {thousandths(earlier.weeks_ago)})."
        if earlier.result != "unknown":
            yield f"done_result({number}, {place}, {quoted(earlier.result)})."


def _answer_facts(number: int, fact: str, answer: Any) -> Iterator[str]:
    if isinstance(answer, (int, float)):
        yield f"counted({number}, {quoted(fact)}, {thousandths(answer)})."
        return
    yield f"told({number}, {quoted(fact)})."
    for word in (answer,) if isinstance(answer, str) else answer:
        yield f"said({number}, {quoted(fact)}, {quoted(word)})."


def program_of(logic: str, pages: Pages, cases: Sequence[Case], *more: str) -> clingo.Control:
    """A logic with the pages and the cases, grounded and ready to be asked."""
    control = clingo.Control(["--warn=none"])
    told = [line for n, case in enumerate(cases) for line in case_facts(n, case, pages.reads)]
    meaning = (HERE / logic).read_text(encoding="utf-8")
    control.add("base", [], "\n".join((meaning, *pages.lines, *told, *more)))
    control.ground([("base", [])])
    return control


# --- asking -----------------------------------------------------------------------------------


def opinions(
    cases: Sequence[Case],
    *,
    knowledge: Knowledge,
    rules: Iterable[str] | None = None,
    treatments: Iterable[str] | None = None,
) -> list[dict[str, Opinion]]:
    """The second opinion on every treatment for every case, in one run of clingo."""
    asked = sorted(knowledge.rules) if rules is None else sorted(rules)
    pages = written(knowledge, asked, v.TREATMENTS if treatments is None else treatments)
    control = program_of("oracle.lp", pages, cases)
    shown: list[clingo.Symbol] = []
    result = control.solve(on_model=lambda model: shown.extend(model.symbols(shown=True)))
    if not result.satisfiable:
        raise AssertionError("a condition has no truth or two: the encoding is unsound")
    about = {name: pages.treatments(knowledge.rules[name].applies_to) for name in asked}
    return _collected(shown, cases, about)


@dataclass
class _Heard:
    verdict: str = ""
    kept: set[int] = field(default_factory=set)
    left: dict[int, int] = field(default_factory=dict)
    roles: dict[int | None, str] = field(default_factory=dict)


def _collected(
    shown: Iterable[clingo.Symbol], cases: Sequence[Case], about: Mapping[str, set[str]]
) -> list[dict[str, Opinion]]:
    heard: list[dict[str, _Heard]] = [{} for _ in cases]
    said: list[dict[int | None, set[tuple[str, int]]]] = [{} for _ in cases]
    for symbol in shown:
        first, second, *rest = symbol.arguments
        if symbol.name == "says":
            place = rest[0].number if rest[0].type is clingo.SymbolType.Number else None
            said[second.number].setdefault(place, set()).add((first.string, rest[1].number))
            continue
        told = heard[second.number].setdefault(first.string, _Heard())
        if symbol.name == "verdict":
            told.verdict = VERDICTS[rest[0].number]
        elif symbol.name == "kept":
            told.kept.add(rest[0].number)
        elif symbol.name == "left":
            told.left[rest[0].number] = rest[1].number
        elif symbol.name == "role":
            place = rest[0].number if rest[0].type is clingo.SymbolType.Number else None
            told.roles[place] = rest[1].string
    return [
        {
            name: _opinion(name, one, case, said[number], about)
            for name, one in heard[number].items()
        }
        for number, case in enumerate(cases)
    ]


def _opinion(
    treatment: str,
    heard: _Heard,
    case: Case,
    said: Mapping[int | None, set[tuple[str, int]]],
    about: Mapping[str, set[str]],
) -> Opinion:
    places: set[int | None] = {None, *heard.kept}
    kept: dict[Target, str] = {}
    for place in sorted(heard.kept):
        target = case.findings[place].target
        roles = [kept.get(target, ROLES[-1]), heard.roles[place]]
        kept[target] = min(roles, key=ROLES.index)
    alone = heard.roles.get(None, ROLES[-1])
    return Opinion(
        verdict=heard.verdict,
        role=min(kept.values(), key=ROLES.index) if kept else alone,
        kept=kept,
        left=frozenset(
            (case.findings[place].target, VERDICTS[rank]) for place, rank in heard.left.items()
        ),
        said=frozenset(
            (rule.partition("@")[0], rank)
            for place in places
            for rule, rank in said.get(place, ())
            if treatment in about[rule.partition("@")[0]]
            and rule.partition("@")[2] in ("", treatment)
        ),
    )


def shut_by_completion(
    cases: Sequence[Case],
    doors: Iterable[tuple[int, str, int | None]],
    *,
    knowledge: Knowledge,
    domains: str,
) -> list[str]:
    """Doors (case, treatment, finding) that some completion of the unknown facts would shut.

    ``domains`` lists what each fact may be, as facts. Empty if there is no such door: clingo has
    then shown that none exists. Otherwise one example, told in clingo's words.
    """
    opened = "\n".join(
        f"door({case}, {quoted(treatment)}, {'none' if place is None else place})."
        for case, treatment, place in doors
    )
    pages = written(knowledge, sorted(knowledge.rules), v.TREATMENTS)
    control = program_of("completions.lp", pages, cases, opened, domains)
    found: list[str] = []
    control.solve(on_model=lambda model: found.extend(map(str, model.symbols(shown=True))))
    return sorted(found)
