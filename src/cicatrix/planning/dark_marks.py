"""How much dark marks weigh when treatments are chosen, also where nobody counted them.

What a course tells of dark marks is only what was counted (``effects.dark_mark_interval``). To
choose, a number is needed for everything: what was not counted is taken to be as bad as the worst
that was counted near by, as the page ``assumptions/uncounted-dark-marks`` says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning.effects import DARK_MARKS, Interval, dark_mark_interval
from cicatrix.vocabulary import FITZPATRICK

_NO_RISK = (0.0, 0.0)


def reckoned_dark_marks(
    page: TreatmentPage, skin_types: tuple[str, ...], *, knowledge: Knowledge
) -> Interval:
    """Lasting dark marks in percent, of the worst skin type that is possible; never NaN.

    Nothing where the page does not name dark marks as a harm. Only for choosing, never shown.
    """
    if not any(event.event == DARK_MARKS for event in page.adverse_events):
        return _NO_RISK
    return _worst(
        _counted_or_worst(page, skin_type, knowledge) for skin_type in skin_types or FITZPATRICK
    )


def _counted_or_worst(page: TreatmentPage, skin_type: str, knowledge: Knowledge) -> Interval:
    near = _near(page, skin_type)
    if near.bounds:
        return near.interval
    alike = [
        _near(knowledge.treatments[name], skin_type).interval
        for name in sorted(_alike(page.id, knowledge))
    ]
    return _worst([near.interval, *alike])


class _Near:
    """What one page counted at a skin type, or else near it."""

    def __init__(self, interval: Interval, *, darkest: bool) -> None:
        self.interval = interval
        #: True if no skin as light as this one is known to do worse.
        self.bounds = darkest


def _near(page: TreatmentPage, skin_type: str) -> _Near:
    """Counted for this type, or for the next darker one, which bounds it, or else for any."""
    rank = FITZPATRICK.index(skin_type)
    for other in FITZPATRICK[rank:]:
        counted = dark_mark_interval(page, (other,))
        if not math.isnan(counted[0]):
            return _Near(counted, darkest=True)
    lighter = (dark_mark_interval(page, (other,)) for other in FITZPATRICK[:rank])
    return _Near(_worst(lighter), darkest=False)


def _alike(treatment: str, knowledge: Knowledge) -> Iterator[str]:
    """The treatments with which one is compared; all of them where the page names none."""
    named = False
    for entry in knowledge.assumptions["uncounted-dark-marks"].values["alike"]:
        if treatment in knowledge.treatments_named(entry["applies_to"]):
            named = True
            yield from knowledge.treatments_named(entry["like"])
    if not named:
        yield from knowledge.treatments


def _worst(intervals: Iterable[Interval]) -> Interval:
    """The interval with the highest middle; NaN ones do not count, and none at all is no risk."""
    known = [one for one in intervals if not math.isnan(one[0])]
    return max(known, key=lambda one: (sum(one), one[1]), default=_NO_RISK)
