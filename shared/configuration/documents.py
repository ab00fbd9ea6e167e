"""Versioned documents and the port to their store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.access.audit import AuditEntry


class Kind(StrEnum):
    """Partitions of the Config table. PUBLISHED holds what is in force (`settings`, `fields`, `tiers`, `policy`,
    `alert_rules`, `source:recurly`, `pauses`, `breaker`), small enough to be read by one query; POLICY every policy
    published, by version; BREAKER what the breaker has let through.
    """

    PUBLISHED = "published"
    DRAFT = "draft"
    POLICY = "policy"
    EXAMPLES = "examples"
    BREAKER = "breaker"


class StaleDocument(Exception):
    """The document was changed since it was read."""


@dataclass(frozen=True, slots=True)
class Document:
    kind: Kind
    id: str
    version: int
    """1 at first; its ETag."""
    body: Mapping[str, object]
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A new body for a document, or its end, on condition of the version read (0: it does not exist)."""

    kind: Kind
    id: str
    expected: int
    body: Mapping[str, object] | None
    """None deletes it."""


def policy_id(version: int) -> str:
    """Of a policy that was published; ids sort as versions do."""
    return f"{version:06d}"


class DocumentTooLarge(ValueError):
    """The document exceeds 256 KB."""


class DocumentStore(Protocol):
    def get(self, kind: Kind, document_id: str) -> Document | None:
        """Strongly consistent."""
        ...

    def all(self, kind: Kind) -> Sequence[Document]:
        """Every document of the kind, by id; strongly consistent."""
        ...

    def commit(self, changes: Sequence[DocumentChange], *, at: datetime, by: str, audit: Sequence[AuditEntry]) -> None:
        """All changes and audit entries in one transaction; raises StaleDocument, DocumentTooLarge.

        One document that comes without an audit entry may have been written where StaleDocument is raised: the answer
        to it was lost, and it was asked for again.
        """
        ...
