"""`plan --json` keeps the shape that other programs lean on, key by key.

The shape below is copied by hand from the promised surface, and `vocabulary.yaml` beside this
file is the promised list of ids. Keys may be added to the output, and never renamed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tifffile
import yaml

from cicatrix import vocabulary
from cicatrix.exchange.case_file import case_from, read_case
from cicatrix.exchange.plan_json import plan_json
from cicatrix.knowledge import load_knowledge
from cicatrix.knowledge.document import Document
from cicatrix.phantoms import make_phantom, scatter_scars
from cicatrix.visit import first_visit

HERE = Path(__file__).parent
#: Read with the old YAML words on purpose: no id on this page looks like a yes or a no.
PROMISED: dict[str, Any] = yaml.safe_load((HERE / "vocabulary.yaml").read_text(encoding="utf-8"))


def grouped(name: str) -> set[str]:
    """All ids of a list that the vocabulary keeps in groups."""
    return {one for group in PROMISED[name].values() for one in group}


def intake_ids() -> set[str]:
    """The intake facts; those with words of their own stand as one-key mappings."""
    facts = {one for group in PROMISED["intake"].values() for one in group if isinstance(one, str)}
    named = [one for group in PROMISED["intake"].values() for one in group if isinstance(one, dict)]
    return facts | {name for one in named for name in one}


Check = Callable[[Any, str], Iterator[str]]


def text(value: Any, at: str) -> Iterator[str]:
    """Some words."""
    if not isinstance(value, str) or not value.strip():
        yield f"{at} should be text, and is {value!r}"


def words(value: Any, at: str) -> Iterator[str]:
    """Text that may be empty, such as the label of a scale that names no grades."""
    if not isinstance(value, str):
        yield f"{at} should be text, and is {value!r}"


def number(value: Any, at: str) -> Iterator[str]:
    """A number that is one: no NaN, no infinity, no boolean."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        yield f"{at} should be a number, and is {value!r}"
    elif abs(value) == float("inf"):
        yield f"{at} is infinite"


def whole(value: Any, at: str) -> Iterator[str]:
    """A whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        yield f"{at} should be a whole number, and is {value!r}"


def truth(value: Any, at: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield f"{at} should be true or false, and is {value!r}"


def one_of(words: Iterable[str]) -> Check:
    """One id of a closed list."""
    allowed = frozenset(words)

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield f"{at} is {value!r}, which is not promised"

    return check


def maybe(inner: Check) -> Check:
    """Null for what is not known, or else as told."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value is not None:
            yield from inner(value, at)

    return check


def many(inner: Check) -> Check:
    """A list."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{at} should be a list, and is {value!r}"
            return
        for index, one in enumerate(value):
            yield from inner(one, f"{at}.{index}")

    return check


def interval(value: Any, at: str) -> Iterator[str]:
    """Two numbers, the lower first."""
    if not isinstance(value, list) or len(value) != 2:
        yield f"{at} should be [low, high], and is {value!r}"
        return
    faults = [*number(value[0], f"{at}.0"), *number(value[1], f"{at}.1")]
    yield from faults
    if not faults and value[0] > value[1]:
        yield f"{at} has its ends swapped: {value}"


def keys(**inner: Check) -> Check:
    """A mapping that has at least these keys."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at} should be a mapping, and is {value!r}"
            return
        for key, one in inner.items():
            if key in value:
                yield from one(value[key], f"{at}.{key}")
            else:
                yield f"{at} has no {key}"

    return check


TREATMENT = one_of(grouped("treatments"))
CAUTION = one_of(PROMISED["cautions"])
CERTAINTY = one_of(["high", "moderate", "low", "very_low", "none"])
SOURCES = many(text)
TARGET = keys(
    site=one_of(PROMISED["sites"]),
    side=one_of(PROMISED["sides"]),
    type=one_of(grouped("finding_types")),
)
VERDICT = one_of(PROMISED["verdicts"])
#: A question may be about an intake answer, the patient, the acne, or a finding.
QUESTION = one_of(
    intake_ids()
    | {"age", "sex", "fitzpatrick", "acne_severity", "acne_kind", "acne_lesions"}
    | {"scarring_still", "earlier_treatments"}
    | {f"finding_{fact}" for fact in vocabulary.FINDING_FACTS}
)

SHAPE = keys(
    schema=one_of(["cicatrix.plan/1"]),
    made_with=keys(cicatrix=text, knowledge=text),
    findings=many(TARGET),
    grades=many(
        keys(
            scale=text,
            value=maybe(number),
            max=maybe(number),
            label=words,
            verified=truth,
            sources=SOURCES,
            missing=many(text),
            bounds=maybe(interval),
            entered=many(keys(item=text, points=number, factor=number, verified=truth)),
            items=maybe(whole),
            site=maybe(one_of(PROMISED["sites"])),
            side=maybe(one_of(PROMISED["sides"])),
            scar=maybe(text),
            version=maybe(text),
        )
    ),
    red_flags=many(keys(caution=CAUTION, text=text, do=text, sources=SOURCES)),
    questions=many(keys(intake=QUESTION, ask=text, why=text, unlocks=many(TREATMENT))),
    treatments=many(
        keys(
            id=TREATMENT,
            verdict=VERDICT,
            role=one_of(PROMISED["roles"]),
            targets=many(TARGET),
            cautions=many(CAUTION),
            reasons=many(
                keys(rule=text, verdict=VERDICT, text=text, sources=SOURCES, conflict=maybe(text))
            ),
            effect=maybe(
                keys(
                    text=text,
                    improvement_percent=maybe(interval),
                    certainty=CERTAINTY,
                    sources=SOURCES,
                )
            ),
            until=maybe(text),
        )
    ),
    courses=many(
        keys(
            name=one_of(["gentle", "balanced", "strongest"]),
            weeks=whole,
            sessions=whole,
            steps=many(
                keys(
                    week=whole,
                    treatment=TREATMENT,
                    session=whole,
                    of=whole,
                    targets=many(TARGET),
                    downtime_days=maybe(interval),
                    cautions=many(CAUTION),
                    prepare=many(text),
                    aftercare=many(text),
                )
            ),
            expected=many(
                keys(target=TARGET, improvement_percent=maybe(interval), certainty=CERTAINTY)
            ),
            pih_percent=maybe(interval),
            pih_counted_for=many(TREATMENT),
            cost=maybe(keys(amount=number, currency=text)),
            proof=keys(status=one_of(["optimal", "feasible"]), objective=number, bound=number),
        )
    ),
    cautions=many(keys(id=CAUTION, text=text, sources=SOURCES)),
    sources=many(keys(id=text, title=text, year=maybe(whole), url=maybe(text))),
)


def faults_of_shape(told: dict[str, Any]) -> list[str]:
    """Every place where a plan as JSON differs from what is promised."""
    faults = list(SHAPE(told, "plan"))
    decided = [treatment["id"] for treatment in told["treatments"]]
    if sorted(decided) != sorted(grouped("treatments")):
        faults.append("treatments does not hold every treatment once")
    if not 0 <= len(told["courses"]) <= 3:
        faults.append(f"{len(told['courses'])} courses")
    if not told["courses"]:
        faults += many(text)(told.get("no_course_because"), "plan.no_course_because")
        if not told.get("no_course_because"):
            faults.append("no course, and nobody says why")
    faults += _loose_ends(told)
    return faults


def _loose_ends(told: dict[str, Any]) -> Iterator[str]:
    """Ids that are used but not explained at the end of the plan."""
    sources = {source["id"] for source in told["sources"]}
    if cited := set(_cited(told)) - sources:
        yield f"cites {sorted(cited)} and does not list them among the sources"
    explained = {caution["id"] for caution in told["cautions"]}
    raised = {
        caution
        for holder in (*told["treatments"], *(s for c in told["courses"] for s in c["steps"]))
        for caution in holder["cautions"]
    } | {flag["caution"] for flag in told["red_flags"]}
    if raised - explained:
        yield f"raises {sorted(raised - explained)} and does not explain them"


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "sources" and all(isinstance(one, str) for one in inner):
                yield from inner
            else:
                yield from _cited(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _cited(inner)


CASES: dict[str, dict[str, Any]] = {
    "empty": {},
    "one finding and nothing else": {
        "findings": [{"type": "rolling", "site": "cheek", "side": "both"}],
    },
    "only home care": {
        "patient": {"age": 30, "sex": "male", "fitzpatrick": "III"},
        "findings": [{"type": "hyperpigmentation", "site": "back", "side": "both", "count": 3}],
        "clinic": {"offers": ["azelaic_acid", "sunscreen"]},
    },
    "a changing mole": {
        "intake": {"changing_pigmented_lesion": "yes"},
        "findings": [{"type": "keloid", "site": "chest", "side": "middle", "height_mm": 4}],
    },
    "scored by a clinician": {
        "scales": {
            "gea": 4,
            "gags": {"nose": 2},
            "vancouver": [{"site": "chest", "side": "middle", "scar": "upper", "height": 3}],
        },
    },
}


def told_of(case: dict[str, Any]) -> dict[str, Any]:
    """The plan as JSON for the fields of a case file."""
    document = Document(value={"schema": "cicatrix.case/1", **case})
    knowledge = load_knowledge()
    return plan_json(
        first_visit(case_from(document, name="case.yaml"), knowledge=knowledge), knowledge=knowledge
    )


@pytest.mark.parametrize("name", CASES)
def test_plan_keeps_its_shape(name: str) -> None:
    assert faults_of_shape(told_of(CASES[name])) == []


def test_plan_of_the_promised_case_keeps_its_shape(tmp_path: Path) -> None:
    knowledge = load_knowledge()
    case = shutil.copy(HERE / "case.yaml", tmp_path)
    # The capture that the case names, as it names it: heights in mm, in a plain TIFF.
    scars = scatter_scars({"boxcar": 3}, seed=5, size_mm=30)
    skin = make_phantom(scars, seed=5, size_mm=30, curve_mm=1).height_map
    tifffile.imwrite(tmp_path / "left-cheek.tif", skin.height_mm.astype("float32"))
    plan = first_visit(read_case(Path(case)), knowledge=knowledge)
    assert sum(f.known["count"] for f in plan.findings if f.measured) == 3
    assert faults_of_shape(plan_json(plan, knowledge=knowledge)) == []


def test_a_broken_plan_is_noticed() -> None:
    """The check itself can fail: each break is told."""
    told = told_of(CASES["only home care"])
    assert told["courses"], "the breaks below need a course"
    breaks: list[Callable[[dict[str, Any]], Any]] = [
        lambda plan: plan.pop("grades"),
        lambda plan: plan["treatments"].pop(),
        lambda plan: plan["treatments"][0].update(verdict="allowed"),
        lambda plan: plan["courses"][0]["steps"][0].update(week=-1),
        lambda plan: plan["courses"][0]["steps"][0].update(downtime_days=[3, 1]),
        lambda plan: plan["courses"][0]["proof"].update(bound=float("nan")),
        lambda plan: plan.update(courses=[]),
        lambda plan: plan["sources"].pop(),
        lambda plan: plan["cautions"].clear(),
    ]
    for number_of_break, spoil in enumerate(breaks):
        spoilt = told_of(CASES["only home care"])
        spoil(spoilt)
        assert faults_of_shape(spoilt), f"break {number_of_break} went unnoticed"


def test_vocabulary_holds_every_promised_id() -> None:
    """Ids may be added, and never renamed or dropped."""
    kept = {
        "treatments": set(vocabulary.TREATMENTS),
        "finding_types": set(vocabulary.FINDING_TYPES),
        "intake": {
            *vocabulary.INTAKE_ANSWERS, *vocabulary.INTAKE_CHOICES, *vocabulary.INTAKE_NUMBERS,
        },
    }  # fmt: skip
    assert grouped("treatments") <= kept["treatments"]
    assert grouped("finding_types") <= kept["finding_types"]
    assert intake_ids() <= kept["intake"]
    flat = {
        "sites": vocabulary.SITES, "sides": vocabulary.SIDES, "severities": vocabulary.SEVERITIES,
        "acne_severities": vocabulary.ACNE_SEVERITIES, "acne_lesions": vocabulary.ACNE_LESIONS,
        "acne_kinds": vocabulary.ACNE_KINDS, "fitzpatrick": vocabulary.FITZPATRICK,
        "cautions": vocabulary.CAUTIONS,
    }  # fmt: skip
    for name, words in flat.items():
        assert set(PROMISED[name]) <= set(words), name
    assert PROMISED["verdicts"] == [verdict.value for verdict in vocabulary.Verdict]
    assert PROMISED["roles"] == [role.value for role in vocabulary.Role]
    assert set(PROMISED["wishes"]["avoid"]) <= set(vocabulary.AVOIDABLE)
