"""Items of Alerts: alerts, notices, how far an account was evaluated, a recipient's window; from values and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.models import Model

from shared.accounts import exact_json
from shared.accounts.encoding import micros, moment
from shared.accounts.identity import AccountId
from shared.alerts.alert import Alert, AlertId, AlertState, Outcome
from shared.alerts.notice import (
    About,
    AboutAlert,
    AboutAnswer,
    AboutBreaker,
    AboutExpiry,
    AboutRequest,
    AboutWaiting,
    Channel,
    Notice,
    NoticeId,
    NoticeState,
)
from shared.alerts.outbox import goes_alone
from shared.alerts.rule import AlertType, Route, Severity
from shared.alerts.store import Window
from shared.aws.dynamodb.account_rows import shard_of
from shared.aws.dynamodb.database import WholeNumber, plain

KEPT = timedelta(days=730)
"""How long a settled notice, and the list of a claim's, is kept."""
_ALERT_MOMENTS = ("raised_at", "snoozed_until", "closed_at")
_NOTICE_MOMENTS = ("created_at", "due_at", "settled_at")
_WAITING = (NoticeState.HELD, NoticeState.CLAIMED)


class AlertItem(Model):
    pk = UnicodeAttribute(hash_key=True)
    kind = UnicodeAttribute()
    schema = WholeNumber()
    account_id = UnicodeAttribute()
    raised = UnicodeAttribute()
    body = UnicodeAttribute()


class NoticeItem(Model):
    """`kind` and `state` are what the stream filters on; due keys while the clock watches it, `held_for` while held."""

    pk = UnicodeAttribute(hash_key=True)
    kind = UnicodeAttribute()
    schema = WholeNumber()
    id = UnicodeAttribute()
    state = UnicodeAttribute()
    claim = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = WholeNumber(null=True)
    held_for = UnicodeAttribute(null=True)
    body = UnicodeAttribute()
    expires_at = WholeNumber(null=True)


class SeenItem(Model):
    pk = UnicodeAttribute(hash_key=True)
    seen = WholeNumber()


class ClaimItem(Model):
    """Which notices were claimed under one claim."""

    pk = UnicodeAttribute(hash_key=True)
    notices = UnicodeSetAttribute()
    expires_at = WholeNumber()


class WindowItem(Model):
    pk = UnicodeAttribute(hash_key=True)
    recipient = UnicodeAttribute()
    opened_at = WholeNumber()
    number = WholeNumber()


def alert_key(alert_id: AlertId) -> str:
    return f"alert#{alert_id}"


def notice_key(notice_id: NoticeId) -> str:
    return f"notice#{notice_id}"


def seen_key(account_id: AccountId) -> str:
    return f"seen#{account_id}"


def claim_key(claim: str) -> str:
    return f"claim#{claim}"


def window_key(recipient: str) -> str:
    return f"window#{recipient}"


def raised(alert: Alert) -> str:
    """The order of an account's alerts: by time, then id."""
    return f"{micros(alert.raised_at):020d}#{alert.id}"


def alert_attributes(alert: Alert) -> dict[str, Any]:
    return {
        "pk": alert_key(alert.id),
        "kind": "alert",
        "schema": 1,
        "account_id": alert.account_id,
        "raised": raised(alert),
        "body": _body(asdict(alert), _ALERT_MOMENTS),
    }


def alert_of(item: Any) -> Alert:
    """The alert of a raw item."""
    fields = _fields(plain(item)["body"], _ALERT_MOMENTS)
    return Alert(
        **{
            **fields,
            "type": AlertType(fields["type"]),
            "severity": Severity(fields["severity"]),
            "state": AlertState(fields["state"]),
            "conditions": tuple(fields["conditions"]),
            "outcome": _each(Outcome, fields["outcome"]),
        }
    )


def notice_attributes(notice: Notice) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "pk": notice_key(notice.id),
        "kind": "notice",
        "schema": 1,
        "id": notice.id,
        "state": notice.state.value,
        "claim": notice.claim,
        "body": _body({**asdict(notice), "about": _about_to_row(notice.about)}, _NOTICE_MOMENTS),
    }
    if notice.due_at is not None and notice.state in _WAITING:
        attributes |= {"due_shard": str(shard_of(notice.id)), "due_at": micros(notice.due_at)}
        if notice.state is NoticeState.HELD and not goes_alone(notice):
            attributes["held_for"] = notice.recipient
    if notice.settled_at is not None:
        attributes["expires_at"] = int((notice.settled_at + KEPT).timestamp())
    return attributes


def notice_of(item: Any) -> Notice:
    """The notice of a raw item: an answer's, or a stream record's NewImage."""
    fields = _fields(plain(item)["body"], _NOTICE_MOMENTS)
    about = _about_of(fields)
    return Notice(
        **{
            **fields,
            "about": about,
            "channel": Channel(fields["channel"]),
            "route": Route(fields["route"]),
            "state": NoticeState(fields["state"]),
        }
    )


_KINDS: Mapping[str, Callable[..., About]] = {
    "alert": AboutAlert,
    "breaker": AboutBreaker,
    "waiting": AboutWaiting,
    "expiry": AboutExpiry,
    "request": AboutRequest,
    "answer": AboutAnswer,
}


def _about_to_row(about: About) -> dict[str, object]:
    kind = next(name for name, shape in _KINDS.items() if shape is type(about))
    return {"kind": kind, **asdict(about)}


def _about_of(fields: dict[str, Any]) -> About:
    """Taken out of a row's fields: those of old rows are of an alert, with its ids beside the rest."""
    if "about" not in fields:
        return AboutAlert(fields.pop("alert_id"), fields.pop("account_id"))
    row = fields.pop("about")
    return _KINDS[row.pop("kind")](**row)


def window_attributes(window: Window) -> dict[str, Any]:
    return {
        "pk": window_key(window.recipient),
        "recipient": window.recipient,
        "opened_at": micros(window.opened_at),
        "number": window.count,
    }


def window_of(item: WindowItem) -> Window:
    return Window(item.recipient, moment(item.opened_at), item.number)


def _body(fields: dict[str, Any], moments: tuple[str, ...]) -> str:
    """The record as JSON, its moments in microseconds."""
    return exact_json.write(
        {name: _each(micros, value) if name in moments else value for name, value in fields.items()}
    )


def _fields(body: str, moments: tuple[str, ...]) -> dict[str, Any]:
    fields = exact_json.read(body)
    return {name: _each(moment, value) if name in moments else value for name, value in fields.items()}


def _each[A, B](convert: Callable[[A], B], value: A | None) -> B | None:
    return None if value is None else convert(value)
