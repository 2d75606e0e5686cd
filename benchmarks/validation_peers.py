"""The peers along noise, relief, spacing and cover: picture and table for the validation page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.against_truth import Comparison
from benchmarks.markdown import table
from benchmarks.measuring_peers import Contest
from benchmarks.validation_pictures import DASHES, INKS, SIGNS, drawing
from benchmarks.validation_settings import PEER_AXES, Axis, ValidationSettings, axis_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALONG = "pictures/validation_peers_along.png"
#: The rows of the picture: what is read, its scale, and the least of its axis.
_ROWS = (("F1 of finding", 1.0), ("volume, median error %", 100.0))

_WORDS = (
    "Along noise, relief, spacing and cover, {maps} of each point of the curves above, given "
    "to every tool: {tools} in every cell. The peers are tuned as before, at each point on "
    "one map of its own whose truth they are told, with {recipes} recipes (thresholds only); "
    "cicatrix is told nothing. Volumes are compared on the scars that all of them found. One "
    "map has a few dozen scars: small differences say nothing. Noses are left out, because no "
    "polynomial follows them.\n\n"
    "What is compared as a volume: of cicatrix the volume between scar and skin; of Gwyddion "
    "that of the grain above zero or above the background of its rim, whichever is nearer to "
    "the truth in tuning; with surfalize (levelling) the same sums over scipy's labels. A "
    "threshold leaves out what is shallower than itself, so that such a volume is a little "
    "small by definition. Not compared: the void volumes Vvv and Vvc of surfalize, which "
    "belong to a whole map and the distribution of its heights.\n\n"
    "![The same maps through the peers]({picture})"
)


def points_of(contest: Contest, axis: Axis) -> dict[float, dict[str, Comparison]]:
    """By value of an axis: what each tool found on the maps of the point, put together."""
    kinds = {match.kind for match in contest.matches}
    values = [value for value in _values(contest, axis) if axis_kind(axis.name, value) in kinds]
    return {value: _together(contest, axis_kind(axis.name, value)) for value in sorted(values)}


def _values(contest: Contest, axis: Axis) -> Iterator[float]:
    prefix = f"{axis.name} "
    for kind in dict.fromkeys(match.kind for match in contest.matches):
        if kind.startswith(prefix):
            yield float(kind.removeprefix(prefix))


def _together(contest: Contest, kind: str) -> dict[str, Comparison]:
    found: dict[str, Comparison] = {}
    for match in contest.matches:
        if match.kind != kind:
            continue
        for tool, one in match.comparisons.items():
            whole = found.setdefault(tool, Comparison())
            whole.pairs += one.pairs
            whole.missed += one.missed
            whole.extra += one.extra
    return found


def common_volume_error(found: dict[str, Comparison], tool: str) -> float:
    """The median error of a tool's volumes on the scars that every tool found and measured."""
    sizes = [
        {
            truth: abs(scar.volume_mm3 / truth.volume_mm3 - 1)
            for truth, scar in one.pairs
            if not math.isnan(scar.volume_mm3)
        }
        for one in found.values()
    ]
    common = set.intersection(*(set(one) for one in sizes))
    mine = sizes[list(found).index(tool)]
    return float(np.median([mine[key] for key in common])) if common else math.nan


def _read(found: dict[str, Comparison], tool: str) -> tuple[float, float]:
    return found[tool].f1, common_volume_error(found, tool)


def _shown(axes: Sequence[Axis]) -> list[Axis]:
    return [axis for axis in axes if axis.name in PEER_AXES]


def draw_along(contest: Contest, axes: Sequence[Axis], path: Path) -> None:
    """A column for each axis; above how well each tool finds, below how wrong its volumes are."""
    shown = _shown(axes)
    tools = list(contest.matches[0].comparisons)
    with drawing(path, rows=2, columns=len(shown), size=(2.5 * len(shown), 4.8)) as places:
        for column, axis in enumerate(shown):
            points = points_of(contest, axis)
            for row, (title, scale) in enumerate(_ROWS):
                place = places[row][column]
                for number, tool in enumerate(tools):
                    values = [scale * _read(found, tool)[row] for found in points.values()]
                    _draw(place, list(points), values, number, tool)
                _finish(place, list(points), row, title if column == 0 else "")
                if row == 0:
                    place.set_title(axis.title)
                else:
                    place.set_xlabel(axis.unit)
        places[0][0].legend(loc="lower left")


def _draw(place: Axes, at: list[float], values: list[float], number: int, tool: str) -> None:
    place.plot(
        at, values, color=INKS[number], marker=SIGNS[number], linestyle=DASHES[number], ms=3.6,
        linewidth=1.2, label=tool,
    )  # fmt: skip


def _finish(place: Axes, at: list[float], row: int, title: str) -> None:
    place.set_xticks(at)
    place.set_xticklabels([f"{value:g}" for value in at], rotation=90, fontsize=7)
    place.set_ylabel(title)
    place.grid(axis="y", color="#eeeeee", linewidth=0.6)
    place.set_axisbelow(True)
    if row == 0:
        place.set_ylim(min(0.7, *place.get_ylim()), 1.02)
    else:
        place.set_ylim(bottom=0)


def along_the_axes(contest: Contest, settings: ValidationSettings) -> str:
    """The part of the page about the peers along the axes."""
    tools = list(contest.matches[0].comparisons)
    rows = [
        (
            f"{axis.title} {value:g} {axis.unit}",
            str(len(found[tools[0]].pairs) + len(found[tools[0]].missed)),
            _row(f"{found[tool].f1:.3f}" for tool in tools),
            _row(_percent(common_volume_error(found, tool)) for tool in tools),
            "; ".join(
                f"{peer}: {one.recipe}"
                for (peer, kind), one in contest.tuned.items()
                if kind == axis_kind(axis.name, value)
            ),
        )
        for axis in _shown(settings.axes)
        for value, found in points_of(contest, axis).items()
    ]
    words = _WORDS.format(
        maps="the first map" if settings.axis_maps == 1 else f"the first {settings.axis_maps} maps",
        tools=" / ".join(tools),
        recipes=len(settings.axis_grid),
        picture=ALONG,
    )
    head = ("", "scars", "F1", "volume", "recipes")
    return f"## The same maps through the peers\n\n{words}\n\n{table(head, rows)}"


def _row(cells: Iterable[str]) -> str:
    return " / ".join(cells)


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"
