"""Faults in the deployed system: while they strike deliveries go on, and once they end nothing shows of them.

What the local stack cannot carry:
- `kill -9` of the emulator: it saves its state at a clean stop only, and streams' records not at all. What is shown is
  a stop with messages in workers' hands, and the start after it. (A killed supervisor is `test_lifecycle`'s: its
  emulator ends cleanly.)
- A record that kills the reader of a stream: the emulator does not bisect, and it takes five minutes until the batch is
  late, and goes on by the queue. The simulation has such an account.
- Throttled reads of a stream, and its retention's end: the emulator reads for its mappings inside.
- Transaction conflicts, conditional failures at will, a SEND event that is lost or late: the contract tests have these;
  here the provider's word is brought for each mail that it took.
- Answers of a vendor: the sandbox's own tests have those. The API: who asks it sees that it failed.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.stack.injector.faults import AFTER, Fault, Kind
from tests.stack.own import HANGING
from tests.stack.storm import Storm
from tests.stack.striking import Injector
from tests.stack.town import Town

SEED = os.environ.get("SEED", "1")
CALLS = {
    "webhook": 16,
    "ingest": 20,
    "tier_trigger": 8,
    "announce": 2,
    "alerts": 12,
    "notify": 16,
    "clock": 6,
    "crm_sync": 12,
}
"""Of each function: among how many of its first calls in a storm one is drawn. Each makes more."""
ON_THE_WAY = {"webhook", "ingest", "tier_trigger", "alerts", "notify"}
"""What calls tables and queues for each delivery."""
WRITES = ("dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.TransactWriteItems", "sqs.SendMessageBatch")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    storm = Storm(Random(SEED), Injector(folder / "orders.json"))  # noqa: S311 - no secret
    town = Town(folder, storm)
    print(f"\nseed of the faults: {SEED}")  # noqa: T201 - what a failure is replayed by
    try:
        town.start()
        town.settle_in()
        yield town
    finally:
        town.stop()


def drawn(name: str) -> Random:
    """Each test its own, so that it draws the same alone."""
    return Random(f"{SEED}.{name}")  # noqa: S311 - no secret


def test_a_crash_of_each_function_leaves_no_trace(town: Town) -> None:
    draw = drawn("crash")
    before = [Fault(Kind.CRASH, name, at=(draw.randint(1, calls),)) for name, calls in CALLS.items()]
    after = [Fault(Kind.CRASH, name, at=(draw.randint(1, calls),), when=AFTER) for name, calls in CALLS.items()]
    with town.injector.striking("crash", *before, *after):
        run = town.deployed.api().call("POST", "/v1/sources/recurly/sync").headers["location"]
        town.storms_until_struck(CALLS.keys())

    town.comes_to_rest()
    assert town.deployed.api().get(run)["state"] == "succeeded"


def test_a_function_that_times_out_leaves_no_trace(town: Town) -> None:
    """One of them with a mail that is sent and not marked."""
    draw = drawn("hang")
    *early, last = HANGING
    hangs = [Fault(Kind.HANG, name, at=(draw.randint(1, CALLS[name]),)) for name in early]
    unmarked = Fault(Kind.HANG, last, ("sesv2.SendEmail",), at=(1,), when=AFTER)
    with town.injector.striking("hang", *hangs, unmarked):
        town.storms_until_struck({*HANGING})

    town.comes_to_rest()


def test_throttled_tables_and_queues_lose_nothing(town: Town) -> None:
    throttles = [Fault(Kind.THROTTLE, name, ("dynamodb.", "sqs."), percent=30) for name in CALLS]
    with town.injector.striking("throttle", *throttles):
        town.storms_until_struck(ON_THE_WAY)

    town.comes_to_rest()


def test_answers_that_are_lost_double_nothing(town: Town) -> None:
    lost = [Fault(Kind.LOSE, name, WRITES, percent=15, when=AFTER) for name in CALLS]
    mails = Fault(Kind.LOSE, "notify", ("sesv2.SendEmail",), at=(1, 3), when=AFTER)
    with town.injector.striking("lose", *lost, mails):
        town.storms_until_struck(ON_THE_WAY)

    town.comes_to_rest()


def test_poison_goes_aside_alone_and_comes_back_harmless(town: Town) -> None:
    """By an exception, by a crash, and on the way from a stream; its neighbours in the batch are none the worse."""
    told = [town.storm.next_of(name) for name in ("poison-raises", "poison-crashes")]
    stuck = town.account("storm-0-a")
    faults = (
        Fault(Kind.RAISE, "ingest", mentions=told[0].record),
        Fault(Kind.CRASH, "ingest", mentions=told[1].record),
        Fault(Kind.RAISE, "tier_trigger", ("dynamodb.TransactWriteItems",), mentions=stuck.id),
    )
    with town.injector.striking("poison", *faults):
        for one in told:
            neighbours = [town.storm.next_of(f"{name}-b") for name in town.storm.accounts[1:]]
            town.storm.together(town.deployed, [*neighbours, one])
        other_tier = "9000.00" if stuck.standing.tier != "tier-1" else "1.00"
        moved = [replace(town.storm.next_of(f"storm-0-{part}"), mrr=other_tier) for part in "ab"]
        town.storm.together(town.deployed, moved)
        town.comes_to_rest(stuck.id, *(one.record for one in told))
        assert town.account("storm-0-a").standing == stuck.standing

    newer = replace(told[0], version=told[0].version + 1_000, mrr="300.00")
    town.storm.together(town.deployed, [newer])
    town.injector.let_pass(timedelta(days=3))
    assert town.redrive("hints") == len(told)
    assert town.redrive("decide") > 0
    town.comes_to_rest()


def test_a_stop_with_messages_in_workers_hands_loses_none(town: Town) -> None:
    with town.injector.striking("stop", Fault(Kind.HANG, "ingest")):
        town.storm.rage(town.deployed)
        town.deployed.wait("ingest to have some", lambda: town.injector.struck("stop")["ingest"])
        town.stop()
    town.start()

    town.comes_to_rest()
