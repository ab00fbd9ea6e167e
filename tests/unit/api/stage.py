"""The API on a stage of its own: memory in the place of AWS, a clock that stands, and requests as the gateway sends
them.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.api.application import Ports, build
from functions.api.http.api import Api
from shared.access.people import User, UserId
from shared.accounts.account import Account
from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange, Link
from shared.connectors.transport import Host
from shared.memory.accounts import MemoryAccounts
from shared.memory.alerts import MemoryAlerts
from shared.memory.directory import MemoryDirectory
from shared.memory.documents import MemoryDocuments
from shared.memory.queues import MemoryQueue
from shared.memory.runs import MemoryRuns, MemoryWatermarks
from shared.memory.secrets import MemorySecrets
from tests.support.builders import NOW
from tests.unit.api.markers import MemoryMarkers

PUBLIC_URL = "https://api.example.com"
USERS = {
    role: User(UserId(f"{role}-1"), f"{role}@example.com", role.title())
    for role in ("admin", "manager", "csm", "viewer")
}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]

    @property
    def problem(self) -> str:
        """The end of the problem's type."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return str(self.json["type"]).rpartition(":")[2]

    @property
    def errors(self) -> set[tuple[str, str]]:
        return {(error["pointer"], error["code"]) for error in self.json["errors"]}


class Context(LambdaContext):
    """A Lambda context with time left."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 29_000


@dataclass
class Stage:
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    synced: MemoryWatermarks = field(default_factory=MemoryWatermarks)
    decide: MemoryQueue = field(default_factory=MemoryQueue)
    syncs: MemoryQueue = field(default_factory=MemoryQueue)
    users: MemoryDirectory = field(
        default_factory=lambda: MemoryDirectory(USERS.values(), [USERS["admin"]], [USERS["manager"]])
    )
    secrets: MemorySecrets = field(default_factory=lambda: MemorySecrets({"why": ["a key of the why page"]}))
    markers: MemoryMarkers = field(default_factory=MemoryMarkers)
    now: datetime = NOW
    begins_paused: bool = False

    def __post_init__(self) -> None:
        ids = count(1)
        ports = Ports(
            accounts=self.accounts,
            lists=self.accounts,
            documents=self.documents,
            alerts=self.alerts,
            notices=self.alerts,
            runs=self.runs,
            reports=self.runs,
            synced=self.synced,
            users=self.users,
            secrets=self.secrets,
            secret_writer=self.secrets,
            decide=self.decide,
            syncs=self.syncs,
            markers=self.markers,
            clock=lambda: self.now,
            new_id=lambda: f"run-{next(ids)}",
            check_address=Host,
        )
        self.api: Api = build(
            ports,
            stage="test",
            public_url=PUBLIC_URL,
            retier_delay_seconds=7,
            begins_paused=self.begins_paused,
            logger=Logger(service="api"),
        )

    def put(self, account: Account) -> Account:
        """Stores a new account; its records become its own unless another has them."""
        links = tuple(Link(key, account.id, stated=False) for key in account.records if key not in self.accounts.linked)
        return self.accounts.commit(AccountChange(replace(account, version=0), Cause.NONE, links=links))

    def call(
        self,
        route: str,
        body: object = None,
        *,
        role: str | None = "admin",
        text: str | bytes | None = None,
        **headers: str,
    ) -> Reply:
        """`route` is `GET /v1/tiers?limit=1`; headers are written like `if_match`."""
        sent = json.dumps(body) if body is not None else text
        return reply_of(self.api(request(route, sent, role=role, headers=headers), Context()))


def reply_of(answer: Mapping[str, Any]) -> Reply:
    """What the gateway makes of a function's answer."""
    text = answer["body"]
    assert isinstance(text, str), "a gateway takes a text, empty where there is nothing"
    if answer["isBase64Encoded"]:
        text = gzip.decompress(base64.b64decode(text)).decode()
    return Reply(int(answer["statusCode"]), answer["headers"], text)


def request(
    route: str, text: str | bytes | None = None, *, role: str | None = "admin", headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The event that an HTTP API hands to its function, format 2.0."""
    method, _, address = route.partition(" ")
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True)
    merged: dict[str, str] = {}
    for name, value in query:
        merged[name] = f"{merged[name]},{value}" if name in merged else value
    claims = {} if role is None else {"authorizer": {"jwt": {"claims": _claims(role), "scopes": None}}}
    binary = isinstance(text, bytes)
    sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    return {
        "version": "2.0",
        "routeKey": "ANY /v1/{proxy+}",
        "rawPath": parts.path,
        "rawQueryString": urlencode(query),
        "headers": {"content-type": "application/json", **sent} if text is not None else sent,
        **({"queryStringParameters": merged} if merged else {}),
        "requestContext": {
            "stage": "$default",
            "http": {"method": method, "path": parts.path, "sourceIp": "192.0.2.1"},
            **claims,
        },
        **({} if text is None else {"body": base64.b64encode(text).decode() if isinstance(text, bytes) else text}),
        "isBase64Encoded": binary,
    }


def _claims(role: str) -> dict[str, str]:
    return {"sub": f"{role}-1", "cognito:groups": f"[{role}]", "token_use": "access"}
