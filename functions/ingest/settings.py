"""The environment of the function that fetches what a webhook hints at and merges it into its account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What ingest reads, writes and asks."""

    stage: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    config_table: str
    runs_table: str
    hints_queue_url: str
    secrets_prefix: str
    user_pool_id: str
    config_max_age_seconds: int
    loopback_vendors: bool
    """Whether a vendor's address may be http on loopback: on a developer's machine only."""
