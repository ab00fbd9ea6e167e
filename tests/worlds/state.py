"""The end of a scenario as a value: everything stored, sent and set aside, but for what `differences.toml` strips."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from shared.accounts.account import Account
from shared.accounts.contribution import Contribution
from shared.accounts.identity import RecordKey, account_id_for
from shared.accounts.standing import Override, Standing, TierChange
from shared.accounts.store import Link
from shared.accounts.version import Version, VersionKind
from shared.alerts.alert import Alert
from shared.alerts.notice import Channel, Notice
from shared.runtime.hints import BadHint, read
from tests.support.stored import Stored

LISTED = Path(__file__).parent / "differences.toml"
COMPARED = (Account, Contribution, Override, Standing, TierChange, Link, Alert, Notice)
"""Each of their fields is compared unless it is stripped: a new one joins by itself."""

type EndState = Mapping[str, Mapping[str, object]]
"""By subject (an account, by the record that founded it; `dead letters`), by field. What is not there is not there."""


@dataclass(frozen=True, slots=True)
class End:
    """What a world leaves."""

    stored: Stored
    mailed: frozenset[str]
    """The claims of the mails that the provider took."""
    published: frozenset[str]
    """The ids of the events that the bus took."""
    dead: Sequence[tuple[str, str]]
    """Queue and body of each dead letter."""
    people: Mapping[str, str]
    """E-mail addresses by the ids that a world gave its users."""
    answers: Mapping[str, int]
    """Statuses that hostile deliveries got, by what was wrong with them."""


@cache
def stripped() -> Mapping[str, str]:
    """`Account.version`: why it is not compared."""
    table: Mapping[str, str] = tomllib.loads(LISTED.read_text())["stripped"]
    return table


def state_of(end: End, records: Sequence[str]) -> EndState:
    """`records`: all that may have founded an account, `generic:w-001`."""
    founders = {str(account_id_for(RecordKey.parse(record))): record for record in records}
    state: dict[str, dict[str, object]] = {}

    def put(subject: str, prefix: str, value: object) -> None:
        state.setdefault(founders.get(subject, subject), {}).update(_flat(prefix, value, {**founders, **end.people}))

    for account in end.stored.accounts.values():
        put(account.id, "", account)
    for record, link in end.stored.links.items():
        put(link.account_id, f"link {record}", link)
    for account_id, rows in end.stored.history.items():
        for row in rows:
            put(account_id, f"history {row.version}", row)
    for alert in end.stored.alerts:
        put(alert.account_id, f"alert {alert.rule} {alert.history_version}", alert)
    told = [notice for claim in end.mailed for notice in end.stored.claims.get(claim, frozenset({claim}))]
    for notice in end.stored.notices:
        subject, _, what = str(notice.alert_id or notice.id).partition(".")
        reader = end.people.get(notice.recipient, notice.recipient)
        put(subject, f"notice {what} {notice.channel} {reader}", notice)
        if notice.channel is Channel.MAIL:
            put(subject, f"notice {what} {notice.channel} {reader} mailed", notice.id in told)
    for event in end.published:
        subject, _, version = event.partition("#")
        put(subject, f"published {version}", value=True)
    state["dead letters"] = {f"{queue}: {_letter(body)}": "there" for queue, body in end.dead}
    state["answers"] = dict(end.answers)
    return state


def _flat(prefix: str, value: object, names: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Every leaf with its path. `names` stand for ids wherever these are a value."""
    if isinstance(value, Version):
        yield prefix, _version(value)
    elif is_dataclass(value):
        kind = type(value).__name__
        for each in fields(value):
            if f"{kind}.{each.name}" not in stripped():
                yield from _flat(f"{prefix} {each.name}".strip(), getattr(value, each.name), names)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _flat(f"{prefix} {key}".strip(), "null" if part is None else part, names)
    elif value is not None and value not in ((), {}):
        yield prefix, _leaf(value, names)


def _leaf(value: Any, names: Mapping[str, str]) -> object:
    if isinstance(value, Enum):
        return value.value
    return names.get(value, value) if isinstance(value, str) else value


def _version(version: Version) -> str:
    """A time's is stripped: each world's vendor has a clock of its own."""
    if version.kind is VersionKind.TIME:
        return "a time"
    whole, rest = divmod(version.at, 10**9)
    return f"{whole}{f' and {rest} billionths' if rest else ''} revision {version.revision}"


def _letter(body: str) -> str:
    """Which word lies there; how often it does is stripped: who gets no answer sends again."""
    try:
        hint = read(body)
    except BadHint:
        return body
    if hint.record is None:
        return f"{hint.source}:{hint.subject}"
    data: Any = hint.record["data"]
    return f"{hint.source}:{data['external_id']} version {data['version']}"
