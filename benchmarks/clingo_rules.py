"""The rule pages as an answer-set program for clingo, written without looking at the planner.

Every condition node gets two predicates: ``t7`` (node 7 is true) and ``p7`` (it is not ruled
out). What is true is also not ruled out; "not" swaps the two. A node that reads the finding in
question is asked for every finding, the others once. Numbers are whole hundredths.

The program has one part, ``one(c)``, grounded for each case ``c``, so that it is parsed only once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.tables_for_peers import (
    NEVER_WEEKS,
    fits_of,
    limit_of,
    rule_table,
    rules_asked,
    word_of,
)
from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.records import Case
from cicatrix.vocabulary import Role

_HUNDREDTHS = 100
#: Stands in the facts of a case for its number.
CASE_WORD = "this_case"

#: How outcomes become the verdict of a treatment: the same for every library of pages.
_VERDICTS = """
base(c,T,B) :- treatment(T), B = #max { 0; V : out(c,R,V), for(R,T) }.
seen(c,T,I) :- may(c,T,I,_).
last(c,T,I,K) :- seen(c,T,I), K = #min { F : hit(c,T,I,F); #sup }.
useful(c,T,I) :- last(c,T,I,K), may(c,T,I,F), F <= K, indicated(F).
open(c,T,I,2) :- last(c,T,I,#sup).
open(c,T,I,2) :- last(c,T,I,K), may(c,T,I,F), F <= K, not indicated(F).
rank(c,T,I,S) :- finding(c,I), useful(c,T,I), base(c,T,B),
    S = #max { B; O : open(c,T,I,O); V : out(c,R,I,V), for(R,T) }.
alone(c,T,2) :- useful(c,T,none), open(c,T,none,2).
candidate(c,T) :- rank(c,T,_,_).
kept(c,T) :- rank(c,T,_,S), S <= 1.
left(c,T,1) :- rank(c,T,_,S), S > 1.
verdict(c,T,S) :- base(c,T,B), not candidate(c,T), S = #max { B; O : alone(c,T,O) }.
verdict(c,T,S) :- candidate(c,T), not kept(c,T), S = #min { X : rank(c,T,_,X) }.
verdict(c,T,S) :- kept(c,T), S = #max { X : rank(c,T,_,X), X <= 1; L : left(c,T,L) }.
#show verdict/3.
"""


@dataclass(frozen=True)
class _Node:
    """A condition node: its number, and whether it is asked for every finding."""

    number: int
    of_finding: bool

    def atom(self, kind: str, finding: str = "I") -> str:
        """``t`` or ``p`` of this node, for a finding where it is about one."""
        return f"{kind}{self.number}(c,{finding})" if self.of_finding else f"{kind}{self.number}(c)"

    @property
    def domain(self) -> str:
        """Where the node is asked."""
        return "finding(c,I)" if self.of_finding else "case(c)"


@dataclass
class _Program:
    """The program while it is written: fixed facts, the lines of ``one(c)``, the nodes."""

    knowledge: Knowledge
    fixed: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    nodes: int = 0

    def node(self, *, of_finding: bool) -> _Node:
        self.nodes += 1
        return _Node(self.nodes, of_finding)

    def add(self, *lines: str) -> None:
        self.lines += lines


def program_of(knowledge: Knowledge) -> str:
    """The whole library as one program; cases are added as facts."""
    program = _Program(knowledge)
    program.fixed += [f"treatment({number})." for number in range(len(v.TREATMENTS))]
    for index, (asked, row) in enumerate(
        zip(rules_asked(knowledge), rule_table(knowledge), strict=True)
    ):
        program.fixed += [f"for({index},{number})." for number in row["treatments"]]
        node = _write(asked.when, program, asked.page.values)
        out = f"out(c,{index},I" if row["reads_finding"] else f"out(c,{index}"
        true, possible = node.atom("t"), node.atom("p")
        domain = "finding(c,I)" if row["reads_finding"] else "case(c)"
        program.add(
            f"{out},{row['fired_rank']}) :- {domain}, {true}.",
            f"{out},{row['open_rank']}) :- {domain}, {possible}, not {true}.",
        )
    _write_fits(program)
    part = ["#program one(c).", *program.lines, _VERDICTS]
    return "\n".join([*program.fixed, *part])


def facts_text(case: Case) -> str:
    """One case as facts; ``CASE_WORD`` is where its number goes."""
    lines = [f"case({CASE_WORD})."]
    for fact, value in case.intake.facts.items():
        lines += _fact_lines(CASE_WORD, fact, value)
    for index, finding in enumerate(case.findings):
        lines.append(f"finding({CASE_WORD},{index}).")
        told = {"type": finding.type, "site": finding.site, "side": finding.side, **finding.known}
        for fact, value in told.items():
            lines += _fact_lines(f"{CASE_WORD},{index}", fact, value)
    if case.intake.earlier_known:
        lines.append(f"earlier_known({CASE_WORD}).")
        for earlier in case.intake.earlier:
            weeks = "unknown" if math.isnan(earlier.weeks_ago) else _whole(earlier.weeks_ago)
            lines.append(f"earlier({CASE_WORD},{earlier.treatment},{weeks}).")
            lines.append(f"left({CASE_WORD},{earlier.treatment},{earlier.result}).")
    return "\n".join(lines)


def _fact_lines(who: str, fact: str, value: Any) -> Iterator[str]:
    yield f"known({who},{fact})."
    if isinstance(value, (int, float)):
        yield f"num({who},{fact},{_whole(value)})."
        return
    for word in value if isinstance(value, tuple) else (value,):
        yield f"is({who},{fact},{_word(word)})."


def _whole(value: float) -> int:
    return round(min(value, NEVER_WEEKS) * _HUNDREDTHS)


def _word(word: str) -> str:
    """Skin types start with a capital, which would make them variables."""
    return f'"{word}"' if word[0].isupper() else word


def _write_fits(program: _Program) -> None:
    """Which ``suits`` entries hold, and which are not ruled out, for which finding.

    ``none`` stands for acne itself, or for the whole person where there is no finding.
    """
    for index, (number, _, suits) in enumerate(fits_of(program.knowledge)):
        node = _write(suits.when, program, {}) if suits.when else None
        for kind in suits.types:
            if kind != "acne":
                of_type = [] if kind == "any" else [f"is(c,I,type,{kind})"]
                _add_fit(program, f"c,{number},I,{index}", ["finding(c,I)", *of_type], node)
            if kind in ("acne", "any"):
                nobody = ["not finding(c,_)"] if kind == "any" else []
                _add_fit(program, f"c,{number},none,{index}", ["case(c)", *nobody], node)
        if suits.role is not Role.NOT_INDICATED:
            program.fixed.append(f"indicated({index}).")


def _add_fit(program: _Program, which: str, when: list[str], node: _Node | None) -> None:
    for head, kind in (("hit", "t"), ("may", "p")):
        asked = [node.atom(kind)] if node else []
        program.add(f"{head}({which}) :- {', '.join([*when, *asked])}.")


def _write(condition: Condition, program: _Program, values: dict[str, Any]) -> _Node:
    """Add a condition and return its node."""
    word, given = word_of(condition)
    if word in ("all", "any"):
        return _join(word, [_write(part, program, values) for part in given], program)
    if word == "not":
        inner = _write(given, program, values)
        node = program.node(of_finding=inner.of_finding)
        for one, other in ("tp", "pt"):
            program.add(f"{node.atom(one)} :- {node.domain}, not {inner.atom(other)}.")
        return node
    if word == "weeks_since":
        return _write_weeks_since(given, program, values)
    if word == "earlier_result":
        return _write_earlier_result(given, program)
    if word == "any_finding":
        return _write_any_finding(given, program)
    leaves = [_leaf(word, fact, given[fact], program, values) for fact in given]
    return _join("all", leaves, program)


def _join(word: str, parts: list[_Node], program: _Program) -> _Node:
    if len(parts) == 1:
        return parts[0]
    node = program.node(of_finding=any(part.of_finding for part in parts))
    for kind in "tp":
        atoms = [part.atom(kind) for part in parts]
        bodies = [", ".join(atoms)] if word == "all" else atoms
        program.add(*(f"{node.atom(kind)} :- {node.domain}, {body}." for body in bodies))
    return node


def _leaf(word: str, fact: str, given: Any, program: _Program, values: dict[str, Any]) -> _Node:
    node = program.node(of_finding=word.startswith("finding"))
    who = "c,I" if node.of_finding else "c"
    if word in ("answer", "finding"):
        tests = [f"is({who},{fact},{_word(w)})" for w in given]
    else:
        sign = ">=" if word.endswith("at_least") else "<"
        tests = [f"num({who},{fact},N), N {sign} {_whole(limit_of(given, values))}"]
    program.add(*(f"{node.atom('t')} :- {test}." for test in tests))
    program.add(f"{node.atom('p')} :- {node.atom('t')}.")
    program.add(f"{node.atom('p')} :- {node.domain}, not known({who},{fact}).")
    if word == "finding" and fact == "type":
        opens = (f"is({who},type,{kind})" for kind in v.FINDING_GROUPS["open"])
        program.add(*(f"{node.atom('p')} :- {one}." for one in opens))
    return node


def _write_weeks_since(given: Any, program: _Program, values: dict[str, Any]) -> _Node:
    node = program.node(of_finding=False)
    true, possible = node.atom("t"), node.atom("p")
    for name in sorted(program.knowledge.treatments_named(given.treatment)):
        limit = _whole(limit_of(given.less_than, values))
        program.add(f"{true} :- earlier(c,{name},W), W != unknown, W < {limit}.")
        program.add(f"{possible} :- earlier(c,{name},unknown).")
    program.add(f"{possible} :- {true}.", f"{possible} :- case(c), not earlier_known(c).")
    return node


def _write_earlier_result(given: Any, program: _Program) -> _Node:
    node = program.node(of_finding=False)
    true, possible = node.atom("t"), node.atom("p")
    for name in sorted(program.knowledge.treatments_named(given.treatment)):
        program.add(*(f"{true} :- left(c,{name},{result})." for result in given.result))
        program.add(f"{possible} :- left(c,{name},unknown).")
    program.add(f"{possible} :- {true}.", f"{possible} :- case(c), not earlier_known(c).")
    return node


def _write_any_finding(given: dict[str, Iterable[str]], program: _Program) -> _Node:
    leaves = [_leaf("finding", fact, words, program, {}) for fact, words in given.items()]
    node = program.node(of_finding=False)
    for kind in "tp":
        same = ", ".join(leaf.atom(kind, "J") for leaf in leaves)
        program.add(f"{node.atom(kind)} :- finding(c,J), {same}.")
    program.add(f"{node.atom('p')} :- case(c), not finding(c,_).")
    return node
