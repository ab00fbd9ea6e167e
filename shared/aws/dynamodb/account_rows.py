"""Items of Accounts, AccountLinks and TierHistory: from the core's values and back."""

from binascii import crc32
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.models import Model

from shared.accounts import exact_json
from shared.accounts.account import Account
from shared.accounts.encoding import decoded, encoded, micros, moment
from shared.accounts.identity import AccountId, RecordKey
from shared.accounts.standing import Cause, Method, TierChange
from shared.accounts.store import Link
from shared.aws.dynamodb.database import WholeNumber, plain
from shared.runtime.tables import SHARDS

MAX_SHARDED = 256


class AccountItem(Model):
    """The row of `encoding`, and beside it what the stream filters on and what the indexes need."""

    id = UnicodeAttribute(hash_key=True)
    version = WholeNumber()
    cause = UnicodeAttribute()
    schema = WholeNumber()
    created_at = WholeNumber()
    records = UnicodeAttribute(null=True)
    differing = UnicodeAttribute(null=True)
    values = UnicodeAttribute(null=True)
    histories = UnicodeAttribute(null=True)
    past = UnicodeAttribute(null=True)
    yearly = WholeNumber(null=True)
    standing = UnicodeAttribute(null=True)
    override = UnicodeAttribute(null=True)
    request = UnicodeAttribute(null=True)
    edits = WholeNumber(null=True)
    due_at = WholeNumber(null=True)
    merged_into = UnicodeAttribute(null=True)
    tier_shard = UnicodeAttribute(null=True)
    owner_shard = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)


class LinkItem(Model):
    record = UnicodeAttribute(hash_key=True)
    account_id = UnicodeAttribute()
    stated = BooleanAttribute()


class HistoryItem(Model):
    account_id = UnicodeAttribute(hash_key=True)
    version = WholeNumber(range_key=True)
    schema = WholeNumber()
    at = WholeNumber()
    before = UnicodeAttribute(null=True)
    after = UnicodeAttribute(null=True)
    method = UnicodeAttribute(null=True)
    rule = UnicodeAttribute(null=True)
    policy_version = WholeNumber(null=True)
    cause = UnicodeAttribute()
    why = UnicodeAttribute()
    decision = UnicodeAttribute()


def shard_of(key: str) -> int:
    """Which part of an index an item is in, by its key: the same at every write."""
    return crc32(key.encode()) % SHARDS


def sharded(value: str, shard: int) -> str:
    """An index's hash key: `tier-1#3`. A value that is no tier's or user's but a long text is named by its digest."""
    name = value if len(value) <= MAX_SHARDED else f"sha256:{sha256(value.encode()).hexdigest()}"
    return f"{name}#{shard}"


def account_attributes(account: Account, cause: Cause) -> dict[str, Any]:
    """The whole item. An archived account leaves the indexes by tier and owner."""
    row: dict[str, Any] = {**encoded(account), "cause": cause.value}
    shard = shard_of(account.id)
    if account.standing.tier is not None and not account.archived:
        row["tier_shard"] = sharded(account.standing.tier, shard)
    if account.owner is not None and not account.archived:
        row["owner_shard"] = sharded(account.owner, shard)
    if account.due_at is not None:
        row["due_shard"] = str(shard)
    return row


def account_of(item: Mapping[str, Any]) -> Account:
    """The account of a raw item: an answer's, or a stream record's NewImage.

    23 µs for one of 0.9 KB with two records, against 32 by way of the model (one core, best of five runs).
    """
    return decoded(plain(item))


def link_of(item: Mapping[str, Any]) -> Link:
    """The link of a raw item."""
    account_id = AccountId(item["account_id"]["S"])
    return Link(RecordKey.parse(item["record"]["S"]), account_id, item["stated"]["BOOL"])


def history_attributes(row: TierChange) -> dict[str, Any]:
    return {
        "account_id": row.account_id,
        "version": row.version,
        "schema": 1,
        "at": micros(row.at),
        "before": row.before,
        "after": row.after,
        "method": row.method and row.method.value,
        "rule": row.rule,
        "policy_version": row.policy_version,
        "cause": row.cause,
        "why": row.why,
        "decision": exact_json.write(row.decision),
    }


def tier_change_of(item: Mapping[str, Any]) -> TierChange:
    """The row of a raw item of TierHistory: an answer's, or a stream record's NewImage."""
    row = plain(item)
    method = row.get("method")
    return TierChange(
        account_id=row["account_id"],
        version=row["version"],
        before=row.get("before"),
        after=row.get("after"),
        at=moment(row["at"]),
        method=None if method is None else Method(method),
        rule=row.get("rule"),
        policy_version=row.get("policy_version"),
        cause=row["cause"],
        why=row["why"],
        decision=exact_json.read(row["decision"]),
    )
