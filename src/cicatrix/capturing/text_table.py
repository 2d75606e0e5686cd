"""Read lines of numbers from a text file: one row of floats after the other, NaN where missing.

Numbers stand between commas, semicolons, tabs or blanks; one kind throughout a file. A decimal
comma is understood where the separator is a semicolon, a tab or a blank. Lines before the first
line of numbers are a heading; empty lines and lines that begin with ``#``, ``%`` or ``//`` are
passed over.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, takewhile

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import Reading, plain
from cicatrix.capturing.limits import MOST_SAMPLES
from cicatrix.skin import CaptureError

#: How devices write "not measured".
MISSING_WORDS = frozenset(
    {"", "nan", "-nan", "nan(ind)", "-nan(ind)", "n/a", "na", "null", "none", "no data", "nodata",
     "bad", "***", "*", "---", "--", "-", "invalid", "1.#qnan", "-1.#ind"}
)  # fmt: skip
_LONGEST_LINE = 4_000_000
_MOST_HEADING = 200
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")


@dataclass(kw_only=True)
class Heading:
    """The lines before the numbers, and how the numbers are separated."""

    lines: list[str] = field(default_factory=list)
    separator: str | None = None
    decimal_comma: str = ""
    #: Some devices end each row with a separator; then nothing follows it anywhere.
    open_ended: bool = True


def lines_of(file: Reading) -> Iterator[str]:
    """The lines of the text; a file of bytes that are no text is refused."""
    first = True
    while line := file.file.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise CaptureError(
                f"{file.name} has a line of more than {_LONGEST_LINE // 1_000_000} million "
                "characters, which no table of heights has. Export the scan again."
            )
        if first:
            line = line.removeprefix(_BYTE_ORDER_MARK)
            first = False
        if b"\0" in line:
            raise CaptureError(
                f"{file.name} is not a text of numbers, whatever its name says. Name the scan "
                "with the ending that belongs to its format, or export it as X3P."
            )
        yield line.decode("utf-8", errors="replace").strip("\r\n")


def rows_of_numbers(file: Reading, heading: Heading) -> Iterator[list[float]]:
    """Each line of numbers; ``heading`` is filled before the first one is given."""
    lines = (line for line in lines_of(file) if not _is_remark(line))
    first = _skip_heading(file, lines, heading)
    width = len(first[-1].split(heading.separator))
    for line in chain(first, lines):
        if not line.strip() and line.count("\t") != width - 1:
            continue
        words = _split(line, heading)
        try:
            yield [float(word) for word in words]
        except ValueError:
            yield [_float(word, file=file) for word in words]


def _is_remark(line: str) -> bool:
    """True for what is no row; only tabs may be a row of which nothing was measured."""
    return not line.strip("\r\n ") or line.lstrip().startswith(("#", "%", "//"))


def _skip_heading(file: Reading, lines: Iterator[str], heading: Heading) -> list[str]:
    """The first line of numbers, after the rows right above it where nothing was measured."""
    unmeasured: list[str] = []
    samples = 0
    for line in lines:
        separator, decimal_comma = _separator_of(line)
        words = line.split(separator if line.strip() else "\t")
        numbers = sum(_is_number(word) for word in words)
        missing = sum(word.strip().casefold() in MISSING_WORDS for word in words)
        if numbers >= 1 and len(words) >= 2 and numbers + missing == len(words):
            heading.separator, heading.decimal_comma = separator, decimal_comma
            above = [one for one in reversed(unmeasured) if one.strip() or separator == "\t"]
            rows = takewhile(partial(_is_unmeasured, separator=separator, width=len(words)), above)
            return [*reversed(list(rows)), line]
        if len(words) >= 2 and missing == len(words):
            unmeasured.append(line)
            samples += len(words)
            if samples > MOST_SAMPLES:
                raise _too_many(file)
            continue
        unmeasured.clear()
        heading.lines.append(plain(line))
        if len(heading.lines) > _MOST_HEADING:
            break
    raise CaptureError(
        f"{file.name} holds no table of numbers that cicatrix can find. Export the scan as X3P, "
        "or as plain rows of heights separated by commas."
    )


def _is_unmeasured(line: str, separator: str | None, width: int) -> bool:
    words = line.split(separator)
    return len(words) == width and all(w.strip().casefold() in MISSING_WORDS for w in words)


def _separator_of(line: str) -> tuple[str | None, str]:
    for separator in (";", "\t"):
        if separator in line.strip():
            return separator, "," if "," in line and "." not in line else ""
    if "," in line and not re.fullmatch(r"\s*([-+\deE]+,\d+\s+)+[-+\deE]+(,\d+)?\s*", line):
        return ",", ""
    return None, "," if "," in line else ""


def _is_number(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word.strip()))


def _split(line: str, heading: Heading) -> list[str]:
    if heading.decimal_comma:
        line = line.replace(",", ".")
    words = line.split(heading.separator)
    heading.open_ended = heading.open_ended and not words[-1].strip()
    return words


def _float(word: str, *, file: Reading) -> float:
    word = word.strip()
    if word.casefold() in MISSING_WORDS:
        return float("nan")
    try:
        return float(word)
    except ValueError:
        way_out = "Correct it, or write nan where nothing was measured."
        if "," in word and _is_number(word):
            way_out = (
                "The rows above have no decimal comma, so it cannot be told if this is one. Export "
                "the scan with decimal points, or with as many decimals in every row."
            )
        raise CaptureError(
            f"{file.name} has {plain(word)[:40]!r} where a height was expected. {way_out}"
        ) from None


def table_of(file: Reading, heading: Heading) -> NDArray[np.float64]:
    """All rows as one table; rows of different length are refused."""
    start = file.file.tell()
    try:
        return _plain_table(file, heading)
    except ValueError:
        file.go_to(start, what="first row")
        return _tolerant_table(file, Heading())


def _plain_table(file: Reading, heading: Heading) -> NDArray[np.float64]:
    """The table where every row is plain numbers, by NumPy's reader, ten times as fast."""
    lines = (line for line in lines_of(file) if not _is_remark(line))
    first = _skip_heading(file, lines, heading)
    if heading.decimal_comma:
        raise ValueError(heading.decimal_comma)
    width = len(first[-1].split(heading.separator))
    # Its own max_rows takes memory for all of them at once.
    bounded = _no_more_than(MOST_SAMPLES // width, chain(first, lines), file=file)
    return np.loadtxt(bounded, delimiter=heading.separator, comments=None, ndmin=2)


def _no_more_than(most: int, lines: Iterator[str], *, file: Reading) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number >= most:
            raise _too_many(file)
        yield line


def _too_many(file: Reading) -> CaptureError:
    return CaptureError(
        f"{file.name} holds more than {MOST_SAMPLES // 1_000_000} million numbers. "
        "Crop the scan to the skin, or export it with a wider spacing or as X3P."
    )


def _tolerant_table(file: Reading, heading: Heading) -> NDArray[np.float64]:
    """The table with missing words, decimal commas and separators at the end of rows."""
    numbers, width = array("d"), 0
    for number, row in enumerate(rows_of_numbers(file, heading), start=1):
        width = width or len(row)
        if len(row) != width:
            raise CaptureError(
                f"{file.name} has {len(row)} numbers in row {number} and {width} in the rows "
                "above. Every row of a height map is equally long; export the scan again."
            )
        numbers.extend(row)
        if len(numbers) > MOST_SAMPLES:
            raise _too_many(file)
    table = np.frombuffer(numbers, dtype=np.float64).reshape(-1, width)
    return table[:, :-1] if heading.open_ended and width > 1 else table
