"""The environment of the function that pulls what changed at a source, on a schedule or when asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What the scheduled sync reads, writes and asks."""

    stage: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    config_table: str
    runs_table: str
    syncs_queue_url: str
    secrets_prefix: str
    user_pool_id: str
    config_max_age_seconds: int
    loopback_vendors: bool
    """Whether a vendor's address may be http on loopback: on a developer's machine only."""
