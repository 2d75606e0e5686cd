"""The corridor: one visit, walked through the rooms in order."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cicatrix.assessing.scanned_part import grades_of_case
from cicatrix.assessing.tone import careful_skin_type
from cicatrix.flags import FLAGS
from cicatrix.knowledge import Knowledge
from cicatrix.planning import plan
from cicatrix.progress import SILENCE, Progress
from cicatrix.records import Capture, Case, MeasuredScan, Plan

if TYPE_CHECKING:
    from cicatrix.capturing.quality import Quality
    from cicatrix.measuring import Survey
    from cicatrix.skin import HeightMap, Mesh


#: An option of a call, and the value that is given as an example.
_OPTION = re.compile(r"--(pitch-mm|mm-per-unit|unit|method)(?: ((?:mm|um|cm|m|[0-9.e-]*[0-9])\b))?")


def first_visit(case: Case, *, knowledge: Knowledge, progress: Progress = SILENCE) -> Plan:
    """What the patient has, what may be done about it, and up to three courses.

    The captures of the case are measured first, if that was not done yet.
    """
    measured = measured_case(case, knowledge=knowledge, progress=progress)
    skin_tone = knowledge.assumptions["skin-tone"].values
    intake = careful_skin_type(measured.intake, values=skin_tone)
    careful = dataclasses.replace(measured, intake=intake)
    grades = grades_of_case(careful, knowledge=knowledge)
    progress.begin("planning")
    return plan(careful, grades=grades, knowledge=knowledge)


def measured_case(case: Case, *, knowledge: Knowledge, progress: Progress = SILENCE) -> Case:
    """The case with its captures measured, and their scars joined to its findings."""
    from cicatrix.assessing.types import findings_in, joined

    scans: list[MeasuredScan] = []
    for capture in case.captures:
        progress.begin(f"opening {capture.file}")
        measured = _measured(capture, knowledge=knowledge, progress=progress)
        measured = measured if capture.site else _placed(measured, capture)
        scans.append(dataclasses.replace(measured, site=capture.site, side=capture.side))
    return dataclasses.replace(
        case,
        captures=(),
        measured=(*case.measured, *scans),
        findings=joined(case.findings, findings_in(scans)),
    )


def measure_scan(
    scan: HeightMap | Mesh, *, knowledge: Knowledge, progress: Progress = SILENCE
) -> MeasuredScan:
    """The scars of one capture: gated, measured, typed, and ready to be drawn.

    Raises
    ------
    CaptureError
        If the capture does not suffice, with what would.
    """
    from cicatrix.assessing.thickness import with_depths_checked
    from cicatrix.assessing.types import judge_types
    from cicatrix.picturing import pictures_of
    from cicatrix.skin import HeightMap

    if isinstance(scan, HeightMap):
        told = _height_map(scan, progress)
    else:
        told = _with_sites(_mesh(scan, progress), scan, knowledge)
    thickness = knowledge.assumptions["skin-thickness"].values
    catalogue = with_depths_checked(told.catalogue, values=thickness)
    return MeasuredScan(
        catalogue=catalogue,
        types=judge_types(catalogue, knowledge=knowledge),
        pictures=pictures_of(told.relief, catalogue),
        doubts=FLAGS,
    )


def _height_map(height_map: HeightMap, progress: Progress) -> Survey:
    from cicatrix.capturing.quality import judge_height_map
    from cicatrix.measuring import survey

    quality = judge_height_map(height_map)
    return _with_doubts(survey(height_map, progress=progress), quality)


def _mesh(mesh: Mesh, progress: Progress) -> Survey:
    from cicatrix.capturing.quality import doubts_of_tile, judge_mesh, with_missing
    from cicatrix.measuring.mesh_scars import survey_mesh

    quality = judge_mesh(mesh)
    told = survey_mesh(mesh, spacing_mm=quality.spacing_mm, gate=doubts_of_tile, progress=progress)
    missing = told.catalogue.missing_fraction
    quality = with_missing(quality, missing, name=mesh.name or "The mesh")
    catalogue = dataclasses.replace(told.catalogue, noise_mm=quality.noise_mm)
    return _with_doubts(dataclasses.replace(told, catalogue=catalogue), quality)


def _with_sites(told: Survey, mesh: Mesh, knowledge: Knowledge) -> Survey:
    """What was measured with the site of every scar, if the mesh shows a whole upright face."""
    from cicatrix.assessing.sites import site_of
    from cicatrix.measuring.face import faces_in

    proportions = knowledge.assumptions["face-sites"].values
    scars = list(told.catalogue.scars)
    for face in faces_in(mesh):
        for number, scar in enumerate(scars):
            site, side = site_of(face.place(scar.position_mm), values=proportions)
            scars[number] = dataclasses.replace(scar, site=site, side=side)
    catalogue = dataclasses.replace(told.catalogue, scars=tuple(scars))
    return dataclasses.replace(told, catalogue=catalogue)


def _with_doubts(told: Survey, quality: Quality) -> Survey:
    """What was measured with the method and class of its capture and the doubts of the gate."""
    catalogue = dataclasses.replace(
        told.catalogue,
        capture_class=quality.capture_class,
        method=quality.method,
        flags=tuple(dict.fromkeys((*quality.flags, *told.catalogue.flags))),
    )
    return dataclasses.replace(told, catalogue=catalogue)


def _measured(capture: Capture, *, knowledge: Knowledge, progress: Progress) -> MeasuredScan:
    """The scars of one capture of a case; a refusal says which, and where it is named."""
    from cicatrix.skin import CaptureError

    try:
        return measure_scan(_opened(capture), knowledge=knowledge, progress=progress)
    except CaptureError as error:
        where = capture.named_at or "The case"
        raise CaptureError(f"{where}: captures: {_by_fields(str(error))}") from None


def _by_fields(words: str) -> str:
    """A refusal that names options of a call, with the fields of a capture in their place."""

    def field(option: re.Match[str]) -> str:
        name = option[1].replace("-", "_")
        return f"{name}: {option[2]}" if option[2] else name

    return _OPTION.sub(field, words)


def _placed(measured: MeasuredScan, capture: Capture) -> MeasuredScan:
    """A scan that no site was given for; what it does not tell itself is told as a doubt.

    Raises
    ------
    CaptureError
        If it tells the site of none of its scars.
    """
    from cicatrix.skin import CaptureError

    scars = measured.catalogue.scars
    placed = [scar for scar in scars if scar.site]
    if scars and not placed:
        raise CaptureError(
            f"{capture.named_at or 'The case'}: captures: {capture.file} shows no whole upright "
            "face, so nobody knows where its scars are. Give its site and side."
        )
    if len(placed) == len(scars):
        return measured
    flags = (*measured.catalogue.flags, "sites_open")
    return dataclasses.replace(
        measured, catalogue=dataclasses.replace(measured.catalogue, flags=flags)
    )


def _opened(capture: Capture) -> HeightMap | Mesh:
    from cicatrix.capturing import read_scan

    pitch, known = capture.pitch_mm, capture.known
    mm_per_unit = known["mm_per_unit"]
    return read_scan(
        Path(capture.folder) / capture.file,
        pitch_mm=None if pitch != pitch else pitch,
        unit=known["unit"],
        mm_per_unit=None if mm_per_unit != mm_per_unit else mm_per_unit,
        method=known["method"],
    )
