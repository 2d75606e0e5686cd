"""A page as a tagged PDF (PDF/UA-1), the same bytes for the same page."""

from __future__ import annotations

import hashlib
import importlib
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
