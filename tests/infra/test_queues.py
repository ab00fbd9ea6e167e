"""A message is worked on, isolated, or in a dead-letter queue: never lost, never in another's way."""

from datetime import timedelta

import pytest

from functions.ingest.fetching import THREADS
from infra.constructs.parts import QueueName
from shared.alerts.outbox import CONFIRMED_WITHIN
from shared.runtime.messages import SyncSource, read
from tests.infra.assembled import Assembled, Resource

QUEUES = [name.value for name in QueueName]
WORKERS = {
    "hints": "ingest",
    "decide": "tier_trigger",
    "announce": "announce",
    "evaluate-alerts": "alerts",
    "notify": "notify",
    "syncs": "crm_sync",
}


def _queue(prod: Assembled, name: str) -> Resource:
    return prod.named("AWS::SQS::Queue")[name]


def _mapping(prod: Assembled, queue: Resource) -> Resource:
    (found,) = (
        mapping
        for mapping in prod.resources("AWS::Lambda::EventSourceMapping")
        if prod.text(mapping.properties["EventSourceArn"]) == queue.name
    )
    return found


def _next(prod: Assembled, queue: Resource) -> tuple[str, int]:
    policy = queue.properties["RedrivePolicy"]
    return prod.text(policy["deadLetterTargetArn"]), policy["maxReceiveCount"]


@pytest.mark.parametrize("name", QUEUES)
def test_what_fails_twice_is_isolated_and_five_times_more_given_up(prod: Assembled, name: str) -> None:
    assert _next(prod, _queue(prod, name)) == (f"tierwright-prod-{name}-isolation", 2)
    assert _next(prod, _queue(prod, f"{name}-isolation")) == (f"tierwright-prod-{name}-dead", 5)
    assert "RedrivePolicy" not in _queue(prod, f"{name}-dead").properties


@pytest.mark.parametrize("name", QUEUES)
def test_the_same_function_works_on_both_queues_alone_on_the_isolated(prod: Assembled, name: str) -> None:
    worker = prod.functions()[WORKERS[name]].id
    for queue, most in ((name, 10), (f"{name}-isolation", 1)):
        mapping = _mapping(prod, _queue(prod, queue)).properties
        assert prod.target(mapping["FunctionName"]).id == worker
        assert 1 <= mapping["BatchSize"] <= most
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_a_whole_batch_of_hints_is_fetched_at_once(prod: Assembled) -> None:
    assert _mapping(prod, _queue(prod, "hints")).properties["BatchSize"] == THREADS


@pytest.mark.parametrize("name", QUEUES)
def test_a_message_stays_hidden_for_six_time_outs_of_its_worker(prod: Assembled, name: str) -> None:
    timeout = prod.functions()[WORKERS[name]].properties["Timeout"]
    for queue in (name, f"{name}-isolation"):
        assert _queue(prod, queue).properties["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("name", ["hints", "decide", "evaluate-alerts", "notify"])
def test_where_mail_is_due_no_time_out_is_above_a_minute(prod: Assembled, name: str) -> None:
    assert prod.functions()[WORKERS[name]].properties["Timeout"] <= 60


def test_queues_are_encrypted_and_refuse_plain_connections(prod: Assembled) -> None:
    queues = {queue.name for queue in prod.resources("AWS::SQS::Queue")}
    refusing = {
        prod.text(policy.properties["Queues"][0])
        for policy in prod.resources("AWS::SQS::QueuePolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert refusing == queues
    assert all(queue.properties["SqsManagedSseEnabled"] for queue in prod.resources("AWS::SQS::Queue"))


def test_dead_letters_wait_for_two_weeks(prod: Assembled) -> None:
    dead = [queue for name, queue in prod.named("AWS::SQS::Queue").items() if name.endswith("-dead")]
    assert len(dead) == len(QUEUES) + 1
    assert {queue.properties["MessageRetentionPeriod"] for queue in dead} == {14 * 24 * 3600}


def test_the_sync_tick_asks_for_whichever_sources_are_due(prod: Assembled) -> None:
    target = prod.named("AWS::Scheduler::Schedule")["sync-tick"].properties["Target"]
    assert prod.text(target["Arn"]) == "tierwright-prod-syncs"
    assert read(target["Input"], [SyncSource]) == SyncSource(source=None, run_id=None)


def test_schedules_put_undelivered_ticks_aside(prod: Assembled) -> None:
    schedules = prod.named("AWS::Scheduler::Schedule")
    dead = {name: prod.text(each.properties["Target"]["DeadLetterConfig"]["Arn"]) for name, each in schedules.items()}
    assert dead == {"clock": "tierwright-prod-clock-dead", "sync-tick": "tierwright-prod-syncs-dead"}
    assert schedules["clock"].properties["ScheduleExpression"] == "rate(1 minute)"


def test_a_send_event_may_fail_three_times_before_its_mail_is_taken_for_lost(prod: Assembled) -> None:
    seen_again = prod.named("AWS::SQS::Queue")["notify"].properties["VisibilityTimeout"]
    assert timedelta(seconds=3 * seen_again) < CONFIRMED_WITHIN
