"""Invented plans for the tests of reports, written by hand so that no planner is needed."""

from __future__ import annotations

from tests.reporting.plan_parts import (
    DARK,
    DARK_SKIN,
    DARKENS,
    HOUSE_RULE,
    ICE_PICK,
    KELOID,
    NAN,
    NUMBING,
    ON_BACK,
    ROLLING,
    THICK,
    UNCOUNTED,
    WAIT,
    all_decisions,
    better,
    course,
    decision,
    step,
)

from cicatrix import vocabulary as v
from cicatrix.records import (
    Case,
    Clinic,
    EarlierTreatment,
    ExcludedTarget,
    Grade,
    Intake,
    NotPlanned,
    Plan,
    Question,
    RedFlag,
    Relaxation,
    Upkeep,
    Wishes,
)
from cicatrix.vocabulary import Certainty, Role, Verdict

SUN = step("sunscreen", 0, 1, 1, (DARK,), days=(0, 0), lasts=24)
GENTLE = course(
    "gentle", scale=1,
    steps=(SUN, *(step("microneedling", 4 + 4 * i, i + 1, 3, (ROLLING,)) for i in range(3))),
)  # fmt: skip
BALANCED = course(
    "balanced", scale=2, counted=("tca_cross",),
    steps=(SUN, step("azelaic_acid", 0, 1, 1, (DARK,), days=(NAN, NAN), lasts=16),
           *(step("subcision", 2 + 6 * i, i + 1, 2, (ROLLING,), days=(3, 7)) for i in range(2)),
           *(step("tca_cross", 4 + 6 * i, i + 1, 3, (ICE_PICK,), days=(3, 6)) for i in range(3)),
           *(step("microneedling", 22 + 5 * i, i + 1, 3, (ROLLING,)) for i in range(3))),
)  # fmt: skip
STRONGEST = course(
    "strongest", scale=3,
    steps=(SUN,
           *(step("subcision", 2 + 6 * i, i + 1, 3, (ROLLING,), days=(3, 7)) for i in range(3)),
           *(step("tca_cross", 4 + 6 * i, i + 1, 3, (ICE_PICK,), days=(3, 6)) for i in range(3)),
           step("fractional_co2_laser", 22, 1, 2, (ROLLING,), days=(5, 10)),
           step("fractional_co2_laser", 30, 2, 2, (ROLLING,), days=(5, 10)),
           step("hyaluronic_acid_filler", 36, 1, 1, (ROLLING,), days=(NAN, NAN))),
    upkeep=(Upkeep(treatment="hyaluronic_acid_filler", first_week=60, every_weeks=(24, 48)),),
)  # fmt: skip

EXCLUDES_ICE = ExcludedTarget(target=ICE_PICK.target, verdict=Verdict.AVOID, reasons=(DARK_SKIN,))

GRADES = (
    Grade(scale="goodman_baron_qualitative", value=3, maximum=4, label="Moderate", verified=True,
          sources=("goodman2006qual",)),
    Grade(scale="goodman_baron_quantitative", value=11, maximum=84, label="at least",
          verified=False, sources=("goodman2006quant",),
          missing=("the count of dark marks on both cheeks",)),
    Grade(scale="ecca", value=NAN, maximum=540, label="", verified=False,
          sources=("dreno2007ecca",), missing=("the count by band",)),
)  # fmt: skip

QUESTIONS = (
    Question(
        fact="lidocaine_allergy",
        ask={"en": "Did a numbing shot ever make you ill?",
             "es": "¿Alguna vez le sentó mal una anestesia?"},
        why={"en": "Most work on scars starts with a numbing shot.",
             "es": "Casi todo empieza con una anestesia."},
        unlocks=("punch_excision", "punch_elevation"),
    ),
    Question(
        fact="finding.tethered",
        ask={"en": "Does the floor of the dip stay down when you pinch the skin?",
             "es": "¿El fondo se queda abajo cuando pellizca la piel?"},
        why={"en": "A dip that is held down needs to be set free.",
             "es": "Un hoyo sujeto hay que soltarlo."},
        unlocks=(),
    ),
)  # fmt: skip

INTAKE = Intake(
    facts={
        "age": 27, "sex": "female", "fitzpatrick": "V", "acne_severity": "mild",
        "acne_kind": "hormonal", "acne_lesions": ("papule", "whitehead"), "pregnant": "no",
        "keloid_history": "no", "dark_marks_after_injury": "yes", "isotretinoin": "past",
        "isotretinoin_stopped_months": 2, "cold_sore_history": "yes",
    },
    earlier=(EarlierTreatment(treatment="fractional_co2_laser", weeks_ago=120, result="worse"),),
    earlier_known=True,
    monk=8,
    ita_degrees=-12.5,
    notes="fractional CO2 in 2023 <script>alert('x')</script>, brown marks & redness",
)  # fmt: skip
WISHES = Wishes(
    text="softer shadows before my sister's wedding <b>please</b>", requested=("subcision",),
    avoid=("permanent_products",), max_downtime_days=7, max_sessions=10, done_within_weeks=44,
    budget=3000, currency="USD", low_pain="no",
)  # fmt: skip

DENTED_FINDINGS = (ROLLING, ICE_PICK, DARK)
_BOTH = (ROLLING, ICE_PICK)
DENTED_DECISIONS = (
    decision("sunscreen", Verdict.SUITABLE, Role.SUPPORTIVE, DENTED_FINDINGS),
    decision("azelaic_acid", Verdict.SUITABLE, Role.FIRST_LINE, (DARK,)),
    decision("topical_retinoid", Verdict.SUITABLE, Role.SUPPORTIVE, (DARK,)),
    decision("microneedling", Verdict.CAUTION, Role.FIRST_LINE, (ROLLING,), reasons=(DARKENS,)),
    decision("subcision", Verdict.CAUTION, Role.FIRST_LINE, (ROLLING,), reasons=(DARKENS,)),
    decision("tca_cross", Verdict.CAUTION, Role.FIRST_LINE, (ICE_PICK,), reasons=(DARKENS,)),
    decision("fractional_co2_laser", Verdict.CAUTION, Role.SECOND_LINE, (ROLLING,),
             reasons=(DARKENS, HOUSE_RULE), excluded=(EXCLUDES_ICE,)),
    decision("hyaluronic_acid_filler", Verdict.CAUTION, Role.SECOND_LINE, (ROLLING,),
             reasons=(DARKENS,)),
    decision("punch_excision", Verdict.ASK, Role.FIRST_LINE, (ICE_PICK,), reasons=(NUMBING,),
             asks=("lidocaine_allergy",)),
    decision("punch_elevation", Verdict.ASK, Role.SECOND_LINE, (ICE_PICK,), reasons=(NUMBING,),
             asks=("lidocaine_allergy",)),
    decision("motor_dermabrasion", Verdict.DEFER, Role.SECOND_LINE, _BOTH, reasons=(WAIT,),
             until="four months from now"),
    decision("full_ablative_laser", Verdict.DEFER, Role.SECOND_LINE, _BOTH, reasons=(WAIT, DARKENS),
             until="four months from now"),
    decision("deep_phenol_peel", Verdict.AVOID, Role.SECOND_LINE, _BOTH, reasons=(DARK_SKIN, WAIT)),
)  # fmt: skip


def dented() -> Plan:
    """Rolling and ice pick scars with dark marks, skin type V: three courses."""
    return Plan(
        cicatrix="0.1.0",
        knowledge="4f1c09d2ab77e310",
        case=Case(
            intake=INTAKE, findings=DENTED_FINDINGS, wishes=WISHES,
            clinic=Clinic(offers=frozenset(v.TREATMENTS), prices={"subcision": 650}),
            name="cheeks-with-dark-marks",
        ),
        findings=DENTED_FINDINGS,
        grades=GRADES,
        red_flags=(),
        questions=QUESTIONS,
        decisions=all_decisions(DENTED_DECISIONS),
        effects={"microneedling": better(20, 45), "subcision": better(30, 60),
                 "tca_cross": better(25, 70), "sunscreen": UNCOUNTED},
        courses=(GENTLE, BALANCED, STRONGEST),
        not_planned=(NotPlanned(treatment="punch_grafting", why="is not offered by the clinic.",
                                patient={"en": "Your clinic does not offer this.",
                                         "es": "Su clínica no ofrece esto."}),),
        stale_pages=("treatments/cryotherapy",),
    )  # fmt: skip


MOLE = RedFlag(
    rule="changing-mole",
    caution="melanoma_refer",
    do="urgent_dermatology_referral",
    urgency="urgent",
    text="A pigmented lesion changes. No laser or peel before it was seen.",
    patient={
        "en": "You told us that a dark spot is changing. A skin doctor needs to see it first.",
        "es": "Nos contó que una mancha oscura está cambiando. Primero debe verla un dermatólogo.",
    },
    stops_procedures=True,
    sources=("ng12",),
)


def stopped() -> Plan:
    """Raised scars on the body and a red flag that stops all procedures: no course."""
    found = (KELOID, THICK, ON_BACK)
    return Plan(
        cicatrix="0.1.0",
        knowledge="4f1c09d2ab77e310",
        case=Case(
            intake=Intake(facts={"changing_pigmented_lesion": "yes"},
                          possible={"fitzpatrick": ("IV", "V", "VI")}, monk=8),
            findings=found, wishes=Wishes(), clinic=Clinic(offers=frozenset(v.TREATMENTS)),
        ),
        findings=found,
        grades=(GRADES[2],),
        red_flags=(MOLE,),
        questions=QUESTIONS[:1],
        decisions=all_decisions((
            decision("silicone", Verdict.SUITABLE, Role.FIRST_LINE, (KELOID, THICK)),
            decision("dermatology_referral", Verdict.SUITABLE, Role.FIRST_LINE, found),
            decision("intralesional_triamcinolone", Verdict.DEFER, Role.FIRST_LINE, (KELOID, THICK),
                     reasons=(WAIT,), until="the dark spot was seen"),
        )),
        effects={"silicone": better(5, 20, Certainty.VERY_LOW)},
        courses=(),
        no_course_because=("A red flag stops every procedure.",),
        no_course_because_patient=({"en": "The point at the top stops it.",
                                    "es": "El punto de arriba lo impide."},),
        relaxations=(Relaxation(wish="max_downtime_days", now="1 day", instead="3 days",
                                patient={"en": "You wished for 1 day. It works with 3 days.",
                                         "es": "Usted deseaba 1 día. Funciona con 3 días."}),),
    )  # fmt: skip


def clear() -> Plan:
    """Somebody looked, and the skin is clear: nothing to treat, nothing asked."""
    return Plan(
        cicatrix="0.1.0",
        knowledge="4f1c09d2ab77e310",
        case=Case(intake=Intake(facts={"acne_severity": "clear"}), findings=(), wishes=Wishes(),
                  clinic=Clinic(offers=frozenset(v.TREATMENTS)), findings_known=True),
        findings=(), grades=(), red_flags=(), questions=(),
        decisions=all_decisions(()), effects={}, courses=(),
    )  # fmt: skip


PLANS = {"dented": dented, "stopped": stopped, "clear": clear}
