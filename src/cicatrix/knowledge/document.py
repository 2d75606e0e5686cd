"""Read a YAML or JSON file into plain values and remember on which line each stands.

YAML 1.2 words: only ``true`` and ``false`` are booleans; ``yes`` and ``no`` are words.
Refused, because they hide things from a reader: a key that stands twice, anchors and
aliases, tags, more than one document. Refused, because they exhaust a machine: files over
the given size, nesting deeper than 40.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Place = tuple[str | int, ...]

_DEEPEST = 40
_MOST_DIGITS = 20
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
#: What YAML 1.1 reads as a boolean; pages must put quotes around these.
_OLD_BOOLEANS = {"yes", "no", "on", "off", "y", "n"}


class DocumentError(Exception):
    """The file cannot be read; ``line`` counts from 1 (0: the file as a whole)."""

    def __init__(self, message: str, *, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, kw_only=True)
class Document:
    """The values of a file, and the line of every place in it."""

    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int:
        """The line on which the value at ``place`` (or its nearest parent) stands."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return 1


def read_document(path: Path, *, most_bytes: int = 1_000_000) -> Document:
    """Read one file whose plain ``yes`` and ``no`` are words.

    Raises
    ------
    DocumentError
        With a sentence for people, and the line where there is one.
    """
    return _Builder(_plain_word).build(read_text(path, most_bytes=most_bytes))


def read_page_document(path: Path, *, most_bytes: int = 1_000_000) -> Document:
    """Read one knowledge page: as :func:`read_document`, but ``yes`` needs quotes."""
    return _Builder(_quoted_word).build(read_text(path, most_bytes=most_bytes))


def read_text(path: Path, *, most_bytes: int) -> str:
    """The text of a file of bounded size, or a :class:`DocumentError`."""
    try:
        if path.is_fifo() and path.parts[:2] not in {("/", "dev"), ("/", "proc")}:
            # Nobody may ever write into it. What a shell pipes in lies under /dev.
            raise DocumentError("is a pipe, not a file")
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    except IsADirectoryError:
        raise DocumentError("is a folder, not a file") from None
    except FileNotFoundError:
        raise DocumentError("is not there; check the name and the folder") from None
    except OSError as error:
        raise DocumentError(f"cannot be opened ({error.strerror})") from None
    if len(raw) > most_bytes:
        raise DocumentError(f"is larger than {most_bytes // 1000} kB, which no such file needs")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DocumentError("is not UTF-8 text; save it as UTF-8", line=line) from None


def _plain_word(text: str, line: int) -> Any:  # noqa: ARG001 - the other reader needs it
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        # A limit of digits: Python refuses to turn endless ones into a number.
        return int(text) if len(text) < _MOST_DIGITS else float(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _quoted_word(text: str, line: int) -> Any:
    if text.lower() in _OLD_BOOLEANS:
        raise DocumentError(f"put quotes around {text}", line=line)
    return _plain_word(text, line)


class _Builder:
    """Turns the events of a YAML stream into values, without recursion."""

    def __init__(self, word: Callable[[str, int], Any]) -> None:
        self._word = word
        self._lines: dict[Place, int] = {}
        self._open: list[tuple[Any, list[Any]]] = []  # container, [pending key, its line, count]
        self._place: list[str | int] = []
        self._root: Any = None
        self._documents = 0

    def build(self, text: str) -> Document:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(text, Loader=loader):
                self._take(event, getattr(event.start_mark, "line", -1) + 1)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = int(getattr(mark, "line", -1)) + 1
            raise DocumentError(f"is not valid YAML: {error.problem}", line=line) from None
        except (yaml.YAMLError, ValueError) as error:
            what = str(error).splitlines()[0]
            raise DocumentError(f"is not valid YAML: {what}") from None
        return Document(value=self._root, lines=self._lines)

    def _take(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise DocumentError("holds a second document ('---'); keep one", line=line)
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError("uses an anchor or alias; write the value out", line=line)
        elif isinstance(event, yaml.ScalarEvent):
            at_key = bool(self._open) and self._wants_key()
            self._add(event.value if at_key else self._scalar(event, line), line)
        elif isinstance(event, yaml.CollectionStartEvent):
            if event.tag not in (None, "!"):
                raise DocumentError(f"uses the tag {event.tag}; write plain values", line=line)
            if len(self._open) >= _DEEPEST:
                raise DocumentError(f"is nested deeper than {_DEEPEST} levels", line=line)
            container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._add(container, line)
            self._open.append((container, [None, 0, 0]))
            self._place.append(0)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._place.pop()
            self._after_value()

    def _scalar(self, event: Any, line: int) -> Any:
        if event.tag not in (None, "!"):
            raise DocumentError(f"uses the tag {event.tag}; write plain values", line=line)
        return self._word(event.value, line) if event.implicit[0] else event.value

    def _add(self, value: Any, line: int) -> None:
        if not self._open:
            self._root = value
            self._lines[()] = line
            return
        container, state = self._open[-1]
        if isinstance(container, list):
            container.append(value)
            self._place[-1] = len(container) - 1
        elif self._wants_key():
            self._new_key(container, state, value, line)
            return
        else:
            container[state[0]] = value
        self._lines.setdefault(tuple(self._place), line)
        if not isinstance(value, (dict, list)):
            self._after_value()

    def _wants_key(self) -> bool:
        container, state = self._open[-1]
        return isinstance(container, dict) and state[1] == 0

    def _new_key(self, container: Any, state: list[Any], key: Any, line: int) -> None:
        if isinstance(key, (dict, list)):
            raise DocumentError("has a list or mapping as a key", line=line)
        name = key if isinstance(key, str) else str(key)
        self._place[-1] = name
        if name in container:
            first = self._lines[tuple(self._place)]
            lines = f" on line {line}" if first == line else f", lines {first} and {line}"
            raise DocumentError(f"'{name}' stands twice{lines}; keep one of them", line=line)
        state[0], state[1] = name, line
        self._lines[tuple(self._place)] = line

    def _after_value(self) -> None:
        if self._open and isinstance(self._open[-1][0], dict):
            self._open[-1][1][1] = 0
