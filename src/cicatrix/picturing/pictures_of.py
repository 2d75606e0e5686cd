"""The pictures of one capture: its depth map, the outlines of its scars, a line across each."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.measure import find_contours

from cicatrix.pictures import DepthMap, Outline, Place, Profile, ScanPictures
from cicatrix.picturing.ramp import colours_of, hex_of
from cicatrix.picturing.thinning import thinned
from cicatrix.records import Scar, ScarCatalogue
from cicatrix.skin import Relief, Section

Floats = NDArray[np.floating[Any]]

#: A picture has at most so many samples on a side, and is made of repeated ones below the least.
_MOST_SIDE, _LEAST_SIDE = 1000, 450
#: Colours of the ramp in the picture, and stops of it beside the picture.
_COLOURS, _STOPS = 248, 65
#: What was not measured: stripes of two greys, so many pixels wide. Beside the skin: white.
_STRIPES = ((232, 232, 232), (120, 120, 120))
_STRIPE_PERIOD, _STRIPE_WIDTH = 8, 2
_BESIDE = (255, 255, 255)
#: How hard zlib packs the raster: a sixth of the time of the hardest, for a fortieth more bytes.
_PACKING = 3
#: Limits of the colours are one of these times a power of ten, at least so many mm.
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_LEAST_DEPTH_MM = 0.2
#: The raised end of the ramp lies at least at this share of the deep end, so that the texture
#: of the skin does not look raised.
_LEAST_RAISED_SHARE = 0.4
#: Outlines are smoothed by this many samples, and their points thinned out to within as many.
_OUTLINE_SMOOTHING, _OUTLINE_TOLERANCE = 1.0, 0.12
_DIGITS = 4


def pictures_of(relief: Relief, catalogue: ScarCatalogue) -> ScanPictures:
    """All pictures of one measured capture."""
    return ScanPictures(
        depth_map=_depth_map(relief, catalogue),
        profiles=tuple(_profile(section) for section in relief.sections),
    )


def _depth_map(relief: Relief, catalogue: ScarCatalogue) -> DepthMap:
    limits = limits_of(catalogue.scars)
    rows, columns = relief.depth_mm.shape
    missing = relief.covered & np.isnan(relief.depth_mm)
    shares = np.linspace(-1.0, 1.0, _STOPS)
    return DepthMap(
        png=_png(relief, limits),
        corner_mm=(-relief.pitch_mm[0] / 2, -relief.pitch_mm[1] / 2),
        size_mm=(columns * relief.pitch_mm[0], rows * relief.pitch_mm[1]),
        ramp=tuple(
            (float(share * limits[0 if share < 0 else 1]), hex_of(colour))
            for share, colour in zip(shares, colours_of(shares), strict=True)
        ),
        outlines=tuple(_outlines(relief)),
        missing_share=float(missing.sum() / max(1, relief.covered.sum())),
        view="front" if catalogue.kind == "mesh" else "map",
    )


def limits_of(scars: Iterable[Scar]) -> tuple[float, float]:
    """How high and how deep the colours reach, in mm, as round numbers above all scars."""
    depths = [scar.depth_mm for scar in scars if not math.isnan(scar.depth_mm)]
    deep = _nice(max([_LEAST_DEPTH_MM, *depths]))
    return _nice(max([_LEAST_RAISED_SHARE * deep, *(-depth for depth in depths)])), deep


def _nice(length_mm: float) -> float:
    power = 10.0 ** math.floor(math.log10(length_mm))
    return next(power * step for step in _NICE if power * step >= length_mm * (1 - 1e-9))


def _png(relief: Relief, limits: tuple[float, float]) -> bytes:
    """The coloured raster, in the grid of the relief or a coarser one, as PNG bytes."""
    raised, deep = limits
    coarser = math.ceil(max(relief.depth_mm.shape) / _MOST_SIDE)
    depth, covered = _coarser(relief.depth_mm, relief.covered, coarser)
    finer = math.ceil(_LEAST_SIDE / max(depth.shape))
    depth = depth.repeat(finer, axis=0).repeat(finer, axis=1)
    covered = covered.repeat(finer, axis=0).repeat(finer, axis=1)
    share = np.where(depth < 0, depth / raised, depth / deep)
    index = np.rint((np.clip(np.nan_to_num(share), -1, 1) + 1) / 2 * (_COLOURS - 1))
    row, column = np.indices(depth.shape)
    stripe = (row + column) % _STRIPE_PERIOD < _STRIPE_WIDTH
    index = np.where(np.isnan(depth), _COLOURS + stripe, index)
    index = np.where(covered | np.isfinite(depth), index, _COLOURS + 2).astype(np.uint8)
    image = Image.fromarray(index, mode="P")
    ramp = colours_of(np.linspace(-1.0, 1.0, _COLOURS))
    image.putpalette([*ramp.ravel().tolist(), *_STRIPES[0], *_STRIPES[1], *_BESIDE])
    written = io.BytesIO()
    image.save(written, "PNG", compress_level=_PACKING)
    return written.getvalue()


def _coarser(
    depth: Floats, covered: NDArray[np.bool_], steps: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Means over squares of samples, of those that were measured."""
    if steps == 1:
        return depth, covered
    shape = [-(-n // steps) * steps for n in depth.shape]
    spare = [(0, wide - n) for wide, n in zip(shape, depth.shape, strict=True)]
    squares = (shape[0] // steps, steps, shape[1] // steps, steps)
    there = np.pad(np.isfinite(depth), spare).reshape(squares).sum(axis=(1, 3))
    total = np.pad(np.nan_to_num(depth), spare).reshape(squares).sum(axis=(1, 3))
    mean = np.where(there > 0, total / np.maximum(there, 1), np.nan)
    return mean, np.asarray(np.pad(covered, spare).reshape(squares).any(axis=(1, 3)))


def _outlines(relief: Relief) -> Iterable[Outline]:
    """The border of every scar's opening."""
    boxes = ndimage.find_objects(relief.label)
    for section in relief.sections:
        box = boxes[section.label - 1] if section.label <= len(boxes) else None
        points = _border(relief, box, section.label) if box else ()
        yield Outline(label=section.label, middle_mm=section.place_mm, points_mm=points)


def _border(relief: Relief, box: tuple[slice, slice], label: int) -> tuple[Place, ...]:
    margin = 4
    mask = np.pad((relief.label[box] == label).astype(float), margin)
    mask = ndimage.gaussian_filter(mask, _OUTLINE_SMOOTHING)
    lines = find_contours(mask, 0.5)  # type: ignore[no-untyped-call]
    if not lines:
        return ()
    line = thinned(max(lines, key=len), tolerance=_OUTLINE_TOLERANCE)
    corner = np.array([box[0].start, box[1].start]) - margin
    place = (line + corner) * relief.pitch_mm[::-1]
    return tuple((round(x, _DIGITS), round(y, _DIGITS)) for y, x in place.tolist())


def _profile(section: Section) -> Profile:
    return Profile(
        label=section.label,
        distance_mm=tuple(round(x, _DIGITS) for x in section.distance_mm.tolist()),
        depth_mm=tuple(round(d, _DIGITS) for d in section.depth_mm.tolist()),
    )
