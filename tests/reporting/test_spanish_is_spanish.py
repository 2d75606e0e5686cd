"""No English sentence reaches a Spanish reader: for every patient of ``tests/patients``.

Two ways to find one. What stands word for word in the English handout of the same patient was
not translated; and what holds words that only English has was never Spanish. Left aside are the
patient's own words, the names of sources, and the names of treatments, some of which are the same.
"""

import re

import pytest
from tests.patients.pages import PAGES, plan_of
from tests.reporting.rendered import Node, tree_of

from cicatrix.knowledge import load_knowledge
from cicatrix.reporting import render_handout_html

_BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "caption", "figcaption", "title", "desc"}
_LEFT_ASIDE = {"q", "cite", "sup", "style"}
_ONLY_ENGLISH = re.compile(
    r"\b(the|and|with|you|your|was|were|this|that|for|from|not|are|weeks?|sessions?|at least)\b",
    re.IGNORECASE,
)


def own_text(node: Node) -> str:
    """The text of a block without that of the blocks inside it."""
    told = (
        piece
        if isinstance(piece, str)
        else ""
        if piece.tag in _BLOCKS | _LEFT_ASIDE
        else own_text(piece)
        for piece in node.pieces
    )
    return " ".join("".join(told).split())


def sentences(patient: str, language: str) -> set[str]:
    """Every sentence of a handout, but for its list of sources."""
    html = render_handout_html(plan_of(patient), knowledge=load_knowledge(), language=language)
    page = tree_of(html)
    (body,) = page.all("body")
    inside = {id(n) for old in page.with_class("sources") for n in (old, *old.walk())}
    blocks = (own_text(n) for n in body.walk() if n.tag in _BLOCKS and id(n) not in inside)
    return {one.strip() for text in blocks for one in re.split(r"(?<=[.?:;])\s", text)}


def is_a_name(text: str) -> bool:
    """Names, numbers and short labels may be the same in both languages."""
    return len(re.findall(r"[a-záéíóúñ]{2,}", text)) < 3


@pytest.mark.parametrize("patient", PAGES)
def test_a_spanish_handout_holds_no_english_sentence(patient):
    spanish = sentences(patient, "es")
    assert len(spanish) > 20
    same = {text for text in spanish & sentences(patient, "en") if not is_a_name(text)}
    assert same == set()
    assert {text for text in spanish if _ONLY_ENGLISH.search(text)} == set()
