"""Pitch and unit come from the file or from the person; they are never guessed."""

import numpy as np
import pytest
from tests.capturing import samples
from tests.capturing.samples import PITCH_MM, heights_mm

from cicatrix.capturing import read_scan
from cicatrix.skin import CaptureError


def read(tmp_path, name, content, **given):
    (tmp_path / name).write_bytes(content)
    return read_scan(tmp_path / name, **given)


def refusal(tmp_path, name, content, **given):
    with pytest.raises(CaptureError) as refused:
        read(tmp_path, name, content, **given)
    return str(refused.value)


FLOATS = samples.npy(heights_mm())
LEVELS = samples.npy(np.round(heights_mm() * 1000).astype("i4"))


@pytest.mark.parametrize("name", ["h.npy", "h.tif", "h.csv"])
def test_fractions_without_any_unit_are_mm(name, tmp_path):
    """As every length of cicatrix is; ``case.yaml`` gives a TIFF nothing but its pitch."""
    content = {
        "h.npy": FLOATS,
        "h.tif": samples.tiff(heights_mm().astype("f4")),
        "h.csv": samples.csv(),
    }[name]
    height_map = read(tmp_path, name, content, pitch_mm=0.06)
    np.testing.assert_allclose(height_map.height_mm[:, :5], heights_mm()[:, :5], rtol=0, atol=1e-6)


@pytest.mark.parametrize("unit", ["um", "cm", "m"])
def test_a_unit_scales_the_heights_and_not_the_pitch(unit, tmp_path):
    size = {"um": 1e-3, "cm": 10.0, "m": 1000.0}[unit]
    by_word = read(tmp_path, "h.npy", FLOATS, pitch_mm=0.06, unit=unit)
    by_number = read(tmp_path, "h.npy", FLOATS, pitch_mm=0.06, mm_per_unit=size)
    np.testing.assert_allclose(by_word.height_mm, heights_mm() * size)
    np.testing.assert_array_equal(by_word.height_mm, by_number.height_mm)
    assert by_word.pitch_mm == (0.06, 0.06)


def test_without_a_pitch_there_is_no_height_map(tmp_path):
    said = refusal(tmp_path, "h.npy", FLOATS)
    assert "h.npy does not say how far apart its samples lie" in said
    assert "--pitch-mm" in said


def test_whole_numbers_without_a_unit_are_not_guessed(tmp_path):
    assert "--mm-per-unit" in refusal(tmp_path, "h.npy", LEVELS, pitch_mm=0.06)


def test_micrometres_are_not_taken_for_mm(tmp_path):
    """A relief of 1 mm over 2.4 mm, in µm: as mm it would stand 1 m tall."""
    content = samples.npy(heights_mm() * 1000)
    assert "cannot be mm" in refusal(tmp_path, "h.npy", content, pitch_mm=0.06)
    told = read(tmp_path, "h.npy", content, pitch_mm=0.06, unit="um")
    np.testing.assert_allclose(told.height_mm, heights_mm())


def test_metres_are_not_taken_for_mm(tmp_path):
    content = samples.npy(heights_mm() * 1e-5)
    assert "flatter" in refusal(tmp_path, "h.npy", content, pitch_mm=0.06)


def test_a_single_spike_does_not_make_mm_impossible(tmp_path):
    heights = heights_mm()
    heights[5, 5] = 500
    spiked = read(tmp_path, "h.npy", samples.npy(heights), pitch_mm=0.06)
    assert spiked.height_mm[5, 5] == 500


BELIEVED = {
    "s.tmd": samples.tmd(), "s.gsf": samples.gsf(), "s.gwy": samples.gwy(), "s.sur": samples.sur(),
    "s.al3d": samples.al3d(), "s.plux": samples.plux(), "s.x3p": samples.x3p(),
}  # fmt: skip


@pytest.mark.parametrize("name", BELIEVED)
def test_a_format_that_carries_its_lengths_is_believed(name, tmp_path):
    content = BELIEVED[name]
    said = refusal(tmp_path, name, content, pitch_mm=0.06)
    assert name in said
    assert "Leave out --pitch-mm" in said
    assert "Leave out --unit" in refusal(tmp_path, name, content, unit="mm")
    # Saying the same again is no contradiction.
    assert read(tmp_path, name, content, pitch_mm=PITCH_MM).pitch_mm == pytest.approx(PITCH_MM)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0, -0.05])
def test_a_pitch_in_a_file_that_cannot_be_is_refused_and_can_be_given(bad, tmp_path):
    files = {
        "s.tmd": samples.tmd(pitch=(bad, 0.08)),
        "s.x3p": samples.x3p(pitch=(bad, 0.08)),
        "s.npz": samples.npz(height_mm=heights_mm(), pitch_mm=np.array([bad, 0.08])),
    }
    for name, content in files.items():
        said = refusal(tmp_path, name, content)
        assert name in said
        assert "which cannot be" in said
        assert read(tmp_path, name, content, pitch_mm=0.06).pitch_mm == (0.06, 0.06)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"pitch_mm": float("nan")}, "nan mm cannot be"),
        ({"pitch_mm": -0.06}, "-0.06 mm cannot be"),
        ({"pitch_mm": 0.0}, "0 mm cannot be"),
        ({"pitch_mm": float("inf")}, "inf mm cannot be"),
        ({"pitch_mm": (0.06, -0.06)}, "cannot be"),
        ({"pitch_mm": 0.06, "unit": "furlong"}, "no unit 'furlong'"),
        ({"pitch_mm": 0.06, "unit": "mm", "mm_per_unit": 1.0}, "Give one of the two"),
        ({"pitch_mm": 0.06, "mm_per_unit": float("nan")}, "cannot be"),
        ({"pitch_mm": 0.06, "mm_per_unit": -1.0}, "cannot be"),
    ],
)
def test_impossible_words_of_the_call_are_refused(given, says, tmp_path):
    assert says in refusal(tmp_path, "h.npy", FLOATS, **given)


def test_a_pitch_that_a_loose_format_carries_is_not_overruled(tmp_path):
    content = samples.npz(height_mm=heights_mm(), pitch_mm=np.array(PITCH_MM))
    said = refusal(tmp_path, "h.npz", content, pitch_mm=0.1)
    assert "0.05 × 0.08 mm apart, and the pitch 0.1 mm was given" in said
    assert "Leave out --pitch-mm" in said
    assert read(tmp_path, "h.npz", content, pitch_mm=PITCH_MM).pitch_mm == PITCH_MM


def test_a_unit_that_a_loose_format_carries_is_not_overruled(tmp_path):
    """``height_mm`` in an NPZ says mm by its name."""
    content = samples.npz(height_mm=heights_mm())
    said = refusal(tmp_path, "h.npz", content, pitch_mm=0.06, unit="um")
    assert "is 1 mm, and 0.001 mm was given" in said
    again = read(tmp_path, "h.npz", content, pitch_mm=0.06, unit="mm")
    np.testing.assert_array_equal(again.height_mm, heights_mm())


def test_points_keep_the_ratio_of_their_steps(tmp_path):
    """0.05 by 0.08 in some unit cannot be 0.06 by 0.06 mm; twice as much each can."""
    assert "0.05 apart along x and 0.08" in refusal(tmp_path, "h.xyz", samples.xyz(), pitch_mm=0.06)
    assert read(tmp_path, "h.xyz", samples.xyz(), pitch_mm=(0.1, 0.16)).pitch_mm == (0.1, 0.16)
    flat = samples.esri(cellsize=0)
    assert read(tmp_path, "h.asc", flat, pitch_mm=0.06).pitch_mm == (0.06, 0.06)
