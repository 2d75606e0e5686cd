"""The corridor: one visit, walked through the rooms in order."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from cicatrix.assessing.grades import grades_of
from cicatrix.assessing.tone import careful_skin_type
from cicatrix.knowledge import Knowledge
from cicatrix.planning import plan
from cicatrix.records import Capture, Case, Finding, MeasuredScan, Plan, ScarCatalogue

if TYPE_CHECKING:
    from cicatrix.skin import HeightMap, Mesh


def first_visit(case: Case, *, knowledge: Knowledge) -> Plan:
    """What the patient has, what may be done about it, and up to three courses."""
    skin_tone = knowledge.assumptions["skin-tone"].values
    intake = careful_skin_type(case.intake, values=skin_tone)
    careful = dataclasses.replace(case, intake=intake)
    grades = grades_of(case.findings, intake.facts, knowledge=knowledge)
    return plan(careful, grades=grades, knowledge=knowledge)


def measure_scan(scan: HeightMap | Mesh, *, knowledge: Knowledge) -> MeasuredScan:
    """The scars of one capture: gated, measured and typed.

    Raises
    ------
    CaptureError
        If the capture does not suffice, with what would.
    """
    from cicatrix.assessing.types import judge_types
    from cicatrix.skin import HeightMap

    catalogue = _height_map(scan) if isinstance(scan, HeightMap) else _mesh(scan)
    return MeasuredScan(catalogue=catalogue, types=judge_types(catalogue, knowledge=knowledge))


def _height_map(height_map: HeightMap) -> ScarCatalogue:
    from cicatrix.capturing.quality import judge_height_map
    from cicatrix.measuring import measure

    quality = judge_height_map(height_map)
    catalogue = measure(height_map)
    return dataclasses.replace(
        catalogue,
        capture_class=quality.capture_class,
        flags=tuple(dict.fromkeys((*quality.flags, *catalogue.flags))),
    )


def _mesh(mesh: Mesh) -> ScarCatalogue:
    from cicatrix.capturing.quality import judge_mesh
    from cicatrix.measuring.mesh_scars import measure_mesh

    return measure_mesh(mesh, spacing_mm=judge_mesh(mesh))


def measured_case(case: Case, *, folder: Path, knowledge: Knowledge) -> Case:
    """The case with the scars of its captures joined to its findings.

    ``folder`` is where the case file lies; captures are named from there.
    """
    from cicatrix.assessing.types import findings_of

    found: list[Finding] = []
    for capture in case.captures:
        measured = measure_scan(_opened(capture, folder), knowledge=knowledge)
        found += findings_of(
            measured.catalogue, measured.types, site=capture.site, side=capture.side
        )
    return dataclasses.replace(case, findings=(*case.findings, *found))


def _opened(capture: Capture, folder: Path) -> HeightMap | Mesh:
    from cicatrix.capturing import read_scan

    pitch, known = capture.pitch_mm, capture.known
    mm_per_unit = known["mm_per_unit"]
    return read_scan(
        folder / capture.file,
        pitch_mm=None if pitch != pitch else pitch,
        unit=known["unit"],
        mm_per_unit=None if mm_per_unit != mm_per_unit else mm_per_unit,
    )
