"""Who is told of overrides, and when: that one ends soon, that one is asked for, what became of that.

Each notice is put into the outbox before the change that it tells of is written, and held until that surely is: a crash
in between leaves a notice of what never was, which is found out before it is sent, and none is ever missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from shared.access.people import User
from shared.accounts.account import Account
from shared.accounts.encoding import micros
from shared.accounts.identity import AccountId
from shared.accounts.standing import Override
from shared.accounts.values import moment_text
from shared.alerts.notice import (
    CSM,
    NOBODY,
    AboutAnswer,
    AboutExpiry,
    AboutOverride,
    AboutRequest,
    Channel,
    Notice,
    NoticeState,
    override_notice_id_for,
)
from shared.alerts.rule import Route

AHEAD = timedelta(days=14)
"""How long before an override ends its author and the account's CSM are reminded; one that lasts no longer is not."""
SETTLED = timedelta(minutes=1)
"""Whoever writes a change has written it by then, or never does: a request has 30 seconds."""
NO_MANAGER = "no recipient: no user has the role manager or admin, and the settings name no fallback recipients"
GONE = "its account is gone"


@dataclass(frozen=True, slots=True)
class Waits:
    """Until when a notice is held, and for what."""

    until: datetime
    why: str


def reminders(account_id: AccountId, override: Override) -> Sequence[Notice]:
    """That the override ends soon: for its author, and for whoever is the account's CSM then."""
    if override.expires_at is None or override.expires_at - override.set_at <= AHEAD:
        return ()
    about = AboutExpiry(account_id, micros(override.set_at), micros(override.expires_at))
    waits = Waits(override.expires_at - AHEAD, f"held until {AHEAD.days} days before the override ends")
    return [_notice(about, recipient, override.set_at, waits) for recipient in (override.author, CSM)]


def of_change(account: Account, at: datetime) -> Sequence[Notice]:
    """What is to be told of what a person is about to change at `at`; `account` as it will be."""
    override, request = account.override, account.request
    found = list(reminders(account.id, override)) if override is not None and override.set_at == at else []
    if request is not None and request.answer is not None and request.answer.at == at:
        about = AboutAnswer(account.id, micros(request.asked_at), micros(at))
        found.append(_notice(about, request.author, at, _until_written(at)))
    return found


def of_request(account: Account, at: datetime, managers: Sequence[User], fallback: Sequence[str]) -> Sequence[Notice]:
    """That somebody asks, at `at`: for each manager; where there are none for whoever is named instead."""
    about, waits = AboutRequest(account.id, micros(at)), _until_written(at)
    recipients: Sequence[str] = [user.id for user in managers] or fallback
    if not recipients:
        return [_nobody(about, at)]
    return [_notice(about, recipient, at, waits) for recipient in dict.fromkeys(recipients)]


def obsolete(about: AboutOverride, account: Account | None, now: datetime) -> str | None:
    """Why it need not be told any more, as the account stands by now; None: it is to be told."""
    if account is None or account.merged_into is not None:
        return GONE
    match about:
        case AboutExpiry():
            return _of_expiry(about, account.override, now)
        case AboutRequest(_, asked_at):
            if account.request is None or micros(account.request.asked_at) != asked_at:
                return "it was taken back, or another request took its place"
            return None if account.request.open else "it was answered before the mail went out"
        case AboutAnswer():
            return _of_answer(about, account)
        case _:
            assert_never(about)


def _of_expiry(about: AboutExpiry, override: Override | None, now: datetime) -> str | None:
    if override is None:
        return "the override was cleared"
    ends_at = override.expires_at
    if ends_at is None:
        return "another override took its place, which has no end"
    if (micros(override.set_at), micros(ends_at)) != (about.set_at, about.ends_at):
        return f"another override took its place, until {moment_text(ends_at)}"
    return None if override.holds(now) else "the override has ended"


def _of_answer(about: AboutAnswer, account: Account) -> str | None:
    request = account.request
    if request is None or micros(request.asked_at) != about.asked_at:
        return "another request took its place"
    if request.answer is None:
        return "it was not answered after all"
    return None if micros(request.answer.at) == about.answered_at else "it was answered otherwise"


def _until_written(at: datetime) -> Waits:
    return Waits(at + SETTLED, "held until what it tells of is written")


def _notice(about: AboutOverride, recipient: str, at: datetime, waits: Waits) -> Notice:
    return Notice(
        id=override_notice_id_for(about, recipient),
        about=about,
        channel=Channel.MAIL,
        recipient=recipient,
        route=Route.IMMEDIATE,
        created_at=at,
        state=NoticeState.HELD,
        due_at=waits.until,
        reason=waits.why,
    )


def _nobody(about: AboutOverride, at: datetime) -> Notice:
    return Notice(
        id=override_notice_id_for(about, NOBODY),
        about=about,
        channel=Channel.MAIL,
        recipient=NOBODY,
        route=Route.IMMEDIATE,
        created_at=at,
        state=NoticeState.SUPPRESSED,
        settled_at=at,
        reason=NO_MANAGER,
    )
