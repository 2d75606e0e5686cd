"""The PDFs: tagged for readers, the same bytes each time, and clear words where they cannot be."""

import importlib
import io
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from tests.patients.pages import plan_of
from tests.reporting import plans
from tests.reporting.rendered import handout_html, report_html

import cicatrix
from cicatrix.cli import EXAMPLE
from cicatrix.errors import CicatrixError, MissingExtraError
from cicatrix.exchange.case_file import read_case
from cicatrix.knowledge import load_knowledge
from cicatrix.reporting import pdf as pdf_module
from cicatrix.reporting import render_handout_html, write_handout, write_report
from cicatrix.reporting.document import FONTS, environment
from cicatrix.visit import first_visit

FONT_FOLDER = Path(pdf_module.__file__).parent / "fonts"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    knowledge = load_knowledge()
    paths = write_report(plans.stopped(), knowledge=knowledge, folder=folder)
    for language in ("en", "es"):
        paths += write_handout(
            plans.dented(), knowledge=knowledge, folder=folder, language=language
        )
    return {path.name: path for path in paths}


NAMES = ("report.pdf", "handout-en.pdf", "handout-es.pdf")


def structure(document: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    found, waiting = [], [document.Root.StructTreeRoot]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            waiting += list(item)
        elif isinstance(item, pikepdf.Dictionary) and ("/S" in item or "/K" in item):
            found.append(item)
            waiting.append(item.get("/K"))
    return found


def test_every_page_is_written_as_html_and_as_pdf(written):
    assert sorted(written) == [
        "handout-en.html", "handout-en.pdf", "handout-es.html", "handout-es.pdf", "report.html",
        "report.pdf",
    ]  # fmt: skip
    assert written["report.html"].read_text("utf-8") == report_html("stopped")
    assert written["handout-es.html"].read_text("utf-8") == handout_html("dented", "es")


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_is_tagged_and_says_that_it_is_pdf_ua(written, name):
    with pikepdf.open(written[name]) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == ("es" if "-es" in name else "en")
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo["/Title"])
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]
        tags = {str(item.S) for item in structure(document) if "/S" in item}
        assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/Figure", "/L"} <= tags


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_words_and_every_header_cell_a_place(written, name):
    with pikepdf.open(written[name]) as document:
        figures = [i for i in structure(document) if str(i.get("/S")) == "/Figure"]
        assert figures
        assert all(str(figure.Alt) for figure in figures)
        assert any("cheek" in str(f.Alt) or "chest" in str(f.Alt) or "mejilla" in str(f.Alt)
                   for f in figures)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_has_bookmarks_and_only_our_fonts(written, name):
    with pikepdf.open(written[name]) as document:
        with document.open_outline() as outline:
            assert len(outline.root) == 1
            assert len(outline.root[0].children) >= 5
        fonts = {
            str(font.BaseFont).rpartition("+")[2]
            for page in document.pages
            for font in page.Resources.get("/Font", {}).values()
        }
        assert fonts
        assert {f for f in fonts if not f.startswith(("Atkinson", "Newsreader"))} == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_date_of_the_machine_is_in_a_pdf(written, name):
    with pikepdf.open(written[name]) as document:
        assert "/CreationDate" not in document.docinfo
        assert "/ModDate" not in document.docinfo


def test_the_same_plan_gives_the_same_bytes_in_another_process(written, tmp_path):
    (tmp_path / "plans").write_bytes(pickle.dumps((plans.stopped(), plans.dented())))
    script = (
        "import pickle; from pathlib import Path;"
        "from cicatrix.knowledge import load_knowledge;"
        "from cicatrix.reporting import write_handout, write_report;"
        f"k, f = load_knowledge(), Path({str(tmp_path)!r});"
        "stopped, dented = pickle.loads((f / 'plans').read_bytes());"
        "write_report(stopped, knowledge=k, folder=f);"
        "write_handout(dented, knowledge=k, folder=f)"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": "271828", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root, env=environment)
    for name in ("report.html", "report.pdf", "handout-en.html", "handout-en.pdf"):
        assert (tmp_path / name).read_bytes() == written[name].read_bytes(), name


#: Three sheets printed on both sides: five pages to read in ten-point type, and the sources.
_MOST_PAGES = 6


def test_a_handout_is_short(written):
    # The rich plan, with three courses of seven treatments, and one without a course.
    with pikepdf.open(written["handout-en.pdf"]) as document:
        assert len(document.pages) <= _MOST_PAGES
    short = pdf_module.write_pdf(
        handout_html("stopped"), path=written["handout-en.pdf"].with_name("short.pdf")
    )
    with pikepdf.open(short) as document:
        assert len(document.pages) <= 3


def test_a_handout_is_printed_large_enough_to_read():
    # Ten points is what a printed page of a book has; only the list of sources is smaller.
    styles = (Path(cicatrix.__file__).parent / "reporting" / "style" / "handout.css").read_text(
        "utf-8"
    )
    printed = styles.partition("@media print")[2]
    assert float(re.search(r"html \{ font-size: ([\d.]+)pt", printed)[1]) >= 10
    assert float(re.search(r"\.sources \{ font-size: ([\d.]+)pt", printed)[1]) >= 7.5


# Those whose handout holds the most words of all of `tests/patients`.
@pytest.mark.parametrize("patient", ["isotretinoin-now", "back-and-chest", "everything-at-once"])
def test_the_handout_of_a_rich_patient_keeps_its_length(patient, tmp_path):
    html = render_handout_html(plan_of(patient), knowledge=load_knowledge(), language="es")
    with pikepdf.open(pdf_module.write_pdf(html, path=tmp_path / "rich.pdf")) as document:
        assert len(document.pages) <= _MOST_PAGES


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_handout_of_the_demo_with_its_scan_keeps_its_length(language, tmp_path):
    knowledge = load_knowledge()
    plan = first_visit(read_case(EXAMPLE), knowledge=knowledge)
    html = render_handout_html(plan, knowledge=knowledge, language=language)
    with pikepdf.open(pdf_module.write_pdf(html, path=tmp_path / "demo.pdf")) as document:
        assert len(document.pages) <= _MOST_PAGES


def test_pages_drawn_side_by_side_are_those_drawn_one_by_one(written, tmp_path):
    pages = {}
    for name in NAMES[:2]:
        page = tmp_path / name.replace(".pdf", ".html")
        page.write_text(written[page.name].read_text("utf-8"), encoding="utf-8")
        pages[page] = tmp_path / name
    pdf_module.write_pdfs(pages)
    assert [p.read_bytes() for p in pages.values()] == [written[n].read_bytes() for n in NAMES[:2]]


def test_where_no_process_can_be_started_all_pages_are_drawn_here(written, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_module.sys, "executable", str(tmp_path / "gone"))
    page = tmp_path / "handout-en.html"
    page.write_text(written["handout-en.html"].read_text("utf-8"), encoding="utf-8")
    other = tmp_path / "other.html"
    other.write_bytes(page.read_bytes())
    pdf_module.write_pdfs({page: tmp_path / "one.pdf", other: tmp_path / "two.pdf"})
    assert (tmp_path / "one.pdf").read_bytes() == written["handout-en.pdf"].read_bytes()


def test_without_weasyprint_the_html_is_there_and_the_way_out_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'cicatrix\[report\]'"):
        write_handout(plans.clear(), knowledge=load_knowledge(), folder=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["handout-en.html"]


def test_without_the_libraries_of_the_system_their_packages_are_named(tmp_path, monkeypatch):
    real = importlib.import_module

    def broken(name):
        if name == "weasyprint":
            message = "cannot load library 'libpango-1.0-0'"
            raise OSError(message)
        return real(name)

    monkeypatch.setattr(pdf_module.importlib, "import_module", broken)
    words = r"libpango-1\.0-0 libpangoft2-1\.0-0 libharfbuzz-subset0"
    with pytest.raises(MissingExtraError, match=words):
        write_report(plans.clear(), knowledge=load_knowledge(), folder=tmp_path)
    assert (tmp_path / "report.html").exists()


def test_without_jinja_the_way_out_is_told(tmp_path, monkeypatch):
    environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match=r"jinja2.*pip install 'cicatrix\[report\]'"):
        write_report(plans.clear(), knowledge=load_knowledge(), folder=tmp_path)


def test_the_room_opens_without_the_extra():
    script = (
        "import sys; sys.modules.update(dict.fromkeys(('jinja2', 'markupsafe', 'weasyprint')));"
        "import cicatrix.reporting"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("here first")
    with pytest.raises(CicatrixError, match=r"report\.html.*cannot be written into.*Choose"):
        write_report(plans.clear(), knowledge=load_knowledge(), folder=blocked / "inside")


def test_nothing_is_fetched_from_outside(tmp_path, caplog):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    html = f'<html lang="en"><title>t</title><p>x</p><img alt="a" src="{secret.as_uri()}">'
    path = pdf_module.write_pdf(html, path=tmp_path / "out.pdf")
    with pikepdf.open(path) as document:
        assert "/XObject" not in document.pages[0].Resources or not document.pages[0].get_images()
    assert "Failed to load image" in caplog.text


def test_the_fonts_are_small_free_and_know_every_sign_that_is_printed():
    files = sorted(FONT_FOLDER.glob("*.woff2"))
    assert {f.name for f in files} == {file for *_, file in FONTS}
    assert sum(f.stat().st_size for f in files) < 1_000_000
    for licence in FONT_FOLDER.glob("OFL-*.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text("utf-8")
    signs = set("áéíóúüñÁÉÍÓÚÜÑ¿¡«»°²³µ±×−–—≥≤≈“”’…†·€%")
    for file in files:
        known = TTFont(io.BytesIO(file.read_bytes())).getBestCmap()
        assert {sign for sign in signs if ord(sign) not in known} == set(), file.name


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_sign_of_a_handout_is_in_the_text_font(language):
    known = TTFont(io.BytesIO((FONT_FOLDER / FONTS[0][3]).read_bytes())).getBestCmap()
    printed = set(handout_html("dented", language).partition("<body")[2])
    assert {sign for sign in printed if ord(sign) not in known} <= {"\n"}
