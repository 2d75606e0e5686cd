"""One run of the validation as a page in Markdown, docs/validation.md."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.iso_parity import AGREED, SAME, Parity
from benchmarks.machine import Machine
from benchmarks.markdown import held_or_missed, table
from benchmarks.measuring_peers import QUANTITIES, Contest
from benchmarks.peers_ready import Peer
from benchmarks.real_captures import Reading
from benchmarks.tallies import Figure, Tally
from benchmarks.validation_peers import along_the_axes
from benchmarks.validation_pictures import CURVES, PEERS, TYPES, Curve
from benchmarks.validation_settings import ValidationSettings

#: The promised limits.
_F1, _DEPTH, _VOLUME, _WIDTH = 0.97, 0.05, 0.05, 0.08
_OTHERS_INSIDE = ("depth", "volume", "width", "length", "area", "wall", "floor")
_LEAST_INSIDE, _MOST_INSIDE, _LEVEL_UM, _CLEAR, _TYPE = 0.93, 0.97, 15.0, 0.05, 0.95


@dataclass(frozen=True, kw_only=True)
class Validated:
    """Everything one run found out."""

    settings: ValidationSettings
    machine: Machine
    standard: Tally
    by_type: dict[str, Tally]
    curves: tuple[Curve, ...]
    clear: Figure
    clear_found: tuple[int, ...]
    others: dict[str, Tally]
    peers: tuple[Peer, ...]
    contest: Contest | None
    along: Contest | None
    parities: tuple[Parity, ...]
    readings: tuple[Reading, ...]


def page_of(found: Validated) -> str:
    """The whole page."""
    parts = (
        _head(found),
        _what_it_does_not_show(),
        _at_a_glance(found),
        _along_the_axes(found),
        _types(found),
        _others(found),
        _peers(found),
        along_the_axes(found.along, found.settings) if found.along else "",
        _iso(found),
        _real(found),
        _again(found),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _percent(figure: Figure) -> str:
    if math.isnan(figure.value):
        return "–"
    return f"{figure.value:.1%} ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _plain(figure: Figure, digits: int) -> str:
    if math.isnan(figure.value):
        return "–"
    return f"{figure.value:.{digits}f} ({figure.low:.{digits}f} to {figure.high:.{digits}f})"


def _head(found: Validated) -> str:
    machine, settings = found.machine, found.settings
    return (
        "# Validation of measuring\n\n"
        f"Made by `make validate` on {machine.date} ({settings.name} run); do not edit. All "
        "numbers are from one run.\n\n"
        f"- {machine.processor}, {machine.cores} cores, {machine.system}\n"
        f"- {machine.versions}\n"
        f"- Peers: {', '.join(_peer_told(peer) for peer in found.peers)}\n\n"
        "The skin is made up (`cicatrix.phantoms`), so that the truth is known from geometry: a "
        "curved cheek, furrowed micro-relief, noise, and scars of published shapes and sizes, at "
        "least 1 mm wide and 0.1 mm deep, others on every map. *Standard* is "
        f"{settings.standard.size_mm:g} × {settings.standard.size_mm:g} mm at "
        f"{settings.standard.pitch_mm:g} mm spacing with {settings.standard.noise_um:g} µm noise, "
        f"{settings.standard.relief_um:g} µm relief and "
        f"{sum(count for _, count in settings.standard.counts)} scars. Behind a number stands its "
        "95 % interval, drawn from the maps (bootstrap; for shares Wilson's where it is wider)."
    )


def _peer_told(peer: Peer) -> str:
    return f"{peer.name} {peer.version}" if peer else f"no {peer.name} ({peer.missing})"


def _what_it_does_not_show() -> str:
    return (
        "## What this does not show\n\n"
        "- **No patient was measured.** The skin, its scars and its noise come from formulas that "
        "we wrote. Real scars have ragged rims, floors with floors, hair, pores and shine.\n"
        "- The phantoms have the shapes that the definitions of the types describe. That a type is "
        "named rightly here says that the definitions are applied rightly, not that a "
        "dermatologist would agree.\n"
        "- The noise is independent from sample to sample. Instruments also blur, step and "
        "drift; none of that is in here.\n"
        "- Nothing is said about repeating a scan: another day, another posture, swollen skin.\n"
        "- The intervals hold for skin like this. The coverage on real skin is not known.\n"
        "- The real captures below are no skin with scars; such captures with a second reading "
        "were not found under a licence that lets them be shown."
    )


def _at_a_glance(found: Validated) -> str:
    one = found.standard
    rows = [*_of_scars(one), *_of_maps(found)]
    return (
        "## At a glance\n\n"
        f"{one.scars} scars on {one.maps} standard maps ({one.missed} missed, {one.extra} found "
        f"that are none), and {found.settings.clear_maps} maps of clear skin.\n\n"
        + table(("", "measured", "limit", ""), rows)
    )


def _of_scars(one: Tally) -> list[tuple[str, str, str, str]]:
    """Finding and measuring: the promised limits, one a row."""
    return [
        ("scars found, F1", _plain(one.f1, 3), f"≥ {_F1}", held_or_missed(one.f1.value >= _F1)),
        *(
            (
                f"{quantity}, median error",
                _percent(one.error[quantity]),
                f"≤ {limit:.0%}",
                held_or_missed(one.error[quantity].value <= limit),
            )
            for quantity, limit in (("depth", _DEPTH), ("volume", _VOLUME), ("width", _WIDTH))
        ),
        *(
            (
                f"{quantity}: truth inside the 95 % interval",
                _percent(one.inside[quantity]),
                f"{_LEAST_INSIDE:.0%} to {_MOST_INSIDE:.0%}",
                held_or_missed(_LEAST_INSIDE <= one.inside[quantity].value <= _MOST_INSIDE),
            )
            for quantity in one.inside
        ),
    ]


def _of_maps(found: Validated) -> list[tuple[str, str, str, str]]:
    """The skin below and beside the scars, and their names."""
    one = found.standard
    return [
        (
            "skin under the deepest place of a scar, RMS error",
            _plain(one.level_um, 1) + " µm",
            f"≤ {_LEVEL_UM:g} µm",
            held_or_missed(one.level_um.value <= _LEVEL_UM),
        ),
        (
            "clear skin on which something was found",
            _percent(found.clear),
            f"≤ {_CLEAR:.0%}",
            held_or_missed(found.clear.value <= _CLEAR),
        ),
        ("type named rightly", _percent(one.right_type), f"≥ {_TYPE:.0%}",
         held_or_missed(one.right_type.value >= _TYPE)),
        ("type named wrongly (the rest is undetermined or mixed)", _percent(one.wrong_type),
         "none set", ""),
    ]  # fmt: skip


def _along_the_axes(found: Validated) -> str:
    rows = []
    for curve in found.curves:
        for value, one in sorted(curve.points.items()):
            rows.append(
                (
                    f"{curve.title} {value:g} {curve.unit}"
                    + (" (standard)" if value == curve.standard else ""),
                    f"{one.scars} on {one.maps}",
                    _plain(one.f1, 3) + ("" if one.f1.value >= _F1 else " **missed**"),
                    *(_worth(one.error[q], limit) for q, limit in _LIMITS),
                    *(_inside(one.inside[q]) for q in ("depth", "volume", "width")),
                    f"{one.right_type.value:.0%}",
                )
            )
    head = ("", "scars on maps", "F1", "depth", "volume", "width", "inside: depth", "volume",
            "width", "type right")  # fmt: skip
    return (
        "## Noise, relief, spacing, cover, noses and waves\n\n"
        "One thing is varied, all else stays standard (grey); for cover, noses and waves the "
        "field is 40 × 40 mm. Waves are 0.15 mm high and go another way on every map. A made-up "
        "nose with bridge, tip and wings bends with radii down to half its half-width; what area "
        "and volume a scar has on so tight a bend is told by its plane. Dashed lines are the "
        "limits; median errors of depth and volume ≤ 5 %, of width ≤ 8 %.\n\n"
        f"![Curves]({CURVES})\n\n"
        "At a wide spacing a scar narrower than eight samples is found but has no depth "
        "(`too_coarse`): the depths count the wider scars only.\n\n" + table(head, rows)
    )


_LIMITS = (("depth", _DEPTH), ("volume", _VOLUME), ("width", _WIDTH))


def _worth(figure: Figure, limit: float) -> str:
    if math.isnan(figure.value):
        return "–"
    return f"{figure.value:.1%}" + ("" if figure.value <= limit else " **missed**")


def _inside(figure: Figure) -> str:
    """Missed only where even the interval of the figure does not reach the promise."""
    if math.isnan(figure.value):
        return "–"
    apart = figure.high < _LEAST_INSIDE or figure.low > _MOST_INSIDE
    return f"{figure.value:.0%}" + (" **missed**" if apart else "")


def _types(found: Validated) -> str:
    rows = (
        (
            name.replace("_", " "),
            str(one.scars),
            str(one.missed),
            _percent(one.right_type),
            f"{one.wrong_type.value:.1%}",
            *(_percent(one.error[q]) for q in ("depth", "volume", "width")),
            *(f"{one.inside[q].value:.0%}" for q in ("depth", "volume")),
        )
        for name, one in found.by_type.items()
    )
    head = ("type", "scars", "missed", "type right", "wrong", "depth error", "volume error",
            "width error", "depth inside", "volume inside")  # fmt: skip
    return (
        "## By type of scar\n\nThe standard maps again. Errors are medians.\n\n"
        f"![By type]({TYPES})\n\n" + table(head, rows)
    )


def _others(found: Validated) -> str:
    rows = (
        (
            name,
            f"{one.scars} on {one.maps}",
            str(one.missed),
            *(_worth(one.error[q], limit) for q, limit in _LIMITS),
            *(_inside(one.inside[q]) for q in _OTHERS_INSIDE),
        )
        for name, one in found.others.items()
    )
    head = ("shape", "scars on maps", "missed", "depth", "volume", "width", *(
        f"inside: {q}" if q == _OTHERS_INSIDE[0] else q for q in _OTHERS_INSIDE
    ))  # fmt: skip
    return (
        "## Other shapes\n\nScars that none of the standard types is drawn from: boxcars with "
        "straight walls; oval ones, whose wall is drawn out with them or equally wide all around; "
        "rims with waves of some 6 % of the radius; basins that only fade out (bell). Errors are "
        "medians; a ragged scar has no one width.\n\n" + table(head, rows)
    )


def _peers(found: Validated) -> str:
    absent = " ".join(
        f"{peer.name} is left out: {peer.missing}." for peer in found.peers if not peer
    )
    if not found.contest:
        return f"## Beside other tools\n\n{absent}"
    contest = found.contest
    tools = list(contest.matches[0].comparisons)
    rows = [
        (
            f"{match.kind}, map {match.seed}",
            _row(match.comparisons[tool].f1 for tool in tools),
            *(
                _row_percent(match.comparisons[tool].median_error(quantity) for tool in tools)
                for quantity in QUANTITIES
            ),
        )
        for match in contest.matches
    ]
    return (
        "## Beside other tools\n\n"
        "Both peers know surfaces, not scars. Each levels the map with a polynomial, masks what "
        "differs, levels again twice, smooths, marks by a threshold and reads the grains; "
        f"Gwyddion's watershed is tried too. Of {len(found.settings.grid)} recipes (degree, "
        "smoothing, threshold) the best is chosen for each kind of skin, and of its readings the "
        "nearest to the truth, **on tuning maps whose truth it is told**. cicatrix is told "
        "nothing and runs as it is. surfalize has no grains: labels come from scipy. (Its own void "
        "volume, Vvv, is the void of the lowest fifth of all heights of a map, whatever is a scar: "
        "no volume of a scar. Gwyddion's grain volumes above zero and above the background of the "
        "rim are both tried, and for surfalize the same sums over scipy's labels.)\n\n"
        f"In every cell: {' / '.join(tools)}. Errors are medians of one map. The area is that of "
        "the opening by our definition (the wall drawn up to the skin); a threshold sees another "
        "edge, so that column favours us.\n\n"
        f"![Beside other tools]({PEERS})\n\n"
        + table(("map", "F1", "depth", "area", "volume"), rows)
        + f"\n\nThe recipes:\n\n{_recipes(contest)}"
        + (f"\n\n{absent}" if absent else "")
    )


def _recipes(contest: Contest) -> str:
    """What each peer was tuned to, for each kind of skin."""
    return "\n".join(
        f"- {peer} on {kind}: {one.recipe}; {one.reading} (F1 {one.tuning_f1:.3f} in tuning)"
        for (peer, kind), one in contest.tuned.items()
    )


def _row(values: Iterable[float]) -> str:
    return " / ".join(f"{value:.3f}" for value in values)


def _row_percent(values: Iterable[float]) -> str:
    return " / ".join("–" if math.isnan(value) else f"{value:.1%}" for value in values)


def _iso(found: Validated) -> str:
    if not found.parities:
        return ""
    same = [one for one in found.parities if one.ours_name in SAME]
    other = [one for one in found.parities if one.ours_name not in SAME]
    rows = [
        (
            one.peer_name,
            f"{one.farthest:.0e}",
            f"≤ {AGREED:.0e}",
            held_or_missed(one.farthest <= AGREED),
        )
        for one in same
    ]
    return (
        "## ISO 25178-2 parameters\n\n"
        "The same five fields without gaps given to us and to surfalize; the farthest relative "
        "difference.\n\n" + table(("parameter", "farthest apart", "limit", ""), rows) + "\n\n"
        f"Where the definitions leave room, we differ: {_told_apart(other)}.\n\n"
        "- **Sal, Str**: both divide each lag's products by its pairs and look where the part "
        "around lag 0 falls to 0.2. We read the place from the contour between neighbouring lags "
        "(linear), surfalize along rays to the samples of the edge (cubic, in a thousand steps).\n"
        "- **Std**: ours is the angle of the most *power* (squared amplitude), across the furrows: "
        "the mean of all waves up to some 3 degrees beside it, of a field that fades out towards "
        "its edges, and none where Str is above a half. surfalize takes the most *amplitude*, as "
        "it reads the 2021 edition, unsmoothed and cut down to half degrees, and always names one. "
        "Where two directions are nearly equal they may name different ones.\n"
        "- **Filters**: no S-filter; the reference surface is the F-operation and the L-filter.\n"
        "- **Holes.** surfalize refuses gaps in hybrid and spatial parameters. We leave scars and "
        "gaps out: heights count what is there; slopes count neighbours of which both are there, "
        "areas triangles with all three corners; each lag of the autocorrelation is divided by "
        "the pairs that are there; for the direction gaps lie at the mean. Of maps above 1,200 "
        "samples the spatial parameters are taken from the middle."
    )


def _told_apart(parities: Sequence[Parity]) -> str:
    told = []
    for one in parities:
        apart = one.farthest
        words = f"{180 * apart:.1f}°" if one.ours_name == "std_degrees" else f"{apart:.1%}"
        told.append(f"{one.peer_name} by up to {words}")
    return ", ".join(told)


def _real(found: Validated) -> str:
    rows = ((one.capture, one.quantity, one.ours, one.second, one.how) for one in found.readings)
    return (
        "## Real captures\n\nEach is read a second way that shares no code with ours.\n\n"
        + table(("capture", "what", "ours", "second reading", "how, and a remark"), rows)
    )


def _again(found: Validated) -> str:
    settings = found.settings
    hardest = "; ".join(
        f"{curve.title.lower()} {value:g} {curve.unit}: seed {one.worst_seed}"
        for curve in found.curves
        for value, one in sorted(curve.points.items())
        if one.missed or one.extra
    )
    clear = ", ".join(map(str, found.clear_found)) or "none"
    first, last = settings.seeds(0, 0, settings.standard_maps)[0], settings.other_skins()[-1][1][-1]
    return (
        "## To see it again\n\n"
        f"Seeds run from {first} (standard) by axis and point (`benchmarks/validation_settings.py`)"
        f" and to {last} (clear skin, other shapes); no test and no constant uses them. "
        "`benchmarks.trials.trial_of(skin, seed)` makes and measures one map. Maps with most "
        f"mistakes: {hardest or 'none'}. Clear skin with finds: {clear}."
    )
