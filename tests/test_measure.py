"""``cicatrix measure`` as people run it, and measured findings in a plan."""

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cicatrix.phantoms import STANDARD_COUNTS, standard_phantom

DATA = Path(__file__).parent / "data"
EXAMPLE_SCAN = Path(__file__).parents[1] / "src" / "cicatrix" / "examples" / "demo-left-cheek.x3p"
TOP = {
    "schema", "made_with", "capture", "surface", "scars", "totals", "flags", "type_agreement",
}  # fmt: skip
EACH = {
    "label", "type", "type_probability", "x_mm", "y_mm", "position_mm", "width_mm", "length_mm",
    "area_mm2", "volume_mm3", "volume_sd_mm3", "wall_degrees", "flags",
}  # fmt: skip


def cicatrix(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cicatrix", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    path = tmp_path_factory.mktemp("scan") / "cheek.npy"
    np.save(path, standard_phantom(501).height_map.height_mm)
    return path


def test_json_keeps_the_contract(scan):
    run = cicatrix("measure", scan, "--pitch-mm", 0.06, "--unit", "mm", "--json")
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert set(told) == TOP
    assert told["schema"] == "cicatrix.scars/1"
    assert told["capture"]["kind"] == "height_map"
    assert told["totals"]["count"] == len(told["scars"]) == sum(STANDARD_COUNTS.values())
    for scar in told["scars"]:
        assert set(scar) >= EACH
        assert ("depth_mm" in scar) != ("height_mm" in scar)
    raised = [scar for scar in told["scars"] if "height_mm" in scar]
    assert len(raised) == STANDARD_COUNTS["papular"] + STANDARD_COUNTS["hypertrophic"]
    assert told["totals"]["raised_volume_mm3"] > 0


def test_a_scan_without_a_pitch_is_asked_for_it(scan):
    run = cicatrix("measure", scan)
    assert run.returncode == 2
    assert "pitch" in run.stderr
    assert run.stdout == ""


def test_people_get_a_table_and_the_doubts_in_words():
    run = cicatrix("measure", DATA / "gelsight_groove" / "heightmap.tmd", "--site", "cheek")
    assert run.returncode == 0, run.stderr
    assert "2 scars" in run.stdout
    assert "reaches the edge of the scan" in run.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("x.tif",), "is not there"),
        ((DATA / "lee_perry_smith_head" / "LeePerrySmith.glb", "--mm-per-unit", 52), "points lie"),
        (
            (DATA / "gelsight_groove" / "heightmap.tmd", "--site", "cheak"),
            "cicatrix: There is no site called 'cheak'; did you mean 'cheek'?",
        ),
        (("x.tif", "--site", "moon"), "no site called 'moon'. Give one of forehead,"),
        (
            ("x.tif", "--pitch-mm", "abc"),
            "cicatrix: 'abc' is no number, and --pitch-mm takes one, in mm. Give, for example, ",
        ),
        (("x.tif", "--mm-per-unit", "abc"), "'abc' is no number, and --mm-per-unit takes one"),
        (("x.tif", "--unit", "x"), "cicatrix: There is no unit 'x'. Give one of mm, um, cm, m,"),
    ],
)
def test_what_cannot_be_measured_gives_one_message_and_code_two(words, says):
    run = cicatrix("measure", *words)
    assert run.returncode == 2
    assert says in run.stderr
    assert run.stderr.count("\n") == 1
    assert "Traceback" not in run.stderr


def test_no_name_of_a_type_is_cut_on_a_narrow_terminal(scan):
    words = ("measure", scan, "--pitch-mm", "0.06", "--unit", "mm")
    narrow = subprocess.run(
        [sys.executable, "-m", "cicatrix", *map(str, words)],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"},
    ).stdout  # fmt: skip
    assert "…" not in narrow
    assert narrow.count("hypertrophic") >= STANDARD_COUNTS["hypertrophic"]


def test_a_plan_works_from_measured_findings(scan):
    case = scan.parent / "case.yaml"
    case.write_text(
        "schema: cicatrix.case/1\npatient: {age: 30, sex: female, fitzpatrick: II}\n"
        "captures:\n  - {file: cheek.npy, pitch_mm: 0.06, unit: mm, site: cheek, side: left}\n"
    )
    run = cicatrix("plan", case, "--json")
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    found = {one["type"]: one for one in told["findings"]}
    assert all(one["measured"] for one in told["findings"])
    assert found["boxcar"]["count"] == STANDARD_COUNTS["boxcar"]
    grades = {grade["scale"]: grade for grade in told["grades"]}
    # ECCA weights times quantities: 15x2 ice-pick, 20x2 boxcar, 25x2 rolling; what it lacks is
    # the age of the raised scar, so only a lower bound is told.
    assert grades["ecca"]["value"] is None
    assert grades["ecca"]["label"] == "at least 120"


def test_a_capture_that_is_not_there_is_told(tmp_path):
    case = tmp_path / "case.yaml"
    case.write_text(
        "schema: cicatrix.case/1\ncaptures: [{file: no.tif, site: cheek, side: left}]\n"
    )
    run = cicatrix("plan", case)
    assert run.returncode == 2
    assert "no.tif" in run.stderr


def test_out_writes_a_page_and_pictures_that_others_can_open(scan, tmp_path):
    run = cicatrix(
        "measure", scan, "--pitch-mm", 0.06, "--unit", "mm", "--site", "cheek", "--json",
        "--out", tmp_path / "new",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    written = {path.name for path in (tmp_path / "new").iterdir()}
    assert written >= {
        "scars.json", "scars.csv", "scars.html", "scars.pdf", "depth_map.png", "depth_map.svg",
        "profiles.png", "profiles.svg", "histogram.png", "histogram.svg",
    }  # fmt: skip
    assert json.loads((tmp_path / "new" / "scars.json").read_text("utf-8")) == json.loads(
        run.stdout
    )
    told = [line.strip() for line in run.stderr.splitlines() if line.startswith("  ")]
    assert {Path(line).name for line in told} == written


def test_json_tells_how_far_people_agree_on_the_types(scan):
    run = cicatrix("measure", scan, "--pitch-mm", 0.06, "--unit", "mm", "--json")
    said = json.loads(run.stdout)["type_agreement"]
    assert any("half of the single scars" in one["text"] and one["verified"] for one in said)
    assert all(one["sources"] for one in said)


def test_an_output_folder_that_is_a_file_is_told_once(scan, tmp_path):
    (tmp_path / "out").write_text("in the way")
    words = ("--pitch-mm", 0.06, "--unit", "mm", "--out", tmp_path / "out")
    run = cicatrix("measure", scan, *words)
    assert run.returncode == 2
    assert "Name another folder with --out" in run.stderr
    assert (tmp_path / "out").read_text() == "in the way"


def test_nobody_at_the_terminal_sees_no_bar(scan):
    run = cicatrix("measure", scan, "--pitch-mm", 0.06, "--unit", "mm")
    assert run.stderr == ""
    assert "\x1b[" not in run.stdout


def test_somebody_at_the_terminal_sees_the_stages(scan):
    ours, theirs = pty.openpty()
    words = ("measure", scan, "--pitch-mm", "0.06", "--unit", "mm", "--json")
    with subprocess.Popen(
        [sys.executable, "-m", "cicatrix", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as running:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal says that nobody writes any more
            while piece := os.read(ours, 4096):
                shown += piece
        assert json.load(running.stdout)["schema"] == "cicatrix.scars/1"
    os.close(ours)
    for stage in (b"Opening cheek.npy", b"Flattening and finding scars", b"Measuring scars"):
        assert stage in shown


def test_the_plan_tells_what_was_measured_with_intervals(scan):
    case = scan.parent / "noted.yaml"
    case.write_text(
        "schema: cicatrix.case/1\n"
        "findings:\n"
        "  - {site: cheek, side: left, type: boxcar, count: 30, tethered: no, depth_mm: 2.5}\n"
        "captures:\n  - {file: cheek.npy, pitch_mm: 0.06, unit: mm, site: cheek, side: left}\n"
    )
    told = cicatrix("plan", case).stdout
    assert "What was measured" in told
    assert f"{sum(STANDARD_COUNTS.values())} scars: {STANDARD_COUNTS['boxcar']} boxcar" in told
    assert told.count(" ± ") >= 2 * sum(STANDARD_COUNTS.values())
    found = json.loads(cicatrix("plan", case, "--json").stdout)["findings"]
    (boxcar,) = (one for one in found if one["type"] == "boxcar")
    # One finding: the count of the whole cheek as noted, the depth as measured.
    assert (boxcar["count"], boxcar["tethered"], boxcar["measured"]) == (30, "no", True)
    assert boxcar["depth_mm"] < 0.9


def test_a_class_that_nobody_vouches_for_says_so(tmp_path):
    told = cicatrix("measure", EXAMPLE_SCAN, "--method", "photometric_stereo")
    untold = cicatrix("measure", EXAMPLE_SCAN, "--out", tmp_path)
    assert "class B (photometric stereo)" in " ".join(told.stdout.split())
    assert "comes from shading" in told.stdout
    assert "class A (by its spacing; method not told)" in " ".join(untold.stdout.split())
    assert json.loads((tmp_path / "scars.json").read_text("utf-8"))["capture"]["method"] is None
    page = (tmp_path / "scars.html").read_text("utf-8")
    assert "A by its spacing; how it was captured was not told" in page


def test_a_damaged_lzw_tiff_gives_one_sentence_and_none_of_a_library(tmp_path):
    noise = np.random.default_rng(1).normal(1000, 20, (200, 200)).astype("f4")
    whole = io.BytesIO()
    Image.fromarray(noise).save(whole, "TIFF", compression="tiff_lzw")
    content = bytearray(whole.getvalue())
    for place in range(3000, 3400):
        content[place] ^= 0x5A
    (tmp_path / "bad.tif").write_bytes(content)
    run = cicatrix("measure", tmp_path / "bad.tif", "--pitch-mm", 0.1, "--unit", "um")
    assert run.returncode == 2
    assert run.stderr.startswith("cicatrix: bad.tif cannot be read as a TIFF file")
    assert len(run.stderr.splitlines()) == 1
