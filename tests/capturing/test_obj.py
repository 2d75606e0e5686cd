"""The fast reader of OBJ beside trimesh, which parses every face by itself."""

import io

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st
from tests.capturing.test_meshes import corners_of_triangles

from cicatrix.capturing import obj, obj_text, read_scan
from cicatrix.capturing.files import opened
from cicatrix.skin import CaptureError, Mesh

FORMS = {
    "plain": "{v}",
    "with texture": "{v}/{t}",
    "with normals": "{v}//{n}",
    "with both": "{v}/{t}/{n}",
}
coordinates = st.one_of(
    st.floats(-500, 500, width=32).map(repr),
    st.decimals(-500, 500, places=4).map(str),
    st.integers(-500, 500).map(str),
    st.sampled_from(["1e-3", "-2.5E2", "+4.", ".5", "-0.0"]),
)
remarks = st.sampled_from(
    ["", "# v 1 2 3", "o skin", "g a b", "s off", "s 1", "vn 0 0 1", "# f 1 2 3"]
)


@st.composite
def obj_files(draw):
    """The lines of an OBJ file whose faces come after their corners."""
    count = draw(st.integers(3, 12))
    points = draw(
        st.lists(st.tuples(*[coordinates] * 3), min_size=count, max_size=count, unique=True)
    )
    further = draw(st.sampled_from(["", " 1.0", " 0.5 0.25 1.0"]))
    form = draw(st.sampled_from(sorted(FORMS)))
    corner = st.integers(0, count - 1)
    polygon = st.integers(3, 6).flatmap(
        lambda n: st.lists(corner, min_size=min(n, count), max_size=min(n, count), unique=True)
    )
    lines = [f"v  {' '.join(point)}{further}" for point in points]
    lines += [f"vt {k / 20} 0.5" for k in range(count)] + ["vn 0 0 1"] * count
    for face in draw(st.lists(polygon, min_size=1, max_size=8)):
        back = draw(st.booleans())
        numbers = [c - count if back else c + 1 for c in face]
        # Textures one further on for some faces, so that corners have to be made two.
        turn = draw(st.integers(0, 1))
        textures = [(c + turn) % count + 1 for c in face]
        words = [
            FORMS[form].format(v=v, t=t, n=n)
            for v, t, n in zip(numbers, textures, numbers, strict=True)
        ]
        lines += ["f " + " ".join(words), draw(remarks)]
    return draw(st.sampled_from(["\n", "\r\n"])).join(["# made", "", *lines, ""]).encode()


def quickly(path):
    with opened(path) as file:
        return obj.read_obj(file)


def triangles_of(vertices, faces):
    return corners_of_triangles(Mesh(vertices_mm=np.asarray(vertices), faces=np.asarray(faces)))


@given(content=obj_files(), block=st.sampled_from([7, 60, 8_000_000]))
def test_the_same_triangles_as_trimesh(content, block, tmp_path_factory):
    path = tmp_path_factory.mktemp("obj") / "s.obj"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        # Also in blocks that end in the middle of a line.
        patch.setattr(obj_text, "_BLOCK_BYTES", block)
        ours = quickly(path)
    theirs = trimesh.load_mesh(io.BytesIO(content), file_type="obj", process=False)
    np.testing.assert_array_equal(
        triangles_of(ours.vertices, ours.faces), triangles_of(theirs.vertices, theirs.faces)
    )
    if b"/" in content and b"//" not in content:
        told = np.concatenate([ours.vertices, ours.uv], axis=1)[ours.faces.ravel()]
        expected = np.concatenate([theirs.vertices, theirs.visual.uv], axis=1)
        expected = expected[theirs.faces.ravel()]
        np.testing.assert_array_equal(told[np.lexsort(told.T)], expected[np.lexsort(expected.T)])


def test_numbers_are_rounded_as_python_rounds_them():
    """Against float() on every word: the ratio of two exact numbers is rounded once."""
    random = np.random.default_rng(8)
    words = [f"{x:.{places}f}" for x in random.normal(0, 100, 500) for places in (1, 4, 8)]
    told = obj_text.numbers(np.frombuffer(" ".join(words).encode(), np.uint8), count=len(words))
    np.testing.assert_array_equal(told, [float(word) for word in words])


def test_backward_numbers_count_from_the_last_corner_so_far(tmp_path):
    first, second = "v 0 0 0\nv 9 0 0\nv 0 9 0\n", "v 0 0 5\nv 9 0 5\nv 0 9 5\n"
    (tmp_path / "s.obj").write_text(f"{first}f -3 -2 -1\n{second}f -3 -2 -1\n")
    assert quickly(tmp_path / "s.obj").faces.tolist() == [[0, 1, 2], [3, 4, 5]]


SHEET = "v 0 0 0\nv 9 0 0\nv 9 9 0\nv 0 9 0\nvt 0 0\nvt 1 1\n"


@pytest.mark.parametrize(
    ("lines", "faces"),
    [
        ("f 1 2 \\\n3 4\n", 2),
        ("f 1/1 2/2 3\nf 1 3 4\n", 2),
        ("v 1 1 1 0.5\nf 1 2 3\n", 1),
        ("call other.obj\nf 1 2 3\n", 1),
        ("f 1 2 3\nf 1 2 x\n", 0),
    ],
)
def test_what_is_unusual_is_left_to_trimesh(lines, faces, tmp_path):
    path = tmp_path / "s.obj"
    path.write_text(SHEET + lines)
    with pytest.raises(obj_text.Unusual):
        quickly(path)
    if faces:
        assert len(read_scan(path, unit="mm").faces) == faces
        return
    with pytest.raises(CaptureError, match=r"s\.obj"):
        read_scan(path, unit="mm")


@pytest.mark.parametrize("face", ["f 1 2 5", "f 0 1 2", "f 1 2 -5"])
def test_a_face_of_corners_that_are_not_there_is_refused(face, tmp_path):
    (tmp_path / "s.obj").write_text(f"{SHEET}{face}\n")
    with pytest.raises(CaptureError, match="refers to a corner that is not there"):
        read_scan(tmp_path / "s.obj", unit="mm")
