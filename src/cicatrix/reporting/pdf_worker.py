"""One page as PDF in a process of its own: ``python -m cicatrix.reporting.pdf_worker PAGE PDF``."""

from __future__ import annotations

import sys
from pathlib import Path

from cicatrix.reporting.pdf import write_pdf

if __name__ == "__main__":
    page, pdf = (Path(given) for given in sys.argv[1:3])
    write_pdf(page.read_text("utf-8"), path=pdf)
