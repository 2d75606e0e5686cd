"""Tell the format of a file from how it begins; the ending decides only where bytes cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cicatrix.capturing import (
    al3d,
    gsf,
    gwy,
    mesh,
    numpy_array,
    plux,
    png,
    sur,
    text_grid,
    tiff,
    tmd,
    x3p,
)
from cicatrix.capturing.archive import opened_archive
from cicatrix.capturing.files import first_bytes, shown
from cicatrix.capturing.lengths import Given
from cicatrix.skin import CaptureError, HeightMap, Mesh

_ZIP = b"PK\x03\x04"
_HEAD_BYTES = 512
_BY_START: tuple[tuple[bytes, Callable[..., HeightMap]], ...] = (
    *((magic, tiff.read) for magic in tiff.MAGICS),
    *((magic, sur.read) for magic in sur.MAGICS),
    (png.MAGIC, png.read),
    (numpy_array.MAGIC, numpy_array.read),
    (al3d.MAGIC, al3d.read),
    (tmd.MAGIC, tmd.read),
    (gsf.MAGIC, gsf.read),
    (gwy.MAGIC, gwy.read),
)
_MESH_BY_START = ((b"glTF", "glb"), (b"ply\n", "ply"), (b"ply\r", "ply"))
_TEXT_ENDINGS = {".csv", ".txt", ".asc", ".xyz", ".dat", ".tsv", ".grd"}
#: What people bring by mistake, and what it is.
_FOREIGN = (
    (b"\xff\xd8\xff", "a JPEG photo, which has no heights"),
    (b"GIF8", "a GIF picture, which has no heights"),
    (b"BM", "a BMP picture, which has no heights"),
    (b"RIFF", "a WebP picture or a film, which has no heights"),
    (b"%PDF", "a PDF document"),
    (b"\x89HDF", "an HDF5 file, which may hold anything"),
    (b"{\\rtf", "a text document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
    (b"DSAA", "a Surfer grid, which cicatrix does not read"),
    (b"DSBB", "a Surfer grid, which cicatrix does not read"),
    (b"DSRB", "a Surfer grid, which cicatrix does not read"),
)
READABLE = (
    "TIFF, PNG, NPY, NPZ, CSV, ASC, XYZ, X3P, SUR, PLUX, AL3D, TMD, GSF and GWY height maps, and "
    "OBJ, PLY, STL and GLB meshes"
)


def read_by_content(path: Path, *, given: Given) -> HeightMap | Mesh:
    """Read the file with the reader of the format that it is in."""
    head = first_bytes(path, count=_HEAD_BYTES)
    for start, read in _BY_START:
        if head.startswith(start):
            return read(path, given=given)
    for start, kind in _MESH_BY_START:
        if head.startswith(start):
            return mesh.read(path, given=given, kind=kind)
    if head.startswith(_ZIP):
        return _read_archive(path, given=given)
    _refuse_foreign(path, head)
    ending = path.suffix.lower()
    if ending in {".stl", ".obj"}:
        return mesh.read(path, given=given, kind=ending[1:])
    if ending in _TEXT_ENDINGS:
        return text_grid.read(path, given=given)
    raise CaptureError(
        f"{shown(path)} is not a scan in a format that cicatrix reads, or it is damaged. Export it "
        f"again; cicatrix reads {READABLE}."
    )


def _read_archive(path: Path, *, given: Given) -> HeightMap:
    with opened_archive(path) as archive:
        plux_index, x3p_main = archive.nearest(plux.INDEX), archive.nearest(x3p.MAIN)
        arrays = any(name.endswith(".npy") for name in archive.names())
    if x3p_main:
        return x3p.read(path, given=given)
    if plux_index:
        return plux.read(path, given=given)
    if arrays:
        return numpy_array.read_npz(path, given=given)
    raise CaptureError(
        f"{shown(path)} is a zip archive without a scan that cicatrix knows. Unpack it, and name "
        "the scan inside."
    )


def _refuse_foreign(path: Path, head: bytes) -> None:
    start = head.lstrip()
    is_dicom = head[128:132] == b"DICM"
    is_heic = head[4:8] == b"ftyp"
    kinds = [what for magic, what in _FOREIGN if start[: len(magic)].lower() == magic.lower()]
    if is_dicom:
        kinds = ["a DICOM file"]
    if is_heic:
        kinds = ["a HEIC photo or a film, which has no heights"]
    if kinds:
        raise CaptureError(
            f"{shown(path)} is {kinds[0]}, whatever its name says. Export the height map or the "
            f"mesh of the scan; cicatrix reads {READABLE}."
        )
