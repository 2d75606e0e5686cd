"""The rule pages made ready for use: compiled conditions, and every text written out once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from cicatrix import vocabulary as v
from cicatrix.knowledge import Knowledge
from cicatrix.knowledge.rule_page import RulePage
from cicatrix.knowledge.treatment_page import Suits, TreatmentPage
from cicatrix.planning.truth import TRUE, Compiled, Thresholds, Undecided, compiled, undecided_facts
from cicatrix.records import Decision, Reason
from cicatrix.vocabulary import Role, Verdict

ANY, ACNE = "any", "acne"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule page, compiled. ``fired`` and ``open`` are its reasons when true and unknown.

    ``bit`` stands for the rule in the sets of rules, which are kept as whole numbers.
    """

    id: str
    bit: int
    page: RulePage
    truth: Compiled
    undecided: Undecided
    fired: Reason
    open: Reason
    #: The groups of treatments to which the rule applies.
    groups: tuple[int, ...] = ()
    #: How strict it is when true and when unknown, and its place among all reasons then.
    fired_rank: int
    open_rank: int
    fired_order: int = 0
    open_order: int = 0
    caution_bit: int
    stops_procedures: bool

    @property
    def reads_finding(self) -> bool:
        """True if the rule must be tried for each finding."""
        return self.page.reads_finding


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
    """A treatment with its fits and the set of rules that apply to it."""

    id: str
    page: TreatmentPage
    fits: tuple[Fit, ...]
    fits_by_type: Mapping[str, tuple[Fit, ...]]
    rules: int
    #: Treatments to which the same rules apply are one group.
    group: int
    cautions: int
    no_fit: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleBook:
    """All rules and all 46 treatments, in the order of the vocabulary."""

    patient_rules: tuple[Rule, ...]
    finding_rules: tuple[Rule, ...]
    treatments: tuple[Entry, ...]
    group_count: int
    #: For a finding type: the treatments that may be for it.
    candidates: Mapping[str, tuple[Entry, ...]]
    _cautions: dict[int, tuple[str, ...]] = field(default_factory=dict)
    #: Decisions that hang on nothing but which rules fired, by treatment and outcomes.
    kept: dict[tuple[object, ...], Decision] = field(default_factory=dict, repr=False)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule."""
        return (*self.patient_rules, *self.finding_rules)

    def cautions_of(self, bits: int) -> tuple[str, ...]:
        """The cautions of a set, in the order of the vocabulary."""
        if bits not in self._cautions:
            self._cautions[bits] = tuple(
                name for rank, name in enumerate(v.CAUTIONS) if bits >> rank & 1
            )
        return self._cautions[bits]


def make_rulebook(knowledge: Knowledge) -> RuleBook:
    """Compile the pages once; the book is then read for every patient."""
    procedures = frozenset(knowledge.sets.get("procedures", ()))
    rules, applies = [], dict.fromkeys(v.TREATMENTS, 0)
    for number, page in enumerate(knowledge.rules.values()):
        named = knowledge.treatments_named(page.applies_to)
        rule = _rule(page, knowledge, bit=1 << number, stops=named >= procedures)
        rules.append(rule)
        for name in named:
            applies[name] |= rule.bit
    groups = {mask: number for number, mask in enumerate(sorted(set(applies.values())))}
    grouped = [
        dataclasses.replace(
            rule,
            groups=tuple(n for mask, n in groups.items() if mask & rule.bit),
            fired_order=place - rule.fired_rank * len(rules),
            open_order=place - rule.open_rank * len(rules),
        )
        for place, rule in enumerate(sorted(rules, key=lambda rule: rule.id))
    ]
    treatments = tuple(
        _entry(knowledge.treatments[name], applies[name], groups[applies[name]], knowledge)
        for name in v.TREATMENTS
    )
    return RuleBook(
        patient_rules=tuple(rule for rule in grouped if not rule.reads_finding),
        finding_rules=tuple(rule for rule in grouped if rule.reads_finding),
        treatments=treatments,
        group_count=len(groups),
        candidates={
            name: tuple(entry for entry in treatments if entry.fits_by_type[name])
            for name in v.FINDING_TYPES
        },
    )


def _bit(caution: str) -> int:
    return 1 << v.CAUTIONS.index(caution)


def _rule(page: RulePage, knowledge: Knowledge, *, bit: int, stops: bool) -> Rule:
    limits = Thresholds(
        values={name: value.value for name, value in page.values.items()},
        named=knowledge.treatments_named,
    )
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
    return Rule(
        id=page.id,
        bit=bit,
        page=page,
        truth=compiled(page.when, limits),
        undecided=undecided_facts(page.when, limits),
        fired_rank=page.verdict.strictness,
        open_rank=page.when_unknown.strictness,
        fired=fired,
        open=dataclasses.replace(fired, verdict=page.when_unknown, text=f"{lead}: {fired.text}"),
        caution_bit=_bit(page.caution),
        stops_procedures=stops and page.verdict is not Verdict.CAUTION,
    )


def _entry(page: TreatmentPage, applies: int, group: int, knowledge: Knowledge) -> Entry:
    fits = tuple(_fit(page, suits, knowledge) for suits in page.suits)
    cautions = 0
    for caution in page.cautions:
        cautions |= _bit(caution)
    return Entry(
        id=page.id,
        page=page,
        fits=fits,
        fits_by_type={
            name: tuple(fit for fit in fits if name in fit.types or ANY in fit.types)
            for name in (*v.FINDING_TYPES, ANY)
        },
        rules=applies,
        group=group,
        cautions=cautions,
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
    truth: Compiled = compiled(suits.when, limits) if suits.when else lambda facts, finding: TRUE
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
