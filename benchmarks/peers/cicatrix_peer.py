"""cicatrix in its own process, on the same terms: case files in, ranks and seconds out.

What is timed is more than the peers do: every decision comes with its role, targets, reasons
and open questions.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.cases import case_of
from cicatrix import __version__
from cicatrix.knowledge import load_knowledge
from cicatrix.planning.decide import decide_all
from cicatrix.planning.rulebook import make_rulebook
from cicatrix.planning.truth import facts_of


def main() -> None:
    """Decide every case ``rounds`` times; the answers are those of the last round."""
    task = json.load(sys.stdin)
    book = make_rulebook(load_knowledge())
    cases = [case_of(case_file) for case_file in task["cases"]]
    seconds, decided = [], []
    for _ in range(task["rounds"]):
        began = time.process_time()
        decided = [decide_all(facts_of(c.intake, c.findings), book=book) for c in cases]
        seconds.append(time.process_time() - began)
    ranks = [[decision.verdict.strictness for decision in decisions] for decisions in decided]
    json.dump({"seconds": seconds, "ranks": ranks, "version": __version__}, sys.stdout)


if __name__ == "__main__":
    main()
