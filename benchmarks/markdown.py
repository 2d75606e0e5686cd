"""Small pieces of a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown, numbers to the right."""
    columns = list(head)
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def in_seconds(value: float) -> str:
    """With three digits or so."""
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s"


def held_or_missed(condition: object) -> str:
    """In words; what was missed stands out."""
    return "held" if condition else "**missed**"
