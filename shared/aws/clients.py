"""How AWS is called: time-outs and retries in one place, and the client of each service."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.session import Session, get_session

if TYPE_CHECKING:  # the stubs are a developer's, not a function's
    from botocore.config import _RetryDict
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 5
RETRIES: "Final[_RetryDict]" = {"total_max_attempts": 3, "mode": "standard"}
"""For calls that may be repeated: throttled, down, timed out or reset ones are, with jittered backoff below 6 s."""
ONCE: "Final[_RetryDict]" = {"total_max_attempts": 1, "mode": "standard"}
"""For calls without an idempotency token that reach people: whether to send again is the outbox's to decide."""


@cache
def _session() -> Session:
    """One for all clients: it holds the loaded service descriptions."""
    return get_session()


def _client(service: str, retries: "_RetryDict" = RETRIES) -> Any:
    config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
    return _session().create_client(service, config=config)


def sqs() -> "SQSClient":
    client: SQSClient = _client("sqs")
    return client


def events() -> "EventBridgeClient":
    client: EventBridgeClient = _client("events")
    return client


def ssm() -> "SSMClient":
    client: SSMClient = _client("ssm")
    return client


def cognito() -> "CognitoIdentityProviderClient":
    client: CognitoIdentityProviderClient = _client("cognito-idp")
    return client


def ses() -> "SESV2Client":
    client: SESV2Client = _client("sesv2", ONCE)
    return client


def sns() -> "SNSClient":
    client: SNSClient = _client("sns", ONCE)
    return client
