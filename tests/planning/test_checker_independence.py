"""The checker stands on its own feet: it must not share code with what it checks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cicatrix.planning

HERE = Path(str(cicatrix.planning.__file__)).parent


def imported(source: str) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("checker", ["checker.py", "checker_of_care.py"])
def test_a_checker_imports_nothing_from_its_siblings(checker: str) -> None:
    source = (HERE / checker).read_text(encoding="utf-8")
    ours = {name for name in imported(source) if name.startswith(("cicatrix", "."))}
    assert ours
    assert ours <= {
        "cicatrix.knowledge",
        "cicatrix.knowledge.second_reading",
        "cicatrix.knowledge.rule_page",
        "cicatrix.records",
        "cicatrix.vocabulary",
    }


def test_the_oracle_imports_nothing_from_the_planner() -> None:
    for name in ("oracle.py", "oracle_words.py"):
        source = Path(__file__).with_name(name).read_text(encoding="utf-8")
        found = [one for one in imported(source) if "planning" in one]
        assert set(found) <= {"tests.planning.oracle_words"}
