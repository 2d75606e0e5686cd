"""``cicatrix measure`` on everything that is no scan: one sentence, code 2, little memory."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.capturing import samples
from tests.capturing.bombs import all_bombs
from tests.capturing.damages import ARRAYS, DAMAGES, MAPS
from tests.capturing.read_under_a_limit import given_for
from tests.capturing.samples import SOUND, heights_mm

ROOT = Path(__file__).parents[2]
#: What one refusal may take beyond the libraries: a sixth of what the largest file may have.
MB = 300


@pytest.fixture(scope="module")
def call():
    """Runs a list of calls: (exit code, standard output, standard error) of each."""
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests/run_under_a_limit.py"), str(MB)],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
    ) as running:  # fmt: skip

        def answers(calls):
            found = []
            for words in calls:
                running.stdin.write(json.dumps([str(word) for word in words]) + "\n")
                running.stdin.flush()
                found.append(json.loads(running.stdout.readline()))
            return found

        yield answers
        running.stdin.close()


def options(name):
    """What a person would say about such a file, as words of a call."""
    given = given_for(Path(name))
    return [word for key, value in given.items() for word in (f"--{key.replace('_', '-')}", value)]


def assert_one_sentence(answer, *, names, of=("",)):
    """Exit code 2, nothing on standard output, and one message of whole sentences."""
    code, out, err = answer
    assert (code, out) == (2, ""), (names, answer)
    assert err.startswith("cicatrix: "), (names, err)
    assert err.count("\n") == 1, (names, err)
    assert names in err
    # What is wrong, and then what to do.
    assert re.search(r"[.] [A-Z].*[.]\n$", err), (names, err)
    assert any(words in err for words in of), (names, err)
    assert len(err) < 800


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_format_with_this_damage_is_refused(damage, call, tmp_path):
    files, of = DAMAGES[damage]
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    # A pitch in the file is tried alone, since one that is given would take its place.
    said = {name: [] if damage.startswith("pitch") else options(name) for name in files}
    answers = call([["measure", tmp_path / name, *said[name]] for name in files])
    for name, answer in zip(files, answers, strict=True):
        assert_one_sentence(answer, names=name, of=of)


def test_no_format_is_forgotten():
    """Each format has each damage, but those that it cannot have."""
    cannot = {
        "cut off": {"s.csv", "s.xyz", "s.obj", "text.stl"},
        "wrong mark": {"s.stl"},
        "giant": {"s.csv", "s.obj", "text.stl"},  # these name no size
        "nothing measured": {"s.png"},
    }
    for damage, (files, _) in DAMAGES.items():
        if damage.startswith("pitch"):
            assert set(files) >= set(MAPS) | {"s.npz"}
        else:
            assert set(files) == set(SOUND) - cannot.get(damage, set()), damage


def test_bombs_are_refused_by_the_command_line(call, tmp_path):
    bombs = {name: content for name, content in all_bombs().items() if "sound" not in name}
    for name, content in bombs.items():
        (tmp_path / name).write_bytes(content)
    answers = call([["measure", tmp_path / name, *options(name)] for name in bombs])
    for name, answer in zip(bombs, answers, strict=True):
        assert_one_sentence(answer, names=name)
        assert "more memory" not in answer[2], name


def test_places_that_are_no_file(call, tmp_path):
    os.mkfifo(tmp_path / "pipe.tif")
    (tmp_path / "folder.x3p").mkdir()
    (tmp_path / "circle.tif").symlink_to(tmp_path / "circle.tif")
    (tmp_path / "locked.npy").write_bytes(SOUND["s.npy"])
    (tmp_path / "locked.npy").chmod(0)
    (tmp_path / "note.txt").write_text("Dear colleague, the scan is attached.\n")
    places = {
        tmp_path / "pipe.tif": "is a device",
        tmp_path / "folder.x3p": "is a folder",
        tmp_path / "circle.tif": "cannot be opened",
        tmp_path / "missing.tif": "is not there",
        tmp_path / "note.txt" / "x.tif": "is not there",
        tmp_path / "note.txt": "no table of numbers",
        Path("/dev/zero"): "is a device",
        Path("/dev/null"): "is a device",
        Path("/proc/self/mem"): "empty",
        tmp_path / ("n" * 300 + ".tif"): "cannot be opened",
    }
    if os.geteuid():
        places[tmp_path / "locked.npy"] = "Ask for the right to read it"
    answers = call([["measure", place, "--pitch-mm", 0.06] for place in places])
    for (place, words), answer in zip(places.items(), answers, strict=True):
        assert_one_sentence(answer, names=place.name[:100], of=(words,))


IMPOSSIBLE = {
    ("--pitch-mm", "nan"): "nan mm cannot be",
    ("--pitch-mm", "-0.05"): "-0.05 mm cannot be",
    ("--pitch-mm", "0"): "0 mm cannot be",
    ("--pitch-mm", "inf"): "inf mm cannot be",
    ("--pitch-mm", "1e9"): "cannot be",
    # Samples a millionth of a mm apart: once a minute of work for nothing
    ("--pitch-mm", "1e-6", "--unit", "mm"): "less than the smallest acne scar",
    ("--pitch-mm", "5", "--unit", "mm"): "need 8 samples across",
    ("--pitch-mm", "900", "--unit", "mm"): "no skin is",
    ("--pitch-mm", "0.06", "--mm-per-unit", "nan"): "cannot be",
    ("--pitch-mm", "0.06", "--mm-per-unit", "-1"): "cannot be",
    ("--pitch-mm", "0.06", "--mm-per-unit", "1e-9"): "smoother than any skin",
    ("--pitch-mm", "0.06", "--mm-per-unit", "1000"): "steeper than skin can be",
    ("--pitch-mm", "0.06", "--unit", "mm", "--mm-per-unit", "1"): "Give one of the two",
}


def test_words_of_the_call_that_cannot_be(call, tmp_path):
    (tmp_path / "s.npy").write_bytes(SOUND["s.npy"])
    answers = call([["measure", tmp_path / "s.npy", *words] for words in IMPOSSIBLE])
    for (words, says), answer in zip(IMPOSSIBLE.items(), answers, strict=True):
        assert_one_sentence(answer, names="", of=(says,))
        assert says in answer[2], words


def test_a_unit_that_nobody_knows_names_those_that_are_known(call, tmp_path):
    (tmp_path / "s.npy").write_bytes(SOUND["s.npy"])
    [(code, out, err)] = call([["measure", tmp_path / "s.npy", "--unit", "furlong"]])
    assert (code, out) == (2, "")
    assert "'furlong'" in err
    assert all(unit in err for unit in ("mm", "um", "cm", "m"))
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.gsf(unit="furlong"), "s.gsf"),
        (samples.sur(unit=b"furlong"), "s.sur"),
        (samples.gwy(z_unit="furlong"), "s.gwy"),
        (samples.gwy(z_unit="V"), "volts.gwy"),
    ],
)
def test_a_file_in_an_unknown_unit_is_refused(content, name, call, tmp_path):
    (tmp_path / name).write_bytes(content)
    assert_one_sentence(call([["measure", tmp_path / name]])[0], names=name, of=("length", "unit"))


def test_a_pitch_that_is_told_twice_must_be_the_same(call, tmp_path):
    """The file says 0.05 × 0.08 mm; the call says 0.06."""
    files = {
        **{name: write() for name, write in MAPS.items()},
        "s.npz": samples.npz(height_mm=heights_mm(), pitch_mm=np.array(samples.PITCH_MM)),
        "s.tif": samples.tiff(
            heights_mm().astype("f4"),
            imagej=True, resolution=(20.0, 12.5), metadata={"unit": "mm"},
        ),
        "s.xyz": ARRAYS["s.xyz"](heights_mm()),
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    answers = call([["measure", tmp_path / name, "--pitch-mm", 0.06] for name in files])
    for name, answer in zip(files, answers, strict=True):
        assert_one_sentence(answer, names=name, of=("Leave out --pitch-mm", "--unit instead"))
        assert "0.05" in answer[2]
        assert "0.08" in answer[2]


def case_with(captures):
    """A case whose n-th capture stands on line 3 + n."""
    lines = "".join(
        f"  - {{file: {name}, {more}site: cheek, side: left}}\n" for name, more in captures
    )
    return f"schema: cicatrix.case/1\npatient: {{age: 30}}\ncaptures:\n{lines}"


def fields(name):
    """What a person would say about such a file, as fields of a capture."""
    return "".join(f"{key}: {value}, " for key, value in given_for(Path(name)).items())


#: One format a damage: that each reader refuses each was seen above.
IN_A_PLAN = {
    "empty": "s.tif",
    "cut off": "s.x3p",
    "photo": "s.sur",
    "giant": "s.gwy",
    "nothing measured": "s.tmd",
    "all the same": "s.glb",
    "pitch below zero": "s.plux",
}


def test_a_plan_names_the_bad_capture_and_its_line(call, tmp_path):
    (tmp_path / "good.npy").write_bytes(samples.npy(np.tile(heights_mm(), (2, 2))))
    good = ("good.npy", "pitch_mm: 0.06, unit: mm, ")
    for damage, name in IN_A_PLAN.items():
        (tmp_path / name).write_bytes(DAMAGES[damage][0][name])
        (tmp_path / f"{name}.yaml").write_text(case_with([good, (name, fields(name))]))
    answers = call([["plan", tmp_path / f"{name}.yaml"] for name in IN_A_PLAN.values()])
    for (damage, name), answer in zip(IN_A_PLAN.items(), answers, strict=True):
        assert_one_sentence(answer, names=name, of=DAMAGES[damage][1])
        assert f"{name}.yaml, line 5: captures: " in answer[2]


def test_a_plan_with_a_capture_that_contradicts_or_is_too_coarse(call, tmp_path):
    (tmp_path / "s.x3p").write_bytes(samples.x3p())
    (tmp_path / "s.npy").write_bytes(SOUND["s.npy"])
    (tmp_path / "p.npz").write_bytes(samples.npz(z=samples.heights_mm(), pitch_mm=0.06))
    cases = {
        ("s.x3p", "pitch_mm: 0.06, "): "Leave out pitch_mm;",
        ("s.x3p", "unit: um, "): "Leave out unit and mm_per_unit",
        ("p.npz", ""): "Give it with unit (mm, um, cm, m) or mm_per_unit",
        ("s.npy", "pitch_mm: 2, unit: mm, "): "need 8 samples across",
        ("s.npy", ""): "does not say how far apart",
    }
    for number, capture in enumerate(cases):
        (tmp_path / f"{number}.yaml").write_text(case_with([capture]))
    answers = call([["plan", tmp_path / f"{number}.yaml"] for number in range(len(cases))])
    for (capture, says), answer in zip(cases.items(), answers, strict=True):
        assert_one_sentence(answer, names=capture[0], of=(says,))
        assert ".yaml, line 4: captures: " in answer[2]
        # A plan has no such options: it names the fields of a capture instead.
        assert "--" not in answer[2]


def test_a_plan_writes_examples_as_fields(call, tmp_path):
    (tmp_path / "s.png").write_bytes(samples.png(np.arange(900, dtype="u2").reshape(30, 30)))
    (tmp_path / "s.asc").write_bytes(samples.esri())
    cases = {
        "s.png": "Give it with mm_per_unit (0.001 if they are µm)",
        "s.asc": "give unit: mm and leave out pitch_mm;",
    }
    for name in cases:
        (tmp_path / f"{name}.yaml").write_text(case_with([(name, "pitch_mm: 0.05, ")]))
    answers = call([["plan", tmp_path / f"{name}.yaml"] for name in cases])
    for (name, says), answer in zip(cases.items(), answers, strict=True):
        assert_one_sentence(answer, names=name, of=(says,))


def test_a_capture_elsewhere_on_the_machine_gives_nothing_away(call, tmp_path):
    """Captures may lie in another folder; what is no scan is named and never quoted."""
    folder = tmp_path / "case"
    folder.mkdir()
    (tmp_path / "secret.key").write_text("hunter2 hunter2\n" * 40)
    (folder / "link.tif").symlink_to(tmp_path / "secret.key")
    names = ["../secret.key", str(tmp_path / "secret.key"), "link.tif", "../../../../etc/passwd"]
    for number, name in enumerate(names):
        (folder / f"{number}.yaml").write_text(case_with([(name, "pitch_mm: 0.06, ")]))
    answers = call([["plan", folder / f"{number}.yaml"] for number in range(len(names))])
    for name, answer in zip(names, answers, strict=True):
        assert_one_sentence(answer, names=Path(name).name)
        assert "hunter2" not in answer[2]
        assert "root:" not in answer[2]
