"""Meshes from file to catalogue: a made-up cheek of a million corners, as PLY and as OBJ."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers_ready import PEERS
from benchmarks.settings import Settings
from cicatrix.phantoms import STANDARD_COUNTS, make_phantom, scatter_scars

Floats = np.ndarray[Any, Any]

_PITCH_MM, _TILE_MM = 0.1, 60.0
#: A barrel as bent as a cheek across, and hardly along.
_ACROSS_RADIUS_MM, _ALONG_RADIUS_MM = 70.0, 300.0
#: What lies on 60 x 60 mm: as densely scarred as the phantoms, and as a cheek with a few scars.
_SCARS = {"dense": STANDARD_COUNTS, "sparse": {"ice_pick": 1, "boxcar": 3, "rolling": 2}}
_OURS = (sys.executable, str(PEERS / "cicatrix_mesh_peer.py"))


@dataclass(frozen=True, kw_only=True)
class MeshRun:
    """One mesh in one process: seconds on the clock and of all cores, memory beyond the imports."""

    skin: str
    kind: str
    vertices: int
    scars: int
    clock_seconds: float
    core_seconds: float
    peak_bytes: int


def time_meshes(settings: Settings) -> tuple[MeshRun, ...]:
    """Dense and sparse skin in both formats, each the fastest of several rounds on the clock."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for skin in _SCARS:
            corners, faces = cheek(settings.mesh_side, skin=skin, seed=settings.seed)
            for kind, write in _WRITERS.items():
                path = Path(folder) / f"{skin}.{kind}"
                write(path, corners, faces)
                rounds = [_run(path, skin=skin, kind=kind) for _ in range(settings.mesh_rounds)]
                runs.append(min(rounds, key=lambda run: run.clock_seconds))
    return tuple(runs)


def cheek(side: int, *, skin: str, seed: int) -> tuple[Floats, Floats]:
    """Corners and faces of ``side`` times ``side`` corners, 0.1 mm apart, bent like a cheek.

    A phantom without its form is laid out like tiles, each the mirror image of its neighbour so
    that nothing breaks off, along the normals of a barrel.
    """
    scars = scatter_scars(_SCARS[skin], seed=seed, size_mm=_TILE_MM)
    phantom = make_phantom(scars, seed=seed + 1, size_mm=_TILE_MM, pitch_mm=_PITCH_MM)
    tile = phantom.height_map.height_mm - phantom.skin_mm
    wide = max(0, side - len(tile))
    height = np.pad(tile, ((0, wide), (0, wide)), mode="symmetric")[:side, :side]
    away_mm = (np.arange(side) - side / 2) * _PITCH_MM
    across, along = np.meshgrid(away_mm / _ACROSS_RADIUS_MM, -away_mm / _ALONG_RADIUS_MM)
    normals = np.stack([np.tan(across), np.tan(along), np.ones_like(across)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    form = _ACROSS_RADIUS_MM * (np.cos(across) - 1) + _ALONG_RADIUS_MM * (np.cos(along) - 1)
    base = [_ACROSS_RADIUS_MM * np.sin(across), _ALONG_RADIUS_MM * np.sin(along), form]
    corners = np.stack(base, axis=-1) + height[:, :, None] * normals
    return corners.reshape(-1, 3), _faces(side)


def _faces(side: int) -> Floats:
    """Two triangles in every square of a grid, counter-clockwise seen from outside."""
    number = np.arange(side * side).reshape(side, side)
    a, b = number[:-1, :-1].ravel(), number[:-1, 1:].ravel()
    c, d = number[1:, :-1].ravel(), number[1:, 1:].ravel()
    return np.concatenate([np.stack([a, c, b], axis=1), np.stack([b, c, d], axis=1)])


def _write_ply(path: Path, corners: Floats, faces: Floats) -> None:
    """Binary, in single precision, as scanners write it."""
    header = (
        "ply\nformat binary_little_endian 1.0\n"
        f"element vertex {len(corners)}\nproperty float x\nproperty float y\nproperty float z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    listed = np.empty(len(faces), [("count", "u1"), ("corners", "<i4", 3)])
    listed["count"], listed["corners"] = 3, faces
    path.write_bytes(header.encode() + corners.astype("<f4").tobytes() + listed.tobytes())


def _write_obj(path: Path, corners: Floats, faces: Floats) -> None:
    """Text, to a nanometre."""
    with path.open("w") as file:
        file.writelines(f"v {x:.6f} {y:.6f} {z:.6f}\n" for x, y, z in corners.tolist())
        file.writelines(f"f {a} {b} {c}\n" for a, b, c in (faces + 1).tolist())


_WRITERS: dict[str, Callable[[Path, Floats, Floats], None]] = {"ply": _write_ply, "obj": _write_obj}


def _run(path: Path, *, skin: str, kind: str) -> MeshRun:
    told = subprocess.run(
        _OURS,
        input=json.dumps({"path": str(path)}),
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    return MeshRun(skin=skin, kind=kind.upper(), **json.loads(told.stdout))
