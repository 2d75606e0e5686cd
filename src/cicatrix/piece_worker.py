"""A process that does pieces of work for another: ``python -m cicatrix.piece_worker``.

Standard input brings functions with what they take, standard output takes back what they gave
or raised, one after the other, until the input ends. Both ends are the same program on the same
machine (:mod:`cicatrix.handing_out`); nothing else ever speaks to it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a piece of work gave, or the error that it raised."""

    result: Any = None
    error: Exception | None = None


def main() -> None:
    """Work until there is nothing more to do."""
    # Whoever stops the work stops the process that handed it out, which then closes the input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library may print must not get between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            work, piece = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own other end
        except EOFError:
            return
        try:
            answer = Answer(result=work(piece))
        except Exception as error:  # noqa: BLE001 - raised again where the work was handed out
            answer = Answer(error=error)
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    # By its name, so that an answer is known at the other end.
    from cicatrix.piece_worker import main as work_for_another

    work_for_another()
