"""Files that are broken, lie or attack: one clear sentence each, and little memory."""

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.capturing import samples
from tests.capturing.bombs import all_bombs
from tests.capturing.read_under_a_limit import given_for
from tests.capturing.samples import SOUND

from cicatrix.capturing import read_scan
from cicatrix.capturing.limits import MOST_BYTES
from cicatrix.skin import CaptureError, HeightMap

ROOT = Path(__file__).parents[2]
#: Formats of lines: a shorter text may be a smaller scan.
OF_LINES = {"s.csv", "s.xyz", "s.obj", "text.stl"}


def refusal(path, **given):
    """The words of the refusal, which must be whole sentences that name the file."""
    with pytest.raises(CaptureError) as refused:
        read_scan(path, **given)
    said = str(refused.value)
    assert path.name in said
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 700
    # What to do now: a sentence after the first.
    assert re.search(r"[.] [A-Z]", said)
    return said


@pytest.mark.parametrize("name", SOUND)
def test_the_sound_files_of_these_tests_are_sound(name, tmp_path):
    (tmp_path / name).write_bytes(SOUND[name])
    assert read_scan(tmp_path / name, **given_for(tmp_path / name))


@pytest.mark.parametrize("name", SOUND)
def test_an_empty_file_is_refused(name, tmp_path):
    (tmp_path / name).touch()
    assert "is empty" in refusal(tmp_path / name, **given_for(tmp_path / name))


@pytest.mark.parametrize("name", sorted(set(SOUND) - OF_LINES))
@pytest.mark.parametrize("kept", [0.02, 0.1, 0.5, 0.9, 0.98])
def test_a_file_that_was_cut_off_is_refused(name, kept, tmp_path):
    content = SOUND[name]
    (tmp_path / name).write_bytes(content[: max(1, int(kept * len(content)))])
    given = given_for(tmp_path / name)
    try:
        read_back = read_scan(tmp_path / name, **given)
    except CaptureError:
        refusal(tmp_path / name, **given)
        return
    # Only the closing mark of a PNG is dispensable.
    assert name == "s.png"
    (tmp_path / "whole.png").write_bytes(content)
    whole = read_scan(tmp_path / "whole.png", **given)
    np.testing.assert_array_equal(read_back.height_mm, whole.height_mm)


@pytest.mark.parametrize("name", SOUND)
def test_a_photo_under_another_name_is_called_a_photo(name, tmp_path):
    (tmp_path / name).write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\1" * 500)
    assert "is a JPEG photo" in refusal(tmp_path / name, **given_for(tmp_path / name))


@pytest.mark.parametrize("name", SOUND)
def test_noise_under_the_name_of_a_scan_is_refused(name, tmp_path):
    noise = np.random.default_rng(7).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    (tmp_path / name).write_bytes(noise)
    assert name in refusal(tmp_path / name, **given_for(tmp_path / name))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7 report", "a PDF document"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 99, "a HEIC photo"),
        (b"\0" * 128 + b"DICM" + b"\0" * 99, "a DICOM file"),
        (b"\x1f\x8b\x08", "unpack it first"),
        (samples.zipped({"report.docx": b"x"}), "without a scan that cicatrix knows"),
        (b"height: 3", "not a scan in a format that cicatrix reads"),
    ],
)
def test_what_people_bring_by_mistake_is_called_by_its_name(content, says, tmp_path):
    (tmp_path / "scan.dat2").write_bytes(content)
    assert says in refusal(tmp_path / "scan.dat2")


ALL_MISSING = np.full((samples.ROWS, samples.COLUMNS), np.nan)
CONSTANT = np.full((samples.ROWS, samples.COLUMNS), 0.25)


@pytest.mark.parametrize(
    ("heights", "says"), [(ALL_MISSING, "not one of them was measured"), (CONSTANT, "same height")]
)
@pytest.mark.parametrize("name", ["s.tmd", "s.al3d", "s.plux", "s.npy", "s.tif"])
def test_maps_that_show_nothing_are_refused(name, heights, says, tmp_path):
    content = {
        "s.tmd": samples.tmd, "s.al3d": samples.al3d, "s.npy": samples.npy,
        "s.plux": lambda h: samples.plux(heights=h), "s.tif": samples.tiff,
    }[name](heights)  # fmt: skip
    (tmp_path / name).write_bytes(content)
    assert says in refusal(tmp_path / name, **given_for(tmp_path / name))


def test_infinite_heights_were_not_measured(tmp_path):
    heights = samples.heights_mm()
    heights[0, 0], heights[1, 1], heights[2, 2] = np.inf, -np.inf, 1e30
    (tmp_path / "s.npy").write_bytes(samples.npy(heights))
    read_back = read_scan(tmp_path / "s.npy", pitch_mm=0.06, unit="mm")
    assert np.argwhere(np.isnan(read_back.height_mm)).tolist() == [[0, 0], [1, 1], [2, 2]]


def test_a_tiff_whose_width_is_a_text_is_refused(tmp_path):
    """Found by fuzz_readers.py: the tag of the width may be of any type."""
    content = samples.tiff(samples.heights_mm().astype("f4"))
    entry = content.index(struct.pack("<HH", 256, 4))
    for kind in (2, 5, 7, 12):
        changed = content[: entry + 2] + struct.pack("<H", kind) + content[entry + 4 :]
        (tmp_path / "s.tif").write_bytes(changed)
        assert "s.tif" in refusal(tmp_path / "s.tif", pitch_mm=0.06, mm_per_unit=0.001)


def test_places_that_are_no_file_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.tif")
    (tmp_path / "folder.x3p").mkdir()
    (tmp_path / "dangling.sur").symlink_to(tmp_path / "nowhere")
    assert "is a folder" in refusal(tmp_path / "folder.x3p")
    assert "is not there" in refusal(tmp_path / "missing.tmd")
    assert "is not there" in refusal(tmp_path / "dangling.sur")
    assert "is a device" in refusal(tmp_path / "pipe.tif")
    assert "is a device" in refusal(Path("/dev/zero"))


def test_a_name_cannot_write_on_the_terminal(tmp_path):
    path = tmp_path / "a\x1b[31m\nb.tif"
    with pytest.raises(CaptureError) as refused:
        read_scan(path)
    assert str(refused.value).startswith("a [31m b.tif is not there")


def test_a_file_of_more_than_two_gb_is_not_opened(tmp_path):
    with (tmp_path / "large.tif").open("wb") as file:
        file.truncate(MOST_BYTES + 1)  # takes no room on the disk
    assert "up to 2 GB" in refusal(tmp_path / "large.tif")


def test_a_link_inside_an_archive_leads_nowhere(tmp_path):
    """The heights of this X3P are said to lie at ../../etc/passwd."""
    (tmp_path / "etc").mkdir()
    main = samples.x3p_xml().replace("bindata/data.bin", "../../../../etc/passwd")
    (tmp_path / "s.x3p").write_bytes(samples.zipped({"main.xml": main}))
    said = refusal(tmp_path / "s.x3p")
    assert "which it does not hold" in said


def test_bombs_are_refused_within_300_mb(tmp_path):
    bombs = all_bombs()
    for name, content in bombs.items():
        assert len(content) < 40_000_000
        (tmp_path / name).write_bytes(content)
    run = subprocess.run(
        [sys.executable, str(ROOT / "tests/capturing/read_under_a_limit.py"), "300",
         *(str(tmp_path / name) for name in bombs)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stderr == ""
    said = dict(json.loads(line) for line in run.stdout.splitlines())
    assert set(said) == set(bombs)
    for name, words in said.items():
        assert "more memory" not in words, (name, words)
        if name.startswith("sound"):
            assert words in {"height map", "mesh"} or name in words, (name, words)
        else:
            assert name in words, (name, words)


def test_what_comes_out_is_a_height_map_in_mm(tmp_path):
    (tmp_path / "s.x3p").write_bytes(samples.x3p())
    scan = read_scan(tmp_path / "s.x3p")
    assert isinstance(scan, HeightMap)
    assert scan.height_mm.dtype == np.float64
