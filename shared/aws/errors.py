"""What a failed call to AWS means: try again, or mend the set-up."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from shared.runtime.failures import Permanent, Retryable

THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_SERVER_ERROR = 500


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    """The HTTP status of the answer; 0 where it is not known."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def throttled(error: ClientError) -> bool:
    return code_of(error) in THROTTLED


def failure(error: ClientError | BotoCoreError, doing: str) -> Retryable | Permanent:
    """The failure that `error` stands for; its message names the call, never what was sent."""
    if isinstance(error, ClientError):
        code = code_of(error)
        again = throttled(error) or status_of(error) >= _SERVER_ERROR or code.startswith("Internal")
        return (Retryable if again else Permanent)(f"{doing}: {code or 'no error code'}")
    again = isinstance(error, (HTTPClientError, BotoConnectionError))
    return (Retryable if again else Permanent)(f"{doing}: {type(error).__name__}")


@contextmanager
def calling(doing: str) -> Iterator[None]:
    """Raises Retryable or Permanent for what botocore raises inside."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise failure(error, doing) from error
