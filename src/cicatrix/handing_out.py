"""Long work handed out to processes, as far as the machine has cores for it.

For work that holds the interpreter most of the time, where threads would wait for each other.
The processes take about a second to start, so only work of several seconds is worth it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from cicatrix.errors import CicatrixError
from cicatrix.side_by_side import cores

Piece = TypeVar("Piece")
Result = TypeVar("Result")

#: More workers would need more room than time is won.
MOST_WORKERS = 4


class WorkerLostError(CicatrixError):
    """A process that worked for this one was ended from outside."""


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
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    # Each piece by itself, sent as it is: pieces are few, large and of unequal length.
    parallel = Parallel(workers, return_as="generator", batch_size=1, max_nbytes=None)
    try:
        yield from parallel(delayed(work)(piece) for piece in pieces)
    except TerminatedWorkerError:
        raise WorkerLostError(
            "A part of the work was ended by the system, most likely because memory ran out. Close "
            "other programs, or crop the scan to the skin, and try again."
        ) from None
