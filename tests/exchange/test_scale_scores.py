"""The `scales` of a case file: read as the pages word them, or refused in one sentence."""

import math
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cicatrix import vocabulary as v
from cicatrix.errors import CaseError
from cicatrix.exchange.case_file import case_from, read_case
from cicatrix.knowledge import load_knowledge
from cicatrix.knowledge.document import Document

HEAD = "schema: cicatrix.case/1\n"
KELOID = "findings:\n  - {type: keloid, site: chest, side: middle}\n"
SCAR = "site: chest, side: middle"

BAD = {
    "not a mapping": ("scales: [gags]", "line 2: scales needs a mapping (scale: what was scored)"),
    "wrong scale": (
        "scales:\n  gag: {nose: 1}",
        "line 3: 'scales' knows no scale called 'gag'; did you mean 'gags'?",
    ),
    "no scale at all like it": ("scales: {xyz: 1}", "knows no scale called 'xyz'; it knows gags, "),
    "a scale that is counted": (
        "scales: {ecca: 90}",
        "scales.ecca: the ECCA is not scored by hand here; leave it out",
    ),
    "a tone": ("scales: {monk: 3}", "scales.monk: the Monk tone is not scored by hand here"),
    "wrong item": (
        "scales:\n  gags:\n    nose: 1\n    four_head: 2",
        "line 5: 'scales.gags' knows no item called 'four_head'; did you mean 'forehead'?",
    ),
    "item of another form": (
        f"scales:\n  vancouver:\n    - {{{SCAR}, pain: 1}}",
        "line 4: 'scales.vancouver.0' knows no item called 'pain'; it knows vascularity, ",
    ),
    "out of range": (
        "scales:\n  gags:\n    nose: 5",
        "line 4: scales.gags.nose is 5, not a whole number from 0 to 4, or none, comedone, ",
    ),
    "below the range": (
        f"scales: {{posas_observer: [{{{SCAR}, relief: 0}}]}}",
        "scales.posas_observer.0.relief is 0, not a whole number from 1 to 10.",
    ),
    "a pigment of another form": (
        f"scales: {{vancouver: [{{{SCAR}, pigmentation: 3}}]}}",
        "scales.vancouver.0.pigmentation is 3, not a whole number from 0 to 2, or normal, lighter",
    ),
    "half a point": ("scales: {gea: 2.5}", "scales.gea is 2.5, not a whole number from 0 to 5"),
    "wrong word": (
        "scales: {gags: {nose: pustul}}",
        (
            "scales.gags.nose is pustul, not a whole number from 0 to 4, or none, comedone, "
            "papule, pustule, nodule, blackhead, whitehead, cyst; did you mean 'pustule'?"
        ),
    ),
    "yes": ("scales: {scar_s: {face: true}}", "scales.scar_s.face is yes, not a whole number"),
    "no infinity": ("scales: {gea: 1e999}", "scales.gea is inf, not a whole number"),
    "items for a grade": ("scales: {gea: {face: 2}}", "scales.gea is {'face': 2}, not a whole"),
    "a grade for items": ("scales: {gags: 12}", "scales.gags needs a mapping (item: points)"),
    "a grade twice": ("scales:\n  gea: 2\n  gea: 3", "'gea' stands twice, lines 3 and 4"),
    "two grades": ("scales: {gea: [2, 3]}", "scales.gea is [2, 3], not a whole number"),
    "one scar without its dash": (
        f"scales: {{vancouver: {{{SCAR}, height: 1}}}}",
        "scales.vancouver needs a list with one entry for each scar (- site: …, side: …,",
    ),
    "no site": (
        "scales: {vancouver: [{side: left, height: 1}]}",
        "scales.vancouver.0 has no site; say where the scar is",
    ),
    "wrong site": (
        "scales: {vancouver: [{site: cheast, side: left}]}",
        "scales.vancouver.0.site knows no site called 'cheast'; did you mean 'chest'?",
    ),
    "name with a control character": (
        f'scales: {{vancouver: [{{{SCAR}, scar: "a\\u202eb"}}]}}',
        "scales.vancouver.0.scar needs a short name in plain letters",
    ),
    "one scar twice": (
        f"scales:\n  vancouver:\n    - {{{SCAR}, height: 1}}\n    - {{{SCAR}, height: 2}}",
        (
            "line 5: scales.vancouver.1 scores the same scar as scales.vancouver.0; tell scars at "
            "one place apart with `scar: …`, or leave one entry out."
        ),
    ),
}

CONTRADICTORY = {
    "severe beside clear": (
        "acne: {severity: clear}\nscales: {iga: 4}",
        "line 3: says IGA 4 (severe), but acne.severity is 'clear'; correct one of them.",
    ),
    "one grade of IGA apart": (
        "acne: {severity: mild}\nscales: {iga: moderate}",
        "says IGA 3 (moderate), but acne.severity is 'mild'",
    ),
    "GEA clear beside mild": (
        "acne: {severity: mild}\nscales: {gea: 0}",
        "says GEA 0 (clear), but acne.severity is 'mild'",
    ),
    "GEA over the half, IGA under": (
        "scales: {iga: 2, gea: 3}",
        "says GEA 3 (moderate), but also IGA 2 (mild); correct one of them.",
    ),
    "clear with lesions": (
        "acne: {lesions: [papule]}\nscales: {gea: clear}",
        "says GEA 0 (no lesion), but acne.lesions lists some; correct one of them.",
    ),
    "lesions of a region on clear skin": (
        "acne: {severity: clear}\nscales:\n  gags:\n    nose: 0\n    chin: pustule",
        "line 6: says pustule, but acne.severity is 'clear'; correct one of them.",
    ),
    "lesions of a region beside IGA 0": (
        "scales: {iga: 0, gags: {chin: 1}}",
        "says comedone, but acne.severity is 'clear'",
    ),
    "a lesion that nobody listed": (
        "acne: {lesions: [papule, pustule]}\nscales: {gags: {chin: 4}}",
        "says nodule, but acne.lesions lists no cyst or nodule; add it there, or correct the",
    ),
    "no region has what the face has": (
        (
            "acne: {severity: moderate}\nscales: {gags: {forehead: 0, right_cheek: 0, "
            "left_cheek: 0, nose: 0, chin: 0, chest_upper_back: none}}"
        ),
        "says that no region has a lesion, but acne.severity is 'moderate'; correct one of them.",
    ),
    "a scar that is not there": (
        KELOID + "scales:\n  vancouver:\n    - {site: jawline, side: left, height: 1}",
        (
            "line 6: scores a scar on the jawline (left), but the findings have no raised scar "
            "there, which the VSS is for; add the finding, or correct the place."
        ),
    ),
    "a scar on clear skin": (
        f"findings: []\nscales: {{posas_observer: [{{{SCAR}, relief: 3}}]}}",
        "the findings have no raised scar there",
    ),
    "flat marks only, and a keloid": (
        KELOID + "scales: {goodman_baron_qualitative: macular}",
        "says Goodman-Baron grade 1 (macular), but the findings have keloid scars on the chest;",
    ),
    "a clear chest with a keloid": (
        KELOID + "scales: {scar_s: {face: 0, chest: 0}}",
        "says SCAR-S 0 (clear), but the findings have keloid scars on the chest; correct one",
    ),
}


def refusal(text: str, folder: Path) -> str:
    """The words with which a case file is refused."""
    path = folder / "case.yaml"
    path.write_text(HEAD + text + "\n", encoding="utf-8")
    with pytest.raises(CaseError) as told:
        read_case(path)
    return str(told.value)


def scores_of(text: str, folder: Path):
    """The scores in a case file that is sound."""
    path = folder / "case.yaml"
    path.write_text(HEAD + text + "\n", encoding="utf-8")
    return read_case(path).scores


@pytest.mark.parametrize("name", [*BAD, *CONTRADICTORY])
def test_a_bad_score_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    text, words = {**BAD, **CONTRADICTORY}[name]
    message = refusal(text, tmp_path)
    assert words in message
    assert message.startswith("case.yaml, line ")
    assert "\n" not in message


def test_words_and_numbers_say_the_same(tmp_path: Path) -> None:
    in_words = scores_of(
        "scales:\n"
        "  gags: {forehead: whitehead, nose: nodule, chin: cyst}\n"
        "  gea: almost clear\n"
        "  scar_s: {face: very_severe, back: clear}\n"
        f"  vancouver:\n    - {{{SCAR}, vascularity: purple, pliability: banding, height: flat}}\n",
        tmp_path,
    )
    in_numbers = scores_of(
        "scales:\n"
        "  gags: {forehead: 1, nose: 4, chin: 4, right_cheek: unknown}\n"
        "  gea: 1\n"
        "  scar_s: {face: 5, chest: , back: 0}\n"
        f"  vancouver:\n    - {{{SCAR}, vascularity: 3, pliability: 4, height: 0}}\n",
        tmp_path,
    )
    assert in_words == in_numbers
    assert in_words[0].points == {"forehead": 1, "nose": 4, "chin": 4}


@pytest.mark.parametrize("nothing", ["", "unknown", "{}", "{gags: unknown}", "{gags: {}}"])
def test_what_was_not_scored_is_not_there(nothing: str, tmp_path: Path) -> None:
    assert scores_of(f"scales: {nothing}", tmp_path) == ()


def test_a_scar_that_was_named_and_not_scored_is_kept(tmp_path: Path) -> None:
    (score,) = scores_of(f"scales: {{vancouver: [{{{SCAR}, scar: upper}}]}}", tmp_path)
    assert (score.site, score.side, score.scar, score.points) == ("chest", "middle", "upper", {})


def test_scars_at_one_place_are_told_apart_by_name(tmp_path: Path) -> None:
    text = f"{{{SCAR}, height: 1}}, {{{SCAR}, height: 1, scar: lower}}"
    assert len(scores_of(f"scales: {{vancouver: [{text}]}}", tmp_path)) == 2


def test_an_iga_is_the_answer_on_acne_where_none_was_given(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    for grade, word in enumerate(v.ACNE_SEVERITIES):
        path.write_text(f"{HEAD}scales: {{iga: {grade}}}\n")
        assert read_case(path).intake.facts["acne_severity"] == word
    path.write_text(f"{HEAD}scales: {{gea: 3}}\n")
    assert "acne_severity" not in read_case(path).intake.facts


def test_grades_of_the_face_are_refused_only_where_their_wordings_exclude_each_other(
    tmp_path: Path,
) -> None:
    # IGA: 0 no lesions, 1 few, 2 less than half of the face, 3 more than half, 4 the whole face.
    # GEA: the same up to 3; 4 and 5 are worse than 3.
    extent = {0: "none", 1: "few", 2: "under", 3: "over", 4: "over", 5: "over"}
    path = tmp_path / "case.yaml"
    for iga, gea in product(range(5), range(6)):
        path.write_text(f"{HEAD}scales: {{iga: {iga}, gea: {gea}}}\n")
        one, other = extent[iga], extent[gea]
        apart = {one, other} != {"few", "under"} and one != other
        try:
            read_case(path)
        except CaseError:
            assert apart, (iga, gea)
        else:
            assert not apart, (iga, gea)


def test_a_finding_that_may_be_raised_or_a_capture_leaves_the_place_open(tmp_path: Path) -> None:
    scale = "scales: {vancouver: [{site: chin, side: left, height: 1}]}"
    for kind, side in (("mixed", "both"), ("hypertrophic", "left"), ("papular", "both")):
        finding = f"findings: [{{type: {kind}, site: chin, side: {side}}}]\n"
        assert scores_of(finding + scale, tmp_path)
    capture = "captures: [{file: a.tif, pitch_mm: 0.1, site: chin, side: left}]\n"
    assert scores_of(f"{KELOID}{capture}{scale}", tmp_path)
    assert scores_of(scale, tmp_path)  # nobody noted findings
    other_side = "findings: [{type: keloid, site: chin, side: right}]\n"
    assert "no raised scar there" in refusal(other_side + scale, tmp_path)


def test_what_nobody_scored_is_not_counted(tmp_path: Path) -> None:
    (score,) = scores_of("scales: {gags: {nose: none}}", tmp_path)
    assert score.points == {"nose": 0.0}
    assert not math.isnan(score.points["nose"])


NAMES = st.sampled_from(
    ["gags", "gea", "vancouver", "scar_s", "ecca", "nose", "grade", "site", "side", "scar", "face",
     "height", "chest", "left", "none", "pink", "unknown", "", "x"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | NAMES | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING)
def test_whatever_stands_there_is_read_or_refused_in_words(given_scales) -> None:
    document = Document(value={"schema": "cicatrix.case/1", "scales": given_scales})
    try:
        scores = case_from(document, name="case.yaml").scores
    except CaseError as error:
        scores, told = (), str(error)
    else:
        told = ""
    assert "\n" not in told
    for score in scores:
        items = {item.id: item for item in load_knowledge().scales[score.scale].scored_items}
        assert all(points in items[name].points for name, points in score.points.items())
