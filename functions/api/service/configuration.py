"""Reading and changing the configuration: one change at a time, each checked against everything else in force."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from functions.api.service.consequences import broken, in_the_way
from functions.api.service.edition import Body, Edition
from functions.api.service.refusals import ConfigurationBroken
from functions.api.service.session import Session
from shared.access.audit import AuditEntry
from shared.configuration.breaker import LEDGER
from shared.configuration.documents import Document, DocumentChange, DocumentStore, Kind, policy_id
from shared.configuration.published import Published, parse
from shared.configuration.reader import PublishedReader, SyncTimes
from shared.rules.errors import DocumentRefused

DRAFT = "policy"
"""The draft's id within its kind."""
SERIAL = "serial"
"""A document that every change of what is in force moves too: of two changes that were each checked against what the
other replaces, one is refused by the store and checked again."""


class Configuration:
    def __init__(self, documents: DocumentStore, synced: SyncTimes, *, begins_paused: bool) -> None:
        self._documents = documents
        self._begins_paused = begins_paused
        self._reader = PublishedReader(documents, timedelta(0), begins_paused, synced)

    def read(self) -> Edition:
        """Strongly consistent; raises ConfigurationBroken."""
        documents = {document.id: document for document in self._documents.all(Kind.PUBLISHED)}
        try:
            bodies = {document_id: cast("Body", found.body) for document_id, found in documents.items()}
            published = parse(bodies, begins_paused=self._begins_paused)
        except DocumentRefused as error:
            raise ConfigurationBroken("what is published can't be read") from error
        return Edition(documents, self._documents.get(Kind.DRAFT, DRAFT), published)

    def published(self, now: datetime) -> Published:
        """What is in force, compiled anew only where it moved; raises ConfigurationBroken."""
        try:
            return self._reader.read(now)
        except DocumentRefused as error:
            raise ConfigurationBroken("what is published can't be read") from error

    def check(self, edition: Edition, document_id: str, body: Body) -> None:
        """Raises Conflict where another document would no longer fit."""
        found = broken(edition, {**edition.bodies, document_id: body}, document_id)
        if found:
            raise in_the_way("What this takes away", found)

    def save(
        self,
        edition: Edition,
        document_id: str,
        body: Body,
        session: Session,
        audit: AuditEntry,
        *,
        also: Sequence[DocumentChange] = (),
    ) -> int:
        """Puts a published document's body in the place of the one in `edition`, and returns its version.

        Raises Conflict where another document would no longer fit, StaleDocument, DocumentTooLarge.
        """
        self.check(edition, document_id, body)
        expected = edition.version(document_id)
        changes = [
            DocumentChange(Kind.PUBLISHED, document_id, expected, body),
            DocumentChange(Kind.PUBLISHED, SERIAL, edition.version(SERIAL), {}),
            *also,
        ]
        self._documents.commit(changes, at=session.now, by=session.actor.id, audit=[audit])
        return expected + 1

    def save_draft(self, edition: Edition, body: Body, session: Session, audit: AuditEntry) -> Edition:
        """The edition with that draft; raises StaleDocument, DocumentTooLarge."""
        expected, by = edition.draft_version, session.actor.id
        change = DocumentChange(Kind.DRAFT, DRAFT, expected, body)
        self._documents.commit([change], at=session.now, by=by, audit=[audit])
        return replace(edition, draft=Document(Kind.DRAFT, DRAFT, expected + 1, body, session.now, by))

    def ledger(self) -> Document | None:
        """What the breaker has let through."""
        return self._documents.get(Kind.BREAKER, LEDGER)

    def version(self, version: int) -> Document | None:
        """A policy that was published, by its version; the first was never saved."""
        return self._documents.get(Kind.POLICY, policy_id(version))

    def versions(self) -> Sequence[Document]:
        """Every policy that was published, oldest first."""
        return self._documents.all(Kind.POLICY)
