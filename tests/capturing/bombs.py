"""Files that promise or unpack to far more than they are. Each is small; none is a scan."""

from __future__ import annotations

import functools
import struct
import zlib

import numpy as np
from tests.capturing import samples

_BLOCK = b"\0" * (1 << 20)
GIANT = 100_000


@functools.cache
def packed_zeros(gigabytes, *, wbits=zlib.MAX_WBITS):
    """A deflate stream of so many GB of zeros, made by repeating one packed block."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    first = packer.compress(_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (1024 * gigabytes) + packer.flush(zlib.Z_FINISH)


def zip_bomb(members, *, bomb, says=1000):
    """A zip whose last member, ``bomb``, says how long it is and unpacks to 4 GB."""
    entries, body, directory = [*members.items(), (bomb, None)], b"", b""
    for name, content in entries:
        raw = packed_zeros(4, wbits=-15) if content is None else content
        method, size = (8, says) if content is None else (0, len(raw))
        crc = 0 if content is None else zlib.crc32(raw)
        fields = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 0, crc, len(raw), size, len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + fields
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\3\4" + fields + name.encode() + raw
    end = struct.pack("<4H2IH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def many_members():
    """A zip of 60,000 files of nothing."""
    return samples.zipped({f"{n}.npy": b"" for n in range(60_000)})


def giant_png():
    """A PNG header of 100,000 × 100,000, with the right checksum."""
    body = b"IHDR" + struct.pack(">IIBBBBB", GIANT, GIANT, 16, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk


def png_with_endless_text():
    """A PNG that is sound but for a compressed text of 4 GB."""
    picture = samples.png((np.arange(400, dtype="u2") * 9).reshape(20, 20))
    body = b"zTXtComment\0\0" + packed_zeros(4)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:33] + chunk + picture[33:]


def tiff_of(*, columns, rows, data, compression=8, bits=16, more=()):
    """A little TIFF with one strip, by hand."""
    start = 8
    entries = [
        (256, 4, columns), (257, 4, rows), (258, 3, bits), (259, 3, compression), (262, 3, 1),
        (273, 4, start), (277, 3, 1), (278, 4, rows), (279, 4, len(data)), (339, 3, 1), *more,
    ]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted(entries)
    )
    return struct.pack("<2sHI", b"II", 42, start + len(data)) + data + directory + b"\0" * 4


def tiff_of_giant_tiles():
    """A TIFF of 20 × 20 whose one tile is 100,000 × 100,000."""
    tiles = [(322, 4, GIANT), (323, 4, GIANT), (324, 4, 8), (325, 4, 800)]
    return tiff_of(columns=20, rows=20, data=b"\0" * 800, compression=1, more=tiles)


def tiff_in_a_circle():
    """A TIFF whose second picture is its first."""
    content = bytearray(samples.tiff(samples.heights_mm().astype("f4")))
    first = int.from_bytes(content[4:8], "little")
    count = int.from_bytes(content[first : first + 2], "little")
    content[first + 2 + 12 * count : first + 6 + 12 * count] = content[4:8]
    return bytes(content)


def laughing_xml():
    """The billion laughs, as the main.xml of an X3P."""
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    xml = f"<!DOCTYPE x [{entities}]><ISO5436><Record1>&j;</Record1></ISO5436>"
    return samples.zipped({"main.xml": xml})


def outside_xml():
    """An X3P that asks for a file of the machine."""
    xml = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><ISO5436>&a;</ISO5436>'
    return samples.zipped({"main.xml": xml})


def nested_xml():
    """An X3P whose elements nest 200,000 deep."""
    return samples.zipped({"main.xml": "<a>" * 200_000 + "</a>" * 200_000})


def npy_header(text):
    """An .npy with this header and hardly any numbers."""
    head = text.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + b"\0" * 64


def x3p_parts():
    """The parts of a sound X3P but its heights."""
    return {"main.xml": samples.x3p_xml().encode()}


def glb_deep():
    """A GLB whose description nests 100,000 deep."""
    text = b'{"asset":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON") + text


def glb_endless_picture():
    """A GLB with a texture of 100,000 × 100,000."""
    picture = giant_png() + b"\0" * 3
    corners, faces = samples.SHEET.astype("<f4").tobytes(), samples.SHEET_FACES.astype("<u2")
    binary = corners + faces.tobytes()
    views = [(0, len(corners)), (len(corners), faces.nbytes), (len(binary), len(picture))]
    return samples.glb_of(
        {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [{
                "attributes": {"POSITION": 0, "TEXCOORD_0": 2}, "indices": 1, "material": 0}]}],
            "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
            "textures": [{"source": 0}],
            "images": [{"bufferView": 2, "mimeType": "image/png"}],
            "accessors": [
                {"bufferView": 0, "componentType": 5126, "count": 5, "type": "VEC3"},
                {"bufferView": 1, "componentType": 5123, "count": 12, "type": "SCALAR"},
                {"bufferView": 0, "componentType": 5126, "count": 5, "type": "VEC2"},
            ],
            "bufferViews": [
                {"buffer": 0, "byteOffset": start, "byteLength": length} for start, length in views
            ],
            "buffers": [{"byteLength": len(binary) + len(picture)}],
        },
        binary + picture,
    )  # fmt: skip


def text_ply(*, behind):
    """A square of four corners, which only a library reads, and something behind it."""
    head = "ply\nformat ascii 1.0\nelement vertex 4\n" + "".join(
        f"property float {axis}\n" for axis in "xyz"
    )
    head += "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
    return head.encode() + b"0 0 0\n1 0 0\n1 1 0\n0 1 0.1\n4 0 1 2 3\n" + behind


def text_obj(*, behind, word=b""):
    """A triangle of text; with a ``word`` that only a library reads."""
    return b"v 0 0 0\nv 1 0 0\nv 0 1 0.1\n" + word + b"f 1 2 3\n" + behind


def text_stl(*, before):
    """A triangle with something in the middle of it."""
    corners = b"vertex 0 0 0\nvertex 1 0 0\n" + before + b"vertex 0 1 0.1\n"
    facet = b"facet normal 0 0 1\nouter loop\n" + corners + b"endloop\nendfacet\n"
    return b"solid x\n" + facet + b"endsolid x\n"


def bombs_of_lines():
    """Mesh files of text with ten million lines that say nothing, which once took gigabytes."""
    blank, remarks = b"\n" * 20_000_000, b"#\n" * 10_000_000
    head, _, _ = text_ply(behind=b"").partition(b"0 0 0\n")
    rare = b"call other.obj\n"
    return {
        "header.ply": head + blank,
        "header_crlf.ply": head + b"\r\n" * 10_000_000,
        "words.ply": text_ply(behind=b"1 " * 10_000_000),
        "sound_blank.ply": text_ply(behind=blank),
        "sound_spaces.ply": text_ply(behind=b" \n" * 10_000_000),
        "sound_zeros.ply": text_ply(behind=b"0\n" * 10_000_000),
        "sound_blank.obj": text_obj(behind=blank),
        "sound_remarks.obj": text_obj(behind=remarks),
        "sound_rare_blank.obj": text_obj(behind=blank, word=rare),
        "sound_rare_remarks.obj": text_obj(behind=remarks, word=rare),
        "rare.obj": text_obj(behind=b"g\n" * 10_000_000, word=rare),
        "sound_blank.stl": text_stl(before=blank),
        "header.stl": b"solid x\n" + blank,
    }


def all_bombs():
    """Name and content of each. Those called ``sound`` are scans with a trap in a side room."""
    return {**height_map_bombs(), **archive_bombs(), **other_bombs()}


def height_map_bombs():
    """Files that say that they hold far more than they do, or unpack to far more."""
    four_gb = packed_zeros(4)
    giant = {"columns": GIANT, "rows": GIANT}
    heights = np.zeros((2, 2))
    return {
        **bombs_of_lines(),
        "giant.tmd": samples.tmd(heights, **giant),
        "giant.gsf": samples.gsf(**giant),
        "giant.sur": samples.sur(**giant),
        "giant_packed.sur": samples.sur(packed=True, **giant),
        "negative.sur": samples.sur(columns=-40, rows=-30),
        "bomb.sur": samples.sur(packed=True, streams=[(b"", four_gb)]),
        "giant.al3d": samples.al3d(**giant),
        "giant.plux": samples.plux(**giant),
        "giant.x3p": samples.x3p(**giant),
        "giant.gwy": samples.gwy(**giant),
        "giant.asc": samples.esri(**giant),
        "giant.npy": npy_header("{'descr':'<f8','fortran_order':False,'shape':(100000,100000)}"),
        "large.npy": npy_header("{'descr':'<f8','fortran_order':False,'shape':(7000,7000)}"),
        "negative.npy": npy_header("{'descr':'<f8','fortran_order':False,'shape':(-7,-7)}"),
        "nested.npy": npy_header("(" * 100),
        "giant.png": giant_png(),
        "giant.tif": tiff_of(data=b"\0" * 64, compression=1, **giant),
        "bomb.tif": tiff_of(columns=20, rows=20, data=four_gb),
        "tiles.tif": tiff_of_giant_tiles(),
    }


def archive_bombs():
    """Archives that unpack to far more than they say, or to more members than anybody reads."""
    return {
        "bomb.x3p": zip_bomb(x3p_parts(), bomb="bindata/data.bin"),
        "bomb_xml.x3p": zip_bomb({}, bomb="main.xml"),
        "bomb.plux": zip_bomb({}, bomb="index.xml"),
        "bomb.npz": zip_bomb({}, bomb="height_mm.npy"),
        "honest.x3p": zip_bomb(x3p_parts(), bomb="bindata/data.bin", says=2**32 - 2),
        "honest.plux": zip_bomb({}, bomb="index.xml", says=2**32 - 2),
        "honest.npz": zip_bomb({}, bomb="height_mm.npy", says=2**32 - 2),
        "many.zip": many_members(),
    }


def other_bombs():
    """Texts that grow when they are read, meshes that lie, and traps in a side room."""
    return {
        "laughing.x3p": laughing_xml(),
        "outside.x3p": outside_xml(),
        "nested.x3p": nested_xml(),
        "giant.ply": samples.ply(vertices=10**12),
        "giant.stl": samples.stl(triangles=4_000_000_000),
        "giant.glb": samples.glb(accessors=[{"bufferView": 0, "count": 10**12}]),
        "deep.glb": glb_deep(),
        "line.csv": b"1" * 6_000_000,
        "sound_text.png": png_with_endless_text(),
        "sound_circle.tif": tiff_in_a_circle(),
        "sound_texture.glb": glb_endless_picture(),
    }
