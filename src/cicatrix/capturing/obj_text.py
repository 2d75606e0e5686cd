"""The lines of an OBJ file as arrays: many at once, and the rare forms left to a library.

A block of whole lines is told apart by the first letters of its lines; the numbers of all
lines of one kind are then parsed together. ``Unusual`` is raised for what is not plain (lines that
go on in the next, free-form curves, corners told in two ways on one line).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Letters = NDArray[np.uint8]

_BLOCK_BYTES = 8_000_000
_LONGEST_LINE = 1_000_000
_SPACE, _NEW_LINE, _SLASH, _BACKSLASH, _DOT, _HASH = (ord(c) for c in " \n/\\.#")
#: So many letters of digits, sign and dot are a whole number below 2^53 once the dot is gone.
_EXACT_LETTERS = 16
#: Of each line so many letters are looked at: a keyword of two, and the space behind it.
_FIRST = 3
#: So many lines are told apart together: a block of the shortest lines of a scan has fewer.
_MOST_LINES = 1_000_000
#: Blank lines, and blanks before the first word of a line.
_BLANKS = re.compile(rb"\n[ \t\r\n\v\f]+")
#: What shows that there may be some.
_SIGNS_OF_BLANKS = (b"\n\n", b"\n\r", b"\n ", b"\n\t", b"\n\v", b"\n\f")
#: Lines of other kinds in one block; each is looked at by itself.
_MOST_OTHERS = 20_000


class Unusual(Exception):  # noqa: N818 - no fault of the file
    """Something in a file that is left to a library that reads every form of it."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A block of whole lines: where each starts and ends, and how many words it has.

    ``firsts`` (letters, lines) are the first letters of each line; where it has fewer, its end.
    """

    letters: Letters
    starts: Indices
    ends: Indices
    words: Indices
    firsts: Letters

    @classmethod
    def of(cls, block: bytes) -> Lines:
        """The lines of a block that ends with the end of a line."""
        letters = np.frombuffer(block, np.uint8)
        # Words and ends of lines in one list: the words of a line lie between two ends.
        marks = np.flatnonzero(_first_letters(letters) | (letters == _NEW_LINE))
        at_ends = np.flatnonzero(letters[marks] == _NEW_LINE)
        ends = marks[at_ends]
        starts = np.concatenate([[0], ends[:-1] + 1])
        if (letters[ends - 1] == _BACKSLASH).any() or b"\\\r\n" in block:
            raise Unusual("a line that goes on in the next")
        return cls(
            letters=letters,
            starts=starts,
            ends=ends,
            words=np.diff(at_ends, prepend=-1) - 1,
            firsts=np.stack([letters[np.minimum(starts + k, ends)] for k in range(_FIRST)]),
        )

    def called(self, keyword: str) -> Mask:
        """Which lines begin with a keyword and a space."""
        found = self.firsts[len(keyword)] <= _SPACE
        for letters, letter in zip(self.firsts, keyword.encode(), strict=False):
            found &= letters == letter
        return np.asarray(found)

    def starting(self, letters: bytes) -> Mask:
        """Which lines begin with these letters, at most three."""
        found = np.ones(len(self.starts), bool)
        for own, letter in zip(self.firsts, letters, strict=False):
            found &= own == letter
        return found

    def empty(self) -> Mask:
        """Which lines say nothing: they are blank, or a remark."""
        return np.asarray((self.words == 0) | (self.firsts[0] == _HASH))

    def text(self, which: Mask, *, keyword: str) -> Letters:
        """The letters of some lines, with the keyword blanked out."""
        lengths = self.ends - self.starts + 1
        text = self.letters.copy() if which.all() else self.letters[np.repeat(which, lengths)]
        lengths = lengths[which]
        at = np.cumsum(lengths) - lengths
        for place in range(len(keyword)):
            # A line may be cut off within the word.
            text[at + np.minimum(place, lengths - 1)] = _SPACE
        return text

    def others(self, which: Mask) -> Iterator[list[str]]:
        """The words of some lines, one line after the other."""
        for line in np.flatnonzero(which):
            text = self.letters[self.starts[line] : self.ends[line]].tobytes()
            yield text.decode("utf-8", errors="replace").split(maxsplit=1)


def blocks(file: Reading) -> Iterator[bytes]:
    """The file in blocks of whole lines that say something, without the blanks before them.

    Blank lines take no memory, however many there are.
    """
    while block := file.file.read(_BLOCK_BYTES):
        block += file.file.readline(_LONGEST_LINE)
        if not block.endswith(b"\n"):
            if file.left:
                raise Unusual("a line without end")
            block += b"\n"
        yield from _of_few_lines(_without_blanks(block))


def _without_blanks(block: bytes) -> bytes:
    block = block.lstrip()
    if any(sign in block for sign in _SIGNS_OF_BLANKS):
        block = _BLANKS.sub(b"\n", block)
    return block


def _of_few_lines(block: bytes) -> Iterator[bytes]:
    """The block in pieces, each of so few lines that what is noted of them is small."""
    if block.count(b"\n") <= _MOST_LINES:
        if block:
            yield block
        return
    middle = block.index(b"\n", len(block) // 2) + 1
    if middle == len(block):
        middle = block.rindex(b"\n", 0, len(block) // 2) + 1
    yield from _of_few_lines(block[:middle])
    yield from _of_few_lines(block[middle:])


def check_few(others: Mask) -> None:
    """Leave a file to the library that consists of lines that have to be read one by one."""
    if others.sum() > _MOST_OTHERS:
        raise Unusual("many lines of other kinds")


def _first_letters(letters: Letters) -> Mask:
    """Where the words begin."""
    begins = letters > _SPACE
    begins[1:] &= letters[:-1] <= _SPACE
    return begins


@contextmanager
def numbers_only() -> Iterator[None]:
    """Take a word that is no number for an error, as NumPy will some day, in all threads."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        yield


def numbers(text: Letters, *, count: int) -> Floats:
    """The numbers of a text, of which there must be ``count``."""
    begins = _first_letters(text)
    lasts = text > _SPACE
    lasts[:-1] &= text[1:] <= _SPACE
    dots = np.flatnonzero(text == _DOT)
    starts, ends = np.flatnonzero(begins), np.flatnonzero(lasts)
    plain = len(dots) == len(starts) and bool(
        ((dots >= starts) & (dots <= ends) & (ends - starts < _EXACT_LETTERS)).all()
    )
    if plain:
        # Whole numbers are parsed eight times as fast. Both they and powers of ten are exact, so
        # their ratio is rounded once, as it would be by parsing the fraction.
        try:
            whole = whole_numbers(text[text != _DOT], count=count)
        except Unusual:  # an exponent, or no number
            return _parsed(text, count=count, dtype=np.float64)
        return np.asarray(whole / 10.0 ** (ends - dots))
    return _parsed(text, count=count, dtype=np.float64)


def whole_numbers(text: Letters, *, count: int) -> Indices:
    """The whole numbers of a text, of which there must be ``count``."""
    return _parsed(text, count=count, dtype=np.int64)


def _parsed(text: Letters, *, count: int, dtype: type) -> NDArray[Any]:
    try:
        found: NDArray[Any] = np.fromstring(text.tobytes(), dtype=dtype, sep=" ")
    except (ValueError, DeprecationWarning):
        raise Unusual("a word that is no number") from None
    if len(found) != count:
        raise Unusual("a word that is no number")
    return found


def corner_numbers(text: Letters, *, corners: int) -> tuple[Indices, tuple[int, ...]]:
    """What faces of so many corners say of each: shape (faces, corners, what is told).

    And what that is: 0 for its place, 1 for its texture, 2 for its normal.
    """
    starts = np.flatnonzero(_first_letters(text))
    shape = (len(starts) // corners, corners)
    slash = text == _SLASH
    if not slash.any():
        return whole_numbers(text, count=len(starts)).reshape(*shape, 1), (0,)
    slashes = np.add.reduceat(slash, starts, dtype=np.int64)
    doubles = np.zeros(len(text), bool)
    doubles[1:] = slash[1:] & slash[:-1]
    double = np.add.reduceat(doubles, starts, dtype=np.int64)
    if np.ptp(slashes) or np.ptp(double) or slashes[0] > 2:
        raise Unusual("corners told in more than one way")
    told = (0, 2) if double[0] else (0, 1, 2)[: 1 + int(slashes[0])]
    text = np.where(slash, np.uint8(_SPACE), text)
    every = whole_numbers(text, count=len(starts) * len(told))
    return every.reshape(*shape, len(told)), told
