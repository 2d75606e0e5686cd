"""How far a long piece of work has come, told to whoever wants to know."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who is told what is being done, and how much of it is left."""

    def begin(self, stage: str, *, parts: int = 0) -> None:
        """Another stage begins; ``parts`` is how many parts it has, 0 where nobody knows."""

    def part_done(self) -> None:
        """One part of the stage is done."""


class Silence:
    """Nobody is told anything."""

    def begin(self, stage: str, *, parts: int = 0) -> None:
        """Keep it to oneself."""

    def part_done(self) -> None:
        """Keep it to oneself."""


SILENCE = Silence()
