"""How a capture was made, and the class that follows from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cicatrix.skin import CaptureError
from cicatrix.vocabulary import nearest

if TYPE_CHECKING:
    from cicatrix.skin import HeightMap, Mesh

#: The class of each way to capture depth. Class C, a photo, holds no depth and is not measured.
CLASS_OF_METHOD = MappingProxyType(
    {
        "structured_light": "A",
        "macro_stereo": "A",
        "photometric_stereo": "B",
        "phone_depth": "D",
    }
)
#: Formats of one kind of instrument, which tell the method by themselves.
_METHOD_OF_FORMAT = MappingProxyType({"tmd": "photometric_stereo"})


def method_of(known: Mapping[str, Any]) -> str:
    """The method that was told, or that the format tells; empty where nobody said."""
    told = _METHOD_OF_FORMAT.get(str(known.get("format", "")).lower(), "")
    return str(known.get("method", "")) or told


def with_method(scan: HeightMap | Mesh, method: str) -> HeightMap | Mesh:
    """The scan with the method that somebody named; unchanged where ``method`` is empty.

    Raises
    ------
    CaptureError
        If there is no such method, or if the format of the file contradicts it.
    """
    if not method:
        return scan
    if method not in CLASS_OF_METHOD:
        hint = nearest(method, CLASS_OF_METHOD)
        raise CaptureError(
            f"There is no method of capture called '{method}'{hint or '.'} "
            f"Name one of: {', '.join(CLASS_OF_METHOD)}."
        )
    told = method_of(scan.known)
    if told not in ("", method):
        raise CaptureError(
            f"{scan.name} comes from {told.replace('_', ' ')}, and {method.replace('_', ' ')} was "
            "given. Leave the method out, or export the other scan."
        )
    return dataclasses.replace(scan, known={**scan.known, "method": method})
