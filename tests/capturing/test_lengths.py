"""Pitch and unit come from the file or from the person; they are never guessed."""

import dataclasses

import numpy as np
import pytest
from tests.capturing import samples
from tests.capturing.samples import PITCH_MM, heights_mm

from cicatrix.capturing import read_scan
from cicatrix.capturing.quality import judge_height_map
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


UNITLESS = {
    "h.npy": FLOATS,
    "h.npz": samples.npz(z=heights_mm()),
    "h.tif": samples.tiff(heights_mm().astype("f4")),
    "h.csv": samples.csv(),
}


@pytest.mark.parametrize("name", UNITLESS)
def test_a_pitch_in_mm_says_mm_and_leaves_a_doubt(name, tmp_path):
    """What the promised call with ``--pitch-mm`` alone means; the unit takes the doubt away."""
    taken = read(tmp_path, name, UNITLESS[name], pitch_mm=0.06)
    told = read(tmp_path, name, UNITLESS[name], pitch_mm=0.06, unit="mm")
    for height_map, doubtful in ((taken, True), (told, False)):
        np.testing.assert_allclose(
            height_map.height_mm[:, :5], heights_mm()[:, :5], rtol=0, atol=1e-6
        )
        flags = judge_height_map(skin_like(height_map)).flags
        assert ("unit_not_told" in flags) == doubtful


def skin_like(height_map):
    """The same reading of a map that is large enough to be judged."""
    noise = np.random.default_rng(1).normal(0, 0.02, (64, 64))
    return dataclasses.replace(height_map, height_mm=noise)


@pytest.mark.parametrize("scale", [1000, 1e-5])
def test_heights_that_cannot_be_mm_are_refused_with_the_options_that_give_the_unit(scale, tmp_path):
    content = samples.npy(heights_mm() * scale)
    said = refusal(tmp_path, "h.npy", content, pitch_mm=0.06)
    assert "h.npy has heights from " in said
    assert "--unit (mm, um, cm, m) or --mm-per-unit" in said
    told = read(tmp_path, "h.npy", content, pitch_mm=0.06, mm_per_unit=1 / scale)
    np.testing.assert_allclose(told.height_mm, heights_mm())


def test_a_tiff_that_names_its_unit_needs_no_more_than_its_pitch(tmp_path):
    calibrated = {"vunit": "mm", "cf": 0, "c0": 0, "c1": 1}
    heights = heights_mm().astype("f4")
    content = samples.tiff(heights, imagej=True, metadata=calibrated)
    np.testing.assert_array_equal(
        read(tmp_path, "h.tif", content, pitch_mm=0.06).height_mm, heights
    )


def test_the_range_that_is_told_leaves_out_what_was_not_measured(tmp_path):
    heights = np.linspace(-0.25, 0.75, 400).reshape(20, 20)
    heights[3, 4], heights[5, 6], heights[7, 8] = np.nan, np.inf, 1e30
    said = refusal(tmp_path, "h.npz", samples.npz(z=heights, pitch_mm=0.06))
    assert "run from -0.25 to 0.75" in said


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
    assert "--pitch-mm and the unit of its heights with --unit (mm, um, cm, m)" in said
    assert "unit of its heights" not in refusal(tmp_path, "h.npy", FLOATS, unit="mm")


def test_whole_numbers_without_a_unit_are_not_guessed(tmp_path):
    assert "--mm-per-unit" in refusal(tmp_path, "h.npy", LEVELS, pitch_mm=0.06)


def test_a_single_spike_is_read_as_it_is(tmp_path):
    heights = heights_mm()
    heights[5, 5] = 500
    spiked = read(tmp_path, "h.npy", samples.npy(heights), pitch_mm=0.06, unit="mm")
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
    twice = read(tmp_path, "h.xyz", samples.xyz(), pitch_mm=(0.1, 0.16), unit="mm")
    assert twice.pitch_mm == (0.1, 0.16)
    flat = samples.esri(cellsize=0)
    assert read(tmp_path, "h.asc", flat, pitch_mm=0.06, unit="mm").pitch_mm == (0.06, 0.06)
    doubtful = read(tmp_path, "h.asc", flat, pitch_mm=0.06)
    assert doubtful.known["unit_not_told"]


@pytest.mark.parametrize(
    ("step", "pitch", "scale", "give"),
    [
        (0.05, 0.5, "10", "--unit cm"),
        (0.05, 0.05, "1", "--unit mm"),
        (50, 0.05, "0.001", "--unit um"),
        (0.05, 0.06, "1.2", "--mm-per-unit 1.2"),
    ],
)
@pytest.mark.parametrize("name", ["h.xyz", "h.asc"])
def test_a_pitch_beside_places_of_their_own_does_not_scale_heights(
    name, step, pitch, scale, give, tmp_path
):
    """Places in cm beside a pitch in mm once gave a tenth of the depth without a word."""
    content = samples.xyz(pitch=(step, step)) if name == "h.xyz" else samples.esri(cellsize=step)
    said = refusal(tmp_path, name, content, pitch_mm=pitch)
    assert f"one unit of its places is {scale} mm" in said
    assert f"If it is the same, give {give} and leave out --pitch-mm" in said
    assert "give that of the heights with --unit (mm, um, cm, m) or --mm-per-unit" in said
    followed = {"mm_per_unit": float(scale)}
    same = read(tmp_path, name, content, **followed)
    assert same.pitch_mm == pytest.approx((pitch, pitch))
    np.testing.assert_allclose(
        same.height_mm,
        read(tmp_path, name, content, pitch_mm=pitch, **followed).height_mm,
    )
