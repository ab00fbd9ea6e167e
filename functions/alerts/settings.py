"""The environment of the function that raises alerts on tier changes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What alert rules read, and where alerts are kept."""

    stage: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    config_table: str
    alerts_table: str
    evaluate_alerts_queue_url: str
    user_pool_id: str
    config_max_age_seconds: int
