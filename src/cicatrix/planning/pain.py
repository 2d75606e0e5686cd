"""Little pain as a wish: what hurts too much, and what nobody has counted.

Pain that was not counted never counts as little. Where a treatment whose pain was counted works
on the same, it is taken instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from cicatrix.planning import sentences
from cicatrix.planning.model import Model
from cicatrix.planning.options import Option
from cicatrix.planning.search import solve
from cicatrix.planning.sentences import NOTHING, Said


def too_painful(*, points: float, anaesthetised: Collection[str]) -> Callable[[Option], Said]:
    """Why a treatment is not for somebody who wished for little pain, or nothing.

    ``points``: of ten, the most that counts as little. ``anaesthetised``: what is done under an
    injected or a general anaesthetic; it is never little, unless somebody counted that it is.
    """

    def why(option: Option) -> Said:
        counted = option.page.pain_0_to_10
        if counted is None:
            return sentences.NUMBED if option.treatment in anaesthetised else NOTHING
        return NOTHING if counted.high <= points else sentences.hurts_up_to(counted.high)

    return why


def is_counted(option: Option) -> bool:
    """True if somebody counted how much it hurts; what is done at home has no session to count."""
    return option.continuous or option.page.pain_0_to_10 is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Instead:
    """A treatment whose pain nobody counted, and those that work on the same and are counted."""

    option: Option
    counted: tuple[Option, ...]


def replaceable(options: Iterable[Option]) -> tuple[Instead, ...]:
    """What may be left out for little pain without leaving anything untreated."""
    every = tuple(options)
    counted = [o for o in every if is_counted(o) and not o.continuous]
    found = []
    for option in every:
        if is_counted(option) or not option.worth:
            continue
        works_too = tuple(o for o in counted if option.worth.keys() & o.worth.keys())
        covered = {key for one in works_too for key in one.worth}
        if option.worth.keys() <= covered:
            found.append(Instead(option=option, counted=works_too))
    return tuple(found)


def prefer_counted(model: Model, instead: Iterable[Instead]) -> None:
    """Keep what is replaceable out of the course, as far as the wishes let one."""
    blocks = [model.blocks[one.option.treatment] for one in instead]
    if not blocks:
        return
    uncounted = sum(block.present for block in blocks)
    solution = solve(model.copied(), -uncounted)
    if solution is not None:
        model.cp.add(uncounted <= round(-solution.objective))
