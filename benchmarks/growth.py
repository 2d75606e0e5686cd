"""How the time of a whole plan grows with the horizon, the findings and the treatments."""

from __future__ import annotations

import dataclasses
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.cases import case_of, open_case_files
from benchmarks.quantiles import median
from benchmarks.settings import Settings
from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.records import Case, Clinic
from cicatrix.visit import first_visit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What stays as it is while something else grows.
_FINDINGS = 4
_INK, _BAND = "#1f4e5f", "#9cc5d3"


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Core seconds of the plans at every point of one axis."""

    title: str
    axis: str
    seconds: dict[int, tuple[float, ...]]

    @property
    def medians(self) -> dict[int, float]:
        """The median at every point."""
        return {x: median(seconds) for x, seconds in self.seconds.items()}


def measure_growth(settings: Settings, knowledge: Knowledge) -> tuple[Curve, ...]:
    """Three curves over open cases: nothing is stopped, nothing is wished away."""
    cases = _open_cases(settings, findings=_FINDINGS)
    return (
        Curve(
            title="Horizon",
            axis="weeks a course may take",
            seconds={
                weeks: _seconds(cases, with_horizon(knowledge, weeks=weeks))
                for weeks in settings.horizons_weeks
            },
        ),
        Curve(
            title="Findings",
            axis="findings of one patient",
            seconds={
                count: _seconds(_open_cases(settings, findings=count), knowledge)
                for count in settings.finding_counts
            },
        ),
        Curve(
            title="Treatments",
            axis="treatments the clinic offers",
            seconds={
                count: _seconds([_offering(case, count) for case in cases], knowledge)
                for count in settings.offer_counts
            },
        ),
    )


def with_horizon(knowledge: Knowledge, *, weeks: int) -> Knowledge:
    """The same knowledge with another horizon for courses."""
    page = knowledge.assumptions["wishes"]
    other = page.model_copy(update={"values": {**page.values, "horizon_weeks": weeks}})
    assumptions = {**knowledge.assumptions, "wishes": other}
    return dataclasses.replace(knowledge, assumptions=assumptions)


def _open_cases(settings: Settings, *, findings: int) -> list[Case]:
    files = open_case_files(settings.growth_cases, seed=settings.seed + 6, findings=findings)
    return [case_of(one) for one in files]


def _offering(case: Case, count: int) -> Case:
    """The case at a clinic that offers so many treatments; a larger offer holds the smaller."""
    order = list(v.TREATMENTS)
    random.Random(case.name).shuffle(order)  # noqa: S311 - mixes treatments, keeps no secret
    return dataclasses.replace(case, clinic=Clinic(offers=frozenset(order[:count])))


def _seconds(cases: list[Case], knowledge: Knowledge) -> tuple[float, ...]:
    taken = []
    for case in cases:
        began = time.process_time()
        first_visit(case, knowledge=knowledge)
        taken.append(time.process_time() - began)
    return tuple(taken)


def draw_growth(curves: tuple[Curve, ...], path: Path) -> None:
    """The curves side by side on one scale: the median, and from the fastest to the slowest."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    style: dict[Any, Any] = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    with mpl.rc_context(style):
        figure, places = plt.subplots(1, len(curves), figsize=(9, 3), sharey=True)
        for curve, axes in zip(curves, places, strict=True):
            _draw_curve(curve, axes)
        places[0].set_ylabel("seconds on one core for a whole plan")
        places[0].set_ylim(bottom=0)
        places[0].legend(frameon=False, loc="upper left")
        figure.tight_layout()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=160, metadata={"Software": None})
        plt.close(figure)


def _draw_curve(curve: Curve, axes: Axes) -> None:
    points = list(curve.seconds)
    low = [min(curve.seconds[x]) for x in points]
    high = [max(curve.seconds[x]) for x in points]
    axes.fill_between(points, low, high, color=_BAND, linewidth=0, label="fastest to slowest case")
    axes.plot(points, list(curve.medians.values()), color=_INK, marker="o", ms=3.5, label="median")
    axes.set_title(curve.title, loc="left", fontweight="bold")
    axes.set_xlabel(curve.axis)
    axes.set_xticks(points)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
