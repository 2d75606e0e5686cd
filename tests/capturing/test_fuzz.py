"""Whatever is done to the bytes of a scan: a sound record comes out, or a CaptureError.

``fuzz_readers.py`` beside this file looks further, led by the coverage of the code.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.capturing.read_under_a_limit import given_for
from tests.capturing.samples import SOUND

from cicatrix.capturing import read_scan
from cicatrix.skin import CaptureError, HeightMap

ROOT = Path(__file__).parents[2]
#: Values that sit at the edges of lengths, counts and floats.
EDGES = [
    b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f",
    b"\0\0\0\x80", b"\1\0\0\0", b"\0\0\xc0\x7f", b"\0\0\x80\xff", b"\0\0\0\0\0\0\xf8\x7f", b"-1",
    b"nan", b"1e999", b"99999999999", b"\r\n", b"<", b"'", b"/../", b"\0" * 64,
]  # fmt: skip


@st.composite
def changes(draw):
    """Some changes to bytes: (where as a share of the length, what is cut, what is put there)."""
    place = st.floats(0, 1, exclude_max=True)
    # Headers are where the lengths stand.
    early = st.floats(0, 0.1)
    content = st.one_of(st.sampled_from(EDGES), st.binary(max_size=8))
    return draw(
        st.lists(
            st.tuples(st.one_of(place, early), st.sampled_from([0, 1, 2, 4, 8, 100]), content),
            min_size=1,
            max_size=5,
        )
    )


def changed(content, edits, keep):
    """``content`` after the edits, cut off after the share ``keep``."""
    raw = bytearray(content)
    for share, cut, put in edits:
        at = int(share * len(raw))
        # Mostly overwritten in place, as a flipped bit does; otherwise cut out or put in.
        raw[at : at + (cut if cut != 4 else len(put))] = put
    return bytes(raw[: max(1, int(keep * len(raw)))])


def assert_sound(scan):
    """What every room of the house relies on."""
    if isinstance(scan, HeightMap):
        measured = scan.height_mm[~np.isnan(scan.height_mm)]
        assert measured.size
        assert np.isfinite(measured).all()
        assert measured.min() < measured.max()
        assert all(0 < p < np.inf for p in scan.pitch_mm)
    else:
        assert np.isfinite(scan.vertices_mm).all()
        assert scan.faces.min() >= 0
        assert scan.faces.max() == len(scan.vertices_mm) - 1
        assert len(scan.uv) in {0, len(scan.vertices_mm)}


def scan_or_words(path):
    """The scan, or the words of the refusal."""
    try:
        return read_scan(path, **given_for(path))
    except CaptureError as error:
        return str(error)


@pytest.mark.parametrize("name", SOUND)
def test_changed_bytes_give_a_sound_record_or_a_refusal(name, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / name

    @settings(max_examples=60)
    @given(changes(), st.one_of(st.just(1.0), st.floats(0, 1)))
    @example([(0.0, 0, b"")], 1.0)
    def holds(edits, keep):
        path.write_bytes(changed(SOUND[name], edits, keep))
        scan = scan_or_words(path)
        if isinstance(scan, str):
            assert name in scan
            assert "\n" not in scan
        else:
            assert_sound(scan)

    holds()


def test_a_thousand_changed_scans_fit_into_300_mb(tmp_path):
    """Every third 4 bytes of each header set to 0x7fffffff, one file after the other."""
    names = []
    for name, content in SOUND.items():
        for at in range(0, min(len(content) - 4, 540), 12):
            path = tmp_path / f"{at}_{name}"
            path.write_bytes(content[:at] + b"\xff\xff\xff\x7f" + content[at + 4 :])
            names.append(path)
    assert len(names) > 700
    run = subprocess.run(
        [sys.executable, str(ROOT / "tests/capturing/read_under_a_limit.py"), "300", *names],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stderr == ""
    assert len(run.stdout.splitlines()) == len(names)
    assert "more memory" not in run.stdout
