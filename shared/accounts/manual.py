"""Values that people set by hand: one record of an account's own, whose version counts their edits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.contribution import RecordUpdate
from shared.accounts.identity import MANUAL, FieldName, RecordKey
from shared.accounts.merge import apply
from shared.accounts.store import AccountChange
from shared.accounts.values import Value
from shared.accounts.version import UNITS, Version


def set_by_hand(
    account: Account, values: Mapping[FieldName, Value | None], catalogue: Catalogue, *, by: str, at: datetime
) -> AccountChange:
    """Sets values by hand, and clears those that are null; they wake whoever decides the tier."""
    key = RecordKey(MANUAL, account.id)
    known = account.records.get(key)
    number = known.version.at // UNITS + 1 if known else 1
    update = RecordUpdate(key, Version.of_number(number), values)
    merge = apply(replace(account, edits=account.edits + 1), update, catalogue, at)
    if merge.cause is None:
        raise AssertionError("a version one higher is newer")
    before = {name: known.values.get(name) if known else None for name in values}
    audit = AuditEntry(
        at, by, "account.edit", f"account/{account.id}", values_json(before, catalogue), values_json(values, catalogue)
    )
    return AccountChange(merge.account, merge.cause, audit=audit)


def stand_so(account: Account, values: Mapping[FieldName, Value | None]) -> bool:
    """Whether these are what people set last."""
    known = account.records.get(RecordKey(MANUAL, account.id))
    said = known.values if known else {}
    return all(said.get(name) == value for name, value in values.items())


def values_json(values: Mapping[FieldName, Value | None], catalogue: Catalogue) -> dict[str, object]:
    return {name: _json(name, value, catalogue) for name, value in values.items()}


def _json(name: FieldName, value: Value | None, catalogue: Catalogue) -> object:
    if value is None or name not in catalogue.types or not catalogue.types[name].fits(value):
        return None
    return catalogue.types[name].to_json(value)
