"""The type of a measured scar, as probabilities with reasons, from the published definitions."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.reading_page import Criterion, ScarTypePage
from cicatrix.records import Finding, MeasuredScan, Scar, ScarCatalogue, Target, TypeJudgement

UNDETERMINED, MIXED = "undetermined", "mixed"
#: A type must be this probable to be named; two that share nearly all of it are "mixed".
_NAMED, _SHARED = 0.6, 0.85
#: What is left for "none of these" when every definition fits badly.
_NONE_OF_THESE = 0.1
#: The doubts of a scar that was not seen whole, and why it has no type.
_NOT_SEEN_WHOLE = {
    # A sliver of a wide scar is narrow, and half a round one is long.
    "touches_edge": (
        "it reaches the edge of the scan, so how wide and long it is was not seen; "
        "scan it whole to have it named"
    ),
    "rim_missing": (
        "a hole of the scan cuts its rim, so how wide and long it is was not seen; "
        "scan it whole to have it named"
    ),
    "floor_missing": (
        "its deepest place lies in a hole of the scan, so how deep it is was not seen; "
        "scan it again to have it named"
    ),
}
_SQRT2 = math.sqrt(2)


def judge_types(catalogue: ScarCatalogue, *, knowledge: Knowledge) -> dict[int, TypeJudgement]:
    """The type of every scar of a catalogue, by its label."""
    return {scar.label: judge_type(scar, knowledge=knowledge) for scar in catalogue.scars}


def judge_type(scar: Scar, *, knowledge: Knowledge) -> TypeJudgement:
    """The type of one scar. ``undetermined`` is an answer where the shape does not decide."""
    if math.isnan(scar.depth_mm) or math.isnan(scar.width_mm):
        return _open("its depth or width could not be measured")
    for flag, reason in _NOT_SEEN_WHOLE.items():
        if flag in scar.flags:
            return _open(reason)
    direction = "raised" if scar.depth_mm < 0 else "depressed"
    pages = [p for p in knowledge.scar_types.values() if p.direction == direction]
    fits = {page.id: _fit(page, scar) for page in pages}
    total = sum(fits.values()) + _NONE_OF_THESE * (1 - max(fits.values()))
    probability = {name: round(fit / total, 3) for name, fit in fits.items()}
    probability[UNDETERMINED] = round(max(0.0, 1 - sum(probability.values())), 3)
    named = _name(probability)
    page = knowledge.scar_types.get(named)
    return TypeJudgement(
        type=named,
        probability=probability,
        reasons=tuple(_told(c, scar) for c in page.criteria) if page else (),
        sources=tuple(citation.id for citation in page.sources) if page else (),
    )


def _open(reason: str) -> TypeJudgement:
    """No type, and why."""
    return TypeJudgement(
        type=UNDETERMINED, probability={UNDETERMINED: 1.0}, reasons=(reason,), sources=()
    )


def _name(probability: Mapping[str, float]) -> str:
    (first, most), (_, next_most) = sorted(probability.items(), key=lambda item: -item[1])[:2]
    if most >= _NAMED or first == UNDETERMINED:
        return first
    return MIXED if most + next_most >= _SHARED else UNDETERMINED


def _fit(page: ScarTypePage, scar: Scar) -> float:
    """How well a scar fits a definition, 0 to 1: the product over its features."""
    return math.prod(_membership(c, *feature(scar, c.feature)) for c in page.criteria)


def _membership(criterion: Criterion, value: float, error: float) -> float:
    spread = math.hypot(criterion.softness, error)
    inside = 1.0
    if criterion.at_least is not None:
        inside *= _normal((value - criterion.at_least) / spread)
    if criterion.at_most is not None:
        inside *= _normal((criterion.at_most - value) / spread)
    return inside


def _normal(z: float) -> float:
    return 0.5 * (1 + math.erf(z / _SQRT2))


def feature(scar: Scar, name: str) -> tuple[float, float]:
    """A feature of a scar and its standard error, 0 where none was given."""
    value, error = _feature(scar, name)
    return value, 0.0 if math.isnan(error) else error


def _feature(scar: Scar, name: str) -> tuple[float, float]:
    depth, ratio = abs(scar.depth_mm), scar.length_mm / scar.width_mm
    longer = math.hypot(scar.length_sd_mm, ratio * scar.width_sd_mm) / scar.width_mm
    features = {
        "depth_mm": (depth, scar.depth_sd_mm),
        "height_mm": (depth, scar.depth_sd_mm),
        "width_mm": (scar.width_mm, scar.width_sd_mm),
        "elongation": (ratio, longer),
        "depth_to_width": (depth / scar.width_mm, scar.depth_sd_mm / scar.width_mm),
        "wall_degrees": (scar.wall_degrees, scar.wall_sd_degrees),
        "floor_share": (scar.floor_share, scar.floor_share_sd),
    }
    return features[name]


_UNITS = {"width_mm": " mm", "depth_mm": " mm", "height_mm": " mm", "wall_degrees": "°"}


def _told(criterion: Criterion, scar: Scar) -> str:
    value, _ = feature(scar, criterion.feature)
    unit = _UNITS.get(criterion.feature, "")
    words = criterion.feature.removesuffix("_mm").removesuffix("_degrees").replace("_", " ")
    limits = []
    if criterion.at_least is not None:
        limits.append(f"at least {criterion.at_least:g}{unit}")
    if criterion.at_most is not None:
        limits.append(f"at most {criterion.at_most:g}{unit}")
    return f"{words} {value:.2g}{unit} ({' and '.join(limits)})"


def findings_of(
    catalogue: ScarCatalogue,
    judged: Mapping[int, TypeJudgement],
    *,
    site: str,
    side: str,
) -> tuple[Finding, ...]:
    """The measured scars as findings: one for each type and site, with count and sizes.

    The site that the capture was given counts for all of its scars; where none was given, the one
    that the scan itself tells of a scar.
    """
    return _pooled(
        (_target(judged[scar.label].type, scar, site=site, side=side), scar)
        for scar in catalogue.scars
    )


def findings_in(scans: Iterable[MeasuredScan]) -> tuple[Finding, ...]:
    """The scars of several captures as findings: one for each type at each place.

    A scar whose place nobody told is in none; the flag ``sites_open`` of its capture says so.
    """
    return _pooled(
        (_target(scan.types[scar.label].type, scar, site=scan.site, side=scan.side), scar)
        for scan in scans
        for scar in scan.catalogue.scars
        if scan.site or scar.site
    )


def _target(name: str, scar: Scar, *, site: str, side: str) -> Target:
    if not site:
        site, side = scar.site, scar.side
    return Target(site=site, side=side, type=name)


def _pooled(scars: Iterable[tuple[Target, Scar]]) -> tuple[Finding, ...]:
    groups: dict[Target, list[Scar]] = {}
    for target, scar in scars:
        groups.setdefault(target, []).append(scar)
    return tuple(
        Finding(type=t.type, site=t.site, side=t.side, measured=True, known=_known(group))
        for t, group in sorted(groups.items(), key=lambda item: item[0].type)
    )


def joined(noted: Iterable[Finding], measured: Iterable[Finding]) -> tuple[Finding, ...]:
    """What somebody noted and what was measured, no mark counted twice.

    The same type at the same place and side is one finding: sizes are those that were measured;
    the rest is as noted (the count too, because a scan shows only a part of the site), and what
    nobody noted is filled in.
    """
    waiting = {finding.target: finding for finding in measured}
    both = []
    for finding in noted:
        found = waiting.pop(finding.target, None)
        if found is None:
            both.append(finding)
            continue
        sizes = {name: size for name, size in found.known.items() if name != "count"}
        known = {**found.known, **finding.known, **sizes}
        both.append(dataclasses.replace(finding, known=known, measured=True))
    return (*both, *waiting.values())


def _known(group: Sequence[Scar]) -> dict[str, float]:
    """Count, middle sizes and whole area. Lower bounds stay lower bounds in the scar list."""
    sizes = {
        "width_mm": [s.width_mm for s in group],
        "depth_mm": [s.depth_mm for s in group if s.depth_mm > 0],
        "height_mm": [-s.depth_mm for s in group if s.depth_mm < 0],
    }
    known = {"count": float(len(group)), "area_mm2": round(sum(s.area_mm2 for s in group), 2)}
    for key, values in sizes.items():
        if values and not any(math.isnan(value) for value in values):
            known[key] = round(statistics.median(values), 3)
    return known
