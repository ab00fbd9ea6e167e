"""The Config table in memory: documents by kind and id, each change on condition of the version read."""

from collections.abc import Sequence
from datetime import datetime

from shared.access.audit import AuditEntry
from shared.configuration.document_text import check_each_once, read, written
from shared.configuration.documents import Document, DocumentChange, Kind, StaleDocument


class MemoryDocuments:
    """DocumentStore."""

    def __init__(self) -> None:
        self.documents: dict[tuple[Kind, str], Document] = {}
        self.audit: list[AuditEntry] = []

    def get(self, kind: Kind, document_id: str) -> Document | None:
        return self.documents.get((kind, document_id))

    def all(self, kind: Kind) -> Sequence[Document]:
        return [self.documents[key] for key in sorted(self.documents) if key[0] is kind]

    def commit(self, changes: Sequence[DocumentChange], *, at: datetime, by: str, audit: Sequence[AuditEntry]) -> None:
        check_each_once(changes)
        texts = [None if change.body is None else written(change.id, change.body) for change in changes]
        for change in changes:
            known = self.get(change.kind, change.id)
            if (known.version if known else 0) != change.expected:
                raise StaleDocument(f"{change.kind}/{change.id} was changed since version {change.expected} was read")
        for change, text in zip(changes, texts, strict=True):
            key = (change.kind, change.id)
            if text is None:
                self.documents.pop(key, None)
            else:
                self.documents[key] = Document(*key, change.expected + 1, read(text), at, by)
        self.audit.extend(audit)
