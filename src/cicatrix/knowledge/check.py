"""Tell whether the pages are sound: ``python -m cicatrix.knowledge.check [FILE …]``."""

from __future__ import annotations

import sys
from pathlib import Path

from cicatrix.knowledge.loader import read_knowledge


def main() -> int:
    """Print every fault (of the named files only, if any are named)."""
    wanted = {Path(name).name for name in sys.argv[1:]}
    _, faults = read_knowledge()
    shown = [f for f in faults if not wanted or any(name in f.split(":")[0] for name in wanted)]
    print("\n".join(shown) or "sound")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main())
