"""The rule pages made ready for use: compiled conditions, and every text written out once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.knowledge.rule_page import RulePage
from cicatrix.knowledge.treatment_page import TreatmentPage
from cicatrix.planning.chapters import Chapter, Rule, chapters_of
from cicatrix.planning.fits import ACNE, ANY, Fit, Fits, fits_of
from cicatrix.planning.name_sets import NameSet, NameSets
from cicatrix.planning.outcomes import NO_OUTCOMES, Outcome, Outcomes, OutcomeSet
from cicatrix.planning.seen import Sight
from cicatrix.planning.truth import (
    TRUE,
    TYPE,
    UNKNOWN,
    Compiled,
    Thresholds,
    Undecided,
    compiled,
    undecided_facts,
)
from cicatrix.records import Reason
from cicatrix.vocabulary import Verdict

_CAUTIONS = NameSets(v.CAUTIONS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A treatment with its fits and every outcome of the rules that apply to it."""

    id: str
    page: TreatmentPage
    fits: tuple[Fit, ...]
    outcomes: OutcomeSet
    cautions: NameSet
    no_fit: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleBook:
    """All rules and all 46 treatments, in the order of the vocabulary."""

    patient_chapters: tuple[Chapter, ...]
    finding_chapters: tuple[Chapter, ...]
    outcomes: Outcomes
    treatments: tuple[Entry, ...]
    fits_by_type: Mapping[str, Fits]
    #: What treatments are for besides findings: acne itself, whatever else was found.
    fits_for_acne: Fits
    #: What treatments are for where there is no finding: acne, or the whole person.
    fits_alone: Fits
    sight: Sight
    #: The facts that rules and fits read, in the order in which a decision asks for them.
    facts: NameSets = field(repr=False)
    cautions: NameSets = field(default=_CAUTIONS, repr=False)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule."""
        chapters = (*self.patient_chapters, *self.finding_chapters)
        return tuple(rule for chapter in chapters for rule in chapter.rules)


def make_rulebook(knowledge: Knowledge) -> RuleBook:
    """Compile the pages once; the book is then read for every patient."""
    facts = NameSets(_facts_read(knowledge))
    posed = [one for page in knowledge.rules.values() for one in _posed(page, knowledge)]
    outcomes = Outcomes(
        outcome for one in posed for outcome in _outcomes(one, knowledge, facts=facts)
    )
    rules = [_rule(one, outcomes, knowledge) for one in posed]
    applies = dict.fromkeys(v.TREATMENTS, NO_OUTCOMES)
    for one, rule in zip(posed, rules, strict=True):
        for name in one.concerned:
            applies[name] |= rule.outcomes
    shared: dict[str, tuple[Compiled, Undecided]] = {}
    treatments = tuple(
        _entry(page, applies[name], fits_of(page, knowledge, shared=shared))
        for name in v.TREATMENTS
        for page in [knowledge.treatments[name]]
    )
    patient = [rule for rule in rules if not rule.reads_finding]
    finding = [rule for rule in rules if rule.reads_finding]
    return RuleBook(
        patient_chapters=chapters_of(patient),
        finding_chapters=chapters_of(finding),
        facts=facts,
        sight=_sight(posed, knowledge),
        outcomes=outcomes,
        treatments=treatments,
        fits_by_type={
            name: _fits_for({name, ANY}, treatments, names=facts) for name in v.FINDING_TYPES
        },
        fits_for_acne=_fits_for({ACNE}, treatments, names=facts),
        fits_alone=_fits_for({ACNE, ANY}, treatments, names=facts),
    )


def _suits_of(knowledge: Knowledge) -> list[Condition]:
    """The condition of every ``suits`` entry that has one."""
    pages = knowledge.treatments.values()
    return [suits.when for page in pages for suits in page.suits if suits.when]


def _facts_read(knowledge: Knowledge) -> list[str]:
    """Every fact that a rule or a fit reads; the type of a finding tells which fits are tried."""
    conditions = [page.when for page in knowledge.rules.values()] + _suits_of(knowledge)
    return sorted({TYPE, *(fact for condition in conditions for fact in condition.reads())})


def _sight(posed: Iterable[_Posed], knowledge: Knowledge) -> Sight:
    """All that rules and fits can tell apart."""
    rules = [(one.when, _limits(one.page, knowledge)) for one in posed]
    limits = Thresholds(named=knowledge.treatments_named)
    return Sight([*rules, *((when, limits) for when in _suits_of(knowledge))])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Posed:
    """A rule as it is put to some treatments: to all of its page, or to each by itself."""

    page: RulePage
    when: Condition
    concerned: frozenset[str]
    about: str = ""


def _posed(page: RulePage, knowledge: Knowledge) -> Iterator[_Posed]:
    """A rule once for all its treatments; once for each if it asks for the treatment itself."""
    concerned = knowledge.treatments_named(page.applies_to)
    if not page.when.names_itself:
        yield _Posed(page=page, when=page.when, concerned=concerned)
        return
    for name in sorted(concerned):
        when = page.when.about(name)
        yield _Posed(page=page, when=when, concerned=frozenset({name}), about=name)


def _outcomes(one: _Posed, knowledge: Knowledge, *, facts: NameSets) -> Iterator[Outcome]:
    """What a rule comes to when it is true, and when that is not known."""
    page = one.page
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
    for truth, reason, lacking in [
        (TRUE, fired, ""),
        *[(UNKNOWN, still_open, fact) for fact in _lacking(page)],
    ]:
        yield Outcome(
            page=page,
            about=one.about,
            truth=truth,
            lacking=lacking,
            reason=reason,
            caution=_CAUTIONS.of([page.caution]),
            asks=facts.of([lacking] if lacking else []),
        )


def _lacking(page: RulePage) -> Sequence[str]:
    """The facts that a rule asks for where they are not known; one unnamed where it asks not."""
    return sorted(page.when.reads()) if page.when_unknown is Verdict.ASK else [""]


def _limits(page: RulePage, knowledge: Knowledge) -> Thresholds:
    """What the names in a page's condition stand for."""
    return Thresholds(
        values={name: value.value for name, value in page.values.items()},
        named=knowledge.treatments_named,
    )


def _rule(one: _Posed, outcomes: Outcomes, knowledge: Knowledge) -> Rule:
    page, about = one.page, one.about
    limits = _limits(page, knowledge)
    procedures = frozenset(knowledge.sets.get("procedures", ()))
    stops = one.concerned >= procedures
    return Rule(
        id=page.id,
        page=page,
        about=about,
        truth=compiled(one.when, limits),
        undecided=undecided_facts(one.when, limits),
        fired_set=outcomes.only(page.id, TRUE, about=about),
        open_sets={
            fact: outcomes.only(page.id, UNKNOWN, about=about, lacking=fact)
            for fact in _lacking(page)
        },
        sources=tuple(citation.id for citation in page.sources),
        stops_procedures=stops and page.verdict is not Verdict.CAUTION,
    )


def _fits_for(kinds: AbstractSet[str], treatments: Iterable[Entry], *, names: NameSets) -> Fits:
    """The fits of all treatments that are for one of these kinds."""
    return Fits(
        {entry.id: [fit for fit in entry.fits if fit.types & kinds] for entry in treatments},
        names=names,
    )


def _entry(page: TreatmentPage, applies: OutcomeSet, fits: tuple[Fit, ...]) -> Entry:
    return Entry(
        id=page.id,
        page=page,
        fits=fits,
        outcomes=applies,
        cautions=_CAUTIONS.of(page.cautions),
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
