"""The environment of the function that serves people and programs over HTTP."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What the HTTP surface reads and writes."""

    stage: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    config_table: str
    alerts_table: str
    runs_table: str
    markers_table: str
    decide_queue_url: str
    syncs_queue_url: str
    public_url: str
    """The deployment's own address, without a slash at its end."""
    secrets_prefix: str
    user_pool_id: str
    config_max_age_seconds: int
    loopback_vendors: bool
    begins_paused: bool
    """Whether mail and writeback are paused as long as nobody has saved pauses."""
