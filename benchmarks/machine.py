"""Where and with what was measured."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from cicatrix import __version__
from cicatrix.knowledge import Knowledge

_PACKAGES = ("ortools", "pydantic", "zen-engine", "clingo")
_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The machine, the versions and the day; ``load`` is how many others wanted a core."""

    date: str
    processor: str
    cores: int
    system: str
    versions: str
    load: float


def this_machine(knowledge: Knowledge) -> Machine:
    """What stands here now."""
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    return Machine(
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        processor=_processor(),
        cores=os.cpu_count() or 0,
        system=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        versions=f"cicatrix {__version__}, knowledge {knowledge.version}, {packages}",
        load=os.getloadavg()[0],
    )


def _processor() -> str:
    if _CPU_INFO.exists():
        for line in _CPU_INFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
