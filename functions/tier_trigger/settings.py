"""The environment of the function that decides accounts' tiers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What deciding reads and writes."""

    stage: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    config_table: str
    alerts_table: str
    runs_table: str
    decide_queue_url: str
    config_max_age_seconds: int
