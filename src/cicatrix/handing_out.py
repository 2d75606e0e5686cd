"""Long work handed out to processes beside this one, as far as the machine has cores for it.

For work that holds the interpreter most of the time, where threads would wait for each other. A
helper takes most of a second to start, in which the work goes on here.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from cicatrix.helper import Answer
from cicatrix.side_by_side import cores

Piece = TypeVar("Piece")
Result = TypeVar("Result")
_Helper = subprocess.Popen[bytes]

#: More helpers would need more room than time is won.
_MOST_HELPERS = 3
#: So many pieces are on their way to each helper, so that it never waits for the next.
_AHEAD = 2


def handed_out(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """The results of some pieces of work, in the order of the pieces, whoever did which.

    ``work`` is a function of a module; pieces and results can be pickled. Where no helper can be
    started, or one ends before its time, the work is done here.
    """
    with ExitStack() as stack:
        helpers = [helper for _ in range(_wanted()) for helper in _started()]
        for helper in helpers:
            stack.callback(_end, helper)
        if not helpers:
            yield from map(work, pieces)
            return
        pool = stack.enter_context(ThreadPoolExecutor(len(helpers)))
        yield from _in_order(work, pieces, pool, helpers)


def _wanted() -> int:
    """How many helpers this machine has cores for, beside this process."""
    return min(cores() - 1, _MOST_HELPERS)


def _started() -> tuple[_Helper, ...]:
    """A helper on its way, as a tuple of one; empty where no process can be started."""
    source = str(Path(__file__).parents[1])
    known = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH", ""))))
    try:
        started = subprocess.Popen(
            [sys.executable, "-P", "-m", "cicatrix.helper"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": known},
        )  # fmt: skip
    except (OSError, ValueError):
        return ()
    return (started,)


def _end(helper: _Helper) -> None:
    helper.kill()
    helper.communicate()


def _in_order(
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    pool: ThreadPoolExecutor,
    helpers: Sequence[_Helper],
) -> Iterator[Result]:
    """Keep the helpers busy, do the other pieces here, and give the results in their order."""
    idle: queue.SimpleQueue[_Helper] = queue.SimpleQueue()
    for helper in helpers:
        idle.put(helper)
    waiting: deque[tuple[Piece, Future[Result]]] = deque()
    try:
        for piece in pieces:
            busy = sum(not future.done() for _, future in waiting)
            if busy < _AHEAD * len(helpers):
                waiting.append((piece, pool.submit(_by_a_helper, idle, work, piece)))
            else:
                waiting.append((piece, _done_here(work, piece)))
            while waiting and waiting[0][1].done():
                yield waiting.popleft()[1].result()
        while waiting:
            for place, (piece, future) in reversed(list(enumerate(waiting))):
                if future.cancel():  # no helper has begun it yet
                    waiting[place] = (piece, _done_here(work, piece))
            yield waiting.popleft()[1].result()
    finally:
        for _, future in waiting:
            future.cancel()


def _done_here(work: Callable[[Piece], Result], piece: Piece) -> Future[Result]:
    future: Future[Result] = Future()
    try:
        future.set_result(work(piece))
    except Exception as error:  # noqa: BLE001 - raised in its turn
        future.set_exception(error)
    return future


def _by_a_helper(
    idle: queue.SimpleQueue[_Helper], work: Callable[[Piece], Result], piece: Piece
) -> Result:
    """What the work gives or raises: of the next idle helper, or of this process if it is gone."""
    helper = idle.get()
    try:
        answer = _answer_of(helper, (work, piece))
    except (OSError, EOFError, pickle.UnpicklingError):
        return work(piece)
    finally:
        idle.put(helper)
    if answer.error is not None:
        raise answer.error
    return answer.result  # type: ignore[no-any-return]


def _answer_of(helper: _Helper, asked: tuple[Any, Any]) -> Answer:
    if helper.stdin is None or helper.stdout is None:
        raise EOFError
    pickle.dump(asked, helper.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    helper.stdin.flush()
    answer: Answer = pickle.load(helper.stdout)  # noqa: S301 - from our own other end
    return answer
