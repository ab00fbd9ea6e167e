"""Faults at the edge to AWS, by botocore's hooks, which PynamoDB's calls pass too."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError


@contextmanager
def hooked(client: object, event: str, handler: Callable[..., Any]) -> Iterator[None]:
    assert isinstance(client, BaseClient)
    client.meta.events.register_first(event, handler)
    try:
        yield
    finally:
        client.meta.events.unregister(event, handler)


def answering(
    client: object, operation: str, answer: Mapping[str, Any] | Callable[..., Mapping[str, Any]], status: int = 200
) -> Any:
    """The call is answered so, and reaches nothing. `operation`: `dynamodb.PutItem`."""

    def handler(**call: Any) -> tuple[AWSResponse, dict[str, Any]]:
        body = answer(**call) if callable(answer) else answer
        return AWSResponse("", status, HTTPHeaders(), None), {**body, "ResponseMetadata": {"HTTPStatusCode": status}}

    return hooked(client, f"before-call.{operation}", handler)


def failing(client: object, operation: str, code: str, status: int = 400) -> Any:
    """The call fails with an error code, without effect."""
    return answering(client, operation, {"Error": {"Code": code, "Message": "as told"}}, status)


def losing(client: object, operation: str, error: Exception | None = None) -> Any:
    """The call has its effect, and its answer is lost."""

    def handler(**_: Any) -> None:
        raise error or ReadTimeoutError(endpoint_url="https://aws.example")

    return hooked(client, f"after-call.{operation}", handler)


def unreachable(client: object, operation: str, error: Exception) -> Any:
    """The call is not made."""

    def handler(**_: Any) -> None:
        raise error

    return hooked(client, f"before-call.{operation}", handler)
