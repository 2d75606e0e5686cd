"""A page as a tagged PDF (PDF/UA-1), the same bytes for the same page."""

from __future__ import annotations

import hashlib
import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cicatrix.errors import MissingExtraError

_LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def write_pdf(html: str, *, path: Path) -> Path:
    """Write the page as PDF; nothing is fetched from outside the page.

    No date is written into the file: it would differ between two runs of one plan.

    Raises
    ------
    MissingExtraError
        Where WeasyPrint or the libraries it draws with are not installed.
    """
    weasyprint = _weasyprint()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    page = weasyprint.HTML(string=html, url_fetcher=fetcher)
    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    page.write_pdf(path, pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return path


def write_pdfs(pages: Mapping[Path, Path]) -> None:
    """Write each HTML file of the mapping as the PDF beside it, two at a time.

    The first is drawn in a process of its own while the others are drawn here. Where that
    process cannot be had, or fails, the first is drawn here as well, so that its error is told.

    Raises
    ------
    MissingExtraError
        As :func:`write_pdf`.
    """
    (first, target), *others = pages.items()
    beside = _beside(first, target) if others else None
    try:
        for page, pdf in others:
            write_pdf(page.read_text("utf-8"), path=pdf)
    finally:
        done = beside is not None and beside.wait() == 0
    if not done:
        write_pdf(first.read_text("utf-8"), path=target)


def _beside(page: Path, pdf: Path) -> subprocess.Popen[bytes] | None:
    """The worker on its way, or None where no process can be started."""
    source = str(Path(__file__).parents[2])
    known = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH", ""))))
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, and no shell
            [sys.executable, "-m", "cicatrix.reporting.pdf_worker", str(page), str(pdf)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": known},
        )  # fmt: skip
    except (OSError, ValueError):
        return None


def _weasyprint() -> Any:
    try:
        return importlib.import_module("weasyprint")
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "The HTML is written, but the PDF needs WeasyPrint, which is not installed. "
            "Run: pip install 'cicatrix[report]'"
        ) from error
    except OSError as error:
        raise MissingExtraError(
            "The HTML is written, but the PDF needs libraries of the system that are missing. "
            f"On Debian or Ubuntu run: apt-get install {_LIBRARIES}"
        ) from error
