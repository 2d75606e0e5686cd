"""The same case gives the same plan, byte for byte: again, and in another process."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.planning.answers import HARMLESS, Sketch, case_of
from tests.planning.strategies import case_file, told_in_full

from cicatrix.exchange.case_file import read_case
from cicatrix.exchange.plan_json import plan_text
from cicatrix.knowledge import load_knowledge
from cicatrix.records import Case
from cicatrix.visit import first_visit

#: Findings, and answers other than harmless: courses of many and of few treatments, and none.
PATIENTS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "pits": (("rolling", "boxcar", "ice_pick"), {}),
    "colours": (("erythema", "hyperpigmentation", "rolling"), {"fitzpatrick": "V"}),
    "raised": (("keloid", "hypertrophic"), {"keloid_history": "yes"}),
    "acne": (("mixed", "ice_pick"), {"acne_severity": "moderate", "sex": "female"}),
    "gaps": (("rolling",), {"fitzpatrick": None, "recent_tan": None, "sex": None}),
    "nothing": ((), {}),
}

DIGESTS = """
import hashlib, sys
from pathlib import Path
from typing import Any
from cicatrix.exchange.case_file import read_case
from cicatrix.exchange.plan_json import plan_text
from cicatrix.knowledge import load_knowledge
from cicatrix.visit import first_visit
knowledge = load_knowledge()
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    plan = first_visit(read_case(path), knowledge=knowledge)
    print(path.stem, hashlib.sha256(plan_text(plan, knowledge=knowledge).encode()).hexdigest())
"""


def digest(case: Case) -> str:
    knowledge = load_knowledge()
    plan = first_visit(case, knowledge=knowledge)
    return hashlib.sha256(plan_text(plan, knowledge=knowledge).encode()).hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The patients as case files."""
    made = tmp_path_factory.mktemp("cases")
    for name, (kinds, answers) in PATIENTS.items():
        findings = tuple({**told_in_full(kind), "type": kind} for kind in kinds)
        case = case_of(Sketch(answers={**HARMLESS, **answers}, findings=findings, earlier=()))
        (made / f"{name}.json").write_text(json.dumps(case_file(case)), encoding="utf-8")
    return made


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_case_file_tells_the_case(patient: str, folder: Path) -> None:
    kinds, answers = PATIENTS[patient]
    findings = tuple({**told_in_full(kind), "type": kind} for kind in kinds)
    case = case_of(Sketch(answers={**HARMLESS, **answers}, findings=findings, earlier=()))
    read = read_case(folder / f"{patient}.json")
    assert dict(read.intake.facts) == dict(case.intake.facts)
    assert [f.target for f in read.findings] == [f.target for f in case.findings]
    assert [dict(f.known) for f in read.findings] == [dict(f.known) for f in case.findings]


@pytest.mark.parametrize("patient", PATIENTS)
def test_twice_in_one_process(patient: str, folder: Path) -> None:
    case = read_case(folder / f"{patient}.json")
    again = dataclasses.replace(case, intake=dataclasses.replace(case.intake))
    assert digest(case) == digest(again)


def test_in_processes_that_hash_differently(folder: Path) -> None:
    here = {path.stem: digest(read_case(path)) for path in sorted(folder.glob("*.json"))}
    assert here.keys() == PATIENTS.keys()
    for seed in ("1", "4242"):
        told = subprocess.run(
            [sys.executable, "-c", DIGESTS, str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        assert dict(line.split() for line in told.splitlines()) == here
