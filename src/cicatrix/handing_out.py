"""Long work handed out to processes, as far as the machine has cores for it.

For work that holds the interpreter most of the time, where threads would wait for each other.
The processes take about a second to start, so only work of several seconds is worth it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, wait
from typing import TypeVar

from cicatrix.errors import CicatrixError
from cicatrix.side_by_side import cores

Piece = TypeVar("Piece")
Result = TypeVar("Result")

#: More workers would need more room than time is won.
MOST_WORKERS = 4
#: Pieces at work or waiting, for each worker.
_MOST_AHEAD = 2
#: How long workers wait for more work before they go.
_IDLE_SECONDS = 300
#: There is a worker for each core, so what they call must not start threads of its own.
_ONE_THREAD_EACH = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1"
)


class WorkerLostError(CicatrixError):
    """A process that worked for this one was ended from outside."""


def wake_workers(work: Callable[[Piece], object], piece: Piece) -> None:
    """Have the workers start, and load what ``work`` needs, while this process goes on.

    ``piece`` is one that takes no time; what comes of it is dropped.
    """
    workers = min(cores(), MOST_WORKERS)
    if workers > 1:
        pool = _pool(workers)
        for _ in range(workers):
            pool.submit(work, piece)


def _pool(workers: int) -> Executor:
    """The workers, started where there are none."""
    from joblib.externals.loky import get_reusable_executor

    # Futures, not joblib.Parallel, which at an error ends the workers while pieces still wait for
    # them; that can go wrong in the thread that hands the pieces on.
    pool: Executor = get_reusable_executor(
        max_workers=workers, timeout=_IDLE_SECONDS, env=_ONE_THREAD_EACH
    )
    return pool


def handed_out(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """The results of some pieces of work, in the order of the pieces, whoever did which.

    ``work`` is a function of a module; pieces and results can be pickled. Few pieces are made
    ahead of the work, so that the room they need is bounded. With one core the work is done here.

    Raises
    ------
    WorkerLostError
        If a worker was ended before its time.
    """
    workers = min(cores(), MOST_WORKERS)
    if workers == 1:
        yield from map(work, pieces)
        return
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    pool = _pool(workers)
    ahead: deque[Future[Result]] = deque()
    try:
        for piece in pieces:
            if len(ahead) == _MOST_AHEAD * workers:
                yield ahead.popleft().result()
            ahead.append(pool.submit(work, piece))
        while ahead:
            yield ahead.popleft().result()
    except TerminatedWorkerError:
        raise WorkerLostError(
            "A part of the work was ended by the system, most likely because memory ran out. Close "
            "other programs, or crop the scan to the skin, and try again."
        ) from None
    finally:
        # The few that are still at work are waited for, so that the next work finds workers idle.
        wait(ahead)
