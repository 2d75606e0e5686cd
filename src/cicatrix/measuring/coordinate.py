"""The coordinate of a scar from its outline: an ellipse, a bar, or along its course."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.measuring.course import OUTLINE_LEVEL, OVAL_SD, Course
from cicatrix.measuring.outline import Outline
from cicatrix.measuring.patch import Patch
from cicatrix.measuring.trough import bar_radius, straightened, trough_of

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: From this ratio of length to width on, a scar is measured along its course.
ELONGATED = 2.2
#: A region that fills its ellipse to less than this share (common part over both) is measured
#: along its course, too.
_ELLIPTIC = 0.8
#: An outline that lies fewer spreads of texture than this from the floor and from the skin may be
#: cut by it: the deepest sample may lie three spreads out where two were allowed for, and three
#: more are a chance of one in 700 for each piece of a floor that holds dozens.
_SURE_OUTLINE = 4.0
#: The parts beyond these shares of the depth tell whether a scar leans to one side; how many
#: times more unsure than the outline's the deepest place is; and how far it may be off.
_LEAN_LEVELS, _LEAN_SPREAD, _MOST_LEAN = (0.65, 0.8), 4.0, 0.8
#: How far off an ellipse the outline of one may be for texture and grid alone, as a share of its
#: area: by how far they move a place of it, over its radius (twice what was seen on phantoms).
_RAGGED_JITTER, _RAGGED_PITCH = 1.1, 0.35
#: From this ratio of length to width on a compact scar may be a bar with round ends,
#: and so many spreads of what texture makes.
_BAR_FROM, _BAR_SPREADS = 1.08, 4.0


def course_of(patch: Patch, outline: Outline, *, texture_sd_mm: float) -> Course:
    """The coordinate of a scar from its outline at half depth.

    ``texture_sd_mm`` tells how much the smoothed map varies for texture alone.
    """
    inside = outline.inside
    round_ = _round_of(patch, outline)
    is_sure = outline.level_mm > _SURE_OUTLINE * texture_sd_mm
    common = _common(inside, np.hypot(*round_.place) < 1)
    jitter = _jitter_mm(patch, outline, texture_sd_mm)
    # A ragged outline tells of a bent scar only where texture cannot have cut it.
    ragged = outline.islands or (common < _ELLIPTIC and is_sure)
    if ragged or (round_.ratio > ELONGATED and not _narrows(round_, patch, outline, common)):
        along = _along(round_, patch, outline, jitter=jitter)
        return along if is_sure else _unsure(along, patch)
    radius = math.sqrt(float(round_.halves_mm.prod()))
    by_chance = _by_chance(jitter, patch, radius=radius)
    pieces = max(2 * math.pi * radius / outline.hangs_together_mm, 4.0)
    place_jitter = jitter * math.sqrt(2 / pieces) / radius
    course = round_.ellipse()
    if round_.ratio > _BAR_FROM + _BAR_SPREADS * place_jitter:
        course = _oval(course, round_.bar(patch, outline), outline, by_chance=by_chance)
    course = replace(
        course,
        is_sure=is_sure,
        jitter_mm=jitter,
        ragged=max(1 - _common(inside, course.rho < 1) - by_chance, 0.0),
    )
    if course.straight_mm:
        return course
    lean = _lean(round_.place, outline, jitter=place_jitter)
    return replace(course, rho=_nested(round_.place, lean))


def _along(round_: _Round, patch: Patch, outline: Outline, *, jitter: float) -> Course:
    """The coordinate of a long scar: a straight bar, if texture and grid alone make it ragged.

    To a ragged outline everything is nearer than to a straight one, and its ends are pulled in.
    """
    if not outline.islands:
        bar = round_.long_bar(patch, outline)
        by_chance = _by_chance(jitter, patch, radius=bar.half_width_mm)
        if 1 - _common(outline.inside, bar.rho < 1) < by_chance:
            return bar
    return trough_of(patch, outline, round_.middle, round_.orientation_degrees)


def _by_chance(jitter: float, patch: Patch, *, radius: float) -> float:
    """How much of the area of an outline texture and grid may move."""
    return (_RAGGED_JITTER * jitter + _RAGGED_PITCH * max(patch.pitch_mm)) / radius


def _narrows(round_: _Round, patch: Patch, outline: Outline, common: float) -> bool:
    """True if a long outline is more like an ellipse than like a bar, as wide along its course."""
    return common >= _common(outline.inside, round_.bar(patch, outline).rho < 1)


def _oval(ellipse: Course, bar: Course, outline: Outline, *, by_chance: float) -> Course:
    """The nearer of both to the outline; half of what they are apart is unsure if chance decides.

    The wall of a bar is equally wide all around; that of an ellipse is drawn out with it.
    """
    nearer = [_common(outline.inside, one.rho < 1) for one in (ellipse, bar)]
    apart = abs(bar.half_width_mm / ellipse.half_width_mm - 1)
    unsure = max(0.0, 1 - abs(nearer[1] - nearer[0]) / by_chance)
    course, other = (bar, ellipse) if nearer[1] > nearer[0] else (ellipse, bar)
    return replace(
        course,
        oval_sd=math.hypot(apart * unsure / 2, OVAL_SD),
        others=(other,) if unsure else (),
        others_count=unsure / 2,
    )


@dataclass(frozen=True, kw_only=True)
class _Round:
    """The ellipse of the same moments and area as an outline; ``place`` is in its half axes."""

    halves_mm: Floats
    along_mm2: float
    place: Floats
    middle: tuple[float, float]
    orientation_degrees: float

    @property
    def ratio(self) -> float:
        """How much longer than wide it is."""
        return float(self.halves_mm[1] / self.halves_mm[0])

    def ellipse(self) -> Course:
        """The coordinate of an ellipse."""
        width, length = self.halves_mm.tolist()
        return Course(
            rho=np.hypot(*self.place),
            half_width_mm=width,
            half_length_mm=length,
            straight_mm=0.0,
            row=self.middle[0],
            column=self.middle[1],
            orientation_degrees=self.orientation_degrees,
        )

    def bar(self, patch: Patch, outline: Outline) -> Course:
        """The coordinate of the bar with round ends that has the same area and length."""
        area = float(outline.inside.sum()) * patch.sample_mm2
        radius = bar_radius(area, float(self.halves_mm[1]) ** 2 / 4)
        return self._bar(radius, area)

    def long_bar(self, patch: Patch, outline: Outline) -> Course:
        """The same for one that is long, whose ends alone are round and so pulled in."""
        area = float(outline.inside.sum()) * patch.sample_mm2
        return self._bar(*straightened(area, self.along_mm2, smoothing_mm=outline.smoothing_mm))

    def _bar(self, radius: float, area: float) -> Course:
        straight = max((area - math.pi * radius**2) / (2 * radius), 1e-9)
        across, along = self.place * self.halves_mm[:, None, None]
        away = np.hypot(np.maximum(np.abs(along) - straight / 2, 0.0), across)
        return replace(
            self.ellipse(),
            rho=away / radius,
            half_width_mm=radius,
            half_length_mm=0.0,
            straight_mm=straight,
            oval_sd=OVAL_SD,
        )


def _round_of(patch: Patch, outline: Outline) -> _Round:
    rows, columns = np.nonzero(outline.inside)
    centre, spread, axes = moments(patch, outline.inside)
    halves = 2 * np.sqrt(spread)
    halves *= math.sqrt(len(rows) * patch.sample_mm2 / (math.pi * halves[0] * halves[1]))
    # Smoothing pulls an outline in by half its variance times its curvature: more at the ends.
    wide, long = halves.tolist()
    pulled = 2 * outline.smoothing_mm**2 * (long - wide) / (wide * long * (wide + long))
    halves *= np.exp([-pulled / 2, pulled / 2])
    grid = patch.on_the_skin(*(g.ravel().astype(float) for g in np.indices(outline.inside.shape)))
    return _Round(
        halves_mm=halves,
        along_mm2=float(spread[1]),
        place=(axes.T @ (grid - centre[:, None]) / halves[:, None]).reshape(
            2, *outline.inside.shape
        ),
        middle=(float(rows.mean()), float(columns.mean())),
        orientation_degrees=math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180,
    )


def _common(one: Mask, other: Mask) -> float:
    """The common part of two masks as a share of both together."""
    return float((one & other).sum()) / max(1.0, float((one | other).sum()))


def moments(patch: Patch, part: Mask) -> tuple[Floats, Floats, Floats]:
    """The centre of a part on the skin, and its spread in mm² along its own axes (columns)."""
    rows, columns = np.nonzero(part)
    points = patch.on_the_skin(rows.astype(float), columns.astype(float))
    centre = points.mean(axis=1)
    # Each sample is a square with moments of its own.
    own = np.diag([patch.pitch_mm[0] ** 2, patch.pitch_mm[1] ** 2]) / 12
    away = points - centre[:, None]
    spread, axes = np.linalg.eigh(away @ away.T / len(rows) + own)
    return centre, spread, axes


def _unsure(course: Course, patch: Patch) -> Course:
    """A long course whose outline texture may have cut.

    If the region that the scar was found by, which hangs on no half depth, is long as well, the
    scar is. Else it may be the half of a round one, which is as wide as the region.
    """
    spread = moments(patch, patch.region)[1]
    if spread[1] > spread[0] * ELONGATED**2:
        return replace(course, is_sure=False)
    region_mm = 2 * math.sqrt(float(patch.region.sum()) * patch.sample_mm2 / math.pi)
    apart = abs(region_mm - 2 * course.half_width_mm) / (2 * course.half_width_mm)
    return replace(course, oval_sd=math.hypot(apart / 2, OVAL_SD), is_sure=False)


def _nested(place: Floats, lean: Floats) -> Floats:
    """The coordinate where the deepest place is at ``lean``, and outlines shift towards it.

    The outline at ρ is the circle of radius ρ around ``(1 − ρ) lean``; the root of
    ``|place − (1 − ρ) lean| = ρ``.
    """
    from_deepest = place - lean[:, None, None]
    along = (from_deepest * lean[:, None, None]).sum(axis=0)
    room = 1 - float(lean @ lean)
    squared = (from_deepest**2).sum(axis=0)
    return np.asarray((along + np.sqrt(along**2 + squared * room)) / room)


def _lean(place: Floats, outline: Outline, *, jitter: float) -> Floats:
    """Where the deepest place lies off the middle, in half widths, beyond what texture does.

    It is read from the middles of the parts beyond deeper levels; how far these must be moved
    is their size against the outline's.
    """
    weights, shifts = 0.0, np.zeros(2)
    area = float(outline.inside.sum())
    for level in _LEAN_LEVELS:
        deep = outline.inside & (outline.smooth_mm > level / OUTLINE_LEVEL * outline.level_mm)
        rest = 1 - math.sqrt(float(deep.sum()) / area)
        if deep.any():
            shifts += rest * place[:, deep].mean(axis=1)
            weights += rest**2
    if outline.unseen.any():
        # Where the deepest place may not have been seen, nothing tells of a lean.
        return np.zeros(2)
    lean = shifts / max(weights, 0.05)
    by_chance = 2 * (_LEAN_SPREAD * jitter) ** 2
    lean *= max(0.0, 1 - by_chance / max(float(lean @ lean), 1e-12))
    return np.asarray(lean * min(1.0, _MOST_LEAN / max(float(np.hypot(*lean)), 1e-12)))


def _jitter_mm(patch: Patch, outline: Outline, texture_sd_mm: float) -> float:
    """How far a place of an outline moves for texture alone."""
    rim = outline.inside & ~ndimage.binary_erosion(outline.inside)
    along_y, along_x = np.gradient(outline.smooth_mm, patch.pitch_mm[1], patch.pitch_mm[0])
    slope = float(np.median(np.hypot(along_x, along_y)[rim]))
    return texture_sd_mm / max(slope, 1e-9)
