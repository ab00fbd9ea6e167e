"""Sources are pulled when they are due, page by page; the cursor moves only after a page is stored."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.crm_sync.handler import handle
from functions.crm_sync.progress import MAX_REJECTS
from shared.accounts.account import Account
from shared.accounts.identity import SourceName
from shared.accounts.store import AccountChange
from shared.accounts.values import SCALE, Json
from shared.configuration.reader import sync_time
from shared.configuration.records import SourceRecord
from shared.connectors.ports import PulledPage, VendorRefused, VendorUnavailable
from shared.memory.accounts import MemoryAccounts
from shared.memory.runs import MemoryRuns
from shared.runtime.backoff import ATTEMPTS
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.messages import SyncSource, write
from shared.runtime.ports import Run, RunMoved, RunState
from tests.unit.functions.sync_house import ASKED, KIND, LATER, NOW, House
from tests.unit.ingestion.builders import record


def page(number: int, *records: SourceRecord, done: bool = False, **about: Any) -> PulledPage:
    return PulledPage(records, {"page": str(number + 1)}, done, **about)


def pulled(house: House) -> Run:
    house.queued()
    run = house.work()
    assert run is not None
    return run


def test_pages_are_pulled_to_the_end_and_counted() -> None:
    house = House()
    house.vendor.pages = [
        page(0, record("recurly:a", mrr=1), record("recurly:b", mrr=2), total=3),
        page(1, record("recurly:a", mrr=1), record("recurly:c", mrr=3), done=True),
    ]

    run = pulled(house)

    assert (run.state, run.cursor, run.finished_at) == (RunState.SUCCEEDED, {"page": "2"}, NOW)
    assert (run.done, run.total) == (4, 3)
    assert run.counts == {"records": 4, "written": 3, "unchanged": 1}
    assert house.mrr("recurly:c") == 3 * SCALE
    assert house.sent() == []


def test_a_complete_sync_says_how_fresh_the_source_is() -> None:
    house = House()
    house.vendor.pages = [page(0), page(1, done=True)]
    run = pulled(house)

    assert house.synced.get(sync_time(SourceName("recurly"))) == run.created_at


def test_a_sync_that_failed_makes_nothing_fresher() -> None:
    house = House()
    house.vendor.pages = [page(0), VendorRefused("the key is not accepted")]

    assert pulled(house).state is RunState.FAILED
    assert house.synced.get(sync_time(SourceName("recurly"))) is None


def test_what_could_not_be_taken_is_listed_in_the_run() -> None:
    house = House()
    unread = [{"record": "recurly:x", "reason": "no currency"}]
    house.vendor.pages = [page(0, record("recurly:a", mrr="a lot"), done=True, rejects=unread)]

    run = pulled(house)

    assert run.counts == {"records": 2, "written": 1, "rejected": 1}
    assert [reject["record"] for reject in run.rejects] == ["recurly:a", "recurly:x"]


def test_a_run_lists_no_more_rejects_than_a_person_reads() -> None:
    house = House()
    unread = [{"record": f"recurly:{number}", "reason": "no currency"} for number in range(MAX_REJECTS)]
    house.vendor.pages = [page(0, rejects=unread), page(1, done=True, rejects=unread)]

    run = pulled(house)

    assert (len(run.rejects), run.counts["rejected"]) == (MAX_REJECTS, 2 * MAX_REJECTS)


def test_a_run_starts_from_where_the_last_that_succeeded_came_to() -> None:
    house = House()
    house.runs.save(Run("old", KIND, RunState.SUCCEEDED, NOW - timedelta(days=2), cursor={"page": "1"}))
    for number in range(20):
        at = NOW - timedelta(hours=20 - number)
        house.runs.save(Run(f"failed-{number}", KIND, RunState.FAILED, at, cursor={"page": "7"}))
    house.vendor.pages = [page(0), page(1, done=True)]

    pulled(house)

    assert house.vendor.pulled == [{"page": "1"}]


@pytest.mark.parametrize("changed", ["rates", "mapping"])
def test_a_run_after_new_rates_or_a_new_mapping_pulls_all_again(changed: str) -> None:
    house = House()
    house.vendor.pages = [page(0, done=True), page(1, done=True)]
    pulled(house)
    if changed == "rates":
        house.configure_settings(rates_revision=1)
    else:
        house.configure(mapping_revision=1)

    for run_id in ("run-2", "run-3"):
        house.queued(run_id)
        house.work(SyncSource("recurly", run_id))

    assert house.vendor.pulled == [{}, {}, {"page": "1"}]


def test_the_first_run_pulls_all() -> None:
    house = House()
    house.vendor.pages = [page(0, done=True)]

    pulled(house)

    assert house.vendor.pulled == [{}]


def test_when_time_is_up_the_run_goes_on_in_another_message() -> None:
    house = House()
    house.vendor.pages = [page(0, record("recurly:a", mrr=1)), page(1, done=True)]
    house.queued()

    run = house.work(until=NOW)

    assert run is not None
    assert (run.state, run.cursor, run.worked_at) == (RunState.RUNNING, {"page": "1"}, NOW)
    assert house.sent() == [(ASKED, 0)]
    assert house.work() == replace(
        run, state=RunState.SUCCEEDED, cursor={"page": "2"}, finished_at=NOW, version=run.version + 1
    )


def test_an_outage_leaves_the_cursor_and_asks_again_later() -> None:
    house = House()
    house.vendor.pages = [page(0, record("recurly:a", mrr=1)), VendorUnavailable("HTTP 503")]

    run = pulled(house)

    assert (run.state, run.cursor) == (RunState.RUNNING, {"page": "1"})
    assert house.sent() == [(replace(ASKED, attempt=1), 15)]
    house.vendor.pages[1] = VendorUnavailable("HTTP 429", retry_after=77.5)
    house.work(replace(ASKED, attempt=1))
    assert house.sent() == [(replace(ASKED, attempt=2), 78)]


def test_a_page_that_could_not_be_stored_is_pulled_again() -> None:
    accounts = Throttled()
    house = House(accounts=accounts)
    house.vendor.pages = [page(0, record("recurly:a", mrr=1), done=True)]

    run = pulled(house)

    assert (run.state, run.cursor) == (RunState.RUNNING, {})
    accounts.throttled = False
    [(again, _)] = house.sent()
    house.work(again)
    assert house.vendor.pulled == [{}, {}]
    assert house.mrr("recurly:a") == SCALE


class Throttled(MemoryAccounts):
    throttled = True

    def commit(self, change: AccountChange) -> Account:
        if self.throttled:
            raise Retryable("throttled")
        return super().commit(change)


def test_a_vendor_that_never_answers_fails_the_run_in_the_end() -> None:
    house = House()
    house.vendor.pages = [VendorUnavailable("HTTP 503")]
    house.queued()

    run = house.work(replace(ASKED, attempt=ATTEMPTS))

    assert run is not None
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert "HTTP 503" in run.error
    assert house.sent() == []


def test_a_vendor_that_refuses_fails_the_run_with_its_sentence() -> None:
    house = House()
    house.vendor.pages = [page(0), VendorRefused("HTTP 401: mend the API key")]

    run = pulled(house)

    assert (run.state, run.error, run.finished_at) == (RunState.FAILED, "HTTP 401: mend the API key", NOW)
    assert run.cursor == {"page": "1"}
    assert house.sent() == []


@pytest.mark.parametrize("source", [{"enabled": False}, {"enabled": False, "sync_minutes": 5}])
def test_a_source_that_is_switched_off_is_not_asked(source: dict[str, Json]) -> None:
    house = House()
    house.configure(**source)

    assert pulled(house).state is RunState.FAILED
    assert house.vendor.pulled == []


class Meddled(MemoryRuns):
    """Before each save but the first of a run, somebody else saves it."""

    def __init__(self, state: RunState | None = None) -> None:
        super().__init__()
        self.state = state

    def save(self, run: Run) -> Run:
        if self.state is not None and run.state is not RunState.QUEUED and run.cursor:
            known = self.runs[run.kind, run.id]
            super().save(replace(known, state=self.state))
        return super().save(run)


def test_a_cancelled_run_stops_before_its_next_page() -> None:
    house = House(runs=Meddled(RunState.CANCELLED))
    house.vendor.pages = [page(0, record("recurly:a", mrr=1)), page(1, done=True)]

    run = pulled(house)

    assert run.state is RunState.CANCELLED
    assert len(house.vendor.pulled) == 1
    assert house.sent() == []


def test_a_run_that_another_worker_moves_on_is_left_to_it() -> None:
    house = House(runs=Meddled(RunState.RUNNING))
    house.vendor.pages = [page(0), page(1, done=True)]

    run = pulled(house)

    assert (run.state, run.cursor) == (RunState.RUNNING, {})
    assert len(house.vendor.pulled) == 1
    assert house.sent() == []


class Deaf(MemoryRuns):
    """Saves, and loses the answer: the repeated write meets its own effect."""

    def save(self, run: Run) -> Run:
        super().save(run)
        if run.state is RunState.QUEUED:
            return self.runs[run.kind, run.id]
        raise RunMoved("it was saved since it was read")


def test_a_save_whose_answer_was_lost_does_not_end_the_run() -> None:
    house = House(runs=Deaf())
    house.vendor.pages = [page(0, record("recurly:a", mrr=1)), page(1, done=True)]

    assert pulled(house).state is RunState.SUCCEEDED


@pytest.mark.parametrize("state", [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED])
def test_a_message_of_a_run_that_has_ended_does_nothing(state: RunState) -> None:
    house = House()
    house.runs.save(Run("run-1", KIND, state, NOW))

    assert house.sync.work(ASKED, NOW + LATER) == []
    assert house.sync.work(replace(ASKED, run_id="unknown"), NOW + LATER) == []
    assert house.vendor.pulled == []


def test_an_absence_changes_nothing() -> None:
    house = House()
    house.vendor.pages = [page(0, record("recurly:a", mrr=1), record("recurly:b", mrr=2), done=True)]
    pulled(house)
    before = house.accounts.writes
    house.runs.runs.clear()
    house.vendor.pages = [page(0, record("recurly:a", mrr=1), done=True)]

    pulled(house)

    assert house.accounts.writes == before


def event(*bodies: str) -> Mapping[str, Any]:
    return {"Records": [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]}


class Denied(MemoryAccounts):
    def commit(self, change: AccountChange) -> Account:
        raise Permanent(f"no permission to write {change.account.id}")


def test_the_handler_works_each_message_and_reports_those_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    house.vendor.pages = [page(0, record("recurly:a", mrr=1), done=True)]
    house.queued()

    answer = handle(event(write(ASKED).body, "canary-4711"), house.sync, until=NOW + LATER)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert "canary" not in json.dumps([vars(line) for line in caplog.records], default=str)


def test_a_message_whose_page_can_not_be_stored_for_good_fails() -> None:
    house = House(accounts=Denied())
    house.vendor.pages = [page(0, record("recurly:a", mrr=1), done=True)]
    house.queued()

    answer = handle(event(write(ASKED).body), house.sync, until=NOW + LATER)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
