"""Hints become accounts' values: fetched once, merged in order, put back through outages, failed alone."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from functions.ingest.handler import handle
from functions.ingest.outcome import GIVE_UP_AFTER, Done, Failed, PutBack, after
from functions.ingest.service import Ingest, Received
from functions.ingest.telemetry import tell
from shared.accounts.account import Account
from shared.accounts.identity import SourceName
from shared.accounts.store import AccountChange, AccountMoved
from shared.accounts.values import SCALE, Json
from shared.configuration.documents import Document, DocumentChange, Kind
from shared.configuration.reader import PublishedReader
from shared.configuration.records import SourceRecord
from shared.configuration.sources import SourceConfig
from shared.connectors.generic.mapping import to_record
from shared.connectors.lender import Lender
from shared.connectors.ports import BadRecord, VendorRefused, VendorUnavailable
from shared.ingestion.intake import Intake
from shared.ingestion.notebook import Notebook
from shared.ingestion.tally import Tally
from shared.memory.accounts import MemoryAccounts
from shared.memory.directory import MemoryDirectory
from shared.memory.documents import MemoryDocuments
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryRuns
from shared.memory.secrets import MemorySecrets
from shared.runtime import hints
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.hints import HintMessage
from shared.runtime.telemetry import invocation
from tests.support.connectors import RECURLY, FakeVendor, lender
from tests.unit.ingestion.builders import MRR, key, record

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
GENERIC = SourceName("generic")


class House:
    """The function with everything around it in memory."""

    def __init__(self, accounts: MemoryAccounts | None = None, lending: Lender | None = None) -> None:
        self.accounts = accounts or MemoryAccounts()
        self.documents = MemoryDocuments()
        self.queue = MemoryQueue()
        self.reports = MemoryRuns()
        self.vendor = FakeVendor()
        self.ingest = Ingest(
            published=PublishedReader(self.documents, timedelta(0)),
            lender=lending or lender(self.vendor),
            trusted={GENERIC: to_record},
            intake=Intake(self.accounts, MemoryDirectory()),
            notebook=Notebook(self.reports),
            queue=self.queue,
        )

    def work(self, *sent: HintMessage | str, at: datetime = NOW) -> list[Done | PutBack | Failed]:
        bodies = [message if isinstance(message, str) else hints.write(message).body for message in sent]
        received = [Received(str(number), body) for number, body in enumerate(bodies)]
        return [settled.outcome for settled in self.ingest.work(received, at)]

    def mrr(self, record_key: str) -> object:
        return self.accounts.accounts[self.accounts.linked[key(record_key)].account_id].values.get(MRR)

    def rejects(self, source: str = "recurly") -> Any:
        return self.reports.status(source).get("rejects", [])


def hint(subject: str = "account/a", *, attempt: int = 0, received_at: datetime = NOW) -> HintMessage:
    return HintMessage(RECURLY, f"delivery of {subject}", received_at, subject=subject, attempt=attempt)


def trusted(external_id: str = "g", version: int = 1, **fields: Json) -> HintMessage:
    data: dict[str, Json] = {"external_id": external_id, "version": version, "fields": fields}
    return HintMessage(GENERIC, "sha256:1", NOW, record={"type": "account.updated", "data": data})


def test_a_hint_is_fetched_and_merged() -> None:
    house = House()
    house.vendor.subjects["account/a"] = [record("recurly:a", mrr=1200)]

    assert house.work(hint()) == [Done(Tally({"written": 1}))]
    assert house.mrr("recurly:a") == 1200 * SCALE
    assert house.queue.sent == []


def test_hints_of_one_subject_are_fetched_once_and_all_done() -> None:
    house = House()
    house.vendor.subjects["account/a"] = [record("recurly:a", mrr=1200)]

    outcomes = house.work(hint(), hint(), hint())

    assert house.vendor.fetched == ["account/a"]
    assert outcomes == [Done(Tally({"written": 1})), Done(Tally()), Done(Tally())]


def test_subjects_are_fetched_side_by_side() -> None:
    house = House()
    both = Barrier(2, timeout=30)

    def waits_for_the_other(found: SourceRecord) -> Callable[[], Sequence[SourceRecord]]:
        def answer() -> Sequence[SourceRecord]:
            both.wait()
            return [found]

        return answer

    house.vendor.subjects["account/a"] = waits_for_the_other(record("recurly:a", mrr=1))
    house.vendor.subjects["account/b"] = waits_for_the_other(record("recurly:b", mrr=2))

    house.work(hint("account/a"), hint("account/b"))

    assert (house.mrr("recurly:a"), house.mrr("recurly:b")) == (SCALE, 2 * SCALE)


def test_trusted_records_are_merged_in_the_order_of_their_messages() -> None:
    house = House()

    house.work(trusted(version=2, mrr="2.00"), trusted(version=3, mrr="3.00"), trusted(version=1, mrr="1.00"))

    assert house.mrr("generic:g") == 3 * SCALE
    assert [account.values.get(MRR) for _, _, account in house.accounts.changes] == [2 * SCALE, 3 * SCALE]


def test_a_repeated_delivery_writes_nothing_at_all() -> None:
    house = House()
    house.work(trusted(mrr="2.00", colour="red"))
    before, noted = house.accounts.writes, dict(house.reports.reports)

    house.work(trusted(mrr="2.00", colour="red"))

    assert (house.accounts.writes, house.reports.reports) == (before, noted)


def test_an_outage_puts_the_message_back_with_a_growing_delay() -> None:
    house = House()
    house.vendor.subjects["account/a"] = VendorUnavailable("HTTP 503")

    delays = []
    for attempt in range(9):
        [outcome] = house.work(hint(attempt=attempt))
        assert isinstance(outcome, PutBack)
        [message] = house.queue.take()
        delays.append(message.delay_seconds)
        assert hints.read(message.body) == hint(attempt=attempt + 1)

    assert delays == [15, 30, 60, 120, 240, 480, 900, 900, 900]


@pytest.mark.parametrize(("retry_after", "delay"), [(None, 15), (3.5, 15), (40.0, 40), (40.2, 41), (90_000.0, 900)])
def test_a_vendor_is_not_asked_before_it_said(retry_after: float | None, delay: int) -> None:
    outcome = after(VendorUnavailable("HTTP 429", retry_after=retry_after), hint(), NOW)

    assert outcome == PutBack(delay, "HTTP 429")


def test_a_vendor_that_refuses_us_loses_no_webhook_and_is_told_once() -> None:
    house = House()
    house.vendor.subjects = {f"account/{name}": VendorRefused("HTTP 401: mend the API key") for name in "abc"}

    outcomes = house.work(hint("account/a"), hint("account/b"), hint("account/c"))

    assert [outcome.delay for outcome in outcomes if isinstance(outcome, PutBack)] == [900] * 3
    assert house.rejects() == [{"record": "recurly", "reason": "HTTP 401: mend the API key"}]


def test_a_source_without_a_key_waits_for_one() -> None:
    house = House(lending=lender(FakeVendor(), key=""))

    [outcome] = house.work(hint())

    assert outcome == PutBack(900, "no API key of recurly is set", refused=True)


@pytest.mark.parametrize("error", [VendorUnavailable("HTTP 503"), VendorRefused("HTTP 401"), Retryable("throttled")])
def test_after_three_days_a_message_goes_to_the_dead_letters_with_its_reason(error: Exception) -> None:
    house = House()
    house.vendor.subjects["account/a"] = error
    late = NOW + GIVE_UP_AFTER

    assert isinstance(house.work(hint(), at=late - timedelta(seconds=1))[0], PutBack)
    [outcome] = house.work(hint(), at=late)

    assert outcome == Failed(f"given up after 72 hours: {error}")
    assert house.rejects()[0] == {"record": "recurly:account/a", "reason": f"given up after 72 hours: {error}"}


def test_a_dead_letter_that_is_redriven_when_the_vendor_is_back_is_taken() -> None:
    house = House()
    house.vendor.subjects["account/a"] = [record("recurly:a", mrr=1200)]

    assert house.work(hint(), at=NOW + timedelta(days=9)) == [Done(Tally({"written": 1}))]


def test_what_the_vendor_no_longer_has_is_noted_and_done() -> None:
    house = House()

    [outcome] = house.work(hint("subscription/s"))

    assert isinstance(outcome, Done)
    assert outcome.tally.counts == {"gone": 1}
    assert house.rejects()[0]["record"] == "recurly:subscription/s"


def test_a_malformed_record_is_noted_and_done_and_its_neighbours_are_taken() -> None:
    house = House()
    bad = replace(trusted(), record={"type": "account.updated", "data": {"external_id": ""}})

    outcomes = house.work(bad, trusted(mrr="2.00"))

    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert house.mrr("generic:g") == 2 * SCALE
    assert house.rejects("generic")[0]["reason"].startswith("external_id")


def test_a_fetched_object_that_can_not_be_read_is_noted_and_done() -> None:
    house = House()
    house.vendor.subjects["account/a"] = BadRecord("the account has no code")

    [outcome] = house.work(hint())

    assert isinstance(outcome, Done)
    assert outcome.tally.counts == {"rejected": 1}


@pytest.mark.parametrize(
    "poison",
    [
        "no message of ours",
        hints.write(HintMessage(SourceName("salesforce"), "d", NOW, subject="s")).body,
        hints.write(HintMessage(RECURLY, "d", NOW, record={"type": "account.updated"})).body,
        hints.write(HintMessage(GENERIC, "d", NOW, subject="s")).body,
    ],
)
def test_a_poison_message_fails_alone(poison: str) -> None:
    house = House()
    house.vendor.subjects["account/a"] = [record("recurly:a", mrr=1200)]

    outcomes = house.work(hint(), poison, trusted(mrr="2.00"))

    assert [type(outcome) for outcome in outcomes] == [Done, Failed, Done]
    assert house.mrr("recurly:a") == 1200 * SCALE
    assert house.queue.sent == []


def test_an_unforeseen_fault_fails_its_message_alone_and_quotes_nothing() -> None:
    house = House()
    house.vendor.subjects = {"account/a": TypeError("canary-4711"), "account/b": [record("recurly:b", mrr=1)]}

    outcomes = house.work(hint("account/a"), hint("account/b"))

    assert isinstance(outcomes[0], Failed)
    assert outcomes[0].reason.startswith("TypeError in fetch")
    assert "canary" not in str(house.rejects())
    assert isinstance(outcomes[1], Done)


class Contested(MemoryAccounts):
    """Somebody else always writes first."""

    def commit(self, change: AccountChange) -> Account:
        raise AccountMoved(change.account.id)


def test_an_account_that_others_keep_writing_is_tried_again_later() -> None:
    house = House(Contested())

    assert isinstance(house.work(trusted(mrr="1.00"))[0], PutBack)


class Broken(MemoryAccounts):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def commit(self, change: AccountChange) -> Account:
        raise self.error from LookupError(change.account.id)


def test_a_store_that_is_throttled_burns_no_receives() -> None:
    assert isinstance(House(Broken(Retryable("throttled"))).work(trusted())[0], PutBack)


def test_a_store_that_must_be_mended_fails_the_message() -> None:
    assert isinstance(House(Broken(Permanent("AccessDenied"))).work(trusted())[0], Failed)


class Unreadable(MemoryDocuments):
    def all(self, kind: Kind) -> Sequence[Document]:
        raise Retryable(f"{kind} can't be read now")


def test_without_the_configuration_all_of_a_batch_comes_again() -> None:
    house = House()
    ingest = replace(house.ingest, published=PublishedReader(Unreadable(), timedelta(0)))

    settled = ingest.work([Received("m", hints.write(hint()).body), Received("n", "poison")], NOW)

    assert [type(one.outcome) for one in settled] == [PutBack, Failed]


def test_what_can_not_be_put_back_fails() -> None:
    house = House()
    house.queue.down = True

    outcomes = house.work(hint("account/none"), trusted(mrr="1.00"), replace(hint(), subject="account/a"))
    house.vendor.subjects["account/a"] = VendorUnavailable("HTTP 503")
    [failed] = house.work(hint())

    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert isinstance(failed, Failed)


def test_a_source_that_is_switched_off_is_not_asked_and_its_deliveries_wait() -> None:
    house = House()
    off = DocumentChange(Kind.PUBLISHED, "source:recurly", 0, {"enabled": False})
    house.documents.commit([off], at=NOW, by="user-1", audit=())

    [outcome] = house.work(hint())

    assert isinstance(outcome, PutBack)
    assert len(house.queue.sent) == 1
    assert house.vendor.fetched == []
    assert "switched off" in house.rejects()[0]["reason"]


def test_a_connector_works_for_one_thread_at_a_time_and_is_used_again() -> None:
    made: list[tuple[str, str]] = []

    def connect(given: str, config: SourceConfig) -> FakeVendor:
        made.append((given, config.name))
        return FakeVendor()

    secrets = MemorySecrets({"api/recurly": ("one",)})
    lending, config = Lender({RECURLY: connect}, secrets), SourceConfig(RECURLY)
    with lending.lent(config) as first, lending.lent(config) as second:
        assert first is not second
    with lending.lent(config) as third:
        assert third in (first, second)
    secrets.values["api/recurly"] = ("two", "one")
    with lending.lent(config):
        assert made == [("one", "recurly"), ("one", "recurly"), ("two", "recurly")]


def lambda_event(*bodies: str) -> Mapping[str, Any]:
    return {"Records": [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]}


def test_the_handler_reports_what_failed_and_tells_of_that_alone(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    event = lambda_event("canary-4711", hints.write(trusted(mrr="1.00")).body)

    with invocation():
        answer = handle(event, house.ingest, NOW + timedelta(seconds=2))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    out = capsys.readouterr().out
    assert "canary" not in out + caplog.text
    metrics = json.loads(out.splitlines()[-1])
    assert metrics["HintsFailed"] == [1]


def test_a_message_that_waits_is_told_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    house.vendor.subjects["account/a"] = VendorUnavailable("HTTP 503")

    tell(house.ingest.work([Received("m", hints.write(hint()).body)], NOW))

    [line] = caplog.records
    assert (line.levelname, vars(line)["reason"], vars(line)["source"]) == ("WARNING", "HTTP 503", "recurly")
