"""Grade the findings on every published scale for which they suffice, and say what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from cicatrix.assessing.entered_scores import entered_grade
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.reading_page import ScaleBand, ScaleItem, ScalePage
from cicatrix.records import Answers, Finding, Grade, ScaleScore
from cicatrix.vocabulary import ACNE_SEVERITIES, FINDING_GROUPS

_OPEN = FINDING_GROUPS["open"]
_MM2_PER_CM2 = 100


def grades_of(
    findings: Iterable[Finding],
    facts: Answers,
    *,
    knowledge: Knowledge,
    scores: Iterable[ScaleScore] = (),
) -> tuple[Grade, ...]:
    """A grade for every scale; its value is NaN where what is known does not suffice.

    What a clinician scored goes before what the findings give. A scale of single scars has a grade
    for each scar that was scored.
    """
    found, scored = tuple(findings), tuple(scores)
    return tuple(
        grade
        for page in knowledge.scales.values()
        if page.for_what in ("acne_scars", "active_acne", "raised_scars")
        for grade in _grades_on(page, found, facts, [s for s in scored if s.scale == page.id])
    )


def _grades_on(
    page: ScalePage, found: tuple[Finding, ...], facts: Answers, scored: list[ScaleScore]
) -> tuple[Grade, ...]:
    counted = _COUNTING[page.counting](page, found, facts)
    return tuple(entered_grade(page, score, counted=counted) for score in scored) or (counted,)


def _grade(
    page: ScalePage, value: float, label: str, missing: Iterable[str], *, least: float = math.nan
) -> Grade:
    """A grade; ``least`` is what an open one reaches at least."""
    most = math.nan if page.maximum is None or math.isnan(least) else page.maximum
    return Grade(
        scale=page.id,
        value=value,
        maximum=math.nan if page.maximum is None else page.maximum,
        label=label,
        verified=page.verified,
        sources=tuple(dict.fromkeys(citation.id for citation in page.sources)),
        missing=tuple(dict.fromkeys(one.replace("_", " ") for one in missing)),
        bounds=(least, most),
        version=page.version,
    )


def _weighted_counts(page: ScalePage, findings: tuple[Finding, ...], facts: Answers) -> Grade:
    """Sum over the items: the points of the count's band times the item's weight.

    With a count missing the sum would be too small, so no value is given, but the part that
    can be counted is told.
    """
    total, missing, fitting = 0.0, [], 0
    for item in page.items:
        mine = [f for f in findings if f.type in item.types]
        belongs = [(f, _belongs(item, f)) for f in mine]
        missing += [m for _, (sure, ms) in belongs if not sure for m in ms]
        sure = [f for f, (is_sure, _) in belongs if is_sure]
        fitting += len(sure)
        if not sure:
            continue
        quantity = [_quantity(item, f) for f in sure]
        if any(math.isnan(q) for q in quantity):
            what = "area" if item.points else "count"
            missing += [
                f"{what} of {f.type} on {f.site}"
                for f, q in zip(sure, quantity, strict=True)
                if math.isnan(q)
            ]
            continue
        total += _points(item, page.count_bands, sum(quantity))
    missing += [f"type of the scars on {f.site}" for f in findings if f.type in _OPEN]
    if not findings:
        missing.append("findings")
    if missing:
        least = total or math.nan
        return _grade(page, math.nan, _at_least(least), missing, least=least)
    by_eye = [item.title for item in page.items if not item.types]
    return _grade(page, total, "without what only an eye can score" if by_eye else "", by_eye)


def _at_least(least: float) -> str:
    return "" if math.isnan(least) else f"at least {least:g}"


def _belongs(item: ScaleItem, finding: Finding) -> tuple[bool, tuple[str, ...]]:
    """Whether a finding surely belongs to an item, and what must be known to tell."""
    missing = []
    for fact, words in conditions_on(item, finding).items():
        known = finding.known.get(fact)
        if isinstance(known, float) and math.isnan(known):
            side = words[0].lstrip("<>=")
            missing.append(f"on which side of {side} mm the {fact.removesuffix('_mm')} of "
                           f"{finding.type} on {finding.site} lies")  # fmt: skip
        elif known is None:
            missing.append(f"{fact} of {finding.type} on {finding.site}")
        elif not any(_matches(known, word) for word in words):
            return False, ()
    return not missing, tuple(missing)


def conditions_on(item: ScaleItem, finding: Finding) -> dict[str, tuple[str, ...]]:
    """The conditions of an item that bind a finding, by fact.

    Where a word that they need was not noted, the sizes that the page takes instead, if known.
    """
    noted, sizes = (_binding(one, finding) for one in (item.finding, item.measured))
    if sizes and not noted.keys() <= finding.known.keys() and sizes.keys() <= finding.known.keys():
        return sizes
    return noted


def _binding(
    conditions: Mapping[str, tuple[str, ...]], finding: Finding
) -> dict[str, tuple[str, ...]]:
    """Without those of other types: a condition that starts with a type binds that type only."""
    parted = ((*key.rpartition(".")[::2], words) for key, words in conditions.items())
    return {fact: words for only, fact, words in parted if only in ("", finding.type)}


def _matches(known: object, word: str) -> bool:
    for sign in ("<", ">="):
        if word.startswith(sign) and isinstance(known, (int, float)):
            limit = float(word.removeprefix(sign))
            return known < limit if sign == "<" else known >= limit
    return str(known) == word


def _quantity(item: ScaleItem, finding: Finding) -> float:
    known = finding.known.get("area_mm2" if item.points else "count", math.nan)
    return float(known) if isinstance(known, (int, float)) else math.nan


def _points(item: ScaleItem, bands: tuple[ScaleBand, ...], quantity: float) -> float:
    if item.points:
        area_cm2 = quantity / _MM2_PER_CM2
        # The first class ends below its edge, the second includes its own (5 to 20, over 20).
        first, *others = item.area_edges_cm2
        return item.points[(area_cm2 >= first) + sum(area_cm2 > edge for edge in others)]
    reached = [band for band in bands if quantity >= band.at_least]
    return (reached[-1].points or 0.0) * (item.weight or 0.0)


def _worst_of(page: ScalePage, findings: tuple[Finding, ...], facts: Answers) -> Grade:
    """A global grade: the worst that any finding reaches."""
    if page.for_what == "active_acne":
        return _acne_grade(page, facts)
    reached, missing = [], []
    for finding in findings:
        if finding.type in _OPEN:
            missing.append(f"type of the scars on {finding.site}")
            continue
        fitting = [
            (item, _belongs(item, finding)) for item in page.items if finding.type in item.types
        ]
        sure = [item for item, (is_sure, _) in fitting if is_sure]
        if sure:
            reached.append(max(point for item in sure for point in item.points))
        else:
            missing += [m for _, (_, ms) in fitting for m in ms]
    worst = max(reached, default=math.nan)
    if not findings:
        missing.append("findings")
    # A missing fact can only raise the grade; at the top of the scale it changes nothing.
    if missing and worst != page.maximum:
        return _grade(page, math.nan, _at_least(worst), missing, least=worst)
    return _grade(page, worst, _label(page, worst), ())


def _label(page: ScalePage, value: float) -> str:
    return next((grade.label for grade in page.grades if grade.grade == value), "")


def _acne_grade(page: ScalePage, facts: Answers) -> Grade:
    """IGA is what the case file asks for; the other scales of acne were not graded."""
    severity = facts.get("acne_severity")
    if page.needs != ("acne_severity",):
        return _grade(page, math.nan, "", _needs_in_words(page))
    if severity is None:
        return _grade(page, math.nan, "", ("acne severity",))
    value = float(ACNE_SEVERITIES.index(str(severity)))
    return _grade(page, value, _label(page, value), ())


def _not_enough(page: ScalePage, findings: tuple[Finding, ...], facts: Answers) -> Grade:
    """Scales that need an examination of their own, named so that nobody thinks them forgotten."""
    return _grade(page, math.nan, "", _needs_in_words(page) or ("an examination of its own",))


def _needs_in_words(page: ScalePage) -> tuple[str, ...]:
    told = page.needs_told
    return tuple(told[need].en if need in told else need for need in page.needs)


_COUNTING: Mapping[str, Callable[[ScalePage, tuple[Finding, ...], Answers], Grade]] = {
    "weighted_count_bands": _weighted_counts,
    "global_grade": _worst_of,
    "region_factor": _not_enough,
    "sum_of_items": _not_enough,
    "not_computed": _not_enough,
}
