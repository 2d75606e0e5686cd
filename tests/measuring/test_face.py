"""The face in a mesh: on a head made of an ellipsoid and a nose, and on a real one."""

from pathlib import Path

import numpy as np
import pytest
from tests.measuring.test_mesh import as_mesh

from cicatrix.assessing.sites import site_of
from cicatrix.capturing import read_scan
from cicatrix.errors import CaseError
from cicatrix.exchange.case_file import read_case
from cicatrix.measuring.face import faces_in
from cicatrix.skin import CaptureError, Mesh
from cicatrix.visit import measured_case

HEAD = Path(__file__).parents[1] / "data" / "lee_perry_smith_head" / "LeePerrySmith.glb"
HALF_WIDTH_MM, HALF_HEIGHT_MM, HALF_DEPTH_MM = 75.0, 110.0, 90.0
#: The made-up nose: root, tip and base on the middle line, and how far the tip stands out.
ROOT_MM, TIP_MM, BASE_MM, NOSE_OUT_MM = 20.0, -25.0, -35.0, 22.0


def head_height_mm(x, y):
    """How far the made-up head stands out at a place."""
    room = 1 - (x / HALF_WIDTH_MM) ** 2 - (y / HALF_HEIGHT_MM) ** 2
    bridge = np.clip((ROOT_MM - y) / (ROOT_MM - TIP_MM), 0, None)
    under = np.clip((y - BASE_MM) / (TIP_MM - BASE_MM), 0, None)
    nose = NOSE_OUT_MM * np.minimum(bridge, under) * np.exp(-((x / 10.0) ** 2))
    return HALF_DEPTH_MM * np.sqrt(np.clip(room, 0, None)) + nose


def head(*, spacing_mm=2.5, reach_mm=(60.0, 88.0)):
    """The front of the head, up along y and out along z, the nose in the origin's column."""
    x = np.arange(-reach_mm[0], reach_mm[0] + 0.1, spacing_mm)
    y = np.arange(reach_mm[1], -reach_mm[1] - 0.1, -spacing_mm)
    mesh = as_mesh(head_height_mm(x[None, :], y[:, None]), spacing_mm)
    return moved(mesh, np.eye(3), [x[0], y[0], 0.0])


def moved(mesh, turn, shift=(0.0, 0.0, 0.0)):
    """The mesh turned and shifted; a mirroring turns its faces round."""
    turn = np.asarray(turn, float)
    faces = mesh.faces if np.linalg.det(turn) > 0 else mesh.faces[:, ::-1]
    return Mesh(vertices_mm=mesh.vertices_mm @ turn.T + np.asarray(shift), faces=faces)


def about(axis, degrees):
    """A turn about the axis x, y or z."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.eye(3)
    a, b = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    turn[[a, a, b, b], [a, b, a, b]] = c, -s, s, c
    return turn


def on_head(x, y):
    return np.array([x, y, float(head_height_mm(x, y))])


#: Places of the made-up head: where they are in lengths of its nose follows from its numbers.
NAMED = {
    ("nose", "middle"): on_head(0, TIP_MM),
    ("forehead", "middle"): on_head(0, 60),
    ("forehead", "left"): on_head(30, 58),
    ("cheek", "left"): on_head(45, -25),
    ("cheek", "right"): on_head(-45, -25),
    ("upper_lip", "middle"): on_head(2, -46),
    ("chin", "middle"): on_head(-1, -78),
    ("jawline", "right"): on_head(-50, -78),
    ("", ""): on_head(30, 15),  # an eye
}


def named(mesh, place, knowledge):
    (face,) = faces_in(mesh)
    values = knowledge.assumptions["face-sites"].values
    return site_of(face.place(tuple(place)), values=values)


@pytest.mark.parametrize(
    ("turn", "shift"),
    [
        (np.eye(3), (0, 0, 0)),
        (np.eye(3), (300, -200, 50)),
        (about("y", 30), (0, 0, 0)),
        (about("y", -75), (10, 0, 0)),
        (about("y", 180), (0, 0, 0)),
    ],
    ids=["as it is", "elsewhere", "turned", "turned far", "to the back"],
)
def test_places_of_a_made_up_head_are_named(turn, shift, knowledge):
    mesh = moved(head(), turn, shift)
    told = {site: named(mesh, turn @ place + shift, knowledge) for site, place in NAMED.items()}
    assert told == {site: site for site in NAMED}


@pytest.mark.parametrize("degrees", [-18, -12, -6, 6, 12, 18])
def test_a_nodding_head_is_named_right_or_left_open(degrees, knowledge):
    turn = about("x", degrees)
    mesh = moved(head(), turn)
    if faces_in(mesh):
        for site, place in NAMED.items():
            assert named(mesh, turn @ place, knowledge) in {site, ("", "")}


def test_its_nose_is_where_and_as_long_as_it_was_made():
    (face,) = faces_in(head())
    # The picture has squares of 3 mm, and hollows are told to a square and a half.
    assert face.base_mm == pytest.approx(on_head(0, BASE_MM), abs=4.5)
    assert face.nose_mm == pytest.approx(ROOT_MM - BASE_MM, abs=6.0)
    assert face.left == pytest.approx([1, 0, 0], abs=0.06)


def test_a_mirrored_head_has_its_sides_changed(knowledge):
    mirror = np.diag([-1.0, 1, 1])
    mesh = moved(head(), mirror)
    assert named(mesh, mirror @ NAMED["cheek", "left"], knowledge) == ("cheek", "right")
    assert named(mesh, mirror @ NAMED["jawline", "right"], knowledge) == ("jawline", "left")


@pytest.mark.parametrize(
    "mesh",
    [
        moved(head(), about("z", 180)),
        moved(head(), about("z", 90)),
        moved(head(), about("x", 90)),
        moved(head(), about("x", 50)),
        moved(head(), np.eye(3) * 0.6),
        moved(head(), np.eye(3) * 2.0),
        head(reach_mm=(30.0, 40.0)),
        head(reach_mm=(25.0, 88.0)),
        moved(head(reach_mm=(60.0, 135.0)), np.eye(3), (0, 0, 0)),
    ],
    ids=["upside down", "lying", "on its back", "looking down", "too small", "too large",
         "a patch", "a strip", "taller than a face"],
)  # fmt: skip
def test_what_is_no_upright_whole_face_is_left_open(mesh):
    assert faces_in(mesh) == ()


@pytest.mark.parametrize("seed", range(3))
def test_skin_without_a_nose_is_left_open(seed):
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(-70, 71, 2.5), np.arange(80, -81, -2.5))
    ball = 90 * np.sqrt(np.clip(1 - (x / 90) ** 2 - (y / 110) ** 2, 0, None))
    assert faces_in(as_mesh(ball + random.normal(0, 0.5, x.shape), 2.5)) == ()


def test_only_half_a_face_is_left_open():
    mesh = head()
    kept = mesh.vertices_mm[mesh.faces][:, :, 0].max(axis=1) < 8
    assert faces_in(Mesh(vertices_mm=mesh.vertices_mm, faces=mesh.faces[kept])) == ()


@pytest.fixture(scope="module")
def real_face():
    """The face of the real head, cut out of it as a face scan would be."""
    scan = read_scan(HEAD, mm_per_unit=52)
    vertices = scan.vertices_mm
    tip = vertices[vertices[:, 2].argmax()]
    up, out = vertices[:, 1] - tip[1], vertices[:, 2] - tip[2]
    kept = ((up > -90) & (up < 130) & (out > -110))[scan.faces].all(axis=1)
    used = np.unique(scan.faces[kept])
    again = np.searchsorted(used, scan.faces[kept])
    return Mesh(vertices_mm=vertices[used], faces=again), tip


#: Picked on the real head by eye, in mm from the tip of the nose: to its left, and up.
PICKED = {
    ("nose", "middle"): (0, 0),
    ("forehead", "middle"): (0, 75),
    ("forehead", "left"): (28, 72),
    ("cheek", "left"): (50, -4),
    ("cheek", "right"): (-50, -4),
    ("upper_lip", "middle"): (0, -24),
    ("chin", "middle"): (0, -60),
    ("", ""): (32, 34),  # an eye
}


@pytest.mark.parametrize("degrees", [0, 20, -40])
@pytest.mark.parametrize("mirrored", [False, True])
def test_places_of_a_real_face_are_named(real_face, degrees, mirrored, knowledge):
    mesh, tip = real_face
    turn = about("y", degrees) @ np.diag([-1.0 if mirrored else 1.0, 1, 1])
    other = {"left": "right", "right": "left"} if mirrored else {}
    for (site, side), (left, up) in PICKED.items():
        front = mesh.vertices_mm[mesh.vertices_mm[:, 2] > tip[2] - 80]
        away = np.hypot(front[:, 0] - tip[0] - left, front[:, 1] - tip[1] - up)
        place = front[away.argmin()]
        told = named(moved(mesh, turn), turn @ place, knowledge)
        assert told == (site, other.get(side, side)), place


def test_the_whole_block_of_head_and_shoulders_is_left_open():
    assert faces_in(read_scan(HEAD, mm_per_unit=52)) == ()


@pytest.mark.slow
def test_a_scar_on_a_scanned_face_is_named_and_becomes_a_finding_there(knowledge):
    """A basin on the right cheek, 1.2 mm deep and 10 mm wide, in a mesh of 0.5 mm."""
    from cicatrix.assessing.types import findings_of
    from cicatrix.visit import measure_scan

    mesh = head(spacing_mm=0.4)
    x, y, _ = NAMED["cheek", "right"]
    away = np.hypot(mesh.vertices_mm[:, 0] - x, mesh.vertices_mm[:, 1] - y)
    vertices = mesh.vertices_mm.copy()
    vertices[:, 2] -= 0.6 * (1 + np.cos(np.pi * np.clip(away / 5.0, 0, 1)))
    measured = measure_scan(Mesh(vertices_mm=vertices, faces=mesh.faces), knowledge=knowledge)
    near = [
        scar
        for scar in measured.catalogue.scars
        if np.hypot(scar.position_mm[0] - x, scar.position_mm[1] - y) < 3
    ]
    assert [(scar.site, scar.side) for scar in near] == [("cheek", "right")]
    told = findings_of(measured.catalogue, measured.types, site="", side="")
    assert ("cheek", "right") in {(finding.site, finding.side) for finding in told}
    given = findings_of(measured.catalogue, measured.types, site="chin", side="middle")
    assert {(finding.site, finding.side) for finding in given} == {("chin", "middle")}


def case_with(mesh, folder):
    """A case file whose one capture is this mesh, without a site."""
    corners = "".join(f"v {x:.4f} {y:.4f} {z:.4f}\n" for x, y, z in mesh.vertices_mm)
    faces = "".join(f"f {a} {b} {c}\n" for a, b, c in mesh.faces + 1)
    (folder / "face.obj").write_text(corners + faces)
    (folder / "case.yaml").write_text(
        "schema: cicatrix.case/1\npatient: {age: 30, sex: female, fitzpatrick: II}\n"
        "captures:\n  - {file: face.obj, unit: mm}\n"
    )
    return read_case(folder / "case.yaml")


def pitted(mesh, *places, radius_mm=5.0):
    """The mesh with a basin 1.2 mm deep at some places."""
    vertices = mesh.vertices_mm.copy()
    for x, y, *_ in places:
        away = np.hypot(mesh.vertices_mm[:, 0] - x, mesh.vertices_mm[:, 1] - y)
        vertices[:, 2] -= 0.6 * (1 + np.cos(np.pi * np.clip(away / radius_mm, 0, 1)))
    return Mesh(vertices_mm=vertices, faces=mesh.faces)


@pytest.mark.slow
def test_a_face_in_a_case_needs_no_site_and_what_it_leaves_open_is_said(knowledge, tmp_path):
    mesh = pitted(head(spacing_mm=0.4), NAMED["cheek", "right"], NAMED["", ""])
    case = measured_case(case_with(mesh, tmp_path), knowledge=knowledge)
    (scan,) = case.measured
    open_ = [scar for scar in scan.catalogue.scars if not scar.site]
    assert len(open_) >= 1
    assert "sites_open" in scan.catalogue.flags
    assert "by hand" in scan.doubts["sites_open"]
    assert ("cheek", "right") in {(f.site, f.side) for f in case.findings}
    counted = sum(finding.known["count"] for finding in case.findings)
    assert counted == len(scan.catalogue.scars) - len(open_)


@pytest.mark.slow
def test_a_patch_of_skin_in_a_case_is_asked_for_its_site(knowledge, tmp_path):
    mesh = pitted(head(reach_mm=(30.0, 40.0), spacing_mm=0.4), (0.0, 30.0))
    case = case_with(mesh, tmp_path)
    with pytest.raises(CaptureError, match=r"line 4: captures: face\.obj shows no whole upright"):
        measured_case(case, knowledge=knowledge)


def test_a_height_map_in_a_case_needs_its_site(tmp_path):
    (tmp_path / "case.yaml").write_text(
        "schema: cicatrix.case/1\ncaptures:\n  - {file: cheek.tif, pitch_mm: 0.06}\n"
    )
    with pytest.raises(CaseError, match=r"line 3.* needs a site and a side"):
        read_case(tmp_path / "case.yaml")
    (tmp_path / "case.yaml").write_text(
        "schema: cicatrix.case/1\ncaptures:\n  - {file: face.obj, site: cheek}\n"
    )
    with pytest.raises(CaseError, match="may go without both"):
        read_case(tmp_path / "case.yaml")
