"""Pages rendered once a test run, and read again as a tree of elements."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.reporting.plans import PLANS

from cicatrix.knowledge import load_knowledge
from cicatrix.reporting import render_handout_html, render_report_html

_NEVER_CLOSED = {"meta", "br", "link", "img", "input", "hr"}


@dataclass
class Node:
    """One element: its attributes, the elements in it, and its own text in order."""

    tag: str
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    pieces: list[str | Node] = field(default_factory=list)

    def all(self, *tags: str) -> list[Node]:
        """Every element of these tags below, in reading order."""
        return [node for node in self.walk() if node.tag in tags]

    def walk(self) -> Iterator[Node]:
        """Every element below."""
        for child in self.children:
            yield child
            yield from child.walk()

    def text(self) -> str:
        """All words below, with single spaces."""
        raw = "".join(p if isinstance(p, str) else f" {p.text()} " for p in self.pieces)
        return " ".join(raw.split())

    def with_class(self, name: str) -> list[Node]:
        """Every element below that carries a class."""
        return [n for n in self.walk() if name in n.attributes.get("class", "").split()]


class _TreeBuilder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(node)
        self.open[-1].pieces.append(node)
        if tag not in _NEVER_CLOSED:
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(node)

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].pieces.append(data)


def tree_of(html: str) -> Node:
    """The page as a tree; a wrongly nested page fails here."""
    builder = _TreeBuilder()
    builder.feed(html)
    assert builder.open == [builder.root], "an element was never closed"
    return builder.root


@functools.cache
def report_html(name: str) -> str:
    """The report of one of the invented plans."""
    return render_report_html(PLANS[name](), knowledge=load_knowledge())


@functools.cache
def handout_html(name: str, language: str = "en") -> str:
    """The handout of one of the invented plans."""
    return render_handout_html(PLANS[name](), knowledge=load_knowledge(), language=language)


@functools.cache
def report(name: str) -> Node:
    """The report as a tree."""
    return tree_of(report_html(name))


@functools.cache
def handout(name: str, language: str = "en") -> Node:
    """The handout as a tree."""
    return tree_of(handout_html(name, language))


PAGES = [
    *(("report", name, "en") for name in PLANS),
    *(("handout", name, language) for name in PLANS for language in ("en", "es")),
]


def page(kind: str, name: str, language: str) -> Node:
    """One of ``PAGES``."""
    return report(name) if kind == "report" else handout(name, language)


def html_of(kind: str, name: str, language: str) -> str:
    """One of ``PAGES`` as text."""
    return report_html(name) if kind == "report" else handout_html(name, language)
