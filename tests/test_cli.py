"""The command as people run it: in a process of its own, with its words and exit codes."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cicatrix import __version__
from cicatrix.out_folder import check_folder

DEMO = Path(__file__).parents[1] / "src" / "cicatrix" / "examples" / "demo-case.yaml"
SCAN = DEMO.with_name("demo-left-cheek.x3p")
DONE, INPUT_AT_FAULT = 0, 2


def cicatrix(*words: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cicatrix", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def test_the_plan_is_told_to_people():
    run = cicatrix("plan", DEMO)
    assert run.returncode == DONE, run.stderr
    assert "Subcision" in run.stdout
    assert "\x1b[" not in run.stdout  # no colours where nobody looks
    assert run.stderr == ""


def test_json_is_alone_on_standard_output_and_always_the_same():
    one, other = cicatrix("plan", DEMO, "--json"), cicatrix("plan", DEMO, "--json")
    assert one.returncode == DONE
    assert one.stderr == ""
    assert json.loads(one.stdout)["schema"] == "cicatrix.plan/1"
    assert one.stdout == other.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("schema: cicatrix.case/1\npatient: {age: x}\n", "line 2: patient.age needs a number"),
        ("schema: cicatrix.case/1\nwishes: {requested: [subcison]}\n", "did you mean 'subcision'?"),
        ("][", "is not valid YAML"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_bad_case_gives_one_message_and_code_two(text, words, options, tmp_path):
    case = tmp_path / "case.yaml"
    case.write_text(text)
    run = cicatrix("plan", case, *options)
    assert run.returncode == INPUT_AT_FAULT
    assert words in run.stderr
    assert run.stderr.startswith("cicatrix: case.yaml")
    assert len(run.stderr.strip().splitlines()) == 1
    assert run.stdout == ""


def test_a_case_that_is_not_there_and_words_that_are_none(tmp_path):
    missing = cicatrix("plan", tmp_path / "nobody.yaml")
    assert missing.returncode == INPUT_AT_FAULT
    assert "is not there" in missing.stderr
    for words in (("plam",), ("plan", DEMO, "--jsn"), ("plan",)):
        run = cicatrix(*words)
        assert run.returncode == INPUT_AT_FAULT
        assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"schema: cicatrix.case/1\nname: \xff\xfe\n", "is not UTF-8 text"),
        (b"schema: cicatrix.case/1\n#" + b"x" * 1_100_000, "is larger than"),
        (b"schema: cicatrix.case/1\nintake:\n  smoker: no\n  smoker: yes\n", "stands twice"),
        (
            b"schema: cicatrix.case/1\npatient: {sex: male, age: 9}\nintake: {pregnant: yes}\n",
            "the patient is male",
        ),
    ],
)
def test_a_file_that_is_no_case_gives_one_message(raw, words, tmp_path):
    case = tmp_path / "case.yaml"
    case.write_bytes(raw)
    run = cicatrix("plan", case)
    assert run.returncode == INPUT_AT_FAULT
    assert words in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert run.stdout == ""


def test_a_folder_is_no_case(tmp_path):
    run = cicatrix("plan", tmp_path)
    assert run.returncode == INPUT_AT_FAULT
    assert "is a folder, not a file" in run.stderr


def test_an_almost_empty_case_is_planned_and_says_why_there_is_no_course(tmp_path):
    case = tmp_path / "case.json"
    case.write_text('{"schema": "cicatrix.case/1"}')
    run = cicatrix("plan", case, "--json")
    assert run.returncode == DONE, run.stderr
    told = json.loads(run.stdout)
    assert told["courses"] == []
    assert told["no_course_because"]
    # No lone NaN or Infinity, which are no JSON although Python would read them.
    assert json.loads(run.stdout, parse_constant=pytest.fail) == told


def test_out_makes_the_folders_it_needs(tmp_path):
    folder = tmp_path / "a" / "b"
    run = cicatrix("plan", DEMO, "--out", folder, "--json")
    assert run.returncode == DONE, run.stderr
    assert json.loads((folder / "plan.json").read_text(encoding="utf-8")) == json.loads(run.stdout)
    assert (folder / "handout-es.html").is_file()


def test_an_output_folder_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("in the way")
    run = cicatrix("plan", DEMO, "--out", tmp_path / "out")
    assert run.returncode == INPUT_AT_FAULT
    assert "Name another folder with --out" in run.stderr
    assert (tmp_path / "out").read_text() == "in the way"


@pytest.mark.parametrize(
    "words", [("plan", DEMO), ("plan", DEMO, "--json"), ("demo",), ("measure", SCAN)]
)
@pytest.mark.parametrize("below", ["", "deep/er"])
def test_a_folder_that_cannot_be_written_to_is_told_before_the_work(words, below, tmp_path):
    (tmp_path / "in-the-way").write_text("mine")
    run = cicatrix(*words, "--out", tmp_path / "in-the-way" / below)
    assert run.returncode == INPUT_AT_FAULT
    assert run.stdout == "", "the work was done first"
    assert "cannot be written to (Not a directory). Name another folder" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_trying_a_folder_leaves_no_trace(tmp_path):
    folder = tmp_path / "a" / "b"
    check_folder(folder)
    assert list(tmp_path.iterdir()) == []


def test_asking_for_what_the_clinic_does_not_offer_is_planned(tmp_path):
    case = tmp_path / "case.yaml"
    case.write_text(
        "schema: cicatrix.case/1\nwishes: {requested: [subcision]}\nclinic: {offers: [sunscreen]}\n"
    )
    run = cicatrix("plan", case, "--json")
    assert run.returncode == DONE, run.stderr
    told = {left["treatment"]: left["why"] for left in json.loads(run.stdout)["not_planned"]}
    assert told["subcision"].startswith("was asked for, but")


def test_the_demo_writes_everything(tmp_path):
    run = cicatrix("demo", folder=tmp_path)
    assert run.returncode == DONE, run.stderr
    names = {path.name for path in (tmp_path / "cicatrix-demo").iterdir()}
    assert names >= {
        "report.html", "report.pdf", "handout-en.html", "handout-en.pdf", "handout-es.html",
        "handout-es.pdf", "plan.json", "case.yaml", "demo-left-cheek.x3p", "depth_map.png",
        "depth_map.svg", "profiles.png", "profiles.svg", "histogram.png", "histogram.svg",
    }  # fmt: skip
    assert "12 scars: 6 boxcar, 3 rolling, 3 ice-pick." in run.stdout
    # What was copied runs as it stands, and gives the same plan.
    again = cicatrix("plan", tmp_path / "cicatrix-demo" / "case.yaml", "--json")
    assert again.stdout == (tmp_path / "cicatrix-demo" / "plan.json").read_text(encoding="utf-8")
    assert len(json.loads(again.stdout)["captures"][0]["scars"]) == 12
    pdf = (tmp_path / "cicatrix-demo" / "report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")


def test_the_library_can_be_looked_into():
    assert "microneedling" in cicatrix("knowledge", "list").stdout
    shown = cicatrix("knowledge", "show", "C17")
    assert "positions:" in shown.stdout
    assert "# Sources" in shown.stdout
    assert "pages are sound" in cicatrix("knowledge", "check").stdout
    assert cicatrix("knowledge", "stale").returncode == DONE
    wrong = cicatrix("knowledge", "show", "microneedlin")
    assert wrong.returncode == INPUT_AT_FAULT
    assert "did you mean 'microneedling'?" in wrong.stderr


def test_help_and_version():
    assert __version__ in cicatrix("--version").stdout
    shown = cicatrix("--help").stdout
    for verb in ("plan", "demo", "knowledge"):
        assert verb in shown


@pytest.mark.parametrize("words", [("plan", DEMO), ("plan", DEMO, "--json"), ("knowledge", "list")])
def test_a_reader_that_goes_away_is_no_defect(words):
    said = " ".join(shlex.quote(str(word)) for word in (sys.executable, "-m", "cicatrix", *words))
    run = subprocess.run(  # noqa: S602 - a pipe is what is tried
        f"{said} | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.count("\n") == 1
    for fright in ("Traceback", "defect", "Broken pipe"):
        assert fright not in run.stderr


@pytest.mark.parametrize(
    "words", [("knowledge", "shov"), ("knowledge", "show"), ("plan", DEMO, DEMO)]
)
def test_words_that_mean_nothing_are_told_without_a_traceback(words):
    run = cicatrix(*words)
    assert run.returncode == INPUT_AT_FAULT
    assert run.stderr
    assert "Traceback" not in run.stderr
