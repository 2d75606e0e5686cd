"""Read a case file: every field checked, contradictions refused, gaps left unknown."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cicatrix import vocabulary as v
from cicatrix.errors import CaseError, harmless
from cicatrix.exchange.case_model import CaseModel, is_given
from cicatrix.knowledge.complaints import complaints
from cicatrix.knowledge.document import Document, DocumentError, Place, read_document
from cicatrix.records import Capture, Case, Clinic, EarlierTreatment, Finding, Intake, Wishes

#: Younger than this nobody can be pregnant; a typing mistake is far more likely.
_YOUNGEST_PREGNANT = 10
#: Files that may hold a whole face, whose sites are told from its form.
_MESHES = (".obj", ".ply", ".stl", ".glb")


def read_case(path: Path | str) -> Case:
    """The case in a YAML or JSON file; ``path`` may be text.

    What is left out, empty or ``unknown`` stays unknown. Captures are named from the folder of
    the file.

    Raises
    ------
    CaseError
        One message that names file, line and fault, and what to do. With several faults the
        first is told whole and the number of the others is given.
    """
    file = Path(path)
    try:
        document = read_document(file)
    except DocumentError as error:
        at = f"{file.name}, line {error.line}" if error.line else file.name
        raise CaseError(f"{at}: {error.message}.") from None
    case = case_from(document, name=file.name)
    captures = (dataclasses.replace(c, folder=str(file.parent)) for c in case.captures)
    return dataclasses.replace(case, captures=tuple(captures))


def case_from(document: Document, *, name: str) -> Case:
    """The case in a document that was read before."""
    value = document.value
    if value is None:
        raise CaseError(f"{name}: is empty. {_START}")
    if not isinstance(value, dict):
        raise CaseError(f"{name}: is not a case file (a list of `field: value`). {_START}")
    if "schema" not in value:
        raise CaseError(f"{name}, line 1: has no schema. {_START}")
    try:
        model = CaseModel.model_validate(value)
    except ValidationError as error:
        raise CaseError(_told(name, complaints(error, document, CaseModel))) from None
    faults = [f"line {document.line_of(place)}: {text}" for place, text in contradictions(model)]
    if faults:
        raise CaseError(_told(name, faults))
    return _case(model, value, document=document, name=name)


_START = "A case file starts with `schema: cicatrix.case/1`; `cicatrix demo` writes one to copy."


def _told(name: str, faults: list[str]) -> str:
    more = len(faults) - 1
    rest = f" ({more} more after this one.)" if more else ""
    first = faults[0] if faults[0].endswith(("?", ".")) else f"{faults[0]}."
    return f"{name}, {first}{rest} Mend it and run again."


def contradictions(case: Any) -> Iterator[tuple[Place, str]]:
    """Every pair of answers that cannot both be true, with the place of the second."""
    patient, intake = case.patient, case.intake
    may_bear = {name: getattr(intake, name) for name in ("pregnant", "breastfeeding")}
    for name, answer in may_bear.items():
        if answer == v.YES and patient.sex == "male":
            yield (
                ("intake", name),
                f"says {name}: yes, but the patient is male; correct one of them",
            )
        if answer == v.YES and patient.age < _YOUNGEST_PREGNANT:
            yield (
                ("intake", name),
                f"says {name}: yes at the age of {patient.age:g}; correct one of them",
            )
    months = intake.isotretinoin_stopped_months
    if not math.isnan(months) and intake.isotretinoin in ("never", "current"):
        yield (
            ("intake", "isotretinoin_stopped_months"),
            (
                f"says isotretinoin was stopped {months:g} months ago, but isotretinoin is "
                f"'{intake.isotretinoin}'; use 'past', or leave the months out"
            ),
        )
    yield from _placeless_captures(case)
    yield from _more_contradictions(case)


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


def _more_contradictions(case: Any) -> Iterator[tuple[Place, str]]:
    if case.acne.severity == "clear" and case.acne.lesions:
        yield ("acne", "lesions"), "lists lesions, but the acne is 'clear'; correct one of them"
    for index, finding in enumerate(case.findings):
        raised = finding.type in v.FINDING_GROUPS["raised"]
        depressed = finding.type in v.FINDING_GROUPS["depressed"]
        place: Place = ("findings", index)
        if raised and not math.isnan(finding.depth_mm):
            yield (*place, "depth_mm"), f"a {finding.type} scar is raised; give height_mm instead"
        if depressed and not math.isnan(finding.height_mm):
            yield (*place, "height_mm"), f"a {finding.type} scar is sunken; give depth_mm instead"
        if finding.count == 0:
            yield (*place, "count"), f"counts no {finding.type} scars; leave the finding out"
    if case.wishes.budget and math.isnan(case.wishes.budget.amount):
        yield ("wishes", "budget", "amount"), "is unknown; give the amount or leave the budget out"


def _known(pairs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in pairs.items()
        if value != v.UNKNOWN and not (isinstance(value, float) and math.isnan(value))
    }


def _case(model: Any, raw: dict[str, Any], *, document: Document, name: str) -> Case:
    facts = {
        "age": model.patient.age,
        "sex": model.patient.sex,
        "fitzpatrick": model.patient.fitzpatrick,
        "acne_severity": model.acne.severity,
        "acne_kind": model.acne.kind,
        "scarring_still": model.acne.scarring_still,
        **{name: value for name, value in model.intake.model_dump().items() if name != "notes"},
    }
    if is_given(raw.get("acne") or {}, "lesions"):
        facts["acne_lesions"] = model.acne.lesions
    intake = Intake(
        facts=_known(facts),
        earlier=tuple(
            EarlierTreatment(treatment=e.treatment, weeks_ago=e.weeks_ago, result=e.result)
            for e in model.earlier_treatments
        ),
        earlier_known=is_given(raw, "earlier_treatments"),
        monk=0 if math.isnan(model.patient.monk) else int(model.patient.monk),
        ita_degrees=model.patient.ita_degrees,
        notes=model.intake.notes,
    )
    return Case(
        intake=intake,
        findings=tuple(_finding(part) for part in model.findings),
        findings_known=is_given(raw, "findings"),
        wishes=_wishes(model),
        clinic=_clinic(model),
        captures=_captures(model, document, name=name),
        name=model.name or harmless(Path(name).stem),
    )


def _captures(model: Any, document: Document, *, name: str) -> tuple[Capture, ...]:
    return tuple(
        Capture(
            file=part.file,
            site=part.site,
            side=part.side,
            pitch_mm=part.pitch_mm,
            named_at=f"{name}, line {document.line_of(('captures', index, 'file'))}",
            known={
                "unit": part.unit,
                "mm_per_unit": part.mm_per_unit,
                "method": part.method,
            },
        )
        for index, part in enumerate(model.captures)
    )


def _finding(part: Any) -> Finding:
    known = part.model_dump(exclude={"type", "site", "side"})
    return Finding(type=part.type, site=part.site, side=part.side, known=_known(known))


def _wishes(model: Any) -> Wishes:
    wishes = model.wishes
    limits = {
        name: math.inf if math.isnan(value) else value
        for name, value in (
            ("max_downtime_days", wishes.max_downtime_days),
            ("max_sessions", wishes.max_sessions),
            ("done_within_weeks", wishes.done_within_weeks),
        )
    }
    return Wishes(
        text=wishes.text,
        requested=tuple(sorted(set(wishes.requested))),
        avoid=tuple(sorted(set(wishes.avoid))),
        budget=wishes.budget.amount if wishes.budget else math.inf,
        currency=wishes.budget.currency if wishes.budget else "",
        low_pain=wishes.low_pain,
        lasting=wishes.lasting,
        **limits,
    )


def _clinic(model: Any) -> Clinic:
    return Clinic(offers=frozenset(model.clinic.offers), prices=_known(dict(model.clinic.prices)))
