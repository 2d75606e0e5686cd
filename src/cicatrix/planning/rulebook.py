"""The rule pages made ready for use: compiled conditions, and every text written out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.rule_page import RulePage
from cicatrix.knowledge.treatment_page import Suits, TreatmentPage
from cicatrix.planning.truth import Compiled, Thresholds, compiled
from cicatrix.records import Reason
from cicatrix.vocabulary import Role, Verdict

ANY, ACNE = "any", "acne"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule page, compiled. ``fired`` and ``open`` are its reasons when true and unknown."""

    id: str
    page: RulePage
    truth: Compiled
    fired: Reason
    open: Reason
    reads_finding: bool
    stops_procedures: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """One ``suits`` entry of a treatment, compiled."""

    types: frozenset[str]
    role: Role
    component: str
    truth: Compiled
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A treatment with its fits and the rules that apply to it."""

    id: str
    page: TreatmentPage
    fits: tuple[Fit, ...]
    patient_rules: tuple[int, ...]
    finding_rules: tuple[int, ...]
    no_fit: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleBook:
    """All rules and all 46 treatments, in the order of the vocabulary."""

    rules: tuple[Rule, ...]
    treatments: tuple[Entry, ...]
    thresholds: Mapping[str, Thresholds]


def make_rulebook(knowledge: Knowledge) -> RuleBook:
    """Compile the pages once; the book is then read for every patient."""
    procedures = frozenset(knowledge.sets.get("procedures", ()))
    rules, thresholds, applies = [], {}, []
    for page in knowledge.rules.values():
        limits = Thresholds(
            values={name: value.value for name, value in page.values.items()},
            named=knowledge.treatments_named,
        )
        thresholds[page.id] = limits
        treatments = knowledge.treatments_named(page.applies_to)
        applies.append(treatments)
        stops = page.verdict is not Verdict.CAUTION and treatments >= procedures
        rules.append(_rule(page, limits, stops=stops, local=page.id in knowledge.local))
    numbered = tuple(enumerate(rules))
    entries = tuple(
        _entry(
            knowledge.treatments[name],
            tuple(i for i, r in numbered if name in applies[i] and not r.reads_finding),
            tuple(i for i, r in numbered if name in applies[i] and r.reads_finding),
            knowledge,
        )
        for name in v.TREATMENTS
    )
    return RuleBook(
        rules=tuple(rules), treatments=entries, thresholds=MappingProxyType(thresholds)
    )


def _rule(page: RulePage, limits: Thresholds, *, stops: bool, local: bool) -> Rule:
    words = {name: f"{value.value:g}" for name, value in page.values.items()}
    because, do = page.because.format_map(words), page.do.format_map(words)
    patient = {
        "en": page.patient.en.format_map(words),
        "es": page.patient.es.format_map(words),
    }
    sources = tuple(citation.id for citation in page.sources)
    common = {
        "rule": page.id,
        "patient": patient,
        "sources": sources,
        "conflict": page.conflict or "",
        "caution": page.caution,
        "local": local,
    }
    taken = "Not known, so taken as if it were so" if page.when_unknown is Verdict.CAUTION else ""
    lead = taken or "An answer that decides is missing"
    return Rule(
        id=page.id,
        page=page,
        truth=compiled(page.when, limits),
        fired=Reason(verdict=page.verdict, text=f"{because.strip()} {do.strip()}", **common),
        open=Reason(
            verdict=page.when_unknown, text=f"{lead}: {because.strip()} {do.strip()}", **common
        ),
        reads_finding=page.reads_finding,
        stops_procedures=stops,
    )


def _entry(
    page: TreatmentPage,
    patient_rules: tuple[int, ...],
    finding_rules: tuple[int, ...],
    knowledge: Knowledge,
) -> Entry:
    return Entry(
        id=page.id,
        page=page,
        fits=tuple(_fit(page, suits, knowledge) for suits in page.suits),
        patient_rules=patient_rules,
        finding_rules=finding_rules,
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


def _fit(page: TreatmentPage, suits: Suits, knowledge: Knowledge) -> Fit:
    limits = Thresholds(named=knowledge.treatments_named)
    truth: Compiled = compiled(suits.when, limits) if suits.when else lambda facts, finding: 2
    return Fit(
        types=frozenset(suits.types),
        role=suits.role,
        component=suits.component,
        truth=truth,
        reason=Reason(
            rule=f"treatments/{page.id}",
            verdict=Verdict.SUITABLE,
            text=suits.why,
            patient={"en": page.plain.en, "es": page.plain.es},
            sources=tuple(citation.id for citation in suits.sources),
            conflict=suits.conflict or "",
        ),
    )
