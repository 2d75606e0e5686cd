"""From a height map to the catalogue of its scars."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cicatrix.measuring.cutting import Cut, cut_out
from cicatrix.measuring.holes import has_holes
from cicatrix.measuring.profile import worse_than_chance
from cicatrix.measuring.reference import CLOSEST
from cicatrix.measuring.relief import Found, relief_of
from cicatrix.measuring.search import Field, told_apart
from cicatrix.measuring.shape import Shape, Unseen, measure_shape
from cicatrix.measuring.spikes import no_heights, spikes_in
from cicatrix.measuring.surface_parameters import surface_parameters
from cicatrix.measuring.unexplained import unexplained
from cicatrix.progress import SILENCE, Progress
from cicatrix.records import Scar, ScarCatalogue
from cicatrix.skin import CaptureError, HeightMap, Relief

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
#: Tells of places (rows of x, y and height in mm) which are wanted.
Wanted = Callable[[Floats], Mask]

#: A scar must have this many samples across before its depth means anything.
SAMPLES_ACROSS = 8
#: What is less than so many of its standard errors deep or large is texture; up to the second
#: number a doubt remains (Currie's detection limit: 1.645 for either kind of mistake).
_NOTHING, _DETECTED = 2.0, 3.29
#: Deeper than this share of its width, light at 45 degrees does not reach the floor of a pit.
_NARROW_DEPTH_TO_WIDTH, _NARROW_WIDTH_MM = 0.5, 2.0
_MISSING_SHARE, _SHARED_SHARE, _UNUSUAL, _ASLANT = 0.05, 0.005, 3.0, math.sqrt(2)
#: Wider than this are parts of a face; of scars, only keloids.
_WIDEST_MM = 15.0
_SPIKE_SHARE, _LITTLE_SKIN = 0.001, 0.5
#: On narrower fields the form of the skin is told from little: on made-up skin of 20 and 24 mm with
#: a wave as long as the field, corners were taken for scars; at 30 mm once in a dozen, beyond not.
SMALL_FIELD_MM = 30.0
_LEAST_SAMPLES = 16
#: Where a scar lies is told beforehand from places so far apart, some samples beyond its box.
_PLACES_MM, _PLACES_AROUND = 1.0, 5


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The scars of a capture, and the relief that shows where they are."""

    catalogue: ScarCatalogue
    relief: Relief


def everywhere(places_mm: Floats) -> Mask:
    """Every place of a map is wanted."""
    return np.ones(len(places_mm), bool)


def measure(height_map: HeightMap) -> ScarCatalogue:
    """Every scar of a height map with its numbers, their standard errors and doubts.

    Clear skin gives an empty catalogue.

    Raises
    ------
    CaptureError
        If there is nothing to measure in the map, or too little unscarred skin.
    """
    field, found, spike_share = _searched(height_map, progress=SILENCE, where=everywhere)
    return _catalogue(height_map, field, found, spike_share=spike_share)


def survey(
    height_map: HeightMap, *, progress: Progress = SILENCE, where: Wanted = everywhere
) -> Survey:
    """The same catalogue as :func:`measure` gives, and the relief to draw it from.

    A scar that lies on no place that is wanted is left out unmeasured.
    """
    field, found, spike_share = _searched(height_map, progress=progress, where=where)
    catalogue = _catalogue(height_map, field, found, spike_share=spike_share)
    return Survey(catalogue=catalogue, relief=relief_of(field, found))


def _searched(
    height_map: HeightMap, *, progress: Progress, where: Wanted
) -> tuple[Field, tuple[Found, ...], float]:
    """The field, its scars numbered from the top down, and the share of spikes."""
    cleaned, spike_share = _without_spikes(height_map)
    progress.begin("flattening and finding scars")
    field = told_apart(cleaned)
    del cleaned
    measured = _measured(field, progress, where)
    found = sorted(measured, key=lambda one: (one.scar.y_mm, one.scar.x_mm))
    return field, tuple(_numbered(one, n) for n, one in enumerate(found, start=1)), spike_share


def _numbered(found: Found, label: int) -> Found:
    return dataclasses.replace(found, scar=dataclasses.replace(found.scar, label=label))


def _catalogue(
    height_map: HeightMap, field: Field, found: Sequence[Found], *, spike_share: float
) -> ScarCatalogue:
    doubts = {
        "spikes_removed": spike_share > _SPIKE_SHARE,
        "little_skin": field.skin.sum() < _LITTLE_SKIN * field.there.sum(),
        "small_field": min(height_map.size_mm) < SMALL_FIELD_MM,
        "holes": has_holes(field.there, field.pitch_mm),
        "tightly_curved": field.give is CLOSEST,
    }
    return ScarCatalogue(
        scars=tuple(one.scar for one in found),
        name=height_map.name,
        pitch_mm=height_map.pitch_mm,
        size_mm=height_map.size_mm,
        missing_fraction=height_map.missing_fraction,
        noise_mm=field.texture.noise_mm,
        surface=surface_parameters(field.residual_mm, height_map.pitch_mm, there=field.skin),
        flags=tuple(flag for flag, doubtful in doubts.items() if doubtful),
    )


def _without_spikes(height_map: HeightMap) -> tuple[HeightMap, float]:
    """The map with its spikes left out, and their share."""
    height = np.asarray(height_map.height_mm, np.float64)
    name = height_map.name or "The height map"
    if min(height.shape) < _LEAST_SAMPLES:
        raise CaptureError(
            f"{name} has only {height.shape[0]} rows and {height.shape[1]} columns, too few to "
            f"tell skin from scars. At least {_LEAST_SAMPLES} of each are needed: scan a wider "
            "field or with a finer spacing."
        )
    if not np.isfinite(height).any():
        raise CaptureError(f"{name} holds no measured sample. Scan the site again.")
    height = np.where(np.isfinite(height), height, np.nan)
    spikes = no_heights(height, reach_mm=max(height_map.size_mm))
    height[spikes] = np.nan
    spikes |= spikes_in(height)
    height[spikes] = np.nan
    return dataclasses.replace(height_map, height_mm=height), float(spikes.mean())


def _measured(field: Field, progress: Progress, where: Wanted) -> Iterator[Found]:
    """The scars of a field, not numbered yet; what may be texture is left out."""
    places = [
        (regions, sign, label, box)
        for regions, sign in ((field.hollows, 1.0), (field.rises, -1.0))
        for label, box in enumerate(ndimage.find_objects(regions.labels), start=1)
        if where(_places(field, box)).any()
    ]
    progress.begin("measuring scars", parts=len(places))
    for regions, sign, label, box in places:
        cut = cut_out(field, regions, label=label, box=box, sign=sign)
        for shape in _explained(field, cut) or unexplained(
            cut.patch, covariance_of=cut.covariance_of
        ):
            yield Found(scar=_scar(field, cut, shape, sign=sign), cut=cut, shape=shape)
        progress.part_done()


def _explained(field: Field, cut: Cut) -> tuple[Shape, ...]:
    """The scar as a wall explains it; empty where it may be texture or was hardly seen."""
    if cut.is_seen:
        with contextlib.suppress(Unseen):
            shape = _shape_of(cut)
            at_edge = cut.at_edge(shape.inside, field.there.shape)
            if not _is_texture(field, shape, at_edge=at_edge):
                return (shape,)
    return ()


def _shape_of(cut: Cut) -> Shape:
    return measure_shape(
        cut.patch,
        covariance_of=cut.covariance_of,
        smoothing_mm=cut.smoothing_mm,
        smoothed_sd_mm=cut.texture.smoothed_sd_mm(cut.smoothing_mm),
    )


def _places(field: Field, box: tuple[slice, slice]) -> Floats:
    """Places at most :data:`_PLACES_MM` apart in and just around a box: x, y, height in mm."""
    ends = [
        np.linspace(
            max(0, side.start - _PLACES_AROUND),
            min(length, side.stop + _PLACES_AROUND) - 1,
            2 + int((side.stop - side.start) * pitch / _PLACES_MM),
        )
        for side, length, pitch in zip(
            box, field.there.shape, (field.pitch_mm[1], field.pitch_mm[0]), strict=True
        )
    ]
    row, column = (g.ravel().round().astype(np.intp) for g in np.meshgrid(*ends, indexing="ij"))
    x_mm, y_mm = column * field.pitch_mm[0], row * field.pitch_mm[1]
    return np.stack([x_mm, y_mm, field.level_mm[row, column]], axis=1)


def _is_texture(field: Field, shape: Shape, *, at_edge: bool) -> bool:
    """True for what texture alone may look like; at the edge, where less is known, for more.

    A depth that is unsure because no wall explains the scar is no sign of texture, which would
    have been explained. Where samples are too few for a depth, the volume alone decides.
    """
    least = _DETECTED if at_edge else _NOTHING
    if shape.volume_mm3 < least * shape.volume_sd_mm3:
        return True
    by_chance_mm = shape.depth_sd_mm / worse_than_chance(shape.misfit)
    return not _is_coarse(field, shape) and shape.depth_mm < least * by_chance_mm


def _is_coarse(field: Field, shape: Shape) -> bool:
    """True if the scar has too few samples across for a depth."""
    return shape.width_mm < SAMPLES_ACROSS * max(field.pitch_mm)


def _scar(field: Field, cut: Cut, shape: Shape, *, sign: float) -> Scar:
    row, column = cut.place(shape.row, shape.column)
    x_mm, y_mm = column * field.pitch_mm[0], row * field.pitch_mm[1]
    level = float(field.level_mm[round(row), round(column)])
    coarse = _is_coarse(field, shape)
    known = math.nan if coarse else 1.0
    at_edge = cut.at_edge(shape.inside, field.there.shape)
    return Scar(
        label=0,
        x_mm=x_mm,
        y_mm=y_mm,
        position_mm=(x_mm, y_mm, level),
        depth_mm=sign * shape.depth_mm * known,
        depth_sd_mm=shape.depth_sd_mm * known,
        width_mm=shape.width_mm,
        width_sd_mm=shape.width_sd_mm,
        length_mm=shape.length_mm,
        length_sd_mm=shape.length_sd_mm,
        area_mm2=min(shape.area_mm2, shape.seen_area_mm2) if at_edge else shape.area_mm2,
        area_sd_mm2=shape.area_sd_mm2,
        volume_mm3=sign * shape.volume_mm3,
        volume_sd_mm3=shape.volume_sd_mm3,
        wall_degrees=shape.wall_degrees * known,
        wall_sd_degrees=shape.wall_sd_degrees * known,
        floor_share=shape.floor_share,
        floor_share_sd=shape.floor_share_sd,
        orientation_degrees=shape.orientation_degrees,
        orientation_sd_degrees=shape.orientation_sd_degrees,
        flags=_doubts(cut, shape, sign=sign, coarse=coarse, at_edge=at_edge),
    )


def _doubts(cut: Cut, shape: Shape, *, sign: float, coarse: bool, at_edge: bool) -> tuple[str, ...]:
    """The doubts about one scar, as ids of the table of flags."""
    narrow = (
        sign > 0
        and shape.width_mm < _NARROW_WIDTH_MM
        and shape.depth_mm > _NARROW_DEPTH_TO_WIDTH * shape.width_mm
    )
    doubts = {
        "touches_edge": at_edge,
        "shares_a_wall": shape.shared_share > _SHARED_SHARE,
        "missing_inside": shape.missing_share > _MISSING_SHARE,
        "rim_missing": not shape.rim_is_seen,
        "floor_missing": not shape.floor_is_seen,
        "no_wall": math.isnan(shape.width_mm),
        "aperture_too_narrow": narrow and not coarse,
        "below_detection_limit": shape.depth_mm < _DETECTED * shape.depth_sd_mm,
        "outline_unsure": not shape.is_sure,
        "too_coarse": coarse,
        "unusual_profile": shape.misfit > _UNUSUAL,
        "wide_as_form": shape.width_mm > _WIDEST_MM,
        "seen_aslant": cut.patch.stretch > _ASLANT,
    }
    return tuple(flag for flag, doubtful in doubts.items() if doubtful)
