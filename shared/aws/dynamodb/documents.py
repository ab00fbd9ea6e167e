"""The Config table on DynamoDB: documents by kind and id, their changes and audit entries in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from shared.access.audit import AuditEntry
from shared.accounts.encoding import micros, moment
from shared.aws.dynamodb import bulk
from shared.aws.dynamodb.audit_rows import AuditItem, audit_attributes
from shared.aws.dynamodb.database import ConditionFailed, Database, WholeNumber, is_key, plain
from shared.configuration.document_text import check_each_once, read, written
from shared.configuration.documents import Document, DocumentChange, Kind, StaleDocument


class DocumentItem(Model):
    kind = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    schema = WholeNumber()
    version = WholeNumber()
    body = UnicodeAttribute()
    changed_at = WholeNumber()
    changed_by = UnicodeAttribute()


class DynamoDocuments:
    """DocumentStore; every method raises Retryable and Permanent besides what its port says."""

    def __init__(self, database: Database, *, config: str, audit: str) -> None:
        self._database = database
        self._config_table = config
        self._document = database.bind(DocumentItem, config)
        self._audit = database.bind(AuditItem, audit)

    def get(self, kind: Kind, document_id: str) -> Document | None:
        if not is_key(document_id):
            return None
        with self._database.calling(f"read document {kind}/{document_id}"):
            try:
                found = self._document.get(kind.value, document_id, consistent_read=True)
            except self._document.DoesNotExist:
                return None
        return _document(found.attribute_values)

    def all(self, kind: Kind) -> Sequence[Document]:
        items = bulk.query(
            self._database,
            self._config_table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": kind.value}},
            ConsistentRead=True,
        )
        return [_document(plain(item)) for item in items]

    def commit(self, changes: Sequence[DocumentChange], *, at: datetime, by: str, audit: Sequence[AuditEntry]) -> None:
        check_each_once(changes)
        texts = [None if change.body is None else written(change.id, change.body) for change in changes]
        try:
            if len(changes) == 1 and texts[0] is not None and not audit:
                # A transaction costs its row twice.
                with self._database.calling("write a document"):
                    self._item(changes[0], texts[0], at, by).save(condition=self._unmoved(changes[0]))
                return
            with self._database.transaction("write documents") as transaction:
                for change, text in zip(changes, texts, strict=True):
                    self._write(transaction, change, text, at, by)
                for place, entry in enumerate(audit):
                    transaction.save(self._audit(**audit_attributes(entry, place)))
        except ConditionFailed as error:
            raise StaleDocument("a document was changed since it was read") from error

    def _unmoved(self, change: DocumentChange) -> Condition:
        absent = self._document.kind.does_not_exist()
        return absent if change.expected == 0 else self._document.version == change.expected

    def _item(self, change: DocumentChange, text: str, at: datetime, by: str) -> DocumentItem:
        return self._document(
            kind=change.kind.value,
            id=change.id,
            schema=1,
            version=change.expected + 1,
            body=text,
            changed_at=micros(at),
            changed_by=by,
        )

    def _write(
        self, transaction: TransactWrite, change: DocumentChange, text: str | None, at: datetime, by: str
    ) -> None:
        condition = self._unmoved(change)
        if text is not None:
            transaction.save(self._item(change, text, at, by), condition=condition)
        elif change.expected == 0:
            transaction.condition_check(self._document, change.kind.value, change.id, condition=condition)
        else:
            transaction.delete(self._document(kind=change.kind.value, id=change.id), condition=condition)


def _document(row: dict[str, Any]) -> Document:
    return Document(
        kind=Kind(row["kind"]),
        id=row["id"],
        version=row["version"],
        body=read(row["body"]),
        changed_at=moment(row["changed_at"]),
        changed_by=row["changed_by"],
    )
