"""Hollows deeper than skin is thick: the unit is asked for, unless they are the few among many."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from cicatrix.assessing.thickness import DEEPER, with_depths_checked
from cicatrix.capturing import read_scan
from cicatrix.phantoms import make_phantom, scatter_scars
from cicatrix.records import Scar, ScarCatalogue
from cicatrix.skin import CaptureError
from cicatrix.visit import measure_scan

HEAD = Path(__file__).parents[1] / "data" / "lee_perry_smith_head" / "LeePerrySmith.glb"
VALUES = {"deepest_mm": 3.0, "share": 0.5}
NAN = float("nan")


def scar(depth_mm, *, sd_mm=0.01, volume_mm3=1.0, **other):
    return Scar(
        label=0, x_mm=1, y_mm=1, position_mm=(1, 1, 0), depth_mm=depth_mm, depth_sd_mm=sd_mm,
        width_mm=2, width_sd_mm=0.1, length_mm=2, area_mm2=3, volume_sd_mm3=0.1,
        volume_mm3=math.copysign(volume_mm3, depth_mm),
        wall_degrees=60, floor_share=0.5, orientation_degrees=0, **other,
    )  # fmt: skip


def checked(*scars):
    labelled = (dataclasses.replace(one, label=n) for n, one in enumerate(scars, start=1))
    catalogue = ScarCatalogue(scars=tuple(labelled), name="cheek.npy")
    return [DEEPER in one.flags for one in with_depths_checked(catalogue, values=VALUES).scars]


@pytest.mark.parametrize(
    ("scars", "flagged"),
    [
        ((), []),
        ((scar(0.3), scar(2.9)), [False, False]),
        # Without a depth: as deep as in the mean over its 3 mm², 13 mm.
        ((scar(0.3), scar(0.4), scar(NAN, volume_mm3=40.0)), [False, False, True]),
        ((scar(0.3), scar(NAN)), [False, False]),
        # The whole interval must lie deeper: 3.1 ± 0.2 need not be.
        ((scar(3.1, sd_mm=0.1),), [False]),
        # One of three: a fold among scars.
        ((scar(4.0), scar(0.3), scar(0.4)), [True, False, False]),
        # What is raised, wider than a scar or of no known depth says nothing of the unit.
        ((scar(-9.0), scar(NAN, sd_mm=NAN), scar(9.0, flags=("wide_as_form",))), [False] * 3),
        # A whole face tells its size itself; its nostrils are deep.
        ((scar(6.0, site="nose"), scar(5.0, site="nose")), [True, True]),
    ],
)
def test_few_deep_hollows_are_flagged(scars, flagged):
    assert checked(*scars) == flagged


@pytest.mark.parametrize(
    "scars",
    [
        (scar(3.1),),
        (scar(300.0), scar(299.0), scar(301.0)),
        (scar(4.0), scar(0.3)),
        (scar(4.0), scar(-0.3), scar(0.4, flags=("wide_as_form",)), scar(NAN, sd_mm=NAN)),
        (scar(4.0), scar(0.3, site="cheek"), scar(0.3, site="cheek")),
    ],
)
def test_half_of_the_hollows_refuse_the_scan(scars):
    with pytest.raises(
        CaptureError, match=r"cheek.npy: its hollows would be .* Is the unit right\?"
    ):
        checked(*scars)


@pytest.mark.parametrize("scale", [10.0, 1000.0])
def test_skin_in_a_smaller_unit_than_was_told_is_refused(scale, tmp_path, knowledge):
    """Boxcar scars 0.5 mm deep, in tenths of a mm and in µm, called mm; told right, they pass."""
    scars = [
        dataclasses.replace(one, depth_mm=0.5)
        for one in scatter_scars({"boxcar": 3}, seed=2, size_mm=30)
    ]
    skin = make_phantom(scars, seed=2, size_mm=30, curve_mm=0.0).height_map
    np.save(tmp_path / "skin.npy", skin.height_mm * scale)
    told = read_scan(tmp_path / "skin.npy", pitch_mm=0.06, mm_per_unit=1 / scale)
    assert len(measure_scan(told, knowledge=knowledge).catalogue.scars) == 3
    as_mm = read_scan(tmp_path / "skin.npy", pitch_mm=0.06, unit="mm")
    with pytest.raises(CaptureError, match="unit"):
        measure_scan(as_mm, knowledge=knowledge)


def test_the_head_as_a_mesh_in_mm_is_refused(knowledge):
    """It is 52 times as large; in mm it was a capture of class A with one scar 3.9 mm deep."""
    head = read_scan(HEAD, unit="mm")
    with pytest.raises(CaptureError, match=r"Check its unit \(--unit"):
        measure_scan(head, knowledge=knowledge)
