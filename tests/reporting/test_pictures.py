"""The pictures: everything in its place, and told apart without colour."""

import math
import re

import pytest
from tests.reporting import plans

from cicatrix import vocabulary as v
from cicatrix.records import Finding
from cicatrix.reporting import palette
from cicatrix.reporting.anatomy import FIGURES, PLACES
from cicatrix.reporting.body_map import HEIGHT, WIDTH, draw_body_map, letter_of, marks_of
from cicatrix.reporting.comparison import draw_comparison
from cicatrix.reporting.course_calendar import Axis, draw_calendar
from cicatrix.reporting.drawing import Drawing, wrapped
from cicatrix.reporting.words import report_words, words_for


def finding(site: str, side: str, kind: str = "rolling") -> Finding:
    return Finding(type=kind, site=site, side=side, known={"count": 4})


def every_site() -> tuple[Finding, ...]:
    """One finding of every type somewhere, and every site on every side."""
    kinds = v.FINDING_TYPES
    places = [(site, side) for site in v.SITES for side in v.SIDES]
    return tuple(
        Finding(type=kinds[i % len(kinds)], site=site, side=side, known={"count": i + 1})
        for i, (site, side) in enumerate(places)
    )


def test_every_site_has_a_place_inside_the_picture():
    assert set(PLACES) == set(v.SITES)
    for mark in marks_of(every_site()):
        assert 10 < mark.x < WIDTH - 10
        assert 10 < mark.y < HEIGHT - 10


@pytest.mark.parametrize("site", v.SITES)
def test_the_patients_left_is_on_the_right_of_the_picture_except_on_the_back(site):
    left, right = (next(iter(marks_of([finding(site, side)]))) for side in ("left", "right"))
    middle = FIGURES[left.figure].x
    if left.figure == "back":
        assert left.x < middle < right.x
    else:
        assert left.x > middle > right.x
    assert left.x - middle == pytest.approx(middle - right.x)


def test_a_finding_on_both_sides_has_two_marks_and_no_number():
    marks = list(marks_of([finding("cheek", "both")]))
    assert [(m.letter, m.count) for m in marks] == [("A", ""), ("A", "")]
    assert next(iter(marks_of([finding("cheek", "left")]))).count == "×4"


def test_findings_that_share_a_place_do_not_cover_each_other():
    crowd = [finding("cheek", "left", kind) for kind in v.FINDING_TYPES]
    marks = list(marks_of(crowd))
    radius = FIGURES["face"].marker_radius
    for i, one in enumerate(marks):
        for other in marks[i + 1 :]:
            assert math.hypot(one.x - other.x, one.y - other.y) > 2 * radius


def test_groups_differ_by_shape_and_not_by_colour_alone():
    outlines = set()
    for kinds in v.FINDING_GROUPS.values():
        drawing = str(
            draw_body_map([finding("chin", "middle", kinds[0])], words=report_words()).markup()
        )
        mark = drawing[drawing.rindex('stroke="#ffffff"') - 400 :]
        shape = re.findall(r'<(circle|path)[^>]*?(?: d="([^"]*)")?[^>]*stroke="#ffffff"', mark)[-1]
        outlines.add((shape[0], shape[1].count("L")))
    # A circle, three corners, four corners on their tip and four corners on their side.
    assert len(outlines) >= 3


def test_the_map_says_in_words_what_it_shows():
    drawing = draw_body_map(plans.DENTED_FINDINGS, words=words_for("en"))
    assert "B: narrow deep pits (ice pick scars), temple (left), 5 in all." in drawing.title
    assert "your left is on the right of the picture" in drawing.description
    assert "Nothing is marked." in draw_body_map([], words=words_for("en")).title


def test_letters_go_on_after_z():
    assert [letter_of(i) for i in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def calendar(course, **options) -> Drawing:
    return draw_calendar(course, words=words_for("en"), names=str, key="c", **options)


def test_the_calendar_tells_every_session_and_every_long_treatment():
    title = calendar(plans.STRONGEST).title
    assert "subcision: visits in week 3, week 9 and week 15." in title
    assert "sunscreen: at home from week 1 on, for 24 weeks." in title
    assert "hyaluronic_acid_filler: Top up from week 61, every 24 to 48 weeks." in title


def test_days_off_are_drawn_in_true_length():
    drawing = str(calendar(plans.STRONGEST).markup())
    axis = Axis(weeks=plans.STRONGEST.weeks + 1, bottom=0)
    ten_days = (axis.x(1) - axis.x(0)) * 10 / 7
    bars = [
        float(w)
        for w in re.findall(rf'width="([\d.]+)" height="5.5" fill="{palette.CLAY_MID}"', drawing)
    ]
    assert max(bars) == pytest.approx(ten_days, abs=0.01)


def test_the_wished_end_is_drawn_where_it_is_and_left_out_when_it_is_far():
    near = str(calendar(plans.BALANCED, deadline=44).markup())
    assert "your wish: done by week 44" in near
    assert "your wish" not in str(calendar(plans.BALANCED, deadline=400).markup())
    assert "your wish" not in str(calendar(plans.BALANCED).markup())


@pytest.mark.parametrize("course", [plans.GENTLE, plans.BALANCED, plans.STRONGEST])
def test_nothing_is_drawn_outside_of_the_calendar(course):
    drawing = calendar(course, deadline=44)
    for x, width in re.findall(
        r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', str(drawing.markup())
    ):
        assert float(x) + float(width) <= drawing.width


def test_the_comparison_goes_below_zero_where_a_course_may_do_harm():
    drawing = draw_comparison([plans.GENTLE, plans.STRONGEST], words=report_words(), key="k")
    assert "Gentle −5 to 20%" in drawing.title
    assert "no evidence that can be counted" in drawing.title
    starts = [float(x) for x in re.findall(r'<rect x="([\d.]+)"', str(drawing.markup()))]
    assert min(starts) >= 250


def test_text_on_a_picture_is_escaped():
    drawing = Drawing(key="k", width=10, height=10, title="<a&b>", text='"q"')
    drawing.words(0, 0, "<script>", data="'\"<")
    drawn = str(drawing.markup())
    assert "<script>" not in drawn
    assert "&lt;a&amp;b&gt;" in drawn
    assert 'data="&#x27;&quot;&lt;"' in drawn


def test_long_names_are_cut_with_a_sign():
    assert wrapped("one two three four", width=60, size=12, most_lines=2) == ["one two", "three …"]
    assert wrapped("one", width=5, size=12, most_lines=1) == ["one"]


@pytest.mark.parametrize(("text", "ground"), palette.TEXT_ON)
def test_text_keeps_the_contrast_of_wcag_aa(text, ground):
    assert palette.contrast(text, ground) >= 4.5


def test_contrast_is_that_of_wcag():
    # Worked out by hand from the definition in WCAG 2.2: white on black, and #777 on white.
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
