"""What pictures of measured skin are made of: plain values, ready to be drawn.

Places and lengths are in mm, x to the right and y down from the centre of the first sample.
Depths are positive into the skin.
"""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """The opening of one scar as a closed line, and the scar's middle."""

    label: int
    middle_mm: Place
    points_mm: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DepthMap:
    """The skin coloured by depth.

    ``png`` covers the area from ``corner_mm`` over ``size_mm``. ``ramp`` holds depths and their
    colours, from the highest place to the deepest; what lies beyond its ends has the colour of
    the end. ``missing_share`` of the skin was not measured and is hatched.
    """

    png: bytes
    corner_mm: Place
    size_mm: Place
    ramp: tuple[tuple[float, str], ...]
    outlines: tuple[Outline, ...]
    missing_share: float
    view: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """The depth along a line across one scar; NaN where nothing was measured."""

    label: int
    distance_mm: tuple[float, ...]
    depth_mm: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanPictures:
    """All that can be drawn of one measured capture."""

    depth_map: DepthMap
    profiles: tuple[Profile, ...]
