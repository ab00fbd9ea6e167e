"""Who is told of an override, when, and when no more."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.access.people import User, UserId
from shared.accounts.account import Account
from shared.accounts.encoding import micros
from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import Answer, Override, Request
from shared.alerts.notice import CSM, NOBODY, AboutAnswer, AboutExpiry, AboutOverride, AboutRequest, NoticeState
from shared.alerts.override_notices import GONE, NO_MANAGER, obsolete, of_change, of_request, reminders
from tests.support.builders import NOW, account

ACME = AccountId("acme")
DAY = timedelta(days=1)
OVERRIDE = Override(TierId("tier-1"), "a logo", "m-1", NOW, NOW + 30 * DAY)
REQUEST = Request(TierId("tier-1"), "a logo", "csm-1", NOW)
YES = Answer(approved=True, by="m-1", at=NOW + DAY)
EXPIRY = AboutExpiry(ACME, micros(NOW), micros(NOW + 30 * DAY))
ASKED = AboutRequest(ACME, micros(NOW))
ANSWERED = AboutAnswer(ACME, micros(NOW), micros(NOW + DAY))


def acme(override: Override | None = None, request: Request | None = None) -> Account:
    return replace(account("acme"), override=override, request=request)


def test_author_and_csm_are_reminded_fourteen_days_before_the_end() -> None:
    found = reminders(ACME, OVERRIDE)

    assert [(notice.recipient, notice.state, notice.due_at) for notice in found] == [
        ("m-1", NoticeState.HELD, NOW + 16 * DAY),
        (CSM, NoticeState.HELD, NOW + 16 * DAY),
    ]
    assert [notice.id for notice in reminders(ACME, OVERRIDE)] == [notice.id for notice in found]


@pytest.mark.parametrize(
    ("ends", "count"),
    [(None, 0), (NOW + 14 * DAY, 0), (NOW + 14 * DAY + timedelta(seconds=1), 2)],
    ids=["without end", "fourteen days", "a second more"],
)
def test_one_that_lasts_no_longer_than_the_notice_has_none(ends: datetime | None, count: int) -> None:
    assert len(reminders(ACME, replace(OVERRIDE, expires_at=ends))) == count


def test_only_what_a_change_sets_or_answers_is_told() -> None:
    later = NOW + DAY
    known = acme(OVERRIDE, replace(REQUEST, answer=YES))

    assert of_change(acme(), NOW) == []
    assert [notice.about for notice in of_change(known, NOW)] == [EXPIRY, EXPIRY]
    assert [(notice.about, notice.recipient) for notice in of_change(known, later)] == [(ANSWERED, "csm-1")]
    assert of_change(known, later + DAY) == []


def test_each_manager_is_told_of_a_request_or_whoever_is_named_instead() -> None:
    managers = [User(UserId(name), f"{name}@example.com", name) for name in ("m-1", "m-2")]

    assert [notice.recipient for notice in of_request(acme(), NOW, managers, ["cs@example.com"])] == ["m-1", "m-2"]
    assert [notice.recipient for notice in of_request(acme(), NOW, [], ["cs@example.com"])] == ["cs@example.com"]
    (nobody,) = of_request(acme(), NOW, [], [])
    assert (nobody.recipient, nobody.state, nobody.reason) == (NOBODY, NoticeState.SUPPRESSED, NO_MANAGER)


@pytest.mark.parametrize(
    ("about", "known", "reason"),
    [
        (EXPIRY, acme(OVERRIDE), None),
        (EXPIRY, acme(replace(OVERRIDE, tier=TierId("tier-3"))), None),
        (EXPIRY, None, GONE),
        (EXPIRY, replace(acme(OVERRIDE), merged_into=AccountId("other")), GONE),
        (EXPIRY, acme(), "the override was cleared"),
        (EXPIRY, acme(replace(OVERRIDE, expires_at=None)), "another override took its place, which has no end"),
        (
            EXPIRY,
            acme(replace(OVERRIDE, set_at=NOW + DAY)),
            "another override took its place, until 2026-12-22T07:00:00Z",
        ),
        (ASKED, acme(request=REQUEST), None),
        (ASKED, acme(), "it was taken back, or another request took its place"),
        (
            ASKED,
            acme(request=replace(REQUEST, asked_at=NOW + DAY)),
            "it was taken back, or another request took its place",
        ),
        (ASKED, acme(request=replace(REQUEST, answer=YES)), "it was answered before the mail went out"),
        (ANSWERED, acme(request=replace(REQUEST, answer=YES)), None),
        (ANSWERED, acme(), "another request took its place"),
        (ANSWERED, acme(request=REQUEST), "it was not answered after all"),
        (ANSWERED, acme(request=replace(REQUEST, answer=replace(YES, at=NOW))), "it was answered otherwise"),
    ],
)
def test_what_is_no_longer_so_says_why(about: AboutOverride, known: Account | None, reason: str | None) -> None:
    assert obsolete(about, known, NOW + 16 * DAY) == reason


def test_an_override_that_has_ended_is_not_reminded_of() -> None:
    assert obsolete(EXPIRY, acme(OVERRIDE), NOW + 30 * DAY) == "the override has ended"
