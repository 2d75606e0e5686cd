"""ISO 25178-2 parameters of surfaces for which they are known in closed form."""

import numpy as np
import pytest
from benchmarks.iso_parity import AGREED, NAMES, SAME, fields, parities
from benchmarks.peers_ready import found_surfalize
from scipy import ndimage

from cicatrix.measuring.surface_parameters import surface_parameters

PITCH_MM = (0.05, 0.05)


def parameters(height, pitch_mm=PITCH_MM, there=None):
    there = np.ones(height.shape, bool) if there is None else there
    return surface_parameters(height, pitch_mm, there=there)


def test_a_wave_over_whole_periods_has_the_heights_of_a_sine():
    periods, samples, amplitude_mm = 8, 320, 0.03
    phase = 2 * np.pi * periods * np.arange(samples) / samples
    found = parameters(amplitude_mm * np.sin(phase) + np.zeros((40, 1)))
    assert found["sq_um"] == pytest.approx(30 / np.sqrt(2), rel=1e-12)
    # Sums over samples differ from integrals: of |sin| by 2 (π / samples a period)² / 6.
    assert found["sa_um"] == pytest.approx(2 * 30 / np.pi, rel=3e-3)
    assert found["ssk"] == pytest.approx(0, abs=1e-12)
    assert found["sku"] == pytest.approx(1.5, rel=1e-12)
    assert found["sp_um"] == found["sv_um"] == pytest.approx(30, rel=1e-12)
    assert found["sz_um"] == pytest.approx(60, rel=1e-12)


def test_a_wave_has_the_slope_of_its_chords():
    per_period, amplitude_mm = 40, 0.03
    # One sample more than whole periods, so that the steps between samples fill them.
    phase = 2 * np.pi * np.arange(8 * per_period + 1) / per_period
    found = parameters(amplitude_mm * np.sin(phase) + np.zeros((40, 1)))
    chord_mm = 2 * amplitude_mm * np.sin(np.pi / per_period)
    assert found["sdq"] == pytest.approx(chord_mm / PITCH_MM[0] / np.sqrt(2), rel=1e-12)
    steps = np.diff(amplitude_mm * np.sin(phase)) / PITCH_MM[0]
    longer = np.sqrt(1 + steps**2).mean() - 1  # the length of the chords, over no slope in y
    assert found["sdr_percent"] == pytest.approx(100 * longer, rel=1e-9)


@pytest.mark.parametrize("pitch_mm", [(0.05, 0.05), (0.03, 0.08)])
def test_a_plane_has_its_slope_and_its_longer_area(pitch_mm):
    rows, columns = np.indices((50, 70))
    plane = 0.3 * columns * pitch_mm[0] - 0.4 * rows * pitch_mm[1]
    found = parameters(plane, pitch_mm)
    assert found["sdq"] == pytest.approx(0.5, rel=1e-12)
    assert found["sdr_percent"] == pytest.approx(100 * (np.sqrt(1.25) - 1), rel=1e-10)


def cap(ball_mm, radius_mm, pitch_mm):
    axis = np.arange(-radius_mm - pitch_mm, radius_mm + 1.5 * pitch_mm, pitch_mm)
    squared = axis[:, None] ** 2 + axis[None, :] ** 2
    inside = squared < radius_mm**2
    return np.sqrt(ball_mm**2 - np.minimum(squared, radius_mm**2)), inside


def test_a_cap_of_a_ball_in_a_round_field_has_its_heights_and_area():
    """Over a disc the squared distance from the middle is uniform, and so is z² = R² - ρ²."""
    ball_mm, radius_mm = 5.0, 3.0
    height, inside = cap(ball_mm, radius_mm, 0.01)
    found = parameters(height, (0.01, 0.01), inside)
    least = np.sqrt(ball_mm**2 - radius_mm**2)
    mean = 2 / 3 * (ball_mm**3 - least**3) / radius_mm**2
    # The rim of 300 samples' radius is a staircase: a thousandth.
    assert found["sq_um"] == pytest.approx(
        1000 * np.sqrt((ball_mm**2 + least**2) / 2 - mean**2), rel=1e-3
    )
    assert found["sp_um"] == pytest.approx(1000 * (ball_mm - mean), rel=1e-3)
    # Archimedes: a cap has the area of the cylinder around it. Triangles that reach over the
    # rim, where it is steepest, are left out: half a percent.
    longer = 2 * ball_mm * (ball_mm - least) / radius_mm**2 - 1
    assert found["sdr_percent"] == pytest.approx(100 * longer, rel=5e-3)


def test_the_heights_of_a_bell_are_normal():
    bell = np.random.default_rng(1).normal(0, 0.02, (700, 700))
    found = parameters(bell)
    # Spreads of such estimates from half a million samples: √(6/n), √(24/n); four of each.
    assert found["ssk"] == pytest.approx(0, abs=4 * np.sqrt(6 / bell.size))
    assert found["sku"] == pytest.approx(3, abs=4 * np.sqrt(24 / bell.size))


def crossed_waves(turn_samples, stretch=1.0, shape=(600, 600)):
    rows, columns = np.indices(shape)
    across = 2 * np.pi * columns / turn_samples
    return 0.02 * np.sin(across) * np.sin(2 * np.pi * rows / turn_samples / stretch)


def test_crossed_waves_hang_together_as_far_as_their_cosines():
    """The autocorrelation is cos · cos: 0.2 at acos(0.2), on the diagonal at √2 acos(√0.2)."""
    per_mm = 40 * PITCH_MM[0] / (2 * np.pi)
    found = parameters(crossed_waves(40))
    near, far = np.arccos(0.2), np.sqrt(2) * np.arccos(np.sqrt(0.2))
    # 600 samples hold 15 waves: the last, torn one is worth a hundredth.
    assert found["sal_mm"] == pytest.approx(near * per_mm, rel=0.01)
    assert found["str"] == pytest.approx(near / far, rel=0.01)


def test_a_texture_twice_as_long_as_wide_has_an_aspect_of_a_half():
    found = parameters(crossed_waves(40, stretch=2.0, shape=(1200, 600)))
    assert found["str"] == pytest.approx(0.5, rel=0.01)
    assert found["sal_mm"] == pytest.approx(np.arccos(0.2) * 2 / (2 * np.pi), rel=0.01)


def test_grained_noise_hangs_together_as_its_bell_does():
    """Smoothed noise has the autocorrelation exp(-τ²/4σ²), which is a fifth at 2σ√ln 5."""
    noise = np.random.default_rng(2).standard_normal((900, 900))
    found = parameters(ndimage.gaussian_filter(noise, 4.0, mode="wrap"))
    # Some 3,000 independent grains: the length is known to about 2 %; three times that.
    assert found["sal_mm"] == pytest.approx(2 * 4.0 * PITCH_MM[0] * np.sqrt(np.log(5)), rel=0.06)
    assert found["str"] == pytest.approx(1, abs=0.15)


def test_a_texture_that_never_decays_has_no_aspect():
    found = parameters(np.sin(np.arange(300) / 5) + np.zeros((200, 1)))
    assert np.isnan(found["str"])
    assert found["sal_mm"] == pytest.approx(np.arccos(0.2) * 5 * PITCH_MM[0], rel=0.02)


@pytest.mark.parametrize(("along", "up"), [(20, 7), (6, 25), (-7, 20), (-25, 6), (0, 9), (9, 0)])
def test_the_direction_is_that_of_the_waves_with_y_upwards(along, up):
    rows, columns = np.indices((400, 400))
    # Whole waves in the field, so that no power leaks into other directions.
    wave = np.sin(2 * np.pi * (along * columns - up * rows) / 400)
    angle = np.degrees(np.arctan2(up, along)) % 180
    # Angles come in half degrees.
    assert parameters(wave)["std_degrees"] == pytest.approx(angle, abs=0.2501)


def furrows(degrees, *, seed, side=400):
    """Furrows whose waves lie at an angle, bent a little, in rougher skin with noise."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((side, side)) * PITCH_MM[0]
    bend, grain = (
        ndimage.gaussian_filter(rng.standard_normal((side, side)), width) for width in (40, 3)
    )
    angle = np.radians(degrees)
    across = columns * np.cos(angle) - rows * np.sin(angle)
    waves = 20 * np.cos(2 * np.pi * across / (10 * PITCH_MM[0]) + bend / bend.std())
    return waves + 8 * grain / grain.std() + 5 * rng.standard_normal((side, side))


@pytest.mark.parametrize("degrees", [0, 17, 45, 63, 90, 120, 150, 175])
def test_the_direction_of_furrows_is_across_them(degrees):
    square = (PITCH_MM[0], PITCH_MM[0])
    height = furrows(degrees, seed=degrees)
    found = surface_parameters(height, square, there=np.isfinite(height))["std_degrees"]
    assert abs((found - degrees + 90) % 180 - 90) <= 1.0


@pytest.mark.parametrize("seed", range(6))
def test_skin_that_is_the_same_in_all_directions_has_none(seed):
    noise = np.random.default_rng(seed).standard_normal((400, 400))
    even = ndimage.gaussian_filter(noise, 3.0)
    square = (PITCH_MM[0], PITCH_MM[0])
    found = surface_parameters(even, square, there=np.isfinite(even))
    assert found["str"] > 0.8
    assert np.isnan(found["std_degrees"])


def test_the_grid_and_the_edges_have_no_direction_of_their_own():
    """A little graining at any angle is found; once the edges gave 90 degrees for all of them."""
    for seed, degrees in enumerate((20, 50, 110, 160)):
        noise = ndimage.gaussian_filter(
            np.random.default_rng(seed).standard_normal((700, 700)), (3.0, 8.0)
        )
        # Turned with y upwards: the waves of this grain are strongest up and down, at 90 degrees.
        turned = ndimage.rotate(noise, degrees - 90, reshape=False)[150:550, 150:550]
        square = (PITCH_MM[0], PITCH_MM[0])
        found = surface_parameters(turned, square, there=np.isfinite(turned))
        assert abs((found["std_degrees"] - degrees + 90) % 180 - 90) <= 15


def test_what_is_cut_out_does_not_count_whatever_lies_there():
    rng = np.random.default_rng(3)
    height = ndimage.gaussian_filter(rng.standard_normal((300, 300)), 2.0, mode="wrap")
    there = np.ones(height.shape, bool)
    there[40:90, 50:140] = False
    there[200:230, 10:60] = False
    clean = parameters(height, there=there)
    filled = height.copy()
    filled[~there] = 1e3 * rng.standard_normal((~there).sum())
    filled[50:60, 60:70] = np.nan
    assert parameters(filled, there=there) == pytest.approx(clean, rel=1e-9, nan_ok=True)


def test_holes_hardly_change_a_texture_that_is_the_same_everywhere():
    height = crossed_waves(40)
    there = np.ones(height.shape, bool)
    there[80:200, 120:320] = False  # whole waves, so that what is left is the same mixture
    whole, left = parameters(height), parameters(height, there=there)
    for name, tolerance in (("sa_um", 1e-3), ("sq_um", 1e-3), ("sdq", 5e-3), ("sal_mm", 0.01)):
        assert left[name] == pytest.approx(whole[name], rel=tolerance)


def test_nothing_measured_gives_no_numbers():
    assert parameters(np.zeros((30, 30)), there=np.zeros((30, 30), bool)) == {}


def test_surfalize_says_the_same_where_the_standard_leaves_no_room():
    peer = found_surfalize()
    if not peer:
        pytest.skip(f"surfalize is not compared: {peer.missing}")
    found = {one.ours_name: one for one in parities(fields(side=200, seed=4), peer=peer)}
    assert set(found) == {name for name, _, _ in NAMES}
    for name in SAME:
        assert found[name].farthest <= AGREED, name
    # Where the autocorrelation passes a fifth is interpolated otherwise: a hundredth.
    assert found["sal_mm"].farthest < 0.02
    assert found["str"].farthest < 0.03
