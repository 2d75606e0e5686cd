"""Invented plans for the tests of reports, written by hand so that no planner is needed."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cicatrix import vocabulary as v
from cicatrix.records import (
    Case,
    Clinic,
    Course,
    Decision,
    EarlierTreatment,
    ExcludedTarget,
    Expected,
    Finding,
    Grade,
    Improvement,
    Intake,
    NotPlanned,
    Plan,
    Proof,
    Question,
    Reason,
    RedFlag,
    Relaxation,
    Step,
    Upkeep,
    Wishes,
)
from cicatrix.vocabulary import Certainty, Role, Verdict

NAN = math.nan

ROLLING = Finding(
    type="rolling", site="cheek", side="both",
    known={"count": 9, "severity": "moderate", "distensible": "yes", "age_weeks": 60},
)  # fmt: skip
ICE_PICK = Finding(
    type="ice_pick", site="temple", side="left",
    known={"count": 5, "severity": "mild", "width_mm": 1.4, "depth_mm": 0.9}, measured=True,
)  # fmt: skip
DARK = Finding(type="hyperpigmentation", site="cheek", side="both", known={"severity": "mild"})
KELOID = Finding(
    type="keloid", site="chest", side="middle",
    known={"count": 2, "severity": "severe", "height_mm": 3.5, "age_weeks": 200},
)  # fmt: skip
THICK = Finding(type="hypertrophic", site="shoulder", side="left", known={"count": 3})
ON_BACK = Finding(type="mixed", site="back", side="right", known={})

DARKENS = Reason(
    rule="darkened-before",
    verdict=Verdict.CAUTION,
    text="Skin that darkened after an injury may darken again. Start low and use sunscreen.",
    patient={
        "en": "Your skin went dark after it was hurt. It may do so again. Start slow.",
        "es": "Su piel se oscureció después de una herida. Puede volver a pasar.",
    },
    sources=("cheyasak2015", "davis2010"),
    conflict="C6",
    caution="pih_risk",
)
WAIT = Reason(
    rule="isotretinoin-full-resurfacing",
    verdict=Verdict.DEFER,
    text="The label keeps full resurfacing 6 months away from isotretinoin. Wait.",
    patient={
        "en": "This takes off a whole layer of skin. You stopped your pills not long ago.",
        "es": "Esto quita una capa de piel. Hace poco que dejó las pastillas. Espere.",
    },
    sources=("waldman2017_news", "spring2017"),
    conflict="C1",
    caution="isotretinoin_timing",
)
DARK_SKIN = Reason(
    rule="deep-peel-dark-skin",
    verdict=Verdict.AVOID,
    text="A deep peel may take the colour of dark skin for good. Choose another way.",
    patient={
        "en": "A deep peel can take the colour out of dark skin for good.",
        "es": "Un peeling profundo puede quitar el color de la piel oscura para siempre.",
    },
    sources=("khunger2008peel", "no_such_source"),
    conflict="C7",
    caution="hypopigmentation",
)
HOUSE_RULE = Reason(
    rule="our-own-laser-rule",
    verdict=Verdict.CAUTION,
    text="This clinic treats a test spot first.",
    patient={
        "en": "We treat one small spot first and look at it after a month.",
        "es": "Primero tratamos un punto pequeño y lo miramos al cabo de un mes.",
    },
    sources=("clinic_page",),
    caution="test_spot",
    local=True,
)
NUMBING = Reason(
    rule="lidocaine-asked",
    verdict=Verdict.ASK,
    text="An answer that decides is missing: numbing with lidocaine needs to be safe.",
    patient={
        "en": "We numb the skin first. Tell us if a numbing shot ever made you ill.",
        "es": "Primero dormimos la piel. Díganos si una anestesia le sentó mal alguna vez.",
    },
    sources=("clinic_page",),
    caution="lidocaine_allergy",
)


def fit(treatment: str, *, text: str, source: str = "jacob2001") -> Reason:
    """What a treatment is for, as its page says it."""
    return Reason(
        rule=f"treatments/{treatment}",
        verdict=Verdict.SUITABLE,
        text=text,
        patient={"en": text, "es": text},
        sources=(source,),
    )


def decision(
    treatment: str,
    verdict: Verdict,
    role: Role,
    targets: Iterable[Finding],
    *,
    reasons: tuple[Reason, ...] = (),
    until: str = "",
    asks: tuple[str, ...] = (),
    excluded: tuple[ExcludedTarget, ...] = (),
) -> Decision:
    """A decision with the treatment's own reason at the end, as planning gives it."""
    found = tuple(f.target for f in targets)
    return Decision(
        treatment=treatment,
        verdict=verdict,
        role=role,
        targets=found,
        cautions=tuple(dict.fromkeys(r.caution for r in reasons if r.caution)),
        reasons=(*reasons, fit(treatment, text="Suits the shape and depth that were found.")),
        until=until,
        until_patient={"en": until, "es": "dentro de cuatro meses"} if until else {},
        asks=asks,
        excluded=excluded,
        roles=dict.fromkeys(found, role),
    )


def all_decisions(special: Iterable[Decision]) -> tuple[Decision, ...]:
    """The given decisions, and "nothing was found for it" for every other treatment."""
    given = {d.treatment: d for d in special}
    return tuple(
        given.get(name)
        or Decision(
            treatment=name, verdict=Verdict.SUITABLE, role=Role.NOT_INDICATED, targets=(),
            cautions=(), reasons=(fit(name, text="Nothing found is what this is for."),),
        )
        for name in v.TREATMENTS
    )  # fmt: skip


def better(low: float, high: float, certainty: Certainty = Certainty.LOW) -> Improvement:
    """Percent better, with the placebo arms of the same studies."""
    return Improvement(
        low_percent=low, high_percent=high, certainty=certainty,
        text="Scars were judged better after the last session.",
        sources=("alam2014", "abdelhay2016"), placebo_low_percent=2, placebo_high_percent=9,
    )  # fmt: skip


UNCOUNTED = Improvement(low_percent=NAN, high_percent=NAN, certainty=Certainty.NONE)


def step(
    treatment: str,
    week: int,
    session: int,
    of: int,
    targets: Iterable[Finding],
    *,
    days: tuple[float, float] = (1, 3),
    lasts: int = 0,
) -> Step:
    """One session; or, with ``lasts``, weeks of treatment at home."""
    return Step(
        week=week, treatment=treatment, session=session, of=of,
        targets=tuple(f.target for f in targets), downtime_days=days,
        cautions=("pih_risk",), lasts_weeks=lasts,
        prepare=({"en": "Tell the clinic if you get cold sores or have an infection on the skin.",
                  "es": "Diga en la clínica si tiene herpes labial o una infección en la piel."},),
        aftercare=({"en": "Put on only what the clinic gives you until the holes have closed.",
                    "es": "Póngase solo lo que le dé la clínica."},),
    )  # fmt: skip


def course(
    name: str,
    *,
    scale: int,
    steps: tuple[Step, ...],
    upkeep: tuple[Upkeep, ...] = (),
    counted: tuple[str, ...] = (),
) -> Course:
    """A course whose expectations grow with ``scale`` from 1 to 3."""
    return Course(
        name=name,
        weeks=max(s.week + max(s.lasts_weeks, 1) for s in steps),
        sessions=sum(1 for s in steps if not s.lasts_weeks),
        steps=steps,
        expected=(
            Expected(target=ROLLING.target, improvement=better(10 * scale, 15 + 15 * scale)),
            Expected(target=ICE_PICK.target, improvement=better(10 * scale - 15, 20 * scale)),
            Expected(target=DARK.target, improvement=UNCOUNTED),
        ),
        pih_percent=(0, 5.0 * scale),
        pih_counted_for=counted,
        cost=1000.0 * scale,
        currency="USD",
        proof=Proof(status="optimal" if scale < 3 else "feasible", objective=812.5, bound=830.0),
        benefit=100 * scale,
        burden=10 * scale,
        upkeep=upkeep,
        unpriced=("fractional_co2_laser",) if scale == 3 else (),
    )  # fmt: skip


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
    """Clear skin and an empty intake: nothing to treat, nothing asked."""
    return Plan(
        cicatrix="0.1.0",
        knowledge="4f1c09d2ab77e310",
        case=Case(intake=Intake(), findings=(), wishes=Wishes(),
                  clinic=Clinic(offers=frozenset(v.TREATMENTS))),
        findings=(), grades=(), red_flags=(), questions=(),
        decisions=all_decisions(()), effects={}, courses=(),
    )  # fmt: skip


PLANS = {"dented": dented, "stopped": stopped, "clear": clear}
