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
BEFORE = "earlier_treatments: [{{treatment: {}, weeks_ago: {}}}]\n"
ISOTRETINOIN_NEVER = (
    "line 3: tells of oral isotretinoin, but intake.isotretinoin is 'never'; use 'past' or "
    "'current' there, or take it out here."
)
FILLER_NEVER = (
    "line 3: tells of hyaluronic_acid_filler, but intake.filler_weeks_ago is 'never'; give the "
    "weeks there, or take it out here."
)
FILLER_LONG_AGO = (
    "line 3: tells of fat_grafting 1 week ago, but the last filler was 50 weeks ago "
    "(intake.filler_weeks_ago); correct one of them."
)
OLDER_THAN_THE_PATIENT = (
    "line 4: is 1200 weeks, but the patient is 20 years old; a scar cannot be older than the "
    "patient, so correct one of them."
)

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
    "part of an id": (
        HEAD + "wishes: {requested: [co2_laser]}\n",
        "called 'co2_laser'; did you mean 'fractional_co2_laser' or 'full_ablative_laser'?",
    ),
    "an id in capitals": (
        HEAD + "wishes: {requested: [SUBCISION]}\n",
        "called 'SUBCISION'; did you mean 'subcision'?",
    ),
    "another name": (
        HEAD + "wishes: {requested: [dermabrasion]}\n",
        "called 'dermabrasion'; did you mean 'motor_dermabrasion' or 'manual_dermabrasion'?",
    ),
    "a product": (
        HEAD + "clinic: {offers: [botox]}\n",
        "called 'botox'; did you mean 'botulinum_toxin'?",
    ),
    "a product with an accent": (
        HEAD + "earlier_treatments: [{treatment: juvederm}]\n",
        "called 'juvederm'; did you mean 'hyaluronic_acid_filler'?",
    ),
    "a short name": (
        HEAD + "clinic: {prices: {prp: 5}}\n",
        "called 'prp'; did you mean 'microneedling_prp'?",
    ),
    "an acid": (
        HEAD + "wishes: {requested: [TCA]}\n",
        "called 'TCA'; did you mean 'medium_peel' or 'tca_cross'?",
    ),
    "a kind of treatment": (
        HEAD + "wishes: {requested: [peel]}\n",
        "'peel'; did you mean 'superficial_peel', 'medium_peel' or 'deep_phenol_peel'?",
    ),
    "a misspelt kind": (
        HEAD + "wishes: {requested: [lazer]}\n",
        "'full_ablative_laser', 'picosecond_laser', 'pulsed_dye_laser' or 'ndyag_1064_laser'?",
    ),
    "nothing like it": (
        HEAD + "wishes: {requested: [qqq]}\n",
        "knows no treatment called 'qqq'. Mend it",
    ),
    "a site in capitals": (
        HEAD + "findings:\n  - {type: rolling, site: Cheek, side: left}\n",
        "knows no site called 'Cheek'; did you mean 'cheek'?",
    ),
    "a result with other words": (
        HEAD + "earlier_treatments: [{treatment: subcision, result: none}]\n",
        "called 'none'; it is one of better, same, worse, unknown.",
    ),
    "too many wishes": (
        HEAD + f"wishes: {{requested: [{', '.join(['peel'] * 200)}]}}\n",
        "wishes.requested holds 200 entries, and may hold 100; name each once.",
    ),
    "a key twice on one line": (
        HEAD + "patient: {age: 20, age: 30}\n",
        "line 2: 'age' stands twice on line 2; keep one of them.",
    ),
    "a currency in small letters": (
        HEAD + "wishes: {budget: {amount: 5, currency: usd}}\n",
        "currency is 'usd'; write three capital letters, such as USD or EUR.",
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
    "half a tone": (HEAD + "patient: {monk: 6.9}\n", "is 6.9, and must be a whole number"),
    "half a scar": (
        HEAD + "findings:\n  - {type: boxcar, site: cheek, side: left, count: 0.5}\n",
        "is 0.5, and must be a whole number",
    ),
    "a scan twice": (
        HEAD
        + "captures:\n  - {file: a.npy, site: cheek, side: left}\n"
        + "  - {file: ./a.npy, site: chin, side: left}\n",
        "names the file of capture 1 again, and every scar in it would count twice",
    ),
    "not finite": (HEAD + "patient: {age: 1e999}\n", "needs a finite number"),
    "a list for a mapping": (HEAD + "patient: [1, 2]\n", "needs a mapping (key: value)"),
    "a mapping for a list": (HEAD + "findings: {a: 1}\n", "findings needs a list"),
    "duplicate key": (
        HEAD + "intake:\n  pregnant: no\n  smoker: no\n  pregnant: yes\n",
        "'pregnant' stands twice, lines 3 and 5; keep one of them.",
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
    "pregnant at seventy": (
        HEAD + "patient: {sex: female, age: 70}\nintake: {pregnant: yes}\n",
        "line 3: says pregnant: yes at the age of 70; correct one of them.",
    ),
    "isotretinoin never and two weeks ago": (
        HEAD + "intake: {isotretinoin: never}\n" + BEFORE.format("oral_isotretinoin", 2),
        ISOTRETINOIN_NEVER,
    ),
    "isotretinoin stopped long ago and two weeks ago": (
        HEAD
        + "intake: {isotretinoin: past, isotretinoin_stopped_months: 9}\n"
        + BEFORE.format("oral_isotretinoin", 2),
        "line 3: tells of oral isotretinoin 2 weeks ago, but it was stopped 9 months ago; correct",
    ),
    "filler never and last week": (
        HEAD + "intake: {filler_weeks_ago: never}\n" + BEFORE.format("hyaluronic_acid_filler", 1),
        FILLER_NEVER,
    ),
    "filler a year ago and last week": (
        HEAD + "intake: {filler_weeks_ago: 50}\n" + BEFORE.format("fat_grafting", 1),
        FILLER_LONG_AGO,
    ),
    "clear skin that goes on scarring": (
        HEAD + "acne: {severity: clear, scarring_still: yes}\n",
        "line 2: says that new scars still form, but the acne is 'clear'; correct one of them.",
    ),
    "a scar older than the patient": (
        HEAD
        + "patient: {age: 20}\nfindings:\n"
        + "  - {type: boxcar, site: cheek, side: left, age_weeks: 1200}\n",
        OLDER_THAN_THE_PATIENT,
    ),
    "treated before birth": (
        HEAD + "patient: {age: 20}\n" + BEFORE.format("subcision", 1200),
        "line 3: is before the patient was born, who is 20 years old; correct one of them.",
    ),
    "the same finding twice": (
        HEAD
        + "findings:\n  - {type: boxcar, site: cheek, side: left}\n"
        + "  - {side: left, type: boxcar, site: cheek}\n",
        "line 4: is exactly the same as finding 1; take it out, or say in what they differ.",
    ),
    "a result in free words": (
        HEAD + "earlier_treatments: [{treatment: subcision, weeks_ago: 30, result: wors}]\n",
        "line 2: earlier_treatments.0.result knows no result called 'wors'; did you mean 'worse'?",
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


ALLOWED = {
    "a scar of the first weeks of life": (
        "patient: {age: 20}\nfindings: [{type: boxcar, site: cheek, side: left, age_weeks: 1080}]\n"
    ),
    "a filler told twice, a little apart": (
        "intake: {filler_weeks_ago: 5}\n"
        "earlier_treatments: [{treatment: fat_grafting, weeks_ago: 2}]\n"
    ),
    "an older filler beside the last one": (
        "intake: {filler_weeks_ago: 5}\n"
        "earlier_treatments: [{treatment: fat_grafting, weeks_ago: 200}]\n"
    ),
    "a filler of which nobody knows when": (
        "intake: {filler_weeks_ago: 50}\nearlier_treatments: [{treatment: fat_grafting}]\n"
    ),
    "isotretinoin stopped and told in weeks": (
        "intake: {isotretinoin: past, isotretinoin_stopped_months: 9}\n"
        "earlier_treatments: [{treatment: oral_isotretinoin, weeks_ago: 40}]\n"
    ),
    "isotretinoin again": (
        "intake: {isotretinoin: current}\n"
        "earlier_treatments: [{treatment: oral_isotretinoin, weeks_ago: 100}]\n"
    ),
    "pregnant at sixty": "patient: {sex: female, age: 60}\nintake: {pregnant: yes}\n",
    "two findings that differ": (
        "findings:\n  - {type: boxcar, site: cheek, side: left, age_weeks: 10}\n"
        "  - {type: boxcar, site: cheek, side: left, age_weeks: 100}\n"
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_may_well_be_true_is_no_contradiction(name: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(HEAD + ALLOWED[name])
    case = read_case(path)
    assert len(case.findings) == ALLOWED[name].count("type: ")
    assert len(case.intake.earlier) == ALLOWED[name].count("treatment: ")


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
