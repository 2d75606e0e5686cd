"""One surface with no symmetry, and that surface written in every format by hand.

The writers follow the specifications with ``struct`` and ``zipfile``, and share no code with the
readers. ``tests/data/written_elsewhere`` holds the same surface as other programs store it.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[1] / "data"
ELSEWHERE = DATA / "written_elsewhere"
ROWS, COLUMNS = 30, 40
PITCH_MM = (0.05, 0.08)


def heights_mm():
    """The whole surface."""
    row, column = np.mgrid[0:ROWS, 0:COLUMNS].astype(float)
    return 0.3 * np.sin(column / 6) + 0.01 * row + 0.0004 * row * column - 0.2


def heights_with_holes_mm():
    """The surface with an island and a corner that were not measured: 17 samples."""
    heights = heights_mm()
    heights[3:7, 5:9] = np.nan
    heights[29, 39] = np.nan
    return heights


def tmd(heights=None, *, comment=b"", columns=COLUMNS, rows=ROWS, pitch=PITCH_MM):
    """TrueMap 2: mark, comment, sizes, lengths of the whole field in mm, heights in mm."""
    heights = heights_with_holes_mm() if heights is None else heights
    sizes = struct.pack("<2I4f", columns, rows, columns * pitch[0], rows * pitch[1], 0, 0)
    mark = b"Binary TrueMap Data File v2.0\r\n\0"
    return mark + comment + b"\0" + sizes + heights.astype("<f4").tobytes()


def gsf(heights=None, *, columns=COLUMNS, rows=ROWS, unit="m", extra="", pitch=PITCH_MM):
    """Gwyddion Simple Field, in metres."""
    heights = heights_with_holes_mm() if heights is None else heights
    header = (
        f"Gwyddion Simple Field 1.0\nXRes = {columns}\nYRes = {rows}\n"
        f"XReal = {COLUMNS * pitch[0] * 1e-3!r}\nYReal = {ROWS * pitch[1] * 1e-3!r}\n"
        f"XYUnits = {unit}\nZUnits = {unit}\n{extra}"
    ).encode()
    padding = b"\0" * (4 - len(header) % 4)
    return header + padding + (heights * 1e-3).astype("<f4").tobytes()


def al3d(heights=None, *, columns=None, rows=None, pitch=PITCH_MM):
    """Alicona: tags of 52 bytes, then rows of float32 metres padded to 8 bytes."""
    heights = heights_with_holes_mm() if heights is None else heights
    columns, rows = columns or heights.shape[1], rows or heights.shape[0]
    tags = [
        ("Version", "1"), ("TagCount", "7"), ("Cols", columns), ("Rows", rows),
        ("DepthImageOffset", 17 + 52 * 9), ("InvalidPixelValue", "3e15"),
        ("PixelSizeXMeter", pitch[0] * 1e-3), ("PixelSizeYMeter", pitch[1] * 1e-3),
        ("CreatingApplication", "by hand"),
    ]  # fmt: skip
    header = b"AliconaImaging\0\r\n" + b"".join(
        struct.pack("20s30s2s", key.encode(), str(value).encode(), b"\r\n") for key, value in tags
    )
    stored = np.where(np.isnan(heights), 3e15, heights * 1e-3).astype("<f4")
    padded = np.zeros((stored.shape[0], stored.shape[1] + stored.shape[1] % 2), "<f4")
    padded[:, : stored.shape[1]] = stored
    return header + padded.tobytes()


def sur(
    heights=None, *, order="<", kind=2, inverted=0, columns=COLUMNS, rows=ROWS, packed=False,
    comment=b"", unit=b"\xb5m", streams=None, pitch=PITCH_MM,
):  # fmt: skip
    """Digital Surf, 16 bits, levels of 0.05 µm; -32768 stands for "not measured"."""
    levels = np.round((heights_with_holes_mm() if heights is None else heights) * 1000 / 0.05)
    levels = np.where(np.isnan(levels), -32768, levels).astype(f"{order}i2").tobytes()
    units = b"".join(unit.ljust(16, b"\0") for _ in range(6))
    head = struct.pack(
        f"{order}12s4h30s30s5hf4sh5i3f48s",
        b"DSCOMPRESSED" if packed else b"DIGITAL SURF", 0 if order == "<" else 257, 1, 1, kind,
        b"sample", b"by hand", 0, 0, 0, 1, 0, 0.0, b"", 16, -32766, 32767,
        columns, rows, min(columns * rows, 2**31 - 1),
        pitch[0] * 1000, pitch[1] * 1000, 0.05, b"",
    )  # fmt: skip
    tail = struct.pack(
        f"{order}3f3h12s7hfI6s2h128s3f34s",
        1, 1, 1, 0, inverted, 0, b"", 0, 0, 0, 24, 11, 2026, 0, 0, 0, b"", len(comment), 0,
        b"", 0, 0, 0, b"",
    )  # fmt: skip
    if packed and streams is None:
        # Two streams, as the specification allows and surfalize never writes
        streams = [(p, zlib.compress(p)) for p in (levels[:1000], levels[1000:])]
    if packed:
        levels = struct.pack("<I", len(streams))
        levels += b"".join(struct.pack("<2I", len(p), len(z)) for p, z in streams)
        levels += b"".join(z for _, z in streams)
    return head + units + tail + comment + levels


def plux(heights=None, *, columns=COLUMNS, rows=ROWS, layers=1, pitch=PITCH_MM):
    """Sensofar: index.xml, and float32 micrometres."""
    layer = "".join(
        f"<LAYER_{n}><FILENAME_Z>LAYER_{n}.raw</FILENAME_Z></LAYER_{n}>" for n in range(layers)
    )
    index = (
        f"<xml><GENERAL><DATE>2026-11-24</DATE><IMAGE_SIZE_X>{columns}</IMAGE_SIZE_X>"
        f"<IMAGE_SIZE_Y>{rows}</IMAGE_SIZE_Y><FOV_X>{pitch[0] * 1000}</FOV_X>"
        f"<FOV_Y>{pitch[1] * 1000}</FOV_Y></GENERAL><INFO><ITEM_0><NAME>Device</NAME>"
        f"<VALUE>by hand</VALUE></ITEM_0></INFO>{layer}</xml>"
    )
    heights = heights_with_holes_mm() if heights is None else heights
    return zipped({"index.xml": index, "LAYER_0.raw": (heights * 1000).astype("<f4").tobytes()})


def x3p_xml(
    *, code="D", increment_z="1", offset_z="0", columns=COLUMNS, rows=ROWS, link=True, valid="",
    data="", namespace=True, pitch=PITCH_MM, layers=1, feature="SUR",
):  # fmt: skip
    """main.xml of an X3P file; lengths in metres."""
    root = ("p:ISO5436_2", ' xmlns:p="http://www.opengps.eu/2008/ISO5436_2"')
    tag, declared = root if namespace else ("ISO5436", "")
    axes = "".join(
        f"<C{axis}><AxisType>I</AxisType><DataType>D</DataType>"
        f"<Increment>{step * 1e-3!r}</Increment>"
        f"<Offset>0</Offset></C{axis}>"
        for axis, step in zip("XY", pitch, strict=True)
    )
    links = "<DataLink><PointDataLink>bindata/data.bin</PointDataLink>" if link else ""
    links += f"<ValidPointsLink>{valid}</ValidPointsLink>" if valid else ""
    links += "</DataLink>" if link else f"<DataList>{data}</DataList>"
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><{tag}{declared}><Record1>"
        f"<FeatureType>{feature}</FeatureType><Axes>{axes}<CZ><AxisType>A</AxisType>"
        f"<DataType>{code}</DataType><Increment>{increment_z}</Increment>"
        f"<Offset>{offset_z}</Offset></CZ></Axes></Record1><Record2><Date>2026-11-24</Date>"
        f"</Record2><Record3><MatrixDimension><SizeX>{columns}</SizeX><SizeY>{rows}</SizeY>"
        f"<SizeZ>{layers}</SizeZ></MatrixDimension>{links}</Record3></{tag}>"
    )


def x3p(heights=None, **words):
    """An X3P file with 64-bit metres."""
    heights = heights_with_holes_mm() if heights is None else heights
    metres = (heights * 1e-3).astype("<f8")
    return zipped({"main.xml": x3p_xml(**words), "bindata/data.bin": metres.tobytes()})


def zipped(members, *, compression=zipfile.ZIP_DEFLATED):
    """A zip archive with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def gwy_object(name, **components):
    """A Gwyddion object; each component is (letter, packed value)."""
    body = b"".join(
        key.encode() + b"\0" + letter.encode() + value
        for key, (letter, value) in components.items()
    )
    return name.encode() + b"\0" + struct.pack("<I", len(body)) + body


def gwy(heights=None, *, columns=COLUMNS, rows=ROWS, channels=1, z_unit="m", pitch=PITCH_MM):
    """A Gwyddion container with so many channels, nothing masked."""

    def unit(word):
        return "o", gwy_object("GwySIUnit", unitstr=("s", word.encode() + b"\0"))

    numbers = ((heights_mm() if heights is None else heights) * 1e-3).astype("<f8")
    field = gwy_object(
        "GwyDataField",
        xres=("i", struct.pack("<i", columns)),
        yres=("i", struct.pack("<i", rows)),
        xreal=("d", struct.pack("<d", COLUMNS * pitch[0] * 1e-3)),
        yreal=("d", struct.pack("<d", ROWS * pitch[1] * 1e-3)),
        si_unit_xy=unit("m"),
        si_unit_z=unit(z_unit),
        data=("D", struct.pack("<I", numbers.size) + numbers.tobytes()),
    )
    parts = {f"/{n}/data": ("o", field) for n in range(channels)}
    titles = {f"/{n}/data/title": ("s", f"channel {n}".encode() + b"\0") for n in range(channels)}
    return b"GWYP" + gwy_object("GwyContainer", **parts, **titles)


def npy(array):
    """NumPy's own bytes for an array."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def npz(**arrays):
    """NumPy's own bytes for several arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def tiff(array, **words):
    """tifffile's own bytes for an array."""
    import tifffile

    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **words)
    return buffer.getvalue()


def png(array):
    """Pillow's own bytes for a grey picture."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, format="PNG")
    return buffer.getvalue()


def csv(heights=None, *, separator=",", missing="nan", point="."):
    """Rows of heights in mm, six decimals."""
    heights = heights_with_holes_mm() if heights is None else heights
    rows = (
        separator.join(missing if np.isnan(z) else f"{z:.6f}".replace(".", point) for z in row)
        for row in heights
    )
    return ("\n".join(rows) + "\n").encode()


def esri(heights=None, *, columns=COLUMNS, rows=ROWS, cellsize=0.05):
    """An ESRI grid with -9999 where nothing was measured."""
    header = f"ncols {columns}\nnrows {rows}\nxllcorner 0\nyllcorner 0\ncellsize {cellsize}\n"
    return header.encode() + b"NODATA_value -9999\n" + csv(heights, separator=" ", missing="-9999")


def xyz(heights=None, *, digits=6, seed=0, pitch=PITCH_MM):
    """Points in any order, y upwards, none where nothing was measured."""
    heights = heights_with_holes_mm() if heights is None else heights
    lines = [
        f"{c * pitch[0]:.{digits}f} {(ROWS - 1 - r) * pitch[1]:.{digits}f} {heights[r, c]:.6f}"
        for r in range(ROWS)
        for c in range(COLUMNS)
        if not np.isnan(heights[r, c])
    ]
    np.random.default_rng(seed).shuffle(lines)
    return ("\n".join(lines) + "\n").encode()


#: A bent sheet of four triangles around one raised corner: 5 vertices, in cm.
SHEET = np.array([[0, 0, 0], [4, 0, 0], [4, 3, 0], [0, 3, 0], [2, 1.5, 0.5]])
SHEET_FACES = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])


def obj(corners=SHEET, *, textured=False):
    """Wavefront OBJ: corners counted from 1."""
    lines = [f"v {x} {y} {z}" for x, y, z in corners]
    if textured:
        lines += [f"vt {x / 4} {y / 3}" for x, y, _ in SHEET]
    word = "{0}/{0}" if textured else "{0}"
    lines += ["f " + " ".join(word.format(i + 1) for i in face) for face in SHEET_FACES]
    return ("\n".join(lines) + "\n").encode()


def ply(corners=SHEET, *, text=False, vertices=None, faces=None):
    """Stanford PLY, of text or little-endian."""
    header = (
        f"ply\nformat {'ascii' if text else 'binary_little_endian'} 1.0\n"
        f"element vertex {len(SHEET) if vertices is None else vertices}\n"
        "property float x\nproperty float y\nproperty float z\n"
        f"element face {len(SHEET_FACES) if faces is None else faces}\n"
        "property list uchar int vertex_indices\nend_header\n"
    ).encode()
    if text:
        rows = [f"{x} {y} {z}" for x, y, z in corners] + [
            f"3 {a} {b} {c}" for a, b, c in SHEET_FACES
        ]
        return header + ("\n".join(rows) + "\n").encode()
    triangles = b"".join(struct.pack("<B3i", 3, *face) for face in SHEET_FACES)
    return header + corners.astype("<f4").tobytes() + triangles


def stl(corners=SHEET, *, text=False, triangles=None):
    """STL of text or binary; every triangle repeats its corners."""
    if text:
        facets = "".join(
            "facet normal 0 0 1\nouter loop\n"
            + "".join("vertex {} {} {}\n".format(*corners[i]) for i in face)
            + "endloop\nendfacet\n"
            for face in SHEET_FACES
        )
        return f"solid sheet\n{facets}endsolid sheet\n".encode()
    count = len(SHEET_FACES) if triangles is None else triangles
    body = b"".join(
        struct.pack("<12fH", 0, 0, 1, *corners[face].ravel(), 0) for face in SHEET_FACES
    )
    return b"\0" * 80 + struct.pack("<I", count) + body


def glb(places=SHEET, *, tree=None, **changes):
    """glTF 2.0 binary with one mesh of float32 corners and uint16 indices."""
    corners = places.astype("<f4").tobytes()
    indices = SHEET_FACES.astype("<u2").tobytes()
    accessors = [
        {"bufferView": 0, "componentType": 5126, "count": len(SHEET), "type": "VEC3",
         "min": SHEET.min(0).tolist(), "max": SHEET.max(0).tolist()},
        {"bufferView": 1, "componentType": 5123, "count": SHEET_FACES.size, "type": "SCALAR"},
    ]  # fmt: skip
    tree = tree or {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": accessors,
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(corners)},
            {"buffer": 0, "byteOffset": len(corners), "byteLength": len(indices)},
        ],
        "buffers": [{"byteLength": len(corners) + len(indices)}],
    }
    return glb_of({**tree, **changes}, corners + indices)


def glb_of(tree, binary):
    """The two chunks of a GLB file."""
    import json

    return glb_around(json.dumps(tree).encode(), binary)


def glb_around(text, binary):
    """GLB with this description, whatever it is, and these numbers."""
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    whole = 12 + 8 + len(text) + 8 + len(binary)
    return (
        struct.pack("<4sII", b"glTF", 2, whole)
        + struct.pack("<I4s", len(text), b"JSON") + text
        + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )  # fmt: skip


#: A small sound file of each format, by a name that fits it.
SOUND = {
    "s.tmd": tmd(), "s.gsf": gsf(), "s.gwy": gwy(), "s.sur": sur(),
    "packed.sur": sur(packed=True), "s.al3d": al3d(), "s.plux": plux(),
    "s.x3p": x3p(), "s.tif": tiff(heights_mm().astype("f4")),
    "packed.tif": tiff(heights_mm(), compression="zlib"),
    "s.png": png((heights_mm() * 1000 + 999).astype("u2")),
    "s.npy": npy(heights_mm()),
    "s.npz": npz(height_mm=heights_mm()),
    "s.csv": csv(), "s.asc": esri(), "s.xyz": xyz(),
    "s.obj": obj(), "s.ply": ply(), "text.ply": ply(text=True),
    "s.stl": stl(), "text.stl": stl(text=True), "s.glb": glb(),
}  # fmt: skip
