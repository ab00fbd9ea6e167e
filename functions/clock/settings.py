"""The environment of the function that wakes what is due, every minute."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be due, and who is told."""

    stage: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    config_table: str
    alerts_table: str
    runs_table: str
    decide_queue_url: str
    notify_queue_url: str
    config_max_age_seconds: int
    begins_paused: bool
    """Whether mail is paused as long as nobody has saved pauses."""
