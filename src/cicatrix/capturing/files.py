"""Open a file of which nothing is known yet, and never take more from it than it has."""

from __future__ import annotations

import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cicatrix.capturing.limits import MOST_BYTES
from cicatrix.skin import CaptureError

_LONGEST_NOTE = 200


def shown(path: Path) -> str:
    """The name of the file as it stands in a message: printable, and not endless."""
    return plain(path.name or str(path)) or "The file"


def plain(text: str | bytes) -> str:
    """Words out of a file, without what would upset a terminal or a report."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="replace")
    words = "".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_NOTE])
    return " ".join(words.split())[:_LONGEST_NOTE]


def check_file(path: Path) -> int:
    """The size in bytes of a file that can be read, or a :class:`CaptureError`."""
    name = shown(path)
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise CaptureError(f"{name} is not there. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise CaptureError(
            f"{name} cannot be opened ({_words_of(error)}). Check the name and the folder."
        ) from None
    if stat.S_ISDIR(found.st_mode):
        raise CaptureError(f"{name} is a folder. Name the scan file inside it.")
    if not stat.S_ISREG(found.st_mode):
        raise CaptureError(f"{name} is a device, not a file. Name a scan file.")
    if found.st_size == 0:
        raise CaptureError(f"{name} is empty (0 bytes). Copy or export the scan again.")
    if found.st_size > MOST_BYTES:
        raise CaptureError(
            f"{name} has {found.st_size / 1e9:.1f} GB; cicatrix takes up to "
            f"{MOST_BYTES // 1_000_000_000} GB. Crop the scan to the skin."
        )
    return found.st_size


def _words_of(error: Exception) -> str:
    return plain(getattr(error, "strerror", None) or str(error))


def first_bytes(path: Path, *, count: int) -> bytes:
    """How the file begins, from which its format is told."""
    with opened(path) as file:
        return file.file.read(count)


class Reading:
    """A binary file, read from front to back. Asking for more than it has is an error."""

    def __init__(self, file: BinaryIO, *, name: str, size: int) -> None:
        self.file = file
        self.name = name
        self.size = size

    @property
    def left(self) -> int:
        """How many bytes are still to come."""
        return self.size - self.file.tell()

    def take(self, count: int, *, what: str) -> bytes:
        """The next ``count`` bytes; ``what`` names them in the error."""
        if not 0 <= count <= self.left:
            raise ends_early(self.name, what=what, has=self.left, needs=count)
        taken = self.file.read(count)
        if len(taken) != count:
            raise ends_early(self.name, what=what, has=len(taken), needs=count)
        return taken

    def take_until(self, mark: bytes, *, most: int, what: str) -> bytes:
        """Everything before ``mark``, which is skipped; at most ``most`` bytes."""
        start = self.file.tell()
        block = self.file.read(min(most + len(mark), max(self.left, 0)))
        end = block.find(mark)
        if end < 0:
            raise CaptureError(
                f"{self.name} is damaged: its {what} does not end within {most} bytes. "
                "Copy or export the scan again."
            )
        self.file.seek(start + end + len(mark))
        return block[:end]

    def take_numbers(self, dtype: DTypeLike, *, count: int, what: str) -> NDArray[Any]:
        """The next ``count`` numbers of one type, in memory of their own."""
        needed = np.dtype(dtype).itemsize * count
        if not 0 <= needed <= self.left:
            raise ends_early(self.name, what=what, has=self.left, needs=needed)
        numbers = np.fromfile(self.file, dtype=dtype, count=count)
        if numbers.size != count:
            raise ends_early(
                self.name, what=what, has=numbers.size * numbers.itemsize, needs=needed
            )
        return numbers

    def go_to(self, offset: int, *, what: str) -> None:
        """Continue at ``offset`` bytes from the front."""
        if not 0 <= offset <= self.size:
            raise ends_early(self.name, what=what, has=self.size, needs=offset)
        self.file.seek(offset)


def ends_early(name: str, *, what: str, has: int, needs: int) -> CaptureError:
    """The error for a file that was cut off."""
    return CaptureError(
        f"{name} is cut off or damaged: its {what} should take {needs} bytes, and "
        f"{max(has, 0)} are there. Copy or export the scan again."
    )


def damaged(name: str, *, kind: str, why: object = "") -> CaptureError:
    """The error for a file that a library could not make sense of."""
    because = plain(str(why)).rstrip(".")
    detail = f" ({because})" if because else ""
    return CaptureError(
        f"{name} cannot be read as {kind}: it is damaged or no such file{detail}. "
        "Copy or export the scan again."
    )


@contextmanager
def opened(path: Path) -> Iterator[Reading]:
    """The file, open for reading, after :func:`check_file`."""
    size = check_file(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise CaptureError(
            f"{shown(path)} cannot be opened ({_words_of(error)}). Ask for the right to read it."
        ) from None
    with file:
        yield Reading(file, name=shown(path), size=size)


@contextmanager
def reading_with_a_library(name: str, *, kind: str) -> Iterator[None]:
    """Turn whatever a library throws at a damaged file into one sentence.

    Readers of rich formats fail on nonsense in every way there is, so the net is wide; it is
    spun around the call of the library only, never around code of ours.
    """
    try:
        with warnings.catch_warnings():
            # Complaints about odd tags and numbers are not for the terminal of a clinic.
            warnings.simplefilter("ignore")
            yield
    except CaptureError:
        raise
    except MemoryError:
        raise CaptureError(
            f"{name} needs more memory than there is. Close other programs, or crop the scan to "
            "the skin."
        ) from None
    except Exception as error:
        raise damaged(name, kind=kind) from error
