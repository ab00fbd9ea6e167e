"""What a failed send means to the outbox: never, not now, or who knows."""

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from shared.alerts.store import SendFailed, SendRefused
from shared.aws.errors import code_of, status_of
from shared.runtime.failures import Retryable

_SERVER_ERROR = 500
_UNAVAILABLE = 503


def unsent(error: ClientError | BotoCoreError, refused: frozenset[str], doing: str) -> Exception:
    """SendRefused for the codes in `refused`; SendFailed where nothing was sent for certain: any other refusal,
    throttling, no connection; else Retryable, where the answer was lost or the provider broke on the way.
    """
    if isinstance(error, ClientError):
        code = code_of(error)
        if code in refused:
            return SendRefused(f"{doing}: {code}")
        if status_of(error) >= _SERVER_ERROR and status_of(error) != _UNAVAILABLE:
            return Retryable(f"{doing}: {code}, it may have gone out")
        return SendFailed(f"{doing}: {code}")
    if isinstance(error, HTTPClientError):
        return Retryable(f"{doing}: {type(error).__name__}, it may have gone out")
    return SendFailed(f"{doing}: {type(error).__name__}")
