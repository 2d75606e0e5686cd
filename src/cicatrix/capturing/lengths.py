"""Settle what one step and one number of a capture are in mm: from the file, or as given.

Nothing is guessed. Three rules decide:

1. A format that always carries its lengths (X3P, SUR, PLUX, AL3D, TMD, GSF, GWY) is believed.
   Giving it another pitch or a unit is a contradiction and refused.
2. A format that may or may not carry them (TIFF, PNG, NumPy, text) is believed where it does.
   Giving it the same again is welcome; giving it something else is a contradiction and refused.
   Only a length that cannot be gives way to what is given.
3. Height numbers for which the file names no unit have the one that is given. Where only the
   pitch is given, in mm, for a file that is silent about lengths, fractions are in mm as well, for
   that is what such a call says; the capture then carries a doubt (``unit_not_told``), and heights
   that cannot be mm are refused. Whole numbers are levels of a device, whose mm must be given. A
   pitch beside the places of a file of points says nothing about its heights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.skin import CaptureError

PitchMm = tuple[float, float]

#: The units a person may name, as promised for ``--unit``.
UNITS_TO_GIVE = {"mm": 1.0, "um": 1e-3, "cm": 10.0, "m": 1000.0}
#: How files spell them besides.
_SPELLINGS = {
    **UNITS_TO_GIVE,
    "µm": 1e-3, "μm": 1e-3, "micron": 1e-3, "microns": 1e-3, "micrometer": 1e-3,
    "micrometers": 1e-3, "micrometre": 1e-3, "micrometres": 1e-3, "\xe6m": 1e-3, "µ": 1e-3,
    "nm": 1e-6, "nanometer": 1e-6, "nanometre": 1e-6,
    "å": 1e-7, "pm": 1e-9, "dm": 100.0, "km": 1e6,
    "millimeter": 1.0, "millimeters": 1.0, "millimetre": 1.0, "millimetres": 1.0,
    "centimeter": 10.0, "centimetre": 10.0,
    "meter": 1000.0, "meters": 1000.0, "metre": 1000.0, "metres": 1000.0,
    "in": 25.4, "inch": 25.4, "inches": 25.4, "mil": 0.0254, "ft": 304.8, "foot": 304.8,
}  # fmt: skip

#: Beyond these no instrument for skin (and no terrain model in the tests) has its pitch.
_LEAST_PITCH_MM, _MOST_PITCH_MM = 1e-7, 1e6
#: Ten kilometres. What is larger is a device's way of writing "not measured".
MOST_MM = 1e7
#: A skin surface seen from above cannot be taller than the field is long: it would stand at
#: more than 45 degrees throughout. Nor is any skin flat to a ten-thousandth of the field: its
#: own relief, 10 to 100 µm, is more than that up to a field of 100 mm.
_TALLEST, _FLATTEST = 1.0, 1e-4
#: Two pitches that differ by less are one pitch, rounded differently.
_SAME_PITCH = 1e-3
#: The words of a call with which a unit is given.
_GIVE_A_UNIT = f"--unit ({', '.join(UNITS_TO_GIVE)}) or --mm-per-unit"


def mm_per(word: str) -> float | None:
    """How many mm one of this unit has, or None for a word that names no length."""
    return _SPELLINGS.get(word.strip().casefold())


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the person says about the lengths of a file; None where they say nothing."""

    pitch_mm: PitchMm | None = None
    mm_per_unit: float | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a file says about its own lengths; None where it is silent."""

    pitch_mm: PitchMm | None = None
    mm_per_unit: float | None = None


def given_lengths(
    *,
    pitch_mm: float | PitchMm | None,
    unit: str,
    mm_per_unit: float | None,
) -> Given:
    """The words of a call, checked before any file is opened."""
    pitch = (pitch_mm, pitch_mm) if isinstance(pitch_mm, int | float) else pitch_mm
    pitch = None if pitch is None else (float(pitch[0]), float(pitch[1]))
    if pitch is not None and not usable_pitch(pitch):
        raise CaptureError(
            f"The pitch {pitch[0]:g} mm cannot be: it is the distance between two samples and "
            "lies above zero. Give it as --pitch-mm, for example 0.06."
        )
    if unit and mm_per_unit is not None:
        raise CaptureError(
            f"Both the unit {unit!r} and {mm_per_unit:g} mm per unit were given. "
            "Give one of the two."
        )
    if unit and unit.casefold() not in UNITS_TO_GIVE:
        raise CaptureError(
            f"There is no unit {unit!r}. Give one of {', '.join(UNITS_TO_GIVE)}, or the "
            "length of one unit with --mm-per-unit."
        )
    if mm_per_unit is not None and not (math.isfinite(mm_per_unit) and mm_per_unit > 0):
        raise CaptureError(
            f"{mm_per_unit:g} mm per unit cannot be: it is a length above zero. "
            "Give, for example, --mm-per-unit 0.001 for µm."
        )
    scale = UNITS_TO_GIVE[unit.casefold()] if unit else mm_per_unit
    return Given(pitch_mm=pitch, mm_per_unit=scale)


def usable_pitch(pitch_mm: PitchMm) -> bool:
    """Whether both distances are lengths that a scan can have."""
    return all(math.isfinite(p) and _LEAST_PITCH_MM <= p <= _MOST_PITCH_MM for p in pitch_mm)


def believed_pitch(name: str, *, told: PitchMm, given: Given) -> PitchMm:
    """The pitch of a format that always carries its lengths (rule 1)."""
    if given.mm_per_unit is not None:
        raise CaptureError(
            f"{name} carries its own unit, so none must be given. "
            "Leave out --unit and --mm-per-unit."
        )
    if not usable_pitch(told):
        if given.pitch_mm is not None:
            return given.pitch_mm
        raise CaptureError(
            f"{name} says its samples lie {told[0]:g} × {told[1]:g} mm apart, which cannot be. "
            "Export the scan again, or give the distance with --pitch-mm."
        )
    if given.pitch_mm is not None and not _same(told, given.pitch_mm):
        raise CaptureError(
            f"{name} says its samples lie {told[0]:.6g} × {told[1]:.6g} mm apart, and the pitch "
            f"{given.pitch_mm[0]:g} mm was given. Leave out --pitch-mm; if the file is wrong, "
            "export it as TIFF and give the pitch with that."
        )
    return told


def _same(one: PitchMm, other: PitchMm) -> bool:
    return all(abs(a / b - 1) < _SAME_PITCH for a, b in zip(one, other, strict=True))


def check_unit_of_points(name: str, *, step: PitchMm, given: Given) -> None:
    """Refuse points or a grid whose places a pitch scales while nothing scales their heights."""
    if given.pitch_mm is None or given.mm_per_unit is not None or not usable_pitch(step):
        return
    scale = given.pitch_mm[0] / step[0]
    same = [f"--unit {unit}" for unit, mm in UNITS_TO_GIVE.items() if abs(scale / mm - 1) < 1e-3]
    same.append(f"--mm-per-unit {scale:.4g}")
    raise CaptureError(
        f"{name} has samples {step[0]:g} apart, so with the pitch {given.pitch_mm[0]:g} mm one "
        f"unit of its places is {scale:.4g} mm; the unit of its heights it does not name. If it "
        f"is the same, give {same[0]} and leave out --pitch-mm; if not, give that of the heights "
        f"with {_GIVE_A_UNIT} beside the pitch."
    )


def settled_pitch(name: str, *, told: Told, given: Given) -> PitchMm:
    """The pitch of a format that may carry it (rule 2)."""
    if given.pitch_mm is not None:
        if told.pitch_mm is not None and usable_pitch(told.pitch_mm):
            _check_that_pitches_agree(name, told=told.pitch_mm, given=given.pitch_mm)
        return given.pitch_mm
    if told.pitch_mm is None:
        silent = given.mm_per_unit is None and told.mm_per_unit is None
        unit = f" and the unit of its heights with {_GIVE_A_UNIT}" if silent else ""
        raise CaptureError(
            f"{name} does not say how far apart its samples lie, so widths and depths cannot be "
            f"given in mm. Give it with --pitch-mm{unit}, or export the scan as X3P, which carries "
            "both."
        )
    if not usable_pitch(told.pitch_mm):
        raise CaptureError(
            f"{name} says its samples lie {told.pitch_mm[0]:g} × {told.pitch_mm[1]:g} mm apart, "
            "which cannot be. Give the distance with --pitch-mm."
        )
    return told.pitch_mm


def _check_that_pitches_agree(name: str, *, told: PitchMm, given: PitchMm) -> None:
    if not _same(told, given):
        raise CaptureError(
            f"{name} says its samples lie {told[0]:.6g} × {told[1]:.6g} mm apart, and the pitch "
            f"{given[0]:g} mm was given. Leave out --pitch-mm; if the file is wrong, save it "
            "without its calibration and give the pitch with that."
        )


def settled_height_scale(name: str, *, told: Told, given: Given, numbers: NDArray[Any]) -> float:
    """How many mm one height number is worth (rules 2 and 3)."""
    scale = given.mm_per_unit if given.mm_per_unit is not None else told.mm_per_unit
    if scale is not None:
        _check_that_units_agree(name, told=told.mm_per_unit, given=given.mm_per_unit)
        if not (math.isfinite(scale) and scale > 0):
            raise CaptureError(
                f"{name} says one of its height units is {scale:g} mm, which cannot be. "
                "Give it with --mm-per-unit."
            )
        return scale
    if numbers.dtype.kind in "iu":
        raise CaptureError(
            f"{name} holds whole numbers with no unit, and only its maker knows how high one "
            "level is. Give it with --mm-per-unit (0.001 if they are µm), or export the scan "
            "as X3P, which carries it."
        )
    if unit_not_told(told=told, given=given):
        _check_that_mm_can_be(name, numbers, pitch_mm=given.pitch_mm or (math.nan, math.nan))
        return 1.0
    pitch = "says how far apart its samples lie, but not" if told.pitch_mm else "does not say"
    raise CaptureError(
        f"{name} {pitch} the unit of its heights{_range_of(numbers)}. "
        f"Give it with {_GIVE_A_UNIT}, or export the scan as X3P, which carries it."
    )


def unit_not_told(*, told: Told, given: Given) -> bool:
    """True where heights are taken as mm because the pitch alone was given, in mm."""
    silent = told.pitch_mm is None and told.mm_per_unit is None
    return silent and given.pitch_mm is not None and given.mm_per_unit is None


def _check_that_mm_can_be(name: str, numbers: NDArray[Any], *, pitch_mm: PitchMm) -> None:
    rows, columns = numbers.shape if numbers.ndim > 1 else (1, numbers.size)
    field_mm = max(columns * pitch_mm[0], rows * pitch_mm[1])
    step = max(1, numbers.size // 100_000)
    some = np.ravel(numbers)[::step].astype(np.float64)
    some = some[np.abs(some) <= MOST_MM]
    if some.size == 0:
        return
    low, high = np.percentile(some, (1, 99))
    if high - low > _TALLEST * field_mm:
        raise CaptureError(
            f"{name} has heights from {low:.4g} to {high:.4g} and no unit; over a field of "
            f"{field_mm:.3g} mm they cannot be mm. Give their unit with {_GIVE_A_UNIT}, and "
            "store samples that were not measured as NaN."
        )
    if 0 < high - low < _FLATTEST * field_mm:
        raise CaptureError(
            f"{name} has heights from {low:.4g} to {high:.4g} and no unit; as mm that is flatter "
            f"than any skin over a field of {field_mm:.3g} mm. Give their unit with "
            f"{_GIVE_A_UNIT}."
        )


def _range_of(numbers: NDArray[Any]) -> str:
    """From where to where the heights run, which helps a person to tell their unit."""
    known = (numbers >= -MOST_MM) & (numbers <= MOST_MM)
    if not known.any():
        return ""
    low = float(numbers.min(where=known, initial=MOST_MM))
    high = float(numbers.max(where=known, initial=-MOST_MM))
    return f", which run from {low:.4g} to {high:.4g}"


def _check_that_units_agree(name: str, *, told: float | None, given: float | None) -> None:
    if told is None or given is None or not (math.isfinite(told) and told > 0):
        return
    if abs(given / told - 1) >= _SAME_PITCH:
        raise CaptureError(
            f"{name} says one of its height units is {told:g} mm, and {given:g} mm was given. "
            "Leave out --unit and --mm-per-unit; if the file is wrong, save it without its "
            "calibration and give the unit with that."
        )
