"""Everything cicatrix refuses to do: one class a situation, each a whole sentence.

An error says what is wrong, where, and what to do now. The reader is a nurse with a
patient in the chair; the words are part of what we promise and are tested.
"""

from __future__ import annotations


class CicatrixError(Exception):
    """Anything this library refuses to do. The message is for people."""


class CaseError(CicatrixError):
    """The case file cannot be used as it stands."""


class PageError(CicatrixError):
    """A knowledge page is unsound; the message names file, line and fault."""


class MissingExtraError(CicatrixError):
    """A room needs a package that is not installed."""


class UnsafePlanError(CicatrixError):
    """The checker refused a finished plan. A defect of ours: no course is returned."""
