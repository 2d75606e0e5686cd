"""Open what a scanner wrote: a path in, a height map or a mesh in mm out.

One module a format, each with ``read(path, given=...)``; ``formats`` chooses by the content of the
file. Every refusal is a :class:`~cicatrix.skin.CaptureError`: one sentence or two that name the
file, what is wrong with it and what to do. Memory is bounded before it is taken (``limits``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicatrix.skin import HeightMap, Mesh

__all__ = ["read_scan"]


def read_scan(
    path: Path,
    *,
    pitch_mm: float | tuple[float, float] | None = None,
    unit: str = "",
    mm_per_unit: float | None = None,
    method: str = "",
) -> HeightMap | Mesh:
    """The height map or mesh in a file, in mm, with what was not measured as NaN.

    Parameters
    ----------
    path
        The file. Its content decides the format; its ending only where the content cannot.
    pitch_mm
        Distance between neighbouring samples (or along x and along y), where the file does not
        carry it. There is no default.
    unit
        ``mm``, ``um``, ``cm`` or ``m``: the unit of the heights of a height map that does not carry
        one, or of the coordinates of a mesh. There is no default.
    mm_per_unit
        The same as a number: mm of one grey level, or of one unit of a mesh.
    method
        How it was captured: ``structured_light``, ``macro_stereo``, ``photometric_stereo`` or
        ``phone_depth``. Where nobody says, nothing is assumed.

    Raises
    ------
    CaptureError
        When the file cannot be used: what, why, and what to do now.
    """
    from cicatrix.capturing.formats import read_by_content
    from cicatrix.capturing.lengths import given_lengths
    from cicatrix.capturing.methods import with_method

    given = given_lengths(pitch_mm=pitch_mm, unit=unit, mm_per_unit=mm_per_unit)
    return with_method(read_by_content(Path(path), given=given), method)
