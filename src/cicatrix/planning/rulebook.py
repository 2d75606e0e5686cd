"""The rule pages made ready for use: compiled conditions, and every text written out once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.rule_page import RulePage
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning.chapters import Chapter, Rule, chapters_of
from cicatrix.planning.fits import ANY, Fit, Fits, fits_of
from cicatrix.planning.kept import Kept
from cicatrix.planning.outcomes import NO_OUTCOMES, Outcome, Outcomes, OutcomeSet
from cicatrix.planning.truth import TRUE, UNKNOWN, Compiled, Thresholds, compiled, undecided_facts
from cicatrix.records import Decision, Reason
from cicatrix.vocabulary import Verdict

_MOST_DECISIONS_KEPT = 50_000
_MOST_CAUTIONS_KEPT = 10_000
_CAUTION_BITS = {name: 1 << place for place, name in enumerate(v.CAUTIONS)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A treatment with its fits and every outcome of the rules that apply to it."""

    id: str
    page: TreatmentPage
    fits: tuple[Fit, ...]
    fits_alone: tuple[Fit, ...]
    outcomes: OutcomeSet
    caution_bits: int
    no_fit: Reason


def _cautions_kept() -> Kept[int, tuple[str, ...]]:
    return Kept(most=_MOST_CAUTIONS_KEPT)


def _decisions_kept() -> Kept[tuple[str, int, OutcomeSet], Decision]:
    return Kept(most=_MOST_DECISIONS_KEPT)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleBook:
    """All rules and all 46 treatments, in the order of the vocabulary."""

    patient_chapters: tuple[Chapter, ...]
    finding_chapters: tuple[Chapter, ...]
    outcomes: Outcomes
    treatments: tuple[Entry, ...]
    fits_by_type: Mapping[str, Fits]
    _cautions: Kept[int, tuple[str, ...]] = field(default_factory=_cautions_kept, repr=False)
    #: Decisions that hang on nothing but outcomes, by treatment, reason of its fit and outcomes.
    kept: Kept[tuple[str, int, OutcomeSet], Decision] = field(
        default_factory=_decisions_kept, repr=False
    )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule."""
        chapters = (*self.patient_chapters, *self.finding_chapters)
        return tuple(rule for chapter in chapters for rule in chapter.rules)

    def cautions_of(self, bits: int) -> tuple[str, ...]:
        """The cautions of a set, in the order of the vocabulary."""
        cautions = self._cautions.get(bits)
        if cautions is None:
            left, names = bits, []
            while left:
                lowest = left & -left
                names.append(v.CAUTIONS[lowest.bit_length() - 1])
                left ^= lowest
            cautions = self._cautions.keep(bits, tuple(names))
        return cautions


def make_rulebook(knowledge: Knowledge) -> RuleBook:
    """Compile the pages once; the book is then read for every patient."""
    outcomes = Outcomes(
        outcome for page in knowledge.rules.values() for outcome in _outcomes(page, knowledge)
    )
    rules = [_rule(page, outcomes, knowledge) for page in knowledge.rules.values()]
    applies = dict.fromkeys(v.TREATMENTS, NO_OUTCOMES)
    for rule in rules:
        for name in knowledge.treatments_named(rule.page.applies_to):
            applies[name] |= rule.fired_set | rule.open_set
    shared: dict[str, Compiled] = {}
    treatments = tuple(
        _entry(page, applies[name], fits_of(page, knowledge, shared=shared))
        for name in v.TREATMENTS
        for page in [knowledge.treatments[name]]
    )
    return RuleBook(
        patient_chapters=chapters_of(rule for rule in rules if not rule.reads_finding),
        finding_chapters=chapters_of(rule for rule in rules if rule.reads_finding),
        outcomes=outcomes,
        treatments=treatments,
        fits_by_type={name: _fits_for(name, treatments) for name in v.FINDING_TYPES},
    )


def _outcomes(page: RulePage, knowledge: Knowledge) -> tuple[Outcome, Outcome]:
    """What a rule comes to when it is true, and when that is not known."""
    words = {name: f"{value.value:g}" for name, value in page.values.items()}
    because, do = page.because.format_map(words), page.do.format_map(words)
    patient = {
        "en": page.patient.en.format_map(words),
        "es": page.patient.es.format_map(words),
    }
    taken = page.when_unknown is Verdict.CAUTION
    lead = "Not known, so taken as if it were so" if taken else "An answer that decides is missing"
    fired = Reason(
        rule=page.id,
        verdict=page.verdict,
        text=f"{because.strip()} {do.strip()}",
        patient=patient,
        sources=tuple(citation.id for citation in page.sources),
        conflict=page.conflict or "",
        caution=page.caution,
        local=page.id in knowledge.local,
    )
    still_open = dataclasses.replace(fired, verdict=page.when_unknown, text=f"{lead}: {fired.text}")
    bit = _CAUTION_BITS[page.caution]
    return (
        Outcome(page=page, truth=TRUE, reason=fired, caution_bit=bit),
        Outcome(page=page, truth=UNKNOWN, reason=still_open, caution_bit=bit),
    )


def _rule(page: RulePage, outcomes: Outcomes, knowledge: Knowledge) -> Rule:
    limits = Thresholds(
        values={name: value.value for name, value in page.values.items()},
        named=knowledge.treatments_named,
    )
    procedures = frozenset(knowledge.sets.get("procedures", ()))
    stops = knowledge.treatments_named(page.applies_to) >= procedures
    return Rule(
        id=page.id,
        page=page,
        truth=compiled(page.when, limits),
        undecided=undecided_facts(page.when, limits),
        fired_set=outcomes.only(page.id, TRUE),
        open_set=outcomes.only(page.id, UNKNOWN),
        sources=tuple(citation.id for citation in page.sources),
        stops_procedures=stops and page.verdict is not Verdict.CAUTION,
    )


def _fits_for(finding_type: str, treatments: Iterable[Entry]) -> Fits:
    """The fits of all treatments for one type of finding."""
    return Fits(
        {
            entry.id: [f for f in entry.fits if finding_type in f.types or ANY in f.types]
            for entry in treatments
        }
    )


def _entry(page: TreatmentPage, applies: OutcomeSet, fits: tuple[Fit, ...]) -> Entry:
    caution_bits = 0
    for caution in page.cautions:
        caution_bits |= _CAUTION_BITS[caution]
    return Entry(
        id=page.id,
        page=page,
        fits=fits,
        fits_alone=tuple(fit for fit in fits if fit.needs_no_finding),
        outcomes=applies,
        caution_bits=caution_bits,
        no_fit=Reason(
            rule=f"treatments/{page.id}",
            verdict=Verdict.SUITABLE,
            text="Nothing that was found is what this treatment is for.",
            patient={
                "en": "You have nothing that this treatment is for.",
                "es": "Usted no tiene nada para lo que sirva este tratamiento.",
            },
            sources=tuple(citation.id for citation in page.sources),
        ),
    )
