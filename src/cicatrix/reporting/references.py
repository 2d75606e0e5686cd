"""Sources numbered in the order in which a page first cites them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cicatrix.knowledge.statements import Source


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One numbered source; ``source`` is None where the list of sources does not hold the id."""

    number: int
    id: str
    source: Source | None

    @property
    def author(self) -> str:
        """The first author with what follows the name; nothing where none was printed."""
        if self.source is None or not self.source.authors or self.source.authors.startswith("("):
            return ""
        first, *others = self.source.authors.split(",")
        return f"{first} et al. " if others else f"{first}. "


class References:
    """Gives each cited source its number, and at the end the list of all."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._numbers: dict[str, int] = {}

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """The numbers of some sources, ascending, none twice."""
        for name in ids:
            self._numbers.setdefault(name, len(self._numbers) + 1)
        return sorted({self._numbers[name] for name in ids})

    def cited(self) -> list[Reference]:
        """Every source cited so far, by number."""
        return [
            Reference(number=number, id=name, source=self._sources.get(name))
            for name, number in self._numbers.items()
        ]
