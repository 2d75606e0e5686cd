"""OBJ, PLY, STL and GLB: written by hand and by trimesh."""

import numpy as np
import pytest
import trimesh
from PIL import Image
from tests.capturing import samples
from tests.capturing.samples import SHEET, SHEET_FACES

from cicatrix.capturing import read_scan
from cicatrix.capturing.stl import each_place_once
from cicatrix.skin import CaptureError, Mesh

FORMATS = {
    "s.obj": samples.obj(),
    "s.ply": samples.ply(),
    "text.ply": samples.ply(text=True),
    "s.stl": samples.stl(),
    "text.stl": samples.stl(text=True),
    "s.glb": samples.glb(),
}


def read(tmp_path, name, content, **given):
    (tmp_path / name).write_bytes(content)
    return read_scan(tmp_path / name, **given)


def refusal(tmp_path, name, content, **given):
    with pytest.raises(CaptureError) as refused:
        read(tmp_path, name, content, **given)
    assert name in str(refused.value)
    return str(refused.value)


def corners_of_triangles(mesh):
    """Each triangle as its three corners, turned so that the smallest comes first; sorted."""
    triangles = mesh.vertices_mm[mesh.faces]
    turned = [min(np.roll(t, k, axis=0).tolist() for k in range(3)) for t in triangles]
    return np.array(sorted(turned))


SHEET_IN_MM = corners_of_triangles(Mesh(vertices_mm=SHEET * 10, faces=SHEET_FACES))


@pytest.mark.parametrize("name", FORMATS)
def test_the_sheet_comes_back_in_mm_with_its_faces_the_same_way_round(name, tmp_path):
    mesh = read(tmp_path, name, FORMATS[name], unit="cm")
    np.testing.assert_allclose(corners_of_triangles(mesh), SHEET_IN_MM, atol=1e-5)
    # The raised corner is one corner, not four.
    assert len(mesh.vertices_mm) == len(SHEET)


@pytest.mark.parametrize("kind", ["ply", "glb", "stl", "obj"])
def test_what_trimesh_wrote_comes_back(kind, tmp_path):
    ball = trimesh.creation.icosphere(subdivisions=3, radius=4.0)
    ball.export(tmp_path / f"ball.{kind}")
    mesh = read_scan(tmp_path / f"ball.{kind}", unit="mm")
    assert len(mesh.vertices_mm) == len(ball.vertices)
    assert len(mesh.faces) == len(ball.faces)
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices_mm, axis=1), 4.0, rtol=1e-6)
    # Closed and the right way out: the volume from its faces is positive and a little below the
    # ball's, because flat faces cut the ball.
    a, b, c = (mesh.vertices_mm[mesh.faces[:, k]] for k in range(3))
    volume = np.einsum("ij,ij->", a, np.cross(b, c)) / 6
    assert 0.97 < volume / (4 / 3 * np.pi * 4**3) < 1


@pytest.mark.parametrize("name", FORMATS)
def test_no_mesh_is_measured_in_a_guessed_unit(name, tmp_path):
    said = refusal(tmp_path, name, FORMATS[name])
    assert "--unit" in said
    assert ("by its standard" in said) == name.endswith(".glb")


def test_a_mesh_has_no_pitch(tmp_path):
    assert "no pitch" in refusal(tmp_path, "s.ply", samples.ply(), unit="mm", pitch_mm=0.06)


def test_a_unit_that_makes_a_giant_is_refused(tmp_path):
    assert "no scan of skin is" in refusal(tmp_path, "s.ply", samples.ply(), unit="m")


def test_texture_and_coordinates_come_along_from_beside_an_obj(tmp_path):
    picture = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    Image.fromarray(picture).save(tmp_path / "skin.png")
    (tmp_path / "s.mtl").write_text("newmtl skin\nmap_Kd skin.png\n")
    content = b"mtllib s.mtl\nusemtl skin\n" + samples.obj(textured=True)
    mesh = read(tmp_path, "s.obj", content, unit="cm")
    np.testing.assert_array_equal(mesh.texture, picture)
    # u, v of each corner are x / 4 and y / 3 of the file: v up from the lower edge.
    np.testing.assert_allclose(mesh.uv * [40, 30], mesh.vertices_mm[:, :2], atol=1e-6)


def test_texture_and_coordinates_come_along_inside_a_glb(tmp_path):
    picture = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    visual = trimesh.visual.TextureVisuals(uv=SHEET[:, :2] / [4, 3], image=Image.fromarray(picture))
    sheet = trimesh.Trimesh(SHEET, SHEET_FACES, visual=visual, process=False)
    mesh = read(tmp_path, "s.glb", sheet.export(file_type="glb"), unit="cm")
    np.testing.assert_array_equal(mesh.texture, picture)
    np.testing.assert_allclose(mesh.uv * [40, 30], mesh.vertices_mm[:, :2], atol=1e-5)


def test_materials_outside_the_folder_are_not_read(tmp_path):
    folder = tmp_path / "scan"
    folder.mkdir()
    Image.new("RGB", (2, 2)).save(tmp_path / "secret.png")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    for place in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        (folder / "s.mtl").write_text(f"newmtl skin\nmap_Kd {place}\n")
        content = b"mtllib s.mtl\nusemtl skin\n" + samples.obj(textured=True)
        assert read(folder, "s.obj", content, unit="cm").texture.size == 0


def test_pieces_of_a_glb_are_put_where_their_transforms_say(tmp_path):
    """One sheet as it is, and one mirrored in x: the mirrored faces still look outwards."""
    mirror = np.diag([-1.0, 1, 1, 1]).ravel().tolist()
    content = samples.glb(
        nodes=[{"mesh": 0}, {"mesh": 0, "matrix": mirror}], scenes=[{"nodes": [0, 1]}]
    )
    mesh = read(tmp_path, "s.glb", content, unit="cm")
    assert len(mesh.faces) == 2 * len(SHEET_FACES)
    assert mesh.vertices_mm[:, 0].min() == pytest.approx(-40)
    a, b, c = (mesh.vertices_mm[mesh.faces[:, k]] for k in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


def test_corners_without_a_number_are_dropped_and_counted(tmp_path):
    content = samples.obj().replace(b"v 0.0 0.0 0.0\n", b"v nan nan nan\n", 1)
    mesh = read(tmp_path, "s.obj", content, unit="cm")
    assert np.isfinite(mesh.vertices_mm).all()
    assert (len(mesh.faces), mesh.known["dropped_faces"]) == (2, 2)
    assert mesh.faces.max() == len(mesh.vertices_mm) - 1


def test_equal_corners_become_one_and_no_others():
    """Against NumPy's own sorting of rows, on corners that repeat again and again."""
    random = np.random.default_rng(3)
    corners = random.integers(-4, 5, (3000, 3)) * np.array([0.5, 1e-3, 1e6])
    faces = np.arange(3000).reshape(-1, 3)
    places, again = each_place_once(corners, faces)
    np.testing.assert_array_equal(places[again].reshape(-1, 3), corners)
    assert len(places) == len(np.unique(corners, axis=0)) < 3000


def test_quads_become_triangles(tmp_path):
    content = b"v 0 0 0\nv 40 0 0\nv 40 30 0\nv 0 30 5\nf 1 2 3 4\n"
    assert len(read(tmp_path, "s.obj", content, unit="mm").faces) == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("s.obj", b"v 0 0 0\nv 1 0 0\nv 1 1 0\n", "holds no"),
        ("s.ply", samples.ply(text=True, faces=0).rpartition(b"3 3 0 4")[0], "holds no"),
        ("s.obj", b"v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 9\n", "s.obj"),
        ("s.obj", b"v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 1 1\n", "three different corners"),
        ("s.ply", samples.ply(vertices=10**11), "up to 20 and 40 million"),
        ("s.ply", samples.ply(vertices=10**6), "cut off"),
        ("s.ply", samples.ply()[:-20], "cut off"),
        ("s.stl", samples.stl(triangles=4_000_000_000), "4000000000 triangles"),
        ("s.stl", samples.stl()[:-1], "cut off"),
        ("s.stl", bytes(84), "holds no"),
        ("s.glb", samples.glb()[:-40], "s.glb"),
        ("s.glb", samples.glb(extensionsRequired=["KHR_draco_mesh_compression"]), "compressed"),
        ("s.glb", samples.glb(nodes=[{"mesh": 0, "children": [0]}]), "contains itself"),
        ("s.glb", samples.glb(accessors=[{"count": 10**10, "bufferView": 0}]), "more than any"),
        ("s.glb", samples.glb(accessors=[{"count": 10**7, "type": "VEC3"}]), "does not hold"),
        ("s.glb", samples.glb(nodes=[{}] * 30_000), "makes no sense"),
    ],
)
def test_a_mesh_that_cannot_be_is_refused_in_words(name, content, says, tmp_path):
    assert says in refusal(tmp_path, name, content, unit="cm")


def test_one_piece_shown_a_million_times_is_counted_before_it_is_made(tmp_path):
    many = 2_000
    content = samples.glb(nodes=[{"mesh": 0}] * many, scenes=[{"nodes": list(range(many))}])
    mesh = read(tmp_path, "s.glb", content, unit="cm")
    assert len(mesh.faces) == many * len(SHEET_FACES)
    too_many = samples.glb(nodes=[{"mesh": 0}] * 15_000, scenes=[{"nodes": list(range(15_000))}])
    assert "15000 pieces" in refusal(tmp_path, "s.glb", too_many, unit="cm")


def test_a_glb_with_sparse_numbers_is_refused_and_not_half_read(tmp_path):
    content = samples.glb(accessors=[{"bufferView": 0, "count": 5, "sparse": {"count": 1}}])
    (tmp_path / "s.glb").write_bytes(content)
    with pytest.raises(CaptureError, match="sparse accessors"):
        read_scan(tmp_path / "s.glb", unit="mm")


def _text_stl(places):
    """Triangles as text, in the layout of the format with blanks before each line."""
    facets = "".join(
        "  facet normal 0 0 1\n    outer loop\n"
        + "".join(f"      vertex {x:.6e} {y:.6e} {z:.6e}\n" for x, y, z in corners)
        + "    endloop\n  endfacet\n"
        for corners in places
    )
    return f"solid ver facet vertex\n{facets}endsolid\n"


def test_a_text_stl_is_read_here_as_its_triangles(tmp_path):
    places = np.random.default_rng(3).random((40, 3, 3)).round(4)
    (tmp_path / "s.stl").write_text(_text_stl(places))
    mesh = read_scan(tmp_path / "s.stl", unit="cm")
    np.testing.assert_allclose(mesh.vertices_mm[mesh.faces], 10 * places, rtol=1e-6)


def test_a_text_stl_that_was_cut_inside_a_triangle_is_refused(tmp_path):
    text = _text_stl(np.random.default_rng(3).random((4, 3, 3)))
    (tmp_path / "s.stl").write_text(text[: text.rindex("vertex")])
    with pytest.raises(CaptureError, match="11 corners for 4 triangles"):
        read_scan(tmp_path / "s.stl", unit="cm")


def test_an_empty_binary_stl_holds_no_faces(tmp_path):
    (tmp_path / "empty.stl").write_bytes(bytes(84))
    with pytest.raises(CaptureError, match="no faces"):
        read_scan(tmp_path / "empty.stl", unit="mm")
