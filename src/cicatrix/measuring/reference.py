"""The skin as it would be without scars: a smooth surface that scars do not pull.

The coarse form was taken away before (:mod:`cicatrix.measuring.form`); a bicubic B-spline is
fitted to what is left of the averaged height map. What it may do where nothing was
measured, and under scars, is held by a light penalty on change of curvature, which leaves
planes and parabolic curves alone. Heights that lie far off, which is what scars are, lose their
weight step by step (Tukey's biweight), so that about a third of the skin may be scarred. A
second fit leaves the found scars out altogether and tells how uncertain the surface is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline
from scipy.linalg import cho_solve_banded, cholesky_banded

from cicatrix.skin import CaptureError, HeightMap

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: Side of the squares that are averaged before the fit; finer than any form of the face.
BLOCK_MM = 0.36
_TUKEY = 3.0
_ROUNDS = 25
#: First the scale is taken from a wide share of the heights, so that the fit does not lock on
#: one side of a large scar; then from the nearer half.
_WIDE_ROUNDS, _WIDE_SHARE, _NEAR_SHARE = 4, 70, 50
_MAD_TO_SD = 1.4826
_LEAST_SKIN, _LEAST_MARKED = 0.3, 0.02
#: A square counts if this share of it was measured.
_LEAST_FILLED = 0.1


@dataclass(frozen=True, kw_only=True)
class Give:
    """How far the surface gives way to the heights.

    ``knot_mm`` is the distance between the knots of the splines. ``stiff`` and ``light`` weigh
    the penalty on change of curvature, per averaged square: while scars are still unknown, and
    once they are left out.
    """

    knot_mm: float
    stiff: float
    light: float


#: For cheeks and foreheads: knots wide against scars.
GENTLE = Give(knot_mm=8.0, stiff=1.0, light=0.02)
#: For skin with folds or waves some 20 mm long, which the first would take for scars in corners.
WAVY = Give(knot_mm=5.0, stiff=0.02, light=0.02)
#: For chins, jaws and the bridge of a nose, which are themselves not much wider than scars.
CLOSE = Give(knot_mm=3.0, stiff=0.2, light=0.02)
#: For the wings of a nose. A raised scar wider than a wing can be taken for one.
CLOSEST = Give(knot_mm=2.0, stiff=0.1, light=0.02)


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The B-splines along one axis of the field."""

    knots: Floats
    count: int

    def basis(self, at_mm: Floats) -> Floats:
        """The value of every spline at some places: shape (places, splines)."""
        inside = np.clip(at_mm, self.knots[3], self.knots[-4])
        return np.asarray(BSpline.design_matrix(inside, self.knots, 3).toarray())


def axis_of(length_mm: float, *, knot_mm: float) -> Axis:
    """Splines over ``length_mm`` with evenly spaced knots about ``knot_mm`` apart."""
    pieces = max(1, round(length_mm / knot_mm))
    step = length_mm / pieces
    return Axis(knots=np.arange(-3, pieces + 4) * step, count=pieces + 3)


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """The height map averaged over squares, with the places of their centres."""

    height_mm: Floats
    rows_mm: Floats
    columns_mm: Floats
    steps: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The surface without scars, and how well each of its parts is known.

    ``block_steps`` tells how many rows and columns the averaged squares have.
    """

    coefficients: Floats
    axes: tuple[Axis, Axis]
    block_steps: tuple[int, int]
    factor: Floats

    def height_mm(self, rows_mm: Floats, columns_mm: Floats) -> Floats:
        """The surface over the grid of some rows and some columns."""
        over_y, over_x = (
            axis.basis(at) for axis, at in zip(self.axes, (rows_mm, columns_mm), strict=True)
        )
        return np.asarray((over_y @ self.coefficients) @ over_x.T)

    def covariance_of(self, weights: Floats, rows_mm: Floats, columns_mm: Floats) -> Floats:
        """The covariance of several weighted sums of heights of the surface.

        ``weights`` (sums, rows, columns). It is per unit variance of one averaged square.
        """
        by, bx = self.axes[0].basis(rows_mm), self.axes[1].basis(columns_mm)
        used_y, used_x = np.flatnonzero(by.any(axis=0)), np.flatnonzero(bx.any(axis=0))
        on_splines = by[:, used_y].T @ (weights @ bx[:, used_x])
        places = (used_y[:, None] * self.axes[1].count + used_x[None, :]).ravel()
        right = np.zeros((self.axes[0].count * self.axes[1].count, len(weights)))
        right[places] = on_splines.reshape(len(weights), -1).T
        return np.asarray(right.T @ cho_solve_banded((self.factor, True), right))


def average(height_mm: Floats, pitch_mm: tuple[float, float]) -> Blocks:
    """Means over squares of about :data:`BLOCK_MM`; missing samples are left out."""
    steps = tuple(
        max(1, min(round(BLOCK_MM / p), n // 4))
        for p, n in zip((pitch_mm[1], pitch_mm[0]), height_mm.shape, strict=True)
    )
    rows, columns = (n // s for n, s in zip(height_mm.shape, steps, strict=True))
    cut = height_mm[: rows * steps[0], : columns * steps[1]]
    there = np.isfinite(cut)
    if there.all():
        count, total = np.full((rows, columns), float(steps[0] * steps[1])), _sums(cut, steps)
    else:
        count, total = _sums(there, steps), _sums(np.where(there, cut, 0.0), steps)
    filled = count / (steps[0] * steps[1])
    return Blocks(
        height_mm=np.where(filled >= _LEAST_FILLED, total / np.maximum(count, 1), np.nan),
        rows_mm=(np.arange(rows) * steps[0] + (steps[0] - 1) / 2) * pitch_mm[1],
        columns_mm=(np.arange(columns) * steps[1] + (steps[1] - 1) / 2) * pitch_mm[0],
        steps=(steps[0], steps[1]),
    )


def _sums(values: Floats | Mask, steps: tuple[int, ...]) -> Floats:
    """Sums over squares: first down the rows, where whole lines are added at once."""
    rows, columns = (n // s for n, s in zip(values.shape, steps, strict=True))
    lines = values.reshape(rows, steps[0], -1).sum(axis=1, dtype=np.float64)
    return np.asarray(lines.reshape(rows, columns, steps[1]).sum(axis=2))


def robust_surface(height_map: HeightMap, *, give: Give) -> tuple[Reference, float]:
    """The skin without scars while these are not known: what lies far off counts less.

    With it comes how near the nearer half of the averaged heights lies to it, in mm.
    """
    blocks = average(height_map.height_mm, height_map.pitch_mm)
    weights = np.isfinite(blocks.height_mm).astype(float)
    fit = _Fit(blocks, height_map, give)
    surface = fit.surface(fit.settled(weights), bending=give.stiff)
    away = np.abs(fit.height - fit.by @ surface.coefficients @ fit.bx.T)
    return surface, float(np.percentile(away[weights > 0], _NEAR_SHARE))


def surface_without(height_map: HeightMap, *, scarred: Mask, give: Give) -> Reference:
    """The skin without scars, where the samples marked as ``scarred`` are left out.

    Raises
    ------
    CaptureError
        If too little unscarred skin is left to tell its form.
    """
    blocks = average(height_map.height_mm, height_map.pitch_mm)
    there = np.isfinite(blocks.height_mm)
    marked = average(scarred.astype(np.float32), height_map.pitch_mm)
    weights = there * (marked.height_mm < _LEAST_MARKED)
    if weights.sum() < _LEAST_SKIN * there.sum():
        raise CaptureError(
            f"{height_map.name or 'This capture'} shows too little unscarred skin "
            f"({weights.sum() / max(1, there.sum()):.0%}) to tell where the skin would be "
            "without scars. Capture a wider field."
        )
    return _Fit(blocks, height_map, give).surface(weights, bending=give.light)


class _Fit:
    """The penalised least-squares fit of a tensor spline to averaged heights.

    Splines meet only their three next neighbours, so the equations are a narrow band.
    """

    def __init__(self, blocks: Blocks, height_map: HeightMap, give: Give) -> None:
        width, height = height_map.size_mm
        axes = (axis_of(height, knot_mm=give.knot_mm), axis_of(width, knot_mm=give.knot_mm))
        self.give = give
        self.axes, self.steps = axes, blocks.steps
        self.height = np.nan_to_num(blocks.height_mm)
        self.by = axes[0].basis(blocks.rows_mm)
        self.bx = axes[1].basis(blocks.columns_mm)
        self.shape = (axes[0].count, axes[1].count)
        self._yy, self._xx = _neighbour_products(self.by), _neighbour_products(self.bx)
        self._bending = _band_of_penalty(self.shape)

    def surface(self, weights: Floats, *, bending: float) -> Reference:
        """The surface for settled weights."""
        coefficients, factor = self.solved(weights, bending=bending)
        return Reference(
            coefficients=coefficients, axes=self.axes, block_steps=self.steps, factor=factor
        )

    def solved(self, weights: Floats, *, bending: float) -> tuple[Floats, Floats]:
        """The coefficients, and the Cholesky factor of the equations in band form."""
        band = self._band_of_data(weights) + bending * self._bending
        band[0] += 1e-9 * max(float(band[0].max()), 1.0)
        factor = cholesky_banded(band, lower=True)
        right = (self.by.T @ (weights * self.height) @ self.bx).ravel()
        return cho_solve_banded((factor, True), right).reshape(self.shape), factor

    def settled(self, weights: Floats) -> Floats:
        """Tukey's biweight, repeated until the weights have settled."""
        now = weights
        for turn in range(_ROUNDS):
            solved, _ = self.solved(now, bending=self.give.stiff)
            residual = self.height - self.by @ solved @ self.bx.T
            share = _WIDE_SHARE if turn < _WIDE_ROUNDS else _NEAR_SHARE
            scale = _MAD_TO_SD * np.percentile(np.abs(residual[weights > 0]), share)
            far = residual / (_TUKEY * max(scale, 1e-9))
            before, now = now, weights * np.where(np.abs(far) < 1, (1 - far**2) ** 2, 0.0)
            if turn > _WIDE_ROUNDS and np.abs(now - before).max() < 0.01:
                break
        return now

    def _band_of_data(self, weights: Floats) -> Floats:
        """The lower band of the normal equations: row k holds the entries k below the diagonal."""
        ny, nx = self.shape
        by_x = (weights @ self._xx.reshape(len(self.bx), -1)).reshape(-1, 4 * nx)
        products = self._yy.reshape(len(self.by), -1).T @ by_x
        cells = products.reshape(4, ny, 4, nx)
        band = np.zeros((3 * nx + 4, ny, nx))
        for down in range(4):
            for right in range(4):
                band[down * nx + right] += cells[down, :, right]
                if down and right:
                    # The entry down and to the left, from the pair seen the other way round.
                    band[down * nx - right, :, right:] += cells[down, :, right, : nx - right]
        return band.reshape(3 * nx + 4, ny * nx)


def _neighbour_products(basis: Floats) -> Floats:
    """Products of each spline with itself and the next three: shape (places, 4, splines)."""
    places, count = basis.shape
    products = np.zeros((places, 4, count))
    for ahead in range(4):
        products[:, ahead, : count - ahead] = basis[:, : count - ahead] * basis[:, ahead:]
    return products


def _band_of_penalty(shape: tuple[int, int]) -> Floats:
    """The band of the squared third differences of the coefficients along both axes."""
    ny, nx = shape
    band = np.zeros((3 * nx + 4, ny, nx))
    for count, axis in ((ny, 0), (nx, 1)):
        third = np.diff(np.eye(count), 3, axis=0)
        squared = third.T @ third
        for ahead in range(min(4, count)):
            entries = np.zeros(count)
            entries[: count - ahead] = np.diagonal(squared, ahead)
            if axis == 0:
                band[ahead * nx] += entries[:, None]
            else:
                band[ahead] += entries[None, :]
    return band.reshape(3 * nx + 4, ny * nx)
