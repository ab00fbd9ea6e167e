"""Two AWS calls without an SDK, for the one function whose cold start a sender waits for: queue messages, read secrets.

Signature Version 4 for a POST to `/` without a query, as the reference describes it
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html); the tests hold it against
botocore's signer.
"""

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from shared.aws.batches import batches
from shared.aws.secret_text import Edition, edition_of, values_of
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.ports import Message, QueueUnavailable, SecretMissing

TIMEOUT = 1.5
"""Seconds for each step of a call: vendors hang up after five, and a call is tried twice."""
TRIES = 2
"""A kept connection may have died while the machine slept; the second try is on a new one."""
FRESH = timedelta(minutes=5)
"""How long a secret is trusted: as long as that, a rotated-out one still verifies."""
ABSENT = timedelta(seconds=30)
"""How long a missing secret is: a sender that tries does not cost a call each time."""

_PROTOCOLS: Mapping[str, tuple[str, str]] = {"sqs": ("AmazonSQS", "1.0"), "ssm": ("AmazonSSM", "1.1")}
"""The target's prefix and the version of AWS's JSON protocol, by service."""
_SERVER_ERROR = 500
_THROTTLED = frozenset({"ThrottlingException", "RequestThrottled", "TooManyRequestsException"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Lambda puts into a function's environment, good for as long as its machine lives."""

    access_key: str
    secret_key: str
    session_token: str | None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        keys = environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
        return cls(*keys, environment.get("AWS_SESSION_TOKEN"))


def signed(
    headers: Mapping[str, str], body: bytes, *, credentials: Credentials, region: str, service: str, now: datetime
) -> dict[str, str]:
    """`headers` (names in lower case, `host` among them) of a POST to `/`, and those that prove who sends it."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    token = {"x-amz-security-token": credentials.session_token} if credentials.session_token else {}
    headers = dict(sorted({**headers, **token, "x-amz-date": stamp}.items()))
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = f"Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {proof}"}


def connect(scheme: str, netloc: str) -> http.client.HTTPConnection:
    """A connection that opens with its first request."""
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=TIMEOUT)
    return http.client.HTTPSConnection(netloc, timeout=TIMEOUT, context=ssl.create_default_context())


class Caller:
    """Calls AWS's JSON services as the function's role; its connections stay open between calls. Not for threads."""

    def __init__(
        self,
        environment: Mapping[str, str],
        clock: Callable[[], datetime],
        connect: Callable[[str, str], http.client.HTTPConnection] = connect,
    ) -> None:
        """Reads Lambda's own variables, and AWS_ENDPOINT_URL where an emulator stands in; raises KeyError."""
        self._credentials = Credentials.of(environment)
        self._region = environment["AWS_REGION"]
        self._endpoint = environment.get("AWS_ENDPOINT_URL")
        self._clock = clock
        self._connect = connect
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def call(self, service: str, operation: str, parameters: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer's JSON; raises Retryable or Permanent with the error's kind as its only word."""
        for left in reversed(range(TRIES)):
            try:
                return self._answer(*self._exchange(service, operation, json.dumps(parameters).encode()))
            except (OSError, http.client.HTTPException, ValueError) as error:
                if service in self._connections:
                    self._connections.pop(service).close()
                if not left:
                    raise Retryable(type(error).__name__) from error
            except Retryable:
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _exchange(self, service: str, operation: str, body: bytes) -> tuple[int, bytes]:
        url = urlsplit(self._endpoint or f"https://{service}.{self._region}.{_domain(self._region)}")
        if service not in self._connections:
            self._connections[service] = self._connect(url.scheme, url.netloc)
        prefix, version = _PROTOCOLS[service]
        headers = {
            "host": url.netloc,
            "content-type": f"application/x-amz-json-{version}",
            "x-amz-target": f"{prefix}.{operation}",
        }
        proven = signed(
            headers, body, credentials=self._credentials, region=self._region, service=service, now=self._clock()
        )
        self._connections[service].request("POST", "/", body, proven)
        response = self._connections[service].getresponse()
        return response.status, response.read()

    @staticmethod
    def _answer(status: int, body: bytes) -> Mapping[str, Any]:
        if status >= _SERVER_ERROR:
            raise Retryable(f"HTTP {status}")
        answer: Mapping[str, Any] = json.loads(body)
        if status == http.client.OK:
            return answer
        kind = str(answer.get("__type", f"HTTP {status}")).rpartition("#")[2]
        raise (Retryable if kind in _THROTTLED else Permanent)(kind)


def _domain(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


class LeanQueue:
    """Queue: one SQS queue."""

    def __init__(self, url: str, caller: Caller) -> None:
        self._url = url
        self._caller = caller

    def send(self, messages: Sequence[Message]) -> None:
        for batch in batches(messages, lambda message: len(message.body.encode())):
            entries = [
                {"Id": str(index), "MessageBody": message.body, "DelaySeconds": message.delay_seconds}
                for index, message in enumerate(batch)
            ]
            try:
                answer = self._caller.call("sqs", "SendMessageBatch", {"QueueUrl": self._url, "Entries": entries})
            except (Retryable, Permanent) as error:
                raise QueueUnavailable(f"SendMessageBatch: {error}") from error
            if len(answer.get("Successful", ())) != len(batch):
                raise QueueUnavailable(f"SendMessageBatch took not all of {len(batch)} messages")


class LeanSecrets:
    """Secrets: SecureString parameters below a prefix, decrypted anew only where they were set anew. While Parameter
    Store fails, what was read last holds.
    """

    def __init__(self, prefix: str, caller: Caller, clock: Callable[[], datetime]) -> None:
        self._prefix = prefix
        self._caller = caller
        self._clock = clock
        self._known: dict[str, tuple[datetime, tuple[str, ...]]] = {}
        """Until when each is trusted, and its values: none where it is missing."""
        self._editions: dict[str, Edition] = {}
        """Of the values that are known."""

    def current(self, name: str) -> Sequence[str]:
        """Raises SecretMissing, and Retryable or Permanent where it can't be read and never was."""
        until, values = self._known.get(name, (None, ()))
        if until is None or until <= self._clock():
            values = self._refreshed(name, values)
        if not values:
            raise SecretMissing(f"the secret {name} is not set, or empty")
        return values

    def _refreshed(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        try:
            values = known if known and self._is_unchanged(name) else self._read(name)
        except (Retryable, Permanent):
            if not known:
                raise
            values = known
        self._known[name] = (self._clock() + (FRESH if values else ABSENT), values)
        return values

    def _is_unchanged(self, name: str) -> bool:
        parameter = self._parameter(name, decrypted=False)
        return parameter is not None and edition_of(parameter) == self._editions[name]

    def _read(self, name: str) -> tuple[str, ...]:
        parameter = self._parameter(name, decrypted=True)
        if parameter is None:
            return ()
        self._editions[name] = edition_of(parameter)
        return values_of(str(parameter["Value"]))

    def _parameter(self, name: str, *, decrypted: bool) -> Mapping[str, Any] | None:
        asked = {"Name": f"{self._prefix}/{name}", "WithDecryption": decrypted}
        try:
            parameter: Mapping[str, Any] = self._caller.call("ssm", "GetParameter", asked)["Parameter"]
        except Permanent as error:
            if str(error) == "ParameterNotFound":
                return None
            raise
        return parameter
