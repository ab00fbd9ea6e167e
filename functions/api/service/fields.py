"""The field catalogue's use cases: what differs from the built-in fields is one document."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.api.service.configuration import Configuration
from functions.api.service.consequences import broken_scores, in_the_way, reading
from functions.api.service.edition import Body, Edition
from functions.api.service.refusals import Conflict, NoSuch
from functions.api.service.retier import Retier
from functions.api.service.session import Session
from shared.access.audit import AuditEntry
from shared.accounts.catalogue import Catalogue, Field
from shared.accounts.identity import FieldName
from shared.accounts.values import Json
from shared.configuration.fields_document import (
    check_score,
    field_to_json,
    fields_to_json,
    parse_field,
    parse_fields,
)
from shared.configuration.published import FIELDS
from shared.rules.errors import Code, DocumentError, DocumentRefused
from shared.rules.parse_score import POINTER


@dataclass(frozen=True, slots=True)
class Fields:
    configuration: Configuration
    retier: Retier

    def read(self) -> Edition:
        return self.configuration.read()

    def find(self, edition: Edition, name: str) -> Field:
        """Raises NoSuch."""
        entry = edition.published.catalogue.fields.get(FieldName(name))
        if entry is None:
            raise NoSuch("field of this name")
        return entry

    def add(self, edition: Edition, document: Json, session: Session) -> tuple[Field, int]:
        entry = parse_field(document)
        catalogue = edition.published.catalogue
        if entry.name in catalogue:
            message = f"{entry.name} stands there already: change it with PATCH"
            raise DocumentRefused([DocumentError("/name", Code.DUPLICATE_ID, message)])
        check_score(entry, catalogue.with_field(entry))
        audit = session.audit("field.add", f"field/{entry.name}", None, field_to_json(entry))
        return entry, self._save(edition, catalogue.with_field(entry), session, audit)

    def change(
        self, edition: Edition, entry: Field, document: Mapping[str, Json], session: Session
    ) -> tuple[Field, int]:
        """Only what `document` names; raises Conflict where rules or scores read a field whose type would change."""
        if "name" in document or "custom" in document:
            message = "a field keeps its name, and stays built in or custom"
            keys = [key for key in ("name", "custom") if key in document]
            raise DocumentRefused([DocumentError(f"/{key}", Code.UNKNOWN_KEY, message) for key in keys])
        changed = parse_field({**field_to_json(entry), **document})
        if bool(changed.score) is not bool(entry.score):
            message = "a field that takes values and a score stay what they are: add another field"
            raise DocumentRefused([DocumentError(POINTER, Code.UNKNOWN_KEY, message)])
        if changed.type is not entry.type:
            self._refuse_read(edition, entry)
        catalogue = edition.published.catalogue.with_field(changed)
        check_score(changed, catalogue)
        audit = session.audit("field.change", f"field/{entry.name}", field_to_json(entry), field_to_json(changed))
        return changed, self._save(edition, catalogue, session, audit)

    def delete(self, edition: Edition, entry: Field, session: Session) -> int:
        """Its values stay with the records that gave them, unseen. Raises Conflict."""
        if not entry.custom:
            raise Conflict(f"{entry.name} is built in: it can't be deleted.", code="built_in")
        self._refuse_read(edition, entry)
        catalogue = edition.published.catalogue
        left = {name: other for name, other in catalogue.fields.items() if name != entry.name}
        audit = session.audit("field.delete", f"field/{entry.name}", field_to_json(entry), None)
        return self._save(edition, Catalogue(left, catalogue.currency), session, audit)

    def _refuse_read(self, edition: Edition, entry: Field) -> None:
        found = reading(edition, entry.name)
        if found:
            raise in_the_way(f"The field {entry.name}", found)

    def _save(self, edition: Edition, catalogue: Catalogue, session: Session, entry: AuditEntry) -> int:
        """Where values combine, or scores count, in another way, every account is walked.

        Raises DocumentRefused; Conflict where a score no longer fits the other fields.
        """
        body = fields_to_json(catalogue)
        self._check(body, catalogue)
        if _combining(catalogue) != _combining(edition.published.catalogue):
            self.retier.order(edition.policy_version, session.now)
        return self.configuration.save(edition, FIELDS, body, session, entry)

    @staticmethod
    def _check(body: Body, catalogue: Catalogue) -> None:
        try:
            parse_fields(body, catalogue.currency)
        except DocumentRefused as refused:
            raise in_the_way("What this takes away", broken_scores(body, refused)) from refused


def _combining(catalogue: Catalogue) -> Mapping[FieldName, tuple[object, ...]]:
    """What of each field decides an account's value of it, or what a score gives."""
    return {
        name: (entry.type, entry.options, entry.combine, entry.sources, entry.score)
        for name, entry in catalogue.fields.items()
    }
