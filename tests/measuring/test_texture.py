"""How unscarred skin varies: against skin whose covariance is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from cicatrix.measuring.texture import SkinTexture, autocorrelation, texture_of

PITCH_MM = (0.06, 0.06)


def white(seed, shape=(500, 500), sd=0.01):
    return np.random.default_rng(seed).normal(0, sd, shape)


def everywhere(values):
    return np.ones(values.shape, bool)


def test_white_noise_has_its_spread_and_nothing_else():
    noise = white(1)
    texture = texture_of(noise, everywhere(noise), PITCH_MM)
    assert texture.sd_mm == pytest.approx(0.01, rel=0.01)
    assert texture.noise_mm == pytest.approx(0.01, rel=0.02)
    # Means over blocks of independent samples: sd/√n.
    assert texture.mean_sd_mm((6, 6)) == pytest.approx(0.01 / 6, rel=0.3)


def test_long_waves_that_were_fitted_away_still_count():
    # White noise less its waves above 3 mm: means over blocks varied by sd/√n before the fit.
    noise = white(4)
    wave = np.hypot(*np.meshgrid(np.fft.fftfreq(500, 0.06), np.fft.fftfreq(500, 0.06)))
    left = np.fft.ifft2(np.where(wave < 1 / 3.0, 0, np.fft.fft2(noise))).real
    texture = texture_of(left, everywhere(left), PITCH_MM)
    assert texture.covariance_mm2.sum() < 0.4 * 0.01**2
    assert texture.mean_sd_mm((6, 6)) == pytest.approx(0.01 / 6, rel=0.15)


def test_noise_is_told_from_relief():
    relief = ndimage.gaussian_filter(white(2), 3.0, mode="wrap")
    relief *= 0.02 / relief.std()
    height = relief + white(3, sd=0.008)
    texture = texture_of(height, everywhere(height), PITCH_MM)
    # The parabola through the next lags is right to about two percent of the relief's variance.
    assert texture.noise_mm == pytest.approx(0.008, rel=0.1)
    assert texture.sd_mm == pytest.approx(np.hypot(0.02, 0.008), rel=0.03)


@pytest.mark.parametrize(
    ("shape", "reach"),
    # In one band; in several with a short last one; narrower and lower than twice the lags.
    [((60, 50), (5, 7)), ((4000, 150), (6, 9)), ((11, 40), (5, 19)), ((300, 2000), (7, 3))],
)
def test_each_lag_sums_the_products_of_all_its_pairs(shape, reach):
    """Against the definition, shift by shift."""
    values = white(9, shape)
    told = autocorrelation(values, reach)
    for down in range(-reach[0], reach[0] + 1):
        for along in range(-reach[1], reach[1] + 1):
            rows, columns = (
                slice(max(0, -d), n - max(0, d)) for d, n in zip((down, along), shape, strict=True)
            )
            moved = values[max(0, down) :, max(0, along) :][
                : shape[0] - abs(down), : shape[1] - abs(along)
            ]
            expected = float((values[rows, columns] * moved).sum())
            # Rounding of sums over up to 600,000 products.
            assert told[reach[0] + down, reach[1] + along] == pytest.approx(
                expected, abs=1e-10 * float((values**2).sum())
            )


def test_weighted_sums_vary_as_told():
    """Against the definition, by a double sum over all pairs of samples."""
    rng = np.random.default_rng(4)
    lags = np.hypot(*(np.indices((9, 9)) - 4.0))
    texture = SkinTexture(covariance_mm2=np.exp(-(lags**2) / 4), pitch_mm=PITCH_MM)
    weights = rng.normal(size=(3, 12, 7))
    rows, columns = (g.ravel() for g in np.indices((12, 7)))
    apart = np.stack([rows[:, None] - rows, columns[:, None] - columns])
    within = (np.abs(apart) <= 4).all(axis=0)
    pairs = np.where(within, np.exp(-(apart**2).sum(axis=0) / 4), 0.0)
    expected = weights.reshape(3, -1) @ pairs @ weights.reshape(3, -1).T
    np.testing.assert_allclose(texture.covariance_of(weights), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("radius", [6, 20, 40])
def test_the_spread_of_means_over_discs_is_the_one_found_by_moving_the_disc(radius):
    relief = ndimage.gaussian_filter(white(5, (1000, 1000)), 2.5, mode="wrap")
    relief *= 0.02 / relief.std()
    texture = texture_of(relief, everywhere(relief), PITCH_MM)
    rows, columns = np.indices((2 * radius + 1, 2 * radius + 1)) - radius
    disc = (rows**2 + columns**2 <= radius**2).astype(float)
    disc /= disc.sum()
    told = np.sqrt(texture.covariance_of(disc[None])[0, 0])
    means = ndimage.convolve(relief, disc, mode="wrap")[::radius, ::radius]
    # As many independent discs as fit: at 40 samples radius some 150, so 6 %; three times that.
    assert told == pytest.approx(means.std(), rel=0.18)


def test_averaging_and_smoothing_leave_the_texture_of_averages_and_smoothed_maps():
    relief = ndimage.gaussian_filter(white(6, (600, 600)), 2.0, mode="wrap")
    relief *= 0.02 / relief.std()
    texture = texture_of(relief, everywhere(relief), PITCH_MM)
    means = relief.reshape(200, 3, 200, 3).mean(axis=(1, 3))
    assert texture.averaged(3).sd_mm == pytest.approx(means.std(), rel=0.02)
    assert texture.averaged(3).pitch_mm == pytest.approx((0.18, 0.18))
    smooth = ndimage.gaussian_filter(relief, 0.2 / 0.06, mode="wrap")
    assert texture.smoothed_sd_mm(0.2) == pytest.approx(smooth.std(), rel=0.05)


def test_scars_and_holes_are_left_out():
    noise = white(7)
    skin = everywhere(noise)
    skin[100:300, 100:400] = False
    noise[~skin] = 5.0
    assert texture_of(noise, skin, PITCH_MM).sd_mm == pytest.approx(0.01, rel=0.02)
