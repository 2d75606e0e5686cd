"""What a clinician scored is added up as the scale is published, and never made up.

The tables below are typed from the publications that the pages cite, not read from the pages.
"""

import dataclasses
import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicatrix.assessing.grades import grades_of
from cicatrix.knowledge import load_knowledge
from cicatrix.records import Finding, ScaleScore

#: Scale: item, factor, least and most points, as printed; then the range that is printed.
PRINTED = {
    "gags": (
        {"forehead": (2, 0, 4), "right_cheek": (2, 0, 4), "left_cheek": (2, 0, 4),
         "nose": (1, 0, 4), "chin": (1, 0, 4), "chest_upper_back": (3, 0, 4)},
        (0, 44),
    ),
    "scar_s": (dict.fromkeys(("face", "chest", "back"), (1, 0, 5)), (0, 15)),
    "vancouver": (
        {"vascularity": (1, 0, 3), "pigmentation": (1, 0, 2), "pliability": (1, 0, 5),
         "height": (1, 0, 3)},
        (0, 13),
    ),
    "posas_observer": (
        dict.fromkeys(
            ("vascularity", "pigmentation", "thickness", "relief", "pliability", "surface_area"),
            (1, 1, 10),
        ),
        (6, 60),
    ),
    "gea": ({"grade": (1, 0, 5)}, (0, 5)),
    "iga": ({"grade": (1, 0, 4)}, (0, 4)),
    "goodman_baron_qualitative": ({"grade": (1, 1, 4)}, (1, 4)),
}  # fmt: skip
#: The bands of GAGS as printed; 39 stands with the highest, as its page says.
GAGS_BANDS = {0: "none", **dict.fromkeys(range(1, 19), "mild")}
GAGS_BANDS |= dict.fromkeys(range(19, 31), "moderate") | dict.fromkeys(range(31, 39), "severe")
GAGS_BANDS |= dict.fromkeys(range(39, 45), "very severe")

KNOWLEDGE = load_knowledge()


def grade_on(scale, points, *, findings=()):
    """The grade that scores alone give, of a scar on the chin where the scale is of scars."""
    place = {"site": "chin", "side": "middle"} if scale in ("vancouver", "posas_observer") else {}
    score = ScaleScore(scale=scale, points=points, **place)
    grades = grades_of(findings, {}, knowledge=KNOWLEDGE, scores=[score])
    (grade,) = [grade for grade in grades if grade.scale == scale]
    return grade


@st.composite
def scored(draw, *, complete):
    """A scale and the points of all or of some of its items."""
    scale = draw(st.sampled_from(sorted(PRINTED)))
    items, _ = PRINTED[scale]
    chosen = list(items) if complete else draw(st.lists(st.sampled_from(list(items)), unique=True))
    return scale, {name: float(draw(st.integers(*items[name][1:]))) for name in chosen}


def printed_total(scale, points):
    """The total by the printed table."""
    return sum(PRINTED[scale][0][name][0] * value for name, value in points.items())


@pytest.mark.parametrize("scale", PRINTED)
def test_the_ends_of_the_items_give_the_ends_of_the_printed_range(scale):
    items, (low, high) = PRINTED[scale]
    assert grade_on(scale, {n: float(least) for n, (_, least, _) in items.items()}).value == low
    most = grade_on(scale, {n: float(most) for n, (_, _, most) in items.items()})
    assert most.value == high == most.maximum


@given(scored(complete=True))
def test_a_total_is_the_sum_by_the_printed_table(case):
    scale, points = case
    grade = grade_on(scale, points)
    assert grade.value == printed_total(scale, points)
    assert grade.missing == ()
    assert all(math.isnan(end) for end in grade.bounds)


def test_every_gags_is_named_as_printed():
    regions, _ = PRINTED["gags"]
    for lesions in product(range(5), repeat=len(regions)):
        points = dict(zip(regions, map(float, lesions), strict=True))
        if sorted(lesions[:3]) != list(lesions[:3]) or lesions[3] > lesions[4]:
            continue  # the three regions of factor 2 change places freely, and so do nose and chin
        grade = grade_on("gags", points)
        assert grade.label == GAGS_BANDS[int(grade.value)]


def test_an_example_of_the_training_page_counted_by_hand():
    # Papules right, pustules left, nodules on nose and chin, nodules and cysts on the trunk; the
    # forehead is not in its table: 2x2 + 2x3 + 1x4 + 1x4 + 3x4 = 30, and 38 with nodules there.
    points = {"right_cheek": 2.0, "left_cheek": 3.0, "nose": 4.0, "chin": 4.0}
    grade = grade_on("gags", {**points, "chest_upper_back": 4.0})
    assert math.isnan(grade.value)
    assert grade.bounds == (30, 38)
    assert grade.missing == ("Forehead",)
    assert grade.label == "5 of 6 scored; the total lies between 30 and 38"


@given(scored(complete=False), st.data())
def test_what_is_missing_has_no_total_and_its_bounds_hold_every_completion(case, data):
    scale, points = case
    items, printed = PRINTED[scale]
    grade = grade_on(scale, points)
    missing = set(items) - set(points)
    if not missing:
        assert not math.isnan(grade.value)
        return
    assert math.isnan(grade.value)
    assert len(grade.missing) == len(missing)
    rest = {n: float(data.draw(st.integers(*items[n][1:]))) for n in missing}
    low, high = grade.bounds
    assert printed[0] <= low <= printed_total(scale, {**points, **rest}) <= high <= printed[1]
    least = {n: float(items[n][1]) for n in missing}
    most = {n: float(items[n][2]) for n in missing}
    assert (low, high) == (
        printed_total(scale, {**points, **least}),
        printed_total(scale, {**points, **most}),
    )


@given(scored(complete=True), st.data())
def test_raising_one_item_never_lowers_a_total(case, data):
    scale, points = case
    items, _ = PRINTED[scale]
    name = data.draw(st.sampled_from(sorted(items)))
    higher = data.draw(st.integers(int(points[name]), items[name][2]))
    raised = grade_on(scale, {**points, name: float(higher)})
    assert raised.value >= grade_on(scale, points).value


def test_what_nobody_saw_in_print_is_said_of_the_item_and_of_the_total():
    points = {"vascularity": 1.0, "pigmentation": 0.0, "pliability": 2.0}
    assert grade_on("vancouver", points).verified
    whole = grade_on("vancouver", {**points, "height": 1.0})
    assert [one.item for one in whole.entered if not one.verified] == ["height"]
    assert not whole.verified
    assert grade_on("gea", {"grade": 3.0}).verified
    assert not grade_on("gea", {"grade": 4.0}).verified  # the wording of 4 was not seen
    assert not grade_on("scar_s", {"face": 1.0, "chest": 0.0, "back": 0.0}).verified


@pytest.mark.parametrize("scale", ["scar_s", "vancouver", "posas_observer"])
def test_a_total_without_printed_bands_is_not_named(scale):
    items, _ = PRINTED[scale]
    for end in (1, 2):
        assert grade_on(scale, {n: float(row[end]) for n, row in items.items()}).label == ""


def test_a_grade_given_by_looking_goes_first_and_the_other_is_told():
    rolling = Finding(type="rolling", site="cheek", side="left",
                      known={"severity": "moderate", "distensible": "no"})  # fmt: skip
    given_3 = grade_on("goodman_baron_qualitative", {"grade": 3.0}, findings=[rolling])
    assert (given_3.value, given_3.label) == (3, "moderate; the findings give 4 (severe)")
    given_4 = grade_on("goodman_baron_qualitative", {"grade": 4.0}, findings=[rolling])
    assert given_4.label == "severe"
    unsure = Finding(type="rolling", site="temple", side="left", known={"severity": "severe"})
    raised = dataclasses.replace(rolling, type="papular", known={"severity": "moderate"})
    given_2 = grade_on("goodman_baron_qualitative", {"grade": 2.0}, findings=[unsure, raised])
    assert given_2.label == "mild; the findings give at least 3"


def test_each_scar_has_a_grade_of_its_own():
    points = {"vascularity": 3.0, "pigmentation": 0.0, "pliability": 2.0, "height": 1.0}
    scores = [
        ScaleScore(scale="vancouver", points=points, site="chest", side="middle", scar="upper"),
        ScaleScore(scale="vancouver", points={}, site="chest", side="middle", scar="lower"),
    ]
    grades = [g for g in grades_of((), {}, knowledge=KNOWLEDGE, scores=scores) if g.site]
    assert (grades[0].scar, grades[0].value) == ("upper", 6)
    assert grades[1].bounds == (0, 13)
    assert math.isnan(grades[1].value)


def test_no_scale_of_the_others_is_touched_by_scores():
    plain = grades_of((), {}, knowledge=KNOWLEDGE)
    scores = [ScaleScore(scale="gea", points={"grade": 2.0})]
    scored_too = grades_of((), {}, knowledge=KNOWLEDGE, scores=scores)
    told = {g.scale: (g.label, g.missing) for g in plain if g.scale != "gea"}
    assert {g.scale: (g.label, g.missing) for g in scored_too if g.scale != "gea"} == told
