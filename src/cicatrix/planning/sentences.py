"""What planning itself says of wishes and courses, for the clinician and in each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cicatrix.vocabulary import Verdict

#: What somebody may want to avoid, as the patient's language says it.
_THINGS = {
    "injections": {"en": "shots", "es": "inyecciones"},
    "surgery": {"en": "surgery", "es": "cirugía"},
    "lasers": {"en": "lasers", "es": "láser"},
    "needles": {"en": "needles", "es": "agujas"},
    "animal_products": {"en": "animal products", "es": "productos de origen animal"},
    "permanent_products": {"en": "products that stay for good", "es": "productos permanentes"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One sentence or phrase: ``text`` for the clinician, ``patient`` in everyday words.

    Empty (and false) where there is nothing to say.
    """

    text: str = ""
    patient: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Said()


def _said(text: str, *, en: str, es: str) -> Said:
    return Said(text=text, patient={"en": en, "es": es})


# --- why a treatment stands in no course; the treatment's name comes before the text ------------

NOT_OFFERED = _said(
    "is not offered by the clinic.",
    en="Your clinic does not offer this.",
    es="Su clínica no ofrece esto.",
)
NO_PRICE = _said(
    "has no price from the clinic, so it cannot be shown to fit the budget.",
    en="Your clinic gave no price, so nobody can say if it fits what you want to spend.",
    es="Su clínica no dio un precio, así que no se sabe si cabe en lo que quiere gastar.",
)
NO_DOWNTIME = _said(
    "has no known downtime, so it cannot be shown to fit the wish.",
    en="Nobody has counted the days off, so nobody can say if it fits your wish.",
    es="Nadie ha contado los días de descanso, así que no se sabe si cabe en su deseo.",
)
NOT_DATED = _said(
    "cannot be given a week before it is known what was done to the skin earlier.",
    en="First tell us what was done to your skin before. Then it can get a week.",
    es="Primero díganos qué se hizo antes en su piel. Después podrá tener una semana.",
)
ASKED_FOR_NOTHING = _said(
    "was asked for, but nothing that was found is what it is for.",
    en="You asked for this, but you have nothing that it is for.",
    es="Usted pidió esto, pero no tiene nada para lo que sirva.",
)
ASKED_FOR_NOT_OFFERED = _said(
    "was asked for, but is not offered by the clinic: it would have to be done elsewhere, or the "
    "clinic's list is not complete.",
    en="You asked for this, but your clinic does not offer it. Ask who else does.",
    es="Usted pidió esto, pero su clínica no lo ofrece. Pregunte quién más lo hace.",
)
ASKED_FOR_REFERRAL = _said(
    "was asked for; it is a referral, to be arranged beside the course.",
    en="You asked for this. It is a visit beside your plan.",
    es="Usted pidió esto. Es una visita aparte de su plan.",
)


def asked_for_closed(verdict: Verdict, reason: str) -> Said:
    """It was asked for, and its verdict does not permit it."""
    return _said(
        f"was asked for, but the verdict is '{verdict}': {reason}",
        en="You asked for this, but it cannot be in your plan now. The reason stands above.",
        es="Usted pidió esto, pero ahora no puede entrar en su plan. La razón está más arriba.",
    )


def hurts_up_to(points: float) -> Said:
    """More pain, of ten, than somebody who wished for little."""
    return _said(
        f"hurts up to {points:g} of 10, and little pain was wished.",
        en=f"It can hurt up to {points:g} of 10, and you wished for little pain.",
        es=f"Puede doler hasta {_es(points)} de 10, y usted deseaba poco dolor.",
    )


NUMBED = _said(
    "is usually done under an injected or a general anaesthetic, and little pain was wished.",
    en="This is mostly done with a numbing shot or asleep, and you wished for little pain.",
    es="Suele hacerse con una inyección de anestesia o dormido, y usted deseaba poco dolor.",
)
PAIN_NOT_COUNTED = _said(
    "was not shown to hurt little, because nobody has counted its pain.",
    en="You wished for little pain. Nobody has counted how much this hurts. Ask the clinic.",
    es="Usted deseaba poco dolor. Nadie ha contado cuánto duele esto. Pregunte en la clínica.",
)
LASTING_NOT_COUNTED = _said(
    "was not shown to last, because nobody has counted for how long.",
    en="You wished for a result that lasts. Nobody has counted how long this one does.",
    es="Usted deseaba un resultado que dure. Nadie ha contado cuánto dura este.",
)


def counted_instead(names: Iterable[str]) -> Said:
    """Its pain was not counted, and others work on the same whose pain was counted as little."""
    others = ", ".join(_words(name) for name in names)
    return _said(
        f"was left out for little pain, because nobody has counted its pain; that of {others}, for "
        "the same findings, was counted as little.",
        en="You wished for little pain. Nobody has counted how much this hurts. Something that "
        "is known to hurt little works on the same.",
        es="Usted deseaba poco dolor. Nadie ha contado cuánto duele esto. Para lo mismo hay algo "
        "que se sabe que duele poco.",
    )


def may_fade_after(shortest: float, longest: float) -> Said:
    """It fades, or may, before what counts as lasting."""
    in_english = _span(shortest, longest, "week", "weeks")
    in_spanish = _span(shortest, longest, "semana", "semanas")
    return _said(
        f"is known to last {in_english}, and lasting was wished.",
        en=f"It lasts {in_english}, and you wished for a result that lasts.",
        es=f"Dura {in_spanish}, y usted deseaba un resultado que dure.",
    )


def uses(thing: str) -> Said:
    """It uses something that is to be avoided."""
    name = _thing(thing)
    return _said(
        f"means {_words(thing)}, to be avoided.",
        en=f"You wished for no {name['en']}, and this is done with that.",
        es=f"Usted no deseaba {name['es']}, y esto se hace con eso.",
    )


def takes_days_off(needed: float, wished: float) -> Said:
    """More days off than were wished."""
    return _said(
        f"takes up to {_days(needed)} off, {wished:g} were wished.",
        en=f"It takes up to {_days(needed)} off, and you wished for at most {wished:g}.",
        es=f"Necesita hasta {_dias(needed)} de descanso, y usted deseaba {_es(wished)} como mucho.",
    )


# --- the wishes themselves, as what somebody wished for -----------------------------------------

LITTLE_PAIN = _said(
    "as little pain as possible",
    en="as little pain as possible",
    es="el menor dolor posible",
)
LASTING = _said("results that last", en="a result that lasts", es="un resultado que dure")


def without(thing: str) -> Said:
    """A thing to be avoided."""
    name = _thing(thing)
    return _said(f"no {_words(thing)}", en=f"no {name['en']}", es=f"nada de {name['es']}")


def with_treatment(treatment: str, name: Mapping[str, str]) -> Said:
    """A treatment that was asked for; ``name`` is what each language calls it."""
    return _said(
        f"{_words(treatment)} must be part",
        en=f"{name['en']} as a part",
        es=f"{name['es']} como parte del plan",
    )


def at_most_days_off(days: float) -> Said:
    """A limit of downtime."""
    return _said(
        f"at most {_days(days)} of downtime per session",
        en=f"at most {_days(days)} off after a visit",
        es=f"como mucho {_dias(days)} de descanso tras cada visita",
    )


def at_most_sessions(most: int) -> Said:
    """A limit of visits."""
    return _said(
        f"at most {_counted(most, 'session', 'sessions')}",
        en=f"at most {_counted(most, 'visit', 'visits')}",
        es=f"como mucho {_counted(most, 'visita', 'visitas')}",
    )


def done_within(weeks: int) -> Said:
    """A wished end."""
    return _said(
        f"done within {_counted(weeks, 'week', 'weeks')}",
        en=f"an end within {_counted(weeks, 'week', 'weeks')}",
        es=f"acabar en {_counted(weeks, 'semana', 'semanas')}",
    )


def at_most_money(amount: float, currency: str) -> Said:
    """A budget."""
    return _said(
        f"at most {_money(amount)} {currency}",
        en=f"a cost of at most {_money(amount)} {currency}".strip(),
        es=f"un precio de {_importe(amount)} {currency} como mucho",
    )


# --- ways out -----------------------------------------------------------------------------------

DROPPED = _said("without this wish", en="without this wish", es="sin este deseo")


def days_off_instead(days: float) -> Said:
    """The least downtime with which a course is possible."""
    return _said(
        f"at least {_days(days)} of downtime per session",
        en=f"with at least {_days(days)} off after a visit",
        es=f"con al menos {_dias(days)} de descanso tras cada visita",
    )


def sessions_instead(count: float) -> Said:
    """The fewest visits."""
    return _said(
        f"at least {_counted(count, 'session', 'sessions')}",
        en=f"with at least {_counted(count, 'visit', 'visits')}",
        es=f"con al menos {_counted(count, 'visita', 'visitas')}",
    )


def weeks_instead(weeks: float) -> Said:
    """The earliest end."""
    return _said(
        f"at least {_counted(weeks, 'week', 'weeks')}",
        en=f"with at least {_counted(weeks, 'week', 'weeks')}",
        es=f"con al menos {_counted(weeks, 'semana', 'semanas')}",
    )


def money_instead(amount: float, currency: str) -> Said:
    """The lowest cost."""
    return _said(
        f"at least {_money(amount)} {currency}",
        en=f"with at least {_money(amount)} {currency}",
        es=f"con al menos {_importe(amount)} {currency}",
    )


def way_out(wished: Said, instead: Said, others: tuple[Said, ...] = ()) -> dict[str, str]:
    """One change of a wish that would make a plan possible, as a patient reads it.

    ``others``: the wishes that must change as well, or this change alone is not enough.
    """
    en = f"You wished for {wished.patient['en']}. A plan could work {instead.patient['en']}"
    es = f"Usted deseaba {wished.patient['es']}. Cabría un plan {instead.patient['es']}"
    if others:
        en += f", but only if this changes too: {_listed(others, 'en')}"
        es += f", pero solo si también cambia esto: {_listed(others, 'es')}"
    return {"en": f"{en}.", "es": f"{es}."}


def _listed(said: Iterable[Said], language: str) -> str:
    return "; ".join(one.patient[language] for one in said)


# --- why there is no course ---------------------------------------------------------------------

NONE_IN_TIME = _said(
    "The treatments that are permitted cannot be put into one course in time.",
    en="What is open to you does not fit into one plan in time.",
    es="Lo que es posible en su caso no cabe a tiempo en un solo plan.",
)
EVERYTHING_WAITS = _said(
    "A red flag comes first, and everything else waits until it has been seen to.",
    en="See the red box first. All other care waits until that is done.",
    es="Primero vea el recuadro rojo. Todo lo demás espera hasta que eso esté resuelto.",
)
NONE_PERMITTED = _said(
    "No treatment that could improve a finding is permitted now: see the reasons and the "
    "open questions of each treatment.",
    en="Nothing that could help is open to you now. The reasons and the questions stand here.",
    es="Nada que pueda ayudar es posible ahora. Aquí están las razones y las preguntas.",
)


def no_treatment_known(types: tuple[str, ...]) -> Said:
    """For these types of findings no page has a treatment."""
    kinds = ", ".join(_words(kind) for kind in types)
    return _said(
        f"No treatment with a source is known here for this: {kinds}. That is a gap in what was "
        "read, and no proof that nothing helps: ask a dermatologist.",
        en="For your kind of mark we know of no treatment with a study behind it. This does not "
        "mean that nothing helps. Ask a skin doctor.",
        es="Para su tipo de marca no conocemos ningún tratamiento con estudios. Eso no quiere "
        "decir que nada ayude. Pregunte a un dermatólogo.",
    )


def only_adjuncts(treatments: tuple[str, ...]) -> Said:
    """What is open only helps another treatment, and that one cannot be planned."""
    return _said(
        f"What can be planned only helps another treatment: {', '.join(map(_words, treatments))}.",
        en="What is open to you only helps some other care along. Alone it does little.",
        es="Lo que es posible ahora solo ayuda a otro tratamiento. Por sí solo hace poco.",
    )


def without_company(lacking: Mapping[str, tuple[str, ...]]) -> Said:
    """Each may only be given with one of others, and none of these is open."""
    told = "; ".join(
        f"{_words(name)} needs {' or '.join(map(_words, company))} with it"
        for name, company in lacking.items()
    )
    return _said(
        f"What is permitted may not stand alone, and what should go with it is not open: {told}.",
        en="What could help needs another treatment with it, and that one is not open to you now.",
        es="Lo que podría ayudar necesita otro tratamiento a la vez, y ese no es posible ahora.",
    )


def none_plannable(left_out: Mapping[str, str]) -> Said:
    """Some are open, and each has a reason that is not medical; ``left_out`` names a few."""
    names = " ".join(f"{_words(name)} {why}" for name, why in left_out.items())
    return _said(
        f"No treatment that could improve a finding can be planned: {names}",
        en="Nothing that could help can be planned yet. The reasons stand on this sheet.",
        es="Todavía no se puede planear nada que ayude. Las razones están en esta hoja.",
    )


def clash(wishes: tuple[Said, ...]) -> Said:
    """Wishes that leave no course, of which none can be spared."""
    said = "; ".join(wish.text for wish in wishes)
    en, es = _listed(wishes, "en"), _listed(wishes, "es")
    if len(wishes) == 1:
        return _said(
            f"This wish leaves no course: {said}.",
            en=f"This wish leaves no plan: {en}.",
            es=f"Este deseo no deja ningún plan: {es}.",
        )
    return _said(
        f"These wishes cannot all hold in one course: {said}.",
        en=f"These wishes do not fit into one plan: {en}.",
        es=f"Estos deseos no caben en un solo plan: {es}.",
    )


def _thing(name: str) -> Mapping[str, str]:
    return _THINGS[name]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _es(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _counted(number: float, one: str, many: str) -> str:
    return f"{number:g} {one if number == 1 else many}"


def _span(low: float, high: float, one: str, many: str) -> str:
    return _counted(high, one, many) if low == high else f"{low:g}–{_counted(high, one, many)}"


def _money(amount: float) -> str:
    """An amount to the cent, never rounded."""
    return f"{amount:.2f}".removesuffix(".00")


def _importe(amount: float) -> str:
    return _money(amount).replace(".", ",")


def _days(number: float) -> str:
    return _counted(number, "day", "days")


def _dias(number: float) -> str:
    return f"{_es(number)} {'día' if number == 1 else 'días'}"
