"""The environment of the function that publishes tier changes to the bus."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Where tier changes are published, and where a row is read again that failed."""

    stage: str
    bus_name: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    announce_queue_url: str
