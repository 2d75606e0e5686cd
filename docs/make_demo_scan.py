"""Make the scan of the example patient's left cheek: made-up skin with scars known from geometry.

The file is an X3P with its pitch inside, heights as 16-bit whole numbers in steps of a ten
thousandth of a millimetre, and a validity mask: a hair lies over the skin, and one corner was out
of reach of the light. The same seed gives the same file. Run ``make docs``.
"""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

import cicatrix
from cicatrix.phantoms import Phantom, PhantomScar, make_phantom
from cicatrix.skin import HeightMap

SCAN = Path(cicatrix.__file__).parent / "examples" / "demo-left-cheek.x3p"
PITCH_MM, SIZE_MM, HEIGHT_MM, SEED = 0.06, 36.0, 30.0, 20261130
#: One step of the stored heights, in mm.
STEP_MM = 0.0001

#: Half the width of the hair, and where it begins.
_HAIR_MM, _HAIR_FROM_MM = 0.1, 15.8

#: What lies on the cheek: shape, type, place, radius and depth in mm.
SCARS = tuple(
    PhantomScar(shape=shape, type=kind, x_mm=x, y_mm=y, radius_mm=radius, depth_mm=depth)
    for shape, kind, x, y, radius, depth in (
        ("cosine", "rolling", 7.2, 7.4, 3.4, 0.34),
        ("cosine", "rolling", 27.6, 21.2, 3.9, 0.42),
        ("cosine", "rolling", 9.4, 22.8, 3.0, 0.27),
        ("flat", "boxcar", 15.6, 5.2, 1.3, 0.36),
        ("flat", "boxcar", 21.8, 9.0, 1.6, 0.45),
        ("flat", "boxcar", 16.4, 16.0, 1.1, 0.30),
        ("flat", "boxcar", 19.4, 25.2, 1.4, 0.52),
        ("flat", "boxcar", 28.6, 4.6, 1.2, 0.28),
        ("flat", "boxcar", 4.6, 15.4, 1.0, 0.33),
        ("cone", "ice_pick", 22.6, 15.6, 0.75, 0.72),
        ("cone", "ice_pick", 11.2, 12.2, 0.68, 0.58),
        ("cone", "ice_pick", 32.2, 12.6, 0.80, 0.86),
    )
)

_MAIN = """<?xml version="1.0" encoding="UTF-8"?>
<p:ISO5436_2 xmlns:p="http://www.opengps.eu/2008/ISO5436_2">
  <Record1>
    <Revision>ISO5436 - 2000</Revision>
    <FeatureType>SUR</FeatureType>
    <Axes>
      <CX><AxisType>I</AxisType><DataType>I</DataType><Increment>{pitch}</Increment>\
<Offset>0</Offset></CX>
      <CY><AxisType>I</AxisType><DataType>I</DataType><Increment>{pitch}</Increment>\
<Offset>0</Offset></CY>
      <CZ><AxisType>I</AxisType><DataType>I</DataType><Increment>{step}</Increment>\
<Offset>0</Offset></CZ>
    </Axes>
  </Record1>
  <Record2>
    <Creator>cicatrix, docs/make_demo_scan.py</Creator>
    <Comment>Made-up skin: the left cheek of the invented example patient. No person.</Comment>
  </Record2>
  <Record3>
    <MatrixDimension><SizeX>{columns}</SizeX><SizeY>{rows}</SizeY><SizeZ>1</SizeZ>\
</MatrixDimension>
    <DataLink>
      <PointDataLink>bindata/data.bin</PointDataLink>
      <MD5ChecksumPointData>{md5}</MD5ChecksumPointData>
      <ValidPointsLink>bindata/valid.bin</ValidPointsLink>
      <MD5ChecksumValidPoints>{valid_md5}</MD5ChecksumValidPoints>
    </DataLink>
  </Record3>
  <Record4><ChecksumFile>md5checksum.hex</ChecksumFile></Record4>
</p:ISO5436_2>
"""


def main() -> int:
    """Make the skin, and write it as an X3P file."""
    content = as_x3p(example_skin().height_map)
    SCAN.write_bytes(content)
    print(f"Wrote src/cicatrix/examples/{SCAN.name}, {len(content) / 1000:.0f} kB")
    return 0


def example_skin() -> Phantom:
    """The cheek with its scars; NaN under the hair and in the corner."""
    phantom = make_phantom(
        SCARS, seed=SEED, size_mm=SIZE_MM, pitch_mm=PITCH_MM, noise_um=8, relief_um=16, curve_mm=3
    )
    rows = round(HEIGHT_MM / PITCH_MM) + 1
    height = phantom.height_map.height_mm[:rows].copy()
    y, x = np.indices(height.shape) * PITCH_MM
    hair = np.abs(x - (31.5 + 0.018 * (y - 26) ** 2 - 0.9 * (30 - y) / 4)) < _HAIR_MM
    corner = (x + 1.4 * y) < 3.4 + 0.35 * np.sin(2.1 * x) + 0.2 * np.sin(5.3 * y)
    height[(hair & (y > _HAIR_FROM_MM)) | corner] = np.nan
    return Phantom(
        height_map=HeightMap(
            height_mm=height - np.nanmean(height), pitch_mm=(PITCH_MM, PITCH_MM), name=SCAN.name
        ),
        scars=phantom.scars,
        skin_mm=phantom.skin_mm[:rows],
        relief_mm=phantom.relief_mm[:rows],
    )


def as_x3p(height_map: HeightMap) -> bytes:
    """A height map as the bytes of an X3P file with 16-bit heights."""
    valid = np.isfinite(height_map.height_mm)
    steps = np.rint(np.nan_to_num(height_map.height_mm) / STEP_MM)
    if np.abs(steps).max() > np.iinfo(np.int16).max:
        raise ValueError("The skin is higher than 16-bit steps reach. Take a larger STEP_MM.")
    data = steps.astype("<i2").tobytes()
    mask = np.packbits(valid.ravel(), bitorder="little").tobytes()
    rows, columns = valid.shape
    main_xml = _MAIN.format(
        pitch=f"{height_map.pitch_mm[0] / 1000:.9g}", step=f"{STEP_MM / 1000:.9g}", rows=rows,
        columns=columns, md5=_md5(data), valid_md5=_md5(mask),
    ).encode()  # fmt: skip
    members = {
        "main.xml": main_xml,
        "bindata/data.bin": data,
        "bindata/valid.bin": mask,
        "md5checksum.hex": f"{_md5(main_xml)} *main.xml\n".encode(),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            # A fixed date, so that the same skin gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 24, 0, 0, 0)), content,
                             zipfile.ZIP_DEFLATED)  # fmt: skip
    return written.getvalue()


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
