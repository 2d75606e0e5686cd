"""How far people agree on what a scar is called: what the pages of the types say."""

from __future__ import annotations

from collections.abc import Iterable

from cicatrix.knowledge.loader import Knowledge
from cicatrix.knowledge.reading_page import Position


def rater_agreement(knowledge: Knowledge, *, types: Iterable[str]) -> tuple[Position, ...]:
    """The statements on the pages of some types, each once; of all types where none has a page."""
    pages = [knowledge.scar_types[name] for name in types if name in knowledge.scar_types]
    said = (one for page in pages or knowledge.scar_types.values() for one in page.agreement)
    return tuple({one.text: one for one in said}.values())
