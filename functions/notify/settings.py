"""The environment of the function that sends notices as mails and to the topic."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What notices read, and how they go out."""

    stage: str
    accounts_table: str
    links_table: str
    history_table: str
    audit_table: str
    config_table: str
    alerts_table: str
    notify_queue_url: str
    topic_arn: str
    sender: str
    """The verified address that mails come from."""
    configuration_set: str
    public_url: str
    """The deployment's own address, without a slash at its end: links lead there."""
    secrets_prefix: str
    user_pool_id: str
    config_max_age_seconds: int
    begins_paused: bool
    """Whether mail is paused as long as nobody has saved pauses."""
