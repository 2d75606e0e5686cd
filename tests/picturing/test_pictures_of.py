"""What pictures are made of says the truth about the skin that it was made from."""

import dataclasses
import io
import math

import numpy as np
import pytest
from PIL import Image
from tests.reporting import scans

from cicatrix.picturing.pictures_of import limits_of

DEPTH_MAP = scans.measured().pictures.depth_map
OUTLINES = {one.label: np.array(one.points_mm) for one in DEPTH_MAP.outlines}


def raster() -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(DEPTH_MAP.png)).convert("RGB")).astype(int)


def colour_at(x_mm: float, y_mm: float) -> np.ndarray:
    picture = raster()
    column = (x_mm - DEPTH_MAP.corner_mm[0]) / DEPTH_MAP.size_mm[0] * picture.shape[1]
    row = (y_mm - DEPTH_MAP.corner_mm[1]) / DEPTH_MAP.size_mm[1] * picture.shape[0]
    return picture[int(row), int(column)]


def nearest_on_ramp(colour: np.ndarray) -> float:
    """The depth whose colour on the ramp is nearest."""
    stops = [(d, np.array([int(h[i : i + 2], 16) for i in (1, 3, 5)])) for d, h in DEPTH_MAP.ramp]
    return min(stops, key=lambda stop: np.abs(stop[1] - colour).sum())[0]


@pytest.mark.parametrize("truth", scans.SCARS, ids=lambda s: s.type)
def test_the_middle_of_a_scar_has_the_colour_of_its_depth(truth):
    read = nearest_on_ramp(colour_at(truth.x_mm, truth.y_mm))
    # One sample: its own noise and relief (12 µm), the cut tip of a cone, and half a stop (13 µm).
    assert read == pytest.approx(truth.depth_mm, abs=0.09)


def test_unscarred_skin_has_the_colour_of_the_skin():
    depths = [nearest_on_ramp(colour_at(x, y)) for x in (2, 16, 30) for y in (13, 15, 29)]
    assert np.abs(depths).max() < 0.08


def test_what_was_not_measured_is_striped_in_greys_of_no_depth():
    inside = scans.HOLE_MM + scans.HOLE_SIDE_MM / 2
    picture = raster()
    scale = picture.shape[0] / DEPTH_MAP.size_mm[1]
    row, reach = int(inside * scale), int(scale)
    part = picture[row - reach : row + reach, row - reach : row + reach].reshape(-1, 3)
    colours = np.unique(part, axis=0)
    assert len(colours) == 2
    assert np.ptp(colours, axis=1).max() == 0
    hole = (scans.HOLE_SIDE_MM / scans.SIZE_MM) ** 2
    assert DEPTH_MAP.missing_share == pytest.approx(hole, rel=0.05)


@pytest.mark.parametrize("truth", scans.SCARS, ids=lambda s: s.type)
def test_an_outline_lies_on_the_opening_known_from_geometry(truth):
    points = OUTLINES[scans.label_of(truth)]
    half, turn = truth.width_mm / 2, math.radians(truth.angle_degrees)
    dx, dy = (points - [truth.x_mm, truth.y_mm]).T
    along = dx * math.cos(turn) + dy * math.sin(turn)
    across = -dx * math.sin(turn) + dy * math.cos(turn)
    away = np.hypot(np.maximum(np.abs(along) - truth.length_mm / 2, 0), across)
    # A sample, and what noise moves a rim by; a soft wall (rolling, dome) is moved further.
    soft = 0.12 if truth.type in ("rolling", "papular") else 0.08
    assert away == pytest.approx(half, abs=scans.PITCH_MM + soft * half)


def test_a_line_across_a_linear_scar_runs_across_it():
    truth = next(s for s in scans.SCARS if s.type == "linear")
    profiles = {p.label: p for p in scans.measured().pictures.profiles}
    line = profiles[scans.label_of(truth)]
    depth, at = np.array(line.depth_mm), np.array(line.distance_mm)
    below = at[depth > truth.depth_mm / 2]
    # A raised cosine is half as deep at half its radius: half-width of one radius in all.
    assert np.ptp(below) == pytest.approx(truth.radius_mm, abs=2 * scans.PITCH_MM)
    assert np.nanmax(depth) == pytest.approx(truth.depth_mm, abs=0.05)


def test_a_line_over_what_was_not_measured_has_no_depth_there():
    skin = scans.phantom().height_map
    assert np.isnan(skin.height_mm).any()
    profiles = scans.measured().pictures.profiles
    assert all(len(p.depth_mm) == len(p.distance_mm) for p in profiles)


def test_the_limits_of_the_colours_are_round_and_hold_every_scar():
    found = scans.measured().catalogue.scars
    raised, deep = limits_of(found)
    assert -raised <= min(scar.depth_mm for scar in found)
    assert max(scar.depth_mm for scar in found) <= deep
    one, other = (dataclasses.replace(found[0], depth_mm=depth) for depth in (0.81, -0.45))
    assert limits_of((one, other)) == (0.5, 1.0)  # the next round numbers
    assert limits_of(()) == (pytest.approx(0.08), 0.2)


def test_clear_skin_has_a_map_and_nothing_else():
    pictures = scans.clear().pictures
    assert pictures.depth_map.outlines == ()
    assert pictures.profiles == ()
    assert pictures.depth_map.png.startswith(b"\x89PNG")
