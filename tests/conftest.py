"""What all rooms' tests share: the shipped pages, and a hypothesis that repeats itself."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from cicatrix.knowledge import Knowledge, load_knowledge

# The same examples on every machine and on every run: a failure can be looked at again. No
# deadline, because a shared machine may be slow at any time.
settings.register_profile(
    "house",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """All shipped pages, sound or the test fails here."""
    return load_knowledge()
