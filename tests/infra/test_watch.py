"""Nothing fails unseen: whatever can be given up, late or refused has an alarm that tells somebody."""

import json

import pytest

from infra.constructs.parts import QueueName
from tests.infra.assembled import Assembled, Json
from tests.infra.test_functions import FUNCTIONS


def _alarms(assembled: Assembled) -> dict[tuple[str, str], Json]:
    """By figure and what it is of."""
    return {
        (alarm["MetricName"], assembled.text(alarm["Dimensions"][0]["Value"], "watch")): alarm
        for alarm in (each.properties for each in assembled.resources("AWS::CloudWatch::Alarm"))
    }


def test_every_dead_letter_rings(prod: Assembled, local: Assembled) -> None:
    for assembled in (prod, local):
        dead = {queue.name for queue in assembled.resources("AWS::SQS::Queue") if queue.name.endswith("-dead")}
        alarms = _alarms(assembled)
        assert dead
        for name in dead:
            alarm = alarms["ApproximateNumberOfMessagesVisible", name]
            assert (alarm["Threshold"], alarm["Statistic"], alarm["EvaluationPeriods"]) == (1, "Maximum", 1)


@pytest.mark.parametrize("queue", [name.value for name in QueueName])
def test_work_that_waits_half_an_hour_rings(prod: Assembled, queue: str) -> None:
    assert _alarms(prod)["ApproximateAgeOfOldestMessage", f"tierwright-prod-{queue}"]["Threshold"] == 1800


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("figure", ["Errors", "Throttles"])
def test_a_failing_or_throttled_function_rings(prod: Assembled, function: str, figure: str) -> None:
    assert (figure, prod.functions()[function].name) in _alarms(prod)


@pytest.mark.parametrize("function", ["tier_trigger", "announce", "alerts", "notify"])
def test_a_reader_behind_its_stream_rings(prod: Assembled, function: str) -> None:
    assert ("IteratorAge", prod.functions()[function].name) in _alarms(prod)


@pytest.mark.parametrize(("figure", "limit"), [("BounceRate", 0.05), ("ComplaintRate", 0.001)])
def test_mail_rings_before_ses_stops_it(prod: Assembled, figure: str, limit: float) -> None:
    assert _alarms(prod)[f"Reputation.{figure}", "tierwright-prod"]["Threshold"] == limit


def test_a_stream_record_put_aside_is_told(prod: Assembled) -> None:
    (rule,) = (each for each in prod.resources("AWS::Events::Rule") if each.stack == "watch")
    (target,) = rule.properties["Targets"]
    (bucket,) = rule.properties["EventPattern"]["detail"]["bucket"]["name"]
    found = prod.target(bucket, "watch")
    assert prod.text(target["Arn"], "watch") == "tierwright-prod-alarms"
    assert found.properties["NotificationConfiguration"]["EventBridgeConfiguration"] == {"EventBridgeEnabled": True}


def test_every_alarm_tells_the_topic_both_ways(prod: Assembled) -> None:
    for alarm in prod.resources("AWS::CloudWatch::Alarm"):
        for turn in ("AlarmActions", "OKActions"):
            assert [prod.text(each, "watch") for each in alarm.properties[turn]] == ["tierwright-prod-alarms"]
        assert alarm.properties["AlarmDescription"]


def test_the_page_shows_every_function_and_queue(prod: Assembled) -> None:
    (page,) = prod.resources("AWS::CloudWatch::Dashboard")
    body = json.dumps(page.properties["DashboardBody"])
    for name in (*(each.name for each in prod.functions().values()), *(f"tierwright-prod-{q}" for q in QueueName)):
        assert name in body
