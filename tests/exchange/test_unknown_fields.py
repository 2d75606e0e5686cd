"""What is left out, empty or ``unknown`` is read alike, in every field of a case file."""

import pytest
import yaml

from cicatrix.exchange.case_file import read_case
from cicatrix.exchange.case_model import (
    AcnePart,
    CaseModel,
    ClinicPart,
    IntakePart,
    PatientPart,
    WishesPart,
)

PARTS = {
    "patient": PatientPart,
    "acne": AcnePart,
    "intake": IntakePart,
    "wishes": WishesPart,
    "clinic": ClinicPart,
}
#: Texts: the word is a text like any other.
TEXTS = {"name", "wishes.text", "intake.notes"}
PLACES = sorted(
    {*CaseModel.model_fields, *(f"{p}.{f}" for p, m in PARTS.items() for f in m.model_fields)}
    - {"schema_", *TEXTS}
)


def case_with(place, value, folder):
    part, _, field = place.partition(".")
    told = {"schema": "cicatrix.case/1", part: {field: value} if field else value}
    (folder / "case.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    return read_case(folder / "case.yaml")


@pytest.mark.parametrize("value", [None, "unknown"])
@pytest.mark.parametrize("place", PLACES)
def test_unknown_and_empty_are_read_as_left_out(place, value, tmp_path):
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "case.yaml").write_text("schema: cicatrix.case/1\n", encoding="utf-8")
    bare = read_case(tmp_path / "bare" / "case.yaml")
    assert repr(case_with(place, value, tmp_path)) == repr(bare)


def test_findings_that_nobody_told_are_not_clear_skin(tmp_path):
    assert not case_with("findings", "unknown", tmp_path).findings_known
    assert case_with("findings", [], tmp_path).findings_known
