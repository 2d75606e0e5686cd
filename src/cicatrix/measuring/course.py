"""How far each sample of a scar is from its middle, as a share of the way to its outline."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import brentq
from scipy.spatial import cKDTree
from skimage.measure import find_contours

from cicatrix.measuring.outline import Outline
from cicatrix.measuring.patch import Patch

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

#: The outline that carries the coordinates: where a scar passes this share of its depth.
OUTLINE_LEVEL = 0.5
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
#: What its outline, smoothed as it is, leaves unsure of the width of one that is not round.
#: Long ones got it when the groove of tests/measuring/test_real_captures.py lay 3.2 standard errors
#: off its second reading, so that capture is no independent check of it.
_OVAL_SD = 0.006
#: Points put on the outline between two samples.
_PARTS = 4


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A scar as seen from above at some level of its wall."""

    width_mm: float
    length_mm: float
    area_mm2: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """The coordinate of a scar: 0 on its middle, 1 on its outline at half its depth.

    ``half_width_mm`` and ``half_length_mm`` belong to that outline; ``straight_mm`` is the
    length of the middle line of a scar that is measured along its course, 0 for a compact one,
    which is an ellipse. ``ends`` is 1 for a trough, 0 for a ring, which has none, and less by one
    for each further island of skin (Euler's number). ``ragged`` is the share of the outline
    that is off an ellipse or bar beyond what texture does; ``oval_sd`` is what texture leaves
    unsure about its shape, as a share of the width; ``is_sure`` is false where texture may have cut
    the outline. ``jitter_mm`` is how far texture moves a place of a compact outline, which is as
    steep as the smoothed map.
    """

    rho: Floats
    half_width_mm: float
    half_length_mm: float
    straight_mm: float
    row: float
    column: float
    orientation_degrees: float
    ends: int = 1
    ragged: float = 0.0
    oval_sd: float = 0.0
    is_sure: bool = True
    jitter_mm: float = 0.0

    def opening(self, rho: float) -> Opening:
        """Width, length and area out to a value of the coordinate."""
        if self.straight_mm:
            radius = self.half_width_mm * rho
            return Opening(
                width_mm=2 * radius,
                length_mm=self.straight_mm + 2 * radius * max(self.ends, 0),
                area_mm2=math.pi * radius**2 * self.ends + 2 * radius * self.straight_mm,
            )
        return Opening(
            width_mm=2 * self.half_width_mm * rho,
            length_mm=2 * self.half_length_mm * rho,
            area_mm2=math.pi * self.half_width_mm * self.half_length_mm * rho**2,
        )


def course_of(patch: Patch, outline: Outline, *, texture_sd_mm: float) -> Course:
    """The coordinate of a scar from its outline at half depth.

    ``texture_sd_mm`` tells how much the smoothed map varies for texture alone.
    """
    inside = outline.inside
    round_ = _round_of(patch, outline)
    is_sure = outline.level_mm > _SURE_OUTLINE * texture_sd_mm
    common = _common(inside, np.hypot(*round_.place) < 1)
    # A ragged outline tells of a bent scar only where texture cannot have cut it.
    ragged = outline.islands or (common < _ELLIPTIC and is_sure)
    if ragged or (round_.ratio > ELONGATED and not _narrows(round_, patch, outline, common)):
        along = _along(patch, outline, round_.middle, round_.orientation_degrees)
        return along if is_sure else _unsure(along, patch)
    jitter = _jitter_mm(patch, outline, texture_sd_mm)
    radius = math.sqrt(float(round_.halves_mm.prod()))
    by_chance = (_RAGGED_JITTER * jitter + _RAGGED_PITCH * max(patch.pitch_mm)) / radius
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
    course = bar if nearer[1] > nearer[0] else ellipse
    return replace(course, oval_sd=math.hypot(apart * unsure / 2, _OVAL_SD))


@dataclass(frozen=True, kw_only=True)
class _Round:
    """The ellipse of the same moments and area as an outline; ``place`` is in its half axes."""

    halves_mm: Floats
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
        radius = _bar_radius(area, float(self.halves_mm[1]) ** 2 / 4)
        straight = max((area - math.pi * radius**2) / (2 * radius), 1e-9)
        across, along = self.place * self.halves_mm[:, None, None]
        away = np.hypot(np.maximum(np.abs(along) - straight / 2, 0.0), across)
        return replace(
            self.ellipse(),
            rho=away / radius,
            half_width_mm=radius,
            half_length_mm=0.0,
            straight_mm=straight,
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
        place=(axes.T @ (grid - centre[:, None]) / halves[:, None]).reshape(
            2, *outline.inside.shape
        ),
        middle=(float(rows.mean()), float(columns.mean())),
        orientation_degrees=math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180,
    )


def _common(one: Mask, other: Mask) -> float:
    """The common part of two masks as a share of both together."""
    return float((one & other).sum()) / max(1.0, float((one | other).sum()))


def _bar_radius(area: float, along_mm2: float) -> float:
    """Half the width of the bar with round ends of this area and spread along itself."""

    def excess(radius: float) -> float:
        straight = (area - math.pi * radius**2) / (2 * radius)
        second = radius * straight**3 / 6 + math.pi * radius**2 * straight**2 / 4
        second += 4 * radius**3 * straight / 3 + math.pi * radius**4 / 4
        return second / area - along_mm2

    widest = math.sqrt(area / math.pi)
    if excess(widest) >= 0:
        return widest
    # Half as wide as a strip without ends of that spread, it would be far too long.
    narrow = area / math.sqrt(48 * along_mm2) / 2
    return float(brentq(excess, narrow, widest))


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
    return replace(course, oval_sd=math.hypot(apart / 2, _OVAL_SD), is_sure=False)


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


def _along(
    patch: Patch, outline: Outline, middle: tuple[float, float], orientation: float
) -> Course:
    """The coordinate of a long, bent or irregular scar: its distance from the outline."""
    inside = outline.inside
    away = _distance(patch, outline)
    from_outline = np.where(inside, away, -away)
    area, ends = float(inside.sum()) * patch.sample_mm2, 1 - outline.islands
    radius = _radius(area, float(away[inside].mean()), ends=ends)
    # A bent scar's centre may lie beside it: take the sample of its middle nearest to it.
    rows, columns = np.nonzero(inside & (away >= 0.8 * away[inside].max()))
    nearest = int(np.hypot(rows - middle[0], columns - middle[1]).argmin())
    return Course(
        rho=np.maximum(1 - from_outline / radius, 0.0),
        half_width_mm=radius,
        half_length_mm=0.0,
        straight_mm=max((area - math.pi * radius**2 * ends) / (2 * radius), 1e-9),
        ends=ends,
        oval_sd=_OVAL_SD,
        row=float(rows[nearest]),
        column=float(columns[nearest]),
        orientation_degrees=orientation,
    )


def _distance(patch: Patch, outline: Outline) -> Floats:
    """How far every sample is from the outline, which runs between the samples."""
    near = ndimage.binary_dilation(outline.inside, iterations=2)
    near &= ~ndimage.binary_erosion(outline.inside, iterations=2)
    lines = find_contours(outline.smooth_mm, outline.level_mm)  # type: ignore[no-untyped-call]
    parts = np.linspace(0.0, 1.0, _PARTS, endpoint=False)[:, None, None]
    places = np.concatenate(
        [((1 - parts) * line[:-1] + parts * line[1:]).reshape(-1, 2) for line in lines]
    )
    row, column = places.round().astype(int).T
    places = places[near[row, column]]
    tree = cKDTree(patch.on_the_skin(places[:, 0], places[:, 1]).T)
    every = patch.on_the_skin(*(g.ravel().astype(float) for g in np.indices(near.shape)))
    return np.asarray(tree.query(every.T)[0].reshape(near.shape))


def rounder(course: Course, *, hangs_together_mm: float, pitch_mm: float) -> Course:
    """The same scar without the ovalness that texture and grid alone give to an outline.

    Texture moves the outline by its ``jitter_mm``, over ``hangs_together_mm`` of it together, which
    makes the shorter axis of a round scar too short and the longer one too long. Whole samples do
    the same: each piece of one sample is off by the spread of an even chance within it.
    """
    if course.straight_mm:
        return course
    radius = math.sqrt(course.half_width_mm * course.half_length_mm)
    oval = math.log(course.half_length_mm / course.half_width_mm)
    pieces = max(2 * math.pi * radius / hangs_together_mm, 4.0)
    samples = max(2 * math.pi * radius / pitch_mm, 4.0)
    # An oval is a wave twice around. Texture that hangs together like a bell has less of it the
    # fewer pieces there are: exp(−k² s²/2) for k = 2 waves and s = √(2π) / pieces.
    texture = course.jitter_mm**2 / pieces * math.exp(-4 * math.pi / pieces**2)
    by_chance = 16 * (texture + pitch_mm**2 / 12 / samples) / radius**2
    left = oval * max(0.0, 1 - by_chance / max(oval**2, 1e-12))
    return replace(
        course,
        half_width_mm=radius * math.exp(-left / 2),
        half_length_mm=radius * math.exp(left / 2),
        # Where texture may have cut the outline, all that is left of the ovalness may be its work.
        oval_sd=math.hypot(
            course.oval_sd, math.sqrt(by_chance / 16), 0.0 if course.is_sure else left / 2
        ),
    )


def _radius(area: float, mean_mm: float, *, ends: int) -> float:
    """Half the width of the bar with round ends that has this area and mean rim distance.

    A ring has no ends, and a net of rings fewer than none.
    """

    def excess(radius: float) -> float:
        return area * radius / 2 - ends * math.pi * radius**3 / 6 - mean_mm * area

    widest = math.sqrt(area / math.pi) if ends > 0 else 2 * mean_mm
    if excess(widest) <= 0:
        return widest
    return float(brentq(excess, 0.0, widest))
