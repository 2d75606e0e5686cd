"""Grades that rest on scans are lower bounds, and name what no scan can see."""

import dataclasses
import math

import pytest

from cicatrix.assessing.grades import grades_of
from cicatrix.assessing.scanned_part import grades_of_case, rests_on_scans
from cicatrix.assessing.types import findings_in, joined
from cicatrix.knowledge import load_knowledge
from cicatrix.records import (
    Case,
    Clinic,
    Finding,
    Intake,
    MeasuredScan,
    Scar,
    ScarCatalogue,
    TypeJudgement,
    Wishes,
)

KNOWLEDGE = load_knowledge()


def _scar(label, depth_mm, sd_mm=0.005, area_mm2=7.0, flags=()):
    return Scar(
        label=label, x_mm=0.0, y_mm=0.0, position_mm=(0.0, 0.0, 0.0), depth_mm=depth_mm,
        depth_sd_mm=sd_mm, width_mm=3.0, width_sd_mm=0.05, length_mm=3.0, area_mm2=area_mm2,
        volume_mm3=math.copysign(1.0, depth_mm), volume_sd_mm3=0.05, wall_degrees=60.0,
        floor_share=0.85, orientation_degrees=0.0, flags=flags,
    )  # fmt: skip


def _scan(*scars, name="boxcar", site="cheek", side="left"):
    judged = TypeJudgement(type=name, probability={name: 1.0}, reasons=(), sources=())
    return MeasuredScan(
        catalogue=ScarCatalogue(scars=scars), types={s.label: judged for s in scars},
        pictures=None, doubts={}, site=site, side=side,
    )  # fmt: skip


def _case(*scans, noted=()):
    return Case(
        intake=Intake(), findings=joined(noted, findings_in(scans)), wishes=Wishes(),
        clinic=Clinic(offers=frozenset()), measured=scans,
    )  # fmt: skip


def _grades(case):
    return {grade.scale: grade for grade in grades_of_case(case, knowledge=KNOWLEDGE)}


def _points(case):
    return _grades(case)["goodman_baron_quantitative"]


def test_a_total_from_one_patch_is_at_least_that_and_names_the_rest():
    ecca = _grades(_case(_scan(*(_scar(n, 0.3) for n in range(5)))))["ecca"]
    # Five U-shaped scars: weight 20, quantity 2.
    assert math.isnan(ecca.value)
    assert (ecca.label, ecca.bounds) == ("at least 40", (40, 540))
    told = " ".join(ecca.missing)
    assert "elastolysis (a scan of heights does not show it)" in told
    assert "the rest of cheek (left), outside the scan" in told
    assert "cheek (right)" in told
    assert "forehead" in told
    # Colour has no item on this scale, but on the other.
    assert "pigmented" not in told
    assert "pigmented marks (a scan of heights does not show it)" in " ".join(
        _points(_case(_scan(_scar(1, 0.3)))).missing
    )


def test_a_keloid_names_the_rest_of_the_face():
    points = _points(_case(_scan(_scar(1, -2.0, area_mm2=60.0), name="hypertrophic")))
    assert points.label == "at least 6"
    assert any("neither scanned nor noted" in one for one in points.missing)


@pytest.mark.parametrize(
    ("depths", "least"),
    [
        # Item by item: shallow 2, deep 3, times the points of 1 to 10, 11 to 20, over 20 scars.
        ([0.3] * 5, 2),
        ([0.3] * 11, 4),
        ([0.7] * 5, 3),
        ([0.3] * 5 + [0.7], 2 + 3),
        ([0.3] * 21 + [0.7] * 11, 6 + 6),
        # 0.5 mm lies within its interval: it counts on neither side.
        ([0.497], math.nan),
        ([0.3] * 10 + [0.497], 2),
    ],
)
def test_boxcars_part_by_their_own_depth_at_the_published_half_millimetre(depths, least):
    points = _points(_case(_scan(*(_scar(n, depth) for n, depth in enumerate(depths)))))
    assert points.bounds[0] == pytest.approx(least, nan_ok=True)
    assert any("which side of 0.5 mm" in one for one in points.missing) == (0.497 in depths)


def test_a_depth_that_is_only_a_lower_bound_makes_no_shallow_scar():
    seen_to = _scar(1, 0.3, flags=("aperture_too_narrow",))
    assert math.isnan(_points(_case(_scan(seen_to))).bounds[0])
    assert _points(_case(_scan(dataclasses.replace(seen_to, depth_mm=0.7)))).bounds[0] == 3


def test_what_somebody_noted_goes_before_the_depth():
    noted = Finding(type="boxcar", site="cheek", side="left", known={"severity": "severe"})
    assert _points(_case(_scan(_scar(1, 0.3)), noted=(noted,))).bounds[0] == 3


def test_a_site_that_somebody_counted_is_no_lower_bound():
    noted = Finding(
        type="boxcar", site="cheek", side="left", known={"count": 6.0, "severity": "mild"}
    )
    case = _case(_scan(_scar(1, 0.3)), noted=(noted,))
    assert not rests_on_scans(case)
    assert _points(case).value == 2
    # Of six, one was scanned: its depth says nothing of the others.
    unnoted = dataclasses.replace(noted, known={"count": 6.0})
    assert (
        "severity of boxcar on cheek"
        in _points(_case(_scan(_scar(1, 0.3)), noted=[unnoted])).missing
    )


@pytest.mark.parametrize(
    ("noted_side", "scanned_side", "noted", "scanned", "least"),
    [
        # U-shaped scars weigh 20, their quantity is 1 below five and 2 below twenty.
        ("both", "left", 3, 3, 20),
        ("both", "left", 6, 3, 40),
        ("both", "left", 3, 6, 40),
        ("left", "both", 3, 3, 20),
        ("right", "left", 3, 3, 40),
    ],
)
def test_marks_that_may_be_the_same_count_once(noted_side, scanned_side, noted, scanned, least):
    told = Finding(type="boxcar", site="cheek", side=noted_side, known={"count": float(noted)})
    scan = _scan(*(_scar(n, 0.3) for n in range(scanned)), side=scanned_side)
    assert _grades(_case(scan, noted=(told,)))["ecca"].bounds[0] == least


def test_a_raised_scar_noted_as_a_keloid_counts_once_too():
    scan = _scan(_scar(1, -2.0, area_mm2=60.0), name="hypertrophic")
    told = Finding(type="keloid", site="cheek", side="both", known={"area_mm2": 60.0, "count": 1.0})
    alone = _points(_case(scan)).bounds[0]
    judged = dataclasses.replace(scan.types[1], may_also_be=("keloid",))
    scan = dataclasses.replace(scan, types={1: judged})
    assert _points(_case(scan, noted=(told,))).bounds[0] == alone


def test_without_scans_nothing_changes():
    noted = (Finding(type="rolling", site="cheek", side="left", known={"count": 6.0}),)
    case = _case(noted=noted)
    for grade, plain in zip(
        grades_of_case(case, knowledge=KNOWLEDGE),
        grades_of(noted, {}, knowledge=KNOWLEDGE),
        strict=True,
    ):
        assert repr(grade) == repr(plain)


def test_clear_skin_on_one_patch_is_not_clear_skin():
    ecca = _grades(_case(_scan()))["ecca"]
    assert math.isnan(ecca.value)
    assert "findings" not in ecca.missing
    assert any("forehead" in one for one in ecca.missing)


def test_more_scars_never_lower_a_bound():
    depths = [0.2, 0.497, 0.7] * 12
    bounds = [
        _points(_case(_scan(*(_scar(n, d) for n, d in enumerate(depths[:many]))))).bounds[0]
        for many in range(1, len(depths) + 1)
    ]
    assert bounds == sorted(bounds)
