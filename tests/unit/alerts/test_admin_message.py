"""What admins read of the deployment: what happened, what it hangs on, and what to do; hostile names do no harm."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.catalogue import Catalogue
from shared.alerts.admin_message import NAMED, House, Paused, Waiting, about_breaker, about_waiting
from shared.tiers.breaker import Limits, Suspect, Trip
from shared.tiers.model import FRESH
from shared.tiers.policy import Policy
from shared.tiers.rulebook import Rulebook
from tests.unit.alerts.builders import NOW, alert

HOUSE = House(Rulebook(Policy(()), 7, FRESH, Catalogue.fresh(), "Europe/Berlin"), "https://tiers.example.com")
TRIP = Trip("3", NOW, 5, 1_200, {Suspect("mrr", "recurly"): 6, Suspect("gone_field"): 1})
PAUSED = Paused("the owners are wrong", NOW, None)
HOSTILE = ["<script>alert(1)</script>", "{{ 7 * 7 }}", "Acme\r\nBcc: victim@example.com"]


def test_the_breakers_mail_says_what_it_hangs_on_and_both_ways_out() -> None:
    mail = about_breaker(TRIP, Limits(within=timedelta(minutes=90)), "ada@example.com", HOUSE)

    assert mail.subject == "Demotions are held: 5 of 1,200 accounts moved down within 90 minutes"
    for body in (mail.text, mail.html):
        assert "6 accounts" in body
        assert "gone_field" in body
        assert "POST https://tiers.example.com/v1/breaker/3/release" in body
        assert "POST https://tiers.example.com/v1/breaker/3/discard" in body
    assert "- MRR, from recurly: 6 accounts\n- gone_field, no source gives it a value: 1 account\n" in mail.text


def test_what_waits_is_counted_by_type_and_named_up_to_a_limit() -> None:
    alerts = [replace(alert(f"a{number:02}"), account_name=f"Customer {number}") for number in range(NAMED + 3)]

    mail = about_waiting(Waiting(alerts, more=True), PAUSED, "ada@example.com", "2026-11-22", HOUSE)

    assert mail.subject == "Mail is paused: at least 23 alerts wait"
    assert "- Churn: 23" in mail.text
    assert "Customer 19 and 3 more" in mail.text
    assert "the owners are wrong" in mail.text


def test_one_alert_waits() -> None:
    mail = about_waiting(Waiting([alert()], more=False), replace(PAUSED, since=None), "a@b.c", "2026-11-22", HOUSE)

    assert mail.subject == "Mail is paused: 1 alert waits"
    assert "Nothing is sent yet: " in mail.text


@pytest.mark.parametrize(
    ("alerts", "overrides", "subject"),
    [
        (0, 1, "Mail is paused: 1 mail about overrides waits"),
        (0, 2, "Mail is paused: 2 mails about overrides wait"),
        (2, 1, "Mail is paused: 2 alerts and 1 mail about overrides wait"),
    ],
)
def test_mails_about_overrides_wait_too(alerts: int, overrides: int, subject: str) -> None:
    waiting = Waiting([alert(f"a{number}") for number in range(alerts)], more=False, overrides=overrides)

    mail = about_waiting(waiting, PAUSED, "a@b.c", "2026-11-22", HOUSE)

    assert mail.subject == subject
    assert f"- About overrides: {overrides}" in mail.text
    assert ("OF THESE ACCOUNTS" in mail.text) == bool(alerts)
    assert ("Of these accounts" in mail.html) == bool(alerts)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_anybody_may_give_do_no_harm(name: str) -> None:
    waiting = Waiting([replace(alert(), account_name=name)], more=False)
    trip = replace(TRIP, suspects={Suspect(name, name): 1})

    for mail in (
        about_waiting(waiting, replace(PAUSED, reason=name), "a@b.c", "2026-11-22", HOUSE),
        about_breaker(trip, Limits(), "a@b.c", HOUSE),
    ):
        assert "<script" not in mail.html
        assert "49" not in mail.text
        assert "\nBcc" not in mail.text + mail.html
        assert "\n" not in mail.subject
