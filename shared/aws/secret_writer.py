"""Sets secrets as SecureString parameters of Systems Manager, in the form that their readers read."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.aws.errors import calling

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class SsmSecretWriter:
    """SecretWriter; `put` raises Retryable and Permanent."""

    def __init__(self, client: "SSMClient", prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def put(self, name: str, values: Sequence[str]) -> None:
        with calling(f"set the secret {name}"):
            self._client.put_parameter(
                Name=f"{self._prefix}/{name}", Value=json.dumps([*values]), Type="SecureString", Overwrite=True
            )
