"""Every format with everything that can be wrong about it, made from the sound samples.

``DAMAGES`` holds for each kind of damage: the file of each format, and words of which one must
stand in the refusal. A format is left out where it cannot be damaged so: a mesh has no pitch, a PNG
marks nothing as missing.
"""

from __future__ import annotations

import numpy as np
from tests.capturing import samples
from tests.capturing.bombs import GIANT, giant_png, npy_header, tiff_of
from tests.capturing.samples import COLUMNS, ROWS, SHEET, SOUND, heights_mm

MAPS = {
    "s.tmd": samples.tmd,
    "s.gsf": samples.gsf,
    "s.gwy": samples.gwy,
    "s.sur": samples.sur,
    "packed.sur": lambda heights=None, **words: samples.sur(heights, packed=True, **words),
    "s.al3d": samples.al3d,
    "s.plux": samples.plux,
    "s.x3p": samples.x3p,
}
ARRAYS = {
    "s.tif": lambda heights: samples.tiff(heights.astype("f4")),
    "packed.tif": lambda heights: samples.tiff(heights, compression="zlib"),
    "s.npy": samples.npy,
    "s.npz": lambda heights: samples.npz(height_mm=heights),
    "s.csv": samples.csv,
    "s.asc": samples.esri,
    "s.xyz": samples.xyz,
}
MESHES = {
    "s.obj": samples.obj,
    "s.ply": samples.ply,
    "text.ply": lambda corners: samples.ply(corners, text=True),
    "s.stl": samples.stl,
    "text.stl": lambda corners: samples.stl(corners, text=True),
    "s.glb": samples.glb,
}
#: A text may stop after any line and be a smaller scan.
OF_LINES = {"s.csv", "s.xyz", "s.obj", "text.stl"}


def _maps_of(heights):
    made = {name: write(heights) for name, write in (MAPS | ARRAYS).items()}
    return made | {"s.png": samples.png(np.full((ROWS, COLUMNS), 999, "u2"))}


def _with_pitch(pitch):
    """The formats that carry their pitch. A TIFF keeps it as a quotient of whole numbers."""
    made = {name: write(pitch=(pitch, 0.08)) for name, write in MAPS.items()}
    made["s.npz"] = samples.npz(height_mm=heights_mm(), pitch_mm=np.array([pitch, 0.08]))
    return made


def _constant():
    made = _maps_of(np.full((ROWS, COLUMNS), 0.25))
    return made | {name: write(SHEET * 0 + 1.0) for name, write in MESHES.items()}


def _all_missing():
    made = _maps_of(np.full((ROWS, COLUMNS), np.nan))
    del made["s.png"]
    return made | {name: write(SHEET * np.nan) for name, write in MESHES.items()}


def _giant():
    giant = {"columns": GIANT, "rows": GIANT}
    return {
        **{name: write(**giant) for name, write in MAPS.items()},
        "s.tif": tiff_of(data=b"\0" * 64, compression=1, **giant),
        "packed.tif": tiff_of(data=b"\0" * 64, **giant),
        "s.png": giant_png(),
        "s.npy": npy_header(f"{{'descr':'<f8','fortran_order':False,'shape':({GIANT},{GIANT})}}"),
        "s.npz": samples.zipped({
            "height_mm.npy": npy_header(
                f"{{'descr':'<f8','fortran_order':False,'shape':({GIANT},{GIANT})}}"
            )
        }),
        "s.asc": samples.esri(**giant),
        "s.xyz": b"".join(b"%d %d 1.5\n" % (n * n, GIANT * n) for n in range(200)),
        "s.ply": samples.ply(vertices=GIANT**2),
        "text.ply": samples.ply(text=True, vertices=GIANT**2),
        "s.stl": samples.stl(triangles=2**32 - 1),
        "s.glb": samples.glb(accessors=[{"bufferView": 0, "count": GIANT**2}]),
    }  # fmt: skip


def _cut_off():
    cut = {name: content[: len(content) // 2] for name, content in SOUND.items()}
    return {name: content for name, content in cut.items() if name not in OF_LINES}


#: A photo as cameras write it: the mark and the header of JPEG.
PHOTO = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\1" * 500
_CANNOT_BE = ("cannot be", "no number", "makes no sense", "not a number", "damaged")

DAMAGES = {
    "empty": (dict.fromkeys(SOUND, b""), ("is empty (0 bytes)",)),
    "cut off": (_cut_off(), ("cut off", "damaged", "samples", "numbers in row")),
    "wrong mark": (
        # A binary STL begins with 80 bytes of anything.
        {n: b"\0\1\2\3" + content[4:] for n, content in SOUND.items() if n != "s.stl"},
        ("not a scan", "not a text", "damaged", "no STL", "is no text"),
    ),
    "photo": (dict.fromkeys(SOUND, PHOTO), ("is a JPEG photo",)),
    "giant": (_giant(), ("up to", "more than any scan", "cut off", "no regular grid")),
    "nothing measured": (
        _all_missing(),
        ("not one of them was measured", "no table of numbers", "no triangle", "no mesh", "empty"),
    ),
    "all the same": (_constant(), ("same height", "no triangle", "no scan of skin")),
    "pitch of nothing": (_with_pitch(float("nan")), _CANNOT_BE),
    "pitch below zero": (_with_pitch(-0.05), _CANNOT_BE),
    "pitch of zero": (_with_pitch(0.0), _CANNOT_BE),
    "pitch without end": (_with_pitch(float("inf")), _CANNOT_BE),
}
