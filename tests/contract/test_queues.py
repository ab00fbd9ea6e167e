"""What every queue holds to, and how SQS is called."""

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from shared.aws import clients
from shared.aws.queues import SqsQueue
from shared.memory.queues import MemoryQueue
from shared.runtime.ports import Message, QueueUnavailable
from tests.contract.faults import answering, failing, hooked, unreachable

KB = 1024
_queues = count(1)


class Sqs:
    """A queue in moto, and what lies in it."""

    def __init__(self) -> None:
        self.client = clients.sqs()
        self.url = self.client.create_queue(QueueName=f"hints-{next(_queues)}")["QueueUrl"]
        self.queue = SqsQueue(self.url, self.client)

    def bodies(self) -> list[str]:
        found: list[str] = []
        while messages := self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            found.extend(message["Body"] for message in messages)
        return found


@pytest.fixture
def sqs(aws: None) -> Sqs:  # noqa: ARG001 - moto runs first
    return Sqs()


@pytest.fixture(params=["memory", "sqs"])
def queue(request: pytest.FixtureRequest) -> MemoryQueue | SqsQueue:
    if request.param == "memory":
        return MemoryQueue()
    queue: SqsQueue = request.getfixturevalue("sqs").queue
    return queue


def bodies_of(queue: MemoryQueue | SqsQueue, sqs: Sqs) -> list[str]:
    return [message.body for message in queue.sent] if isinstance(queue, MemoryQueue) else sqs.bodies()


def test_every_message_arrives(queue: MemoryQueue | SqsQueue, sqs: Sqs) -> None:
    bodies = [f"größe {number}" for number in range(23)]

    queue.send([Message(body) for body in bodies])
    queue.send([])

    assert sorted(bodies_of(queue, sqs)) == sorted(bodies)


def test_a_message_above_256_kb_stops_all(queue: MemoryQueue | SqsQueue, sqs: Sqs) -> None:
    with pytest.raises(ValueError, match=r"256 KB|at most"):
        queue.send([Message("small"), Message("ü" * 128 * KB + "x")])

    assert bodies_of(queue, sqs) == []


def test_calls_take_ten_messages_and_256_kb(sqs: Sqs) -> None:
    sizes: list[list[int]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        sizes.append([len(entry["MessageBody"]) for entry in params["Entries"]])

    with hooked(sqs.client, "before-parameter-build.sqs.SendMessageBatch", note):
        sqs.queue.send([Message("x" * 100 * KB)] * 3 + [Message("x" * 256 * KB)] + [Message("y")] * 11)

    assert sizes == [[100 * KB] * 2, [100 * KB], [256 * KB], [1] * 10, [1]]


def test_the_delay_goes_along(sqs: Sqs) -> None:
    delays: list[int] = []

    def note(params: dict[str, Any], **_: object) -> None:
        delays.extend(entry["DelaySeconds"] for entry in params["Entries"])

    with hooked(sqs.client, "before-parameter-build.sqs.SendMessageBatch", note):
        sqs.queue.send([Message("now"), Message("later", 900)])

    assert delays == [0, 900]


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDenied", "AWS.SimpleQueueService.NonExistentQueue"])
def test_a_queue_that_takes_nothing_is_unavailable(sqs: Sqs, code: str) -> None:
    with failing(sqs.client, "sqs.SendMessageBatch", code), pytest.raises(QueueUnavailable, match=code):
        sqs.queue.send([Message("x")])


def test_a_queue_out_of_reach_is_unavailable(sqs: Sqs) -> None:
    error = EndpointConnectionError(endpoint_url="https://sqs.example")

    with unreachable(sqs.client, "sqs.SendMessageBatch", error), pytest.raises(QueueUnavailable):
        sqs.queue.send([Message("x")])


def test_one_message_that_was_not_taken_makes_the_queue_unavailable(sqs: Sqs) -> None:
    answer = {"Successful": [{}], "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}]}

    with answering(sqs.client, "sqs.SendMessageBatch", answer), pytest.raises(QueueUnavailable, match="1 of 2"):
        sqs.queue.send([Message("x"), Message("y")])
