"""Secrets as SecureString parameters of Systems Manager, below one prefix."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.errors import code_of, failure
from shared.aws.secret_text import Edition, edition_of, values_of
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.ports import SecretMissing

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

FRESH = timedelta(minutes=5)


class SsmSecrets:
    """Secrets, decrypted anew only where they were set anew. While Parameter Store can't be read, what was read last
    holds.
    """

    def __init__(self, client: "SSMClient", prefix: str, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._prefix = prefix
        self._clock = clock
        self._known: dict[str, tuple[datetime, tuple[str, ...]]] = {}
        """When each was read, and its values."""
        self._editions: dict[str, Edition] = {}

    def current(self, name: str) -> Sequence[str]:
        """Raises SecretMissing, and Retryable or Permanent where it can't be read and never was."""
        now = self._clock()
        read_at, values = self._known.get(name, (None, ()))
        if read_at is None or now - read_at >= FRESH:
            values = self._read(name, values)
            self._known[name] = (now, values)
        return values

    def _read(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        path = f"{self._prefix}/{name}"
        try:
            if known:
                sealed = self._client.get_parameter(Name=path, WithDecryption=False)["Parameter"]
                if edition_of(sealed) == self._editions[name]:
                    return known
            parameter = self._client.get_parameter(Name=path, WithDecryption=True)["Parameter"]
        except (ClientError, BotoCoreError) as error:
            raised = self._unread(error, name)
            if known and not isinstance(raised, SecretMissing):
                return known
            raise raised from error
        values = values_of(parameter.get("Value", ""))
        if not values:
            raise SecretMissing(f"the secret {name} is empty")
        self._editions[name] = edition_of(parameter)
        return values

    @staticmethod
    def _unread(error: ClientError | BotoCoreError, name: str) -> SecretMissing | Retryable | Permanent:
        if isinstance(error, ClientError) and code_of(error) == "ParameterNotFound":
            return SecretMissing(f"the secret {name} is not set")
        return failure(error, f"read the secret {name}")
