"""What holds for all tests: how hard the laws are tried."""

from hypothesis import HealthCheck, settings

# Derandomized, so that a red run is red again on the next machine; no deadlines, because a
# busy machine is no defect. `--hypothesis-profile=search` looks for new exceptions.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=100)
settings.register_profile(
    "search",
    deadline=None,
    max_examples=2000,
    suppress_health_check=[HealthCheck.too_slow],
)
