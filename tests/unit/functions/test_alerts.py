"""Alerts are raised once for each tier change, by whichever worker comes first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from functions.alerts.handler import handle
from functions.alerts.service import Alerts, Outrun
from shared.access.people import User
from shared.accounts.identity import AccountId
from shared.accounts.standing import Cause, TierChange
from shared.alerts.notice import Channel
from shared.alerts.store import Evaluation
from shared.aws.dynamodb.account_rows import account_attributes
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.reader import PublishedReader
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.directory import MemoryDirectory
from shared.memory.documents import MemoryDocuments
from shared.memory.queues import MemoryQueue
from shared.runtime.messages import EvaluateAlerts, write
from shared.runtime.ports import QueueUnavailable
from tests.support import builders
from tests.unit.alerts.builders import ACME, ANN, NOW, change
from tests.unit.functions.outbox_world import queue_event


class Contested(MemoryAlerts):
    """A store where another worker acts right before the next record."""

    def __init__(self) -> None:
        super().__init__()
        self.rival: Callable[[], object] | None = None
        self.always = False

    def record(self, evaluation: Evaluation) -> None:
        if acts := self.rival:
            self.rival = acts if self.always else None
            acts()
        super().record(evaluation)


@dataclass
class World:
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    store: Contested = field(default_factory=Contested)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    users: Sequence[User] = (ANN,)
    queue: MemoryQueue = field(default_factory=MemoryQueue)

    @property
    def service(self) -> Alerts:
        published = PublishedReader(self.documents, timedelta(0))
        return Alerts(self.accounts, self.store, published, MemoryDirectory(self.users), self.queue, lambda: NOW)

    def has(self, *rows: TierChange, owner: str = ANN.id) -> None:
        for row in rows:
            self.accounts.accounts[row.account_id] = builders.account(row.account_id, owner=owner, tier="tier-2")
            self.accounts.rows.setdefault(row.account_id, []).append(row)

    @property
    def mailed(self) -> list[str]:
        return [notice.recipient for notice in self.store.noticed.values() if notice.channel is Channel.MAIL]


FIRST, LOWERED = change(1, None, "tier-1"), change(2, "tier-1", "tier-2")


def stream(*accounts: str) -> dict[str, Any]:
    return {
        "Records": [
            {"eventSource": "aws:dynamodb", "dynamodb": {"Keys": {"id": {"S": account}}}} for account in accounts
        ]
    }


def test_a_changed_tier_raises_an_alert_for_its_csm() -> None:
    world = World()
    world.has(FIRST, LOWERED)

    handle(stream("acme"), world.service)

    assert list(world.store.alerts) == ["acme.tier-lowered.2"]
    assert world.mailed == [ANN.id]
    assert world.store.seen(ACME) == 2


def test_a_first_tier_costs_no_call() -> None:
    """Loading a million accounts must not read each of them again to raise nothing."""

    class Untouchable(MemoryAlerts):
        def seen(self, account_id: AccountId) -> int:
            raise AssertionError(account_id)

    account = builders.account("acme", mrr="640.00", tier="tier-2")
    image = TypeSerializer().serialize(account_attributes(account, Cause.TIER))["M"]
    record = {"Keys": {"id": {"S": "acme"}}, "NewImage": image}

    world = World()
    world.store = Untouchable()  # type: ignore[assignment]  # a twin that nothing may ask
    handle({"Records": [{"eventSource": "aws:dynamodb", "dynamodb": record}]}, world.service)

    assert world.queue.sent == []


def test_a_later_tier_in_the_streams_image_is_evaluated() -> None:
    world = World()
    world.has(change(1, None, "tier-1"), change(2, "tier-1", "tier-2"))
    standing = replace(builders.account("acme", tier="tier-2").standing, changes=2)
    account = replace(builders.account("acme", mrr="640.00"), standing=standing)
    image = TypeSerializer().serialize(account_attributes(account, Cause.TIER))["M"]
    record = {"Keys": {"id": {"S": "acme"}}, "NewImage": image}

    handle({"Records": [{"eventSource": "aws:dynamodb", "dynamodb": record}]}, world.service)

    assert len(world.store.alerts) == 1


def test_fifty_records_of_one_change_raise_one_alert() -> None:
    world = World()
    world.has(FIRST, LOWERED)

    for _ in range(50):
        handle(stream("acme", "acme"), world.service)

    assert len(world.store.alerts) == 1
    assert len(world.store.inserted) == 2


def test_changes_that_came_meanwhile_are_evaluated_together() -> None:
    world = World()
    world.has(FIRST, LOWERED, change(3, "tier-2", "tier-3"))

    assert world.service.evaluate(ACME) == 2


def test_only_what_came_since_is_evaluated() -> None:
    world = World()
    world.has(FIRST, LOWERED)
    world.service.evaluate(ACME)
    world.has(change(3, "tier-2", "tier-3"))

    assert world.service.evaluate(ACME) == 1
    assert world.store.seen(ACME) == 3


def test_an_account_without_history_raises_nothing_and_writes_nothing() -> None:
    world = World()

    assert world.service.evaluate(AccountId("unknown")) == 0
    assert world.store.evaluated == {}


def test_a_worker_that_was_outrun_looks_again() -> None:
    world = World()
    world.has(FIRST, LOWERED)
    world.store.rival = lambda: world.service.evaluate(ACME)

    assert world.service.evaluate(ACME) == 0
    assert len(world.store.alerts) == 1


def test_a_worker_that_is_always_outrun_gives_up_for_now() -> None:
    world = World()
    world.has(FIRST, LOWERED)

    def rival() -> None:
        world.store.evaluated[ACME] = world.store.seen(ACME) - 1

    world.store.rival, world.store.always = rival, True

    with pytest.raises(Outrun):
        world.service.evaluate(ACME)


def test_an_owner_who_is_no_user_leaves_it_to_the_fallback_recipients() -> None:
    world = World(users=())
    settings = DocumentChange(Kind.PUBLISHED, "settings", 0, {"fallback_recipients": ["ops@example.com"]})
    world.documents.commit([settings], at=NOW, by="a test", audit=())
    world.has(FIRST, LOWERED, owner="stranger@example.com")

    world.service.evaluate(ACME)

    assert world.mailed == ["ops@example.com"]


class Failing(MemoryAccounts):
    def get(self, account_id: AccountId) -> Any:
        if account_id == "poison":
            raise LookupError("an item that no code reads")
        return super().get(account_id)


def test_an_account_that_fails_goes_on_the_queue_and_the_others_go_on() -> None:
    world = World(accounts=Failing())
    world.has(change(2, account="poison"), LOWERED)

    assert handle(stream("poison", "acme"), world.service) == {}

    assert [message.body for message in world.queue.sent] == [write(EvaluateAlerts(AccountId("poison"))).body]
    assert len(world.store.alerts) == 1


def test_the_stream_keeps_a_batch_whose_failures_the_queue_does_not_take() -> None:
    world = World(accounts=Failing())
    world.has(change(2, account="poison"))
    world.queue.down = True

    with pytest.raises(QueueUnavailable):
        handle(stream("poison"), world.service)


def test_the_queue_brings_back_what_fails_and_nothing_else() -> None:
    world = World(accounts=Failing())
    world.has(change(2, account="poison"), LOWERED)
    bodies = [write(EvaluateAlerts(AccountId(account))).body for account in ("poison", "acme")]

    assert handle(queue_event(*bodies), world.service) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert len(world.store.alerts) == 1


def test_the_name_on_the_alert_is_the_accounts() -> None:
    world = World()
    world.has(FIRST, LOWERED)
    world.accounts.accounts[ACME] = replace(
        builders.account(name="Acme Inc", owner=ANN.id), standing=world.accounts.accounts[ACME].standing
    )

    world.service.evaluate(ACME)

    assert world.store.alerts.popitem()[1].account_name == "Acme Inc"
