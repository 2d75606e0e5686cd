"""The patient's wishes as constraints, the smallest set that clashes, and the way out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cicatrix.knowledge.statements import Text
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning import sentences
from cicatrix.planning.model import Model
from cicatrix.planning.options import Option
from cicatrix.planning.search import Solution, solve
from cicatrix.planning.sentences import DROPPED, NOTHING, Said
from cicatrix.records import Relaxation, Wishes

_CENTS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """One wish: what it says, the constraint it sets, and how far one could give way.

    ``require(model, literal)`` adds the constraint, in force where the literal is true.
    ``measure`` is the quantity to keep small when the wish gives way; wishes that can only be
    dropped have none. ``shuts_out(option)`` says why the wish keeps a treatment out of every
    course, or nothing.
    """

    id: str
    says: Said
    require: Callable[[Model, Any], None]
    measure: Callable[[Model], Any] | None = None
    instead: Callable[[float], Said] = lambda value: DROPPED
    shuts_out: Callable[[Option], Said] = lambda option: NOTHING


def wishes_of(
    wishes: Wishes, *, limits: Mapping[str, float], treatments: Mapping[str, TreatmentPage]
) -> tuple[Wish, ...]:
    """Every wish that was expressed. ``limits`` are those of ``assumptions/wishes``."""
    found: list[Wish] = []
    if wishes.max_downtime_days < math.inf:
        found.append(_downtime(wishes.max_downtime_days))
    if wishes.max_sessions < math.inf:
        found.append(_sessions(math.floor(wishes.max_sessions)))
    if wishes.done_within_weeks < math.inf:
        found.append(_deadline(math.floor(wishes.done_within_weeks)))
    if wishes.budget < math.inf:
        found.append(_budget(wishes.budget, wishes.currency))
    if wishes.low_pain == "yes":
        found.append(_without("low_pain", sentences.LITTLE_PAIN, _hurts(limits)))
    if wishes.lasting == "yes":
        found.append(_without("lasting", sentences.LASTING, _fades(limits)))
    found += [
        _without(f"avoid {thing}", sentences.without(thing), _uses(thing)) for thing in wishes.avoid
    ]
    found += [_with(name, treatments[name].name) for name in wishes.requested]
    return tuple(found)


def _hurts(limits: Mapping[str, float]) -> Callable[[Option], Said]:
    def hurts(option: Option) -> Said:
        pain = option.page.pain_0_to_10
        if pain is None or pain.high <= limits["pain_at_most"]:
            return NOTHING
        return sentences.hurts_up_to(pain.high)

    return hurts


def _fades(limits: Mapping[str, float]) -> Callable[[Option], Said]:
    def fades(option: Option) -> Said:
        lasts = option.page.lasts
        if lasts.weeks is None or lasts.permanent or option.continuous:
            return NOTHING
        if lasts.weeks.high >= limits["lasting_at_least_weeks"]:
            return NOTHING
        return sentences.lasts_only(lasts.weeks.high)

    return fades


def _uses(thing: str) -> Callable[[Option], Said]:
    def uses(option: Option) -> Said:
        return sentences.uses(thing) if thing in option.page.uses else NOTHING

    return uses


def _takes_longer_than(days: float) -> Callable[[Option], Said]:
    def takes_longer(option: Option) -> Said:
        needed = option.downtime_days[1]
        return NOTHING if needed <= days else sentences.takes_days_off(needed, days)

    return takes_longer


def _without(name: str, says: Said, shuts_out: Callable[[Option], Said]) -> Wish:
    return Wish(id=name, says=says, require=_bar(shuts_out), shuts_out=shuts_out)


def _bar(shuts_out: Callable[[Option], Said]) -> Callable[[Model, Any], None]:
    def require(model: Model, literal: Any) -> None:
        for block in model.blocks.values():
            if shuts_out(block.option):
                model.cp.add(block.present == 0).only_enforce_if(literal)

    return require


def _with(name: str, called: Text) -> Wish:
    def require(model: Model, literal: Any) -> None:
        if name in model.blocks:
            model.cp.add(model.blocks[name].present == 1).only_enforce_if(literal)

    says = sentences.with_treatment(name, {"en": called.en, "es": called.es})
    return Wish(id=f"requested {name}", says=says, require=require)


def _downtime(days: float) -> Wish:
    shuts_out = _takes_longer_than(days)

    def measure(model: Model) -> Any:
        longest = model.cp.new_int_var(0, 365, "longest downtime")
        for block in model.blocks.values():
            needed = block.option.downtime_days[1]
            if needed == needed:
                model.cp.add(longest >= math.ceil(needed) * block.present)
        return longest

    return Wish(
        id="max_downtime_days",
        says=sentences.at_most_days_off(days),
        require=_bar(shuts_out),
        measure=measure,
        instead=sentences.days_off_instead,
        shuts_out=shuts_out,
    )


def _sessions(most: int) -> Wish:
    return Wish(
        id="max_sessions",
        says=sentences.at_most_sessions(most),
        require=lambda model, literal: _at_most(model, model.session_total, most, literal),
        measure=lambda model: model.session_total,
        instead=sentences.sessions_instead,
    )


def _deadline(weeks: int) -> Wish:
    def require(model: Model, literal: Any) -> None:
        for block in model.blocks.values():
            if block.option.improves:
                model.cp.add(
                    block.end + block.option.recovery_weeks * block.present <= weeks
                ).only_enforce_if(literal)

    def measure(model: Model) -> Any:
        finish = model.cp.new_int_var(0, model.horizon_weeks, "finish")
        for block in model.blocks.values():
            if block.option.improves:
                model.cp.add(finish >= block.end + block.option.recovery_weeks * block.present)
        return finish

    return Wish(
        id="done_within_weeks",
        says=sentences.done_within(weeks),
        require=require,
        measure=measure,
        instead=sentences.weeks_instead,
    )


def _budget(amount: float, currency: str) -> Wish:
    return Wish(
        id="budget",
        says=sentences.at_most_money(amount, currency),
        require=lambda model, literal: _at_most(
            model, _cost_cents(model), math.floor(amount * _CENTS), literal
        ),
        measure=_cost_cents,
        instead=lambda value: sentences.money_instead(value / _CENTS, currency),
    )


def _at_most(model: Model, total: Any, limit: int, literal: Any) -> None:
    model.cp.add(total <= limit).only_enforce_if(literal)


def _cost_cents(model: Model) -> Any:
    return sum(
        round(block.option.price * _CENTS) * block.sessions
        for block in model.blocks.values()
        if block.option.price == block.option.price
    )


def require_all(model: Model, wishes: Iterable[Wish]) -> None:
    """Put every wish in force, without a way out."""
    for wish in wishes:
        wish.require(model, model.cp.new_constant(1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Clash:
    """Why no course is possible: the fewest wishes that cannot hold together, and ways out."""

    wishes: tuple[Wish, ...]
    ways_out: tuple[Relaxation, ...]


def explain(make_model: Callable[[], Model], wishes: tuple[Wish, ...]) -> Clash:
    """The smallest clashing set, found by trying all sets from the smallest on.

    ``make_model`` gives a fresh model in which a course must improve something.
    """
    clash = next(
        (
            chosen
            for size in range(1, len(wishes) + 1)
            for chosen in itertools.combinations(wishes, size)
            if _holding(make_model, chosen) is None
        ),
        (),
    )
    ways = [way for wish in clash for way in _give_way(make_model, wishes, wish)]
    return Clash(wishes=clash, ways_out=tuple(ways) or _fewest_dropped(make_model, wishes))


def _holding(make_model: Callable[[], Model], wishes: Iterable[Wish]) -> Solution | None:
    model = make_model()
    require_all(model, wishes)
    return solve(model, model.worth)


def _give_way(
    make_model: Callable[[], Model], wishes: tuple[Wish, ...], wish: Wish
) -> list[Relaxation]:
    """How far one wish would have to give way while all the others hold; nothing if it cannot."""
    model = make_model()
    require_all(model, (other for other in wishes if other is not wish))
    if wish.measure is None:
        if solve(model, model.worth) is None:
            return []
        return [_relaxed(wish, DROPPED)]
    solution = solve(model, -wish.measure(model))
    if solution is None:
        return []
    return [_relaxed(wish, wish.instead(-solution.objective))]


def _relaxed(wish: Wish, instead: Said) -> Relaxation:
    return Relaxation(
        wish=wish.id,
        now=wish.says.text,
        instead=instead.text,
        patient=sentences.way_out(wish.says, instead),
    )


def _fewest_dropped(
    make_model: Callable[[], Model], wishes: tuple[Wish, ...]
) -> tuple[Relaxation, ...]:
    """Where no single wish can give way: the fewest wishes to drop together."""
    model = make_model()
    switches = {wish.id: model.cp.new_bool_var(f"wish {wish.id}") for wish in wishes}
    for wish in wishes:
        wish.require(model, switches[wish.id])
    model.switches = switches
    solution = solve(model, sum(switches.values()))
    if solution is None:
        return ()
    return tuple(_relaxed(wish, DROPPED) for wish in wishes if not solution.switched_on[wish.id])
