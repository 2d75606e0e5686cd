"""The closed lists of cicatrix: the only words that case files, pages and JSON may use.

Words are promised; add to a list when the clinic needs it, never rename. What a word
means to people stands on the knowledge pages, not here.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """What is decided about one treatment, from the most open to the strictest."""

    SUITABLE = "suitable"
    CAUTION = "caution"
    ASK = "ask"
    DEFER = "defer"
    AVOID = "avoid"

    @property
    def strictness(self) -> int:
        """0 for the most open verdict, 4 for the strictest."""
        return _STRICTNESS[self]

    @property
    def permits(self) -> bool:
        """True if a course may contain a treatment with this verdict."""
        return self in (Verdict.SUITABLE, Verdict.CAUTION)


_STRICTNESS = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Role(StrEnum):
    """What a treatment does for a finding, from the leading part to none."""

    FIRST_LINE = "first_line"
    SECOND_LINE = "second_line"
    ADJUNCT = "adjunct"
    SUPPORTIVE = "supportive"
    NOT_INDICATED = "not_indicated"


class Certainty(StrEnum):
    """How sure the evidence is (GRADE wording)."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"
    NONE = "none"


YES, NO, UNKNOWN = "yes", "no", "unknown"
ANSWERS = (YES, NO, UNKNOWN)

FINDING_GROUPS = MappingProxyType(
    {
        "depressed": ("ice_pick", "boxcar", "rolling", "linear", "elastolysis"),
        "raised": ("papular", "hypertrophic", "keloid"),
        "colour": ("erythema", "hyperpigmentation", "hypopigmentation"),
        "open": ("mixed", "undetermined"),
    }
)
FINDING_TYPES = tuple(name for group in FINDING_GROUPS.values() for name in group)

SITES = (
    "forehead", "glabella", "temple", "cheek", "nose", "upper_lip", "perioral", "chin",
    "jawline", "earlobe", "neck", "chest", "shoulder", "back",
)  # fmt: skip
SIDES = ("left", "right", "both", "middle")
SEVERITIES = ("minimal", "mild", "moderate", "severe")
ACNE_SEVERITIES = ("clear", "almost_clear", "mild", "moderate", "severe")
ACNE_LESIONS = ("blackhead", "whitehead", "papule", "pustule", "nodule", "cyst")
ACNE_KINDS = ("vulgaris", "cystic", "hormonal")
FITZPATRICK = ("I", "II", "III", "IV", "V", "VI")
SEXES = ("female", "male", "other")

TREATMENT_GROUPS = MappingProxyType(
    {
        "home_care": (
            "sunscreen", "topical_retinoid", "adapalene_benzoyl_peroxide", "azelaic_acid",
            "hydroxy_acids", "hydroquinone", "topical_tranexamic_acid", "silicone",
        ),
        "acne_control": ("acne_medical_therapy", "oral_isotretinoin"),
        "peels": ("superficial_peel", "medium_peel", "deep_phenol_peel", "tca_cross"),
        "needling": ("microneedling", "microneedling_prp", "rf_microneedling"),
        "lasers": (
            "nonablative_fractional_laser", "fractional_co2_laser", "fractional_erbium_laser",
            "full_ablative_laser", "picosecond_laser", "pulsed_dye_laser", "ndyag_1064_laser",
        ),
        "abrasion": ("motor_dermabrasion", "manual_dermabrasion", "microdermabrasion"),
        "surgery": ("subcision", "punch_excision", "punch_elevation", "punch_grafting"),
        "fillers": (
            "hyaluronic_acid_filler", "calcium_hydroxylapatite_filler",
            "poly_l_lactic_acid_filler", "pmma_collagen_filler", "fat_grafting",
            "autologous_fibroblasts",
        ),
        "toxin": ("botulinum_toxin",),
        "raised_scars": (
            "intralesional_triamcinolone", "intralesional_fluorouracil", "cryotherapy",
            "keloid_excision_alone", "keloid_excision_radiotherapy",
        ),
        "no_procedure": ("watchful_waiting", "dermatology_referral", "mental_health_referral"),
    }
)  # fmt: skip
TREATMENTS = tuple(name for group in TREATMENT_GROUPS.values() for name in group)

CAUTIONS = (
    "pih_risk", "keloid_risk", "isotretinoin_timing", "pregnancy_defer", "active_infection",
    "hsv_prophylaxis", "active_acne_first", "bleeding_bruising", "neuromuscular",
    "bovine_collagen_skin_test", "lidocaine_allergy", "severe_allergy", "age_limit",
    "site_restriction", "off_label", "vascular_occlusion", "recent_tan", "photosensitiser",
    "smoking_healing", "bdd_screen", "consent_minor", "melanoma_refer", "cardiac_phenol",
    "immunosuppression", "filler_device_interval", "test_spot", "low_density", "expectations",
    "evidence_low", "evidence_conflict", "offface_scarring", "topical_during_needling",
    "autoimmune", "prior_radiotherapy", "rf_needling_warning", "hypopigmentation",
    "permanent_filler", "downtime", "combination_needed", "multiple_sessions",
    "radiotherapy_malignancy", "recurrence", "distensible_only", "temporary_effect",
    "young_scar_may_resolve", "overtreatment", "harmed_before",
)  # fmt: skip

#: Intake answers that are yes, no or unknown.
INTAKE_ANSWERS = (
    "pregnant", "trying_to_conceive", "breastfeeding",
    "keloid_history", "keloid_family_history", "dark_marks_after_injury",
    "anticoagulant", "photosensitising_drug",
    "infection_at_site", "cold_sore_now", "cold_sore_history", "recent_tan",
    "changing_pigmented_lesion",
    "bleeding_disorder", "immunosuppressed", "autoimmune_disease", "photosensitivity",
    "neuromuscular_disease", "diabetes", "heart_disease", "liver_disease", "kidney_disease",
    "smoker", "radiotherapy_at_site", "silver_deposits",
    "lidocaine_allergy", "bovine_collagen_allergy", "severe_allergy",
    "gram_positive_protein_allergy", "botulinum_toxin_allergy",
    "appearance_distress", "guardian_consent",
)  # fmt: skip
#: Intake answers with words of their own.
INTAKE_CHOICES = MappingProxyType(
    {
        "isotretinoin": ("never", "current", "past"),
        "collagen_skin_test": ("negative", "positive", "not_done"),
    }
)
#: Intake answers that are numbers (``filler_weeks_ago`` may also be ``never``).
INTAKE_NUMBERS = ("isotretinoin_stopped_months", "filler_weeks_ago", "dcq_score")

#: Answers about a treatment that may also be told among the earlier ones.
TOLD_TWICE = MappingProxyType(
    {
        "isotretinoin": ("oral_isotretinoin",),
        "filler_weeks_ago": TREATMENT_GROUPS["fillers"],
    }
)

#: What an earlier treatment did to the skin, as the patient tells it.
EARLIER_RESULTS = ("better", "same", "worse")

AVOIDABLE = ("injections", "surgery", "lasers", "needles", "animal_products", "permanent_products")

#: Facts about the patient that a rule may read, with the words each may take.
#: An empty tuple marks a number.
PATIENT_FACTS = MappingProxyType(
    {
        "age": (),
        "sex": SEXES,
        "fitzpatrick": FITZPATRICK,
        "acne_severity": ACNE_SEVERITIES,
        "acne_kind": ACNE_KINDS,
        "acne_lesions": ACNE_LESIONS,
        "scarring_still": (YES, NO),
        **dict.fromkeys(INTAKE_ANSWERS, (YES, NO)),
        **INTAKE_CHOICES,
        **dict.fromkeys(INTAKE_NUMBERS, ()),
    }
)
#: Facts about one finding that a rule may read.
FINDING_FACTS = MappingProxyType(
    {
        "type": FINDING_TYPES,
        "site": SITES,
        "side": SIDES,
        "severity": SEVERITIES,
        "distensible": (YES, NO),
        "tethered": (YES, NO),
        "count": (),
        "age_weeks": (),
        "width_mm": (),
        "depth_mm": (),
        "height_mm": (),
    }
)


_NO_NAMES: Mapping[str, Iterable[str]] = MappingProxyType({})
#: How like two words must be, 0..1, to be taken for each other.
_LIKE = 0.6
#: The same for single parts of a name, of which several must fit at once.
_LIKE_PART = 0.7
#: What holds every part of a word is a little less near than the word itself.
_HOLDS = 0.95
_LONGEST_COMPARED = 60


def nearest(
    word: str, known: Iterable[str], *, called: Mapping[str, Iterable[str]] = _NO_NAMES
) -> str:
    """A hint such as ``; did you mean 'subcision'?``, or nothing when no word is near.

    Case and accents do not matter, a part of a word is near to the whole (``peel``), and ``called``
    tells other names of the known words. All that are equally near are named.
    """
    asked = str(word)[:_LONGEST_COMPARED]
    likeness = _likeness(asked)
    scored = [
        (max(_ratio(one.casefold(), asked.casefold()), *map(likeness, (one, *also))), one)
        for one in known
        for also in [called.get(one, ())]
    ]
    best = max((score for score, _ in scored), default=0.0)
    if best < _LIKE:
        return ""
    names = [f"'{one}'" for score, one in scored if score == best]
    listed = " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    return f"; did you mean {listed}?"


def _likeness(word: str) -> Callable[[str], float]:
    """How near a name is to a word, from 0 for nothing in common to that of holding it."""
    parts = _parts(word)
    whole = " ".join(parts)

    def likeness(name: str) -> float:
        there = _parts(name)
        fits = [max((_ratio(part, other) for other in there), default=0.0) for part in parts]
        held = _HOLDS * sum(fits) / len(fits) if fits and min(fits) >= _LIKE_PART else 0.0
        return round(max(held, _HOLDS * _ratio(whole, " ".join(there))), 9)

    return likeness


def _parts(name: str) -> list[str]:
    """The words of a name in small letters without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def _ratio(one: str, other: str) -> float:
    match = difflib.SequenceMatcher(None, one, other)
    near = match.real_quick_ratio() >= _LIKE and match.quick_ratio() >= _LIKE
    return match.ratio() if near else 0.0
