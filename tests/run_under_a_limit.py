"""Run the command line many times with little memory allowed: run_under_a_limit.py MB.

A line of standard input is a call, a JSON list of the words after ``cicatrix``; a line comes back
for it, the exit code, the standard output and the standard error. Every call is a process of its
own with ``MB`` MB more than the interpreter and the libraries take and 20 seconds of processor
time, after which it is killed (a negative exit code).
"""

import importlib
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from cicatrix import cli

SECONDS = 20
#: Opened lazily by the program; here before the limit is set, so that all calls begin alike.
LIBRARIES = (
    "numpy", "scipy.ndimage", "scipy.interpolate", "skimage.segmentation", "PIL.Image", "tifffile",
    "trimesh", "rich.console", "cicatrix.visit", "cicatrix.capturing.formats",
    "cicatrix.capturing.quality", "cicatrix.measuring", "cicatrix.exchange.case_file",
    "cicatrix.exchange.scars_json", "cicatrix.knowledge.loader", "typer.rich_utils",
)  # fmt: skip


def address_space_mb():
    """What is taken before anything is opened."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() // 2**20


def called(words, *, mb):
    """Exit code, output and errors of one call."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            limit = (address_space_mb() + mb) * 2**20
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            run_and_leave(words)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode()


def run_and_leave(words):
    """Be the command ``cicatrix`` with these words."""
    sys.argv = ["cicatrix", *words]
    code = 1
    try:
        cli.main()
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main(mb):
    """Answer every call."""
    for library in LIBRARIES:
        importlib.import_module(library)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(called(json.loads(line), mb=mb)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
