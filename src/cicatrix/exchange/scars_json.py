"""Measured scars as JSON, in the shape that other programs lean on (`cicatrix.scars/1`)."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from cicatrix import __version__
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.agreement import rater_agreement
from cicatrix.records import MeasuredScan, Scar

Json = dict[str, Any]
_DIGITS = 5


def scars_text(measured: MeasuredScan, *, knowledge: Knowledge) -> str:
    """The scars as JSON text; the same scan always gives the same bytes."""
    told = scars_json(measured, knowledge=knowledge)
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def scars_json(measured: MeasuredScan, *, knowledge: Knowledge) -> Json:
    """The scars as plain values. ``null`` means not measured, never zero."""
    catalogue = measured.catalogue
    return {
        "schema": "cicatrix.scars/1",
        "made_with": {"cicatrix": __version__},
        "capture": {
            "file": catalogue.name,
            "kind": catalogue.kind,
            "capture_class": catalogue.capture_class,
            "method": catalogue.method or None,
            "pitch_mm": [_number(p) for p in catalogue.pitch_mm],
            "size_mm": [_number(s) for s in catalogue.size_mm],
            "missing_fraction": _number(catalogue.missing_fraction),
            "noise_mm": _number(catalogue.noise_mm),
        },
        "surface": {name: _number(value) for name, value in catalogue.surface.items()},
        "scars": [_scar(scar, measured) for scar in catalogue.scars],
        "totals": _totals(measured),
        "flags": list(catalogue.flags),
        "type_agreement": [
            {
                "text": " ".join(one.text.split()),
                "sources": [citation.id for citation in one.sources],
                "verified": one.verified,
            }
            for one in rater_agreement(
                knowledge, types=dict.fromkeys(j.type for j in measured.types.values())
            )
        ],
    }


def _number(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) else round(value, _DIGITS)


def _scar(scar: Scar, measured: MeasuredScan) -> Json:
    judged = measured.types[scar.label]
    raised = is_raised(scar)
    word = "height" if raised else "depth"
    return {
        "label": scar.label,
        "type": judged.type,
        "type_probability": dict(judged.probability),
        "type_reasons": list(judged.reasons),
        "may_also_be": list(judged.may_also_be),
        "x_mm": _number(scar.x_mm),
        "y_mm": _number(scar.y_mm),
        "site": scar.site or None,
        "side": scar.side or None,
        "position_mm": [_number(p) for p in scar.position_mm],
        f"{word}_mm": _number(abs(scar.depth_mm)),
        f"{word}_sd_mm": _number(scar.depth_sd_mm),
        "width_mm": _number(scar.width_mm),
        "width_sd_mm": _number(scar.width_sd_mm),
        "length_mm": _number(scar.length_mm),
        "length_sd_mm": _number(scar.length_sd_mm),
        "area_mm2": _number(scar.area_mm2),
        "area_sd_mm2": _number(scar.area_sd_mm2),
        "volume_mm3": _number(abs(scar.volume_mm3)),
        "volume_sd_mm3": _number(scar.volume_sd_mm3),
        "wall_degrees": _number(scar.wall_degrees),
        "wall_sd_degrees": _number(scar.wall_sd_degrees),
        "floor_share": _number(scar.floor_share),
        "floor_share_sd": _number(scar.floor_share_sd),
        "orientation_degrees": _number(scar.orientation_degrees),
        "orientation_sd_degrees": _number(scar.orientation_sd_degrees),
        "flags": list(scar.flags),
    }


def is_raised(scar: Scar) -> bool:
    """True for a scar above the skin; the volume tells it where no depth is given."""
    return scar.volume_mm3 < 0


def _totals(measured: MeasuredScan) -> Json:
    scars = measured.catalogue.scars
    sunken = [scar for scar in scars if not is_raised(scar)]
    return {
        "count": len(scars),
        "by_type": dict(sorted(Counter(measured.types[s.label].type for s in scars).items())),
        "depressed_area_mm2": _number(sum(s.area_mm2 for s in sunken)),
        "depressed_area_sd_mm2": _number(_together(s.area_sd_mm2 for s in sunken)),
        "depressed_volume_mm3": _number(sum(s.volume_mm3 for s in sunken)),
        "depressed_volume_sd_mm3": _number(_together(s.volume_sd_mm3 for s in sunken)),
        "raised_volume_mm3": _number(sum(-s.volume_mm3 for s in scars if is_raised(s))),
        "raised_volume_sd_mm3": _number(_together(s.volume_sd_mm3 for s in scars if is_raised(s))),
    }


def _together(errors: Iterable[float]) -> float:
    """The standard error of a sum of independent quantities."""
    return math.sqrt(sum(error**2 for error in errors))
