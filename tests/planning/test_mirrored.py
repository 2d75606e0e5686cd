"""Left and right are names."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from tests.planning.strategies import cases

from cicatrix.knowledge import load_knowledge
from cicatrix.records import Case, Target
from cicatrix.visit import first_visit

MIRROR = {"left": "right", "right": "left"}


def mirrored(target: Target) -> Target:
    return dataclasses.replace(target, side=MIRROR.get(target.side, target.side))


@settings(max_examples=60)
@given(cases())
def test_a_mirrored_patient_gets_the_mirrored_plan(case: Case) -> None:
    """Left and right are names; no page reads them, so they change places and nothing else."""
    findings = tuple(dataclasses.replace(f, side=MIRROR.get(f.side, f.side)) for f in case.findings)
    other = dataclasses.replace(case, findings=findings, name="somebody else")
    one, two = (first_visit(c, knowledge=load_knowledge()) for c in (case, other))
    for mine, theirs in zip(one.decisions, two.decisions, strict=True):
        assert mine.verdict is theirs.verdict
        assert list(map(mirrored, mine.targets)) == list(theirs.targets)
    for course, twin in zip(one.courses, two.courses, strict=True):
        assert [(s.week, s.treatment, tuple(map(mirrored, s.targets))) for s in course.steps] == [
            (s.week, s.treatment, s.targets) for s in twin.steps
        ]
