"""Reading many items whole: by their keys, by a query, by a scan; page after page, as raw items."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import batched
from typing import Any

from shared.accounts.encoding import micros
from shared.aws.dynamodb.database import Database
from shared.runtime.failures import Retryable
from shared.runtime.tables import BY_DUE, SHARDS

type Item = dict[str, Any]
"""A raw item: `{"id": {"S": "acme"}}`."""

MAX_KEYS = 100
MAX_ROUNDS = 8
"""An answer is cut at 16 MB, or where DynamoDB throttles; what is left is asked for again."""


def get(
    database: Database, table: str, keys: Iterable[Mapping[str, Any]], *, consistent: bool = True
) -> Iterator[Item]:
    """The items of those raw keys that exist, in no order; raises Retryable."""
    for batch in batched(keys, MAX_KEYS, strict=False):
        left: list[Any] = [*batch]
        for _ in range(MAX_ROUNDS):
            with database.calling(f"read items of {table}"):
                answer = database.client.batch_get_item(
                    RequestItems={table: {"Keys": left, "ConsistentRead": consistent}}
                )
            yield from answer["Responses"].get(table, [])
            unread = answer.get("UnprocessedKeys", {})
            left = [*unread[table]["Keys"]] if table in unread else []
            if not left:
                break
        else:
            raise Retryable(f"read items of {table}: {len(left)} were not read in {MAX_ROUNDS} calls")


def query(database: Database, table: str, **request: Any) -> Iterator[Item]:
    """The items of a query, each page asked for when its first item is taken; raises Retryable."""
    for answer in _answers(database, "query", table, request):
        yield from answer["Items"]


def count(database: Database, table: str, *, at_most: int, **request: Any) -> int:
    """How many items a query finds, counted up to `at_most`; raises Retryable."""
    counted = 0
    for answer in _answers(database, "query", table, {**request, "Select": "COUNT"}):
        counted += answer["Count"]
        if counted >= at_most:
            return at_most
    return counted


def count_all(database: Database, table: str, *, at_most: int) -> int:
    """How many items a table has, counted up to `at_most`; raises Retryable."""
    counted = 0
    for answer in _answers(database, "scan", table, {"Select": "COUNT", "Limit": at_most}):
        counted += answer["Count"]
        if counted >= at_most:
            return at_most
    return counted


def scan(database: Database, table: str, **request: Any) -> Iterator[Item]:
    """As `query`, in no order."""
    for answer in _answers(database, "scan", table, request):
        yield from answer["Items"]


def due(database: Database, table: str, after: datetime, until: datetime) -> Iterator[Item]:
    """The keys of the table's items whose `due_at` lies in (after, until], shard by shard."""
    if after >= until:
        return
    for shard in range(SHARDS):
        yield from query(
            database,
            table,
            IndexName=BY_DUE.name,
            KeyConditionExpression="due_shard = :shard AND due_at BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":shard": {"S": str(shard)},
                ":first": {"N": str(micros(after) + 1)},
                ":last": {"N": str(micros(until))},
            },
        )


def _answers(database: Database, operation: str, table: str, request: dict[str, Any]) -> Iterator[Any]:
    start: dict[str, Any] = {}
    while True:
        with database.calling(f"{operation} {table}"):
            answer = getattr(database.client, operation)(TableName=table, **{**request, **start})
        yield answer
        if "LastEvaluatedKey" not in answer:
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
