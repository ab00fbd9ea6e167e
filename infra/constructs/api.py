"""The way in for people and programs: the HTTP API behind the user pool's tokens, and three pages without."""

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
        stage, tables, queues = parts.house.stage, parts.tables, parts.queues
        settings = Settings(
            stage=stage.name,
            accounts_table=tables["accounts"].name,
            links_table=tables["links"].name,
            history_table=tables["history"].name,
            audit_table=tables["audit"].name,
            config_table=tables["config"].name,
            alerts_table=tables["alerts"].name,
            runs_table=tables["runs"].name,
            markers_table=tables["markers"].name,
            decide_queue_url=queues[QueueName.DECIDE].url,
            syncs_queue_url=queues[QueueName.SYNCS].url,
            public_url=front.url,
            secrets_prefix=stage.secrets_prefix,
            user_pool_id=parts.users.user_pool_id,
            config_max_age_seconds=stage.config_max_age_seconds,
            loopback_vendors=stage.emulated,
        )
        # An HTTP API waits 30 seconds for its answer.
        self.function = HouseFunction(
            self, "api", house=parts.house, settings=settings, timeout_seconds=29, memory_mb=1024
        )
        front.serve(self.function, *OPEN)
        front.serve_users(self.function, "ANY /v1/{proxy+}")
        self._allow(parts)

    def _allow(self, parts: Parts) -> None:
        function = self.function
        parts.queues[QueueName.DECIDE].grant_send(function)
        parts.queues[QueueName.SYNCS].grant_send(function)
        grants.commit_accounts(parts, function)
        grants.list_accounts(parts, function)
        grants.commit_config(parts, function)
        grants.list_alerts(parts, function)
        grants.keep_runs(parts, function)
        parts.tables["markers"].allow(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
        grants.read_secrets(parts, function, "why")
        grants.write_secrets(parts, function, "webhook/*", "api/*")
        grants.find_users(parts, function)
