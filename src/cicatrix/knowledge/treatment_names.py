"""What people call a treatment, so that a word that is no id still finds its way."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from cicatrix import vocabulary as v
from cicatrix.errors import PageError
from cicatrix.knowledge.loader import load_knowledge
from cicatrix.vocabulary import nearest


def known_treatment(word: str) -> str:
    """A treatment id, as it came.

    Raises
    ------
    ValueError
        For any other word, with every treatment that goes by a name as near as that: its id, other
        names on its page, and products.
    """
    if word not in v.TREATMENTS:
        hint = nearest(word, v.TREATMENTS, called=_called())
        raise ValueError(f"knows no treatment called '{word}'{hint}")
    return word


@functools.cache
def _called() -> Mapping[str, Iterable[str]]:
    """For every treatment its other names; none where the pages cannot be read."""
    try:
        pages = load_knowledge().treatments
    except PageError:
        return {}
    return {
        name: (page.name.en, page.name.es, *page.also_called, *(p.name for p in page.products))
        for name, page in pages.items()
    }
