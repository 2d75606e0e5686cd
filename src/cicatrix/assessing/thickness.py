"""Whether the scars of a scan are as deep as skin allows: if not, its unit is most likely wrong."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from cicatrix.records import Scar, ScarCatalogue
from cicatrix.skin import CaptureError

#: The flag of a hollow that is deeper than skin is thick.
DEEPER = "deeper_than_skin"
_WIDE = "wide_as_form"
#: So many standard errors lie on either side of a 95 % interval.
_SPREADS = 1.96


def with_depths_checked(catalogue: ScarCatalogue, *, values: Mapping[str, Any]) -> ScarCatalogue:
    """The catalogue with a flag for each hollow that is deeper than skin is thick.

    ``values`` are those of the page ``assumptions/skin-thickness``.

    Raises
    ------
    CaptureError
        If so many hollows are that deep that the unit of the scan must be asked for.
    """
    limit_mm = float(values["deepest_mm"])
    deep = [scar for scar in catalogue.scars if _could_be_a_scar(scar) and _is_deep(scar, limit_mm)]
    unplaced = [scar for scar in deep if not scar.site]
    hollows = sum(
        # One of no known depth says nothing of the unit unless it is deep for certain.
        _could_be_a_scar(scar) and not scar.site and (scar in deep or scar.depth_mm > 0)
        for scar in catalogue.scars
    )
    if unplaced and len(unplaced) >= float(values["share"]) * hollows:
        raise CaptureError(_told(catalogue, unplaced, hollows=hollows, limit_mm=limit_mm))
    labels = {scar.label for scar in deep}
    flagged = (
        dataclasses.replace(scar, flags=(*scar.flags, DEEPER)) if scar.label in labels else scar
        for scar in catalogue.scars
    )
    return dataclasses.replace(catalogue, scars=tuple(flagged))


def _could_be_a_scar(scar: Scar) -> bool:
    """True for hollows no wider than scars are."""
    return scar.volume_mm3 > 0 and _WIDE not in scar.flags


def _is_deep(scar: Scar, limit_mm: float) -> bool:
    return _least_depth_mm(scar) > limit_mm


def _least_depth_mm(scar: Scar) -> float:
    """How deep a hollow is at least: where no depth was measured, as deep as in the mean."""
    if math.isnan(scar.depth_mm):
        return (scar.volume_mm3 - _SPREADS * scar.volume_sd_mm3) / scar.area_mm2
    return scar.depth_mm - _SPREADS * scar.depth_sd_mm


def _told(catalogue: ScarCatalogue, deep: list[Scar], *, hollows: int, limit_mm: float) -> str:
    deepest = max(_least_depth_mm(one) for one in deep)
    return (
        f"{catalogue.name or 'The capture'}: its hollows would be {deepest:.3g} mm deep and more "
        f"({len(deep)} of {hollows} are deeper than skin is thick, {limit_mm:.1f} mm). Is the unit "
        "right? Check it and the distance between samples (--unit, --mm-per-unit, --pitch-mm). If "
        "it is, these are no acne scars but folds or parts of the body: crop the scan to the skin "
        "beside them."
    )
