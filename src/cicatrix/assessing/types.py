"""The type of a measured scar, as probabilities with reasons, from the published definitions."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.reading_page import Criterion, ScarTypePage
from cicatrix.records import Finding, MeasuredScan, Scar, ScarCatalogue, Target, TypeJudgement

UNDETERMINED, MIXED = "undetermined", "mixed"
#: A type must be this probable to be named; two that share nearly all of it are "mixed".
_NAMED, _SHARED = 0.6, 0.85
#: How much of what the best definition leaves open goes to "none of these".
_NONE_OF_THESE = 0.5
#: The doubt of a scar whose floor was not seen, and of a capture of which so little is plain skin
#: that a raised scar may pass for it.
_DEEPER, _LITTLE_SKIN = "aperture_too_narrow", "little_skin"
#: Below this a feature speaks against a definition.
_FAILS = 0.5
_LOOK = "look at the scar itself and note its type"
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
    """The type of every scar of a catalogue, by its label; none where little is plain skin."""
    if _LITTLE_SKIN in catalogue.flags:
        why = _open(
            "less than half of the field is plain skin, so a raised scar may pass for the skin and "
            "the skin beside it for dents; scan a wider field, with skin all around"
        )
        return dict.fromkeys((scar.label for scar in catalogue.scars), why)
    return {scar.label: judge_type(scar, knowledge=knowledge) for scar in catalogue.scars}


def judge_type(scar: Scar, *, knowledge: Knowledge) -> TypeJudgement:
    """The type of one scar. ``undetermined`` is an answer where the shape does not decide."""
    if math.isnan(scar.depth_mm) or math.isnan(scar.width_mm):
        return _open(
            f"its depth or width could not be measured; scan it with closer samples, or {_LOOK}"
        )
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
    likely = sorted(pages, key=lambda one: -fits[one.id])
    return TypeJudgement(
        type=named,
        probability=probability,
        reasons=_why(page, scar) if page else _why_open(named, likely, scar),
        sources=tuple(citation.id for citation in page.sources) if page else (),
        may_also_be=page.may_also_be if page else (),
    )


def _why(page: ScarTypePage, scar: Scar) -> tuple[str, ...]:
    """What of the shape speaks for a type, and which other it does not rule out."""
    told = tuple(_told(criterion, scar) for criterion in page.criteria)
    return (*told, page.cannot_tell) if page.may_also_be else told


def _why_open(named: str, likely: Sequence[ScarTypePage], scar: Scar) -> tuple[str, ...]:
    """Between which types it lies or what speaks against each, and the way out."""
    if named == MIXED:
        names = " and ".join(page.name.en.lower() for page in likely[:2])
        return (f"its shape fits two definitions: {names}", _LOOK)
    return (*(f"no {page.name.en.lower()}: {_against(page, scar)}" for page in likely), _LOOK)


def _against(page: ScarTypePage, scar: Scar) -> str:
    """The features that a definition does not allow, or the one that fits it worst."""
    fits = [(_membership_of(one, scar), one) for one in page.criteria]
    against = [one for fit, one in fits if fit < _FAILS]
    worst = min(fits, key=lambda fit: fit[0])[1]
    return ", ".join(_told(one, scar) for one in against or [worst])


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
    return math.prod(_membership_of(criterion, scar) for criterion in page.criteria)


def _membership_of(criterion: Criterion, scar: Scar) -> float:
    if criterion.feature == "depth_mm" and criterion.at_most is None and _DEEPER in scar.flags:
        return 1.0  # what was seen of the depth is a lower bound, which speaks against no depth
    return _membership(criterion, *feature(scar, criterion.feature))


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
    ours = "" if criterion.verified else ", a limit of ours"
    least = "at least " if criterion.feature == "depth_mm" and _DEEPER in scar.flags else ""
    shown = f"{value:.0f}" if unit == "°" else f"{value:.2g}"
    return f"{words} {least}{shown}{unit} ({' and '.join(limits)}{ours})"


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
        (
            (_target(judged[scar.label].type, scar, site=site, side=side), scar)
            for scar in catalogue.scars
        ),
        judged.values(),
    )


def findings_in(scans: Iterable[MeasuredScan]) -> tuple[Finding, ...]:
    """The scars of several captures as findings: one for each type at each place.

    A scar whose place nobody told is in none; the flag ``sites_open`` of its capture says so.
    """
    told = tuple(scans)
    return _pooled(placed_scars(told), (one for scan in told for one in scan.types.values()))


def placed_scars(scans: Iterable[MeasuredScan]) -> Iterator[tuple[Target, Scar]]:
    """Every scar whose place somebody told, as something to treat."""
    for scan in scans:
        for scar in scan.catalogue.scars:
            if scan.site or scar.site:
                name = scan.types[scar.label].type
                yield _target(name, scar, site=scan.site, side=scan.side), scar


def _target(name: str, scar: Scar, *, site: str, side: str) -> Target:
    if not site:
        site, side = scar.site, scar.side
    return Target(site=site, side=side, type=name)


def _pooled(
    scars: Iterable[tuple[Target, Scar]], judged: Iterable[TypeJudgement]
) -> tuple[Finding, ...]:
    also = {one.type: one.may_also_be for one in judged}
    groups: dict[Target, list[Scar]] = {}
    for target, scar in scars:
        groups.setdefault(target, []).append(scar)
    return tuple(
        _measured(target, _known(group), also[target.type])
        for target, group in sorted(groups.items(), key=lambda item: item[0].type)
    )


def _measured(target: Target, known: Mapping[str, float], also: tuple[str, ...]) -> Finding:
    return Finding(
        type=target.type,
        site=target.site,
        side=target.side,
        known=known,
        measured=True,
        scanned=tuple(known),
        may_also_be=also,
    )


def joined(noted: Iterable[Finding], measured: Iterable[Finding]) -> tuple[Finding, ...]:
    """What somebody noted and what was measured, no mark counted twice.

    The same type at the same place and side is one finding: sizes are those that were measured;
    the rest is as noted (the count too, because a scan shows only a part of the site), and what
    nobody noted is filled in. Where the shape leaves a type open between two, that which somebody
    noted at the place holds.
    """
    told = tuple(noted)
    seen = {finding.target for finding in told}
    waiting = {_noted_as(finding, seen): finding for finding in measured}
    both = []
    for finding in told:
        found = waiting.pop(finding.target, None)
        if found is None:
            both.append(finding)
            continue
        sizes = {name: size for name, size in found.known.items() if name != "count"}
        known = {**found.known, **finding.known, **sizes}
        scanned = tuple(name for name in found.known if name in sizes or name not in finding.known)
        both.append(dataclasses.replace(finding, known=known, measured=True, scanned=scanned))
    return (*both, *waiting.values())


def _noted_as(found: Finding, noted: Collection[Target]) -> Target:
    """A measured finding as somebody noted it: by another type, where the shape leaves it open."""
    if found.target in noted:
        return found.target
    others = (dataclasses.replace(found.target, type=name) for name in found.may_also_be)
    return next((other for other in others if other in noted), found.target)


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
