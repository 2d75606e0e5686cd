"""The wall of one scar: rings with a known profile, and the coordinates they are taken in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.optimize import least_squares

from cicatrix.measuring import profile as wall
from cicatrix.measuring import wall_family as family
from cicatrix.measuring.coordinate import course_of
from cicatrix.measuring.course import rounder
from cicatrix.measuring.outline import outline_of
from cicatrix.measuring.patch import Patch
from cicatrix.measuring.shape import measure_shape
from cicatrix.measuring.trough import bar_radius, straightened
from cicatrix.phantoms import PhantomScar, distance, profile

PITCH_MM = 0.05
NOISE_MM = 0.001
numbers = st.tuples(
    st.floats(0.05, 0.9), st.floats(0.0, 1.2), st.floats(0.0, 1.2), st.floats(-3.0, 2.0)
)


def rings_of(depth_over_cells, *, noise_mm=NOISE_MM):
    """Rings one cell wide, each with independent noise."""
    count = len(family.CELLS)
    return wall.Rings(
        mean_mm=depth_over_cells,
        covariance_mm2=noise_mm**2 * np.eye(count),
        share=np.eye(count),
        area_mm2=2 * np.pi * family.CELLS * family.CELL,
    )


def depth_in_cells(theta):
    return theta[0] * family.member(theta[1:]).share(family.CELLS)


@given(free=numbers)
def test_slopes_are_those_of_small_steps(free):
    theta = np.array([0.4, *free])
    step = 1e-6
    for column, told in enumerate(family.gradients(theta).T):
        there, back = theta.copy(), theta.copy()
        there[column] += step
        back[column] -= step
        found = (depth_in_cells(there) - depth_in_cells(back)) / (2 * step)
        # Next to the rim and the floor the wall has a kink, which the step may straddle.
        straddled = np.abs(told - found) > 1e-4
        assert straddled.sum() <= 2


@given(free=numbers, level=st.floats(0.02, 0.98))
def test_reach_at_undoes_share(free, level):
    one = family.member(np.array(free))
    at = np.array([one.reach_at(level)])
    assert one.share(at)[0] == pytest.approx(level, abs=1e-9)


WALLS = [(shape, rim) for shape in ("cone", "flat", "cosine", "dome") for rim in (1.15, 1.5, 1.9)]


@pytest.mark.parametrize(("shape", "rim"), WALLS)
def test_known_walls_are_found_again(shape, rim):
    depth = 0.4 * profile(shape, family.CELLS / rim)
    found = wall.fit_wall(rings_of(depth), depth_guess_mm=0.4)
    volume = float((depth * 2 * np.pi * family.CELLS * family.CELL).sum())
    # The family is not the phantoms' own: it differs from each by less than a hundredth.
    assert found.depth_mm == pytest.approx(0.4, rel=0.01)
    assert found.volume_mm3 == pytest.approx(volume, rel=0.005)
    scar = PhantomScar(shape=shape, type="", x_mm=0, y_mm=0, radius_mm=rim, depth_mm=0.4)
    assert 2 * found.opening == pytest.approx(scar.width_mm, rel=0.02)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("cap", lambda r: np.maximum(1 - r**2, 0)),
        ("bell", lambda r: np.exp(-((1.6 * r) ** 2))),
        ("step", lambda r: 1 / (1 + np.exp((r - 0.8) / 0.05))),
    ],
)
def test_walls_of_other_kinds_are_followed_within_their_error(name, shape):
    rng = np.random.default_rng(len(name))
    noise = 0.004
    depth = 0.3 * shape(family.CELLS / 1.6) + rng.normal(0, noise, len(family.CELLS))
    found = wall.fit_wall(rings_of(depth, noise_mm=noise), depth_guess_mm=0.3)
    truth = 0.3 * float(shape(np.zeros(1))[0])
    assert abs(found.depth_mm - truth) < 4 * found.depth_sd_mm + 0.02 * truth


#: Walls over the distance from the middle as a share, written down without a look at the family.
OTHER_WALLS = {
    "bell": lambda r: np.exp(-((1.6 * r) ** 2)),
    "flat bell": lambda r: np.exp(-((r / 0.8) ** 4)),
    "cosine": lambda r: np.where(r < 1, (1 + np.cos(np.pi * r)) / 2, 0),
    "floor and cosine": lambda r: np.where(
        r < 0.5, 1, np.where(r < 1, (1 + np.cos(np.pi * (2 * r - 1))) / 2, 0)
    ),
    "logistic": lambda r: 1 / (1 + np.exp((r - 0.8) / 0.05)),
    "tanh": lambda r: (1 - np.tanh((r - 0.7) / 0.15)) / 2,
    "Lorentz": lambda r: 1 / (1 + (2.2 * r) ** 4),
    "sech": lambda r: 1 / np.cosh(2.5 * r),
    "sphere": lambda r: np.clip(
        (np.sqrt(np.maximum(1.69 - r**2, 0)) - math.sqrt(0.69)) / (1.3 - math.sqrt(0.69)), 0, None
    ),
}


def test_the_stated_deviation_is_that_of_other_walls():
    """The nearest member by plain least squares, from several starts, with SciPy's own solver."""
    radius = 1.6
    within = radius * 1.2 > family.CELLS
    off = []
    for shape in OTHER_WALLS.values():
        depth = shape(family.CELLS / radius)

        def apart(theta, depth=depth):
            return theta[0] * family.member(theta[1:]).share(family.CELLS) - depth

        starts = [(0.0, 0.0, -12.0), (0.67, 0.75, -12.0), (0.65, 0.85, 0.0), (0.69, 1.6, -3.0)]
        fits = [least_squares(apart, (1.0, math.log(radius), *start)).fun for start in starts]
        off.append(min(float(np.mean(fit[within] ** 2)) for fit in fits))
    # Nine kinds are no census: the stated share may be a fifth away from theirs.
    assert pytest.approx(math.sqrt(np.mean(off)), rel=0.2) == wall.DEVIATION


def test_stated_errors_are_those_of_repeated_rings():
    rng = np.random.default_rng(3)
    truth = 0.3 * profile("cosine", family.CELLS / 1.9)
    rings = [rings_of(truth + rng.normal(0, 0.01, len(truth)), noise_mm=0.01) for _ in range(120)]
    found = [wall.fit_wall(ring, depth_guess_mm=0.3) for ring in rings]
    volume = float((truth * rings[0].area_mm2).sum())
    depth_errors = np.array([(w.depth_mm - 0.3) / w.depth_sd_mm for w in found])
    volume_errors = np.array([(w.volume_mm3 - volume) / w.volume_sd_mm3 for w in found])
    # 120 repeats tell a spread to 6 %; the stated errors also hold what real scars deviate by
    # and, for volumes, what an outline adds, so they may be larger than repeats of one wall.
    assert 0.6 < depth_errors.std() < 1.2
    assert 0.6 < volume_errors.std() < 1.2


def patch_of(scar, *, size_mm, slope=(0.0, 0.0), noise_mm=0.0, depth_mm=None):
    count = round(size_mm / PITCH_MM) + 1
    rows, columns = np.indices((count, count)) * PITCH_MM
    steep = math.sqrt(1 + slope[0] ** 2 + slope[1] ** 2)
    depth = scar.depth_mm * steep * profile(scar.shape, distance(scar, columns, rows, slope=slope))
    if depth_mm is not None:
        depth = depth_mm(columns, rows)
    depth += np.random.default_rng(1).normal(0, noise_mm, depth.shape)
    everywhere = np.ones(depth.shape, bool)
    return Patch(
        depth_mm=depth,
        own=everywhere,
        region=depth > 0.1 * scar.depth_mm,
        there=everywhere,
        fresh=everywhere,
        pitch_mm=(PITCH_MM, PITCH_MM),
        slope=slope,
    )


def scar_of(**known):
    return PhantomScar(
        **{
            "shape": "flat", "type": "", "x_mm": 5.0, "y_mm": 5.0, "radius_mm": 1.2,
            "depth_mm": 0.3, **known,
        }
    )  # fmt: skip


def shape_of(patch, *, noise_mm=0.002):
    def covariance_of(weights):
        flat = weights.reshape(len(weights), -1)
        return noise_mm**2 * flat @ flat.T

    return measure_shape(
        patch, covariance_of=covariance_of, smoothing_mm=0.1, smoothed_sd_mm=noise_mm / 4
    )


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"shape": "cone", "depth_mm": 0.8},
        {"length_mm": 5.0, "angle_degrees": 37.0, "shape": "cosine"},
        {"length_mm": 6.0, "bend_mm": 2.5, "angle_degrees": 110.0},
        {"length_mm": 6.0, "bend_mm": 3.0, "angle_degrees": 110.0, "shape": "cosine"},
    ],
    ids=["box", "cone", "trough", "bent box", "bent trough"],
)
def test_one_scar_in_numbers_against_its_closed_form(known):
    scar = scar_of(**known)
    found = shape_of(patch_of(scar, size_mm=11.0, noise_mm=0.002))
    # Hardly any noise: what is left are the family, the outline's smoothing, and the grid.
    assert found.depth_mm == pytest.approx(scar.depth_mm, rel=0.02)
    assert found.volume_mm3 == pytest.approx(scar.volume_mm3, rel=0.01)
    assert found.width_mm == pytest.approx(scar.width_mm, rel=0.03)
    assert found.length_mm == pytest.approx(scar.length_mm + scar.width_mm, rel=0.03)
    assert found.area_mm2 == pytest.approx(scar.area_mm2, rel=0.03)
    if scar.length_mm and not scar.bend_mm:
        assert found.orientation_degrees == pytest.approx(scar.angle_degrees, abs=1.0)


@pytest.mark.parametrize("slope", [(0.6, 0.0), (0.0, -0.8), (0.5, 0.5)])
def test_a_scar_on_a_slope_has_the_numbers_it_has_on_the_skin(slope):
    scar = scar_of()
    level = shape_of(patch_of(scar, size_mm=10.0, noise_mm=0.002))
    tilted = shape_of(patch_of(scar, size_mm=10.0, slope=slope, noise_mm=0.002))
    for name in ("depth_mm", "volume_mm3", "width_mm", "length_mm", "area_mm2", "wall_degrees"):
        # The tilted picture has other samples on the same wall.
        assert getattr(tilted, name) == pytest.approx(getattr(level, name), rel=0.03), name


def test_a_pit_that_leans_to_one_side_is_as_deep_as_its_deepest_place():
    # A cone over a disc whose tip lies half a radius off the middle: still πR²h/3.
    radius, off, depth = 1.5, 0.75, 0.5

    def leaning(x, y):
        x, y = x - 5.0 - off, y - 5.0
        along = x * off
        squared = x * x + y * y
        room = radius**2 - off**2
        gauge = (along + np.sqrt(along**2 + squared * room)) / room
        return depth * np.clip(1 - gauge, 0, None)

    scar = scar_of(radius_mm=radius, depth_mm=depth)
    found = shape_of(patch_of(scar, size_mm=10.0, depth_mm=leaning, noise_mm=0.002))
    assert found.depth_mm == pytest.approx(depth, rel=0.03)
    assert found.volume_mm3 == pytest.approx(math.pi * radius**2 * depth / 3, rel=0.02)


def test_texture_makes_no_round_scar_oval():
    """The mean width of round scars in noise, with and without the correction."""
    scar = scar_of(shape="cosine", radius_mm=1.5, depth_mm=0.15)
    raw, corrected = [], []
    for seed in range(25):
        patch = patch_of(scar, size_mm=10.0)
        noise = np.random.default_rng(seed).normal(0, 0.06, patch.depth_mm.shape)
        patch.depth_mm[...] += noise
        sd = 0.06 * PITCH_MM / (2 * math.sqrt(math.pi) * 0.2)
        outline = outline_of(patch, smoothing_mm=0.2, texture_sd_mm=sd)
        course = course_of(patch, outline, texture_sd_mm=sd)
        after = rounder(course, hangs_together_mm=outline.hangs_together_mm, pitch_mm=PITCH_MM)
        raw.append(course.half_length_mm / course.half_width_mm)
        corrected.append(after.half_length_mm / after.half_width_mm)
    assert np.mean(corrected) - 1 < 0.5 * (np.mean(raw) - 1)


def test_where_chance_decides_between_ellipse_and_bar_the_depth_says_so():
    """Short bars with pointed walls in noise: one in ten was off by four errors and more."""
    noise, smoothing, errors = 0.03, 0.12, []
    sd = noise * PITCH_MM / (2 * math.sqrt(math.pi) * smoothing)

    def covariance_of(weights):
        flat = weights.reshape(len(weights), -1)
        return noise**2 * flat @ flat.T

    for seed in range(40):
        rng = np.random.default_rng(seed)
        scar = scar_of(
            shape="cone", radius_mm=0.75, depth_mm=0.9,
            length_mm=rng.uniform(0.15, 0.45), angle_degrees=rng.uniform(0, 180),
        )  # fmt: skip
        patch = patch_of(scar, size_mm=10.0)
        patch.depth_mm[...] += rng.normal(0, noise, patch.depth_mm.shape)
        found = measure_shape(
            patch, covariance_of=covariance_of, smoothing_mm=smoothing, smoothed_sd_mm=sd
        )
        errors.append((found.depth_mm - scar.depth_mm) / found.depth_sd_mm)
    # The root mean square of 40 errors that are stated rightly is below 1.3 but for one in 200;
    # without the other form it was 2.2.
    assert 0.6 < math.sqrt(np.mean(np.square(errors))) < 1.3


@pytest.mark.parametrize(("radius", "length", "smoothing"), [(1.0, 4.0, 0.2), (1.2, 3.5, 0.25)])
def test_a_bar_gets_back_what_smoothing_took_of_its_ends(radius, length, smoothing):
    """A smoothed trough on a fine grid, outlined where its sides are half as deep as it was."""
    grid = 0.01
    x, y = np.meshgrid(np.arange(0, 12, grid), np.arange(0, 5, grid))
    scar = scar_of(shape="cosine", x_mm=6, y_mm=2.5, radius_mm=radius, length_mm=length)
    smooth = ndimage.gaussian_filter(profile("cosine", distance(scar, x, y)), smoothing / grid)
    inside = smooth > smooth[round((2.5 + radius / 2) / grid), round(6 / grid)]
    area, spread = inside.sum() * grid**2, float(((x[inside] - 6) ** 2).mean())
    half_width, whole = straightened(area, spread, smoothing_mm=smoothing)
    straight = (whole - math.pi * half_width**2) / (2 * half_width)
    # The grid moves a side by half a sample; what is left of the ends is of second order.
    assert half_width == pytest.approx(radius / 2, abs=grid)
    assert straight == pytest.approx(length, abs=0.03)
    # As it was outlined it is five times as far off.
    raw = bar_radius(area, spread)
    assert (area - math.pi * raw**2) / (2 * raw) < length - 0.1


def test_shallow_wide_troughs_in_texture_are_as_wide_as_they_are():
    """Their outline is ragged, and everything is nearer to a ragged line than to a straight one."""
    grain, smoothing, texture, errors, shares = 0.1, 0.15, 0.025, [], []
    # White noise, as strong as it must be to have that spread once it is made into grains.
    white = texture * 2 * math.sqrt(math.pi) * grain / PITCH_MM
    sd = white * PITCH_MM / (2 * math.sqrt(math.pi) * math.hypot(grain, smoothing))

    def covariance_of(weights):
        seen = ndimage.gaussian_filter(
            weights.astype(float), (0, grain / PITCH_MM, grain / PITCH_MM)
        )
        flat = seen.reshape(len(weights), -1)
        return white**2 * flat @ flat.T

    for seed in range(16):
        rng = np.random.default_rng(seed)
        scar = scar_of(
            shape="cosine", x_mm=6, y_mm=6, radius_mm=1.1, depth_mm=0.16, length_mm=5.0,
            angle_degrees=rng.uniform(0, 180),
        )  # fmt: skip
        patch = patch_of(scar, size_mm=12.0)
        noise = rng.normal(0, white, patch.depth_mm.shape)
        patch.depth_mm[...] += ndimage.gaussian_filter(noise, grain / PITCH_MM)
        found = measure_shape(
            patch, covariance_of=covariance_of, smoothing_mm=smoothing, smoothed_sd_mm=sd
        )
        shares.append(found.width_mm / scar.width_mm - 1)
        errors.append((found.width_mm - scar.width_mm) / found.width_sd_mm)
    # Two standard errors of the mean of 16 that scatter by 3 %; along their outline it was -2.7 %.
    assert abs(np.mean(shares)) < 0.016
    # The root mean square of 16 errors that are stated rightly is below 1.45 but for one in 160.
    assert math.sqrt(np.mean(np.square(errors))) < 1.45


@pytest.mark.parametrize("ratio", [2.5, 4.0, 5.5])
@pytest.mark.parametrize("wall", ["drawn out", "even"])
def test_a_long_ellipse_is_no_trough(ratio, wall):
    """One that narrows to its ends: as long as it is, within three standard errors.

    As a trough it came out a sixth too short, at a hundredth of an error.
    """
    half, run = 1.0, 0.4

    def oval(x, y):
        rho = np.hypot((x - 10) / (half * ratio), (y - 10) / half)
        if wall == "drawn out":
            return 0.4 * smooth_step((1 - rho) / run)
        steep = np.hypot((x - 10) / (half * ratio) ** 2, (y - 10) / half**2)
        return 0.4 * smooth_step((1 - rho) * rho / np.maximum(steep, 1e-9) / run)

    found = shape_of(patch_of(scar_of(), size_mm=20.0, depth_mm=oval, noise_mm=0.002))
    # The opening is where a wall of this form has a twentieth of its depth.
    x, y = np.meshgrid(np.linspace(0, 20, 4001), np.linspace(0, 20, 4001))
    inside = oval(x, y) > 0.05 * 0.4
    length = float(np.ptp(x[inside]))
    assert found.length_mm == pytest.approx(length, abs=3 * found.length_sd_mm)
    assert found.length_sd_mm < 0.1 * length
    area = float(inside.sum()) * 0.005**2
    assert found.area_mm2 == pytest.approx(area, rel=0.05)


def smooth_step(share):
    """From 0 to 1 where the share goes from minus a half to a half."""
    t = np.clip(share + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


@settings(max_examples=15)
@given(angle=st.floats(0, 180), ratio=st.floats(1.5, 2.0))
def test_an_oval_scar_is_measured_along_its_axes(angle, ratio):
    turn = math.radians(angle)

    def oval(x, y):
        along = (x - 5) * math.cos(turn) + (y - 5) * math.sin(turn)
        across = -(x - 5) * math.sin(turn) + (y - 5) * math.cos(turn)
        return 0.3 * profile("flat", np.hypot(along / (1.2 * ratio), across / 1.2))

    scar = scar_of()
    found = shape_of(patch_of(scar, size_mm=10.0, depth_mm=oval, noise_mm=0.001))
    assert found.width_mm == pytest.approx(scar.width_mm, rel=0.03)
    assert found.length_mm == pytest.approx(scar.width_mm * ratio, rel=0.03)
    assert found.volume_mm3 == pytest.approx(scar.volume_mm3 * ratio, rel=0.01)
    apart = abs(found.orientation_degrees - angle) % 180
    assert min(apart, 180 - apart) < 3
