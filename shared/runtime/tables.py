"""The tables' shapes: what the templates create, what the stores bind to, what the contract tests build."""

from dataclasses import dataclass
from enum import StrEnum

SHARDS = 8
"""Parts that each index by tier, owner or due time is spread over: one part takes 1,000 writes a second."""


class Kind(StrEnum):
    """Of a key, as DynamoDB names them."""

    TEXT = "S"
    NUMBER = "N"


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index that holds keys only; items without its keys are not in it."""

    name: str
    hash: Key
    range: Key


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is paid by the request."""

    name: str
    """Of the setting that names it, without `_table`: `accounts` for `accounts_table`."""
    hash: Key
    range: Key | None = None
    indexes: tuple[Index, ...] = ()
    stream: bool = False
    """Whether its changes are streamed, each with the item as it became (NEW_IMAGE)."""
    time_to_live: str | None = None
    """The attribute (seconds since 1970) after which an item may go."""


BY_TIER = Index("by_tier", Key("tier_shard"), Key("id"))
BY_OWNER = Index("by_owner", Key("owner_shard"), Key("id"))
BY_DUE = Index("by_due", Key("due_shard"), Key("due_at", Kind.NUMBER))
"""Of accounts and of notices; `due_at` is in microseconds since 1970."""
BY_ACCOUNT = Index("by_account", Key("account_id"), Key("raised"))
BY_RECIPIENT = Index("by_recipient", Key("held_for"), Key("due_at", Kind.NUMBER))
BY_CREATION = Index("by_creation", Key("pk"), Key("created"))

ACCOUNTS = Table("accounts", Key("id"), indexes=(BY_TIER, BY_OWNER, BY_DUE), stream=True)
LINKS = Table("links", Key("record"))
HISTORY = Table("history", Key("account_id"), Key("version", Kind.NUMBER), stream=True)
AUDIT = Table("audit", Key("day"), Key("entry"), time_to_live="expires_at")
CONFIG = Table("config", Key("kind"), Key("id"))
ALERTS = Table("alerts", Key("pk"), indexes=(BY_ACCOUNT, BY_RECIPIENT, BY_DUE), stream=True, time_to_live="expires_at")
"""Alerts, notices, and for each account how far its history was evaluated, for each recipient its window."""
RUNS = Table("runs", Key("pk"), Key("sk"), indexes=(BY_CREATION,), time_to_live="expires_at")
"""Runs, what was noted of sources, and how far the clock came."""
MARKERS = Table("markers", Key("id"), time_to_live="expiration")
"""Idempotency keys, in the layout of Powertools' idempotency layer."""

TABLES: tuple[Table, ...] = (ACCOUNTS, LINKS, HISTORY, AUDIT, CONFIG, ALERTS, RUNS, MARKERS)
