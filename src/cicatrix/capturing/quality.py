"""The gate: whether a capture suffices to measure scars, and if not, what would.

What is refused is refused whole, with a sentence that helps; what is doubtful is measured and
flagged. Whether a single scar is wide enough for the spacing is told scar by scar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.mesh_noise import noise_of_mesh
from cicatrix.capturing.methods import CLASS_OF_METHOD, method_of
from cicatrix.capturing.sides import BY_WINDING, TURNED, bulge_of
from cicatrix.skin import CaptureError, HeightMap, Mesh

Floats = NDArray[np.float64]

#: Samples that must lie across a scar before its depth means anything.
SAMPLES_ACROSS = 8
#: The widest common acne scar in mm: a mesh that cannot show it shows none.
WIDEST_SCAR_MM = 5.0
#: The narrowest common acne scar in mm: what is smaller than it shows none.
NARROWEST_SCAR_MM = 0.5
#: No capture of skin is wider than this.
WIDEST_FIELD_MM = 1000.0
#: Half a micrometre, about the wavelength of light: no scanner of skin has finer samples.
FINEST_PITCH_MM = 5e-4
#: No skin is smooth to a micrometre: its own relief is 10 to 100.
FLATTEST_RELIEF_MM = 1e-3
#: Skin seen from above is not three times as tall as its field is wide: it would stand at over 70
#: degrees throughout, where a wrong unit is far more likely.
TALLEST_SHARE = 3.0
#: Above this share of missing samples nothing is measured; above the lower one it is flagged.
MOST_MISSING, MUCH_MISSING = 0.6, 0.1
_CLIPPED_SHARE = 0.005
_STEEP_DEGREES, _STEEP_SHARE = 50.0, 0.05
_MAD_TO_SD = 1.4826
#: So many samples tell a median to a thousandth of a spread.
_ENOUGH_SAMPLES = 1_000_000
#: So many faces are looked at together, few enough to stay in the cache of a processor.
_PIECE_FACES = 16_384
#: Structured light and macro stereo reach this spacing; what is coarser is a phone's depth.
_CLASS_A_PITCH_MM = 0.3
_NOISY_MM = 0.05
#: A mesh that bulges less than this to either side is flat: a patch of cheek 60 mm across, with a
#: radius of 150 mm, bulges by 0.15, and by this much from a radius of 450 mm on.
_LEAST_BULGE = 0.05
#: Between 1/9 (smooth) and 1 (noise); below this no noise is left between neighbours.
_BLUR_RATIO = 0.2


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What a capture is worth.

    ``capture_class`` A: structured light or macro stereo; B: photometric stereo; C: photo;
    D: phone depth; where nobody told the ``method``, by the spacing alone. ``spacing_mm`` is the
    distance between neighbouring samples, the wider of two; ``noise_mm`` the standard deviation of
    single samples, NaN where it cannot be told.
    """

    capture_class: str
    method: str
    spacing_mm: float
    noise_mm: float
    flags: tuple[str, ...]

    @property
    def smallest_width_mm(self) -> float:
        """The narrowest scar whose depth means anything."""
        return SAMPLES_ACROSS * self.spacing_mm


def judge_height_map(height_map: HeightMap) -> Quality:
    """The worth of a height map.

    Raises
    ------
    CaptureError
        If there is nothing to measure: too small, too coarse, mostly missing, constant, or of a
        size that no skin has.
    """
    height = _worth_a_look(height_map)
    noise = noise_of(height)
    pitch = max(height_map.pitch_mm)
    capture_class = _class_of(height_map.known, pitch)
    doubts = {
        "much_missing": height_map.missing_fraction > MUCH_MISSING,
        "clipped": _is_clipped(height),
        "blurred": _is_blurred(height),
        "noisy": noise > _NOISY_MM,
        "noise_unknown": np.isnan(noise),
        "small_scars_missed": SAMPLES_ACROSS * pitch > NARROWEST_SCAR_MM,
        "too_steep": _is_steep(height, height_map.pitch_mm),
        "photometric": capture_class == "B",
        "phone_depth": capture_class == "D",
        "unit_not_told": bool(height_map.known.get("unit_not_told")),
    }
    return Quality(
        capture_class=capture_class,
        method=method_of(height_map.known),
        spacing_mm=pitch,
        noise_mm=noise,
        flags=tuple(flag for flag, doubtful in doubts.items() if doubtful),
    )


def _class_of(known: Mapping[str, Any], spacing_mm: float) -> str:
    """As its method tells; else by the spacing, which only phones have that wide."""
    by_spacing = "D" if spacing_mm > _CLASS_A_PITCH_MM else "A"
    return CLASS_OF_METHOD.get(method_of(known), by_spacing)


def _worth_a_look(height_map: HeightMap) -> Floats:
    """The heights, if there is anything in them to measure; NaN where there is nothing."""
    height = np.asarray(height_map.height_mm, float)
    height = np.where(np.isfinite(height), height, np.nan)
    name = height_map.name or "The capture"
    _check_spacing(height_map, name=name)
    missing = float(np.isnan(height).mean())
    if missing > MOST_MISSING:
        raise CaptureError(
            f"{name}: {missing:.0%} of the samples were not measured, too many to tell where the "
            "skin is. Scan the site again, closer and without hair or shine."
        )
    _check_relief(height, height_map, name=name)
    return height


def _check_spacing(height_map: HeightMap, *, name: str) -> None:
    """Refuse fields and spacings that no capture of skin has, or that show no scar."""
    wide, narrow = max(height_map.size_mm), min(height_map.size_mm)
    unit = "Check the unit and the distance between samples (--unit, --pitch-mm)."
    if wide > WIDEST_FIELD_MM:
        raise CaptureError(f"{name} would be {wide:.4g} mm wide, and no skin is. {unit}")
    if narrow < NARROWEST_SCAR_MM:
        raise CaptureError(
            f"{name} would be {height_map.size_mm[0]:.3g} × {height_map.size_mm[1]:.3g} mm large, "
            f"less than the smallest acne scar ({NARROWEST_SCAR_MM:g} mm). {unit}"
        )
    if min(height_map.pitch_mm) < FINEST_PITCH_MM:
        raise CaptureError(
            f"{name}: its samples would lie {min(height_map.pitch_mm):.3g} mm apart, finer than "
            f"any scanner of skin has them. {unit}"
        )
    if max(height_map.pitch_mm) > WIDEST_SCAR_MM / SAMPLES_ACROSS:
        raise _too_coarse(name, what="samples", spacing=max(height_map.pitch_mm))


def _check_relief(height: Floats, height_map: HeightMap, *, name: str) -> None:
    """Refuse heights that no skin has."""
    lowest, highest = float(np.nanmin(height)), float(np.nanmax(height))
    if highest == lowest:
        raise CaptureError(
            f"{name}: every sample has the same height, so there is no relief in it. Export the "
            "measured heights, not an empty or flattened layer."
        )
    if highest - lowest < FLATTEST_RELIEF_MM:
        raise CaptureError(
            f"{name}: all its heights lie within {highest - lowest:.2g} mm, smoother than any "
            "skin. Check the unit of the heights (--unit, --mm-per-unit)."
        )
    # Without the outermost hundredths, so that single spikes do not count.
    low, high = np.nanpercentile(height, (1, 99))
    if high - low > TALLEST_SHARE * max(height_map.size_mm):
        raise CaptureError(
            f"{name}: its heights span {high - low:.3g} mm over a field of "
            f"{max(height_map.size_mm):.3g} mm, steeper than skin can be seen from above. "
            "Check the unit of the heights (--unit, --mm-per-unit)."
        )


def _too_coarse(name: str, *, what: str, spacing: float) -> CaptureError:
    return CaptureError(
        f"{name}: its {what} lie {spacing:.1f} mm apart. Acne scars are "
        f"{NARROWEST_SCAR_MM:g} to {WIDEST_SCAR_MM:g} mm wide and need {SAMPLES_ACROSS} {what} "
        f"across, so at most {WIDEST_SCAR_MM / SAMPLES_ACROSS:.2f} mm between {what}. It shows "
        "the form of the face but no scars. Scan the site close up with structured light or "
        "macro stereo."
    )


def judge_mesh(mesh: Mesh) -> Quality:
    """The worth of a mesh, whose spacing is the median length of its edges.

    What only shows on its tiles is told by :func:`doubts_of_tile` and :func:`with_missing`.

    Raises
    ------
    CaptureError
        If the mesh is too coarse to show any acne scar.
    """
    pieces = np.array_split(mesh.faces, 1 + len(mesh.faces) // _PIECE_FACES)
    squared = np.concatenate([_squared_sides(mesh.vertices_mm, piece) for piece in pieces])
    spacing = float(np.sqrt(np.median(squared, overwrite_input=True)))
    if spacing > WIDEST_SCAR_MM / SAMPLES_ACROSS:
        raise _too_coarse(mesh.name or "The mesh", what="points", spacing=spacing)
    capture_class = _class_of(mesh.known, spacing)
    noise = noise_of_mesh(mesh)
    bulge, outside = bulge_of(mesh), mesh.known.get("outside", BY_WINDING)
    doubts = {
        "clipped": noise.flat_share > _CLIPPED_SHARE,
        "noisy": noise.noise_mm > _NOISY_MM,
        "noise_unknown": np.isnan(noise.noise_mm),
        "seems_inside_out": bulge < -_LEAST_BULGE,
        "turned_round": outside == TURNED,
        "side_by_winding": outside == BY_WINDING and abs(bulge) <= _LEAST_BULGE,
        "small_scars_missed": SAMPLES_ACROSS * spacing > NARROWEST_SCAR_MM,
        "photometric": capture_class == "B",
        "phone_depth": capture_class == "D",
    }
    return Quality(
        capture_class=capture_class,
        method=method_of(mesh.known),
        spacing_mm=spacing,
        noise_mm=noise.noise_mm,
        flags=tuple(flag for flag, doubtful in doubts.items() if doubtful),
    )


def doubts_of_tile(height_map: HeightMap) -> tuple[str, ...]:
    """The doubts that the part of a mesh shows which is seen as this height map."""
    height = np.asarray(height_map.height_mm, float)
    doubts = {
        "blurred": _is_blurred(height),
        "too_steep": _is_steep(height, height_map.pitch_mm),
    }
    return tuple(flag for flag, doubtful in doubts.items() if doubtful)


def with_missing(quality: Quality, missing_fraction: float, *, name: str) -> Quality:
    """The worth of a mesh of which so much was not measured, holes and what turns away.

    Raises
    ------
    CaptureError
        If too much is missing.
    """
    if missing_fraction > MOST_MISSING:
        raise CaptureError(
            f"{name}: {missing_fraction:.0%} of it was not measured or turns away from straight "
            "above, too much to tell where the skin is. Check its unit (--unit, --mm-per-unit), or "
            "scan the site again, closer and without hair or shine."
        )
    if missing_fraction <= MUCH_MISSING:
        return quality
    return replace(quality, flags=("much_missing", *quality.flags))


def _squared_sides(vertices_mm: NDArray[Any], faces: NDArray[Any]) -> Floats:
    """The squared lengths of the sides of some faces."""
    corners = [vertices_mm.take(corner, axis=0) for corner in faces.T]
    sides = (corners[k] - corners[k - 1] for k in range(3))
    return np.concatenate([np.einsum("ij,ij->i", side, side) for side in sides])


def noise_of(height_mm: Floats) -> float:
    """The spread of single samples, from second differences, which no form survives.

    A robust spread, so that walls and spikes do not count. For white noise the variance of
    ``z[i-1] - 2 z[i] + z[i+1]`` is six times that of a sample.
    """
    found = []
    for lines in (height_mm, height_mm.T):
        if lines.shape[1] >= 3:
            spread = _MAD_TO_SD * _typical(_bend(_some(lines), steps=1)) / np.sqrt(6)
            if np.isfinite(spread):
                found.append(spread)
    return float(np.mean(found)) if found else float("nan")


def _some(lines: Floats) -> Floats:
    """Every so manieth line of a large map, which tells a median as well as all of them."""
    return lines[:: max(1, lines.size // _ENOUGH_SAMPLES)]


def _bend(lines: Floats, *, steps: int) -> Floats:
    """The second differences along lines, over so many samples."""
    bend = lines[:, 2 * steps :] - 2 * lines[:, steps:-steps]
    bend += lines[:, : -2 * steps]
    return np.asarray(bend)


def _typical(values: Floats) -> float:
    """The median of the absolute values that are known, NaN where none is."""
    known = values[np.isfinite(values)]
    return float(np.median(np.abs(known, out=known))) if known.size else float("nan")


def _is_clipped(height: Floats) -> bool:
    known = height[np.isfinite(height)]
    ends = (known == known.min()).mean(), (known == known.max()).mean()
    return bool(max(ends) > _CLIPPED_SHARE)


def _is_blurred(height: Floats) -> bool:
    """True if second differences over one sample are tiny beside those over three.

    Of white noise both are equally large. Of a smooth surface the wide one is nine times the near
    one, since second differences grow with the square of the step.
    """
    lines = _some(height)
    if lines.shape[1] <= 6:
        return False
    near, far = _typical(_bend(lines, steps=1)), _typical(_bend(lines, steps=3))
    return bool(far > 0 and near < _BLUR_RATIO * far)


def _is_steep(height: Floats, pitch_mm: tuple[float, float]) -> bool:
    """True if much of the form (over about twenty samples) is steep."""
    step = 20
    if min(height.shape) <= step:
        return False
    squared = ((height[:-step, step:] - height[:-step, :-step]) / (step * pitch_mm[0])) ** 2
    squared += ((height[step:, :-step] - height[:-step, :-step]) / (step * pitch_mm[1])) ** 2
    known = np.isfinite(squared).sum()
    steep = (squared > np.tan(np.radians(_STEEP_DEGREES)) ** 2).sum()
    return bool(steep > _STEEP_SHARE * known)
