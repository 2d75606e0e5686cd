"""cicatrix in its own process, on the same terms: case files in, ranks and seconds out.

What is timed is more than the peers do: every decision comes with its role, targets, reasons
and open questions. A rule book keeps some of what it worked out, so patients are timed that it
has not met, after it met others; the peers keep nothing.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterable

from benchmarks.cases import case_of
from cicatrix import __version__
from cicatrix.knowledge import load_knowledge
from cicatrix.planning.decide import decide_all
from cicatrix.planning.rulebook import RuleBook, make_rulebook
from cicatrix.planning.truth import facts_of
from cicatrix.records import Case


def main() -> None:
    """Meet some patients, then decide one block of new ones after another; the first again."""
    task = json.load(sys.stdin)
    book = make_rulebook(load_knowledge())
    met, *blocks = [
        [case_of(case_file) for case_file in block] for block in (task["met"], *task["blocks"])
    ]
    # As a program that runs for long does once it has started: what stays is not searched for
    # rubbish again and again.
    gc.freeze()
    _timed(met, book)
    seconds, ranks = zip(*[_timed(block, book) for block in blocks], strict=True)
    again, _ = _timed(blocks[0], book)
    json.dump(
        {
            "seconds": seconds,
            "again_seconds": again,
            "ranks": ranks[0],
            "version": __version__,
        },
        sys.stdout,
    )


def _timed(cases: Iterable[Case], book: RuleBook) -> tuple[float, list[list[int]]]:
    """The core seconds that decisions on some cases took, and how strict each of them is.

    Only that is kept of a case, as of the peers; to hold every reason of hundreds of patients at
    a time would also time the search for rubbish among them.
    """
    began = time.process_time()
    ranks = [
        [one.verdict.strictness for one in decide_all(facts_of(c.intake, c.findings), book=book)]
        for c in cases
    ]
    return time.process_time() - began, ranks


if __name__ == "__main__":
    main()
