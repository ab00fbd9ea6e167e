"""What holds for every suite."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "anywhere",
    deadline=None,  # machines differ: a slow one is no failure
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("anywhere")
