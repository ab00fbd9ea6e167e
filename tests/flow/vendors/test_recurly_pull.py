from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from local.sandboxes.recurly.faults import Fault, Kind
from local.sandboxes.recurly.server import Running
from shared.accounts.values import moment_text
from shared.configuration.records import SourceRecord
from shared.connectors.ports import Hint, PulledPage, VendorRefused, VendorUnavailable
from shared.connectors.recurly.client import Recurly
from tests.flow.vendors.recurly_site import BEGIN, USD, TickingClock, latest, pull_all

CODES = {f"c{number}" for number in range(8)}


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.connectors.recurly.api.PAGE", 3)


def records(pages: list[PulledPage]) -> list[SourceRecord]:
    return [record for page in pages for record in page.records]


def codes(pages: list[PulledPage]) -> list[str]:
    return [record.key.external_id for record in records(pages)]


@pytest.mark.parametrize("whole_urls", [False, True])
def test_a_first_pull_brings_every_account_once(sandbox: Running, recurly: Recurly, whole_urls: bool) -> None:  # noqa: FBT001 - a table
    sandbox.application.vendor.whole_urls = whole_urls
    pages = pull_all(recurly, BEGIN)
    assert sorted(codes(pages)) == sorted(CODES)
    assert [len(page.records) for page in pages] == [3, 3, 2, 0]


def test_a_pull_tells_how_many_objects_it_looks_at_and_asks_that_once(sandbox: Running, recurly: Recurly) -> None:
    assert {page.total for page in pull_all(recurly, BEGIN)} == {8}
    assert sandbox.requests["HEAD /accounts"] == 1


def test_the_next_pull_brings_what_changed_account_or_subscription(
    sandbox: Running, recurly: Recurly, clock: TickingClock
) -> None:
    cursor = dict(pull_all(recurly, BEGIN)[-1].cursor)
    clock.tick(3600)
    sandbox.site.change("accounts", "a1", {"company": "Renamed"})
    sandbox.site.change("subscriptions", "s2", {"quantity": 7})
    pages = pull_all(recurly, clock.tick(), cursor)
    assert {"c1", "c2"} <= set(codes(pages))
    assert "c0" not in codes(pages)
    assert latest(records(pages))["c2"] == Decimal("70.00")
    clock.tick(3600)
    assert set(codes(pull_all(recurly, clock.now, dict(pages[-1].cursor)))) == {"c1", "c2"}, "the overlap, no more"


def walk_while(recurly: Recurly, clock: TickingClock, changes: Iterator[None]) -> list[PulledPage]:
    """A pull between whose pages the site changes."""
    pages = [recurly.pull({}, rates=USD, now=clock.now)]
    while not pages[-1].done:
        next(changes, None)
        pages.append(recurly.pull(pages[-1].cursor, rates=USD, now=clock.tick()))
    return pages


def test_rows_that_move_during_the_walk_are_not_lost(sandbox: Running, recurly: Recurly, clock: TickingClock) -> None:
    def changes() -> Iterator[None]:
        for number in (7, 0, 4):
            clock.tick()
            sandbox.site.change("accounts", f"a{number}", {"company": f"Moved {number}"})
            sandbox.site.change("subscriptions", f"s{number}", {"quantity": 10 + number})
            clock.tick()
            sandbox.site.change("subscriptions", f"s{(number + 1) % 8}", {"quantity": 20 + number})
            yield

    pages = walk_while(recurly, clock, changes())
    assert set(codes(pages)) == CODES
    truth = [recurly.fetch(Hint(f"account/code-{code}"), rates=USD, now=clock.tick(60))[0] for code in sorted(CODES)]
    assert latest(records(pages)) == latest(truth)


def test_a_pull_after_another_loses_nothing_that_changed_while_it_walked(
    sandbox: Running, recurly: Recurly, clock: TickingClock
) -> None:
    first = recurly.pull({}, rates=USD, now=clock.now)
    clock.tick()
    sandbox.site.change("subscriptions", "s0", {"quantity": 9})
    rest = pull_all(recurly, clock.tick(), dict(first.cursor))
    assert latest(records([first, *rest]))["c0"] == Decimal("90.00")


def with_equal_times(sandbox: Running) -> None:
    for kind in ("accounts", "subscriptions"):
        for found in sandbox.site.all(kind):
            found["updated_at"] = moment_text(BEGIN - timedelta(days=2))


def test_equal_times_at_the_edge_of_a_page_lose_nothing(sandbox: Running, recurly: Recurly) -> None:
    with_equal_times(sandbox)
    assert sorted(codes(pull_all(recurly, BEGIN))) == sorted(CODES)


def test_a_walk_taken_up_from_a_cursor_that_recurly_forgot_reads_equal_times_again(
    sandbox: Running, recurly: Recurly
) -> None:
    with_equal_times(sandbox)
    first = recurly.pull({}, rates=USD, now=BEGIN)
    forgotten = {**first.cursor, "next": "/accounts?cursor=forgotten&limit=3&sort=updated_at&order=asc"}
    assert set(codes(pull_all(recurly, BEGIN, forgotten))) == CODES


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.TRUNCATED, Kind.RATE_LIMITED])
@pytest.mark.parametrize("path", ["/accounts?", "/accounts/a4/subscriptions", "/plans/"])
def test_a_page_that_fails_comes_again_whole(sandbox: Running, recurly: Recurly, kind: Kind, path: str) -> None:
    cursor: Mapping[str, str] = {}
    if path != "/plans/":
        cursor = recurly.pull({}, rates=USD, now=BEGIN).cursor
    sandbox.faults.add(Fault(kind, path=path.rstrip("?")), times=1)
    with pytest.raises(VendorUnavailable):
        recurly.pull(cursor, rates=USD, now=BEGIN)
    assert len(recurly.pull(cursor, rates=USD, now=BEGIN).records) == 3


def test_a_next_page_on_another_host_ends_the_pull(sandbox: Running, recurly: Recurly) -> None:
    sandbox.faults.add(Fault(Kind.FOREIGN_NEXT, path="/accounts"), times=1)
    page = recurly.pull({}, rates=USD, now=BEGIN)
    with pytest.raises(VendorRefused, match=r"elsewhere\.example"):
        recurly.pull(page.cursor, rates=USD, now=BEGIN)


def test_a_record_that_can_not_be_read_is_rejected_and_its_neighbours_are_not(
    sandbox: Running, recurly: Recurly
) -> None:
    sandbox.site.find("subscriptions", "s1")["state"] = "hibernating"
    pages = pull_all(recurly, BEGIN)
    (reject,) = [reject for page in pages for reject in page.rejects]
    assert (reject["record"], "hibernating" in reject["reason"]) == ("recurly:c1", True)
    assert set(codes(pages)) == CODES - {"c1"}


def test_an_account_that_vanishes_during_the_walk_is_passed_over(sandbox: Running, recurly: Recurly) -> None:
    sandbox.site.put("subscriptions", {**sandbox.site.find("subscriptions", "s5"), "updated_at": moment_text(BEGIN)})
    sandbox.faults.add(Fault(Kind.GONE, path="/accounts/a5"), times=4)
    assert set(codes(pull_all(recurly, BEGIN))) == CODES - {"c5"}
