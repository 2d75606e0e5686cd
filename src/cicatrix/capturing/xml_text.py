"""Read the XML that a capture carries, without the parts of XML that can hurt.

No entities, no document type, no links to elsewhere, and a bounded length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicatrix.capturing.files import damaged, plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_XML_BYTES = 8_000_000
#: No capture's XML nests deeper than about ten.
_DEEPEST = 100


def read_xml(text: bytes, *, name: str, what: str) -> Element:
    """The root element, with all namespaces taken off the names of the elements."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(forbid_dtd=True)
    try:
        parser.feed(text)
        root: Element = parser.close()
    except DefusedXmlException:
        raise damaged(name, kind=what, why="its XML defines entities, which no scan does") from None
    except (ParseError, ValueError, LookupError) as error:
        raise damaged(name, kind=what, why=error) from None
    _take_namespaces_off(root, name=name, what=what)
    return root


def _take_namespaces_off(root: Element, *, name: str, what: str) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise damaged(name, kind=what, why="its XML nests without end")
        for element in level:
            element.tag = str(element.tag).rpartition("}")[2]
        level = [child for element in level for child in element]


def text_of(root: Element, place: str) -> str:
    """The words at a place such as ``Record2/Instrument/Model``, or ""."""
    return plain(root.findtext(place) or "")
