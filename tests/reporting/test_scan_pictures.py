"""Depth map, lines across and histogram: true to scale, labelled, the same as PNG and as SVG."""

import dataclasses
import io
import itertools
import math
import re
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from tests.reporting import scans

from cicatrix.phantoms import standard_phantom
from cicatrix.reporting import palette
from cicatrix.reporting.depth_histogram import SHADES, blocks_of, draw_depth_histogram, step_of
from cicatrix.reporting.depth_map import (
    draw_depth_map,
    frame_of,
    labels_on,
    scale_bar_mm,
    ticks_between,
)
from cicatrix.reporting.drawing import Drawing, text_width
from cicatrix.reporting.label_places import Marked, placed_labels
from cicatrix.reporting.measures import Z95, is_raised, with_doubt
from cicatrix.reporting.profiles import draw_profiles, panels_of, scale_of
from cicatrix.reporting.raster import PIXELS_PER_UNIT, png_of
from cicatrix.reporting.words import report_words, words_for
from cicatrix.visit import measure_scan

WORDS = report_words()
SVG = "{http://www.w3.org/2000/svg}"
SCAN = scans.measured()


def depth_map(scan=SCAN, words=WORDS) -> Drawing:
    return draw_depth_map(scan, words=words, key="m")


def elements(drawing: Drawing, name: str) -> list[Element]:
    return fromstring(drawing.markup()).findall(f".//{SVG}{name}")


def lines_of(drawing: Drawing, stroke: str) -> list[list[tuple[float, float]]]:
    """The points of every straight path with this stroke."""
    found = []
    for path in elements(drawing, "path"):
        if path.get("stroke") == stroke:
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d"))]
            found.append(list(itertools.pairwise(numbers))[::2])
    return found


# --- the depth map -------------------------------------------------------------------------------


def test_the_scale_bar_is_as_long_as_it_says():
    drawing = depth_map()
    (image,) = elements(drawing, "image")
    units_per_mm = float(image.get("width")) / SCAN.pictures.depth_map.size_mm[0]
    assert units_per_mm == pytest.approx(
        float(image.get("height")) / SCAN.pictures.depth_map.size_mm[1]
    )
    (bar,) = (p for p in elements(drawing, "path") if p.get("stroke-width") == "3")
    x1, _, x2, _ = (float(n) for n in re.findall(r"[\d.]+", bar.get("d")))
    stated = scale_bar_mm(frame_of(SCAN.pictures.depth_map))
    assert (x2 - x1) / units_per_mm == pytest.approx(stated, rel=1e-3)
    assert f"{stated:g} mm" in [t.text for t in elements(drawing, "text")]


def test_every_scar_has_its_number_beside_it():
    frame = frame_of(SCAN.pictures.depth_map)
    raised = {s.label for s in SCAN.catalogue.scars if is_raised(s)}
    labels = labels_on(SCAN.pictures.depth_map, frame, raised=raised)
    for scar, label in zip(SCAN.catalogue.scars, labels, strict=True):
        assert label.text == (f"+{scar.label}" if scar.label in raised else str(scar.label))
        x, y = frame.place(scar.x_mm, scar.y_mm)
        # No further than its longest half and the place of the label itself.
        reach = (scar.length_mm / 2 + 0.5) * frame.scale + 45
        assert math.hypot(label.x - x, label.y - y) < reach
        assert label.text in [t.text for t in elements(depth_map(), "text")]


def test_raised_scars_are_dashed_and_explained():
    dashed = [p for p in elements(depth_map(), "path") if p.get("stroke-dasharray")]
    assert len(dashed) == sum(s.type == "papular" for s in scans.SCARS)
    assert "Dashed outline and +: raised" in [t.text for t in elements(depth_map(), "text")]
    assert "Striped: not measured" in [t.text for t in elements(depth_map(), "text")]


def boxes_overlap(one, other) -> bool:
    a, b = one.box, other.box
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_labels_never_overlap_even_in_a_crowd(knowledge):
    scan = measure_scan(standard_phantom(501).height_map, knowledge=knowledge)
    frame = frame_of(scan.pictures.depth_map)
    labels = labels_on(scan.pictures.depth_map, frame, raised=())
    assert len(labels) == 34
    crowd = placed_labels(
        [
            Marked(text=str(n), middle=(300 + 9 * (n % 9), 300 + 9 * (n // 9)), outline=())
            for n in range(60)
        ],
        field=(0, 0, 600, 600),
    )
    for group in (labels, crowd):
        assert not any(boxes_overlap(a, b) for a, b in itertools.combinations(group, 2))
        assert all(label.box[0] >= 0 and label.box[2] <= 720 for label in group)


def test_the_colour_bar_has_its_ticks_where_the_colours_are():
    drawing = depth_map()
    texts = {t.text: float(t.get("y")) for t in elements(drawing, "text")}
    deep, skin = texts["0.8"], texts["0 skin"]
    ramp = SCAN.pictures.depth_map.ramp
    boxes = {b.get("fill"): b for b in elements(drawing, "rect")}
    middle = min(ramp, key=lambda stop: abs(stop[0] - 0.4))
    # The stop nearest to 0.4 mm is half way between the ticks of 0 and 0.8; half a stop is 5 µm.
    assert float(boxes[middle[1]].get("y")) == pytest.approx((deep + skin) / 2 - 4.3, abs=3)


@pytest.mark.parametrize(
    ("first", "last", "some"),
    [(-0.4, 1.0, [0.0, 0.2, 1.0]), (-0.08, 0.2, [0.0, 0.1, 0.2]), (-1.5, 2.5, [-1.5, 0.0, 2.5])],
)
def test_ticks_are_round_and_zero_is_one_of_them(first, last, some):
    ticks = ticks_between(first, last)
    assert 0.0 in ticks
    assert ticks == sorted(ticks)
    assert 4 <= len(ticks) <= 12
    for wanted in some:
        assert min(abs(tick - wanted) for tick in ticks) < 1e-9


def test_the_map_says_in_words_what_it_shows():
    title = depth_map().title
    assert title.startswith("Depth map of cheek (left): 5 scars on 32 by 32 mm of skin.")
    pit = scans.label_of(next(s for s in scans.SCARS if s.type == "ice_pick"))
    bump = scans.label_of(next(s for s in scans.SCARS if s.type == "papular"))
    assert f"The deepest is number {pit}, 0." in title
    assert f"The highest is number {bump}, 0.4" in title
    assert "Mapa de profundidad de mejilla" in depth_map(words=words_for("es")).title


def test_clear_skin_is_drawn_as_a_map_without_labels():
    drawing = depth_map(scans.clear())
    assert "0 scars" in drawing.title
    assert not [t for t in elements(drawing, "text") if t.get("font-weight") == "700"]


# --- lines across --------------------------------------------------------------------------------


def test_depth_and_width_are_drawn_to_the_stated_scale():
    scale = scale_of(SCAN)
    panels, _ = panels_of(SCAN, scale)
    drawing = draw_profiles(SCAN, words=WORDS, key="p")
    flat = [line for line in lines_of(drawing, palette.CLAY) if line[0][1] == line[1][1]]
    for panel in panels:
        scar = panel.scar
        depth_y = panel.skin_y + scar.depth_mm * scale.down
        (line,) = (
            p for p in flat
            if abs(p[0][1] - depth_y) < 0.02
            and abs((p[0][0] + p[1][0]) / 2 - panel.middle) < 0.02
        )  # fmt: skip
        assert line[1][0] - line[0][0] == pytest.approx(scar.width_mm * scale.across, abs=0.02)
    assert f"(depth drawn {scale.exaggeration}×)" in drawing.markup()


def test_the_interval_is_drawn_as_wide_as_it_is():
    scale = scale_of(SCAN)
    drawing = draw_profiles(SCAN, words=WORDS, key="p")
    drawn = sorted(float(b.get("height")) for b in elements(drawing, "rect"))
    told = sorted(max(2 * Z95 * s.depth_sd_mm * scale.down, 0.8) for s in SCAN.catalogue.scars)
    assert drawn == pytest.approx(told, abs=0.01)


def test_no_panel_lies_on_another_or_beside_the_paper():
    panels, bottom = panels_of(SCAN, scale_of(SCAN))
    for panel in panels:
        assert panel.x >= 0
        assert panel.x + panel.width <= 720
        assert panel.skin_y < bottom
    for one, other in itertools.combinations(panels, 2):
        same_row = one.y == other.y
        assert not same_row or one.x + one.width <= other.x or other.x + other.width <= one.x


def test_a_line_breaks_where_nothing_was_measured():
    profile = SCAN.pictures.profiles[0]
    holed = dataclasses.replace(
        profile,
        depth_mm=tuple(math.nan if abs(x) < 0.3 else d
                       for x, d in zip(profile.distance_mm, profile.depth_mm, strict=True)),
    )  # fmt: skip
    pictures = dataclasses.replace(SCAN.pictures, profiles=(holed, *SCAN.pictures.profiles[1:]))
    scan = dataclasses.replace(SCAN, pictures=pictures)
    whole, broken = (
        len(lines_of(draw_profiles(s, words=WORDS, key="p"), palette.INK)) for s in (SCAN, scan)
    )
    assert broken == whole + 1
    assert "nan" not in draw_profiles(scan, words=WORDS, key="p").markup()


# --- the histogram -------------------------------------------------------------------------------


def test_each_scar_is_one_block_in_the_bin_of_its_depth():
    step = step_of(s.depth_mm for s in SCAN.catalogue.scars)
    blocks = {b.label: b for b in blocks_of(SCAN, step_mm=step)}
    assert set(blocks) == {s.label for s in SCAN.catalogue.scars}
    for scar in SCAN.catalogue.scars:
        low = blocks[scar.label].bin * step
        assert low - 1e-9 <= scar.depth_mm < low + step + 1e-9
    places = [(b.bin, b.level) for b in blocks.values()]
    assert len(set(places)) == len(places)
    assert min(b.bin for b in blocks.values()) < 0  # the raised one


def test_types_are_told_apart_in_greyscale():
    greys = [0.2126 * r + 0.7152 * g + 0.0722 * b
             for r, g, b in ([int(c[i : i + 2], 16) for i in (1, 3, 5)]
                             for _, c in SHADES)]  # fmt: skip
    assert np.diff(sorted(greys)).min() > 12


@pytest.mark.parametrize("scan", [SCAN, scans.clear()], ids=["scars", "clear"])
def test_the_histogram_counts_every_scar_in_words(scan):
    title = draw_depth_histogram(scan, words=WORDS, key="h").title
    counts = [int(n) for n in re.findall(r"mm: (\d+)\.", title)]
    assert sum(counts) == len(scan.catalogue.scars)


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "sd", "shown"),
    [
        (0.418, 0.0204, "0.42 ± 0.04"),
        (0.418, 0.0001, "0.42 ± 0.01"),  # never shown as sure
        (math.nan, 0.02, "–"),
        (1.0, math.nan, "1.00"),
    ],
)
def test_numbers_carry_their_interval(value, sd, shown):
    assert with_doubt(value, sd) == shown


# --- as PNG --------------------------------------------------------------------------------------


def test_the_png_shows_what_the_svg_says():
    drawing = depth_map()
    picture = Image.open(io.BytesIO(png_of(drawing))).convert("RGB")
    assert picture.width == drawing.width * PIXELS_PER_UNIT
    (bar,) = (p for p in elements(drawing, "path") if p.get("stroke-width") == "3")
    x1, y, x2, _ = (float(n) * PIXELS_PER_UNIT for n in re.findall(r"[\d.]+", bar.get("d")))
    row = np.asarray(picture)[round(y)].astype(int)
    dark = np.flatnonzero(row.max(axis=1) < 80)
    inside = dark[(dark >= x1 - 4) & (dark <= x2 + 4)]
    # From end to end without a gap, within the half widths of the two end strokes.
    assert inside.min() == pytest.approx(x1, abs=4)
    assert inside.max() == pytest.approx(x2, abs=4)
    assert len(inside) == inside.max() - inside.min() + 1
    (image,) = elements(drawing, "image")
    middle = [
        round((float(image.get(a)) + float(image.get(b)) / 2) * PIXELS_PER_UNIT)
        for a, b in (("y", "height"), ("x", "width"))
    ]
    source = Image.open(io.BytesIO(SCAN.pictures.depth_map.png)).convert("RGB")
    expected = np.asarray(source)[source.height // 2, source.width // 2].astype(int)
    assert np.abs(np.asarray(picture)[middle[0], middle[1]].astype(int) - expected).max() < 25


def test_the_png_writes_texts_with_our_font():
    drawing = Drawing(key="t", width=200, height=40, title="", text="")
    drawing.words(10, 25, "0.42 ± 0.04 mm", font_size=20)
    grey = np.asarray(Image.open(io.BytesIO(png_of(drawing))).convert("L"))
    columns = np.flatnonzero(grey.min(axis=0) < 128)
    width = (columns.max() - columns.min()) / PIXELS_PER_UNIT
    # The mean character stands for any text; this one is all figures and narrow signs.
    assert width == pytest.approx(text_width("0.42 ± 0.04 mm", size=20), rel=0.2)


def test_what_the_png_does_not_know_is_refused():
    drawing = Drawing(key="t", width=10, height=10, title="", text="")
    drawing.path("M0 0C1 1 2 2 3 3", stroke="#000000")
    with pytest.raises(ValueError, match="cannot be painted"):
        png_of(drawing)
    other = Drawing(key="t", width=10, height=10, title="", text="")
    other.shape("ellipse", cx=1, cy=1, rx=1, ry=1)
    with pytest.raises(ValueError, match="<ellipse>"):
        png_of(other)
