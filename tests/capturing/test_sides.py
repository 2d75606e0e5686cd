"""Which side of a mesh is the outside: caps of balls, whose bulge is known, wound either way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import trimesh

from cicatrix.capturing import read_scan
from cicatrix.capturing.quality import judge_mesh
from cicatrix.capturing.sides import bulge_of
from cicatrix.flags import CAPTURE_FLAGS
from cicatrix.knowledge import load_knowledge
from cicatrix.phantoms import PhantomScar, make_phantom
from cicatrix.skin import CaptureError, Mesh
from cicatrix.visit import measure_scan

WIDE_MM, STEP_MM = 20.0, 0.25


def cap(radius_mm: float, *, hollow: float = 1.0) -> Mesh:
    """A round cap of a ball, 20 mm across, that bulges along z, or away from it (-1)."""
    side = np.arange(-WIDE_MM / 2, WIDE_MM / 2 + STEP_MM / 2, STEP_MM)
    x, y = (g.ravel() for g in np.meshgrid(side, side))
    noise = np.random.default_rng(7).normal(0, 0.01, x.size)
    z = hollow * (np.sqrt(radius_mm**2 - x**2 - y**2) - radius_mm) + noise
    number = np.arange(x.size).reshape(len(side), -1)
    a, b, c, d = (
        number[rows, columns].ravel()
        for rows in (slice(None, -1), slice(1, None))
        for columns in (slice(None, -1), slice(1, None))
    )
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([b, d, c], 1)])
    corners = np.hypot(x, y)[faces].max(axis=1)
    return Mesh(
        vertices_mm=np.stack([x, y, z], axis=1), faces=faces[corners <= WIDE_MM / 2], name="cap"
    )


def inside_out(mesh: Mesh) -> Mesh:
    return dataclasses.replace(mesh, faces=mesh.faces[:, ::-1])


@pytest.mark.parametrize("radius_mm", [40.0, 80.0, 150.0, 400.0])
def test_the_bulge_of_a_cap_is_that_of_geometry(radius_mm):
    """0.75 a / R for flat caps: the highest of them here, 14 degrees, leaves 2 % to the cosine."""
    bulge = bulge_of(cap(radius_mm))
    # The border of the cap is a staircase of steps of 0.25 mm on a radius of 10 mm.
    assert bulge == pytest.approx(0.75 * (WIDE_MM / 2) / radius_mm, rel=0.05, abs=0.001)
    assert bulge_of(inside_out(cap(radius_mm))) == pytest.approx(-bulge, abs=1e-12)


def test_turning_and_shifting_change_nothing():
    mesh = cap(80.0)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    moved = dataclasses.replace(mesh, vertices_mm=mesh.vertices_mm @ turn.T + [500, -300, 90])
    assert bulge_of(moved) == pytest.approx(bulge_of(mesh), abs=1e-9)


def test_a_ball_bulges_wholly():
    ball = trimesh.creation.icosphere(subdivisions=4, radius=30.0)
    closed = Mesh(vertices_mm=ball.vertices, faces=ball.faces)
    # Flat faces are a little nearer to the middle than their corners.
    assert bulge_of(closed) == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize(
    ("mesh", "flags"),
    [
        (cap(80.0), set()),
        (inside_out(cap(80.0)), {"seems_inside_out"}),
        (cap(80.0, hollow=-1.0), {"seems_inside_out"}),
        (cap(1000.0), {"side_by_winding"}),
        (inside_out(cap(1000.0)), {"side_by_winding"}),
    ],
    ids=["cheek", "cheek inside out", "hollow", "flat", "flat inside out"],
)
def test_the_form_tells_the_side_where_it_can(mesh, flags):
    of_sides = {"seems_inside_out", "side_by_winding", "turned_round"}
    assert set(judge_mesh(mesh).flags) & of_sides == flags
    assert flags <= set(CAPTURE_FLAGS)


# --- normals in the file -----------------------------------------------------------------------


def written(mesh: Mesh, path, *, normals):
    """The mesh with normals: as PLY in bytes or text, or as OBJ."""
    vertices, faces = mesh.vertices_mm, mesh.faces
    if path.suffix == ".obj":
        lines = ["v {:.5f} {:.5f} {:.5f}".format(*v) for v in vertices]
        lines += ["vn {:.4f} {:.4f} {:.4f}".format(*n) for n in normals]
        lines += ["f " + " ".join(f"{c + 1}//{c + 1}" for c in face) for face in faces]
        path.write_text("\n".join(lines) + "\n")
        return path
    kind = "ascii" if path.stem == "text" else "binary_little_endian"
    names = "".join(f"property float {name}\n" for name in ("x", "y", "z", "nx", "ny", "nz"))
    head = (
        f"ply\nformat {kind} 1.0\nelement vertex {len(vertices)}\n{names}element face "
        f"{len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode()
    table = np.hstack([vertices, normals])
    if kind == "ascii":
        rows = [" ".join(f"{x:.6g}" for x in row) for row in table]
        rows += [f"3 {a} {b} {c}" for a, b, c in faces]
        path.write_bytes(head + ("\n".join(rows) + "\n").encode())
        return path
    listed = np.empty(len(faces), [("count", "u1"), ("corners", "<i4", 3)])
    listed["count"], listed["corners"] = 3, faces
    path.write_bytes(head + table.astype("<f4").tobytes() + listed.tobytes())
    return path


FILES = ["bytes.ply", "text.ply", "s.obj"]
OUT = np.array([0.0, 0.0, 1.0])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("turned", [False, True], ids=["as its normals", "against its normals"])
def test_faces_are_wound_as_the_normals_in_the_file_say(name, turned, tmp_path):
    flat = cap(1000.0)
    mesh = inside_out(flat) if turned else flat
    path = written(mesh, tmp_path / name, normals=np.tile(OUT, (len(mesh.vertices_mm), 1)))
    read = read_scan(path, unit="mm")
    a, b, c = (read.vertices_mm[corner] for corner in read.faces.T)
    assert (np.cross(b - a, c - a) @ OUT > 0).all()
    assert read.known["outside"] == ("turned" if turned else "normals")
    flags = judge_mesh(read).flags
    assert ("turned_round" in flags) == turned
    assert "side_by_winding" not in flags


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("normal", [0.0, np.nan, np.inf])
def test_normals_that_say_nothing_leave_it_to_the_winding(normal, name, tmp_path):
    flat = cap(1000.0)
    path = written(flat, tmp_path / name, normals=np.full_like(flat.vertices_mm, normal))
    read = read_scan(path, unit="mm")
    assert read.faces.shape == flat.faces.shape
    assert read.known["outside"] == "winding"
    assert "side_by_winding" in judge_mesh(read).flags


@pytest.mark.parametrize("name", FILES)
def test_faces_wound_in_both_ways_are_refused_in_words(name, tmp_path):
    flat = cap(1000.0)
    faces = flat.faces.copy()
    faces[::3] = faces[::3, ::-1]
    mixed = dataclasses.replace(flat, faces=faces)
    path = written(mixed, tmp_path / name, normals=np.tile(OUT, (len(flat.vertices_mm), 1)))
    with pytest.raises(CaptureError, match=r"33% of its faces are wound against the normals"):
        read_scan(path, unit="mm")


def test_a_pit_of_an_inside_out_cheek_is_a_bump_and_the_catalogue_says_why():
    pit = PhantomScar(
        shape="flat", type="boxcar", x_mm=10.0, y_mm=10.0, radius_mm=1.5, depth_mm=0.5
    )
    skin = make_phantom([pit], seed=5, size_mm=20.0, pitch_mm=0.12, curve_mm=1.0).height_map
    rows, columns = skin.height_mm.shape
    x, y = np.meshgrid(np.arange(columns) * 0.12, -np.arange(rows) * 0.12)
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b = number[:-1, :-1].ravel(), number[:-1, 1:].ravel()
    c, d = number[1:, :-1].ravel(), number[1:, 1:].ravel()
    faces = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    corners = np.stack([x, y, skin.height_mm], axis=-1).reshape(-1, 3)
    cheek = Mesh(vertices_mm=corners, faces=faces, name="cheek")
    knowledge = load_knowledge()
    depths, flags = [], []
    for mesh in (cheek, inside_out(cheek)):
        measured = measure_scan(mesh, knowledge=knowledge)
        depths.append([scar.depth_mm for scar in measured.catalogue.scars])
        flags.append(measured.catalogue.flags)
        assert set(measured.catalogue.flags) <= set(measured.doubts)
    # 0.05 mm as in the other tests of meshes.
    assert depths[0] == [pytest.approx(0.5, abs=0.05)]
    assert depths[1] == [pytest.approx(-0.5, abs=0.05)]
    assert ["seems_inside_out" in told for told in flags] == [False, True]
