"""The pictures of the validation page: curves along each axis, scar types, and the peers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring_peers import QUANTITIES, Contest
from benchmarks.tallies import Figure, Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

CURVES = "pictures/validation_curves.png"
TYPES = "pictures/validation_types.png"
PEERS = "pictures/validation_peers.png"
#: Dark to light, told apart in grey too; the signs differ as well.
INKS, SIGNS, DASHES = ("#12394a", "#c4622d", "#7fa8b8"), ("o", "s", "^"), ("-", "--", ":")
_LIMIT = "#555555"
#: Points of one value stand beside each other, by this share of the axis.
_ASIDE = 0.012
_STYLE: dict[Any, Any] = {
    "font.size": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titleweight": "bold",
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "legend.edgecolor": "none",
    "legend.framealpha": 0.9,
    "legend.fontsize": 7.5,
}


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One axis with a tally at every point; the standard is one of them."""

    title: str
    unit: str
    standard: float
    points: dict[float, Tally]


@dataclass(frozen=True, kw_only=True)
class _Line:
    name: str
    read: Callable[[Tally], Figure]


@dataclass(frozen=True, kw_only=True)
class _Panel:
    title: str
    lines: tuple[_Line, ...]
    scale: float
    #: The promised limits in what is drawn, and what they are for; ``range`` is drawn.
    limits: dict[float, str]
    range: tuple[float, float]


def _error(quantity: str) -> Callable[[Tally], Figure]:
    return lambda one: one.error[quantity]


def _inside(quantity: str) -> Callable[[Tally], Figure]:
    return lambda one: one.inside[quantity]


def _panels() -> tuple[_Panel, ...]:
    quantities = ("depth", "volume", "width")
    return (
        _Panel(
            title="found (F1) and rightly named",
            lines=(
                _Line(name="F1 of finding", read=lambda one: one.f1),
                _Line(name="type right", read=lambda one: one.right_type),
            ),
            scale=1.0,
            limits={0.97: "F1 at least"},
            range=(0.5, 1.02),
        ),
        _Panel(
            title="median error, %",
            lines=tuple(_Line(name=q, read=_error(q)) for q in quantities),
            scale=100.0,
            limits={5.0: "depth and volume at most", 8.0: "width at most"},
            range=(0.0, 10.0),
        ),
        _Panel(
            title="truth inside 95 % interval, %",
            lines=tuple(_Line(name=q, read=_inside(q)) for q in quantities),
            scale=100.0,
            limits={93.0: "at least", 97.0: "at most"},
            range=(60.0, 101.0),
        ),
        _Panel(
            title="skin under the scar, RMS µm",
            lines=(_Line(name="reference", read=lambda one: one.level_um),),
            scale=1.0,
            limits={15.0: "at most"},
            range=(0.0, 24.0),
        ),
    )


def draw_curves(curves: Sequence[Curve], path: Path) -> None:
    """A column for each axis, a row for each thing that is told; dashed lines are the limits."""
    with drawing(path, rows=4, columns=len(curves), size=(2.5 * len(curves), 8.4)) as places:
        for column, curve in enumerate(curves):
            for row, panel in enumerate(_panels()):
                axes = places[row][column]
                _draw_panel(curve, panel, axes)
                if row == 0:
                    axes.set_title(curve.title)
                if column == 0:
                    axes.set_ylabel(panel.title)
                    axes.legend(loc="lower left" if row in (0, 2) else "upper left")
                if row == len(places) - 1:
                    axes.set_xlabel(curve.unit)


def _draw_panel(curve: Curve, panel: _Panel, axes: Axes) -> None:
    values = sorted(curve.points)
    axes.axvline(curve.standard, color="#e3e3e3", linewidth=5, zorder=0)
    _draw_limits(axes, panel)
    for number, line in enumerate(panel.lines):
        figures = [line.read(curve.points[value]) for value in values]
        _draw_line(axes, values, figures, panel.scale, number, name=line.name)
    axes.set_ylim(*panel.range)
    axes.set_xticks(values)
    axes.set_xticklabels([f"{value:g}" for value in values], rotation=90, fontsize=7)
    axes.grid(axis="y", color="#eeeeee", linewidth=0.6)
    axes.set_axisbelow(True)


def _draw_limits(axes: Axes, panel: _Panel) -> None:
    """Dashed lines, and at their end what they promise."""
    from matplotlib.patheffects import withStroke

    for limit, words in panel.limits.items():
        axes.axhline(limit, color=_LIMIT, linewidth=0.8, dashes=(5, 3), zorder=1)
        axes.text(
            1.0, limit, words, transform=axes.get_yaxis_transform(), ha="right",
            va="top" if words.endswith("least") else "bottom", fontsize=6, color=_LIMIT,
            zorder=4, path_effects=[withStroke(linewidth=2, foreground="white")],
        )  # fmt: skip


def _draw_line(
    axes: Axes, at: list[float], figures: list[Figure], scale: float, number: int, *, name: str
) -> None:
    """A line through the values, each with its interval, beside the other lines."""
    ink = INKS[number]
    at = [value + _ASIDE * (number - 1) * (at[-1] - at[0]) for value in at]
    low = [scale * f.low for f in figures]
    high = [scale * f.high for f in figures]
    axes.vlines(at, low, high, color=ink, linewidth=0.9, alpha=0.8)
    axes.plot(
        at,
        [scale * f.value for f in figures],
        color=ink,
        marker=SIGNS[number],
        linestyle=DASHES[number],
        ms=3.6,
        linewidth=1.2,
        label=name,
    )


def draw_types(by_type: dict[str, Tally], path: Path) -> None:
    """For each type of scar: median errors and how often the intervals hold the truth."""
    names = list(by_type)
    with drawing(path, rows=1, columns=3, size=(9.0, 2.9)) as places:
        panels = (_named_panel(), *_panels()[1:3])
        for axes, panel in zip(places[0], panels, strict=True):
            width = 0.8 / len(panel.lines)
            for number, line in enumerate(panel.lines):
                at = [i + (number - (len(panel.lines) - 1) / 2) * width for i in range(len(names))]
                figures = [line.read(by_type[name]) for name in names]
                _draw_dots(axes, at, figures, panel.scale, number, name=line.name)
            _draw_limits(axes, panel)
            axes.set_title(panel.title)
            axes.set_xticks(range(len(names)))
            axes.set_xticklabels([n.replace("_", " ") for n in names], rotation=30, ha="right")
            axes.set_ylim(*panel.range)
            axes.legend(loc="lower left" if panel.range[0] else "upper left")
            axes.grid(axis="y", color="#eeeeee", linewidth=0.6)
            axes.set_axisbelow(True)


def _named_panel() -> _Panel:
    return _Panel(
        title="named, share",
        lines=(
            _Line(name="rightly", read=lambda one: one.right_type),
            _Line(name="wrongly", read=lambda one: one.wrong_type),
        ),
        scale=1.0,
        limits={},
        range=(-0.02, 1.02),
    )


def _draw_dots(
    axes: Axes, at: list[float], figures: list[Figure], scale: float, number: int, *, name: str
) -> None:
    ink = INKS[number]
    axes.vlines(at, [scale * f.low for f in figures], [scale * f.high for f in figures], color=ink)
    values = [scale * f.value for f in figures]
    axes.plot(at, values, color=ink, marker=SIGNS[number], ms=4, linestyle="none", label=name)


def draw_peers(contest: Contest, path: Path) -> None:
    """F1 and median errors of every tool on every map."""
    kinds = list(dict.fromkeys(match.kind for match in contest.matches))
    tools = list(contest.matches[0].comparisons)
    with drawing(path, rows=1, columns=4, size=(9.4, 2.9)) as places:
        for axes, quantity in zip(places[0], ("F1", *QUANTITIES), strict=True):
            for number, tool in enumerate(tools):
                at, values = [], []
                for match in contest.matches:
                    one = match.comparisons[tool]
                    at.append(kinds.index(match.kind) + 0.24 * (number - (len(tools) - 1) / 2))
                    values.append(one.f1 if quantity == "F1" else 100 * one.median_error(quantity))
                axes.plot(
                    at, values, color=INKS[number], marker=SIGNS[number], ms=4,
                    linestyle="none", label=tool,
                )  # fmt: skip
            axes.set_title("F1 of finding" if quantity == "F1" else f"{quantity}, median error %")
            axes.set_xticks(range(len(kinds)))
            axes.set_xticklabels(kinds, rotation=30, ha="right")
            axes.set_xlim(-0.6, len(kinds) - 0.4)
            if quantity == "F1":
                axes.set_ylim(min(0.9, *axes.get_ylim()), 1.01)
                axes.legend(loc="lower left")
            else:
                axes.set_ylim(bottom=0)
            axes.grid(axis="y", color="#eeeeee", linewidth=0.6)
            axes.set_axisbelow(True)


@contextmanager
def drawing(
    path: Path, *, rows: int, columns: int, size: tuple[float, float]
) -> Iterator[list[list[Axes]]]:
    """A sheet of axes that is written when they are drawn."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(_STYLE):
        figure: Drawing
        figure, places = plt.subplots(rows, columns, figsize=size, squeeze=False)
        yield [list(row) for row in places]
        figure.tight_layout()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=150, metadata={"Software": None})
        plt.close(figure)
