"""Look for bytes that a reader does not survive: fuzz_readers.py [SECONDS] (default 60).

atheris changes the sample files of all formats, led by which lines of cicatrix they reach. Anything
but a scan or a CaptureError ends the run with a traceback and the bytes in ``crash-…``; so does an
input that takes more than 1 GB or 20 seconds. Findings become tests in ``test_fuzz.py``.
"""

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cicatrix"]):
    from cicatrix.capturing import formats, read_scan  # noqa: F401 - imported to be watched
    from cicatrix.skin import CaptureError

from read_under_a_limit import given_for
from samples import SOUND

NAMES = sorted(SOUND)
FOLDER = Path(tempfile.mkdtemp(prefix="cicatrix-fuzz-"))


def one_input(data):
    """The first byte chooses the name, and with it what a person would say about the file."""
    if len(data) < 2:
        return
    path = FOLDER / NAMES[data[0] % len(NAMES)]
    path.write_bytes(data[1:])
    with contextlib.suppress(CaptureError):
        read_scan(path, **given_for(path))


def main(seconds):
    """Fuzz for so long, from the sound files on."""
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for number, name in enumerate(NAMES):
        (corpus / name).write_bytes(bytes([number]) + SOUND[name])
    atheris.Setup(
        [sys.argv[0], str(corpus), f"-max_total_time={seconds}", "-rss_limit_mb=2000",
         "-malloc_limit_mb=1000", "-timeout=20", "-max_len=12000"],
        one_input,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
