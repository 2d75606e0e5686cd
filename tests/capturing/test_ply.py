"""The fast reader of PLY beside trimesh, on files in every order of bytes, and in text."""

import io

import numpy as np
import pytest
import trimesh

from cicatrix.capturing import read_scan
from cicatrix.capturing.files import opened
from cicatrix.capturing.obj_text import Unusual
from cicatrix.capturing.ply import read_ply
from cicatrix.skin import CaptureError

KINDS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": "="}
BALL = trimesh.creation.icosphere(subdivisions=2, radius=4.0)


def ply(
    kind="binary_little_endian", *, end="\n", place="float", index="int", count="uchar",
    further="", faces=BALL.faces, lists=("vertex_indices",),
):  # fmt: skip
    """A ball, each corner with a colour behind its place."""
    order = KINDS[kind]
    lines = [
        "ply", f"format {kind} 1.0", "comment by hand", f"element vertex {len(BALL.vertices)}",
        *(f"property {place} {axis}" for axis in "xyz"), f"property uchar {further or 'red'}",
        f"element face {len(faces)}",
        *(f"property list {count} {index} {name}" for name in lists), "end_header",
    ]  # fmt: skip
    head = "".join(line + end for line in lines).encode()
    if kind == "ascii":
        rows = [f"{x!r} {y!r} {z!r} 7" for x, y, z in BALL.vertices.tolist()]
        rows += ["3 " + " ".join(map(str, face)) for face in faces.tolist()]
        return head + (end.join(rows) + end).encode()
    types = {"float": "f4", "double": "f8", "int": "i4", "uint": "u4", "ushort": "u2",
             "uchar": "u1", "char": "i1"}  # fmt: skip
    corners = np.zeros(len(BALL.vertices), [("place", order + types[place], 3), ("colour", "u1")])
    corners["place"] = BALL.vertices
    listed = np.zeros(
        len(faces), [("count", order + types[count]), ("corners", order + types[index], 3)]
    )
    listed["count"], listed["corners"] = 3, faces
    return head + corners.tobytes() + listed.tobytes()


def quickly(path):
    with opened(path) as file:
        return read_ply(file)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("place", "index"), [("float", "int"), ("double", "uint")])
def test_the_same_ball_as_by_trimesh(kind, end, place, index, tmp_path):
    content = ply(kind, end=end, place=place, index=index)
    (tmp_path / "s.ply").write_bytes(content)
    ours = quickly(tmp_path / "s.ply")
    np.testing.assert_array_equal(ours.faces, BALL.faces)
    # Text and doubles are exact; single precision keeps seven digits of 4 mm.
    exact = kind == "ascii" or place == "double"
    np.testing.assert_allclose(ours.vertices, BALL.vertices, atol=0 if exact else 3e-7)
    if end == "\n":
        theirs = trimesh.load_mesh(io.BytesIO(content), file_type="ply", process=False)
        np.testing.assert_array_equal(ours.faces, theirs.faces)
        # It keeps single precision of text as well, where the header says float.
        np.testing.assert_allclose(ours.vertices, theirs.vertices, atol=3e-7)


@pytest.mark.parametrize(
    "content",
    [
        ply(further="s"),
        ply(index="float"),
        ply(lists=("vertex_indices", "texcoord")),
        ply(lists=("corners",)),
        ply().replace(b"uchar red", b"short  x"),
        ply().replace(b"element face", b"element edge"),
        ply().replace(b"\x03" + BALL.faces[4].astype("<i4").tobytes(),
                      b"\x04" + BALL.faces[4].astype("<i4").tobytes()),
        ply("ascii").replace(b"3 0 ", b"x 0 ", 1),
        ply("ascii").replace(b"3 0 ", b"3 0.5 ", 1),
        ply("ascii").replace(b"3 0 ", b"3 1e300 ", 1),
        ply().replace(b"element face ", b"element face 0x"),
    ],
    ids=["texture", "fractions", "texture of faces", "other lists", "two places", "edges", "a quad",
         "no number", "half a corner", "a corner far away", "no count"],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_trimesh(content, tmp_path):
    (tmp_path / "s.ply").write_bytes(content)
    with pytest.raises(Unusual):
        quickly(tmp_path / "s.ply")


def test_quads_are_read_all_the_same(tmp_path):
    head = "ply\nformat ascii 1.0\nelement vertex 4\n"
    head += "property float x\nproperty float y\nproperty float z\n"
    head += "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
    (tmp_path / "s.ply").write_text(f"{head}0 0 0\n9 0 0\n9 9 0\n0 9 0\n4 0 1 2 3\n")
    assert len(read_scan(tmp_path / "s.ply", unit="mm").faces) == 2


@pytest.mark.parametrize("corner", [-1, len(BALL.vertices)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_face_of_corners_that_are_not_there_is_refused(kind, corner, tmp_path):
    faces = BALL.faces.copy()
    faces[5, 1] = corner
    (tmp_path / "s.ply").write_bytes(ply(kind, faces=faces))
    with pytest.raises(CaptureError, match="refers to a corner that is not there"):
        read_scan(tmp_path / "s.ply", unit="mm")


def test_a_corner_that_is_no_place_is_dropped_without_a_word_on_the_terminal(tmp_path):
    content = ply()
    first = content.index(b"end_header\n") + len(b"end_header\n")
    # A signalling NaN, about which processors complain when it is widened.
    (tmp_path / "s.ply").write_bytes(content[:first] + b"\x01\x00\x80\x7f" + content[first + 4 :])
    mesh = read_scan(tmp_path / "s.ply", unit="mm")
    assert len(mesh.vertices_mm) == len(BALL.vertices) - 1
    assert mesh.known["dropped_faces"] == (BALL.faces == 0).any(axis=1).sum()


def test_a_list_that_ends_early_is_refused(tmp_path):
    (tmp_path / "s.ply").write_bytes(ply()[:-1])
    with pytest.raises(CaptureError, match="cut off"):
        read_scan(tmp_path / "s.ply", unit="mm")
