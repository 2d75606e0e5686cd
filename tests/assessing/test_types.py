"""Phantom scars of published sizes are called by their names, from their shape alone."""

import dataclasses
import math

import numpy as np
import pytest

from cicatrix.assessing.types import findings_in, findings_of, joined, judge_type, judge_types
from cicatrix.knowledge import load_knowledge
from cicatrix.knowledge.conditions import Condition
from cicatrix.measuring import measure
from cicatrix.phantoms import distance, standard_phantom
from cicatrix.planning.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Thresholds,
    compiled,
    facts_of,
    known_of,
)
from cicatrix.records import Finding, Intake, MeasuredScan, Scar, ScarCatalogue

KNOWLEDGE = load_knowledge()
SEEDS = (401, 402, 403)


def _scar(**known) -> Scar:
    plain = {
        "label": 1, "x_mm": 0.0, "y_mm": 0.0, "position_mm": (0.0, 0.0, 0.0), "depth_mm": 0.3,
        "depth_sd_mm": 0.01, "width_mm": 3.0, "width_sd_mm": 0.05, "length_mm": 3.1,
        "area_mm2": 7.0, "volume_mm3": 1.0, "volume_sd_mm3": 0.05, "wall_degrees": 60.0,
        "floor_share": 0.85, "orientation_degrees": 0.0,
    }  # fmt: skip
    return Scar(**{**plain, **known})


def test_ninety_five_percent_of_phantom_scars_are_called_by_their_type():
    right = wrong = 0
    for seed in SEEDS:
        phantom = standard_phantom(seed)
        catalogue = measure(phantom.height_map)
        types = judge_types(catalogue, knowledge=KNOWLEDGE)
        for scar in catalogue.scars:
            at = np.array([[scar.x_mm]]), np.array([[scar.y_mm]])
            truth = min(phantom.scars, key=lambda one: float(distance(one, *at)[0, 0]))
            right += types[scar.label].type == truth.type
            wrong += types[scar.label].type != truth.type
    assert right + wrong >= 100
    assert right / (right + wrong) >= 0.95


def test_the_published_definitions():
    assert judge_type(_scar(), knowledge=KNOWLEDGE).type == "boxcar"
    ice = _scar(width_mm=1.2, length_mm=1.25, depth_mm=0.9, floor_share=0.25)
    assert judge_type(ice, knowledge=KNOWLEDGE).type == "ice_pick"
    rolling = _scar(width_mm=6.0, length_mm=6.5, wall_degrees=8.0, floor_share=0.42)
    assert judge_type(rolling, knowledge=KNOWLEDGE).type == "rolling"
    assert judge_type(_scar(length_mm=14.0), knowledge=KNOWLEDGE).type == "linear"
    raised = _scar(depth_mm=-0.8, volume_mm3=-9.0, width_mm=8.0, length_mm=9.0)
    assert judge_type(raised, knowledge=KNOWLEDGE).type == "hypertrophic"


def test_probabilities_add_up_and_reasons_are_told():
    judged = judge_type(_scar(), knowledge=KNOWLEDGE)
    assert math.isclose(sum(judged.probability.values()), 1.0, abs_tol=0.01)
    assert judged.reasons
    assert set(judged.sources) <= set(KNOWLEDGE.sources)


def test_what_was_not_measured_has_no_type():
    blind = _scar(depth_mm=math.nan)
    assert judge_type(blind, knowledge=KNOWLEDGE).type == "undetermined"


def test_a_scar_between_two_definitions_is_not_named_with_confidence():
    between = _scar(width_mm=2.0, length_mm=2.1, floor_share=0.55, depth_mm=0.4)
    assert max(judge_type(between, knowledge=KNOWLEDGE).probability.values()) < 0.9


def test_measured_scars_become_findings_of_one_site():
    phantom = standard_phantom(404)
    catalogue = measure(phantom.height_map)
    types = judge_types(catalogue, knowledge=KNOWLEDGE)
    findings = findings_of(catalogue, types, site="cheek", side="left")
    assert sum(f.known["count"] for f in findings) == len(catalogue.scars)
    assert all(f.measured and f.site == "cheek" and f.side == "left" for f in findings)
    empty = dataclasses.replace(catalogue, scars=())
    assert findings_of(empty, {}, site="cheek", side="left") == ()


def _finding(**known):
    more = {name: known.pop(name) for name in ("type", "side", "measured") if name in known}
    return Finding(**{"type": "boxcar", "site": "cheek", "side": "left", **more}, known=known)


def test_what_was_noted_and_what_was_measured_is_one_finding():
    noted = _finding(count=6.0, tethered="no", depth_mm=2.0)
    measured = _finding(count=4.0, depth_mm=0.4, width_mm=2.1, measured=True)
    (one,) = joined([noted], [measured])
    assert one.measured
    # Sizes as measured; the rest, and the count of the whole site, as noted.
    assert one.known == {"count": 6.0, "tethered": "no", "depth_mm": 0.4, "width_mm": 2.1}


def test_what_nobody_counted_is_counted_on_the_scan():
    measured = _finding(count=4.0, measured=True)
    (one,) = joined([_finding(tethered="no")], [measured])
    assert one.known == {"count": 4.0, "tethered": "no"}


@pytest.mark.parametrize("other", [{"side": "both"}, {"side": "right"}, {"type": "rolling"}])
def test_another_type_or_side_stays_a_finding_of_its_own(other):
    noted = _finding(count=6.0, **other)
    measured = _finding(count=4.0, measured=True)
    assert joined([noted], [measured]) == (noted, measured)
    assert joined([noted], []) == (noted,)
    assert joined([], [measured]) == (measured,)


def test_several_scans_of_one_place_are_pooled():
    phantom = standard_phantom(404)
    catalogue = measure(phantom.height_map)
    types = judge_types(catalogue, knowledge=KNOWLEDGE)
    first, second = (
        dataclasses.replace(catalogue, scars=part)
        for part in (catalogue.scars[:20], catalogue.scars[20:])
    )
    scans = [
        MeasuredScan(
            catalogue=one, types=types, pictures=None, doubts={}, site="cheek", side="left"
        )
        for one in (first, second)
    ]
    assert findings_in(scans) == findings_of(catalogue, types, site="cheek", side="left")
    elsewhere = [scans[0], dataclasses.replace(scans[1], side="right")]
    assert sum(f.known["count"] for f in findings_in(elsewhere)) == len(catalogue.scars)
    assert {f.side for f in findings_in(elsewhere)} == {"left", "right"}


DISH = {"width_mm": 3.8, "length_mm": 3.8, "depth_mm": 0.12, "wall_degrees": 10.0}
V_PIT = {"width_mm": 1.9, "length_mm": 1.9, "depth_mm": 0.24, "depth_sd_mm": 0.01}


@pytest.mark.parametrize(
    ("shape", "but"),
    [
        (_scar(**DISH, floor_share=0.75), "no boxcar scar: wall 10° (at least 30°"),
        (
            _scar(**V_PIT, wall_degrees=15.0, floor_share=0.32),
            "no ice-pick scar: depth 0.24 mm (at least 0.5 mm",
        ),
        (
            _scar(width_mm=5.3, length_mm=5.3, floor_share=0.93),
            "no boxcar scar: width 5.3 mm (at least 1 mm and at most 4 mm)",
        ),
    ],
    ids=["dish", "shallow V", "too wide"],
)
def test_what_meets_no_definition_has_no_name_and_says_why(shape, but):
    judged = judge_type(shape, knowledge=KNOWLEDGE)
    assert judged.type == "undetermined"
    told = "; ".join(judged.reasons)
    assert but in told
    assert "note its type" in told


def test_a_narrow_pit_whose_floor_was_not_seen_is_as_deep_as_it_may_be():
    pit = _scar(
        width_mm=0.9, length_mm=0.9, depth_mm=0.4, floor_share=0.3, wall_degrees=45.0,
        flags=("aperture_too_narrow",),
    )  # fmt: skip
    judged = judge_type(pit, knowledge=KNOWLEDGE)
    assert judged.type == "ice_pick"
    assert any("depth at least 0.4 mm" in reason for reason in judged.reasons)
    seen = dataclasses.replace(pit, flags=())
    assert judge_type(seen, knowledge=KNOWLEDGE).type == "undetermined"


def test_no_scan_tells_a_keloid_from_a_hypertrophic_scar():
    raised = _scar(depth_mm=-3.0, volume_mm3=-700.0, width_mm=20.0, length_mm=20.0)
    judged = judge_type(raised, knowledge=KNOWLEDGE)
    assert (judged.type, judged.may_also_be) == ("hypertrophic", ("keloid",))
    assert any("beyond the first wound" in reason for reason in judged.reasons)


def test_where_little_is_plain_skin_no_scar_has_a_type():
    catalogue = ScarCatalogue(scars=(_scar(), _scar(label=2)), flags=("little_skin",))
    judged = judge_types(catalogue, knowledge=KNOWLEDGE)
    assert {one.type for one in judged.values()} == {"undetermined"}
    assert all("wider field" in " ".join(one.reasons) for one in judged.values())
    whole = judge_types(dataclasses.replace(catalogue, flags=()), knowledge=KNOWLEDGE)
    assert {one.type for one in whole.values()} == {"boxcar"}


def test_a_keloid_that_somebody_noted_is_the_raised_scar_that_was_measured():
    noted = _finding(type="keloid", age_weeks=60.0)
    measured = dataclasses.replace(
        _finding(type="hypertrophic", count=1.0, height_mm=2.0, measured=True),
        may_also_be=("keloid",),
    )
    (one,) = joined([noted], [measured])
    assert (one.type, one.may_also_be) == ("keloid", ())
    assert one.known["height_mm"] == 2.0
    # Nobody noted it: it stays open which of the two it is.
    (alone,) = joined([], [measured])
    assert alone.may_also_be == ("keloid",)


@pytest.mark.parametrize(
    ("asked", "truth"),
    [
        ({"keloid"}, UNKNOWN),
        ({"hypertrophic"}, UNKNOWN),
        ({"keloid", "hypertrophic"}, TRUE),
        ({"rolling"}, FALSE),
    ],
)
def test_a_rule_about_keloids_is_open_for_what_may_be_one(asked, truth):
    thick = Finding(
        type="hypertrophic", site="jawline", side="left", may_also_be=("keloid",), measured=True
    )
    condition = Condition.model_validate({"finding": {"type": sorted(asked)}})
    facts = facts_of(Intake(), [thick])
    assert compiled(condition, Thresholds())(facts, known_of(thick)) == truth
