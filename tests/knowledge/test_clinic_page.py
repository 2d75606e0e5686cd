"""Every statement of the clinic page is carried by a knowledge page, in words that can be found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "src" / "cicatrix" / "knowledge" / "pages"
STATEMENTS: list[dict[str, Any]] = yaml.safe_load(
    (HERE / "clinic_page.yaml").read_text(encoding="utf-8")
)
VERDICTS = {"supported", "partly", "contradicted", "not_studied"}


def value_at(page: Any, key: str) -> Any:
    """The value behind a dotted key such as ``paragraphs.0.text.en``."""
    for step in key.split("."):
        page = page[int(step)] if isinstance(page, list) else page[step]
    return page


def words_of(value: Any) -> str:
    """All that a value says, in lower case and on one line."""
    dumped = yaml.safe_dump(value, allow_unicode=True, width=1_000_000)
    return " ".join(dumped.lower().split())


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement["id"])
def test_statement_is_carried(statement: dict[str, Any]) -> None:
    assert statement["verdict"] in VERDICTS
    assert statement["carried_by"], "no page carries this statement"
    for carrier in statement["carried_by"]:
        path = PAGES / f"{carrier['page']}.yaml"
        assert path.is_file(), f"there is no page {carrier['page']}"
        page = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            value = value_at(page, carrier["key"])
        except (KeyError, IndexError, TypeError, ValueError):
            pytest.fail(f"{carrier['page']} has no {carrier['key']}")
        said = words_of(value)
        missing = [word for word in carrier["must_say"] if word.lower() not in said]
        assert not missing, f"{carrier['page']}: {carrier['key']} does not say {missing}"


def test_statements_are_told_apart() -> None:
    ids = [statement["id"] for statement in STATEMENTS]
    assert len(ids) == len(set(ids))


def test_what_evidence_contradicts_is_explained() -> None:
    unexplained = [
        statement["id"]
        for statement in STATEMENTS
        if statement["verdict"] != "supported" and not statement.get("note")
    ]
    assert not unexplained
