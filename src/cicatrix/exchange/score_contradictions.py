"""Scores of a clinician that cannot be true beside the rest of the case, or beside each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.exchange.scale_scores import Fault, scale_pages, score_faults, scores_in
from cicatrix.knowledge.reading_page import ScaleGrade, ScalePage
from cicatrix.knowledge.scored_items import GRADE
from cicatrix.records import ScaleScore

#: The grade of acne that the answer `acne.severity` holds in words.
_SEVERITY_SCALE = "iga"
#: What somebody sees of how far acne covers the face: none and some, and each side of the half.
_EXCLUDE = {
    "none": ("few", "under_half", "over_half"),
    "few": ("none", "over_half"),
    "under_half": ("none", "over_half"),
    "over_half": ("none", "few", "under_half"),
}
_SCARS = (*v.FINDING_GROUPS["depressed"], *v.FINDING_GROUPS["raised"])
_MAYBE_RAISED = (*v.FINDING_GROUPS["raised"], *v.FINDING_GROUPS["open"])


def severity_graded(severity: str, given: Any) -> str:
    """The answer on acne severity: as asked, or what the IGA says where only that was given."""
    graded = [s.points[GRADE] for s in scores_in(given) if s.scale == _SEVERITY_SCALE]
    if severity != v.UNKNOWN or not graded:
        return severity
    return v.ACNE_SEVERITIES[int(graded[0])]


def score_contradictions(case: Any) -> Iterator[Fault]:
    """What is wrong with the scores of a case, with its place: first each, then all together."""
    faults = list(score_faults(case.scales))
    yield from faults
    if faults:
        return
    scores = scores_in(case.scales)
    severity = severity_graded(case.acne.severity, case.scales)
    yield from _different_acne(case, scores)
    for score in scores:
        page = scale_pages()[score.scale]
        if page.counting == "region_factor":
            yield from _acne_by_region(case.acne.lesions, severity, page, score)
        elif page.entered == "each_scar":
            yield from _no_such_scar(case, page, score, scores)
        elif page.for_what == "acne_scars":
            yield from _scars_denied(case, page, score)


def _different_acne(case: Any, scores: Sequence[ScaleScore]) -> Iterator[Fault]:
    """Grades of acne on the face, the asked one among them, of which one must be wrong."""
    told = [
        (("scales", s.scale), f"{page.short} {s.points[GRADE]:g}", _grade(page, s.points[GRADE]))
        for s in scores
        if (page := scale_pages()[s.scale]).for_what == "active_acne" and GRADE in s.points
    ]
    asked, severity = _grade_asked(case.acne.severity), case.acne.severity
    for place, name, grade in told:
        if not asked:
            break
        same = place[-1] == _SEVERITY_SCALE and grade.grade != asked[0].grade
        if same or asked[0].extent in _EXCLUDE.get(grade.extent, ()):
            yield (
                place,
                (
                    f"says {name} ({grade.label}), but acne.severity is '{severity}'; correct one "
                    "of them"
                ),
            )
    for place, name, grade in told:
        if case.acne.lesions and grade.extent == "none":
            yield (
                place,
                f"says {name} (no lesion), but acne.lesions lists some; correct one of them",
            )
    for (_, first, one), (place, name, grade) in itertools.pairwise(told):
        if grade.extent in _EXCLUDE.get(one.extent, ()):
            text = f"says {name} ({grade.label}), but also {first} ({one.label}); correct one"
            yield place, f"{text} of them"


def _grade(page: ScalePage, value: float) -> ScaleGrade:
    return next(grade for grade in page.grades if grade.grade == value)


def _grade_asked(severity: str) -> list[ScaleGrade]:
    if severity == v.UNKNOWN:
        return []
    return [_grade(scale_pages()[_SEVERITY_SCALE], v.ACNE_SEVERITIES.index(severity))]


def _acne_by_region(
    lesions: tuple[str, ...], severity: str, page: ScalePage, score: ScaleScore
) -> Iterator[Fault]:
    """Lesions that a region has and the case denies; a region may lack what others have."""
    worst = max(score.points, key=score.points.__getitem__)
    place = ("scales", score.scale, worst)
    grade = _grade(page, score.points[worst])
    if severity == "clear" and grade.grade:
        yield place, f"says {grade.label}, but acne.severity is 'clear'; correct one of them"
    everywhere = len(score.points) == len(page.scored_items)
    if everywhere and not grade.grade and severity in v.ACNE_SEVERITIES[2:]:
        yield (
            ("scales", score.scale),
            (
                f"says that no region has a lesion, but acne.severity is '{severity}'; "
                "correct one of them"
            ),
        )
    words = {word for word, points in page.scored_items[0].words.items() if points >= grade.grade}
    if lesions and grade.grade and not words & set(lesions):
        named = " or ".join(sorted(words & set(v.ACNE_LESIONS)))
        yield (
            place,
            (
                f"says {grade.label}, but acne.lesions lists no {named}; add it there, or correct "
                "the score"
            ),
        )


def _no_such_scar(
    case: Any, page: ScalePage, score: ScaleScore, scores: Sequence[ScaleScore]
) -> Iterator[Fault]:
    """A raised scar that was scored where the findings, as far as they were noted, have none."""
    if "findings" not in case.model_fields_set or case.captures:
        return
    for finding in case.findings:
        near = score.side == finding.side or "both" in (score.side, finding.side)
        if finding.site == score.site and near and finding.type in _MAYBE_RAISED:
            return
    index = [s for s in scores if s.scale == score.scale].index(score)
    yield (
        ("scales", score.scale, index),
        (
            f"scores a scar on the {score.site.replace('_', ' ')} ({score.side}), but the "
            f"findings have no raised scar there, which the {page.short} is for; add the finding, "
            "or correct the place"
        ),
    )


def _scars_denied(case: Any, page: ScalePage, score: ScaleScore) -> Iterator[Fault]:
    """A grade below the least that a noted finding can have on the same scale."""
    for item in page.scored_items:
        if item.id not in score.points:
            continue
        for finding in case.findings:
            least = _least(page, finding, item.sites)
            if score.points[item.id] < least:
                tail = () if item.id == GRADE else (item.id,)
                yield (
                    ("scales", score.scale, *tail),
                    (
                        f"says {page.short} {score.points[item.id]:g} "
                        f"({_grade(page, score.points[item.id]).label}), but the findings have "
                        f"{finding.type.replace('_', ' ')} scars on the "
                        f"{finding.site.replace('_', ' ')}; correct one of them"
                    ),
                )
                return


def _least(page: ScalePage, finding: Any, sites: tuple[str, ...]) -> float:
    """The least grade that leaves room for a finding: where it may stand on the page, or not 0."""
    if sites:
        return float(finding.site in sites and finding.type in _SCARS)
    fitting = [min(item.points) for item in page.items if finding.type in item.types]
    return min(fitting, default=0.0)
