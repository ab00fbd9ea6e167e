"""How the alert topic is published to."""

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from shared.alerts.store import SendFailed, SendRefused
from shared.aws import clients
from shared.aws.topic import SnsTopic, ascii_subject
from shared.memory.topic import MemoryTopic
from shared.runtime.failures import Retryable
from tests.contract.faults import failing, losing, unreachable


@pytest.fixture
def client(aws: None) -> Any:  # noqa: ARG001 - moto runs first
    return clients.sns()


@pytest.fixture
def topic(client: Any) -> SnsTopic:
    return SnsTopic(client.create_topic(Name="alerts")["TopicArn"], client)


def test_a_message_reaches_the_topics_queue(client: Any, topic: SnsTopic) -> None:
    sqs = clients.sqs()
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client.subscribe(TopicArn=topic._arn, Protocol="sqs", Endpoint=arn)

    message_id = topic.publish("Größe\nmoved", '{"why": "größer"}', attributes={"type": "churn", "note": ""})

    [received] = sqs.receive_message(QueueUrl=url)["Messages"]
    envelope = json.loads(received["Body"])
    assert envelope["MessageId"] == message_id
    assert envelope["Subject"] == "Groe moved"
    assert envelope["Message"] == '{"why": "größer"}'
    assert envelope["MessageAttributes"] == {"type": {"Type": "String", "Value": "churn"}}


@given(st.text())
def test_a_subject_is_short_printable_ascii(subject: str) -> None:
    line = ascii_subject(subject)

    assert 0 < len(line) < 100
    assert line.isascii()
    assert line.isprintable()
    assert line == line.strip()


def test_a_subject_keeps_its_words() -> None:
    assert ascii_subject("Größe\r\nmoved  to\tTier 2") == "Groe moved to Tier 2"
    assert ascii_subject("\u202e") == "Tierwright"


def test_failures_are_told_apart(client: Any, topic: SnsTopic) -> None:
    with failing(client, "sns.Publish", "InvalidParameter"), pytest.raises(SendRefused):
        topic.publish("s", "b", attributes={})
    with failing(client, "sns.Publish", "ThrottledException", 429), pytest.raises(SendFailed):
        topic.publish("s", "b", attributes={})
    with (
        unreachable(client, "sns.Publish", EndpointConnectionError(endpoint_url="https://sns.example")),
        pytest.raises(SendFailed),
    ):
        topic.publish("s", "b", attributes={})
    with (
        losing(client, "sns.Publish", ReadTimeoutError(endpoint_url="https://sns.example")),
        pytest.raises(Retryable),
    ):
        topic.publish("s", "b", attributes={})


def test_the_topic_in_memory_keeps_what_was_published() -> None:
    topic = MemoryTopic()
    topic.fail_with.append(SendFailed("throttled"))

    with pytest.raises(SendFailed):
        topic.publish("s", "b", attributes={})
    topic.publish("subject", "body", attributes={"type": "churn"})

    assert topic.sent == [("subject", "body", {"type": "churn"})]
