"""The running text of a page, as a reader meets it: each block closed like a sentence."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "td", "th", "dt", "dd", "caption", "figcaption"}
MOST_WORDS_OF_A_LABEL = 6
_LEFT_OUT = {"style", "svg", "sup", "footer", "cite"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._skipping = 0
        self._open = 0
        self._text = ""

    def handle_starttag(self, tag, _attrs):
        if tag in _LEFT_OUT:
            self._skipping += 1
        if tag in _BLOCKS:
            self._close()

    def handle_endtag(self, tag):
        if tag in _LEFT_OUT:
            self._skipping -= 1
        if tag in _BLOCKS:
            self._close()

    def handle_data(self, data):
        if not self._skipping:
            self._text += data

    def _close(self):
        text = " ".join(self._text.replace("†", "").split())
        if any(letter.isalpha() for letter in text):
            self.blocks.append(text if text[-1] in ".?!:" else f"{text}.")
        self._text = ""


def running_text(html: str) -> str:
    """The words of the page without pictures, source numbers and the list of sources."""
    return "\n".join(_blocks(html))


def whole_sentences(html: str) -> str:
    """Only the blocks that are sentences: no headings, table heads, names and numbers."""
    return "\n".join(b for b in _blocks(html) if len(b.split()) > MOST_WORDS_OF_A_LABEL)


def _blocks(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html[html.index("<body") :])
    return reader.blocks
