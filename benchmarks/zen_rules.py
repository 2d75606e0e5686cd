"""The rule pages as a decision graph for zen-engine, in two manners.

``plain``         as one would write it: a row per rule that is true when its condition is. What
                  is missing is then false, or the row fails without a word.
``three_valued``  every fact asked for by hand whether it is there: a row for "true" and a row
                  for "not ruled out". This is strong Kleene logic spelled out in zen's words.

The graph has two tables: one for the patient, one that is gone through for every finding.
Both collect the rows that hold; which verdict follows is folded in the peer's process.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.tables_for_peers import (
    fits_of,
    limit_of,
    plain_facts,
    plain_findings,
    rules_asked,
    word_of,
)
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.records import Case
from cicatrix.vocabulary import FINDING_GROUPS

#: Takes a condition and gives it as a zen expression.
Writer = Callable[[Condition], str]
#: The rows of the table for each finding (True) and of the one for the patient (False).
_Rows = dict[bool, list[dict[str, str]]]
_OPEN_TYPES = tuple(FINDING_GROUPS["open"])
_LISTS = ("acne_lesions",)


def plain_graph(knowledge: Knowledge) -> dict[str, Any]:
    """One row per rule: it holds when its condition does."""
    rows: _Rows = {False: [], True: []}
    for index, asked in enumerate(rules_asked(knowledge)):
        write = functools.partial(_plain, values=asked.page.values, knowledge=knowledge)
        rows[asked.page.reads_finding].append(_row(write(asked.when), f"t{index}"))
    _add_fits(rows, knowledge, functools.partial(_plain, values={}, knowledge=knowledge), "f")
    return _graph(rows[False], rows[True])


def three_valued_graph(knowledge: Knowledge) -> dict[str, Any]:
    """Two rows per rule and fit: its condition is true, and its condition is not ruled out."""
    rows: _Rows = {False: [], True: []}
    for index, asked in enumerate(rules_asked(knowledge)):
        for sure, letter in ((_true, "t"), (_possible, "p")):
            text = sure(asked.when, values=asked.page.values, knowledge=knowledge)
            rows[asked.page.reads_finding].append(_row(text, f"{letter}{index}"))
    for sure, letter in ((_true, "f"), (_possible, "m")):
        _add_fits(rows, knowledge, functools.partial(sure, values={}, knowledge=knowledge), letter)
    return _graph(rows[False], rows[True])


def input_of(case: Case) -> dict[str, Any]:
    """What the graph is given for one case."""
    facts, findings = plain_facts(case), plain_findings(case)
    whole = facts | {"findings": findings}
    return whole | {"each": [whole | {"finding": finding} for finding in findings]}


def _row(condition: str, name: str) -> dict[str, str]:
    return {"_id": name, "if": condition, "then": f"'{name}'"}


def _add_fits(rows: _Rows, knowledge: Knowledge, write: Writer, letter: str) -> None:
    """A row per ``suits`` entry for each finding, and one without for acne or the whole person."""
    for index, (_, _, suits) in enumerate(fits_of(knowledge)):
        when = [f"({write(suits.when)})"] if suits.when else []
        of_type = [] if "any" in suits.types else [f"finding.type in {_words(suits.types)}"]
        if set(suits.types) != {"acne"}:
            rows[True].append(_row(" and ".join([*of_type, *when]) or "true", f"{letter}{index}"))
        if {"acne", "any"} & set(suits.types):
            nobody = [] if "acne" in suits.types else ["len(findings) == 0"]
            rows[False].append(_row(" and ".join([*nobody, *when]) or "true", f"{letter}{index}"))


def _graph(patient: list[dict[str, str]], finding: list[dict[str, str]]) -> dict[str, Any]:
    each = {"inputField": "each", "executionMode": "loop"}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "content": {}},
        _table("patient", patient),
        _table("finding", finding, **each),
        {"id": "out", "name": "out", "type": "outputNode", "content": {}},
    ]
    ends = (("in", "patient"), ("in", "finding"), ("patient", "out"), ("finding", "out"))
    edges = [{"id": f"{a} {b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in ends]
    return {"nodes": nodes, "edges": edges}


def _table(name: str, rows: list[dict[str, str]], **more: str) -> dict[str, Any]:
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": "if", "name": "if"}],
        "outputs": [{"id": "then", "name": "then", "field": "row"}],
        "rules": rows,
        "outputPath": name,
        **more,
    }
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}


def _words(words: Iterable[str]) -> str:
    return json.dumps(sorted(words)).replace('"', "'")


# --- as one would write it -------------------------------------------------------------------


def _plain(condition: Condition, *, values: dict[str, Any], knowledge: Knowledge) -> str:
    word, given = word_of(condition)
    if word in ("all", "any"):
        between = " and " if word == "all" else " or "
        parts = (_plain(part, values=values, knowledge=knowledge) for part in given)
        return between.join(f"({part})" for part in parts)
    if word == "not":
        return f"not ({_plain(given, values=values, knowledge=knowledge)})"
    if word in ("weeks_since", "earlier_result"):
        names = _words(knowledge.treatments_named(given.treatment))
        fact, test = _of_earlier(word, given, values)
        return f"some(earlier, #.treatment in {names} and {fact} {test})"
    if word == "any_finding":
        same = " and ".join(f"#.{fact} in {_words(words)}" for fact, words in given.items())
        return f"some(findings, {same})"
    place = "finding." if word.startswith("finding") else ""
    if word in ("answer", "finding"):
        return " and ".join(_is(f"{place}{fact}", words) for fact, words in given.items())
    sign = ">=" if word.endswith("at_least") else "<"
    return " and ".join(
        f"{place}{fact} {sign} {limit_of(limit, values):g}" for fact, limit in given.items()
    )


def _is(fact: str, words: Iterable[str]) -> str:
    return f"some({fact}, # in {_words(words)})" if fact in _LISTS else f"{fact} in {_words(words)}"


def _of_earlier(word: str, given: Any, values: dict[str, Any]) -> tuple[str, str]:
    """What is asked of an earlier treatment: the fact, and what it must be."""
    if word == "weeks_since":
        return "#.weeks_ago", f"< {limit_of(given.less_than, values):g}"
    return "#.result", f"in {_words(given.result)}"


# --- three-valued by hand --------------------------------------------------------------------


def _true(condition: Condition, *, values: dict[str, Any], knowledge: Knowledge) -> str:
    return _kleene(condition, values=values, knowledge=knowledge, unknown_is="false")


def _possible(condition: Condition, *, values: dict[str, Any], knowledge: Knowledge) -> str:
    return _kleene(condition, values=values, knowledge=knowledge, unknown_is="true")


def _kleene(
    condition: Condition, *, values: dict[str, Any], knowledge: Knowledge, unknown_is: str
) -> str:
    """The condition with every unknown leaf taken as ``unknown_is``; "not" turns that round."""
    again = functools.partial(_kleene, values=values, knowledge=knowledge)
    word, given = word_of(condition)
    if word in ("all", "any"):
        between = " and " if word == "all" else " or "
        return between.join(f"({again(part, unknown_is=unknown_is)})" for part in given)
    if word == "not":
        return f"not ({again(given, unknown_is='true' if unknown_is == 'false' else 'false')})"
    if word in ("weeks_since", "earlier_result"):
        names = _words(knowledge.treatments_named(given.treatment))
        sure = _sure(*_of_earlier(word, given, values), unknown_is)
        some = f"some(earlier, #.treatment in {names} and {sure})"
        return f"earlier == null ? {unknown_is} : {some}"
    if word == "any_finding":
        same = " and ".join(_sure_word(f"#.{f}", words, unknown_is) for f, words in given.items())
        return f"len(findings) == 0 ? {unknown_is} : some(findings, {same})"
    place = "finding." if word.startswith("finding") else ""
    if word in ("answer", "finding"):
        return " and ".join(_sure_word(f"{place}{f}", w, unknown_is) for f, w in given.items())
    sign = ">=" if word.endswith("at_least") else "<"
    return " and ".join(
        _sure(f"{place}{fact}", f"{sign} {limit_of(limit, values):g}", unknown_is)
        for fact, limit in given.items()
    )


def _sure(fact: str, test: str, unknown_is: str) -> str:
    return f"({fact} == null ? {unknown_is} : {fact} {test})"


def _sure_word(fact: str, words: Iterable[str], unknown_is: str) -> str:
    """A word of a fact; a type that is still open could be any."""
    if fact in _LISTS:
        return f"({fact} == null ? {unknown_is} : {_is(fact, words)})"
    if fact.endswith(".type"):
        outside = _words(set(_OPEN_TYPES) - set(words))
        return f"({fact} in {outside} ? {unknown_is} : {fact} in {_words(words)})"
    return _sure(fact, f"in {_words(words)}", unknown_is)
