"""The accounts in memory: every condition of the DynamoDB store, and the stream of changes in commit order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from zlib import crc32

from shared.access.audit import AuditEntry
from shared.accounts import cursor as cursors
from shared.accounts import exact_json
from shared.accounts.account import Account
from shared.accounts.encoding import MAX_BYTES, decoded, encoded, size
from shared.accounts.identity import AccountId, RecordKey, TierId
from shared.accounts.listing import AccountFilter, Page
from shared.accounts.standing import Cause, TierChange
from shared.accounts.store import AccountChange, AccountMoved, AccountTooLarge, Link


class MemoryAccounts:
    """AccountStore and AccountLists."""

    def __init__(self) -> None:
        self.accounts: dict[AccountId, Account] = {}
        self.linked: dict[RecordKey, Link] = {}
        self.rows: dict[AccountId, list[TierChange]] = {}
        """Tier history by account, oldest first."""
        self.changes: list[tuple[Cause, Account | None, Account]] = []
        """The accounts' stream: cause, the account before (None: created) and after."""
        self.inserted: list[TierChange] = []
        """The history's stream."""
        self.audit: list[AuditEntry] = []
        self.writes = 0
        """Items written, to accounts, links, history and audit."""

    def get(self, account_id: AccountId) -> Account | None:
        return self.accounts.get(account_id)

    def get_many(self, account_ids: Sequence[AccountId], *, consistent: bool = True) -> dict[AccountId, Account]:  # noqa: ARG002 - memory always is
        return {key: self.accounts[key] for key in account_ids if key in self.accounts}

    def links(self, records: Sequence[RecordKey], *, consistent: bool = True) -> dict[RecordKey, Link]:  # noqa: ARG002 - memory always is
        return {key: self.linked[key] for key in records if key in self.linked}

    def commit(self, change: AccountChange) -> Account:
        written = [(change.cause, _stored(change.account))]
        if change.closed is not None:
            written.append((Cause.NONE, _stored(change.closed)))
        for _, account in written:
            self._check_version(account)
        self._check_links(change)
        for cause, account in written:
            self.changes.append((cause, self.accounts.get(account.id), account))
            self.accounts[account.id] = account
        self.linked.update({link.record: link for link in change.links})
        if change.history is not None:
            self._append(change.history)
        if change.audit is not None:
            self.audit.append(change.audit)
        self.writes += len(written) + len(change.links) + (change.history is not None) + (change.audit is not None)
        return written[0][1]

    def _check_version(self, account: Account) -> None:
        known = self.accounts.get(account.id)
        if (known.version if known else 0) != account.version - 1:
            raise AccountMoved(f"account {account.id} was written since it was read")

    def _check_links(self, change: AccountChange) -> None:
        free = {change.account.id, change.absorbed and change.absorbed.id}
        for link in change.links:
            if link.record in self.linked and self.linked[link.record].account_id not in free:
                raise AccountMoved(f"the link of {link.record} was taken by another account")

    def _append(self, row: TierChange) -> None:
        kept = replace(row, decision=exact_json.read(exact_json.write(row.decision)))
        self.rows.setdefault(row.account_id, []).append(kept)
        self.inserted.append(kept)

    def history(self, account_id: AccountId, *, after: int = 0) -> Iterator[TierChange]:
        return (row for row in tuple(self.rows.get(account_id, ())) if row.version > after)

    def page(self, where: AccountFilter, *, limit: int, cursor: str | None) -> Page[Account]:
        start = cursors.read(cursor, "accounts", 1)[0] if cursor else ""
        found = (self.accounts[key] for key in sorted(self.accounts) if key > start)
        items = tuple(islice((account for account in found if where.matches(account)), limit + 1))
        return Page(items[:limit], cursors.write("accounts", items[limit - 1].id) if len(items) > limit else None)

    def history_page(self, account_id: AccountId, *, limit: int, cursor: str | None) -> Page[TierChange]:
        before = cursors.number(cursors.read(cursor, "history", 1)[0]) if cursor else None
        rows = [row for row in self.rows.get(account_id, ()) if before is None or row.version < before][::-1]
        end = cursors.write("history", str(rows[limit - 1].version)) if len(rows) > limit else None
        return Page(tuple(rows[:limit]), end)

    def due(self, *, after: datetime, until: datetime) -> Sequence[AccountId]:
        return [key for key, account in self.accounts.items() if account.due_at and after < account.due_at <= until]

    def ids(self, *, segment: int, segments: int, start: str | None, limit: int) -> Page[AccountId]:
        begin = cursors.read(start, "ids", 1)[0] if start else ""
        keys = [key for key in sorted(self.accounts) if key > begin and in_segment(key, segment, segments)]
        return Page(tuple(keys[:limit]), cursors.write("ids", keys[limit - 1]) if len(keys) > limit else None)

    def number(self) -> int:
        return len(self.accounts)

    def in_tier(self, tier: TierId, *, at_most: int) -> int:
        return len([*islice((a for a in self.accounts.values() if AccountFilter(tier=tier).matches(a)), at_most)])


def in_segment(key: AccountId, segment: int, segments: int) -> bool:
    """By the key alone, as DynamoDB does it: an account that comes during a walk moves no other to another segment."""
    return crc32(key.encode()) % segments == segment


def _stored(account: Account) -> Account:
    """As the store gives it back: through its row, so that nothing is shared with the writer and nothing is lost."""
    row = encoded(replace(account, version=account.version + 1))
    if (weight := size(row)) > MAX_BYTES:
        raise AccountTooLarge(f"account {account.id} would have {weight} bytes; at most {MAX_BYTES} are kept")
    return decoded(row)
