"""What was worked out for one patient and serves the next."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """Answers by what they hang on, at most so many: a full one forgets all and starts anew."""

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: K, value: V) -> V:
        """Keep one more, and give it back."""
        if len(self) >= self._most:
            self.clear()
        self[key] = value
        return value
