"""How much is measured: everything for the docs page, or a quick look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The sizes of one run. All cases come from ``seed``."""

    name: str
    seed: int
    #: Deciding: so many answered and so many gappy cases in each of the rounds, after the rule
    #: book met so many others.
    decided_cases: int
    rounds: int
    met_cases: int
    #: clingo one case at a time is slow; it gets only so many of each kind.
    clingo_single_cases: int
    #: Whole plans, half of them answered and half gappy.
    planned_cases: int
    #: The naive model: so many cases as they come, and as many open ones for each finding count.
    raced_cases: int
    raced_findings: tuple[int, ...]
    #: And open ones of five findings with so many weeks to be done in.
    raced_deadlines_weeks: tuple[int, ...]
    race_limit_seconds: float
    #: Growth: the points on each axis, and the cases behind each point.
    horizons_weeks: tuple[int, ...]
    finding_counts: tuple[int, ...]
    offer_counts: tuple[int, ...]
    growth_cases: int
    #: Commands: the median of so many runs; fewer where report and handouts are written too.
    command_runs: int
    paper_runs: int
    #: Height maps: so many rounds of the race at this side, and the sizes they grow to, in
    #: million samples.
    map_rounds: int
    map_side: int
    map_megapixels: tuple[float, ...]
    #: Meshes: so many rounds each, with so many corners along either side.
    mesh_rounds: int
    mesh_side: int


FULL = Settings(
    name="full",
    seed=20261124,
    decided_cases=300,
    rounds=5,
    met_cases=2000,
    clingo_single_cases=20,
    planned_cases=500,
    raced_cases=16,
    raced_findings=(2, 5, 10),
    raced_deadlines_weeks=(12, 16, 26),
    race_limit_seconds=20.0,
    horizons_weeks=(26, 39, 52, 65, 78, 91, 104),
    finding_counts=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    offer_counts=(4, 10, 16, 22, 28, 34, 40, 46),
    growth_cases=8,
    command_runs=5,
    paper_runs=1,
    map_rounds=3,
    map_side=1000,
    map_megapixels=(1, 2, 4, 8, 16),
    mesh_rounds=3,
    mesh_side=1000,
)
QUICK = Settings(
    name="quick",
    seed=20261124,
    decided_cases=60,
    rounds=2,
    met_cases=60,
    clingo_single_cases=3,
    planned_cases=60,
    raced_cases=4,
    raced_findings=(5,),
    raced_deadlines_weeks=(16,),
    race_limit_seconds=5.0,
    horizons_weeks=(26, 65, 104),
    finding_counts=(1, 5, 10),
    offer_counts=(4, 25, 46),
    growth_cases=2,
    command_runs=1,
    paper_runs=0,
    map_rounds=1,
    map_side=1000,
    map_megapixels=(1, 2),
    mesh_rounds=1,
    mesh_side=1000,
)
