"""Triangle meshes: OBJ, PLY, STL and GLB, with one texture where the file has one.

No mesh format tells its unit reliably, so the unit must be given. That holds for GLB too: glTF
says metres, and real scans come in mm, in decimetres or in a unit of nobody (the head scan in the
tests has 52 mm a unit). ``--unit m`` is right for a file that keeps to the standard.

The axes stay those of the scan; nothing is turned. Faces are counter-clockwise seen from outside,
as in the file; the mirroring transforms of a GLB are undone in the order of the corners. Corners
without a number and faces that touch them are dropped, and counted in ``known``. ``uv`` has u to
the right and v up from the lower edge of the texture. Textures and materials are only read from
inside the file or from the folder that it lies in.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cicatrix.capturing.files import damaged, opened, reading_with_a_library
from cicatrix.capturing.lengths import Given
from cicatrix.capturing.limits import MOST_TEXELS, check_mesh
from cicatrix.capturing.mesh_headers import check_claims
from cicatrix.capturing.mesh_text import for_a_library
from cicatrix.capturing.obj import read_obj
from cicatrix.capturing.obj_text import Unusual
from cicatrix.capturing.ply import read_ply
from cicatrix.capturing.sides import turned_outwards
from cicatrix.capturing.stl import each_place_once, read_stl
from cicatrix.capturing.surface import Surface
from cicatrix.skin import CaptureError, Mesh

if TYPE_CHECKING:
    from trimesh import Trimesh
    from trimesh.scene import Scene

#: Three metres: nothing that is scanned for its skin is longer.
_LONGEST_MM, _SHORTEST_MM = 3000.0, 0.5
_MOST_PIECES = 10_000
_NO_TEXTURE = np.empty((0, 0, 3), np.uint8)
#: Readers of ours, many times as fast as a library; what is unusual is left to it.
_READERS = {"obj": read_obj, "ply": read_ply, "stl": read_stl}


def read(path: Path, *, given: Given, kind: str) -> Mesh:
    """The mesh in a file of the given kind: ``obj``, ``ply``, ``stl`` or ``glb``."""
    with opened(path) as file:
        name = file.name
        _check_unit(name, given=given, kind=kind)
        claimed = check_claims(file, kind=kind)
        file.go_to(0, what="start")
        if kind in _READERS:
            try:
                surface = _READERS[kind](file)
            except Unusual:
                file.go_to(0, what="start")
            else:
                return _made_of(surface, folder=path.parent, given=given, name=name, kind=kind)
        with reading_with_a_library(name, kind=f"a mesh in {kind.upper()}"):
            scene = _loaded(for_a_library(file, kind=kind), folder=path.parent, kind=kind)
            _check_scene(name, scene)
            pieces = [_piece(scene, node) for node in scene.graph.nodes_geometry]
        if not pieces:
            raise _no_faces(name)
        vertices, faces = _joined(name, pieces)
        if len(vertices) < claimed[0] or len(faces) < claimed[1]:
            raise damaged(name, kind="a mesh", why="it holds less than its header says")
        if kind == "stl":
            vertices, faces = each_place_once(vertices, faces)
        with reading_with_a_library(name, kind=f"a mesh in {kind.upper()}"):
            uv, texture = _uv_and_texture(scene, vertex_count=len(vertices))
        surface = Surface(vertices=vertices, faces=faces, uv=uv)
        return _made(name, surface, given=given, kind=kind, texture=texture)


def _no_faces(name: str) -> CaptureError:
    return CaptureError(
        f"{name} holds no faces. A cloud of points is no surface; export the scan as a mesh with "
        "triangles."
    )


def _made_of(surface: Surface, *, folder: Path, given: Given, name: str, kind: str) -> Mesh:
    """The mesh in mm, with the picture of its material if there is one material."""
    if not len(surface.faces):
        raise _no_faces(name)
    texture = _NO_TEXTURE
    if len(surface.uv) and surface.library and len(surface.materials) == 1:
        with reading_with_a_library(name, kind="a mesh in OBJ"):
            texture = _picture_beside(surface, folder)
    return _made(name, surface, given=given, kind=kind, texture=texture)


def _picture_beside(surface: Surface, folder: Path) -> NDArray[np.uint8]:
    from trimesh.exchange.obj import parse_mtl

    beside = _BesideTheFile(folder)
    try:
        described: Any = parse_mtl(  # type: ignore[no-untyped-call]
            beside.get(surface.library), resolver=beside
        )
    except (OSError, CaptureError):
        return _NO_TEXTURE
    return _texels(described.get(next(iter(surface.materials)), {}).get("image"))


def _texels(picture: Any) -> NDArray[np.uint8]:
    """A picture as numbers; none where there is none, or one too large."""
    if picture is None or picture.size[0] * picture.size[1] > MOST_TEXELS:
        return _NO_TEXTURE
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def _check_unit(name: str, *, given: Given, kind: str) -> None:
    if given.pitch_mm is not None:
        raise CaptureError(
            f"{name} is a mesh, and a mesh has no pitch. Leave out --pitch-mm, and give the "
            "unit of its coordinates with --unit or --mm-per-unit."
        )
    if given.mm_per_unit is None:
        hint = "; by its standard a GLB is in m, but many are not" if kind == "glb" else ""
        raise CaptureError(
            f"{name} does not say in which unit its coordinates are{hint}. Give it with --unit "
            "(mm, um, cm, m), or the length of one unit with --mm-per-unit."
        )


class _BesideTheFile:
    """Gives trimesh the materials that lie in the folder of the scan, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> bytes:
        """The content of a plain file beside the scan."""
        beside = self._folder / Path(name.strip()).name
        if beside.name != name.strip() or beside.is_symlink():
            raise FileNotFoundError(name)
        with opened(beside) as file:
            if file.size > 4 * MOST_TEXELS:
                raise FileNotFoundError(name)
            return file.take(file.size, what="texture")

    __getitem__ = get


def _loaded(file: BinaryIO, *, folder: Path, kind: str) -> Scene:
    import trimesh

    logging.getLogger("trimesh").addHandler(logging.NullHandler())
    beside: Any = _BesideTheFile(folder)
    return trimesh.load_scene(file, file_type=kind, resolver=beside, process=False)


def _check_scene(name: str, scene: Scene) -> None:
    """A file may show one piece a million times; count what it would become."""
    nodes = scene.graph.nodes_geometry
    if len(nodes) > _MOST_PIECES:
        raise CaptureError(f"{name} is made of {len(nodes)} pieces. Export the scan as one mesh.")
    shown = [scene.geometry[scene.graph[node][1]] for node in nodes]
    check_mesh(
        name,
        vertices=sum(len(getattr(piece, "vertices", ())) for piece in shown),
        faces=sum(len(getattr(piece, "faces", ())) for piece in shown),
    )


def _piece(scene: Scene, node: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Corners and faces of one piece where its transform puts it."""
    transform, key = scene.graph[node]
    mesh: Any = scene.geometry[key]
    corners = np.asarray(mesh.vertices, dtype=np.float64)
    faces = np.asarray(getattr(mesh, "faces", np.empty((0, 3))), dtype=np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        corners = corners @ transform[:3, :3].T + transform[:3, 3]
    if np.linalg.det(transform[:3, :3]) < 0:
        faces = faces[:, ::-1]
    return corners, faces


def _joined(
    name: str, pieces: list[tuple[NDArray[np.float64], NDArray[np.int64]]]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    for corners, faces in pieces:
        outside = faces.size and (faces.min() < 0 or faces.max() >= len(corners))
        if outside or corners.ndim != 2 or corners.shape[1] != 3 or faces.shape[1:] != (3,):
            raise damaged(name, kind="a mesh", why="a face refers to a corner that is not there")
    starts = np.cumsum([0, *(len(corners) for corners, _ in pieces)])
    return (
        np.concatenate([corners for corners, _ in pieces]),
        np.concatenate([f + s for (_, f), s in zip(pieces, starts[:-1], strict=True)]),
    )


def _uv_and_texture(
    scene: Scene, *, vertex_count: int
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Texture coordinates and picture of the only piece; nothing for several pieces."""
    none = np.empty((0, 2)), _NO_TEXTURE
    if len(scene.graph.nodes_geometry) != 1:
        return none
    mesh: Trimesh = scene.geometry[scene.graph[scene.graph.nodes_geometry[0]][1]]
    uv = getattr(mesh.visual, "uv", None)
    if uv is None or np.shape(uv) != (vertex_count, 2):
        return none
    material: Any = getattr(mesh.visual, "material", None)
    picture = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    return np.asarray(uv, dtype=np.float64), _texels(picture)


def _made(
    name: str,
    surface: Surface,
    *,
    given: Given,
    kind: str,
    texture: NDArray[np.uint8] = _NO_TEXTURE,
) -> Mesh:
    """The mesh in mm, its outside outwards, without what touches a corner that is no place."""
    check_mesh(name, vertices=len(surface.vertices), faces=len(surface.faces))
    surface, outside = turned_outwards(name, surface)
    mm_per_unit = given.mm_per_unit or 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        vertices = surface.vertices * mm_per_unit
    sound = _sound(vertices, surface.faces)
    faces = surface.faces if sound.all() else surface.faces[sound]
    if len(faces) == 0:
        raise CaptureError(
            f"{name} holds no triangle with three different corners. Export the scan as a mesh."
        )
    used = np.zeros(len(vertices), dtype=bool)
    used[faces] = True
    vertices = vertices if used.all() else vertices[used]
    _check_size(name, vertices)
    return Mesh(
        vertices_mm=vertices,
        faces=faces if used.all() else (np.cumsum(used) - 1)[faces],
        name=name,
        uv=surface.uv[used] if len(surface.uv) else surface.uv,
        texture=texture,
        known={
            "format": kind.upper(),
            "mm_per_unit": mm_per_unit,
            "outside": outside,
            "dropped_faces": int((~sound).sum()),
            "dropped_vertices": int((~used).sum()),
        },
    )


def _sound(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which faces have three different corners, each of which is a place."""
    a, b, c = faces.T
    sound = (a != b) & (b != c) & (c != a)
    placed = np.asarray(np.isfinite(vertices).all(axis=1))
    if not placed.all():
        for corner in (a, b, c):
            sound &= placed[corner]
    return np.asarray(sound)


def _check_size(name: str, vertices_mm: NDArray[np.float64]) -> None:
    size = np.ptp(vertices_mm, axis=0)
    longest = float(size.max())
    if not _SHORTEST_MM <= longest <= _LONGEST_MM:
        raise CaptureError(
            f"{name} would be {size[0]:.3g} × {size[1]:.3g} × {size[2]:.3g} mm in this unit, which "
            "no scan of skin is. Give its unit with --unit, or measure a known distance in it and "
            "give --mm-per-unit."
        )
