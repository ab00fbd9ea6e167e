"""Queues on SQS."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.batches import batches
from shared.aws.errors import failure
from shared.runtime.ports import Message, QueueUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


class SqsQueue:
    """Queue."""

    def __init__(self, url: str, client: "SQSClient") -> None:
        self._url = url
        self._client = client

    def send(self, messages: Sequence[Message]) -> None:
        """A body above 256 KB raises ValueError, before any message is sent."""
        for batch in [*batches(messages, lambda message: len(message.body.encode()))]:
            entries = [_entry(number, message) for number, message in enumerate(batch)]
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                raise QueueUnavailable(str(failure(error, "send messages"))) from error
            if failed := answer.get("Failed"):
                raise QueueUnavailable(f"send messages: {len(failed)} of {len(batch)} failed, {failed[0]['Code']}")


def _entry(number: int, message: Message) -> "SendMessageBatchRequestEntryTypeDef":
    return {"Id": str(number), "MessageBody": message.body, "DelaySeconds": message.delay_seconds}
