"""Everything cicatrix refuses to do: one class a situation, each a whole sentence.

An error says what is wrong, where, and what to do now. The reader is a nurse with a
patient in the chair; the words are part of what we promise and are tested.
"""

from __future__ import annotations


class CicatrixError(Exception):
    r"""Anything this library refuses to do. The message is for people.

    It often quotes a file, so what could write on a terminal or turn the direction of the text
    stands in it as its code, such as ``\x1b``.
    """

    def __str__(self) -> str:
        return harmless(super().__str__())


def harmless(text: str) -> str:
    """Text whose unprintable characters, but for line breaks, are written out as codes."""
    return "".join(c if c.isprintable() or c == "\n" else _code_of(c) for c in text)


def _code_of(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class CaseError(CicatrixError):
    """The case file cannot be used as it stands."""


class PageError(CicatrixError):
    """A knowledge page is unsound; the message names file, line and fault."""


class MissingExtraError(CicatrixError):
    """A room needs a package that is not installed."""


class UnsafePlanError(CicatrixError):
    """The checker refused a finished plan. A defect of ours: no course is returned."""


class UnfinishedSearchError(CicatrixError):
    """The search for a course was cut short: it found none, and did not show that there is none."""
