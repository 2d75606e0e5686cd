"""Why no course fulfils all wishes: the smallest sets that clash, and the nearest ways out.

Fewer wishes never make a course impossible, so a set of wishes from which none can be spared
is found by leaving out one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cicatrix.planning import sentences
from cicatrix.planning.model import Model
from cicatrix.planning.search import Solution, solve
from cicatrix.planning.sentences import DROPPED, Said
from cicatrix.planning.wishes import Wish
from cicatrix.records import Relaxation

#: A fresh model of the courses that heed some wishes.
MakeModel = Callable[[tuple[Wish, ...]], Model]

#: To drop a wish weighs more than any number of places in the order of wishes.
_ONE_WISH, _NO_NUMBER = 10_000, 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Clash:
    """Why no course is possible: sets of wishes that cannot hold together, and ways out.

    From each set none can be spared. Where one wish alone can give way there is one set, and
    that wish is in it. Where several must, there is one set for each of them. No sets at all:
    the reason is not a wish.
    """

    sets: tuple[tuple[Wish, ...], ...] = ()
    ways_out: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What was found out of some wishes, so that nothing is sought twice."""

    make_model: MakeModel
    wishes: tuple[Wish, ...]
    answers: dict[frozenset[str], bool] = field(default_factory=dict)

    def fit(self, wishes: Iterable[Wish]) -> bool:
        """True if there is a course in which all of these wishes, as expressed, hold."""
        chosen = tuple(wishes)
        key = frozenset(wish.id for wish in chosen)
        if key not in self.answers:
            self.answers[key] = self.solved(chosen) is not None
        return self.answers[key]

    def without(self, *left_out: Wish) -> tuple[Wish, ...]:
        """All wishes but these."""
        names = {wish.id for wish in left_out}
        return tuple(wish for wish in self.wishes if wish.id not in names)

    def solved(self, wishes: tuple[Wish, ...]) -> Solution | None:
        model = self.make_model(wishes)
        return solve(model, model.worth) if model.blocks else None

    def least(self, wish: Wish, others: tuple[Wish, ...]) -> int | None:
        """The smallest number of a wish with which a course is possible beside others."""
        model = self.make_model((*others, wish.given_way()))
        if wish.measure is None or not model.blocks:
            return None
        solution = solve(model, -wish.measure(model))
        return None if solution is None else round(-solution.objective)


def explain(make_model: MakeModel, wishes: tuple[Wish, ...]) -> Clash:
    """The sets that clash, and the ways out: one wish by itself, or else the fewest together.

    ``make_model(wishes)`` gives a fresh model of the courses that improve something and heed
    these wishes; one without treatments where nothing that improves is left.
    """
    asked = _Asked(make_model=make_model, wishes=wishes)
    if not asked.fit(()):
        return Clash()
    alone = {wish.id: way for wish in wishes if (way := _alone(asked, wish))}
    if alone:
        others = [wish for wish in wishes if wish.id not in alone]
        first = [wish for wish in wishes if wish.id in alone]
        return Clash(sets=(_smallest(asked, others, first),), ways_out=tuple(alone.values()))
    fewest = _fewest(make_model(()), wishes)
    held = asked.without(*fewest)
    return Clash(
        sets=tuple(_smallest(asked, held, [wish]) for wish in fewest),
        ways_out=_together(asked, fewest),
    )


def _smallest(asked: _Asked, spared: Iterable[Wish], needed: Iterable[Wish]) -> tuple[Wish, ...]:
    """A clashing set from which no wish can be spared; all of ``needed`` are in it."""
    kept = {wish.id for wish in (*spared, *needed)}
    for wish in spared:
        fewer = [one for one in asked.wishes if one.id in kept and one is not wish]
        if not asked.fit(fewer):
            kept.discard(wish.id)
    return tuple(wish for wish in asked.wishes if wish.id in kept)


def _alone(asked: _Asked, wish: Wish) -> Relaxation | None:
    """How far one wish would have to give way while all the others hold, if that is enough."""
    others = asked.without(wish)
    least = asked.least(wish, others)
    if least is not None:
        return _relaxed(wish, wish.instead(least))
    return _relaxed(wish, DROPPED) if asked.fit(others) else None


def _fewest(model: Model, wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """The fewest wishes to give way together; rather those with a number, and the first ones.

    Every wish gets a switch, and as much as possible is left switched on.
    """
    for wish in wishes:
        switch = model.switches[wish.id] = model.cp.new_bool_var(f"wish {wish.id}")
        wish.require(model, switch)
        for block in model.blocks.values():
            if wish.shuts_out(block.option):
                model.cp.add(block.present == 0).only_enforce_if(switch)
    weights = {
        wish.id: _ONE_WISH + (_NO_NUMBER if wish.measure is None else 0) + place
        for place, wish in enumerate(wishes)
    }
    kept = sum(weights[wish.id] * model.switches[wish.id] for wish in wishes)
    solution = solve(model, kept)
    if solution is None:
        return ()
    return tuple(wish for wish in wishes if not solution.switched_on[wish.id])


def _together(asked: _Asked, fewest: tuple[Wish, ...]) -> tuple[Relaxation, ...]:
    """The nearest numbers of several wishes that must give way together, one after the other.

    Each number is the least with which a course is possible when those before it keep theirs.
    """
    held = asked.without(*fewest)
    open_ones = _numbered(asked, held, [wish for wish in fewest if wish.measure is not None])
    numbers: dict[str, Wish] = {wish.id: wish.given_way() for wish in open_ones}
    said = dict.fromkeys((wish.id for wish in fewest), DROPPED)
    for wish in open_ones:
        others = (*held, *(one for name, one in numbers.items() if name != wish.id))
        least = asked.least(wish, others)
        if least is not None:
            numbers[wish.id] = wish.at_most(least)
            said[wish.id] = wish.instead(least)
    return tuple(
        _relaxed(wish, said[wish.id], tuple(one for one in fewest if one is not wish))
        for wish in fewest
    )


def _numbered(asked: _Asked, held: tuple[Wish, ...], measured: list[Wish]) -> list[Wish]:
    """Those that can give way to a number; where a price or a downtime lacks, none is enough."""
    kept: list[Wish] = []
    for wish in measured:
        tried = [*kept, wish]
        if asked.solved((*held, *(one.given_way() for one in tried))) is not None:
            kept = tried
    return kept


def _relaxed(wish: Wish, instead: Said, others: tuple[Wish, ...] = ()) -> Relaxation:
    return Relaxation(
        wish=wish.id,
        now=wish.says.text,
        instead=instead.text,
        patient=sentences.way_out(wish.says, instead, tuple(other.says for other in others)),
        together_with=tuple(other.id for other in others),
    )
