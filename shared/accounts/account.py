"""The account: contributions of records, the values they combine to, what these were before, and its standing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from shared.accounts.contribution import Contribution
from shared.accounts.history import Histories
from shared.accounts.identity import MANUAL, AccountId, FieldName, RecordKey
from shared.accounts.standing import Override, Request, Standing
from shared.accounts.values import Value

NAME = FieldName("name")
OWNER = FieldName("owner")
STAGE = FieldName("stage")


@dataclass(frozen=True, slots=True)
class Account:
    id: AccountId
    created_at: datetime
    version: int = 0
    """Of the stored item; each write conditions on it and adds one. 0: not stored yet."""
    records: Mapping[RecordKey, Contribution] = field(default_factory=dict)
    values: Mapping[FieldName, Value] = field(default_factory=dict)
    """What `records` combine to under the catalogue in force when they last changed."""
    histories: Histories = field(default_factory=dict)
    """What those of `values` were before whose field keeps history."""
    standing: Standing = field(default_factory=Standing)
    override: Override | None = None
    request: Request | None = None
    """The override that was asked for last."""
    edits: int = 0
    """Counts what people edit (override, request, manual values): the API's ETag."""
    due_at: datetime | None = None
    """The first moment at which the decision could differ with no new data."""
    merged_into: AccountId | None = None
    """The account that took over this one's only record; this one is closed."""

    @property
    def archived(self) -> bool:
        """Whether every record of a source is gone there, or another account took over."""
        if self.merged_into is not None:
            return True
        gone = False
        for key, record in self.records.items():
            if key.source != MANUAL:
                if record.live:
                    return False
                gone = True
        return gone

    @property
    def name(self) -> str:
        """Its name, else the external id of its first record, else its id."""
        known = self.values.get(NAME)
        if isinstance(known, str) and known:
            return known
        return min(self._of_sources()).external_id if self._of_sources() else self.id

    def _of_sources(self) -> Sequence[RecordKey]:
        """The records but the one that people's own values are kept in."""
        return [key for key in self.records if key.source != MANUAL]

    @property
    def requested(self) -> bool:
        """Whether somebody waits for an answer to a request."""
        return self.request is not None and self.request.open

    @property
    def owner(self) -> str | None:
        """The CSM: a user's id, or an e-mail address that was no user's when it came."""
        owner = self.values.get(OWNER)
        return owner if isinstance(owner, str) and owner else None

    def with_record(self, key: RecordKey, contribution: Contribution) -> Self:
        return replace(self, records={**self.records, key: contribution})
