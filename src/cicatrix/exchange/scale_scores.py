"""The `scales` of a case file: what a clinician scored, checked against the scales' pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.errors import harmless
from cicatrix.knowledge import load_knowledge
from cicatrix.knowledge.document import Place
from cicatrix.knowledge.reading_page import ScalePage
from cicatrix.knowledge.scored_items import GRADE, ScoredItem
from cicatrix.records import ScaleScore
from cicatrix.vocabulary import nearest

Fault = tuple[Place, str]
_FIELD = "scales"
#: What says which scar was scored; the rest of an entry are items.
_WHICH_SCAR = ("site", "side", "scar")
_MOST_SCARS = 100
_LONGEST_NAME = 100
_LONGEST_SHOWN = 40
_PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*")


def scale_pages() -> Mapping[str, ScalePage]:
    """The shipped pages of all scales by id."""
    return load_knowledge().scales


def score_faults(given: Any) -> Iterator[Fault]:
    """Every scale, item and value of a `scales` block that no page holds, with its place."""
    if _unscored(given):
        return
    if not isinstance(given, dict):
        yield (
            (_FIELD,),
            f"{_FIELD} needs a mapping (scale: what was scored), and has {_short(given)}",
        )
        return
    pages = scale_pages()
    for name, scored in given.items():
        page, place = pages.get(str(name)), (_FIELD, name)
        if page is None or not page.entered:
            yield place, _no_such_scale(str(name), page, pages)
        elif _unscored(scored):
            continue
        elif page.entered == "each_scar":
            yield from _scar_faults(page, scored, place)
        elif page.scored_items[0].id == GRADE:
            yield from _value_faults(page.scored_items[0], scored, place)
        else:
            yield from _item_faults(page, scored, place)


def scores_in(given: Any) -> tuple[ScaleScore, ...]:
    """The scores of a `scales` block in which :func:`score_faults` found nothing."""
    if _unscored(given):
        return ()
    found: list[ScaleScore] = []
    for name, scored in given.items():
        if _unscored(scored):
            continue
        page = scale_pages()[name]
        for entry in scored if page.entered == "each_scar" else [scored]:
            points = _points(page, entry)
            which = {key: entry.get(key) or "" for key in _WHICH_SCAR if isinstance(entry, dict)}
            if points or page.entered == "each_scar":
                found.append(ScaleScore(scale=name, points=points, **which))
    return tuple(found)


def points_named(item: ScoredItem, value: Any) -> float:
    """The points that a number or a word of a case file stands for; NaN for neither."""
    if isinstance(value, str):
        return item.words.get(value.strip().replace(" ", "_"), float("nan"))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return float("nan")
    return float(value) if value in item.points else float("nan")


def _points(page: ScalePage, entry: Any) -> dict[str, float]:
    given = entry if isinstance(entry, dict) else {GRADE: entry}
    return {
        item.id: points_named(item, given[item.id])
        for item in page.scored_items
        if not _unscored(given.get(item.id))
    }


def _unscored(value: Any) -> bool:
    return value is None or value == v.UNKNOWN


def _no_such_scale(name: str, page: ScalePage | None, pages: Mapping[str, ScalePage]) -> str:
    ids = [page.id for page in pages.values() if page.entered]
    if page is None:
        hint = nearest(name, ids) or f"; it knows {', '.join(ids)}"
        return f"'{_FIELD}' knows no scale called '{_short(name)}'{hint}"
    return (
        f"{_FIELD}.{name}: the {page.short} is not scored by hand here; leave it out "
        f"(what may be entered: {', '.join(ids)})"
    )


def _scar_faults(page: ScalePage, scored: Any, place: Place) -> Iterator[Fault]:
    if not isinstance(scored, list):
        yield (
            place,
            (
                f"{_dotted(place)} needs a list with one entry for each scar (- site: …, side: …, "
                f"and its scores), and has {_short(scored)}"
            ),
        )
        return
    if len(scored) > _MOST_SCARS:
        yield place, f"{_dotted(place)} scores more than {_MOST_SCARS} scars; leave some out"
    first: dict[tuple[str, ...], int] = {}
    for index, entry in enumerate(scored):
        here = (*place, index)
        faults = list(_item_faults(page, entry, here, beside=_WHICH_SCAR))
        faults = faults or list(_which_faults(entry, here))
        yield from faults
        if faults:
            continue
        which = tuple(str(entry.get(key, "")) for key in _WHICH_SCAR)
        if which in first:
            yield (
                here,
                (
                    f"{_dotted(here)} scores the same scar as {_dotted((*place, first[which]))}; "
                    "tell scars at one place apart with `scar: …`, or leave one entry out"
                ),
            )
        first.setdefault(which, index)


def _which_faults(entry: Mapping[str, Any], place: Place) -> Iterator[Fault]:
    for key, words in (("site", v.SITES), ("side", v.SIDES)):
        word = entry.get(key)
        if word is None:
            yield place, f"{_dotted(place)} has no {key}; say where the scar is"
        elif word not in words:
            yield (
                (*place, key),
                (
                    f"{_dotted(place)}.{key} knows no {key} called '{_short(word)}'"
                    f"{nearest(str(word), words)}"
                ),
            )
    name = entry.get("scar", "")
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or not _PLAIN.fullmatch(name):
        yield (
            (*place, "scar"),
            f"{_dotted(place)}.scar needs a short name in plain letters, and has {_short(name)}",
        )


def _item_faults(
    page: ScalePage, given: Any, place: Place, *, beside: tuple[str, ...] = ()
) -> Iterator[Fault]:
    if not isinstance(given, dict):
        yield place, f"{_dotted(place)} needs a mapping (item: points), and has {_short(given)}"
        return
    items = {item.id: item for item in page.scored_items}
    for name, value in given.items():
        if name in items:
            yield from _value_faults(items[name], value, (*place, name))
        elif name not in beside:
            hint = nearest(str(name), [*items, *beside]) or f"; it knows {', '.join(items)}"
            text = f"'{_dotted(place)}' knows no item called '{_short(name)}'{hint}"
            yield (*place, name), text


def _value_faults(item: ScoredItem, value: Any, place: Place) -> Iterator[Fault]:
    if _unscored(value) or points_named(item, value) in item.points:
        return
    where = _dotted(place)
    numbers = f"{min(item.points):g} to {max(item.points):g}"
    words = f", or {', '.join(item.words)}" if item.words else ""
    hint = nearest(value, item.words) if isinstance(value, str) else ""
    yield place, f"{where} is {_short(value)}, not a whole number from {numbers}{words}{hint}"


def _dotted(place: Place) -> str:
    return ".".join(harmless(str(step)) for step in place)


def _short(value: Any) -> str:
    text = "no" if value is False else "yes" if value is True else value
    text = harmless(text if isinstance(text, str) else repr(text))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
