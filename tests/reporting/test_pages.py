"""What holds for every page: sound HTML, pictures with words, sources that lead somewhere."""

import itertools
import re

import pytest
from tests.reporting.rendered import PAGES, html_of, page

from cicatrix import vocabulary as v
from cicatrix.knowledge import load_knowledge
from cicatrix.reporting.document import environment

_INLINE_WORDS = re.compile(r"[A-Za-zÀ-ÿ]{2,}")


@pytest.fixture(params=PAGES, ids="-".join)
def shown(request):
    return page(*request.param)


def test_a_page_has_a_language_a_title_and_one_first_heading(shown):
    html = shown.all("html")[0]
    assert html.attributes["lang"] in ("en", "es")
    assert shown.all("title")[0].text()
    assert len(shown.all("h1")) == 1


def test_headings_never_skip_a_level(shown):
    levels = [int(node.tag[1]) for node in shown.all("h1", "h2", "h3", "h4")]
    jumps = [b - a for a, b in itertools.pairwise(levels)]
    assert max(jumps) == 1


def test_every_table_has_a_caption_and_headers_with_a_scope(shown):
    for table in shown.all("table"):
        assert len(table.all("caption")) == 1
        assert table.all("caption")[0].text()
        assert {th.attributes.get("scope") for th in table.all("th")} <= {"row", "col"}
        assert table.all("th")


def test_every_picture_has_a_title_and_a_description_that_it_points_to(shown):
    for svg in shown.all("svg"):
        names = [svg.all("title")[0], svg.all("desc")[0]]
        assert all(node.text() for node in names)
        assert svg.attributes["role"] == "img"
        wanted = " ".join(node.attributes["id"] for node in names)
        assert svg.attributes["aria-labelledby"] == wanted


def test_no_id_stands_twice_and_every_link_inside_leads_somewhere(shown):
    ids = [n.attributes["id"] for n in shown.walk() if "id" in n.attributes]
    assert sorted(set(ids)) == sorted(ids)
    inner = [a.attributes["href"][1:] for a in shown.all("a") if a.attributes["href"][0] == "#"]
    assert set(inner) <= set(ids)
    labels = [n.attributes["aria-labelledby"] for n in shown.all("section", "article", "aside")
              if "aria-labelledby" in n.attributes]  # fmt: skip
    assert set(labels) <= set(ids)


def test_every_number_of_a_source_is_in_the_list_and_every_source_is_cited(shown):
    listed = [
        n.attributes["id"] for n in shown.walk() if n.attributes.get("id", "")[:7] == "source-"
    ]
    cited = {
        a.attributes["href"][1:] for a in shown.all("a") if a.attributes["href"][:8] == "#source-"
    }
    assert set(listed) == cited
    assert listed == [f"source-{n}" for n in range(1, len(listed) + 1)]


def test_sources_are_numbered_in_the_order_of_reading(shown):
    seen: list[int] = []
    for link in shown.all("a"):
        if link.attributes["href"].startswith("#source-"):
            number = int(link.attributes["href"][8:])
            if number not in seen:
                seen.append(number)
    # Within one bracket numbers ascend, so a new one is never more than the bracket ahead.
    assert sorted(seen) == list(range(1, len(seen) + 1))
    assert max((abs(a - b) for a, b in zip(seen, sorted(seen), strict=True)), default=0) < 12


def test_all_treatments_stand_on_the_page(shown):
    text = shown.all("main")[0].text()
    names = load_knowledge().treatments
    language = shown.all("html")[0].attributes["lang"]
    missing = [
        t for t in v.TREATMENTS if getattr(names[t].name, language).partition(" (")[0] not in text
    ]
    assert missing == []


def test_nothing_unknown_leaks_as_a_word_of_the_machine(shown):
    text = shown.all("body")[0].text()
    assert not re.search(r"\b(nan|inf|null|True|False)\b|\{\w*\}|Verdict\.|Role\.", text)
    assert [n.text() for n in shown.walk() if n.text() == "None"] == []


@pytest.mark.parametrize("which", PAGES, ids="-".join)
def test_a_page_needs_nothing_from_outside(which):
    html = html_of(*which)
    assert not re.search(r"<(link|script|img|iframe|object|embed|base|form)\b", html)
    assert not re.search(r"url\((?!data:)", html)
    assert "@import" not in html


@pytest.mark.parametrize("kind", ["report", "handout"])
def test_free_text_of_a_case_cannot_become_markup(kind):
    html = html_of(kind, "dented", "en")
    assert "<script" not in html
    assert "<b>please</b>" not in html
    assert "wedding &lt;b&gt;please&lt;/b&gt;" in html
    if kind == "report":
        assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;, brown marks &amp; redness" in html


@pytest.mark.parametrize("name", environment().list_templates())
def test_no_template_holds_words_of_its_own(name):
    source, _, _ = environment().loader.get_source(environment(), name)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", " ", source, flags=re.DOTALL)
    bare = re.sub(r"<[^>]*>", " ", bare)
    bare = re.sub(r"&\w+;", " ", bare)
    assert _INLINE_WORDS.findall(bare) == []
