"""Reports: a plan as pages and pictures. Nothing is computed here, only shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cicatrix.errors import CicatrixError
from cicatrix.knowledge import Knowledge
from cicatrix.records import MeasuredScan, Plan
from cicatrix.reporting.handout import render_handout_html
from cicatrix.reporting.pdf import write_pdfs
from cicatrix.reporting.report import render_report_html
from cicatrix.reporting.scars_page import render_scars_html, scars_csv, write_pictures
from cicatrix.reporting.words import LANGUAGES

__all__ = [
    "LANGUAGES",
    "render_handout_html",
    "render_report_html",
    "render_scars_html",
    "write_handout",
    "write_pages",
    "write_plan_pictures",
    "write_report",
    "write_scars",
]


def write_report(plan: Plan, *, knowledge: Knowledge, folder: Path) -> list[Path]:
    """Write ``report.html`` and ``report.pdf`` for the clinician, in English.

    Both are self-contained, and the same plan gives the same bytes. The HTML is written first,
    so that it is there even where the PDF cannot be made.

    Raises
    ------
    MissingExtraError
        Where jinja2, WeasyPrint or the libraries it draws with are missing.
    CicatrixError
        Where the folder cannot be written to.
    """
    html = render_report_html(plan, knowledge=knowledge)
    return _written({"report": html}, folder=folder)


def write_handout(
    plan: Plan, *, knowledge: Knowledge, folder: Path, language: str = "en"
) -> list[Path]:
    """Write ``handout-LANGUAGE.html`` and ``.pdf`` for the patient.

    As :func:`write_report`; ``language`` is one of ``LANGUAGES``.
    """
    html = render_handout_html(plan, knowledge=knowledge, language=language)
    return _written({f"handout-{language}": html}, folder=folder)


def write_plan_pictures(plan: Plan, *, folder: Path) -> list[Path]:
    """Write the pictures of every measured capture of a plan, numbered if there are several."""
    scans = plan.case.measured
    written = []
    for number, scan in enumerate(scans, start=1):
        prefix = f"scan-{number}-" if len(scans) > 1 else ""
        written += write_pictures(scan, folder=folder, prefix=prefix)
    return written


def write_scars(scan: MeasuredScan, *, knowledge: Knowledge, folder: Path) -> list[Path]:
    """Write ``scars.html`` and ``scars.pdf``, ``scars.csv``, and each picture as PNG and SVG.

    Raises
    ------
    MissingExtraError
        Where jinja2, WeasyPrint or the libraries it draws with are missing.
    CicatrixError
        Where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scars.csv").write_text(scars_csv(scan), encoding="utf-8")
        pictures = write_pictures(scan, folder=folder)
    except OSError as error:
        raise CicatrixError(
            f"{folder} cannot be written to ({error.strerror or error}). Choose another folder, "
            "or make room in this one."
        ) from error
    html = render_scars_html(scan, knowledge=knowledge)
    return [folder / "scars.csv", *pictures, *_written({"scars": html}, folder=folder)]


def write_pages(
    plan: Plan, *, knowledge: Knowledge, folder: Path, languages: tuple[str, ...] = LANGUAGES
) -> list[Path]:
    """Write the report and a handout in each language, HTML and PDF, the PDFs side by side.

    As :func:`write_report` and :func:`write_handout` one after the other, in about half the
    time where there are two cores.
    """
    html = {"report": render_report_html(plan, knowledge=knowledge)}
    for language in languages:
        html[f"handout-{language}"] = render_handout_html(
            plan, knowledge=knowledge, language=language
        )
    return _written(html, folder=folder)


def _written(pages: Mapping[str, str], *, folder: Path) -> list[Path]:
    """Every page as HTML, so that it is there even without its PDF, and then as PDF."""
    files = {folder / f"{stem}.html": folder / f"{stem}.pdf" for stem in pages}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, html in zip(files, pages.values(), strict=True):
            file.write_text(html, encoding="utf-8")
        write_pdfs(files)
    except OSError as error:
        names = " and ".join(path.name for pair in files.items() for path in pair)
        raise CicatrixError(
            f"{names} cannot be written into {folder} "
            f"({error.strerror or error}). Choose another folder, or make room in this one."
        ) from error
    return [path for pair in files.items() for path in pair]
