"""Why there is nothing that a course could be made for."""

from __future__ import annotations

from cicatrix.knowledge import Knowledge
from cicatrix.planning import sentences
from cicatrix.planning.options import Offer
from cicatrix.planning.sentences import Said
from cicatrix.records import Case
from cicatrix.vocabulary import Role

_CHANGING = (Role.FIRST_LINE, Role.SECOND_LINE, Role.ADJUNCT)


def why_no_aim(case: Case, offer: Offer, *, knowledge: Knowledge) -> tuple[Said, ...]:
    """What could be planned is left out, or is not open now, or no source knows a treatment."""
    found = list(dict.fromkeys(finding.type for finding in case.findings))
    treatable = _treatable(knowledge)
    without = tuple(kind for kind in found if kind not in treatable)
    said = [sentences.no_treatment_known(without)] if without else []
    adjuncts = tuple(option.treatment for option in offer.options if option.improves)
    if adjuncts:
        said.append(sentences.only_adjuncts(adjuncts))
    if offer.left_out:
        said.append(sentences.none_plannable({n.treatment: n.why for n in offer.left_out[:3]}))
    elif not adjuncts and (len(without) < len(found) or not found):
        said.append(sentences.NONE_PERMITTED)
    return tuple(said)


def _treatable(knowledge: Knowledge) -> frozenset[str]:
    """The types of findings that some page has a treatment for."""
    return frozenset(
        kind
        for page in knowledge.treatments.values()
        for suits in page.suits
        if suits.role in _CHANGING
        for kind in suits.types
    )
