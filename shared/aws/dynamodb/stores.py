"""The stores as functions wire them: from whatever settings name the tables."""

from datetime import timedelta
from typing import Protocol

from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.dynamodb.runs import DynamoWatermarks
from shared.configuration.reader import PublishedReader


class AccountTables(Protocol):
    @property
    def accounts_table(self) -> str: ...
    @property
    def links_table(self) -> str: ...
    @property
    def history_table(self) -> str: ...
    @property
    def audit_table(self) -> str: ...


class DocumentTables(Protocol):
    @property
    def config_table(self) -> str: ...
    @property
    def audit_table(self) -> str: ...


class Reading(DocumentTables, Protocol):
    @property
    def config_max_age_seconds(self) -> int: ...


def accounts(database: Database, tables: AccountTables) -> DynamoAccounts:
    return DynamoAccounts(
        database,
        accounts=tables.accounts_table,
        links=tables.links_table,
        history=tables.history_table,
        audit=tables.audit_table,
    )


def documents(database: Database, tables: DocumentTables) -> DynamoDocuments:
    return DynamoDocuments(database, config=tables.config_table, audit=tables.audit_table)


class Deciding(Reading, Protocol):
    @property
    def runs_table(self) -> str: ...


def published(database: Database, settings: Reading, *, begins_paused: bool = False) -> PublishedReader:
    """Whoever heeds pauses of mail or of writeback has to say whether the deployment begins with them."""
    max_age = timedelta(seconds=settings.config_max_age_seconds)
    return PublishedReader(documents(database, settings), max_age, begins_paused)


def deciding(database: Database, settings: Deciding) -> PublishedReader:
    """What is published, with how fresh each source's data are: for whoever decides tiers."""
    reader = published(database, settings)
    reader.synced = DynamoWatermarks(database, runs=settings.runs_table)
    return reader
