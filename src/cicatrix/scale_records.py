"""What was scored on published scales, and what the scales say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleScore:
    """What a clinician scored on a published scale: points by item (``grade`` for a global grade).

    An item that is not in ``points`` was not scored. Scales of single scars say which scar.
    """

    scale: str
    points: Mapping[str, float]
    site: str = ""
    side: str = ""
    scar: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemScore:
    """One item that a clinician scored; it counts ``factor`` times its points."""

    item: str
    title: str
    points: float
    factor: float
    verified: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """What a scale says; ``value`` is NaN where it cannot be told.

    ``entered`` holds what a clinician scored, of ``items`` in all; where some are missing the total
    lies within ``bounds``. Scales of single scars say which.
    """

    scale: str
    value: float
    maximum: float
    label: str
    verified: bool
    sources: tuple[str, ...]
    missing: tuple[str, ...] = ()
    entered: tuple[ItemScore, ...] = ()
    items: int = 0
    bounds: tuple[float, float] = (float("nan"), float("nan"))
    site: str = ""
    side: str = ""
    scar: str = ""
    version: str = ""
