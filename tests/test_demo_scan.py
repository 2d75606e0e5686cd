"""The scan of the example patient: made by its script, and measured as it was made."""

import dataclasses
import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from cicatrix.capturing import read_scan
from cicatrix.cli import EXAMPLE, EXAMPLE_SCAN
from cicatrix.exchange.case_file import read_case
from cicatrix.measuring import survey
from cicatrix.visit import measured_case

SCRIPT = Path(__file__).parents[1] / "docs" / "make_demo_scan.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_demo_scan", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def case(knowledge):
    return measured_case(read_case(EXAMPLE), knowledge=knowledge)


def test_the_shipped_scan_is_the_skin_of_the_script(script):
    shipped, made = read_scan(EXAMPLE_SCAN), script.example_skin().height_map
    assert shipped.pitch_mm == pytest.approx(made.pitch_mm)
    assert np.array_equal(np.isnan(shipped.height_mm), np.isnan(made.height_mm))
    # Stored in steps of 0.1 µm; the rest is what other versions of numpy may round otherwise.
    assert np.nanmax(np.abs(shipped.height_mm - made.height_mm)) < 0.6 * script.STEP_MM
    assert EXAMPLE_SCAN.stat().st_size < 1_500_000


def test_every_scar_is_found_named_and_as_deep_as_it_was_made(script, case):
    (scan,) = case.measured
    assert len(scan.catalogue.scars) == len(script.SCARS)
    for truth in script.SCARS:
        scar = min(
            scan.catalogue.scars,
            key=lambda s: math.hypot(s.x_mm - truth.x_mm, s.y_mm - truth.y_mm),
        )
        assert math.hypot(scar.x_mm - truth.x_mm, scar.y_mm - truth.y_mm) < 0.3
        assert scan.types[scar.label].type == truth.type
        # 3.3 standard errors: of twelve scars one in a hundred runs would leave them by chance.
        assert scar.depth_mm == pytest.approx(truth.depth_mm, abs=3.3 * scar.depth_sd_mm)


def test_no_mark_of_the_example_patient_is_counted_twice(case):
    targets = [finding.target for finding in case.findings]
    assert len(set(targets)) == len(targets)
    left = [f for f in case.findings if (f.site, f.side) == ("cheek", "left")]
    assert {f.type for f in left if f.measured} == {"rolling", "boxcar", "ice_pick"}
    assert not [f for f in case.findings if f.site == "cheek" and f.side == "both" and f.measured]
    kinds = {f.type for f in left}
    both = {f.type for f in case.findings if (f.site, f.side) == ("cheek", "both")}
    assert not kinds & both


def test_a_measured_case_is_measured_once(case, knowledge):
    assert case.captures == ()
    assert measured_case(case, knowledge=knowledge) == case


class Listening:
    """Writes down what it is told."""

    def __init__(self):
        self.stages, self.parts, self.done = [], [], []

    def begin(self, stage, *, parts=0):
        self.stages.append(stage)
        self.parts.append(parts)
        self.done.append(0)

    def part_done(self):
        self.done[-1] += 1


def test_every_stage_is_told_and_every_part_is_counted(script):
    heard = Listening()
    told = survey(script.example_skin().height_map, progress=heard)
    assert heard.stages == ["flattening and finding scars", "measuring scars"]
    assert heard.done[-1] == heard.parts[-1] >= len(told.catalogue.scars)


def test_a_capture_is_opened_by_its_name_before_it_is_measured(knowledge):
    heard = Listening()
    case = read_case(EXAMPLE)
    measured_case(dataclasses.replace(case, findings=()), knowledge=knowledge, progress=heard)
    assert heard.stages[0] == f"opening {EXAMPLE_SCAN.name}"
