"""Long work handed out to processes beside this one, as far as the machine has cores for it.

For work that holds the interpreter most of the time, where threads would wait for each other. A
worker takes most of a second to start, in which the work goes on here.
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

from cicatrix.piece_worker import Answer
from cicatrix.side_by_side import cores

Piece = TypeVar("Piece")
Result = TypeVar("Result")
_Worker = subprocess.Popen[bytes]

#: More workers would need more room than time is won.
_MOST_WORKERS = 3
#: So many pieces are on their way to each worker, so that it never waits for the next.
_AHEAD = 2


def handed_out(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """The results of some pieces of work, in the order of the pieces, whoever did which.

    ``work`` is a function of a module; pieces and results can be pickled. Where no worker can be
    started, or one ends before its time, the work is done here.
    """
    with ExitStack() as stack:
        workers = [worker for _ in range(_wanted()) for worker in _started()]
        for worker in workers:
            stack.callback(_end, worker)
        if not workers:
            yield from map(work, pieces)
            return
        pool = stack.enter_context(ThreadPoolExecutor(len(workers)))
        yield from _in_order(work, pieces, pool, workers)


def _wanted() -> int:
    """How many workers this machine has cores for, beside this process."""
    return min(cores() - 1, _MOST_WORKERS)


def _started() -> tuple[_Worker, ...]:
    """A worker on its way, as a tuple of one; empty where no process can be started."""
    source = str(Path(__file__).parents[1])
    known = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH", ""))))
    try:
        started = subprocess.Popen(
            [sys.executable, "-P", "-m", "cicatrix.piece_worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": known},
        )  # fmt: skip
    except (OSError, ValueError):
        return ()
    return (started,)


def _end(worker: _Worker) -> None:
    worker.kill()
    worker.communicate()


def _in_order(
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    pool: ThreadPoolExecutor,
    workers: Sequence[_Worker],
) -> Iterator[Result]:
    """Keep the workers busy, do the other pieces here, and give the results in their order."""
    idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
    for worker in workers:
        idle.put(worker)
    waiting: deque[tuple[Piece, Future[Result]]] = deque()
    try:
        for piece in pieces:
            busy = sum(not future.done() for _, future in waiting)
            if busy < _AHEAD * len(workers):
                waiting.append((piece, pool.submit(_by_a_worker, idle, work, piece)))
            else:
                waiting.append((piece, _done_here(work, piece)))
            while waiting and waiting[0][1].done():
                yield waiting.popleft()[1].result()
        while waiting:
            for place, (piece, future) in reversed(list(enumerate(waiting))):
                if future.cancel():  # no worker has begun it yet
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


def _by_a_worker(
    idle: queue.SimpleQueue[_Worker], work: Callable[[Piece], Result], piece: Piece
) -> Result:
    """What the work gives or raises: of the next idle worker, or of this process if it is gone."""
    worker = idle.get()
    try:
        answer = _answer_of(worker, (work, piece))
    except (OSError, EOFError, pickle.UnpicklingError):
        return work(piece)
    finally:
        idle.put(worker)
    if answer.error is not None:
        raise answer.error
    return answer.result  # type: ignore[no-any-return]


def _answer_of(worker: _Worker, asked: tuple[Any, Any]) -> Answer:
    if worker.stdin is None or worker.stdout is None:
        raise EOFError
    pickle.dump(asked, worker.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    worker.stdin.flush()
    answer: Answer = pickle.load(worker.stdout)  # noqa: S301 - from our own other end
    return answer
