"""Find the face in a mesh: its middle, its nose, and the way up, if it is whole and upright.

A face looks to the front, is the same on both sides, and its nose stands out in the middle: a
long bridge above the tip, a short step below it. What fails one of these is no upright face, and
nothing is said about places on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.measuring.mesh_raster import longest_sides, samples
from cicatrix.skin import Mesh

Floats = NDArray[np.floating[Any]]

#: A scan of a whole face is so high; so much of its surface looks to the front, and it may nod so
#: far (cosine).
_LEAST_HIGH_MM, _MOST_HIGH_MM = 120.0, 260.0
_FACING_SHARE, _LEVEL = 0.3, 0.95
#: Picture of the face from the front: the side of its squares, and how many triangles draw it.
_SQUARE_MM, _ENOUGH_TRIANGLES = 3.0, 60_000
#: Turns that are tried around the first guess, in degrees, and how far the middle may lie aside.
_TURNS, _FINE_TURNS, _ASIDE_MM = np.arange(-24.0, 25.0, 4.0), np.arange(-3.0, 4.0), 30.0
#: The two sides may differ by so much in the median; so much of the picture must have two sides.
_LIKE_MM, _TWO_SIDED = 2.5, 0.5
#: The nose stands out beside its tip, whose flanks lie so far away, by so much.
_FLANK_MM, _STANDS_OUT_MM = 21.0, 7.0
#: Where the base and the root of a nose are looked for, from its tip, and how long it may be.
_BASE_MM, _ROOT_MM, _LENGTH_MM = (-27.0, -4.0), (18.0, 66.0), (32.0, 75.0)
#: Below the tip it is steeper than above, so many mm away and so many times.
_STEP_MM, _STEEPER = 15.0, 1.25
#: How far a whole face reaches, in lengths of the nose: up from the root, down from the base,
#: aside at the middle of the nose.
_UP, _DOWN, _ASIDE = 0.5, 0.7, 0.9


@dataclass(frozen=True, kw_only=True)
class Face:
    """An upright face: the base of its nose, the patient's left, the way up, and its measure.

    ``nose_mm`` is the length from the root (nasion) to the base (subnasale).
    """

    base_mm: Floats
    left: Floats
    up: Floats
    nose_mm: float

    def place(self, position_mm: tuple[float, float, float]) -> tuple[float, float]:
        """A position as lengths of the nose to the patient's left, and up from the base."""
        away = np.asarray(position_mm) - self.base_mm
        return float(away @ self.left) / self.nose_mm, float(away @ self.up) / self.nose_mm


@dataclass(frozen=True, kw_only=True)
class _Front:
    """A face drawn from the front: how far it stands out (rows up, columns to the left)."""

    out_mm: Floats
    corner_mm: tuple[float, float]
    left: Floats
    out: Floats

    def row(self, up_mm: float) -> int:
        """The row at a height."""
        return round((up_mm - self.corner_mm[1]) / _SQUARE_MM)


_UPWARDS = np.array([0.0, 1.0, 0.0])


def faces_in(mesh: Mesh) -> tuple[Face, ...]:
    """The upright face that a mesh shows, as a tuple of one; empty where it shows none.

    The second axis of the mesh points up, as in the formats that say so.
    """
    high = float(np.ptp(mesh.vertices_mm[:, 1]))
    if not _LEAST_HIGH_MM <= high <= _MOST_HIGH_MM:
        return ()
    step = max(1, len(mesh.faces) // _ENOUGH_TRIANGLES)
    corners = mesh.vertices_mm[mesh.faces[::step]]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facing = cross.sum(axis=0) / np.sqrt((cross**2).sum(axis=1)).sum()
    ahead = np.hypot(facing[0], facing[2])
    if np.linalg.norm(facing) < _FACING_SHARE or ahead < _LEVEL * np.linalg.norm(facing):
        return ()
    longest = longest_sides(*corners.transpose(1, 0, 2))
    spread = samples(corners.transpose(2, 1, 0), longest, _SQUARE_MM * 0.7)
    points = np.concatenate(list(spread), axis=1)
    guess = float(np.degrees(np.arctan2(facing[0], facing[2])))
    fronts = [_front(points, guess + turn) for turn in _TURNS]
    unlike = [_mirror(front) for front in fronts]
    guess += float(_TURNS[int(np.argmin([u for u, _ in unlike]))])
    fronts = [_front(points, guess + turn) for turn in _FINE_TURNS]
    unlike = [_mirror(front) for front in fronts]
    best = int(np.argmin([u for u, _ in unlike]))
    if unlike[best][0] > _LIKE_MM:
        return ()
    return _with_nose(fronts[best], unlike[best][1])


def _front(points: Floats, degrees: float) -> _Front:
    """The points seen from a direction turned about the way up."""
    turn = np.radians(degrees)
    left, out = (
        np.array([np.cos(turn), 0, -np.sin(turn)]),
        np.array([np.sin(turn), 0, np.cos(turn)]),
    )
    across, up, away = left @ points, points[1], out @ points
    low = float(across.min()), float(up.min())
    column, row = (
        np.rint((at - start) / _SQUARE_MM).astype(np.intp)
        for at, start in zip((across, up), low, strict=True)
    )
    seen = np.full((row.max() + 1, column.max() + 1), -np.inf)
    np.maximum.at(seen, (row, column), away)
    seen[np.isinf(seen)] = np.nan
    return _Front(out_mm=seen, corner_mm=low, left=left, out=out)


def _mirror(front: _Front) -> tuple[float, float]:
    """How unlike the two sides are at the best middle, and that middle (in half columns)."""
    seen = front.out_mm
    width = seen.shape[1]
    reach = min(round(2 * _ASIDE_MM / _SQUARE_MM), width // 2)
    least = _TWO_SIDED * np.isfinite(seen).sum()
    found = [(np.inf, 0.0)]
    for shift in range(-reach, reach + 1):
        # Column j lies opposite column width − 1 + shift − j.
        start, stop = max(0, shift), min(width, width + shift)
        part = seen[:, start:stop]
        apart = np.abs(part - part[:, ::-1])
        known = apart[np.isfinite(apart)]
        if known.size >= least:
            found.append((float(np.median(known)), (width - 1 + shift) / 2))
    return min(found)


def _with_nose(front: _Front, middle: float) -> tuple[Face, ...]:
    """The face, if a nose stands out in its middle and enough of a face surrounds it."""
    ridge, flank = _line(front, middle, 0.0), _line(front, middle, _FLANK_MM)
    rows = np.arange(len(ridge))
    inner = (rows > 0.2 * len(rows)) & (rows < 0.8 * len(rows))
    stands_out = np.where(inner & np.isfinite(ridge - flank), ridge - flank, -np.inf)
    tip = int(stands_out.argmax())
    near = slice(max(0, tip - 3), tip + 4)
    if stands_out[tip] < _STANDS_OUT_MM or not np.isfinite(ridge[near]).all():
        return ()
    tip = near.start + int(ridge[near].argmax())
    bend = np.gradient(np.gradient(ridge))
    base, root = (_sharpest(bend, tip, reach_mm) for reach_mm in (_BASE_MM, _ROOT_MM))
    step = round(_STEP_MM / _SQUARE_MM)
    above, below = (ridge[tip] - _at(ridge, tip + k) for k in (step, -step))
    length = (root - base) * _SQUARE_MM
    upright = below > _STEEPER * above
    if not (upright and _LENGTH_MM[0] <= length <= _LENGTH_MM[1]):
        return ()
    if not _is_whole(front, middle, base=base, root=root):
        return ()
    across = front.corner_mm[0] + middle * _SQUARE_MM
    up = front.corner_mm[1] + base * _SQUARE_MM
    place = across * front.left + up * _UPWARDS + ridge[base] * front.out
    return (Face(base_mm=place, left=front.left, up=_UPWARDS, nose_mm=length),)


def _line(front: _Front, middle: float, aside_mm: float) -> Floats:
    """How far a face stands out along a line beside its middle, the mean of both sides."""
    away = aside_mm / _SQUARE_MM
    columns = {int(c) for at in (middle - away, middle + away) for c in (np.floor(at), np.ceil(at))}
    inside = [c for c in columns if 0 <= c < front.out_mm.shape[1]]
    if not inside:
        return np.full(len(front.out_mm), np.nan)
    line = front.out_mm[:, inside].mean(axis=1)
    known = np.flatnonzero(np.isfinite(line))
    if len(known) < 2:
        return np.full(len(line), np.nan)
    filled = np.interp(np.arange(len(line)), known, line[known], left=np.nan, right=np.nan)
    ends = slice(known[0], known[-1] + 1)
    filled[ends] = ndimage.gaussian_filter1d(filled[ends], 1.0)
    return np.asarray(filled)


def _sharpest(bend: Floats, tip: int, reach_mm: tuple[float, float]) -> int:
    """The row of the sharpest hollow within reach of the tip."""
    first, last = (tip + round(reach / _SQUARE_MM) for reach in reach_mm)
    first, last = max(0, first), min(len(bend) - 1, last)
    part = np.nan_to_num(bend[first : last + 1], nan=-np.inf)
    return first + int(part.argmax()) if part.size else tip


def _at(line: Floats, row: int) -> float:
    return float(line[row]) if 0 <= row < len(line) else float("nan")


def _is_whole(front: _Front, middle: float, *, base: int, root: int) -> bool:
    """True if there is a face above, below and on both sides of the nose."""
    nose, column = root - base, round(middle)
    places = [
        (root + round(_UP * nose), column),
        (base - round(_DOWN * nose), column),
        ((root + base) // 2, column - round(_ASIDE * nose)),
        ((root + base) // 2, column + round(_ASIDE * nose)),
    ]
    rows, columns = front.out_mm.shape
    return all(
        0 <= r < rows and 0 <= c < columns and bool(np.isfinite(front.out_mm[r, c]))
        for r, c in places
    )
