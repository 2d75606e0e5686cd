"""Look for bytes that a reader does not survive: fuzz_readers.py [SECONDS] (default 60).

atheris changes the sample files of all formats, led by which lines of cicatrix they reach. Anything
but a scan or a CaptureError ends the run with a traceback and the bytes in ``crash-…``; so does an
input that takes more than 1 GB or 20 seconds. Findings become tests in ``test_fuzz.py``.

What lies inside a zip archive or a GLB is changed before it is packed, since hardly any change of
packed bytes leaves something to unpack. Small height maps that come out go on to be measured.
"""

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cicatrix"]):
    from cicatrix.capturing import formats, read_scan  # noqa: F401 - imported to be watched
    from cicatrix.capturing.quality import judge_height_map, judge_mesh
    from cicatrix.measuring import measure
    from cicatrix.skin import CaptureError, HeightMap

import samples
from read_under_a_limit import given_for

_METRES = (samples.heights_with_holes_mm() * 1e-3).astype("<f8").tobytes()
_SHEET = samples.SHEET.astype("<f4").tobytes() + samples.SHEET_FACES.astype("<u2").tobytes()
_JSON = samples.glb()[20:].split(b"BIN\0")[0][:-4]
#: The parts of the formats that are packed: what changes, and the file around it.
PACKED = {
    "main.x3p": (
        samples.x3p_xml().encode(),
        lambda part: samples.zipped({"main.xml": part, "bindata/data.bin": _METRES}),
    ),
    "data.x3p": (
        _METRES,
        lambda part: samples.zipped({"main.xml": samples.x3p_xml(), "bindata/data.bin": part}),
    ),
    "array.npz": (
        samples.npy(samples.heights_mm()),
        lambda part: samples.zipped({"height_mm.npy": part}),
    ),
    "pitch.npz": (
        samples.npy(samples.heights_mm()[0, :2]),
        lambda part: samples.zipped(
            {"height_mm.npy": samples.npy(samples.heights_mm()), "pitch_mm.npy": part}
        ),
    ),
    "tree.glb": (_JSON, lambda part: samples.glb_around(part, _SHEET)),
    "data.glb": (_SHEET, lambda part: samples.glb_around(_JSON, part)),
}
PARTS = {
    **{name: (content, bytes) for name, content in samples.SOUND.items()},
    **PACKED,
}
NAMES = sorted(PARTS)
#: Up to so many samples a map is measured, so that a run tries many.
_MOST_MEASURED = 3000
FOLDER = Path(tempfile.mkdtemp(prefix="cicatrix-fuzz-"))


def one_input(data):
    """The first byte chooses the name, and with it what a person would say about the file."""
    if len(data) < 2:
        return
    name = NAMES[data[0] % len(NAMES)]
    path = FOLDER / name
    path.write_bytes(PARTS[name][1](data[1:]))
    with contextlib.suppress(CaptureError):
        scan = read_scan(path, **given_for(path))
        if not isinstance(scan, HeightMap):
            judge_mesh(scan)
        elif judge_height_map(scan) and scan.height_mm.size <= _MOST_MEASURED:
            measure(scan)


def main(seconds):
    """Fuzz for so long, from the sound files on."""
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, name in enumerate(NAMES):
        (corpus / name).write_bytes(bytes([number]) + PARTS[name][0])
    atheris.Setup(
        [sys.argv[0], str(corpus), f"-max_total_time={seconds}", "-rss_limit_mb=2000",
         "-malloc_limit_mb=1000", "-timeout=20", "-max_len=12000"],
        one_input,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
