"""Sets of names written as whole numbers, so that they are joined as bits."""

from __future__ import annotations

from collections.abc import Iterable

from cicatrix.planning.kept import Kept

#: A set of names: bit n is on if the n-th name is in it.
NameSet = int
NO_NAMES: NameSet = 0
#: Most whole sets were met before; of the others, what stands in so many neighbours.
_STRETCH = 16
_MOST_KEPT = 10_000


class NameSets:
    """All names that can stand in a set, in the order in which a set is written out."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._bits = {name: 1 << place for place, name in enumerate(self._names)}
        self._stretches = tuple(
            (1 << min(start + _STRETCH, len(self._names))) - (1 << start)
            for start in range(0, len(self._names), _STRETCH)
        )
        self._kept: Kept[NameSet, tuple[str, ...]] = Kept(most=_MOST_KEPT)
        self._kept_parts: Kept[NameSet, tuple[str, ...]] = Kept(most=_MOST_KEPT)

    def of(self, names: Iterable[str]) -> NameSet:
        """The set of these names."""
        some = NO_NAMES
        for name in names:
            some |= self._bits[name]
        return some

    def names_in(self, some: NameSet) -> tuple[str, ...]:
        """The names of a set, in their order."""
        return self._kept.get(some) or self._kept.keep(some, self._by_stretches(some))

    def _by_stretches(self, some: NameSet) -> tuple[str, ...]:
        names: tuple[str, ...] = ()
        for stretch in self._stretches:
            part = some & stretch
            if part:
                names += self._kept_parts.get(part) or self._kept_parts.keep(
                    part, self._one_by_one(part)
                )
        return names

    def _one_by_one(self, some: NameSet) -> tuple[str, ...]:
        return tuple([name for name in self._names if self._bits[name] & some])
