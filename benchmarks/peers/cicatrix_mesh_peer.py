"""cicatrix in its own process, from the file of a mesh to the catalogue of its scars.

Standard input holds {"path"}; out come seconds on the clock and of all cores, and how much memory
it took more than after import.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from joblib.externals.loky import get_reusable_executor
from memory_held import peak_bytes

from cicatrix.capturing import mesh as _mesh  # noqa: F401 - what reading imports is no part of it
from cicatrix.capturing import read_scan
from cicatrix.capturing.quality import judge_mesh
from cicatrix.handing_out import MOST_WORKERS
from cicatrix.measuring.mesh_scars import measure_mesh
from cicatrix.side_by_side import cores
from cicatrix.skin import Mesh

_WORKERS = min(cores(), MOST_WORKERS)


def main() -> None:
    """Read and measure once."""
    task = json.load(sys.stdin)
    before = peak_bytes()
    began, began_on_core = time.perf_counter(), _core_seconds()
    capture = read_scan(Path(task["path"]), unit="mm")
    assert isinstance(capture, Mesh)
    quality = judge_mesh(capture)
    catalogue = measure_mesh(capture, spacing_mm=quality.spacing_mm)
    clock_seconds = time.perf_counter() - began
    # What workers took is told once they have ended.
    get_reusable_executor(max_workers=_WORKERS).shutdown()
    json.dump(
        {
            "clock_seconds": clock_seconds,
            "core_seconds": _core_seconds() - began_on_core,
            "peak_bytes": peak_bytes() - before,
            "vertices": len(capture.vertices_mm),
            "scars": len(catalogue.scars),
        },
        sys.stdout,
    )


def _core_seconds() -> float:
    """Of this process with all its threads, and of the workers that have ended."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
