"""The gate: whether a capture suffices to measure scars, and if not, what would.

What is refused is refused whole, with a sentence that helps; what is doubtful is measured and
flagged. Whether a single scar is wide enough for the spacing is told scar by scar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cicatrix.skin import CaptureError, HeightMap, Mesh

Floats = NDArray[np.float64]

#: Samples that must lie across a scar before its depth means anything.
SAMPLES_ACROSS = 8
#: The widest common acne scar in mm: a mesh that cannot show it shows none.
WIDEST_SCAR_MM = 5.0
#: No capture of skin is wider than this.
WIDEST_FIELD_MM = 1000.0
#: Above this share of missing samples nothing is measured; above the lower one it is flagged.
MOST_MISSING, MUCH_MISSING = 0.6, 0.1
_CLIPPED_SHARE = 0.005
_STEEP_DEGREES, _STEEP_SHARE = 50.0, 0.05
_MAD_TO_SD = 1.4826
#: Structured light and macro stereo reach this spacing; what is coarser is a phone's depth.
_CLASS_A_PITCH_MM = 0.3
_NOISY_MM = 0.05
#: Between 1/9 (smooth) and 1 (noise); below this no noise is left between neighbours.
_BLUR_RATIO = 0.2

#: Doubts about a whole capture, in words for the footnotes.
CAPTURE_FLAGS = {
    "much_missing": "more than a tenth of the samples were not measured",
    "clipped": "many samples sit at one end of the range, so the deepest part may be cut off",
    "blurred": "neighbouring samples hang together, so narrow scars look shallower than they are",
    "noisy": "the noise is above 0.05 mm, so shallow scars are missed",
    "too_steep": "a part is tilted by more than 50 degrees, where depth and area are distorted",
    "photometric": "depth comes from shading, which bends wide shallow forms",
    "phone_depth": "depth comes from a phone: it shows the form of the face and no pits",
}


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What a capture is worth.

    ``capture_class`` A: structured light or macro stereo; B: photometric stereo; C: photo;
    D: phone depth. ``noise_mm`` is the standard deviation of single samples.
    """

    capture_class: str
    noise_mm: float
    smallest_width_mm: float
    flags: tuple[str, ...]


def judge_height_map(height_map: HeightMap) -> Quality:
    """The worth of a height map.

    Raises
    ------
    CaptureError
        If there is nothing to measure: all missing, constant, or mostly missing.
    """
    height = _worth_a_look(height_map)
    missing = height_map.missing_fraction
    noise = noise_of(height)
    photometric = str(height_map.known.get("format", "")).lower() == "tmd"
    pitch = max(height_map.pitch_mm)
    coarse = pitch > _CLASS_A_PITCH_MM
    flags = [
        flag
        for flag, there in (
            ("much_missing", missing > MUCH_MISSING),
            ("clipped", _is_clipped(height)),
            ("blurred", _is_blurred(height)),
            ("noisy", noise > _NOISY_MM),
            ("too_steep", _is_steep(height, height_map.pitch_mm)),
            ("photometric", photometric),
        )
        if there
    ]
    return Quality(
        capture_class="B" if photometric else "D" if coarse else "A",
        noise_mm=noise,
        smallest_width_mm=SAMPLES_ACROSS * pitch,
        flags=tuple(flags),
    )


def _worth_a_look(height_map: HeightMap) -> Floats:
    """The heights, if there is anything in them to measure."""
    height = np.asarray(height_map.height_mm, float)
    name = height_map.name or "The capture"
    missing = height_map.missing_fraction
    if max(height_map.size_mm) > WIDEST_FIELD_MM:
        raise CaptureError(
            f"{name} would be {max(height_map.size_mm):.4g} mm wide, and no skin is. Check the "
            "unit and the distance between samples (--unit, --pitch-mm)."
        )
    if missing > MOST_MISSING:
        raise CaptureError(
            f"{name}: {missing:.0%} of the samples were not measured, too many to tell where the "
            "skin is. Scan the site again, closer and without hair or shine."
        )
    if np.nanmax(height) == np.nanmin(height):
        raise CaptureError(
            f"{name}: every sample has the same height, so there is no relief in it. Export the "
            "measured heights, not an empty or flattened layer."
        )
    return height


def judge_mesh(mesh: Mesh) -> float:
    """The spacing of a mesh in mm: the median length of its edges.

    Raises
    ------
    CaptureError
        If the mesh is too coarse to show any acne scar.
    """
    corners = mesh.vertices_mm[mesh.faces]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
    spacing = float(np.median(edges))
    if spacing > WIDEST_SCAR_MM / SAMPLES_ACROSS:
        raise CaptureError(
            f"{mesh.name or 'The mesh'}: its points lie {spacing:.1f} mm apart. Acne scars are "
            f"0.5 to {WIDEST_SCAR_MM:g} mm wide and need {SAMPLES_ACROSS} points across, so at "
            f"most {WIDEST_SCAR_MM / SAMPLES_ACROSS:.2f} mm between points. It shows the form of "
            "the face but no scars. Scan the site close up with structured light or macro stereo."
        )
    return spacing


def noise_of(height_mm: Floats) -> float:
    """The spread of single samples, from second differences, which no form survives.

    A robust spread, so that walls and spikes do not count. For white noise the variance of
    ``z[i-1] - 2 z[i] + z[i+1]`` is six times that of a sample.
    """
    found = []
    for axis in (0, 1):
        if height_mm.shape[axis] >= 3:
            second = np.diff(height_mm, 2, axis=axis)
            known = second[np.isfinite(second)]
            if known.size:
                found.append(_MAD_TO_SD * float(np.median(np.abs(known))) / np.sqrt(6))
    return float(np.mean(found)) if found else float("nan")


def _is_clipped(height: Floats) -> bool:
    known = height[np.isfinite(height)]
    ends = (known == known.min()).mean(), (known == known.max()).mean()
    return bool(max(ends) > _CLIPPED_SHARE)


def _is_blurred(height: Floats) -> bool:
    """True if second differences over one sample are tiny beside those over three.

    Of white noise both are equally large. Of a smooth surface the wide one is nine times the near
    one, since second differences grow with the square of the step.
    """
    near = np.nanmedian(np.abs(np.diff(height, 2, axis=1)))
    wide = height[:, 6:] - 2 * height[:, 3:-3] + height[:, :-6]
    far = np.nanmedian(np.abs(wide)) if wide.size else 0.0
    return bool(far > 0 and near < _BLUR_RATIO * far)


def _is_steep(height: Floats, pitch_mm: tuple[float, float]) -> bool:
    """True if much of the form (over about twenty samples) is steep."""
    step = 20
    if min(height.shape) <= step:
        return False
    along_x = (height[:, step:] - height[:, :-step])[:-step] / (step * pitch_mm[0])
    along_y = (height[step:] - height[:-step])[:, :-step] / (step * pitch_mm[1])
    slope = np.degrees(np.arctan(np.hypot(along_x, along_y)))
    known = slope[np.isfinite(slope)]
    return bool(known.size and (known > _STEEP_DEGREES).mean() > _STEEP_SHARE)
