"""Tables of a test: every one of the product's, in moto, under names of the test's own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared.aws.dynamodb.database import Database
from shared.runtime.tables import TABLES, Index, Key, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def create_tables(database: Database, prefix: str) -> dict[str, str]:
    """The tables' names, by the name each has in `tables`."""
    return {table.name: _create(database.client, table, f"{prefix}-{table.name}") for table in TABLES}


def _create(client: "DynamoDBClient", table: Table, name: str) -> str:
    keys = {table.hash, table.range, *(key for index in table.indexes for key in (index.hash, index.range))}
    options: dict[str, Any] = {}
    if table.indexes:
        options["GlobalSecondaryIndexes"] = [_index(index) for index in table.indexes]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=_schema(table.hash, table.range),
        AttributeDefinitions=[{"AttributeName": key.name, "AttributeType": key.kind.value} for key in keys if key],
        **options,
    )
    return name


def _index(index: Index) -> dict[str, Any]:
    return {
        "IndexName": index.name,
        "KeySchema": _schema(index.hash, index.range),
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


def _schema(hash_key: Key, range_key: Key | None) -> Sequence[Any]:
    schema = [{"AttributeName": hash_key.name, "KeyType": "HASH"}]
    return schema if range_key is None else [*schema, {"AttributeName": range_key.name, "KeyType": "RANGE"}]
