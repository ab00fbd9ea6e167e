from datetime import timedelta

import pytest

from local.sandboxes.recurly.faults import Fault, Kind
from local.sandboxes.recurly.server import Running, running
from shared.connectors.ports import BadRecord, Hint, RecordGone, VendorRefused, VendorUnavailable
from shared.connectors.recurly.client import Recurly, connect
from shared.connectors.recurly.reader import PLAN_AGE
from shared.connectors.transport import Limits
from tests.flow.vendors.recurly_site import BEGIN, PLAN, USD, TickingClock, connected, site


@pytest.mark.parametrize("subject", ["account/a3", "account/code-c3", "subscription/s3", "invoice/i3"])
def test_a_hint_of_any_kind_leads_to_its_whole_account(recurly: Recurly, subject: str) -> None:
    (record,) = recurly.fetch(Hint(subject), rates=USD, now=BEGIN)
    assert str(record.key) == "recurly:c3"
    assert (record.properties["name"], record.properties["mrr"]) == ("Company 3", "10.00")


def test_what_changed_at_recurly_is_fetched_under_a_newer_version(
    sandbox: Running, recurly: Recurly, clock: TickingClock
) -> None:
    (before,) = recurly.fetch(Hint("subscription/s3"), rates=USD, now=clock.now)
    sandbox.site.change("subscriptions", "s3", {"quantity": 64})
    (at_once,) = recurly.fetch(Hint("subscription/s3"), rates=USD, now=clock.now)
    sandbox.site.change("subscriptions", "s3", {"quantity": 65})
    (in_the_same_second,) = recurly.fetch(
        Hint("subscription/s3"), rates=USD, now=clock.now + timedelta(milliseconds=300)
    )
    clock.tick()
    (later,) = recurly.fetch(Hint("subscription/s3"), rates=USD, now=clock.now)
    records = [before, at_once, in_the_same_second, later]
    assert [record.properties["mrr"] for record in records] == ["10.00", "640.00", "650.00", "650.00"]
    assert [record.version.at for record in records] == sorted({record.version.at for record in records})


def test_a_past_due_invoice_makes_a_newer_version_though_the_account_did_not_move(
    sandbox: Running, recurly: Recurly, clock: TickingClock
) -> None:
    (before,) = recurly.fetch(Hint("account/a3"), rates=USD, now=clock.now)
    sandbox.site.change("invoices", "i3", {"state": "past_due"})
    sandbox.site.find("accounts", "a3")["has_past_due_invoice"] = True
    (after,) = recurly.fetch(Hint("invoice/i3"), rates=USD, now=clock.tick())
    assert (before.properties["payment_status"], after.properties["payment_status"]) == ("ok", "past_due")
    assert after.version.newer_than(before.version)


@pytest.mark.parametrize("subject", ["subscription/s99", "account/a99", "invoice/i99"])
def test_an_object_that_recurly_no_longer_has_is_gone(recurly: Recurly, subject: str) -> None:
    with pytest.raises(RecordGone):
        recurly.fetch(Hint(subject), rates=USD, now=BEGIN)


def test_a_hint_of_another_kind_is_refused(recurly: Recurly) -> None:
    with pytest.raises(BadRecord):
        recurly.fetch(Hint("plan/p1"), rates=USD, now=BEGIN)


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.TRUNCATED, Kind.NOT_JSON, Kind.RATE_LIMITED])
def test_a_bad_moment_of_recurly_is_tried_again_later(sandbox: Running, recurly: Recurly, kind: Kind) -> None:
    sandbox.faults.add(Fault(kind, path="/accounts/a3/subscriptions"), times=1)
    with pytest.raises(VendorUnavailable):
        recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN)
    assert recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN)


def test_a_rate_limit_says_when_to_come_again(sandbox: Running, recurly: Recurly) -> None:
    sandbox.faults.add(Fault(Kind.RATE_LIMITED, seconds=42), times=1)
    with pytest.raises(VendorUnavailable, match="rate_limited") as caught:
        recurly.fetch(Hint("subscription/s3"), rates=USD, now=BEGIN)
    assert caught.value.retry_after == 42


def test_a_slow_answer_is_given_up(sandbox: Running) -> None:
    sandbox.faults.add(Fault(Kind.SLOW, seconds=60), times=1)
    with connected(sandbox, limits=Limits(read_seconds=0.05)) as impatient, pytest.raises(VendorUnavailable):
        impatient.fetch(Hint("subscription/s3"), rates=USD, now=BEGIN)


def test_a_host_that_does_not_listen_is_tried_again_later(clock: TickingClock) -> None:
    with running(site(clock, customers=1)) as gone:
        pass
    with connected(gone) as recurly, pytest.raises(VendorUnavailable):
        recurly.fetch(Hint("account/a0"), rates=USD, now=BEGIN)


@pytest.mark.parametrize("kind", [Kind.FORBIDDEN, Kind.REDIRECT])
def test_a_refusal_is_told_apart_from_a_bad_moment(sandbox: Running, recurly: Recurly, kind: Kind) -> None:
    sandbox.faults.add(Fault(kind), times=1)
    with pytest.raises(VendorRefused):
        recurly.fetch(Hint("subscription/s3"), rates=USD, now=BEGIN)


def test_a_wrong_key_is_refused_and_not_named(sandbox: Running) -> None:
    with (
        connected(sandbox, key="not-the-key") as stranger,
        pytest.raises(VendorRefused, match="invalid_api_key") as told,
    ):
        stranger.fetch(Hint("account/a3"), rates=USD, now=BEGIN)
    assert "not-the-key" not in str(told.value)


def test_an_answer_without_end_is_refused(sandbox: Running) -> None:
    with connected(sandbox, limits=Limits(max_bytes=100)) as recurly, pytest.raises(VendorRefused, match="100 bytes"):
        recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN)


def test_a_next_page_on_another_host_is_not_followed(sandbox: Running, recurly: Recurly) -> None:
    sandbox.faults.add(Fault(Kind.FOREIGN_NEXT, path="/accounts/a3/subscriptions"), times=1)
    with pytest.raises(VendorRefused, match=r"elsewhere\.example"):
        recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN)


def test_a_plan_is_asked_for_once_in_a_while(sandbox: Running, recurly: Recurly) -> None:
    for minutes in (0, 1, 9):
        recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN + timedelta(minutes=minutes))
    assert sandbox.requests[f"GET /plans/{PLAN}"] == 1
    recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN + PLAN_AGE)
    assert sandbox.requests[f"GET /plans/{PLAN}"] == 2


def test_a_plan_that_is_gone_leaves_mrr_alone_and_says_so(sandbox: Running, recurly: Recurly) -> None:
    sandbox.faults.add(Fault(Kind.GONE, path="/plans"), times=1)
    (record,) = recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN)
    assert "mrr" not in record.properties
    assert "its plan plan1 was not found" in record.withheld[0]


@pytest.mark.parametrize("whole_urls", [False, True])
def test_all_subscriptions_of_an_account_count_however_many_pages_they_fill(
    sandbox: Running,
    recurly: Recurly,
    whole_urls: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.connectors.recurly.api.PAGE", 2)
    sandbox.application.vendor.whole_urls = whole_urls
    for number in range(5):
        sandbox.site.find("subscriptions", f"s{number}")["account_id"] = "a3"
    (record,) = recurly.fetch(Hint("account/a3"), rates=USD, now=BEGIN)
    assert (record.properties["mrr"], record.properties["seats"]) == ("50.00", 5)


@pytest.mark.parametrize("url", ["https://api.example.com", "http://v3.recurly.com", "http://169.254.169.254"])
def test_the_key_goes_to_recurly_only(url: str) -> None:
    for loopback in (False, True):
        with pytest.raises(VendorRefused):
            connect("key", base_url=url, loopback=loopback)
