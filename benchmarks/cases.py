"""Invented patients by the hundred: seeded, plausible, answered in full or with gaps.

A case is made as a case file (`cicatrix.case/1`) and read by the same door as a real one, so
that nothing is measured on patients whom the clinic could not type in. The shares below are
our own guesses at a waiting room; none of them is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from types import MappingProxyType
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.exchange.case_file import case_from
from cicatrix.knowledge.document import Document
from cicatrix.records import Case

CaseFile = dict[str, Any]

#: How often an answer is yes.
_YES_SHARE = MappingProxyType(
    {
        "trying_to_conceive": 0.06, "keloid_history": 0.08, "keloid_family_history": 0.1,
        "dark_marks_after_injury": 0.4, "photosensitising_drug": 0.08, "cold_sore_history": 0.25,
        "recent_tan": 0.12, "smoker": 0.18, "appearance_distress": 0.08, "guardian_consent": 0.9,
        "changing_pigmented_lesion": 0.01, "silver_deposits": 0.01, "radiotherapy_at_site": 0.01,
    }
)  # fmt: skip
_OTHER_YES_SHARE = 0.03
_TYPE_WEIGHTS = MappingProxyType(
    {
        "ice_pick": 18, "boxcar": 18, "rolling": 20, "linear": 3, "elastolysis": 3, "papular": 3,
        "hypertrophic": 5, "keloid": 5, "erythema": 10, "hyperpigmentation": 14,
        "hypopigmentation": 3, "mixed": 4, "undetermined": 2,
    }
)  # fmt: skip
_FACE = ("forehead", "glabella", "temple", "cheek", "nose", "upper_lip", "perioral", "chin")
_BELOW = ("jawline", "earlobe", "neck", "chest", "shoulder", "back")
_FACE_WEIGHTS = (8, 3, 20, 45, 6, 3, 5, 10)
_MIDLINE = ("glabella", "nose", "upper_lip", "perioral", "chin", "chest", "back")
_LESIONS = MappingProxyType(
    {
        "clear": (),
        "almost_clear": ("blackhead",),
        "mild": ("blackhead", "whitehead", "papule"),
        "moderate": ("whitehead", "papule", "pustule"),
        "severe": ("papule", "pustule", "nodule", "cyst"),
    }
)
_GAP_SHARES = (0.1, 0.3, 0.6, 0.9)
#: Nobody older is taken to bear or nurse a child; the door asks about older ones.
_CHILDBEARING_UNTIL_AGE = 60
#: What the invented clinic asks for one session of anything, in dollars.
_PRICES = (80, 150, 250, 400, 650, 900)


def answered_case_files(count: int, *, seed: int) -> list[CaseFile]:
    """Cases in which every question has an answer, with one to six findings each."""
    random = _random(seed)
    return [_case_file(random, number, random.randint(1, 6)) for number in range(count)]


def gappy_case_files(count: int, *, seed: int) -> list[CaseFile]:
    """Cases from which a tenth, a third, more than half or nearly all answers are missing."""
    random = _random(seed)
    return [_with_gaps(random, whole) for whole in answered_case_files(count, seed=seed)]


def open_case_files(count: int, *, seed: int, findings: int) -> list[CaseFile]:
    """Cases to watch the planner grow on: adults with no risk, no wish, and all on offer.

    Nothing is stopped and nothing is wished away, so these are the largest plans there are
    for so many findings.
    """
    random = _random(seed)
    calm = dict.fromkeys(v.INTAKE_ANSWERS, v.NO) | {
        "isotretinoin": "never",
        "filler_weeks_ago": "never",
        "collagen_skin_test": "negative",
        "dcq_score": 2,
    }
    nothing_against = {
        "patient": {"age": 30, "sex": "female", "fitzpatrick": "II"},
        "acne": {"severity": "clear", "kind": "vulgaris", "lesions": [], "scarring_still": v.NO},
        "intake": calm,
        "earlier_treatments": [],
        "wishes": {},
        "clinic": {"offers": "all"},
    }
    return [_case_file(random, number, findings) | nothing_against for number in range(count)]


def case_of(case_file: CaseFile) -> Case:
    """The case as the planner gets it."""
    return case_from(Document(value=case_file), name=f"{case_file['name']}.yaml")


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - invents patients, keeps no secret


def _happens(random: Random, *, share: float) -> bool:
    return random.random() < share


def _case_file(random: Random, number: int, findings: int) -> CaseFile:
    sex = random.choices(v.SEXES, (60, 37, 3))[0]
    severity = random.choices(v.ACNE_SEVERITIES, (25, 30, 25, 15, 5))[0]
    clinic = _clinic(random)
    earlier = _earlier(random)
    age = round(random.triangular(13, 62, 26))
    return {
        "schema": "cicatrix.case/1",
        "name": f"invented-{number}",
        "patient": {
            "age": age,
            "sex": sex,
            "fitzpatrick": random.choices(v.FITZPATRICK, (8, 18, 24, 22, 18, 10))[0],
        },
        "acne": {
            "severity": severity,
            "kind": random.choices(v.ACNE_KINDS, (6, 1, 3))[0],
            "lesions": list(_LESIONS[severity]),
            "scarring_still": v.NO if severity == "clear" else random.choice((v.YES, v.NO)),
        },
        "intake": _intake(random, sex=sex, age=age, earlier=earlier),
        "findings": _findings(random, findings),
        "earlier_treatments": earlier,
        "wishes": _wishes(random, has_prices=bool(clinic["prices"])),
        "clinic": clinic,
    }


def _earlier(random: Random) -> list[CaseFile]:
    """What was done before, as half of the patients tell it."""
    return [
        {
            "treatment": random.choice(v.TREATMENTS),
            "weeks_ago": random.randint(1, 150),
            "result": random.choices((*v.EARLIER_RESULTS, v.UNKNOWN), (45, 30, 15, 10))[0],
        }
        for _ in range(random.choices((0, 1, 2, 3), (50, 30, 15, 5))[0])
    ]


def _intake(random: Random, *, sex: str, age: int, earlier: list[CaseFile]) -> CaseFile:
    """The answers, which agree with who the patient is and what was done before."""
    answers: CaseFile = {
        name: v.YES if _happens(random, share=_YES_SHARE.get(name, _OTHER_YES_SHARE)) else v.NO
        for name in v.INTAKE_ANSWERS
    }
    if sex == "male" or age > _CHILDBEARING_UNTIL_AGE:
        answers |= {"pregnant": v.NO, "breastfeeding": v.NO}
    answers["isotretinoin"] = random.choices(("never", "current", "past"), (70, 7, 23))[0]
    if answers["isotretinoin"] == "past":
        answers["isotretinoin_stopped_months"] = random.randint(1, 40)
    taken = _newest(earlier, ["oral_isotretinoin"])
    if taken:
        answers |= {"isotretinoin": "past", "isotretinoin_stopped_months": taken * 12 // 52}
    had_filler = _happens(random, share=0.15)
    answers["filler_weeks_ago"] = random.randint(1, 60) if had_filler else "never"
    filled = _newest(earlier, v.TREATMENT_GROUPS["fillers"])
    if filled:
        answers["filler_weeks_ago"] = filled
    answers["collagen_skin_test"] = random.choices(
        v.INTAKE_CHOICES["collagen_skin_test"], (10, 1, 89)
    )[0]
    answers["dcq_score"] = round(random.triangular(0, 21, 4))
    return answers


def _newest(earlier: list[CaseFile], treatments: Sequence[str]) -> int:
    """How many weeks ago the last of some treatments was; 0 for never."""
    return min([one["weeks_ago"] for one in earlier if one["treatment"] in treatments], default=0)


def _findings(random: Random, count: int) -> list[CaseFile]:
    """So many findings, no two of one type at one place."""
    found: dict[tuple[str, str, str], CaseFile] = {}
    while len(found) < count:
        kind = random.choices(tuple(_TYPE_WEIGHTS), tuple(_TYPE_WEIGHTS.values()))[0]
        trunk = kind in ("keloid", "hypertrophic", "elastolysis") and _happens(random, share=0.7)
        site = random.choice(_BELOW) if trunk else random.choices(_FACE, _FACE_WEIGHTS)[0]
        side = "middle" if site in _MIDLINE else random.choice(("left", "right", "both"))
        found[kind, site, side] = {
            "type": kind,
            "site": site,
            "side": side,
            "count": random.randint(1, 25),
            "severity": random.choices(v.SEVERITIES, (1, 4, 4, 2))[0],
            "distensible": random.choice((v.YES, v.NO)),
            "tethered": random.choice((v.YES, v.NO)),
            "age_weeks": random.randint(4, 500),
            **_size(random, kind),
        }
    return list(found.values())


def _size(random: Random, kind: str) -> CaseFile:
    """Width and depth or height in mm, where such a mark has them."""
    width_mm = round(random.uniform(0.5, 8.0), 1)
    rise_mm = round(random.triangular(0.1, 4.0, 0.6), 1)
    if kind in v.FINDING_GROUPS["depressed"]:
        return {"width_mm": width_mm, "depth_mm": rise_mm}
    if kind in v.FINDING_GROUPS["raised"]:
        return {"width_mm": width_mm, "height_mm": rise_mm}
    return {"width_mm": width_mm}


def _clinic(random: Random) -> CaseFile:
    """Two clinics in three offer everything; half of them have a price list."""
    offers = list(v.TREATMENTS)
    if _happens(random, share=1 / 3):
        offers = sorted(random.sample(offers, random.randint(15, 40)))
    has_prices = _happens(random, share=0.5)
    prices = {name: random.choice(_PRICES) for name in offers} if has_prices else {}
    return {"offers": offers, "prices": prices}


def _wishes(random: Random, *, has_prices: bool) -> CaseFile:
    wishes: CaseFile = {
        "max_downtime_days": random.choice((1, 3, 5, 7, 14)),
        "max_sessions": random.choice((3, 5, 8, 12)),
        "done_within_weeks": random.choice((16, 26, 40, 60, 80)),
        "low_pain": v.YES,
        "lasting": v.YES,
        "avoid": random.sample(v.AVOIDABLE, random.randint(1, 2)),
    }
    if has_prices:
        amount = random.choice((500, 1500, 3000, 6000))
        wishes["budget"] = {"amount": amount, "currency": "USD"}
    return {name: value for name, value in wishes.items() if _happens(random, share=0.3)}


def _with_gaps(random: Random, whole: CaseFile) -> CaseFile:
    """The same case with answers left out; wishes and the clinic stay as they are."""
    share = random.choice(_GAP_SHARES)

    def kept(answers: CaseFile) -> CaseFile:
        return {name: value for name, value in answers.items() if not _happens(random, share=share)}

    gappy = {name: part for name, part in whole.items() if name != "earlier_treatments"}
    if not _happens(random, share=share):
        gappy["earlier_treatments"] = whole["earlier_treatments"]
    for part in ("patient", "acne", "intake"):
        gappy[part] = kept(whole[part])
    if "isotretinoin" not in gappy["intake"]:
        gappy["intake"].pop("isotretinoin_stopped_months", None)
    gappy["findings"] = [
        {name: finding[name] for name in ("type", "site", "side")}
        | kept({k: x for k, x in finding.items() if k not in ("type", "site", "side")})
        for finding in whole["findings"]
    ]
    return gappy
