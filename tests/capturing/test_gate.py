"""Where the gate draws its lines: made-up captures on either side of each, placed by geometry."""

import math

import numpy as np
import pytest
from scipy import ndimage, optimize

from cicatrix.capturing.methods import with_method
from cicatrix.capturing.quality import judge_height_map, judge_mesh
from cicatrix.flags import CAPTURE_FLAGS
from cicatrix.measuring import measure
from cicatrix.phantoms import PhantomScar, make_phantom
from cicatrix.skin import CaptureError, HeightMap, Mesh
from cicatrix.visit import measure_scan

SIDE = 300
#: 10 µm of noise on a field of 18 mm, which the gate has nothing against.
NOISE_MM, PITCH_MM = 0.010, 0.06


def noise(seed=1, *, sd=NOISE_MM, side=SIDE):
    return np.random.default_rng(seed).normal(0, sd, (side, side))


def judged(height, *, pitch=(PITCH_MM, PITCH_MM), **known):
    return judge_height_map(HeightMap(height_mm=height, pitch_mm=pitch, known=known, name="x"))


def refusal(height, *, pitch=(PITCH_MM, PITCH_MM)):
    with pytest.raises(CaptureError) as refused:
        judged(height, pitch=pitch)
    return str(refused.value)


def test_plain_noise_passes_without_a_doubt():
    quality = judged(noise())
    assert quality.capture_class == "A"
    # Eight samples 0.06 mm apart.
    assert quality.smallest_width_mm == pytest.approx(0.48)
    assert quality.flags == ()


@pytest.mark.parametrize("noise_um", [1, 5, 20, 45, 55, 80])
def test_noise_is_estimated_and_flagged_above_50_micrometres(noise_um):
    """The mean of two robust spreads of 90,000 differences: 2 % leaves six of its errors."""
    form = 0.8 * np.cos(np.linspace(0, 3, SIDE))[:, None] + 0.02 * np.arange(SIDE)
    quality = judged(form + noise(sd=noise_um / 1000))
    assert quality.noise_mm * 1000 == pytest.approx(noise_um, rel=0.02)
    assert ("noisy" in quality.flags) == (noise_um > 50)


def test_noise_that_cannot_be_told_is_a_doubt():
    """On a chessboard no three neighbours in a row were measured."""
    row, column = np.indices((SIDE, SIDE))
    quality = judged(np.where((row + column) % 2, np.nan, noise()))
    assert math.isnan(quality.noise_mm)
    assert {"noise_unknown", "much_missing"} <= set(quality.flags)


@pytest.mark.parametrize(("rows", "flagged"), [(29, False), (31, True), (179, True)])
def test_a_tenth_may_be_missing(rows, flagged):
    """Of 300 rows."""
    height = noise()
    height[:rows] = np.nan
    assert ("much_missing" in judged(height).flags) == flagged


def test_more_than_three_fifths_must_not_be_missing():
    height = noise()
    height[:181] = np.nan
    assert "60% of the samples were not measured" in refusal(height)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("share", "flagged"), [(0.004, False), (0.006, True)])
def test_clipping_at_either_end_is_flagged_from_a_half_percent_on(share, flagged, sign):
    height = sign * noise()
    end = np.quantile(height, share)
    height = sign * np.maximum(height, end)
    assert ("clipped" in judged(height).flags) == flagged


def differences_ratio(sigma):
    """Second differences of blurred noise over one sample, as a share of those over three.

    White noise under a Gaussian of ``sigma`` samples hangs together as r(k) = exp(-k²/4σ²), and
    z(-k) - 2 z(0) + z(k) has the variance 6 - 8 r(k) + 2 r(2k).
    """
    near, far = (
        6 - 8 * math.exp(-(k**2) / (4 * sigma**2)) + 2 * math.exp(-(k**2) / sigma**2)
        for k in (1, 3)
    )
    return math.sqrt(near / far)


def test_blur_is_flagged_from_the_width_on_that_geometry_gives():
    edge = optimize.brentq(lambda sigma: differences_ratio(sigma) - 0.2, 0.5, 5)
    # The ratio is that of two medians of 90,000; a sixth of the blur to either side is far off.
    for share, flagged in ((0.85, False), (1.15, True)):
        blurred = ndimage.gaussian_filter(noise(), edge * share, mode="wrap")
        assert ("blurred" in judged(blurred).flags) == flagged


@pytest.mark.parametrize(("degrees", "flagged"), [(47, False), (53, True)])
def test_steep_form_is_flagged_above_50_degrees(degrees, flagged):
    slope = math.tan(math.radians(degrees)) * PITCH_MM * np.arange(SIDE)
    assert ("too_steep" in judged(noise() + slope).flags) == flagged


@pytest.mark.parametrize(("share", "flagged"), [(0.04, False), (0.20, True)])
def test_a_steep_edge_may_take_a_twentieth(share, flagged):
    """Slopes are taken over twenty samples, so that an edge counts a fifteenth more than it has."""
    steep = int(share * SIDE)
    ramp = np.maximum(np.arange(SIDE) - (SIDE - steep), 0) * PITCH_MM * math.tan(math.radians(70))
    assert ("too_steep" in judged(noise() + ramp).flags) == flagged


def test_the_class_follows_format_and_spacing():
    assert judged(noise(), format="TMD").capture_class == "B"
    assert "photometric" in judged(noise(), format="TMD").flags
    assert judged(noise(), format="X3P", pitch=(0.30, 0.30)).capture_class == "A"
    phone = judged(noise(), format="X3P", pitch=(0.20, 0.31))
    assert phone.capture_class == "D"
    assert {"phone_depth", "small_scars_missed"} <= set(phone.flags)


@pytest.mark.parametrize(("pitch", "missed"), [(0.0625, False), (0.063, True)])
def test_the_smallest_scars_need_eight_samples(pitch, missed):
    """Half a millimetre over eight."""
    quality = judged(noise(), pitch=(pitch, pitch))
    assert ("small_scars_missed" in quality.flags) == missed


@pytest.mark.parametrize(
    ("spacing", "flags", "letter"),
    [(0.05, ("side_by_winding",), "A"), (0.2, ("side_by_winding", "small_scars_missed"), "A"),
     (0.5, ("side_by_winding", "small_scars_missed", "phone_depth"), "D")],
)  # fmt: skip
def test_a_mesh_is_judged_by_its_spacing(spacing, flags, letter, knowledge):
    """A square grid with one diagonal each: two sides of three, the middle length, are the step."""
    side = 61
    places = np.indices((side, side)).reshape(2, -1).T * spacing
    number = np.arange(side * side).reshape(side, side)
    one = np.stack([number[:-1, :-1], number[1:, :-1], number[1:, 1:]], -1).reshape(-1, 3)
    other = np.stack([number[:-1, :-1], number[1:, 1:], number[:-1, 1:]], -1).reshape(-1, 3)
    rough = np.random.default_rng(4).normal(0, 0.001, side * side)
    mesh = Mesh(
        vertices_mm=np.column_stack([places, rough]), faces=np.concatenate([one, other]), name="x"
    )
    quality = judge_mesh(mesh)
    assert quality.spacing_mm == pytest.approx(spacing, rel=0.01)
    assert (quality.flags, quality.capture_class) == (flags, letter)
    catalogue = measure_scan(mesh, knowledge=knowledge).catalogue
    assert set(flags) <= set(catalogue.flags)
    assert catalogue.capture_class == letter


OUTSIDE = [
    ({"pitch": (0.63, 0.63)}, 1.0, "lie 0.6 mm apart"),
    ({"pitch": (0.05, 0.63)}, 1.0, "need 8 samples across"),
    ({"pitch": (0.05, 0.0016)}, 1.0, "less than the smallest acne scar (0.5 mm)"),
    ({"pitch": (0.05, 0.00049)}, 1.0, "less than the smallest acne scar"),
    ({"pitch": (3.4, 0.5)}, 1.0, "no skin is"),
    ({}, 1e-5, "smoother than any skin"),
    ({}, 1e4, "steeper than skin can be"),
]
INSIDE = [({"pitch": (0.62, 0.62)}, 1.0), ({"pitch": (0.05, 0.0017)}, 1.0), ({}, 0.02), ({}, 900.0)]


@pytest.mark.parametrize(("given", "times", "says"), OUTSIDE)
def test_what_no_skin_has_is_refused(given, times, says):
    assert says in refusal(noise() * times, **given)


@pytest.mark.parametrize(("given", "times"), INSIDE)
def test_what_skin_may_have_passes(given, times):
    """0.02: a range of 1.7 µm. 900: a spread of 9 mm, 42 from the first to the last hundredth."""
    assert judged(noise() * times, **given).capture_class in {"A", "D"}


def test_samples_finer_than_light_are_refused():
    narrow = np.random.default_rng(2).normal(0, NOISE_MM, (20, 1100))
    with pytest.raises(CaptureError, match="finer than any scanner of skin"):
        judge_height_map(HeightMap(height_mm=narrow, pitch_mm=(0.00049, 0.05)))


def test_every_doubt_of_the_gate_has_its_words():
    flags = {f for height in (noise(), noise(sd=0.06)) for f in judged(height, format="TMD").flags}
    assert flags <= set(CAPTURE_FLAGS)


@pytest.mark.parametrize("pitch_mm", [0.06, 0.2, 0.3])
def test_a_scar_of_less_than_eight_samples_has_no_depth(pitch_mm):
    """Two boxes, 1 and 4 mm wide: seventeen and five samples, or three and thirteen."""
    boxes = [
        PhantomScar(shape="flat", type="boxcar", x_mm=x, y_mm=10.0, radius_mm=r, depth_mm=0.4)
        for x, r in ((5.0, 0.5), (14.0, 2.0))
    ]
    skin = make_phantom(boxes, seed=3, size_mm=20.0, pitch_mm=pitch_mm, curve_mm=0.0)
    scars = measure(skin.height_map).scars
    wide = [s for s in scars if math.hypot(s.x_mm - 14, s.y_mm - 10) < 1]
    assert len(wide) == 1
    for scar in scars:
        coarse = scar.width_mm < 8 * pitch_mm
        assert math.isnan(scar.depth_mm) == math.isnan(scar.wall_degrees) == coarse
        assert ("too_coarse" in scar.flags) == coarse
    small = [s for s in scars if math.hypot(s.x_mm - 5, s.y_mm - 10) < 0.5]
    if pitch_mm == 0.06:
        assert len(small) == 1
        # What is measured is what was made: 3 of its standard errors, and half a sample of width.
        assert abs(small[0].depth_mm - 0.4) < 3 * small[0].depth_sd_mm
    else:
        assert not [s for s in small if math.isfinite(s.depth_mm)]
    assert wide[0].width_mm == pytest.approx(boxes[1].width_mm, abs=pitch_mm)


@pytest.mark.parametrize(
    ("method", "letter", "flag"),
    [
        ("structured_light", "A", ""),
        ("macro_stereo", "A", ""),
        ("photometric_stereo", "B", "photometric"),
        ("phone_depth", "D", "phone_depth"),
    ],
)
def test_the_class_follows_the_method_that_was_told(method, letter, flag):
    quality = judged(noise(), format="X3P", method=method)
    assert (quality.capture_class, quality.method) == (letter, method)
    assert {"photometric", "phone_depth"} & set(quality.flags) == ({flag} - {""})


def test_a_method_that_nobody_told_is_not_assumed():
    assert judged(noise(), format="X3P").method == ""
    assert judged(noise(), format="TMD").method == "photometric_stereo"


def scan(**known):
    return HeightMap(height_mm=noise(), pitch_mm=(PITCH_MM, PITCH_MM), known=known, name="x.tmd")


def test_a_method_is_added_to_what_is_known_of_a_scan():
    assert with_method(scan(date="2026"), "phone_depth").known == {
        "date": "2026",
        "method": "phone_depth",
    }
    assert with_method(scan(format="TMD"), "").known == {"format": "TMD"}


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("macro_sterio", "There is no method of capture called 'macro_sterio'; did you mean"),
        (
            "structured_light",
            "x.tmd comes from photometric stereo, and structured light was given.",
        ),
    ],
)
def test_a_method_that_cannot_be_is_refused(method, words):
    with pytest.raises(CaptureError) as refused:
        with_method(scan(format="TMD"), method)
    assert str(refused.value).startswith(words)
