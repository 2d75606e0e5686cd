"""Read a case file: every field checked, contradictions refused, gaps left unknown."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cicatrix import vocabulary as v
from cicatrix.errors import CaseError, harmless
from cicatrix.exchange.case_model import CaseModel, is_given
from cicatrix.exchange.contradictions import WEEKS_A_MONTH, contradictions
from cicatrix.exchange.scale_scores import scores_in
from cicatrix.exchange.score_contradictions import severity_graded
from cicatrix.knowledge.complaints import complaints
from cicatrix.knowledge.document import Document, DocumentError, read_document
from cicatrix.records import Capture, Case, Clinic, EarlierTreatment, Finding, Intake, Wishes


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
        "acne_severity": severity_graded(model.acne.severity, model.scales),
        "acne_kind": model.acne.kind,
        "scarring_still": model.acne.scarring_still,
        **{name: value for name, value in model.intake.model_dump().items() if name != "notes"},
    }
    if is_given(raw, "acne") and is_given(raw["acne"], "lesions"):
        facts["acne_lesions"] = model.acne.lesions
    facts["isotretinoin_stopped_months"] = _months_since_isotretinoin(model)
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
        scores=scores_in(model.scales),
        name=model.name or harmless(Path(name).stem),
    )


def _months_since_isotretinoin(model: Any) -> float:
    """How long ago isotretinoin ended; told twice, the shorter time counts."""
    told = model.intake.isotretinoin_stopped_months
    names = v.TOLD_TWICE["isotretinoin"]
    weeks = [e.weeks_ago for e in model.earlier_treatments if e.treatment in names]
    also = [one / WEEKS_A_MONTH for one in weeks if not math.isnan(one)]
    return min([told, *also]) if not math.isnan(told) else math.nan


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
