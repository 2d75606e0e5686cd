"""Get the peers of measuring ready: each in its own environment, outside the package and its lock.

Both are under the GPL. They run in processes of their own and are reached through files and pipes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "benchmarks" / "peers"
CACHE = ROOT / ".cache" / "peers"
SURFALIZE, GWYDDION = "surfalize", "Gwyddion"
_PINS = PEERS / "surfalize.txt"
_SURFALIZE_SCRIPT = PEERS / "surfalize_peer.py"
_GWYDDION_SOURCE = PEERS / "gwyddion_peer.c"
_GWYDDION_PROGRAM = CACHE / "gwyddion_peer"
#: A copy of the source that the program was built from: dates change with every checkout.
_BUILT_FROM = CACHE / "gwyddion_peer.c"
#: The library says that it needs the last two, but its package does not bring them.
_DEBIAN_PACKAGES = (
    "gcc",
    "libc6-dev",
    "pkg-config",
    "libgwyddion20-dev",
    "libfftw3-dev",
    "libgtkglext1-dev",
)


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A peer and the command that starts it; where it is not there, ``missing`` says why."""

    name: str
    version: str = ""
    command: tuple[str, ...] = ()
    missing: str = ""

    def __bool__(self) -> bool:
        return not self.missing


def found_surfalize() -> Peer:
    """The environment of surfalize, if it was made before with the same pins."""
    folder = CACHE / "surfalize"
    stamp = folder / "pins.txt"
    if not stamp.exists() or stamp.read_text() != _PINS.read_text():
        return Peer(name=SURFALIZE, missing="its environment was not made yet (make validate)")
    version = next(
        line.partition("==")[2] for line in _PINS.read_text().splitlines() if "surfalize==" in line
    )
    command = (str(folder / "bin" / "python"), str(_SURFALIZE_SCRIPT))
    return Peer(name=SURFALIZE, version=version, command=command)


def made_surfalize() -> Peer:
    """The environment of surfalize, made where it is not there."""
    if found := found_surfalize():
        return found
    folder = CACHE / "surfalize"
    python = str(folder / "bin" / "python")
    pip = (python, "-m", "pip", "-qq", "--disable-pip-version-check", "install")
    fault = _first_fault([
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [*pip, "--only-binary=:all:", "-r", str(_PINS)],
    ])  # fmt: skip
    if fault:
        return Peer(name=SURFALIZE, missing=f"it could not be installed: {fault}")
    (folder / "pins.txt").write_text(_PINS.read_text())
    return found_surfalize()


def found_gwyddion() -> Peer:
    """Our small program on Gwyddion's library, if it was built before from the same source."""
    if not _is_built():
        return Peer(name=GWYDDION, missing="its program was not built yet (make validate)")
    return Peer(name=GWYDDION, version=_flags("--modversion"), command=(str(_GWYDDION_PROGRAM),))


def made_gwyddion() -> Peer:
    """Our small program on Gwyddion's library, built where it is not there."""
    if found := found_gwyddion():
        return found
    if not (shutil.which("cc") and _flags("--modversion")):
        _install_debian_packages()
    if not (shutil.which("cc") and _flags("--modversion")):
        wanted = " ".join(_DEBIAN_PACKAGES)
        return Peer(
            name=GWYDDION,
            missing=f"a compiler or its library is missing. As root: apt-get install {wanted}",
        )
    CACHE.mkdir(parents=True, exist_ok=True)
    flags = _flags("--cflags", "--libs").split()
    source, program = str(_GWYDDION_SOURCE), str(_GWYDDION_PROGRAM)
    fault = _first_fault([["cc", "-std=gnu11", "-O2", source, "-o", program, *flags]])
    if fault:
        return Peer(name=GWYDDION, missing=f"its program could not be built: {fault}")
    shutil.copyfile(_GWYDDION_SOURCE, _BUILT_FROM)
    return found_gwyddion()


def _is_built() -> bool:
    if not (_GWYDDION_PROGRAM.exists() and _BUILT_FROM.exists()):
        return False
    return _BUILT_FROM.read_text(encoding="utf-8") == _GWYDDION_SOURCE.read_text(encoding="utf-8")


def _flags(*wanted: str) -> str:
    """What pkg-config says about Gwyddion; nothing where it knows none."""
    program = shutil.which("pkg-config")
    if not program:
        return ""
    told = subprocess.run(
        [program, *wanted, "gwyddion"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() if told.returncode == 0 else ""


def _install_debian_packages() -> None:
    """Debian's packages, where they may be installed; else nothing, and it is told later."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    _first_fault([
        [*quiet, "update"],
        [*quiet, "install", "--yes", "--no-install-recommends", *_DEBIAN_PACKAGES],
    ])  # fmt: skip


def _first_fault(commands: Sequence[Sequence[str]]) -> str:
    """Run one after the other; what the first that fails said last, or nothing."""
    for command in commands:
        try:
            told = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            )
        except OSError as error:
            return str(error)
        if told.returncode:
            lines = told.stderr.strip().splitlines() or [f"{command[0]} failed"]
            return lines[-1]
    return ""
