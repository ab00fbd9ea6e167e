"""The alert topic on SNS: what programs and chat tools subscribe to."""

import unicodedata
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.sending import unsent

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

MAX_SUBJECT = 99
REFUSED = frozenset({"InvalidParameter", "InvalidParameterException", "InvalidParameterValue", "ParameterValueInvalid"})


class SnsTopic:
    """TopicPublisher; its client is one that tries once (`clients.sns`)."""

    def __init__(self, arn: str, client: "SNSClient") -> None:
        self._arn = arn
        self._client = client

    def publish(self, subject: str, body: str, *, attributes: dict[str, str]) -> str:
        """Raises Retryable where it is open whether it was published. Empty attributes are left out: SNS takes none."""
        try:
            answer = self._client.publish(
                TopicArn=self._arn,
                Subject=ascii_subject(subject),
                Message=body,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items() if value
                },
            )
        except (ClientError, BotoCoreError) as error:
            raise unsent(error, REFUSED, "publish to the topic") from error
        return answer["MessageId"]


def ascii_subject(subject: str) -> str:
    """As SNS takes a subject: printable ASCII on one line, below 100 characters; `ö` becomes `o`."""
    plain = unicodedata.normalize("NFKD", subject).encode("ascii", "ignore").decode()
    line = " ".join("".join(char if char.isprintable() else " " for char in plain).split())
    return line[:MAX_SUBJECT].strip() or "Tierwright"
