"""Maps from file to catalogue: beside surfalize's levelling and parameters, and as they grow.

The peer answers another question (one row of parameters for the whole map, no scars), so the ratio
says what a catalogue costs beside a customary evaluation of the same map, no more.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.peers_ready import PEERS, Peer
from benchmarks.settings import Settings
from cicatrix.phantoms import standard_phantom

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PITCH_MM, _DEGREE, _SIGMA_MM = 0.06, 6, 0.18
#: The side of the tile that larger maps are laid out with.
_TILE_SIDE = 1000
#: The radius of the skin, whatever the size of the map: that of a cheek, rather flat.
_SKIN_RADIUS_MM = 400.0
_BYTES_A_SAMPLE = 8
_INK = "#1f4e5f"
_OURS = (sys.executable, str(PEERS / "cicatrix_map_peer.py"))


@dataclass(frozen=True, kw_only=True)
class MapRun:
    """One map in one process: its samples, core seconds, and memory beyond the imports."""

    samples: int
    seconds: float
    peak_bytes: int
    scars: int = 0

    @property
    def peak_maps(self) -> float:
        """The memory as a multiple of the map in double precision."""
        return self.peak_bytes / (_BYTES_A_SAMPLE * self.samples)


@dataclass(frozen=True, kw_only=True)
class MapRace:
    """The same map by ours and by the peer (best of several rounds each), and ours as it grows."""

    ours: MapRun
    theirs: MapRun | None
    peer: Peer
    growth: tuple[MapRun, ...]


def race_maps(settings: Settings, *, peer: Peer) -> MapRace:
    """Alternately ours and the peer on one map, then ours on larger and larger ones."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.npy"
        np.save(path, laid_out(settings.map_side, seed=settings.seed))
        ours, theirs = [], []
        for _ in range(settings.map_rounds):
            ours.append(_run(_OURS, path))
            if peer:
                theirs.append(_run(peer.command, path))
        growth = []
        for megapixels in settings.map_megapixels:
            np.save(path, laid_out(round(1000 * math.sqrt(megapixels)), seed=settings.seed))
            growth.append(_run(_OURS, path))
    return MapRace(
        ours=min(ours, key=_seconds),
        theirs=min(theirs, key=_seconds) if theirs else None,
        peer=peer,
        growth=tuple(growth),
    )


def _seconds(run: MapRun) -> float:
    return run.seconds


def laid_out(side: int, *, seed: int) -> np.ndarray[Any, Any]:
    """A map of so many samples squared, as densely scarred everywhere as the standard phantom.

    The standard phantom without its form is laid out like tiles, each the mirror image of its
    neighbour so that nothing breaks off, on skin of one curve.
    """
    phantom = standard_phantom(seed, pitch_mm=_PITCH_MM)
    tile = (phantom.height_map.height_mm - phantom.skin_mm)[:_TILE_SIDE, :_TILE_SIDE]
    wide = max(0, side - _TILE_SIDE)
    height = np.pad(tile, ((0, wide), (0, wide)), mode="symmetric")[:side, :side]
    away_mm = (np.arange(side) - side / 2) * _PITCH_MM
    height -= (away_mm**2)[:, None] / (2 * _SKIN_RADIUS_MM)
    height -= (away_mm**2)[None, :] / (2 * _SKIN_RADIUS_MM)
    return height


def _run(command: tuple[str, ...], path: Path) -> MapRun:
    task = {"do": "race", "path": str(path), "pitch_mm": _PITCH_MM, "degree": _DEGREE,
            "sigma_mm": _SIGMA_MM}  # fmt: skip
    told = subprocess.run(
        command,
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    answer = json.loads(told.stdout)
    return MapRun(
        samples=answer["samples"],
        seconds=answer["seconds"],
        peak_bytes=answer["peak_bytes"],
        scars=answer.get("scars", 0),
    )


def draw_map_growth(race: MapRace, path: Path) -> None:
    """Seconds and memory over the size of the map."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    style: dict[Any, Any] = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    with mpl.rc_context(style):
        figure, (left, right) = plt.subplots(1, 2, figsize=(7, 2.8))
        megapixels = [run.samples / 1e6 for run in race.growth]
        _draw(left, megapixels, [run.seconds for run in race.growth])
        left.set_title("Core seconds", loc="left", fontweight="bold")
        _draw(right, megapixels, [run.peak_maps for run in race.growth])
        right.set_title("Memory ÷ map", loc="left", fontweight="bold")
        figure.tight_layout()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=160, metadata={"Software": None})
        plt.close(figure)


def _draw(axes: Axes, at: list[float], values: list[float]) -> None:
    axes.plot(at, values, color=_INK, marker="o", ms=4)
    axes.set_xlabel("million samples")
    axes.set_xticks(at)
    axes.set_xticklabels([f"{x:.3g}" for x in at])
    axes.set_ylim(0, 1.1 * max(values))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
