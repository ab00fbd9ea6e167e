"""The product's own HTTP API, as the demo and the commands use it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3

_TIMEOUT_SECONDS = 60.0
_REFUSED = 400


class ApiRefused(Exception):
    """The API answered 4xx or 5xx; the message has the request, the status and the problem."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Any


class Api:
    """Calls with one user's token."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._pool = urllib3.PoolManager(retries=False, timeout=_TIMEOUT_SECONDS)

    def get(self, path: str) -> Any:
        return self.call("GET", path).body

    def call(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Reply:
        """`path` may be absolute, as a Location is. Raises ApiRefused."""
        content = None if body is None else json.dumps(body).encode()
        url = path if path.startswith("http") else f"{self._url}{path}"
        sent = {"content-type": "application/json", **self._headers, **(headers or {})}
        answer = self._pool.request(method, url, body=content, headers=sent)
        if answer.status >= _REFUSED:
            raise ApiRefused(f"{method} {path}: {answer.status} {answer.data.decode()}", status=answer.status)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, named, json.loads(answer.data) if answer.data else None)
