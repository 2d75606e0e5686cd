"""A mesh is measured as the skin that it is: each scar once, in the mesh's own coordinates."""

import numpy as np
import pytest

from cicatrix import handing_out
from cicatrix.measuring import mesh_scars
from cicatrix.measuring.mesh_scars import measure_mesh
from cicatrix.measuring.mesh_territory import Territory, owner
from cicatrix.measuring.mesh_tiles import tiling_of
from cicatrix.phantoms import make_phantom, scatter_scars
from cicatrix.skin import CaptureError, Mesh

PITCH_MM = 0.12
SIZE_MM = 36.0


def as_mesh(height_mm: np.ndarray, pitch_mm: float) -> Mesh:
    """A height map as triangles: x right, y up, z out of the skin, faces seen from outside."""
    rows, columns = height_mm.shape
    x, y = np.meshgrid(np.arange(columns) * pitch_mm, -np.arange(rows) * pitch_mm)
    corner = np.arange(rows * columns).reshape(rows, columns)
    a, b = corner[:-1, :-1].ravel(), corner[:-1, 1:].ravel()
    c, d = corner[1:, :-1].ravel(), corner[1:, 1:].ravel()
    faces = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    points = np.stack([x, y, height_mm], axis=-1).reshape(-1, 3)
    return Mesh(vertices_mm=points, faces=faces, name="skin")


@pytest.fixture(scope="module")
def phantom():
    scars = scatter_scars({"boxcar": 6, "rolling": 2, "papular": 2}, seed=31, size_mm=SIZE_MM)
    return make_phantom(scars, seed=32, size_mm=SIZE_MM, pitch_mm=PITCH_MM)


@pytest.fixture(scope="module")
def catalogue(phantom):
    return measure_mesh(as_mesh(phantom.height_map.height_mm, PITCH_MM), spacing_mm=PITCH_MM)


def test_every_scar_is_found_once_where_it_is(phantom, catalogue):
    assert len(catalogue.scars) == len(phantom.scars)
    for truth in phantom.scars:
        places = [scar.position_mm for scar in catalogue.scars]
        away = [np.hypot(x - truth.x_mm, -y - truth.y_mm) for x, y, _ in places]
        assert min(away) < truth.radius_mm / 2


def test_its_numbers_are_those_of_geometry(phantom, catalogue):
    for scar in catalogue.scars:
        x_mm, y_mm, _ = scar.position_mm
        truth = min(phantom.scars, key=lambda one: np.hypot(x_mm - one.x_mm, -y_mm - one.y_mm))
        # Twice the samples as far apart as in the promised accuracy, and a mesh in between.
        assert scar.depth_mm == pytest.approx(truth.depth_mm, abs=0.05)
        assert scar.volume_mm3 == pytest.approx(truth.volume_mm3, rel=0.2, abs=0.05)


def test_turning_the_mesh_turns_the_positions_and_nothing_else(phantom, catalogue):
    turn, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    mesh = as_mesh(phantom.height_map.height_mm, PITCH_MM)
    turned = measure_mesh(
        Mesh(vertices_mm=mesh.vertices_mm @ turn.T, faces=mesh.faces), spacing_mm=PITCH_MM
    )
    assert len(turned.scars) == len(catalogue.scars)
    back = np.array([scar.position_mm for scar in turned.scars]) @ turn
    for scar in catalogue.scars:
        nearest = int(np.linalg.norm(back - scar.position_mm, axis=1).argmin())
        assert np.linalg.norm(back[nearest] - scar.position_mm) < 0.5
        # Other tiles, other grids: the depths agree within their stated errors.
        error = 4 * np.hypot(scar.depth_sd_mm, turned.scars[nearest].depth_sd_mm)
        assert turned.scars[nearest].depth_mm == pytest.approx(scar.depth_mm, abs=error)


def test_each_place_has_one_owner(phantom):
    middles = tiling_of(as_mesh(phantom.height_map.height_mm, PITCH_MM)).middles
    assert len(middles) >= 2
    for number, middle in enumerate(middles):
        assert owner(middles, tuple(middle)) == number


def test_what_a_tile_calls_its_own_is_what_it_owns(phantom):
    """Against the nearest of all middles, in the coordinates of the mesh, place by place."""
    tiling = tiling_of(as_mesh(phantom.height_map.height_mm, PITCH_MM))
    for number in range(len(tiling.middles)):
        (tile,) = tiling.tile(number, spacing_mm=PITCH_MM)
        territory = Territory.of(tile, tiling.middles)
        height = tile.height_map.height_mm[::7, ::7]
        rows, columns = np.indices(height.shape)
        flat = np.stack([columns * 7 * PITCH_MM, rows * 7 * PITCH_MM, height], axis=-1)
        seen = np.isfinite(height)
        owned = [owner(tiling.middles, tile.position_mm(*place)) == number for place in flat[seen]]
        assert 0 < np.mean(owned) < 1
        assert territory.holds(flat[seen]).tolist() == owned
        pitch = (7 * PITCH_MM, 7 * PITCH_MM)
        assert territory.samples(height, pitch)[seen].tolist() == owned
        assert not territory.samples(height, pitch)[~seen].any()


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_the_numbers_do_not_hang_on_how_many_cores_there_are(
    cores, phantom, catalogue, monkeypatch
):
    # So that workers are asked for a small mesh as well.
    monkeypatch.setattr(mesh_scars, "_LONG_WORK_SAMPLES", 1)
    monkeypatch.setattr(handing_out, "cores", lambda: cores)
    mesh = as_mesh(phantom.height_map.height_mm, PITCH_MM)
    # To the last digit; written out, as what is not known equals nothing.
    assert repr(measure_mesh(mesh, spacing_mm=PITCH_MM)) == repr(catalogue)


def test_a_mesh_without_a_surface_is_refused():
    flat = Mesh(vertices_mm=np.zeros((3, 3)), faces=np.array([[0, 1, 2]]), name="dot")
    with pytest.raises(CaptureError, match="dot: no part of it"):
        measure_mesh(flat, spacing_mm=0.1)


def test_the_doubts_about_a_part_of_a_mesh_are_doubts_about_the_mesh():
    side = np.linspace(-8.0, 8.0, 161)
    x, y = (g.ravel() for g in np.meshgrid(side, side))
    # A barrel of 9 mm radius: as tight as the wing of a nose.
    noise = np.random.default_rng(2).normal(0, 0.005, x.size)
    vertices = np.stack([x, y, np.sqrt(9.0**2 - x**2) + noise], axis=1)
    corner = np.arange(161 * 161).reshape(161, 161)
    low, right, up = corner[:-1, :-1].ravel(), corner[:-1, 1:].ravel(), corner[1:, :-1].ravel()
    far = corner[1:, 1:].ravel()
    faces = np.concatenate([np.stack([low, right, up], 1), np.stack([right, far, up], 1)])
    mesh = Mesh(vertices_mm=vertices, faces=faces)
    # 16 mm wide, though cut into several tiles.
    assert {"tightly_curved", "small_field"} <= set(measure_mesh(mesh, spacing_mm=0.15).flags)


def test_a_mesh_wider_than_its_tiles_is_no_small_field(phantom, catalogue):
    assert min(phantom.height_map.size_mm) > 30
    assert "small_field" not in catalogue.flags


@pytest.mark.parametrize("thick_mm", [2.0, 12.0])
def test_a_doubled_body_is_refused_with_the_way_out(thick_mm, phantom):
    skin = as_mesh(phantom.height_map.height_mm, PITCH_MM)
    back = skin.vertices_mm - [0.0, 0.0, thick_mm]
    doubled = Mesh(
        vertices_mm=np.concatenate([skin.vertices_mm, back]),
        faces=np.concatenate([skin.faces, skin.faces[:, ::-1] + len(back)]),
        name="block",
    )
    with pytest.raises(CaptureError, match=r"block: .*closed or doubled body.*only the skin"):
        measure_mesh(doubled, spacing_mm=PITCH_MM)
