"""Grades that rest on scans: each is a lower bound that names what no scan can see.

A scan shows the height of a part of the skin. What it counts is there; colour, slack skin and
the places that were not scanned may add to it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cicatrix.assessing.grades import grades_of
from cicatrix.assessing.types import placed_scars
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.reading_page import ScalePage
from cicatrix.records import Case, Finding, Grade, MeasuredScan, Scar, Target
from cicatrix.vocabulary import FINDING_GROUPS

#: Half of a 95 % interval, in standard errors.
_Z95 = 1.96
#: The flag of a scar whose floor may lie deeper than what was seen.
_LOWER_BOUND = "aperture_too_narrow"
#: The flag of a capture some of whose scars lie nobody knows where.
_SITES_OPEN = "sites_open"
_OTHER_SIDE = {frozenset({"left"}): "right", frozenset({"right"}): "left"}


def grades_of_case(case: Case, *, knowledge: Knowledge) -> tuple[Grade, ...]:
    """A grade for every scale; a total whose marks were counted on scans is "at least" so much."""
    limits = depth_limits(knowledge.scales.values())
    findings = one_by_one(case.findings, case.measured, limits_mm=limits)
    grades = grades_of(findings, case.intake.facts, knowledge=knowledge, scores=case.scores)
    if not rests_on_scans(case):
        return grades
    pages = knowledge.scales
    return tuple(
        _bounded(grade, pages[grade.scale], case, knowledge)
        if pages[grade.scale].counting == "weighted_count_bands" and not grade.entered
        else grade
        for grade in grades
    )


def rests_on_scans(case: Case) -> bool:
    """True if marks were counted on scans only, or nothing is known but what scans show."""
    if any(_told_in_part(finding) for finding in case.findings):
        return True
    return bool(case.measured) and not case.findings


def _told_in_part(finding: Finding) -> bool:
    """True if a scan told how many there are, or how much area thick scars take."""
    by_area = finding.type in FINDING_GROUPS["raised"] and "area_mm2" in finding.scanned
    return finding.is_counted_in_part or by_area


def one_by_one(
    findings: Iterable[Finding], scans: Iterable[MeasuredScan], *, limits_mm: Iterable[float]
) -> Iterator[Finding]:
    """The findings, marks that a scan counted each on its own with its own depth and area.

    The depth is NaN where its 95 % interval holds one of ``limits_mm``. Where somebody counted
    the whole site, a scan saw only some of its scars, and their middle depth is left out.
    What may be the same marks, noted on both sides and scanned on one, is counted once.
    """
    scars: dict[Target, list[Scar]] = {}
    for target, scar in placed_scars(scans):
        scars.setdefault(target, []).append(scar)
    limits = tuple(limits_mm)
    for finding in _once(tuple(findings)):
        if not finding.is_counted_in_part:
            known = {n: value for n, value in finding.known.items() if n not in finding.scanned}
            area = {n: value for n, value in finding.known.items() if n == "area_mm2"}
            yield dataclasses.replace(finding, known={**known, **area})
            continue
        for scar in scars.get(finding.target, ()):
            sizes = {"count": 1.0, "area_mm2": scar.area_mm2, "depth_mm": _sure(scar, limits)}
            yield dataclasses.replace(finding, known={**finding.known, **sizes})


def _once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings, without those that may be marks that others count already.

    Where one type at one site was noted on both sides and scanned on one, or the other way
    round, there are at least as many marks as the larger of the two counts.
    """
    noted: dict[tuple[str, str], list[Finding]] = {}
    scanned: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if not finding.is_counted_in_part:
            noted.setdefault((finding.type, finding.site), []).append(finding)
    for finding in findings:
        if finding.is_counted_in_part:
            names = (name for name in finding.types if (name, finding.site) in noted)
            place = (next(names, finding.type), finding.site)
            scanned.setdefault(place, []).append(finding)
    left_out: list[Finding] = []
    for place, told in noted.items():
        seen = scanned.get(place, [])
        if seen and any(one.side == "both" for one in (*told, *seen)):
            left_out += min(told, seen, key=_how_many)
    return (finding for finding in findings if not any(one is finding for one in left_out))


def _how_many(findings: Iterable[Finding]) -> float:
    """How many marks there are at least: one where nobody counted them."""
    counts = (finding.known.get("count") for finding in findings)
    return sum(count if isinstance(count, float) else 1.0 for count in counts)


def _sure(scar: Scar, limits_mm: Iterable[float]) -> float:
    """The depth of a scar, or NaN where it may lie on either side of a limit."""
    half = _Z95 * scar.depth_sd_mm
    deepest = math.inf if _LOWER_BOUND in scar.flags else scar.depth_mm + half
    unsure = any(scar.depth_mm - half < limit <= deepest for limit in limits_mm)
    return math.nan if unsure or math.isnan(half) else scar.depth_mm


def depth_limits(pages: Iterable[ScalePage]) -> tuple[float, ...]:
    """The depths (mm) at which the items of scales part, from their pages."""
    words = (
        word
        for page in pages
        for item in page.items
        for key, given in item.measured.items()
        if key.rpartition(".")[2] == "depth_mm"
        for word in given
    )
    return tuple(sorted({float(word.lstrip("<>=")) for word in words}))


def _bounded(grade: Grade, page: ScalePage, case: Case, knowledge: Knowledge) -> Grade:
    least = grade.bounds[0] if math.isnan(grade.value) else grade.value
    least = least or math.nan
    missing = (m for m in grade.missing if case.findings or m != "findings")
    named = (*missing, *_no_scan_shows(page, case, knowledge), *_elsewhere(case, knowledge))
    return dataclasses.replace(
        grade,
        value=math.nan,
        label="" if math.isnan(least) else f"at least {least:g}",
        missing=tuple(dict.fromkeys(named)),
        bounds=(least, math.nan if math.isnan(least) else grade.maximum),
    )


def _no_scan_shows(page: ScalePage, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """The items of a scale that heights do not show, and that nobody noted."""
    noted = {one.type for one in case.findings if not one.is_counted_in_part}
    for item in page.items:
        if not item.types:
            yield item.title
        elif not set(item.types) & (knowledge.scar_types.keys() | noted):
            yield f"{item.title} (a scan of heights does not show it)"


def _elsewhere(case: Case, knowledge: Knowledge) -> Iterator[str]:
    """The skin outside the scans, and the places of a face at which nobody looked."""
    for site, side in dict.fromkeys((scan.site, scan.side) for scan in case.measured):
        if site:
            yield f"the rest of {_place(site, side)}, outside the scan"
        else:
            yield "skin that the scan of the face does not show"
    if any(_SITES_OPEN in scan.catalogue.flags for scan in case.measured):
        yield "the scars of a scan whose site is open"
    face = knowledge.assumptions["face-sites"].values["sites"]
    if all(scan.site for scan in case.measured):
        unseen = list(_unseen(dict.fromkeys(one["site"] for one in face), _sides_seen(case)))
        if unseen:
            yield f"neither scanned nor noted: {', '.join(unseen)}"


def _sides_seen(case: Case) -> Mapping[str, set[str]]:
    """The sides of every site that was scanned, or on which somebody noted something."""
    seen: dict[str, set[str]] = {}
    places = [(scan.site, scan.side) for scan in case.measured]
    for site, side in (*places, *((one.site, one.side) for one in case.findings)):
        seen.setdefault(site, set()).add(side)
    return seen


def _unseen(sites: Iterable[str], seen: Mapping[str, set[str]]) -> Iterator[str]:
    for site in sites:
        sides = seen.get(site, set())
        if not sides:
            yield site.replace("_", " ")
        elif (other := _OTHER_SIDE.get(frozenset(sides))) is not None:
            yield _place(site, other)


def _place(site: str, side: str) -> str:
    told = site.replace("_", " ")
    return f"{told} ({side})" if side in ("left", "right") else told
