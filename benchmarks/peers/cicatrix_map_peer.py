"""cicatrix in its own process, from the file of a height map to the catalogue of its scars.

Standard input holds {"path", "pitch_mm"}; out come core seconds and how much memory it took more
than after import.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from memory_held import peak_bytes

from cicatrix.capturing import read_scan
from cicatrix.measuring import measure
from cicatrix.skin import HeightMap


def main() -> None:
    """Read and measure once."""
    task = json.load(sys.stdin)
    before = peak_bytes()
    began = time.process_time()
    capture = read_scan(Path(task["path"]), pitch_mm=task["pitch_mm"], unit="mm")
    assert isinstance(capture, HeightMap)
    catalogue = measure(capture)
    seconds = time.process_time() - began
    peak = peak_bytes()
    json.dump(
        {
            "seconds": seconds,
            "peak_bytes": peak - before,
            "samples": capture.height_mm.size,
            "scars": len(catalogue.scars),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
