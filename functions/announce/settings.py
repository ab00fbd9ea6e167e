"""The environment of the function that publishes tier changes to the bus."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Where tier changes are published."""

    stage: str
    bus_name: str
