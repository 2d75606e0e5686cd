"""A case file is read whole or refused with one sentence that says what, where and what now."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cicatrix.errors import CaseError
from cicatrix.exchange.case_file import read_case

CONTRACT = Path(__file__).parents[1] / "contract" / "case.yaml"
HEAD = "schema: cicatrix.case/1\n"

BAD = {
    "empty": ("", "case.yaml: is empty. A case file starts with `schema: cicatrix.case/1`"),
    "only a comment": ("# nothing\n", "is empty"),
    "a list": ("- a\n- b\n", "is not a case file"),
    "no schema": ("patient: {age: 20}\n", "line 1: has no schema"),
    "other schema": (
        "schema: cicatrix.case/9\n",
        "line 1: schema is 'cicatrix.case/9', not one of cicatrix.case/1",
    ),
    "wrong finding type": (
        HEAD + "findings:\n  - {type: roling, site: cheek, side: left}\n",
        "line 3: findings.0.type knows no finding type called 'roling'; did you mean 'rolling'?",
    ),
    "wrong site": (
        HEAD + "findings:\n  - {type: rolling, site: cheeks, side: left}\n",
        "knows no site called 'cheeks'; did you mean 'cheek'?",
    ),
    "wrong treatment": (
        HEAD + "wishes: {requested: [subcission]}\n",
        "knows no treatment called 'subcission'; did you mean 'subcision'?",
    ),
    "wrong field": (
        HEAD + "intake:\n  pregnent: yes\n",
        "line 3: 'intake' knows no field called 'pregnent'; did you mean 'pregnant'?",
    ),
    "wrong word": (
        HEAD + "intake: {pregnant: maybe}\n",
        "line 2: intake.pregnant is 'maybe'; the answer is yes, no or unknown.",
    ),
    "text for a number": (HEAD + "patient: {age: old}\n", "needs a number or unknown"),
    "true for a number": (HEAD + "patient: {age: true}\n", "needs a number or unknown"),
    "impossible age": (HEAD + "patient: {age: 300}\n", "must lie between 0 and 120"),
    "not finite": (HEAD + "patient: {age: 1e999}\n", "needs a finite number"),
    "a list for a mapping": (HEAD + "patient: [1, 2]\n", "needs a mapping (key: value)"),
    "a mapping for a list": (HEAD + "findings: {a: 1}\n", "findings needs a list"),
    "duplicate key": (
        HEAD + "intake:\n  pregnant: no\n  smoker: no\n  pregnant: yes\n",
        "'pregnant' stands twice, lines 3 and 5",
    ),
    "not YAML": (HEAD + "findings: [\n", "is not valid YAML"),
    "a tab": (HEAD + "\tpatient: 1\n", "is not valid YAML"),
    "an anchor": (HEAD + "patient: &a {age: 3}\n", "uses an anchor or alias"),
    "a tag": (HEAD + "patient: !!python/object:os.system {}\n", "uses the tag"),
    "two documents": (HEAD + "---\nschema: x\n", "holds a second document"),
    "deep nesting": (HEAD + "patient: " + "[" * 5000, "nested deeper than"),
    "pregnant man": (
        HEAD + "patient: {sex: male}\nintake: {pregnant: yes}\n",
        "line 3: says pregnant: yes, but the patient is male; correct one of them.",
    ),
    "pregnant child": (
        HEAD + "patient: {sex: female, age: 9}\nintake: {pregnant: yes}\n",
        "says pregnant: yes at the age of 9",
    ),
    "stopped what was never taken": (
        HEAD + "intake: {isotretinoin: never, isotretinoin_stopped_months: 3}\n",
        "but isotretinoin is 'never'",
    ),
    "lesions on clear skin": (
        HEAD + "acne: {severity: clear, lesions: [papule]}\n",
        "lists lesions, but the acne is 'clear'",
    ),
    "depth of a raised scar": (
        HEAD + "findings:\n  - {type: keloid, site: chest, side: middle, depth_mm: 1}\n",
        "a keloid scar is raised; give height_mm instead",
    ),
    "no scars counted": (
        HEAD + "findings:\n  - {type: boxcar, site: cheek, side: left, count: 0}\n",
        "counts no boxcar scars; leave the finding out",
    ),
    "negative price": (HEAD + "clinic: {prices: {subcision: -5}}\n", "must lie between 0 and"),
    "budget without currency": (HEAD + "wishes: {budget: {amount: 5}}\n", "has no currency"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_case_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    text, words = BAD[name]
    path = tmp_path / "case.yaml"
    path.write_text(text)
    with pytest.raises(CaseError) as refusal:
        read_case(path)
    message = str(refusal.value)
    assert words in message
    assert message.startswith("case.yaml")
    assert "\n" not in message


def test_several_faults_are_counted_and_the_first_is_told(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(HEAD + "patient: {age: x, sex: y}\nintake: {smoker: z}\n")
    with pytest.raises(CaseError, match=r"line 2: patient.age .* \(2 more after this one.\)"):
        read_case(path)


def test_files_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="is not there; check the name"):
        read_case(tmp_path / "nobody.yaml")
    with pytest.raises(CaseError, match="is a folder, not a file"):
        read_case(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(HEAD.encode() + b"name: caf\xe9\n")
    with pytest.raises(CaseError, match="line 2: is not UTF-8 text"):
        read_case(tmp_path / "latin.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"# " + b"x" * 2_000_000)
    with pytest.raises(CaseError, match="larger than 1000 kB"):
        read_case(tmp_path / "huge.yaml")


def test_the_contract_case_is_read_as_it_is_written() -> None:
    case = read_case(CONTRACT)
    facts = case.intake.facts
    assert facts["fitzpatrick"] == "V"
    assert facts["pregnant"] == "no"
    assert facts["isotretinoin_stopped_months"] == 9
    assert facts["acne_lesions"] == ("papule", "whitehead")
    assert "scarring_still" not in facts  # unknown is not an answer
    assert "smoker" not in facts  # left out is unknown
    assert case.intake.earlier_known
    assert case.intake.earlier[0].weeks_ago == 120
    rolling = case.findings[0]
    assert rolling.known["distensible"] == "yes"
    assert "tethered" not in rolling.known
    assert case.wishes.budget == 3000
    assert case.wishes.lasting == "unknown"
    assert case.clinic.prices == {"subcision": 650, "microneedling": 250}


def test_a_path_may_be_text(tmp_path: Path) -> None:
    assert read_case(str(CONTRACT)) == read_case(CONTRACT)
    with pytest.raises(CaseError, match=r"^gone\.yaml: "):
        read_case(str(tmp_path / "gone.yaml"))


def test_json_of_the_same_shape_is_the_same_case(tmp_path: Path) -> None:
    as_yaml = tmp_path / "case.yaml"
    as_yaml.write_text(HEAD + "patient: {age: 30}\nintake: {pregnant: no, smoker: yes}\n")
    as_json = tmp_path / "case.json"
    as_json.write_text(
        json.dumps(
            {
                "schema": "cicatrix.case/1",
                "patient": {"age": 30},
                "intake": {"pregnant": False, "smoker": "yes"},
            }
        )
    )
    one, other = read_case(as_yaml), read_case(as_json)
    assert one.intake == other.intake or (
        one.intake.facts == other.intake.facts and math.isnan(other.intake.ita_degrees)
    )


def test_left_out_differs_from_none(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(HEAD)
    assert not read_case(path).intake.earlier_known
    path.write_text(HEAD + "earlier_treatments: []\nacne: {lesions: []}\n")
    case = read_case(path)
    assert case.intake.earlier_known
    assert case.intake.facts["acne_lesions"] == ()
    path.write_text(HEAD + "intake: {filler_weeks_ago: never}\n")
    assert read_case(path).intake.facts["filler_weeks_ago"] == math.inf


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused_but_never_breaks(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes((HEAD + text).encode("utf-8", "surrogatepass"))
    try:
        read_case(path)
    except CaseError as refusal:
        assert str(refusal).startswith("fuzz.yaml")  # noqa: PT017 - either way is right


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["patient", "acne", "intake", "findings", "captures", "earlier_treatments", "wishes",
             "clinic", "name"]
        ),
        _VALUES,
    )
)  # fmt: skip
def test_any_json_is_read_or_refused_but_never_breaks(
    fields: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.json"
    path.write_text(json.dumps({"schema": "cicatrix.case/1", **fields}))
    try:
        read_case(path)
    except CaseError as refusal:
        assert str(refusal).startswith("fuzz.json")  # noqa: PT017 - either way is right
