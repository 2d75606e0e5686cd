"""How much better, in percent, with the doubt: worked out from the studies on the pages.

The conversion and its assumptions stand on the page ``assumptions/conversion``. Only bounds
that follow from what a study printed are used; where nothing can be counted there is no
number at all.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cicatrix.knowledge.treatment_page import AdverseEvent, Band, Effect, Result, TreatmentPage
from cicatrix.planning.fits import ANY
from cicatrix.records import Improvement
from cicatrix.vocabulary import FITZPATRICK, Certainty

_ORDER = (Certainty.HIGH, Certainty.MODERATE, Certainty.LOW, Certainty.VERY_LOW)
NOTHING_COUNTED = Improvement(low_percent=math.nan, high_percent=math.nan, certainty=Certainty.NONE)
#: Lasting dark marks; the name under which pages count them.
DARK_MARKS = "hyperpigmentation"

Interval = tuple[float, float]
Values = Mapping[str, Any]


def improvement_for(page: TreatmentPage, finding_type: str, *, values: Values) -> Improvement:
    """What the best studies of a treatment found for one finding type.

    ``values`` are those of the page ``assumptions/conversion``. Percent, positive is better;
    the interval spans all studies of the best certainty that can be counted.
    """
    fitting = [e for e in page.effects if finding_type in e.types or ANY in e.types]
    counted = [
        e for e in fitting if e.result.kind != "not_convertible" and _large_enough(e, values)
    ]
    best = next((c for c in _ORDER if any(e.certainty is c for e in counted)), None)
    if best is None:
        return _words_only(fitting)
    used = [e for e in counted if e.certainty is best]
    low, high = _span(interval_of(e.result, e.n, values=values) for e in used)
    placebo = [
        interval_of(e.comparator_result, e.n, values=values)
        for e in used
        if e.comparator_result is not None
        and e.comparator_result.kind != "not_convertible"
        and e.comparator in ("placebo", "untreated")
    ]
    apart = _span(placebo) if placebo else (math.nan, math.nan)
    return Improvement(
        low_percent=low,
        high_percent=high,
        certainty=best,
        text=" ".join(e.text.strip() for e in used),
        sources=_sources(used),
        placebo_low_percent=apart[0],
        placebo_high_percent=apart[1],
    )


def improvement_of_any(
    page: TreatmentPage, finding_types: Iterable[str], *, values: Values
) -> Improvement:
    """What a treatment does for a finding that may be of several types, at its widest.

    Where it can be counted for some of them only, nobody can say what it will do, and there is
    no number.
    """
    parts = [improvement_for(page, name, values=values) for name in finding_types]
    uncounted = [part for part in parts if not part.is_known]
    return uncounted[0] if uncounted else widest(parts)


def widest(parts: Sequence[Improvement]) -> Improvement:
    """One interval over several counted ones, with the least certainty of them."""
    if len(parts) == 1:
        return parts[0]
    with_placebo = [part for part in parts if part.has_placebo]
    whole = combined(parts)
    return Improvement(
        low_percent=min(p.low_percent for p in parts),
        high_percent=max(p.high_percent for p in parts),
        certainty=whole.certainty,
        text=" ".join(dict.fromkeys(p.text for p in parts)),
        sources=whole.sources,
        placebo_low_percent=min((p.placebo_low_percent for p in with_placebo), default=math.nan),
        placebo_high_percent=max((p.placebo_high_percent for p in with_placebo), default=math.nan),
    )


def _words_only(fitting: list[Effect]) -> Improvement:
    best = next((c for c in _ORDER if any(e.certainty is c for e in fitting)), Certainty.NONE)
    return Improvement(
        low_percent=math.nan,
        high_percent=math.nan,
        certainty=best,
        text=" ".join(e.text.strip() for e in fitting),
        sources=_sources(fitting),
    )


def _large_enough(effect: Effect, values: Values) -> bool:
    return effect.n is not None and effect.n >= values["smallest_n"]


def _sources(effects: Iterable[Effect]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.id for e in effects for c in e.sources))


def _span(intervals: Iterable[Interval]) -> Interval:
    ends = list(intervals)
    return min(low for low, _ in ends), max(high for _, high in ends)


def interval_of(result: Result, n: int | None, *, values: Values) -> Interval:
    """The mean improvement of one arm, as an interval in percent between -100 and 100."""
    patients = float(n or values["smallest_n"])
    if result.kind == "mean_percent":
        if result.interval_percent:
            return _within(*result.interval_percent)
        half = values["z"] * values["between_patient_sd_percent"] / math.sqrt(patients)
        middle = result.value_percent or 0.0
        return _within(middle - half, middle + half)
    return _from_bands(_bands_of(result), patients, z=values["z"])


def _bands_of(result: Result) -> tuple[Band, ...]:
    """The bands of a result; a share of responders is two of them."""
    if result.bands:
        return result.bands
    threshold = result.threshold_percent or 0.0
    share = result.share_percent or 0.0
    return (
        Band(low_percent=threshold, high_percent=100, share_percent=share),
        Band(low_percent=0, high_percent=threshold, share_percent=100 - share),
    )


def _from_bands(bands: tuple[Band, ...], patients: float, *, z: float) -> Interval:
    """Bounds of the mean: all at the bottom of their band, all at the top, with sampling error.

    The error of a mean over bands is that of a multinomial sample of ``patients``.
    """
    shares = [band.share_percent / sum(b.share_percent for b in bands) for band in bands]
    ends = []
    for sign, edge in ((-1, "low_percent"), (1, "high_percent")):
        values = [getattr(band, edge) for band in bands]
        mean = sum(share * value for share, value in zip(shares, values, strict=True))
        spread = sum(s * (x - mean) ** 2 for s, x in zip(shares, values, strict=True))
        ends.append(mean + sign * z * math.sqrt(max(spread, 0.0) / patients))
    return _within(ends[0], ends[1])


def _within(low: float, high: float) -> Interval:
    return max(-100.0, round(low, 1)), min(100.0, round(high, 1))


def combined(parts: Iterable[Improvement]) -> Improvement:
    """Independent treatments of one finding together: what one leaves, the next works on.

    The untreated or placebo arms belong to one treatment each. So they stand beside an effect
    that is of one treatment alone, and are not combined where several were reckoned together.
    """
    counted = [part for part in parts if part.is_known]
    if not counted:
        return NOTHING_COUNTED
    alone = len(counted) == 1
    left_low = math.prod(1 - max(0.0, p.low_percent) / 100 for p in counted)
    left_high = math.prod(1 - max(0.0, p.high_percent) / 100 for p in counted)
    return Improvement(
        low_percent=round(100 * (1 - left_low), 1),
        high_percent=round(100 * (1 - left_high), 1),
        certainty=max((p.certainty for p in counted), key=list(Certainty).index),
        sources=tuple(dict.fromkeys(s for p in counted for s in p.sources)),
        placebo_low_percent=counted[0].placebo_low_percent if alone else math.nan,
        placebo_high_percent=counted[0].placebo_high_percent if alone else math.nan,
        placebo_apart=0 if alone else sum(p.has_placebo for p in counted),
    )


def after_sessions(full: Improvement, *, sessions: int, of: int, ratio: float) -> Improvement:
    """The part of a full effect that ``sessions`` of ``of`` sessions bring."""
    if not full.is_known:
        return full
    share = session_share(sessions, of, ratio)
    return Improvement(
        low_percent=round(full.low_percent * share, 1),
        high_percent=round(full.high_percent * share, 1),
        certainty=full.certainty,
        text=full.text,
        sources=full.sources,
        placebo_low_percent=full.placebo_low_percent,
        placebo_high_percent=full.placebo_high_percent,
    )


@functools.cache
def session_share(sessions: int, of: int, ratio: float) -> float:
    """The share of the full effect after some of the sessions, each ``ratio`` of the one before."""
    if sessions >= of:
        return 1.0
    return float((1 - ratio**sessions) / (1 - ratio**of))


def dark_mark_interval(page: TreatmentPage, skin_types: tuple[str, ...]) -> Interval:
    """How often lasting dark marks follow, in percent, over the skin types that are possible.

    NaN where nobody counted for this skin: not zero.
    """
    events = [
        e
        for e in page.adverse_events
        if e.event == DARK_MARKS and e.percent_low is not None and _concerns(e, skin_types)
    ]
    if not events:
        return (math.nan, math.nan)
    return _span((float(e.percent_low or 0), float(e.percent_high or 0)) for e in events)


def _concerns(event: AdverseEvent, skin_types: tuple[str, ...]) -> bool:
    return not event.fitzpatrick or bool(set(event.fitzpatrick) & set(skin_types or FITZPATRICK))
