"""A progress bar on standard error, and only where somebody looks at it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cicatrix.progress import SILENCE, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars


class _Bar:
    """One bar; its words and its length change with the stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task = bars.add_task("starting", total=None)

    def begin(self, stage: str, *, parts: int = 0) -> None:
        """Show the next stage; a stage of unknown length only shows that it goes on."""
        self._bars.reset(self._task, total=parts or None, description=stage.capitalize())

    def part_done(self) -> None:
        """Show that one more part is done."""
        self._bars.advance(self._task)


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar for a person at a terminal; silence for everybody else."""
    if not sys.stderr.isatty():
        yield SILENCE
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    with Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        yield _Bar(bars)
