"""cicatrix: assess acne scars, plan their treatment with sources, follow what really changed.

This is the front door. Each name below opens its room when it is first asked for, so that
``import cicatrix`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cicatrix.errors import CicatrixError
    from cicatrix.exchange.case_file import read_case
    from cicatrix.exchange.plan_json import plan_json
    from cicatrix.knowledge import load_knowledge
    from cicatrix.records import Case, Plan
    from cicatrix.reporting import write_handout, write_report
    from cicatrix.visit import first_visit
    from cicatrix.vocabulary import Verdict

__version__ = "0.1.0"

__all__ = [
    "Case",
    "CicatrixError",
    "Plan",
    "Verdict",
    "__version__",
    "first_visit",
    "load_knowledge",
    "plan_json",
    "read_case",
    "write_handout",
    "write_report",
]

_ROOMS = {
    "Case": "cicatrix.records",
    "CicatrixError": "cicatrix.errors",
    "Plan": "cicatrix.records",
    "Verdict": "cicatrix.vocabulary",
    "first_visit": "cicatrix.visit",
    "load_knowledge": "cicatrix.knowledge",
    "plan_json": "cicatrix.exchange.plan_json",
    "read_case": "cicatrix.exchange.case_file",
    "write_handout": "cicatrix.reporting",
    "write_report": "cicatrix.reporting",
}


def __getattr__(name: str) -> Any:
    """Fetch a name of the front door from the room it lives in."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'cicatrix' has no attribute '{name}'")
    found = getattr(importlib.import_module(_ROOMS[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The names of the front door, for help() and completion."""
    return sorted(__all__)
