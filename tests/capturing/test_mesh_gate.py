"""The gate for meshes: noise of their corners, flats, holes, and what their tiles show."""

import dataclasses

import numpy as np
import pytest
from scipy import ndimage

from cicatrix.capturing.mesh_noise import noise_of_mesh
from cicatrix.capturing.quality import doubts_of_tile, judge_mesh, with_missing
from cicatrix.phantoms import make_phantom
from cicatrix.skin import CaptureError, HeightMap, Mesh
from cicatrix.visit import measure_scan

STEP = 0.1
STRAIGHT = np.eye(3)


def mesh_of(height_mm, *, turn=STRAIGHT, where=None):
    """A grid of two triangles a cell, without those that touch what is not there."""
    rows, columns = height_mm.shape
    x, y = np.meshgrid(np.arange(columns) * STEP, -np.arange(rows) * STEP)
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b = number[:-1, :-1].ravel(), number[:-1, 1:].ravel()
    c, d = number[1:, :-1].ravel(), number[1:, 1:].ravel()
    faces = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    if where is not None:
        faces = faces[where.ravel()[faces].all(axis=1)]
    corners = np.stack([x, y, height_mm], axis=-1).reshape(-1, 3) @ turn.T
    return Mesh(vertices_mm=corners, faces=faces, name="cheek.ply")


def turned(degrees):
    angle = np.radians(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])


def skin(*, noise_um, relief_um=0.0, size_mm=34.0, seed=4):
    return make_phantom(
        (), seed=seed, size_mm=size_mm, pitch_mm=STEP, noise_um=noise_um, relief_um=relief_um
    ).height_map.height_mm


@pytest.mark.parametrize("noise_um", [5, 20, 70])
@pytest.mark.parametrize("degrees", [0, 40])
def test_the_noise_is_that_of_the_corners_whichever_way_the_mesh_is_turned(noise_um, degrees):
    mesh = mesh_of(skin(noise_um=noise_um), turn=turned(degrees))
    assert noise_of_mesh(mesh).noise_mm * 1000 == pytest.approx(
        noise_um, rel=0.15 if noise_um > 50 else 0.06
    )
    assert ("noisy" in judge_mesh(mesh).flags) == (noise_um > 50)


def test_a_mesh_without_inner_corners_has_no_noise():
    strip = mesh_of(np.random.default_rng(1).normal(0, 0.01, (2, 200)))
    assert np.isnan(noise_of_mesh(strip).noise_mm)


@pytest.mark.parametrize(("share", "flagged"), [(0.0, False), (0.003, False), (0.02, True)])
@pytest.mark.parametrize("degrees", [0, 40])
def test_a_plain_that_somebody_cut_is_clipped(share, flagged, degrees):
    height = skin(noise_um=10, relief_um=20)
    side = round(np.sqrt(share * height.size))
    height[:side, :side] = height.min()
    mesh = mesh_of(height.astype(np.float32).astype(float), turn=turned(degrees))
    assert ("clipped" in judge_mesh(mesh).flags) == flagged


def test_a_mesh_with_holes_says_how_much_is_missing(knowledge):
    height = skin(noise_um=20)
    y, x = np.indices(height.shape) * STEP
    holes = (np.hypot(x % 11 - 5.5, y % 11 - 5.5) < 3.0) & (x < 33) & (y < 33)
    catalogue = measure_scan(mesh_of(height, where=~holes), knowledge=knowledge).catalogue
    assert catalogue.missing_fraction == pytest.approx(holes.mean(), abs=0.03)
    assert "much_missing" in catalogue.flags
    assert catalogue.noise_mm * 1000 == pytest.approx(20, rel=0.05)
    whole = measure_scan(mesh_of(height), knowledge=knowledge).catalogue
    assert whole.missing_fraction < 0.01
    assert "much_missing" not in whole.flags


def test_a_mesh_that_is_mostly_missing_is_refused():
    quality = judge_mesh(mesh_of(skin(noise_um=10)))
    assert with_missing(quality, 0.1, name="x") == quality
    assert "much_missing" in with_missing(quality, 0.11, name="x").flags
    with pytest.raises(CaptureError, match="61% of it was not measured or turns away"):
        with_missing(quality, 0.61, name="x")


def test_what_a_tile_shows_is_said_of_the_mesh(knowledge):
    """Soft skin; and skin with a roof across it whose sides rise by 60 degrees."""
    rough = skin(noise_um=10, relief_um=20)
    soft = ndimage.gaussian_filter(rough, 2)
    steep = rough + 1.7 * np.maximum(4 - np.abs(np.arange(rough.shape[1]) * STEP - 17), 0)
    told = [
        set(measure_scan(mesh_of(h), knowledge=knowledge).catalogue.flags)
        for h in (rough, soft, steep)
    ]
    assert [flags & {"blurred", "too_steep"} for flags in told] == [
        set(),
        {"blurred"},
        {"too_steep"},
    ]


def test_a_tile_is_judged_as_the_height_map_that_it_is():
    rough = HeightMap(height_mm=skin(noise_um=10, relief_um=20), pitch_mm=(STEP, STEP))
    assert doubts_of_tile(rough) == ()
    soft = dataclasses.replace(rough, height_mm=ndimage.gaussian_filter(rough.height_mm, 2))
    assert doubts_of_tile(soft) == ("blurred",)
