"""Pieces of work done side by side, as far as the machine has cores for it.

In threads: they share the scan, start at once, and NumPy and SciPy let go of the interpreter
while they work through an array.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

#: More at once would each need room, and wait for the interpreter most of the time.
_MOST_HANDS = 4
#: So many pieces a hand are taken up or wait to be collected, so that none falls idle.
_AHEAD = 2


def side_by_side(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """The results of some pieces of work, in the order of the pieces, which no thread changes.

    Few pieces are taken up beyond those whose results were collected, so that the room they
    need is bounded. Where a piece fails its error comes in its turn, and no further one is begun.
    """
    hands = min(cores(), _MOST_HANDS)
    if hands == 1:
        yield from map(work, pieces)
        return
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(hands) as pool:
        try:
            for piece in pieces:
                waiting.append(pool.submit(work, piece))
                if len(waiting) >= _AHEAD * hands:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for left in waiting:
                left.cancel()


def cores() -> int:
    """How many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
