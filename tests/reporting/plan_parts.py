"""What invented plans are put together from: findings, reasons, decisions, steps and courses."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cicatrix import vocabulary as v
from cicatrix.records import (
    Course,
    Decision,
    ExcludedTarget,
    Expected,
    Finding,
    Improvement,
    Proof,
    Reason,
    Step,
    Upkeep,
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
