"""The environment of the function that takes signed webhooks and queues them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Where verified webhooks go."""

    stage: str
    hints_queue_url: str
    secrets_prefix: str
