"""What failed in company is done one by one, by queues that only failures feed: here a test feeds them."""

from collections.abc import Sequence
from uuid import uuid4

import pytest

from shared.accounts.identity import AccountId
from shared.runtime.messages import AnnounceChange, DecideAccounts, Work, write
from shared.runtime.records import ISOLATION
from tests.stack.deployed import Deployed
from tests.stack.metering import Meter


@pytest.fixture
def ids(deployed: Deployed) -> Sequence[AccountId]:
    """Two accounts with a tier."""
    names = [f"one-{uuid4().hex[:8]}" for _ in range(2)]
    records = [{"external_id": name, "version": 1, "fields": {"mrr": "640.00"}} for name in names]
    assert deployed.deliver(records).status == 200

    def decided() -> list[AccountId]:
        found = [deployed.api().get(f"/v1/accounts?external_id=generic:{name}")["items"] for name in names]
        return [items[0]["id"] for items in found if items and items[0]["tier"]["id"]]

    deployed.wait("their tiers", lambda: len(decided()) == len(names))
    deployed.quiet()
    return decided()


def send(deployed: Deployed, queue: str, work: Work) -> None:
    deployed.running.clients("sqs").send_message(
        QueueUrl=deployed.queue(f"local-{queue}"), MessageBody=write(work).body
    )


def test_a_row_of_history_is_published_by_way_of_its_queue(
    deployed: Deployed, meter: Meter, ids: Sequence[AccountId]
) -> None:
    before = meter.mark()

    send(deployed, "announce", AnnounceChange(ids[0], 1))

    deployed.wait("its row to be read", lambda: meter.since(before).calls["announce", "dynamodb.Query"])
    deployed.quiet()
    assert meter.since(before).calls["announce", "events.PutEvents"] >= 1
    assert deployed.dead()["tierwright-local-announce-dead"] == 0


def test_accounts_on_the_isolation_queue_part_ways(deployed: Deployed, meter: Meter, ids: Sequence[AccountId]) -> None:
    before = meter.mark()

    send(deployed, f"decide{ISOLATION}", DecideAccounts(tuple(ids), "data"))

    deployed.wait("each by itself", lambda: meter.since(before).records["tier_trigger", "queue"] > len(ids))
    deployed.quiet()
    assert meter.since(before).calls["tier_trigger", "sqs.SendMessageBatch"] >= 1
    assert deployed.dead()["tierwright-local-decide-dead"] == 0
