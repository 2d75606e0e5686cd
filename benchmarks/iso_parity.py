"""ISO 25178-2 parameters of the same fields, by us and by surfalize."""

from __future__ import annotations

import json
import math
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from benchmarks.peers_ready import Peer
from cicatrix.measuring.surface_parameters import surface_parameters
from cicatrix.phantoms import micro_relief

Floats = NDArray[np.float64]

#: Our name, surfalize's name, and what one of ours is in its unit.
NAMES = (
    ("sa_um", "Sa", 1.0), ("sq_um", "Sq", 1.0), ("ssk", "Ssk", 1.0), ("sku", "Sku", 1.0),
    ("sp_um", "Sp", 1.0), ("sv_um", "Sv", 1.0), ("sz_um", "Sz", 1.0), ("sdq", "Sdq", 1.0),
    ("sdr_percent", "Sdr", 1.0), ("sal_mm", "Sal", 1000.0), ("str", "Str", 1.0),
    ("std_degrees", "Std", 1.0),
)  # fmt: skip
#: Where both follow the same words of the standard: they agree to rounding.
SAME = ("sa_um", "sq_um", "ssk", "sku", "sp_um", "sv_um", "sz_um", "sdq", "sdr_percent")
#: How near is the same: two sums over half a million doubles differ by less.
AGREED = 1e-6


@dataclass(frozen=True, kw_only=True)
class Field:
    """A computed surface without gaps."""

    name: str
    height_mm: Floats
    pitch_mm: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Parity:
    """One parameter: what ours and the peer's say of every field, in the peer's unit."""

    ours_name: str
    peer_name: str
    ours: tuple[float, ...]
    peers: tuple[float, ...]

    @property
    def farthest(self) -> float:
        """The largest relative difference over the fields; angles in half turns."""
        return max(map(self._apart, self.ours, self.peers))

    def _apart(self, ours: float, peers: float) -> float:
        if self.ours_name == "std_degrees" and math.isnan(ours):
            return 0.0  # no direction: nothing that could differ
        if math.isnan(ours) or math.isnan(peers):
            return 0.0 if math.isnan(ours) and math.isnan(peers) else math.inf
        if self.ours_name == "std_degrees":
            turn = abs(ours - peers) % 180
            return min(turn, 180 - turn) / 180
        return abs(ours - peers) / max(abs(peers), 1e-12)


def fields(*, side: int, seed: int) -> tuple[Field, ...]:
    """Skin, skin scanned coarser along y, a slope, crossed waves, and noise that hangs together."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((side, side - side // 8))
    pitch = 0.05
    relief = micro_relief(rows.shape, pitch_mm=pitch, rms_um=20, rng=rng)
    noise = 0.008 * rng.standard_normal(rows.shape)
    grain = ndimage.gaussian_filter(rng.standard_normal(rows.shape), (3.0, 5.0), mode="wrap")
    wave = 0.03 * np.sin(0.31 * columns + 0.17 * rows) + 0.02 * np.sin(0.2 * columns - 0.33 * rows)
    square = (pitch, pitch)
    return (
        Field(name="skin", height_mm=relief + noise, pitch_mm=square),
        Field(name="skin, y coarser", height_mm=relief + noise, pitch_mm=(0.05, 0.08)),
        Field(name="skin on a slope", height_mm=relief + 0.002 * columns, pitch_mm=square),
        Field(name="crossed waves", height_mm=wave, pitch_mm=square),
        Field(name="grained", height_mm=0.02 * grain / grain.std(), pitch_mm=square),
    )


def parities(given: tuple[Field, ...], *, peer: Peer) -> tuple[Parity, ...]:
    """Every parameter of every field, ours beside the peer's."""
    ours = [
        surface_parameters(one.height_mm, one.pitch_mm, there=np.isfinite(one.height_mm))
        for one in given
    ]
    peers = _asked(given, peer)
    return tuple(
        Parity(
            ours_name=name,
            peer_name=other,
            ours=tuple(scale * one[name] for one in ours),
            peers=tuple(one[other] for one in peers),
        )
        for name, other, scale in NAMES
    )


def _asked(given: tuple[Field, ...], peer: Peer) -> list[dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        maps = []
        for number, one in enumerate(given):
            path = Path(folder) / f"{number}.npy"
            np.save(path, one.height_mm)
            maps.append({"path": str(path), "pitch_mm": one.pitch_mm})
        told = subprocess.run(
            peer.command,
            input=json.dumps({"do": "parameters", "maps": maps}),
            capture_output=True,
            text=True,
            check=True,
        )
    values: list[dict[str, float]] = json.loads(told.stdout)["values"]
    return values
