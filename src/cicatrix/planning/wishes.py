"""The patient's wishes: what each shuts out, what it asks of a course, and what stays open."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.statements import Text
from cicatrix.planning import pain, sentences
from cicatrix.planning.model import Model
from cicatrix.planning.options import Option
from cicatrix.planning.sentences import DROPPED, NOTHING, Said
from cicatrix.records import Wishes

_CENTS = 100
_LONGEST_DOWNTIME_DAYS = 365

Why = Callable[[Option], Said]


def _nothing(_: Option) -> Said:
    return NOTHING


def _no_constraint(*_: Any) -> None:
    """Asks nothing of a course."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """One wish: what it says, which treatments it shuts out, and what it asks of a course.

    ``shuts_out(option)`` says why the wish keeps a treatment out of every course, or nothing.
    ``require(model, literal)`` adds what it asks beyond that, in force where the literal is true.
    ``measure`` is the quantity to keep small when the wish gives way to the nearest number;
    ``at_any_number`` says why a treatment stays out however far the number gives way (its price
    or downtime is not known). Wishes that can only be dropped have no measure.
    ``not_shown(option)`` says why nobody can show that the wish holds for a treatment that it
    does not shut out.
    """

    id: str
    says: Said
    require: Callable[[Model, Any], None] = _no_constraint
    shuts_out: Why = _nothing
    not_shown: Why = _nothing
    measure: Callable[[Model], Any] | None = None
    at_any_number: Why = _nothing
    instead: Callable[[float], Said] = lambda value: DROPPED

    def given_way(self) -> Wish:
        """The same wish with any number, however large."""
        return replace(self, require=_no_constraint, shuts_out=self.at_any_number)

    def at_most(self, value: int) -> Wish:
        """The same wish with another number, in units of its measure."""

        def require(model: Model, literal: Any) -> None:
            if self.measure is not None:
                _at_most(model, self.measure(model), value, literal)

        return replace(self, require=require, shuts_out=self.at_any_number)


def wishes_of(
    wishes: Wishes, *, plannable: Collection[str], knowledge: Knowledge
) -> tuple[Wish, ...]:
    """Every wish that was expressed, in the order in which one would rather give way.

    A treatment that was asked for is a wish only if it is ``plannable``; why another is not
    stands among what is not planned.
    """
    limits = knowledge.assumptions["wishes"].values
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
        found.append(_low_pain(limits, knowledge))
    if wishes.lasting == "yes":
        found.append(_lasting(limits))
    found += [
        Wish(id=f"avoid {thing}", says=sentences.without(thing), shuts_out=_uses(thing))
        for thing in wishes.avoid
    ]
    asked = [name for name in wishes.requested if name in plannable]
    found += [_with(name, knowledge.treatments[name].name) for name in asked]
    return tuple(found)


def _low_pain(limits: Mapping[str, float], knowledge: Knowledge) -> Wish:
    return Wish(
        id="low_pain",
        says=sentences.LITTLE_PAIN,
        shuts_out=pain.too_painful(
            points=limits["pain_at_most"],
            anaesthetised=frozenset(knowledge.sets.get("anaesthetised", ())),
        ),
        not_shown=lambda option: NOTHING if pain.is_counted(option) else sentences.PAIN_NOT_COUNTED,
    )


def _lasting(limits: Mapping[str, float]) -> Wish:
    """All of the interval in which a result fades lies beyond the limit, or it is not lasting."""

    def fades(option: Option) -> Said:
        lasts = option.page.lasts
        if lasts.weeks is None or lasts.permanent or option.continuous:
            return NOTHING
        if lasts.weeks.low >= limits["lasting_at_least_weeks"]:
            return NOTHING
        return sentences.may_fade_after(lasts.weeks.low, lasts.weeks.high)

    def not_followed(option: Option) -> Said:
        lasts = option.page.lasts
        known = option.continuous or lasts.permanent or lasts.weeks is not None
        return NOTHING if known else sentences.LASTING_NOT_COUNTED

    return Wish(id="lasting", says=sentences.LASTING, shuts_out=fades, not_shown=not_followed)


def _uses(thing: str) -> Why:
    def uses(option: Option) -> Said:
        return sentences.uses(thing) if thing in option.page.uses else NOTHING

    return uses


def _with(name: str, called: Text) -> Wish:
    def require(model: Model, literal: Any) -> None:
        block = model.blocks.get(name)
        model.cp.add((block.present if block else 0) + literal.Not() >= 1)

    says = sentences.with_treatment(name, {"en": called.en, "es": called.es})
    return Wish(id=f"requested {name}", says=says, require=require)


def _downtime(days: float) -> Wish:
    def unknown(option: Option) -> Said:
        return sentences.NO_DOWNTIME if math.isnan(option.downtime_days[1]) else NOTHING

    def takes_longer(option: Option) -> Said:
        needed = option.downtime_days[1]
        return sentences.takes_days_off(needed, days) if needed > days else unknown(option)

    def measure(model: Model) -> Any:
        longest = model.cp.new_int_var(0, _LONGEST_DOWNTIME_DAYS, "longest downtime")
        for block in model.blocks.values():
            needed = block.option.downtime_days[1]
            if not math.isnan(needed):
                model.cp.add(longest >= math.ceil(needed) * block.present)
        return longest

    return Wish(
        id="max_downtime_days",
        says=sentences.at_most_days_off(days),
        shuts_out=takes_longer,
        measure=measure,
        at_any_number=unknown,
        instead=sentences.days_off_instead,
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
    def unpriced(option: Option) -> Said:
        at_home = "home" in option.page.settings
        return sentences.NO_PRICE if math.isnan(option.price) and not at_home else NOTHING

    most = math.floor(round(amount * _CENTS, 6))
    return Wish(
        id="budget",
        says=sentences.at_most_money(amount, currency),
        require=lambda model, literal: _at_most(model, _cost_cents(model), most, literal),
        shuts_out=unpriced,
        measure=_cost_cents,
        at_any_number=unpriced,
        instead=lambda value: sentences.money_instead(value / _CENTS, currency),
    )


def _at_most(model: Model, total: Any, limit: int, literal: Any) -> None:
    model.cp.add(total <= limit).only_enforce_if(literal)


def _cost_cents(model: Model) -> Any:
    """The cost of a course, each price rounded up to a cent."""
    return sum(
        math.ceil(round(block.option.price * _CENTS, 6)) * block.sessions
        for block in model.blocks.values()
        if not math.isnan(block.option.price)
    )


def require_all(model: Model, wishes: Iterable[Wish]) -> None:
    """Put every wish in force, without a way out."""
    for wish in wishes:
        wish.require(model, model.cp.new_constant(1))


def allowed(options: Iterable[Option], wishes: Iterable[Wish]) -> tuple[Option, ...]:
    """The treatments that no wish shuts out."""
    asked = tuple(wishes)
    return tuple(o for o in options if not any(wish.shuts_out(o) for wish in asked))
