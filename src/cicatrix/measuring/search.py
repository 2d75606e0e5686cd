"""Tell scars from skin: the skin without scars and the scars on it, found in turns."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.measuring.bend import bent_area_mm2
from cicatrix.measuring.find import (
    SMOOTHING_MM,
    Part,
    Regions,
    parts_of,
    smoothed,
    split_up,
    spread_of,
)
from cicatrix.measuring.form import Form, form_of
from cicatrix.measuring.reference import (
    CLOSE,
    CLOSEST,
    GENTLE,
    WAVY,
    Give,
    Reference,
    average,
    robust_surface,
    surface_without,
)
from cicatrix.measuring.texture import SkinTexture, texture_of
from cicatrix.skin import CaptureError, HeightMap

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: Skin this far around a found scar is not used as unscarred.
AROUND_MM = 0.48
#: Below this the unscarred skin is called perfectly smooth; such maps are computed, not scanned.
_SMOOTHEST_MM = 2e-4
#: The reference is fitted again without the scars found so far, at most so often, and until
#: no more than this share of the samples changes sides.
_ROUNDS, _SETTLED = 3, 0.004
#: Every so manieth row and column suffices to tell the spread of a map.
_SPREAD_STEP = 2
#: The form of the skin is told from at least so many averaged squares.
_LEAST_SQUARES = 12
#: Nine numbers are told as well from so many of them, evenly spread; the fine fit takes all.
_MOST_SQUARES = 3000
#: The bend is read at places so far apart, and counts on more than so much of the field.
_BEND_STEP_MM, _BENT_MM2 = 1.0, 10.0


class _Closer(NamedTuple):
    """A closer surface, and when the one before is not close enough.

    That is if it bends more tightly than ``radius_mm``, or if half of the skin lies more than
    ``farther`` times as far from it as from this one: waves, for scars cover less than half.
    """

    give: Give
    radius_mm: float
    farther: float


#: On made-up noses the first surface missed three scars in five, the one before the last one in
#: ten. Made-up scarred skin without bends or waves lay up to 1.07 times as far, clear skin with
#: waves that the first took for scars 1.12 times and more.
_CLOSER_AND_CLOSER = (
    _Closer(give=WAVY, radius_mm=30.0, farther=1.05),
    _Closer(give=CLOSE, radius_mm=30.0, farther=1.05),
    _Closer(give=CLOSEST, radius_mm=10.0, farther=math.inf),
)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One capture, told apart: what is skin, what is hollow, what is raised.

    ``residual_mm`` is the height above the skin without scars, which lies at ``level_mm``.
    """

    residual_mm: Floats
    level_mm: Floats
    there: Mask
    scarred: Mask
    hollows: Regions
    rises: Regions
    reference: Reference
    #: How closely the skin without scars had to be followed.
    give: Give
    texture: SkinTexture
    pitch_mm: tuple[float, float]

    @property
    def skin(self) -> Mask:
        """The measured samples of unscarred skin."""
        return self.there & ~self.scarred


def told_apart(height_map: HeightMap) -> Field:
    """Skin and scars of a height map without spikes."""
    pitch = height_map.pitch_mm
    there = np.isfinite(height_map.height_mm)
    rows_mm, columns_mm = (
        np.arange(n) * p for n, p in zip(there.shape, (pitch[1], pitch[0]), strict=True)
    )
    form = _coarse_form(height_map).height_mm(columns_mm, rows_mm)
    flat = replace(height_map, height_mm=height_map.height_mm - form)
    reference, give = _first_surface(flat, form, rows_mm, columns_mm)
    before = np.zeros(there.shape, bool)
    for left in range(_ROUNDS, -1, -1):
        residual = reference.height_mm(rows_mm, columns_mm)
        np.subtract(flat.height_mm, residual, out=residual)
        found = _found(residual, there, pitch)
        scarred = _around(found, pitch)
        if not left or (left < _ROUNDS and (scarred ^ before).mean() < _SETTLED):
            break
        before, reference = scarred, surface_without(flat, scarred=scarred, give=give)
    del flat, before
    form += reference.height_mm(rows_mm, columns_mm)
    hollows, rises = found.told_apart()
    del found
    return Field(
        residual_mm=residual,
        level_mm=form,
        there=there,
        scarred=scarred,
        hollows=hollows,
        rises=rises,
        reference=reference,
        give=give,
        texture=texture_of(residual, there & ~scarred, pitch),
        pitch_mm=pitch,
    )


def _first_surface(
    flat: HeightMap, form: Floats, rows_mm: Floats, columns_mm: Floats
) -> tuple[Reference, Give]:
    """The skin while its scars are unknown, as close as its bends and waves ask for."""
    down, along = (max(1, round(_BEND_STEP_MM / pitch)) for pitch in flat.pitch_mm[::-1])
    apart = (down * flat.pitch_mm[1], along * flat.pitch_mm[0])
    give = GENTLE
    reference, away_mm = robust_surface(flat, give=give)
    for closer in _CLOSER_AND_CLOSER:
        level = reference.height_mm(rows_mm[::down], columns_mm[::along])
        level += form[::down, ::along]
        bends = bent_area_mm2(level, apart, radius_mm=closer.radius_mm) > _BENT_MM2
        if not bends and closer.farther == math.inf:
            break
        nearer, left_mm = robust_surface(flat, give=closer.give)
        if not bends and away_mm <= closer.farther * left_mm:
            break
        reference, away_mm, give = nearer, left_mm, closer.give
    return reference, give


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What lies below and above the skin in a smoothed map of heights over it."""

    smooth_mm: Floats
    spread_mm: float
    below: tuple[Part, ...]
    above: tuple[Part, ...]
    pitch_mm: tuple[float, float]

    def told_apart(self) -> tuple[Regions, Regions]:
        """The hollows and the rises, scar by scar."""
        rises = split_up(self.above, self.smooth_mm, self.spread_mm, self.pitch_mm)
        return split_up(self.below, -self.smooth_mm, self.spread_mm, self.pitch_mm), rises


def _coarse_form(height_map: HeightMap) -> Form:
    blocks = average(height_map.height_mm, height_map.pitch_mm)
    weights = np.isfinite(blocks.height_mm).astype(float)
    if weights.sum() < _LEAST_SQUARES:
        raise CaptureError(
            f"{height_map.name or 'The height map'} holds too few measured samples to tell the "
            f"form of the skin ({height_map.missing_fraction:.0%} are missing). Scan the site "
            "again, closer and without hair or shine."
        )
    step = max(1, math.isqrt(int(weights.sum()) // _MOST_SQUARES))
    return form_of(
        blocks.height_mm[::step, ::step],
        blocks.columns_mm[::step],
        blocks.rows_mm[::step],
        weights[::step, ::step],
    )


def _found(residual: Floats, there: Mask, pitch_mm: tuple[float, float]) -> _Found:
    """What lies below and what lies above the skin."""
    smooth = smoothed(residual, there, pitch_mm, SMOOTHING_MM)
    spread = max(spread_of(smooth[::_SPREAD_STEP, ::_SPREAD_STEP]), _SMOOTHEST_MM)
    return _Found(
        smooth_mm=smooth,
        spread_mm=spread,
        below=parts_of(-smooth, spread, pitch_mm),
        above=parts_of(smooth, spread, pitch_mm),
        pitch_mm=pitch_mm,
    )


def _around(found: _Found, pitch_mm: tuple[float, float]) -> Mask:
    """The found scars and a margin around them."""
    around = np.zeros(found.smooth_mm.shape, bool)
    for part in (*found.below, *found.above):
        around[part.box] |= part.own
    for axis, pitch in ((0, pitch_mm[1]), (1, pitch_mm[0])):
        reach = 2 * max(1, round(AROUND_MM / pitch)) + 1
        around = ndimage.maximum_filter1d(around, reach, axis=axis)
    return np.asarray(around)
