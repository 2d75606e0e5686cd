"""What a grade lacks is told in words that a clinician would use, never as an id of ours."""

import re

import pytest
from tests.patients.pages import PAGES, plan_of

from cicatrix.knowledge import load_knowledge


@pytest.mark.parametrize("patient", PAGES)
def test_no_id_is_shown_for_what_is_missing(patient):
    ids = {need for scale in load_knowledge().scales.values() for need in scale.needs_told}
    assert "gea_grade" in ids
    as_words = {need.replace("_", " ") for need in ids}
    for grade in plan_of(patient).grades:
        assert not {m for m in grade.missing if m in as_words or re.search(r"[a-z]_[a-z]", m)}


def test_the_scales_that_are_only_entered_say_what_to_enter():
    missing = {g.scale: g.missing for g in plan_of("rolling-tethered").grades}
    assert missing["gea"] == ("the GEA grade, given by somebody who looks at the face",)
    assert missing["scar_s"] == (
        "the SCAR-S category of the face",
        "that of the chest",
        "that of the back",
    )
