"""Write the samples of ``surfalize`` again: python write_with_surfalize.py FOLDER.

surfalize is under the GPL, so it is never imported by cicatrix or by its tests. This script runs
in an environment of its own (pip install surfalize==0.19.2); only its output lies here.
"""

import sys
from pathlib import Path

import numpy as np
from surfalize import Surface

folder = Path(sys.argv[1])
row, column = np.mgrid[0:30, 0:40].astype(float)
height_mm = 0.3 * np.sin(column / 6) + 0.01 * row + 0.0004 * row * column - 0.2
height_mm[3:7, 5:9] = np.nan
height_mm[29, 39] = np.nan

surface = Surface(height_mm * 1000, 50.0, 80.0)  # surfalize works in micrometres
surface.save(folder / "surfalize.sur")
surface.save(folder / "surfalize_packed.sur", compressed=True)
surface.save(folder / "surfalize.al3d")
surface.save(folder / "surfalize.x3p")
