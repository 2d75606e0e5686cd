"""The page about a scan, read again: every number with its doubt, and what was not measured."""

import csv
import dataclasses
import io
import re

import pikepdf
import pytest
from tests.reporting import plans, scans
from tests.reporting.test_pdf import structure

from cicatrix.knowledge import load_knowledge
from cicatrix.records import TypeJudgement
from cicatrix.reporting import render_handout_html, render_report_html, write_scars
from cicatrix.reporting.measures import with_doubt
from cicatrix.reporting.scars_page import render_scars_html, scars_csv

SCAN = scans.measured()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main>")[1]))


def page(scan=SCAN) -> str:
    return render_scars_html(scan, knowledge=load_knowledge())


def flagged(*flags: str):
    first, *rest = SCAN.catalogue.scars
    scars = (dataclasses.replace(first, flags=flags), *rest)
    catalogue = dataclasses.replace(SCAN.catalogue, scars=scars, flags=("noisy",))
    return dataclasses.replace(SCAN, catalogue=catalogue)


def test_every_scar_stands_in_the_table_with_its_intervals():
    rows = re.findall(r"<tr>\s*<td>(\d+)</td>(.*?)</tr>", page(), flags=re.DOTALL)
    assert [int(label) for label, _ in rows] == [s.label for s in SCAN.catalogue.scars]
    for scar, (_, row) in zip(SCAN.catalogue.scars, rows, strict=True):
        assert with_doubt(abs(scar.depth_mm), scar.depth_sd_mm) in row
        assert with_doubt(scar.width_mm, scar.width_sd_mm) in row
        assert with_doubt(abs(scar.volume_mm3), scar.volume_sd_mm3) in row
        assert (" high" in row) == (scar.volume_mm3 < 0)


def test_doubts_are_footnotes_in_words():
    told = text_of(page(flagged("touches_edge", "missing_inside")))
    assert "a, b" in told
    assert "a reaches the edge of the scan" in told
    assert "b more than a twentieth of it was not measured" in told
    assert "Doubt about the whole scan" in told
    assert ": the noise is above 0.05 mm" in told
    assert "reaches the edge" not in text_of(page())


def test_types_carry_their_likeness_and_never_certainty():
    likely = TypeJudgement(
        type="boxcar", probability={"boxcar": 0.72, "rolling": 0.26, "linear": 0.02},
        reasons=(), sources=("jacob2001",),
    )  # fmt: skip
    sure = dataclasses.replace(likely, probability={"boxcar": 1.0})
    first, second = (s.label for s in SCAN.catalogue.scars[:2])
    told = text_of(page(dataclasses.replace(
        SCAN, types={**SCAN.types, first: likely, second: sure}
    )))  # fmt: skip
    assert "Boxcar 72% (rolling 26%)" in told
    assert "Boxcar over 99%" in told
    assert "100%" not in told


def test_how_far_people_agree_stands_beside_the_types_with_its_source():
    html = page()
    told = text_of(html)
    assert "Three raters marked only about half of the single scars alike" in told
    assert "New Atrophic Acne Scar Classification" in told
    assert "not seen in print" in told  # the other statement is only remembered


def test_the_page_says_what_was_not_measured():
    told = text_of(page())
    hole = 100 * SCAN.catalogue.missing_fraction
    assert f"{hole:.1f}".rstrip("0").rstrip(".") + " % of the samples" in told
    for words in ("Colour.", "tethered", "outside the field"):
        assert words in told.partition("What was not measured")[2]


def test_every_surface_parameter_is_told_with_its_unit():
    told = text_of(page())
    for name in SCAN.catalogue.surface:
        assert f" {name.partition('_')[0].capitalize()} " in told
    assert re.search(r"Sa mean height off the mean plane [\d.]+ µm", told)


def test_the_name_of_a_file_is_escaped_and_the_page_is_alone():
    html = page()
    assert "made-up &lt;cheek&gt;.x3p" in html
    assert "<cheek>" not in html
    assert set(re.findall(r'(?:src|href)="([^"#]{5})', html)) <= {"data:"}


def test_clear_skin_is_said_and_has_no_empty_table():
    html = page(scans.clear())
    told = text_of(html)
    assert "No scar stands out from the texture of the skin." in told
    assert "Scars found: 0" in told
    assert "Volume mm³" not in told
    assert "likeness" not in told


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "new"
    paths = write_scars(SCAN, knowledge=load_knowledge(), folder=folder)
    return {path.name: path for path in paths}


def test_everything_is_written(written):
    assert set(written) == {
        "scars.html", "scars.pdf", "scars.csv", "depth_map.png", "depth_map.svg", "profiles.png",
        "profiles.svg", "histogram.png", "histogram.svg",
    }  # fmt: skip
    assert all(path.stat().st_size > 200 for path in written.values())


def test_the_pdf_is_tagged_and_its_figures_have_words(written):
    with pikepdf.open(written["scars.pdf"]) as document:
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        figures = [i for i in structure(document) if str(i.get("/S")) == "/Figure"]
        words = [str(figure.Alt) for figure in figures]
        assert any("Depth map of cheek (left): 5 scars" in one for one in words)
        assert any("A line across the narrow width" in one for one in words)
        assert any("Depths of the scars" in one for one in words)


def test_the_table_for_other_programs_holds_the_numbers(written):
    rows = list(csv.DictReader(io.StringIO(written["scars.csv"].read_text("utf-8"))))
    assert len(rows) == len(SCAN.catalogue.scars)
    for row, scar in zip(rows, SCAN.catalogue.scars, strict=True):
        assert int(row["label"]) == scar.label
        # Five digits are written.
        assert float(row["depth_mm"]) == pytest.approx(scar.depth_mm, rel=1e-4)
        assert row["type"] == SCAN.types[scar.label].type
        assert row["flags"].split() == list(scar.flags)
    unknown = dataclasses.replace(SCAN.catalogue.scars[0], depth_mm=float("nan"))
    catalogue = dataclasses.replace(SCAN.catalogue, scars=(unknown,))
    (row,) = csv.DictReader(io.StringIO(scars_csv(dataclasses.replace(SCAN, catalogue=catalogue))))
    assert row["depth_mm"] == ""


def with_scan(plan):
    return dataclasses.replace(plan, case=dataclasses.replace(plan.case, measured=(SCAN, SCAN)))


def test_the_report_shows_every_capture_and_no_two_pictures_share_a_name():
    html = render_report_html(with_scan(plans.dented()), knowledge=load_knowledge())
    assert html.count("Depth map of cheek (left)") == 2
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(set(ids)) == len(ids)
    assert "What was measured" in text_of(html)
    without = render_report_html(plans.dented(), knowledge=load_knowledge())
    assert "What was measured" not in text_of(without)


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Where your scars are and how deep"), ("es", "Dónde están sus cicatrices")],
)
def test_the_handout_shows_the_map_once_for_each_capture(language, title):
    plan = with_scan(plans.dented())
    html = render_handout_html(plan, knowledge=load_knowledge(), language=language)
    assert html.count(title) == 2
    assert "histogram" not in html
    without = render_handout_html(plans.dented(), knowledge=load_knowledge(), language=language)
    assert title not in without


def test_the_table_places_scars_of_a_mesh_and_leaves_those_of_a_map_empty():
    mesh = dataclasses.replace(SCAN, catalogue=dataclasses.replace(SCAN.catalogue, kind="mesh"))
    first = SCAN.catalogue.scars[0]
    names = ("position_x_mm", "position_y_mm", "position_z_mm")
    on_mesh, on_map = (next(csv.DictReader(io.StringIO(scars_csv(one)))) for one in (mesh, SCAN))
    assert [on_mesh[name] for name in names] == [f"{mm:.5g}" for mm in first.position_mm]
    assert [on_map[name] for name in names] == ["", "", ""]
