"""Every answer worth trying: the words of each fact, and numbers on both sides of every limit.

Two answers that no page tells apart need not both be tried. Words are all tried; of the
numbers those just below, at and just above each limit that any page sets for the fact.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.planning.oracle import Pages, plain, quoted, thousandths

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.records import Answer, Case, Clinic, EarlierTreatment, Finding, Intake, Wishes

#: "Just below" and "just above" a limit.
STEP = 0.001
#: Facts that may hold several words at once.
SEVERAL = ("acne_lesions",)
#: The answer of somebody who was not asked.
UNTOLD = None
UNKNOWN_WEEKS = math.nan
EVERYWHERE = Clinic(offers=frozenset(v.TREATMENTS))


@dataclass(frozen=True)
class OneOf:
    """Not told, but narrowed to some words, as a measured skin tone does."""

    words: tuple[str, ...]


#: What a measured tone may leave of the skin types (from somebody's type on upwards).
NARROWED = tuple(OneOf(v.FITZPATRICK[start:]) for start in range(1, len(v.FITZPATRICK) - 1))
#: What a scan leaves of the type of a raised scar.
RAISED_EITHER = OneOf(("hypertrophic", "keloid"))

#: Each the treatment, how many weeks ago, and what it did to the skin.
Earlier = tuple[tuple[str, float, str], ...]
#: What an earlier treatment may have done; the last is not told.
RESULTS = (*v.EARLIER_RESULTS, v.UNKNOWN)


@dataclass(frozen=True)
class Limits:
    """Every limit that any page sets, by fact; ``weeks`` by earlier treatment."""

    patient: Mapping[str, tuple[float, ...]]
    finding: Mapping[str, tuple[float, ...]]
    weeks: Mapping[str, tuple[float, ...]]


def limits_of(knowledge: Knowledge) -> Limits:
    """All limits of all rules, treatments and combinations."""
    found: list[tuple[str, str, float]] = []
    pages = Pages(knowledge=knowledge)
    for rule in knowledge.rules.values():
        values = {name: value.value for name, value in rule.values.items()}
        found += _limits(plain(rule.when), values, pages)
    for treatment in knowledge.treatments.values():
        for suits in treatment.suits:
            found += _limits(plain(suits.when), {}, pages) if suits.when else ()
    for page in knowledge.combinations.values():
        found += _limits(plain(page.when), {}, pages) if page.when else ()
    return Limits(**{
        kind: {
            fact: tuple(sorted({limit for k, f, limit in found if (k, f) == (kind, fact)}))
            for k, fact, _ in found
            if k == kind
        }
        for kind in ("patient", "finding", "weeks")
    })  # fmt: skip


def _limits(
    condition: Mapping[str, Any], values: Mapping[str, float], pages: Pages
) -> Iterator[tuple[str, str, float]]:
    ((word, given),) = condition.items()
    if word in ("all", "any"):
        for part in given:
            yield from _limits(part, values, pages)
    elif word == "not":
        yield from _limits(given, values, pages)
    elif word == "earlier_result":
        return
    elif word == "weeks_since":
        named = given["treatment"]
        limit = given["less_than"]
        for name in pages.treatments([named] if isinstance(named, str) else named):
            yield "weeks", name, values[limit] if isinstance(limit, str) else limit
    elif word.endswith(("at_least", "less_than")):
        kind = "finding" if word.startswith("finding") else "patient"
        for fact, limit in given.items():
            yield kind, fact, values[limit] if isinstance(limit, str) else limit


def around(limits: Iterable[float]) -> tuple[float, ...]:
    """Just below, at and just above each limit; any number where there is no limit."""
    near = sorted({round(x, 3) for limit in limits for x in (limit - STEP, limit, limit + STEP)})
    return tuple(x for x in near if x >= 0) or (1.0,)


@dataclass(frozen=True)
class Choices:
    """For every fact all answers to try; not told always among them."""

    patient: Mapping[str, tuple[Any, ...]]
    finding: Mapping[str, tuple[Any, ...]]
    weeks: Mapping[str, tuple[float, ...]]


def choices_of(knowledge: Knowledge) -> Choices:
    """What to try for every fact of the vocabulary."""
    limits = limits_of(knowledge)
    patient: dict[str, tuple[Any, ...]] = {}
    for fact, words in v.PATIENT_FACTS.items():
        if fact in SEVERAL:
            patient[fact] = (UNTOLD, (), *((word,) for word in words), tuple(words))
        else:
            patient[fact] = (UNTOLD, *(words or around(limits.patient.get(fact, ()))))
    patient["fitzpatrick"] += NARROWED
    patient["filler_weeks_ago"] += (math.inf,)
    finding = {
        fact: (UNTOLD, *(words or around(limits.finding.get(fact, ()))))
        for fact, words in v.FINDING_FACTS.items()
    }
    for always_told in ("type", "site", "side"):
        finding[always_told] = finding[always_told][1:]
    finding["type"] += (RAISED_EITHER,)
    weeks = {name: around(given) for name, given in limits.weeks.items()}
    return Choices(patient=patient, finding=finding, weeks=weeks)


def histories(treatments: Iterable[str], choices: Choices, *, other: str) -> Iterator[Any]:
    """What may be told of earlier treatments: nothing, none, recent, long ago, no date, several."""
    yield UNTOLD
    yield ()
    yield ((other, 0.0, "worse"),)
    for name in sorted(treatments):
        near = choices.weeks.get(name, (1.0,))
        for weeks in (0.0, *near, UNKNOWN_WEEKS):
            yield ((name, weeks, "better"),)
        yield ((name, UNKNOWN_WEEKS, "better"), (name, near[0], "better"))
        yield ((name, UNKNOWN_WEEKS, "better"), (name, near[-1], "better"))


def results_told(treatments: Iterable[str]) -> Iterator[Any]:
    """What may be told of what earlier treatments did: each by itself, and two of a kind."""
    for name in sorted(treatments):
        for result in RESULTS:
            yield ((name, 300.0, result),)
        for one, other in (("better", "worse"), ("unknown", "worse"), ("unknown", "same")):
            yield ((name, 300.0, one), (name, 300.0, other))


def domains_of(choices: Choices) -> str:
    """The choices as facts for the search among completions."""
    lines = []
    for fact, words in v.PATIENT_FACTS.items():
        kind = "many_of" if fact in SEVERAL else "word_of"
        lines += [f"{kind}({quoted(fact)}, {quoted(word)})." for word in words]
        if not words:
            told = [x for x in choices.patient[fact] if x is not UNTOLD]
            lines += [f"value_of({quoted(fact)}, {thousandths(x)})." for x in told]
    for fact, words in v.FINDING_FACTS.items():
        lines += [f"mark_of({quoted(fact)}, {quoted(word)})." for word in words]
        if not words:
            told = [x for x in choices.finding[fact] if x is not UNTOLD]
            lines += [f"size_of({quoted(fact)}, {thousandths(x)})." for x in told]
    for name, weeks in choices.weeks.items():
        lines += [f"weeks_of({quoted(name)}, {thousandths(x)})." for x in weeks]
    lines += [f"result_of({quoted(word)})." for word in v.EARLIER_RESULTS]
    return "\n".join(lines)


# --- cases ------------------------------------------------------------------------------------

#: Somebody whom no rule should stop: every risk was asked for and denied.
HARMLESS: Mapping[str, Answer] = {
    **dict.fromkeys(v.INTAKE_ANSWERS, v.NO),
    "guardian_consent": v.YES,
    "age": 30.0,
    "sex": "male",
    "fitzpatrick": "II",
    "acne_severity": "clear",
    "acne_kind": "vulgaris",
    "acne_lesions": (),
    "scarring_still": v.NO,
    "isotretinoin": "never",
    "collagen_skin_test": "negative",
    "filler_weeks_ago": math.inf,
    "dcq_score": 3.0,
}
#: A finding of which everything was told; deep, old and soft, so that most treatments fit.
CLEAR_CUT: Mapping[str, Answer] = {
    "count": 9.0,
    "severity": "moderate",
    "distensible": v.YES,
    "tethered": v.YES,
    "age_weeks": 120.0,
    "width_mm": 3.5,
    "depth_mm": 0.7,
}


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A case as it is put together: answers, findings and earlier treatments.

    With no findings, ``findings_known`` tells clear skin from skin that nobody described.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    earlier: Earlier | None = UNTOLD
    findings_known: bool = False


def case_of(sketch: Sketch) -> Case:
    """The case of a sketch; what is not told is left out."""
    told = {f: a for f, a in sketch.answers.items() if a is not UNTOLD}
    narrowed = {f: a.words for f, a in told.items() if isinstance(a, OneOf)}
    earlier = sketch.earlier or ()
    return Case(
        intake=Intake(
            facts={f: a for f, a in told.items() if f not in narrowed},
            possible=narrowed,
            earlier=tuple(
                EarlierTreatment(treatment=t, weeks_ago=w, result=r) for t, w, r in earlier
            ),
            earlier_known=sketch.earlier is not UNTOLD,
        ),
        findings=tuple(finding_of(seen) for seen in sketch.findings),
        wishes=Wishes(),
        clinic=EVERYWHERE,
        findings_known=sketch.findings_known or bool(sketch.findings),
    )


def finding_of(seen: Mapping[str, Any]) -> Finding:
    """A finding; it always has type, site and side."""
    whole = {"type": "rolling", "site": "cheek", "side": "both", **seen}
    kind = whole["type"]
    names = kind.words if isinstance(kind, OneOf) else (kind,)
    known = {f: a for f, a in whole.items() if f not in ("type", "site", "side")}
    return Finding(
        type=names[0],
        site=whole["site"],
        side=whole["side"],
        known={f: a for f, a in known.items() if a is not UNTOLD},
        may_also_be=names[1:],
    )


def combinations(axes: Mapping[str, Iterable[Any]]) -> Iterator[dict[str, Any]]:
    """Every way to pick one answer for each fact."""
    for picked in itertools.product(*axes.values()):
        yield dict(zip(axes, picked, strict=True))
