"""Answers of one case that cannot both be true: told with the place, and never cleared."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.exchange.score_contradictions import score_contradictions
from cicatrix.knowledge.document import Place

#: Outside these ages a typing mistake is far more likely than a pregnancy: girls hardly conceive
#: before 10, and only a few women, with donated eggs, have carried a child after 60.
_YOUNGEST_PREGNANT, _OLDEST_PREGNANT = 10, 60
#: Files that may hold a whole face, whose sites are told from its form.
_MESHES = (".obj", ".ply", ".stl", ".glb")
_WEEKS_A_YEAR = 365.25 / 7
WEEKS_A_MONTH = _WEEKS_A_YEAR / 12
#: Two tellings of one time may differ by so many weeks, or by this share of the longer one.
_SAME_WEEKS, _SAME_SHARE = 4.0, 0.25


def contradictions(case: Any) -> Iterator[tuple[Place, str]]:
    """Every pair of answers that cannot both be true, with the place of the second."""
    yield from _of_bearing(case)
    yield from _of_isotretinoin(case)
    yield from _of_fillers(case)
    yield from _of_acne(case.acne)
    yield from _of_ages(case)
    yield from _placeless_captures(case)
    yield from _repeated_captures(case)
    yield from _of_findings(case.findings)
    yield from _of_wishes(case)
    yield from score_contradictions(case)


def _of_bearing(case: Any) -> Iterator[tuple[Place, str]]:
    patient = case.patient
    for name in ("pregnant", "breastfeeding"):
        if getattr(case.intake, name) != v.YES:
            continue
        if patient.sex == "male":
            yield (
                ("intake", name),
                f"says {name}: yes, but the patient is male; correct one of them",
            )
        if patient.age < _YOUNGEST_PREGNANT or patient.age > _OLDEST_PREGNANT:
            yield (
                ("intake", name),
                f"says {name}: yes at the age of {patient.age:g}; correct one of them",
            )


def _of_isotretinoin(case: Any) -> Iterator[tuple[Place, str]]:
    intake, months = case.intake, case.intake.isotretinoin_stopped_months
    if not math.isnan(months) and intake.isotretinoin in ("never", "current"):
        yield (
            ("intake", "isotretinoin_stopped_months"),
            (
                f"says isotretinoin was stopped {months:g} months ago, but isotretinoin is "
                f"'{intake.isotretinoin}'; use 'past', or leave the months out"
            ),
        )
    for index, earlier in enumerate(case.earlier_treatments):
        if earlier.treatment not in v.TOLD_TWICE["isotretinoin"]:
            continue
        place: Place = ("earlier_treatments", index)
        if intake.isotretinoin == "never":
            yield (
                place,
                (
                    "tells of oral isotretinoin, but intake.isotretinoin is 'never'; use 'past' or "
                    "'current' there, or take it out here"
                ),
            )
        elif _clearly_sooner(earlier.weeks_ago, months * WEEKS_A_MONTH):
            yield (
                place,
                (
                    f"tells of oral isotretinoin {_weeks(earlier.weeks_ago)} ago, but it was "
                    f"stopped {months:g} months ago; correct one of them"
                ),
            )


def _of_fillers(case: Any) -> Iterator[tuple[Place, str]]:
    last = case.intake.filler_weeks_ago
    for index, earlier in enumerate(case.earlier_treatments):
        if earlier.treatment not in v.TOLD_TWICE["filler_weeks_ago"]:
            continue
        place: Place = ("earlier_treatments", index)
        if last == math.inf:
            yield (
                place,
                (
                    f"tells of {earlier.treatment}, but intake.filler_weeks_ago is 'never'; give "
                    "the weeks there, or take it out here"
                ),
            )
        elif _clearly_sooner(earlier.weeks_ago, last):
            yield (
                place,
                (
                    f"tells of {earlier.treatment} {_weeks(earlier.weeks_ago)} ago, but the last "
                    f"filler was {_weeks(last)} ago (intake.filler_weeks_ago); correct one of them"
                ),
            )


def _clearly_sooner(weeks_ago: float, told: float) -> bool:
    """True if something is more recent than was told elsewhere, by more than one may misremember.

    Unknown weeks contradict nothing.
    """
    return told - weeks_ago > max(_SAME_WEEKS, _SAME_SHARE * told)


def _weeks(number: float) -> str:
    return "1 week" if number == 1 else f"{number:g} weeks"


def _of_acne(acne: Any) -> Iterator[tuple[Place, str]]:
    if acne.severity != "clear":
        return
    if acne.lesions:
        yield ("acne", "lesions"), "lists lesions, but the acne is 'clear'; correct one of them"
    if acne.scarring_still == v.YES:
        yield (
            ("acne", "scarring_still"),
            "says that new scars still form, but the acne is 'clear'; correct one of them",
        )


def _of_ages(case: Any) -> Iterator[tuple[Place, str]]:
    """What is older than the patient, who may be a day short of the next birthday."""
    born_weeks_ago = (case.patient.age + 1) * _WEEKS_A_YEAR
    age = f"{case.patient.age:g} years old"
    for index, finding in enumerate(case.findings):
        if finding.age_weeks >= born_weeks_ago:
            yield (
                ("findings", index, "age_weeks"),
                (
                    f"is {_weeks(finding.age_weeks)}, but the patient is {age}; a scar cannot be "
                    "older than the patient, so correct one of them"
                ),
            )
    told: list[tuple[Place, float]] = [
        (("earlier_treatments", index, "weeks_ago"), earlier.weeks_ago)
        for index, earlier in enumerate(case.earlier_treatments)
    ]
    last_filler = case.intake.filler_weeks_ago
    if math.isfinite(last_filler):
        told.append((("intake", "filler_weeks_ago"), last_filler))
    months = case.intake.isotretinoin_stopped_months
    told.append((("intake", "isotretinoin_stopped_months"), months * WEEKS_A_MONTH))
    for place, weeks_ago in told:
        if weeks_ago >= born_weeks_ago:
            yield place, f"is before the patient was born, who is {age}; correct one of them"


def _placeless_captures(case: Any) -> Iterator[tuple[Place, str]]:
    for index, capture in enumerate(case.captures):
        told = bool(capture.site), bool(capture.side)
        tells_itself = capture.file.lower().endswith(_MESHES) and told == (False, False)
        if not (all(told) or tells_itself):
            yield (
                ("captures", index),
                (
                    "a capture needs a site and a side, or nobody knows where its scars are (a "
                    "mesh of a whole upright face may go without both: it tells them itself)"
                ),
            )


def _repeated_captures(case: Any) -> Iterator[tuple[Place, str]]:
    told: list[PurePath] = []
    for index, capture in enumerate(case.captures):
        file = PurePath(capture.file)
        if file in told:
            yield (
                ("captures", index),
                (
                    f"names the file of capture {told.index(file) + 1} again, and every scar in it "
                    "would count twice; remove one of them"
                ),
            )
        told.append(file)


def _of_findings(findings: Any) -> Iterator[tuple[Place, str]]:
    told: list[str] = []
    for index, finding in enumerate(findings):
        raised = finding.type in v.FINDING_GROUPS["raised"]
        depressed = finding.type in v.FINDING_GROUPS["depressed"]
        place: Place = ("findings", index)
        # As text, because a NaN is never equal to itself.
        if str(finding) in told:
            first = told.index(str(finding)) + 1
            yield (
                place,
                f"is exactly the same as finding {first}; take it out, or say in what they differ",
            )
        told.append(str(finding))
        if raised and not math.isnan(finding.depth_mm):
            yield (*place, "depth_mm"), f"a {finding.type} scar is raised; give height_mm instead"
        if depressed and not math.isnan(finding.height_mm):
            yield (*place, "height_mm"), f"a {finding.type} scar is sunken; give depth_mm instead"
        if finding.count == 0:
            yield (*place, "count"), f"counts no {finding.type} scars; leave the finding out"


def _of_wishes(case: Any) -> Iterator[tuple[Place, str]]:
    if case.wishes.budget and math.isnan(case.wishes.budget.amount):
        yield ("wishes", "budget", "amount"), "is unknown; give the amount or leave the budget out"
