"""Lists of accounts on DynamoDB: the shards of an index one after the other, or a bounded scan."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from shared.accounts import cursor as cursors
from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.listing import AccountFilter, BadCursor, Page
from shared.accounts.standing import TierChange
from shared.aws.dynamodb import bulk
from shared.aws.dynamodb.account_rows import account_of, sharded, tier_change_of
from shared.aws.dynamodb.database import Database, is_key
from shared.runtime.tables import BY_OWNER, BY_TIER, SHARDS, Index

MAX_EXAMINED = 1_000
"""Accounts that one page looks at: a filter without an index may find none of them."""
CHUNK = 100
SURELY_COUNTED = 1_000
"""DynamoDB counts a table's items every six hours: up to here they are counted by a scan instead."""
LAST = 10**15
"""Above any version of a history."""

type Placed = tuple[str, Account | None]
"""A cursor, and the account that stands before the place it marks."""


class DynamoAccountLists:
    """AccountLists."""

    def __init__(self, database: Database, *, accounts: str, history: str) -> None:
        self._database = database
        self._accounts_table = accounts
        self._history_table = history

    def _read(self, account_ids: Iterable[AccountId], *, consistent: bool) -> dict[AccountId, Account]:
        keys = [{"id": {"S": key}} for key in dict.fromkeys(account_ids) if is_key(key)]
        items = bulk.get(self._database, self._accounts_table, keys, consistent=consistent)
        return {account.id: account for account in map(account_of, items)}

    def page(self, where: AccountFilter, *, limit: int, cursor: str | None) -> Page[Account]:
        chunk = CHUNK if where.stage or where.text else min(limit, CHUNK)
        items: list[Account] = []
        for examined, (place, account) in enumerate(self._walk(where, cursor, chunk), 1):
            if account and where.matches(account):
                items.append(account)
            if len(items) == limit or examined == MAX_EXAMINED:
                return Page(tuple(items), place)
        return Page(tuple(items))

    def _walk(self, where: AccountFilter, cursor: str | None, chunk: int) -> Iterator[Placed]:
        if where.tier is not None:
            return self._walk_index(BY_TIER, where.tier, cursor, chunk)
        if where.owner is not None:
            return self._walk_index(BY_OWNER, where.owner, cursor, chunk)
        return self._walk_table(cursor, chunk)

    def _walk_index(self, index: Index, value: str, cursor: str | None, chunk: int) -> Iterator[Placed]:
        shard, after = cursors.read(cursor, index.name, 2) if cursor else ("0", None)
        first = cursors.number(shard)
        if first >= SHARDS:
            raise BadCursor(f"the cursor names part {first} of {SHARDS}")
        for number in range(first, SHARDS):
            found = self._keys(index, sharded(value, number), after if number == first else None, chunk)
            for keys in batched(found, chunk, strict=False):
                accounts = self._read(keys, consistent=False)
                yield from ((cursors.write(index.name, str(number), key), accounts.get(key)) for key in keys)

    def _keys(self, index: Index, shard: str, after: str | None, chunk: int) -> Iterator[AccountId]:
        name = index.hash.name
        start = {} if after is None else {"ExclusiveStartKey": {name: {"S": shard}, "id": {"S": after}}}
        items = bulk.query(
            self._database,
            self._accounts_table,
            IndexName=index.name,
            KeyConditionExpression=f"{name} = :shard",
            ExpressionAttributeValues={":shard": {"S": shard}},
            Limit=chunk,
            **start,
        )
        return (AccountId(item["id"]["S"]) for item in items)

    def _walk_table(self, cursor: str | None, chunk: int) -> Iterator[Placed]:
        start = _start(cursor, "accounts")
        for item in bulk.scan(self._database, self._accounts_table, Limit=chunk, **start):
            account = account_of(item)
            yield cursors.write("accounts", account.id), account

    def history_page(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[TierChange]:
        before = cursors.number(cursors.read(cursor, "history", 1)[0]) if cursor else LAST
        rows: list[TierChange] = []
        for row in self._rows(account_id, 1, before - 1, ScanIndexForward=False, Limit=limit + 1):
            if len(rows) == limit:
                return Page(tuple(rows), cursors.write("history", str(rows[-1].version)))
            rows.append(row)
        return Page(tuple(rows))

    def _rows(self, account_id: AccountId, first: int, last: int, **order: Any) -> Iterator[TierChange]:
        """Tier history from version `first` to `last`; strongly consistent."""
        if not is_key(account_id) or first > last:
            return iter(())
        items = bulk.query(
            self._database,
            self._history_table,
            KeyConditionExpression="account_id = :account AND version BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":account": {"S": account_id},
                ":first": {"N": str(first)},
                ":last": {"N": str(last)},
            },
            ConsistentRead=True,
            **order,
        )
        return map(tier_change_of, items)

    def due(self, *, after: datetime, until: datetime) -> Sequence[AccountId]:
        return [AccountId(item["id"]["S"]) for item in bulk.due(self._database, self._accounts_table, after, until)]

    def ids(self, *, segment: int, segments: int, start: str | None, limit: int) -> Page[AccountId]:
        with self._database.calling(f"scan {self._accounts_table}"):
            answer = self._database.client.scan(
                TableName=self._accounts_table,
                ProjectionExpression="id",
                Segment=segment,
                TotalSegments=segments,
                Limit=limit,
                **_start(start, "ids"),
            )
        last = answer.get("LastEvaluatedKey")
        keys = tuple(AccountId(str(item["id"]["S"])) for item in answer["Items"])
        return Page(keys, cursors.write("ids", str(last["id"]["S"])) if last else None)

    def number(self) -> int:
        with self._database.calling("count the accounts"):
            table = self._database.client.describe_table(TableName=self._accounts_table)["Table"]
        if (known := table.get("ItemCount", 0)) >= SURELY_COUNTED:
            return known
        return bulk.count_all(self._database, self._accounts_table, at_most=SURELY_COUNTED)

    def in_tier(self, tier: TierId, *, at_most: int) -> int:
        counted = 0
        for shard in range(SHARDS):
            counted += bulk.count(
                self._database,
                self._accounts_table,
                at_most=at_most - counted,
                IndexName=BY_TIER.name,
                KeyConditionExpression="tier_shard = :shard",
                ExpressionAttributeValues={":shard": {"S": sharded(tier, shard)}},
            )
            if counted >= at_most:
                break
        return counted


def _start(cursor: str | None, of: str) -> dict[str, Any]:
    return {"ExclusiveStartKey": {"id": {"S": cursors.read(cursor, of, 1)[0]}}} if cursor else {}
