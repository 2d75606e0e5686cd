"""docs/tour.md tells the truth: its lines run, and every name in it exists."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "cicatrix"
TOUR = ROOT / "docs" / "tour.md"


def test_every_line_of_the_tour_runs_as_it_stands():
    outcome = doctest.testfile(str(TOUR), module_relative=False, verbose=False)
    assert outcome.attempted > 20, "the tour lost its examples"
    assert outcome.failed == 0


@pytest.mark.parametrize(
    "page",
    [
        "tour.md",
        "conventions.md",
        *(f"decisions/{path.name}" for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))),
    ],
)
def test_every_file_that_the_docs_name_is_there(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text))
    files = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py")}
    endings = files | {path.rsplit("/", 1)[-1] for path in files}
    elsewhere = {name for name in named if (ROOT / name).is_file()}
    assert named - endings - elsewhere == set()


def test_every_function_that_the_tour_names_is_defined():
    text = TOUR.read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    named = set(re.findall(r"`([A-Za-z_]\w*)`", prose))
    fields_and_rooms = {
        "all", "any", "assessing", "capturing", "exchange", "facts", "knowledge", "measuring",
        "mixed", "picturing", "plan", "planning", "reporting", "suits", "undetermined",
    }  # fmt: skip
    defined = {
        node.name
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    assigned = {"CaseModel"}  # made by create_model
    assert named - defined - fields_and_rooms - assigned == set()
