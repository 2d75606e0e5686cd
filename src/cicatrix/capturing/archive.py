"""Look into a zip file that may be hostile: nothing is unpacked to disk, and all is bounded.

Names inside the archive are only ever compared, never used as paths, so a name such as
``../../etc/passwd`` or a link leads nowhere.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from cicatrix.capturing.files import (
    Reading,
    damaged,
    ends_early,
    opened,
    plain,
    reading_with_a_library,
)
from cicatrix.skin import CaptureError

_KIND = "a zip archive"
_END_OF_DIRECTORY = b"PK\x05\x06"
_LONGEST_END = 22 + 65_535
_MOST_DIRECTORY_BYTES = 4_000_000
_MOST_MEMBERS = 10_000
_LONGEST_NAME = 1_000


class Archive:
    """The members of a zip file, by name."""

    def __init__(self, zipped: zipfile.ZipFile, *, name: str) -> None:
        self._zipped = zipped
        self.name = name
        # What a Mac adds beside each file is no content.
        self._members = {
            info.filename: info
            for info in zipped.infolist()
            if len(info.filename) <= _LONGEST_NAME and not _is_clutter(info.filename)
        }

    def names(self) -> list[str]:
        """The names of the members, without folders and clutter."""
        return [name for name in self._members if not name.endswith("/")]

    def nearest(self, wanted: str) -> str:
        """The member of that file name which lies least deep, or "" without one."""
        found = [n for n in self.names() if PurePosixPath(n).name.casefold() == wanted.casefold()]
        return min(found, key=lambda n: (n.count("/"), n), default="")

    def read(self, member: str, *, most: int) -> bytes:
        """The content of one member, unless it is or grows longer than ``most`` bytes."""
        content = self.beginning(member, most=most + 1)
        if len(content) > most:
            raise CaptureError(
                f"{self.name} holds {plain(member)!r}, which unpacks to more than the "
                f"{most} bytes that it should have. Export the scan again; if it came from a "
                "stranger, do not open it."
            )
        return content

    def beginning(self, member: str, *, most: int) -> bytes:
        """The first ``most`` bytes of one member, or all of it where it is shorter."""
        info = self._members.get(member)
        if info is None:
            raise CaptureError(
                f"{self.name} refers to {plain(member)!r}, which it does not hold. "
                "Copy or export the scan again."
            )
        if info.flag_bits & 1:
            raise CaptureError(
                f"{self.name} is locked with a password. Export the scan without one."
            )
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise damaged(self.name, kind=_KIND, why="an unusual compression")
        with reading_with_a_library(self.name, kind=_KIND), self._zipped.open(info) as file:
            return file.read(most)

    def read_exactly(self, member: str, *, count: int, what: str) -> bytes:
        """The content of one member, which must have ``count`` bytes."""
        content = self.read(member, most=count)
        if len(content) != count:
            raise ends_early(self.name, what=what, has=len(content), needs=count)
        return content


def _is_clutter(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return "__MACOSX" in parts or any(p.startswith("._") or p == ".DS_Store" for p in parts)


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """The zip file, open for looking into."""
    with opened(path) as file:
        _check_directory(file)
        with reading_with_a_library(file.name, kind=_KIND):
            zipped = zipfile.ZipFile(file.file)
        with zipped:
            yield Archive(zipped, name=file.name)


def _check_directory(file: Reading) -> None:
    """Refuse an endless list of members before Python makes an object of each."""
    tail_bytes = min(file.size, _LONGEST_END)
    file.go_to(file.size - tail_bytes, what="end")
    tail = file.take(tail_bytes, what="end")
    file.go_to(0, what="start")
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 20:
        raise damaged(file.name, kind=_KIND, why="its list of files is missing")
    members = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    if members > _MOST_MEMBERS or directory_bytes > _MOST_DIRECTORY_BYTES:
        raise CaptureError(
            f"{file.name} is a zip archive of {members} or more files, which no scan is. "
            "Name the scan itself."
        )
