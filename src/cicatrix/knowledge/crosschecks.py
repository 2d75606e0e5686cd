"""What one page alone cannot tell: that its sources, sets, conflicts and neighbours exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cicatrix import vocabulary as v
from cicatrix.knowledge.conditions import ITS_GROUP, ITSELF
from cicatrix.knowledge.document import Document, Place
from cicatrix.vocabulary import nearest

if TYPE_CHECKING:
    from cicatrix.knowledge.loader import Knowledge

#: The keys under which pages name treatments, groups and sets.
_TREATMENT_WORDS = (
    "applies_to", "first", "then", "like", "surgery", "never_gentle", "not_gentle_at_risk",
)  # fmt: skip
_MAY_NAME_ITSELF = (("earlier_result", "treatment"),)


def cross_faults(knowledge: Knowledge, documents: Mapping[str, Document]) -> list[str]:
    """One sentence for every reference that leads nowhere and every page that is missing."""
    faults = []
    for name, document in sorted(documents.items()):
        if name == "sources.yaml":
            continue
        for place, fault in _faults_of(document.value, (), knowledge):
            faults.append(f"{name}, line {document.line_of(place)}: {fault}")
    return [*faults, *_missing(knowledge)]


def _faults_of(value: Any, place: Place, knowledge: Knowledge) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            here = (*place, key)
            if key == "sources" and isinstance(inner, list):
                yield from _source_faults(inner, here, knowledge)
            elif key in ("conflict", "conflicts"):
                yield from _conflict_faults(inner, here, knowledge)
            elif key in _TREATMENT_WORDS or (
                key == "treatment" and value.keys() & {"less_than", "result"}
            ):
                yield from _treatment_faults(inner, here, knowledge)
            else:
                yield from _faults_of(inner, here, knowledge)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _faults_of(inner, (*place, index), knowledge)


def _source_faults(
    citations: list[Any], place: Place, knowledge: Knowledge
) -> Iterator[tuple[Place, str]]:
    for index, citation in enumerate(citations):
        name = citation.get("id") if isinstance(citation, dict) else None
        if name is not None and name not in knowledge.sources:
            hint = nearest(str(name), knowledge.sources)
            yield (*place, index), f"cites '{name}', which sources.yaml does not hold{hint}"


def _conflict_faults(names: Any, place: Place, knowledge: Knowledge) -> Iterator[tuple[Place, str]]:
    for name in names if isinstance(names, list) else [names]:
        if name is not None and name not in knowledge.conflicts:
            yield place, f"names the conflict '{name}', which has no page"


def _treatment_faults(
    words: Any, place: Place, knowledge: Knowledge
) -> Iterator[tuple[Place, str]]:
    from cicatrix.knowledge.loader import resolve

    for word in words if isinstance(words, list) else [words]:
        if place[-2:] in _MAY_NAME_ITSELF and word in (ITSELF, ITS_GROUP):
            continue
        try:
            resolve([word], knowledge.sets)
        except ValueError as error:
            yield place, str(error)


def _missing(knowledge: Knowledge) -> Iterator[str]:
    for treatment in v.TREATMENTS:
        if treatment not in knowledge.treatments:
            yield f"treatments/{treatment}.yaml: is missing; every treatment has a page"
    for caution in v.CAUTIONS:
        if caution not in knowledge.cautions:
            yield f"cautions/{caution}.yaml: is missing; every caution has a page"
    for rule in knowledge.rules.values():
        for fact in sorted(rule.when.reads()):
            if question_id(fact) not in knowledge.questions:
                yield f"questions/{question_id(fact)}.yaml: is missing; rule '{rule.id}' reads it"


def question_id(fact: str) -> str:
    """The page on which the question for a fact stands."""
    kind, _, name = fact.rpartition(".")
    return f"finding_{name}" if kind else name
