"""The folder that was named with ``--out``: whether it can be written to, before any work."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cicatrix.errors import CicatrixError


def check_folder(folder: Path) -> None:
    """Try to write to a folder, or to where it would be made, and leave no trace.

    Raises
    ------
    CicatrixError
        If nothing can be written there; the message says why and what to do.
    """
    try:
        nearest = next(one for one in (folder, *folder.absolute().parents) if one.exists())
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise cannot_be_written(folder, error) from None


def cannot_be_written(folder: Path, error: OSError) -> CicatrixError:
    """What to tell of a folder that cannot be written to."""
    return CicatrixError(
        f"{folder} cannot be written to ({error.strerror}). Name another folder with --out."
    )
