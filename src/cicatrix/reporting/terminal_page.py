"""What every part of the terminal output shares: signs, styles, citations, safe free text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from cicatrix.knowledge import Knowledge
from cicatrix.records import Plan, Target
from cicatrix.reporting.library import Library
from cicatrix.reporting.references import References
from cicatrix.reporting.words import Words

#: One sign a verdict, so that no meaning hangs on a colour; the word always stands beside it.
SIGNS = MappingProxyType(
    {
        "suitable": "✓", "caution": "!", "ask": "?", "defer": "»", "avoid": "✗",
        "not_indicated": "–",
    }
)  # fmt: skip
STYLES = MappingProxyType(
    {
        "suitable": "green", "caution": "yellow", "ask": "blue", "defer": "magenta",
        "avoid": "red", "not_indicated": "dim",
    }
)  # fmt: skip
TITLE, STRONG, QUIET, NUMBER = "bold cyan", "bold", "dim", "dim cyan"

#: From this many columns on, a treatment's role and its expected effect get columns of their own.
WIDE = 110
#: Longer lines than this are hard to read, however wide the window is.
WIDEST = 140

#: What stands for a sign where the console cannot show it; each is one column wide as well.
_STAND_INS = str.maketrans("✓»✗–‼●▓░─├┤│◇·┬━…“”’→╭╮╰╯┏┓┗┛┃−×", '/>X-!o#:-[]|+.+=.""\'>++++++++|-x')

#: Format characters that a script needs; every other invisible character is shown as one.
_KEPT = "\u200c\u200d"
_SHOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, kw_only=True)
class Page:
    """One plan on its way to the terminal.

    Parts are made and printed from top to bottom, because a source gets its number where it
    is cited first. ``width`` is in columns; ``view`` is ``brief`` or ``full``.
    """

    plan: Plan
    knowledge: Knowledge
    words: Words
    library: Library
    references: References
    width: int
    view: str

    @property
    def is_full(self) -> bool:
        """True where every reason is told below, so that its number leads somewhere."""
        return self.view == "full"

    def cited(self, sources: Iterable[str]) -> str:
        """The numbers of some sources as ``[3, 7]``, or nothing."""
        numbers = self.references.numbers(tuple(sources))
        return f"[{', '.join(map(str, numbers))}]" if numbers else ""

    def said(self, text: str, sources: Iterable[str], *, style: str = "") -> Text:
        """A statement with the numbers of those who say so."""
        told = Text(" ".join(text.split()), style=style)
        numbers = self.cited(sources)
        return told.append(f" {numbers}", style=NUMBER) if numbers else told

    def listed(self, treatments: Sequence[str], *, most: int) -> str:
        """The names of some treatments; of a longer list the first, and how many follow."""
        names = self.library.names(treatments[:most])
        more = len(treatments) - len(names)
        return "; ".join(names) + (f"; and {more} more" if more else "")

    def aims(self, targets: Sequence[Target]) -> str:
        """The types of some targets, each with its place where only a part of them is meant."""
        wanted = set(targets)
        types = dict.fromkeys(target.type for target in targets)
        whole = [
            name
            for name in types
            if all(f.target in wanted for f in self.plan.findings if f.type == name)
        ]
        parts = [self.words.term("finding", name).lower() for name in whole]
        rest = [target for target in targets if target.type not in whole]
        return ", ".join([*parts, *([self.words.targets(rest)] if rest else [])])


def heading(text: str, *, note: str = "") -> Rule:
    """The line that begins a part."""
    title = Text(text, style=TITLE)
    if note:
        title.append(f"  {note}", style=QUIET)
    return Rule(title, align="left", style="cyan", characters="━")


def table(*columns: str) -> Table:
    """An empty table in the style of this output, over the whole width."""
    made = Table(
        box=box.SIMPLE_HEAD, expand=True, show_edge=False, pad_edge=False, header_style=QUIET
    )
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def notes(*, style: str) -> Table:
    """A list without lines: a short mark or number, then what it stands for."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(style=style, no_wrap=True)
    made.add_column(overflow="fold")
    return made


@dataclass(frozen=True)
class Printed:
    """A block without blanks at the ends of its lines, spelled as the console can show it."""

    block: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the block line by line."""
        for line in console.render_lines(self.block, options, pad=False):
            kept = [Segment(_spelled(s.text, console.encoding), s.style) for s in line]
            while kept and not kept[-1].text.strip(" "):
                kept.pop()
            if kept:
                kept[-1] = Segment(kept[-1].text.rstrip(" "), kept[-1].style)
            yield from kept
            yield Segment.line()


def _spelled(text: str, encoding: str) -> str:
    """The text with a stand-in for every sign that this encoding lacks."""
    if encoding.lower().startswith("utf"):
        return text
    return text.translate(_STAND_INS).encode(encoding, "replace").decode(encoding)


def visible(text: str) -> str:
    """Free text of a case file on one line, with nothing in it that steers a terminal."""
    shown = (
        c if c in _KEPT or not unicodedata.category(c).startswith("C") else _SHOWN
        for c in " ".join(text.split())
    )
    return "".join(shown)
