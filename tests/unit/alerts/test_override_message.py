"""What people read of overrides: which one, until when, why, by whom, what would follow; hostile texts do no harm."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import Answer, Override, Request
from shared.alerts.admin_message import House
from shared.alerts.message import Mail
from shared.alerts.notice import AboutAnswer, AboutExpiry, AboutOverride, AboutRequest
from shared.alerts.override_message import OverrideStory, Words, about_overrides
from shared.tiers.engine import decide
from tests.support.builders import NOW, account
from tests.unit.tiers.builders import rulebook

ACME = AccountId("acme")
HOUSE = House(rulebook(), "https://tiers.example.com")
PEOPLE = {"m-1": "Mara Manager", "csm-1": "Chris Csm"}
WORDS = Words(HOUSE, lambda user_id: PEOPLE.get(user_id, user_id))
OVERRIDE = Override(TierId("tier-1"), "a logo", "csm-1", NOW, NOW + timedelta(days=30), approver="m-1")
REQUEST = Request(TierId("tier-1"), "a logo", "csm-1", NOW, NOW + timedelta(days=30))
KNOWN = replace(account("acme", name="Acme Inc", mrr=640, tier="tier-2"), override=OVERRIDE, request=REQUEST)
HOSTILE = ["<script>alert(1)</script>", "{{ 7 * 7 }}", "Acme\r\nBcc: victim@example.com"]


def story(about: AboutOverride, known: Account = KNOWN) -> OverrideStory:
    decision = decide(replace(known, override=None), HOUSE.rulebook, NOW)
    return OverrideStory(about, known, decision, "https://tiers.example.com/why/token")


def mail(*stories: OverrideStory) -> Mail:
    return about_overrides(stories, "a@example.com", "thread", WORDS)


EXPIRY, ASKED, ANSWERED = AboutExpiry(ACME, 1, 2), AboutRequest(ACME, 1), AboutAnswer(ACME, 1, 2)


def answered(*, approved: bool, reason: str | None = None) -> Account:
    return replace(KNOWN, request=replace(REQUEST, answer=Answer(approved=approved, by="m-1", at=NOW, reason=reason)))


@pytest.mark.parametrize(
    ("about", "known", "subject", "told"),
    [
        (
            EXPIRY,
            KNOWN,
            "Acme Inc: Tier 1: High touch by hand ends on 22 Dec 2026, 07:00 UTC",
            ["a logo", "Chris Csm, approved by Mara Manager", "Tier 2: Moderate touch", "MRR is 640.00", "PUT https"],
        ),
        (
            ASKED,
            KNOWN,
            "Chris Csm asks for Tier 1: High touch for Acme Inc",
            ["22 Dec 2026, 07:00 UTC", "a logo", "tiers.example.com/v1/accounts/acme/tier/approve", "tier/reject"],
        ),
        (
            ASKED,
            replace(KNOWN, request=replace(REQUEST, expires_at=None, by_default=True)),
            "Chris Csm asks for Tier 1: High touch for Acme Inc",
            ["as long as the settings say"],
        ),
        (
            ASKED,
            replace(KNOWN, request=replace(REQUEST, expires_at=None)),
            "Chris Csm asks for Tier 1: High touch for Acme Inc",
            ["when somebody clears it"],
        ),
        (
            ANSWERED,
            answered(approved=True),
            "Acme Inc: Tier 1: High touch is approved",
            ["approved", "Mara Manager"],
        ),
        (
            ANSWERED,
            answered(approved=False, reason="not yet"),
            "Acme Inc: Tier 1: High touch is rejected",
            ["rejected", "not yet"],
        ),
    ],
)
def test_text_and_html_tell_the_same(about: AboutOverride, known: Account, subject: str, told: Sequence[str]) -> None:
    made = mail(story(about, known))

    assert made.subject == subject
    for body in (made.text, made.html):
        for words in (subject, *told, "https://tiers.example.com/why/token", "You get this mail, once, because"):
            assert words in body


@pytest.mark.parametrize(
    ("about", "subject"),
    [
        (EXPIRY, "2 overrides end within two weeks"),
        (ASKED, "2 overrides are asked for"),
        (ANSWERED, "2 of your requests are answered"),
    ],
)
def test_several_are_one_mail(about: AboutOverride, subject: str) -> None:
    known = answered(approved=True) if about is ANSWERED else KNOWN
    other = replace(known, values={**known.values, **account(name="Other Inc").values})

    made = mail(story(about, known), story(about, other))

    assert made.subject == subject
    assert "Acme Inc" in made.text
    assert "Other Inc" in made.text


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("about", [EXPIRY, ASKED, ANSWERED])
def test_what_anybody_may_write_does_no_harm(about: AboutOverride, text: str) -> None:
    known = answered(approved=False, reason=text)
    hostile = replace(
        known,
        values={**known.values, **account(name=text).values},
        override=replace(OVERRIDE, reason=text, author=text),
        request=known.request and replace(known.request, reason=text, author=text),
    )

    made = mail(story(about, hostile))

    assert "<script" not in made.html
    assert "49" not in made.text
    assert "\nBcc" not in made.text + made.html
    assert "\n" not in made.subject
