"""What a scan came to: scars, their types, and the whole as measured.

Small frozen records that pass between the rooms, like those of :mod:`cicatrix.records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cicatrix.pictures import ScanPictures


@dataclass(frozen=True, kw_only=True, slots=True)
class Scar:
    """One scar as measured, every number with its standard error (``_sd``). Lengths in mm.

    ``depth_mm`` counts below the skin, negative for a raised scar. ``width_mm`` is the opening: the
    straight wall between 30 and 70 % of the depth, drawn up to the skin. ``position_mm`` is in the
    scan's own coordinates; ``site`` and ``side`` are empty where the scan does not tell them.
    ``wall_degrees`` is how steep the straight wall is, ``floor_share`` how much of the width lies
    deeper than it. ``orientation_degrees`` turns from x towards y, from 0 to 180, along the
    length; for a round scar it means nothing, and its standard error says so. NaN is not known.
    """

    label: int
    x_mm: float
    y_mm: float
    position_mm: tuple[float, float, float]
    depth_mm: float
    depth_sd_mm: float
    width_mm: float
    width_sd_mm: float
    length_mm: float
    length_sd_mm: float = float("nan")
    area_mm2: float
    area_sd_mm2: float = float("nan")
    volume_mm3: float
    volume_sd_mm3: float
    wall_degrees: float
    wall_sd_degrees: float = float("nan")
    floor_share: float
    floor_share_sd: float = float("nan")
    orientation_degrees: float
    orientation_sd_degrees: float = float("nan")
    flags: tuple[str, ...] = ()
    site: str = ""
    side: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScarCatalogue:
    """All scars of one capture (none: clear skin), and what its unscarred skin is like.

    ``surface`` holds ISO 25178-2 parameters of that skin, ``flags`` doubts about the capture.
    ``method`` is empty where nobody said how it was made; its class is then that of the spacing.
    """

    scars: tuple[Scar, ...] = ()
    name: str = ""
    kind: str = "height_map"
    capture_class: str = ""
    method: str = ""
    pitch_mm: tuple[float, float] = (float("nan"), float("nan"))
    size_mm: tuple[float, float] = (float("nan"), float("nan"))
    missing_fraction: float = 0.0
    noise_mm: float = float("nan")
    surface: Mapping[str, float] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeJudgement:
    """What a scar is called, how probable each type is, and why.

    ``may_also_be`` holds the types that no measured shape tells from ``type``.
    """

    type: str
    probability: Mapping[str, float]
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    may_also_be: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredScan:
    """One capture, measured and typed (by label); ``doubts`` says what its flags mean."""

    catalogue: ScarCatalogue
    types: Mapping[int, TypeJudgement]
    pictures: ScanPictures
    doubts: Mapping[str, str]
    site: str = ""
    side: str = ""
