"""Sets of names written as whole numbers, so that they are joined as bits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cicatrix.planning.kept import Kept

#: A set of names: bit n is on if the n-th name is in it.
NameSet = int
NO_NAMES: NameSet = 0
_MOST_KEPT = 10_000
_BITS_IN_BYTE = 8


class NameSets:
    """All names that can stand in a set, in the order in which a set is written out."""

    def __init__(self, names: Iterable[str]) -> None:
        ordered = tuple(names)
        self._bits = {name: 1 << place for place, name in enumerate(ordered)}
        #: For each eight neighbours, every set of them written out.
        self._written = [
            _every_set(ordered[start : start + _BITS_IN_BYTE])
            for start in range(0, len(ordered), _BITS_IN_BYTE)
        ]
        self._kept: Kept[NameSet, tuple[str, ...]] = Kept(most=_MOST_KEPT)

    def of(self, names: Iterable[str]) -> NameSet:
        """The set of these names."""
        some = NO_NAMES
        for name in names:
            some |= self._bits[name]
        return some

    def names_in(self, some: NameSet) -> tuple[str, ...]:
        """The names of a set, in their order; one patient meets the same set many times."""
        names = self._kept.get(some)
        if names is None:
            names = ()
            for written, byte in zip(
                self._written, some.to_bytes(len(self._written), "little"), strict=True
            ):
                if byte:
                    names += written[byte]
            self._kept.keep(some, names)
        return names


def _every_set(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Each set of a few names, at the place that is its number."""
    every: list[tuple[str, ...]] = [()]
    for name in names:
        every += [(*some, name) for some in every]
    return every
