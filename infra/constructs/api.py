"""The way in for people and programs: the HTTP API behind the user pool's tokens, and a few pages without."""

from constructs import Construct

from functions.api.settings import Settings
from infra.constructs import grants
from infra.constructs.function import HouseFunction
from infra.constructs.http import HttpFront
from infra.constructs.parts import Parts, QueueName

OPEN = ("GET /health", "GET /docs", "GET /why/{token}", "GET /v1/openapi.json")
"""Served without a login: they show nothing that a token in the path does not open."""


class Api(Construct):
    def __init__(self, scope: Construct, *, parts: Parts, front: HttpFront) -> None:
        super().__init__(scope, "Api")
        # An HTTP API waits 30 seconds for its answer.
        self.function = HouseFunction(
            self,
            "api",
            house=parts.house,
            settings=parts.settings(Settings, public_url=front.url),
            timeout_seconds=29,
            memory_mb=1024,
        )
        front.serve(self.function, *OPEN)
        front.serve_users(self.function, "ANY /v1/{proxy+}")
        self._allow(parts)

    def _allow(self, parts: Parts) -> None:
        function = self.function
        parts.queues[QueueName.DECIDE].grant_send(function)
        parts.queues[QueueName.SYNCS].grant_send(function)
        grants.edit_accounts(parts, function)
        grants.list_accounts(parts, function)
        grants.commit_config(parts, function)
        grants.list_alerts(parts, function)
        grants.add_notices(parts, function)
        grants.keep_runs(parts, function)
        grants.list_runs(parts, function)
        grants.read_sync_times(parts, function)
        parts.tables["markers"].allow(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
        grants.read_secrets(parts, function, "why")
        grants.write_secrets(parts, function, "webhook/*", "api/*")
        grants.find_users(parts, function)
        grants.list_roles(parts, function)
