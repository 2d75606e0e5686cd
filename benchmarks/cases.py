"""Invented patients by the hundred: seeded, plausible, answered in full or with gaps.

A case is made as a case file (`cicatrix.case/1`) and read by the same door as a real one, so
that nothing is measured on patients that the clinic could not type in. The shares below are
our own guesses at a clinic's waiting room; no number of them is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from types import MappingProxyType
from typing import Any

from cicatrix import vocabulary as v
from cicatrix.exchange.case_file import case_from
from cicatrix.knowledge.document import Document
from cicatrix.records import Case

CaseFile = dict[str, Any]

#: How often each answer is yes, in percent; what is not named is 3.
_YES_PERCENT = MappingProxyType(
    {
        "trying_to_conceive": 6, "breastfeeding": 3, "keloid_history": 8,
        "keloid_family_history": 10, "dark_marks_after_injury": 40, "anticoagulant": 4,
        "photosensitising_drug": 8, "cold_sore_history": 25, "recent_tan": 12, "smoker": 18,
        "appearance_distress": 8, "guardian_consent": 90, "changing_pigmented_lesion": 1,
        "silver_deposits": 1, "radiotherapy_at_site": 1, "autoimmune_disease": 5,
    }
)  # fmt: skip
_OTHER_YES_PERCENT = 3
#: How often each type is found, and whether it is a scar of the face or also of the trunk.
_TYPE_WEIGHTS = MappingProxyType(
    {
        "ice_pick": 18, "boxcar": 18, "rolling": 20, "linear": 3, "elastolysis": 3, "papular": 3,
        "hypertrophic": 5, "keloid": 5, "erythema": 10, "hyperpigmentation": 14,
        "hypopigmentation": 3, "mixed": 4, "undetermined": 2,
    }
)  # fmt: skip
_FACE = ("forehead", "glabella", "temple", "cheek", "nose", "upper_lip", "perioral", "chin")
_BELOW = ("jawline", "earlobe", "neck", "chest", "shoulder", "back")
_PAIRED = ("temple", "cheek", "jawline", "earlobe", "shoulder")
_GAP_SHARES = (0.1, 0.3, 0.6, 0.9)
_LESIONS = MappingProxyType(
    {
        "clear": (),
        "almost_clear": ("blackhead",),
        "mild": ("blackhead", "whitehead", "papule"),
        "moderate": ("whitehead", "papule", "pustule"),
        "severe": ("papule", "pustule", "nodule", "cyst"),
    }
)


def answered_case_files(count: int, *, seed: int, findings: int = 0) -> list[CaseFile]:
    """Cases in which every question has an answer.

    ``findings`` is how many each holds; 0 lets each case have one to six.
    """
    random = Random(seed)
    return [_case_file(random, number, findings=findings) for number in range(count)]


def gappy_case_files(count: int, *, seed: int) -> list[CaseFile]:
    """Cases from which a tenth, a third, more than half or nearly all answers are missing."""
    random = Random(seed)
    whole = [_case_file(random, number, findings=0) for number in range(count)]
    return [_with_gaps(random, one) for one in whole]


def case_of(case_file: CaseFile) -> Case:
    """The case as the planner gets it, read by the door that reads real files."""
    return case_from(Document(value=case_file), name=f"{case_file['name']}.yaml")


def _case_file(random: Random, number: int, *, findings: int) -> CaseFile:
    severity = random.choices(v.ACNE_SEVERITIES, (25, 30, 25, 15, 5))[0]
    clinic, prices = _clinic(random)
    return {
        "schema": "cicatrix.case/1",
        "name": f"invented-{number}",
        "patient": {
            "age": round(random.triangular(13, 62, 26)),
            "sex": random.choices(v.SEXES, (60, 37, 3))[0],
            "fitzpatrick": random.choices(v.FITZPATRICK, (8, 18, 24, 22, 18, 10))[0],
        },
        "acne": {
            "severity": severity,
            "kind": random.choices(v.ACNE_KINDS, (6, 1, 3))[0],
            "lesions": list(_LESIONS[severity]),
            "scarring_still": random.choice((v.YES, v.NO)),
        },
        "intake": {},
        "findings": _findings(random, findings or random.randint(1, 6)),
        "earlier_treatments": _earlier(random),
        "wishes": _wishes(random, prices=prices),
        "clinic": clinic,
    } | {"intake": _intake(random)}
