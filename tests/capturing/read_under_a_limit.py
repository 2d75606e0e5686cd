"""Read files with little memory allowed: read_under_a_limit.py MB FILE…

Prints one JSON line a file: what came out, or the words of the refusal. Anything but a scan or a
CaptureError (a MemoryError above all) ends the program with a traceback.
"""

import json
import resource
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import tifffile
import trimesh

from cicatrix.capturing import read_scan
from cicatrix.capturing.formats import read_by_content
from cicatrix.skin import CaptureError, HeightMap


def given_for(path):
    """What a person would say about such a file."""
    if path.suffix in {".ply", ".stl", ".glb", ".obj"}:
        return {"unit": "cm"}
    if path.suffix == ".xyz":
        return {"unit": "mm"}
    if path.suffix == ".npz":
        return {"pitch_mm": 0.06}
    if path.suffix in {".tif", ".png", ".npy", ".csv", ".asc"}:
        return {"pitch_mm": 0.06, "mm_per_unit": 0.001}
    return {}


def address_space_mb():
    """What the interpreter and the libraries take before any file is opened."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() // 2**20


def main(mb, names):
    """Read each file with ``mb`` MB more than the libraries need."""
    assert all((np, PIL.Image, tifffile, trimesh, read_by_content))
    PIL.Image.init()
    limit = (address_space_mb() + mb) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for name in names:
        path = Path(name)
        try:
            scan = read_scan(path, **given_for(path))
            said = "height map" if isinstance(scan, HeightMap) else "mesh"
        except CaptureError as error:
            said = str(error)
        sys.stdout.write(json.dumps([path.name, said]) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
