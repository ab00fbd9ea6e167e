"""The account as a flat row of short texts and whole numbers: what its stores keep, and how its size is measured."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.accounts.account import Account
from shared.accounts.contribution import Contribution
from shared.accounts.history import Histories
from shared.accounts.history_encoding import YEARLY, StoredHistories, history_document, read_history_of_schema_2
from shared.accounts.identity import AccountId, FieldName, RecordKey, TierId
from shared.accounts.merge import ARR, MONTHS, MRR
from shared.accounts.standing import Answer, Hold, Method, Override, Pending, Request, Standing
from shared.accounts.values import Value
from shared.accounts.version import Version, VersionKind

type Row = dict[str, str | int]

SCHEMA = 6
"""Of the row; 2 added `histories`, 3 what the standing waits for, 4 `past`, for `histories` which it still reads,
5 `yearly`, for a history in `past`, and `request`, 6 `differing`, for `values` which it still reads. A later one adds
attributes; what it does not know, this code drops at its next write.
"""
MAX_BYTES = 64 * 1024

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KINDS = {VersionKind.NUMBER: "n", VersionKind.TIME: "t"}
_KIND_OF = {letter: kind for kind, letter in _KINDS.items()}
_METHODS = {method.value: method for method in Method}
_HOLDS = {hold.value: hold for hold in Hold}
_text = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: `json.dumps` would make an encoder for each value."""
_json = json.JSONDecoder().raw_decode
"""Of text that `json.dumps` wrote, with where it ends; `json.loads` would look for spaces first."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def encoded(account: Account) -> Row:
    """What is empty or at its default is left out: a typical account is below 1 KB, one write unit."""
    row: Row = {
        "id": account.id,
        "version": account.version,
        "schema": SCHEMA,
        "created_at": micros(account.created_at),
    }
    if account.records:
        began = micros(account.created_at)
        row["records"] = _text({str(key): _contribution(record, began) for key, record in account.records.items()})
        row["differing"] = _text(_differing(account))
    elif account.values:
        row["values"] = _text(account.values)
    if account.histories:
        row |= _past(account)
    if account.standing != Standing():
        row["standing"] = _text(_standing(account.standing))
    if account.override is not None:
        row["override"] = _text(_override(account.override))
    if account.request is not None:
        row["request"] = _text(_request(account.request))
    if account.edits:
        row["edits"] = account.edits
    if account.due_at is not None:
        row["due_at"] = micros(account.due_at)
    if account.merged_into is not None:
        row["merged_into"] = account.merged_into
    return row


def decoded(row: Mapping[str, Any]) -> Account:
    """The account of a row that `encoded` made; attributes that are not of it are ignored."""
    began = row["created_at"]
    told = _json(row["records"])[0] if "records" in row else {}
    records = {RecordKey.parse(key): _read_contribution(entry, began) for key, entry in told.items()}
    values = _read_values(row, records)
    due_at, override, request = row.get("due_at"), row.get("override"), row.get("request")
    return Account(
        id=AccountId(row["id"]),
        created_at=moment(began),
        version=row["version"],
        records=records,
        values=values,
        histories=_read_past(row, values),
        standing=_read_standing(_json(row["standing"])[0]) if "standing" in row else Standing(),
        override=None if override is None else _read_override(_json(override)[0]),
        request=None if request is None else _read_request(_json(request)[0]),
        edits=row.get("edits", 0),
        due_at=None if due_at is None else moment(due_at),
        merged_into=row.get("merged_into"),
    )


def size(row: Mapping[str, str | int]) -> int:
    """The row's bytes as DynamoDB counts them: names, texts in UTF-8, about half a byte a digit."""
    return sum(
        len(name) + (len(value.encode()) if isinstance(value, str) else len(str(value)) // 2 + 2)
        for name, value in row.items()
    )


def _differing(account: Account) -> dict[FieldName, Value | None]:
    """What the account's values are beside what the first record says that has the field at all; None: it has none."""
    said = _first_said(account.records)
    differing: dict[FieldName, Value | None] = {
        name: value
        for name, value in account.values.items()
        if name not in said or type(said[name]) is not type(value) or said[name] != value
    }
    gone = {name: None for name, value in said.items() if value is not None and name not in account.values}
    return differing | gone


def _read_values(row: Mapping[str, Any], records: Mapping[RecordKey, Contribution]) -> dict[FieldName, Value]:
    if "differing" not in row:
        return _values(_json(row["values"])[0]) if "values" in row else {}
    said = _first_said(records)
    said.update(_values(_json(row["differing"])[0]))
    return {name: value for name, value in said.items() if value is not None}


def _first_said(records: Mapping[RecordKey, Contribution]) -> dict[FieldName, Value | None]:
    said: dict[FieldName, Value | None] = {}
    for record in reversed(tuple(records.values())):
        said.update(record.values)
    return said


def _contribution(record: Contribution, began: int) -> dict[str, object]:
    """`at`: when it was received, in microseconds since the account began.

    Code of schemas before 6 fails on the missing `received_at`. It must: it would decide without most of the values.
    """
    entry: dict[str, object] = {"version": _version(record.version), "values": record.values}
    if received := micros(record.received_at) - began:
        entry["at"] = received
    if record.older:
        entry["older"] = {name: _version(version) for name, version in record.older.items()}
    if record.archived is not None:
        entry["archived"] = _version(record.archived)
    return entry


def _read_contribution(entry: dict[str, Any], began: int) -> Contribution:
    archived = entry.get("archived")
    received = entry["received_at"] if "received_at" in entry else began + entry.get("at", 0)
    return Contribution(
        version=_read_version(entry["version"]),
        received_at=moment(received),
        values=_values(entry["values"]),
        older={FieldName(name): _read_version(text) for name, text in entry.get("older", {}).items()},
        archived=None if archived is None else _read_version(archived),
    )


def _values[V: Value | None](entries: dict[str, Any]) -> dict[FieldName, V]:
    for name, value in entries.items():
        if type(value) is list:
            entries[name] = tuple(value)
    return entries  # type: ignore[return-value]  # JSON of values, its lists now tuples


def _is_yearly(histories: Histories) -> bool:
    """Whether ARR was never anything but twelve times MRR: then `past` tells only MRR's history."""
    yearly, monthly = histories.get(ARR), histories.get(MRR)
    return yearly is not None and monthly is not None and yearly == monthly.times(MONTHS)


def _past(account: Account) -> Row:
    yearly = _is_yearly(account.histories)
    began = _seconds(micros(account.created_at))
    told = {
        name: history_document(history, began, account.values.get(name))
        for name, history in account.histories.items()
        if not (yearly and name == ARR)
    }
    return {"past": _text(told), **({"yearly": 1} if yearly else {})}


def _read_past(row: Mapping[str, Any], values: Mapping[FieldName, Value]) -> Histories:
    if "past" in row:
        documents = _json(row["past"])[0]
        if "yearly" in row:
            documents[ARR] = YEARLY
        return StoredHistories(documents, _seconds(row["created_at"]), values)
    if "histories" in row:
        return {name: read_history_of_schema_2(entry) for name, entry in _json(row["histories"])[0].items()}
    return {}


def _seconds(micros: int) -> int:
    return micros // 1_000_000


def _version(version: Version) -> str:
    revision = f"+{version.revision}" if version.revision else ""
    return f"{_KINDS[version.kind]}{version.at}{revision}"


def _read_version(text: str) -> Version:
    at, _, revision = text[1:].partition("+")
    return Version(_KIND_OF[text[0]], int(at), int(revision or 0))


def _standing(standing: Standing) -> dict[str, object]:
    known = {
        "tier": standing.tier,
        "method": standing.method,
        "rule": standing.rule,
        "since": standing.since and micros(standing.since),
        "policy_version": standing.policy_version,
        "changes": standing.changes,
        "hold": standing.hold,
        "pending": standing.pending and [standing.pending.tier, micros(standing.pending.since)],
    }
    return {name: value for name, value in known.items() if value is not None}


def _read_standing(entry: dict[str, Any]) -> Standing:
    method, since = entry.get("method"), entry.get("since")
    return Standing(
        tier=entry.get("tier"),
        method=None if method is None else _METHODS[method],
        rule=entry.get("rule"),
        since=None if since is None else moment(since),
        policy_version=entry.get("policy_version"),
        changes=entry["changes"],
        hold=_HOLDS[entry["hold"]] if "hold" in entry else None,
        pending=_read_pending(entry["pending"]) if "pending" in entry else None,
    )


def _read_pending(entry: list[Any]) -> Pending:
    tier, since = entry
    return Pending(tier, moment(since))


def _override(override: Override) -> dict[str, object]:
    entry: dict[str, object] = {
        "tier": override.tier,
        "reason": override.reason,
        "author": override.author,
        "set_at": micros(override.set_at),
    }
    if override.expires_at is not None:
        entry["expires_at"] = micros(override.expires_at)
    if override.approver is not None:
        entry["approver"] = override.approver
    return entry


def _read_override(entry: dict[str, Any]) -> Override:
    expires_at = entry.get("expires_at")
    return Override(
        tier=TierId(entry["tier"]),
        reason=entry["reason"],
        author=entry["author"],
        set_at=moment(entry["set_at"]),
        expires_at=None if expires_at is None else moment(expires_at),
        approver=entry.get("approver"),
    )


def _request(request: Request) -> dict[str, object]:
    answer = request.answer
    known = {
        "tier": request.tier,
        "reason": request.reason,
        "author": request.author,
        "asked_at": micros(request.asked_at),
        "expires_at": None if request.expires_at is None else micros(request.expires_at),
        "by_default": request.by_default or None,
        "answer": answer and [answer.approved, answer.by, micros(answer.at), answer.reason],
    }
    return {name: value for name, value in known.items() if value is not None}


def _read_request(entry: dict[str, Any]) -> Request:
    expires_at = entry.get("expires_at")
    return Request(
        tier=TierId(entry["tier"]),
        reason=entry["reason"],
        author=entry["author"],
        asked_at=moment(entry["asked_at"]),
        expires_at=None if expires_at is None else moment(expires_at),
        by_default=entry.get("by_default", False),
        answer=_read_answer(entry["answer"]) if "answer" in entry else None,
    )


def _read_answer(entry: list[Any]) -> Answer:
    approved, by, at, reason = entry
    return Answer(approved, by, moment(at), reason)
