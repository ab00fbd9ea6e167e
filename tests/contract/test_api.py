"""The API as it is wired on AWS: stores, queues, secrets and idempotency keys on moto; a few calls through each."""

import json
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from functions.api.http.api import Api
from functions.api.settings import Settings
from functions.api.wiring import wire
from functions.tier_trigger.bulk import Bulk
from functions.tier_trigger.service import Occasion, TierTrigger
from shared.accounts.identity import AccountId
from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange
from shared.accounts.values import moment_text
from shared.aws import clients
from shared.aws.dynamodb import stores
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.aws.dynamodb.documents import DynamoDocuments
from shared.aws.dynamodb.runs import DynamoRuns
from shared.aws.queues import SqsQueue
from shared.aws.secrets import SsmSecrets
from shared.configuration.breaker import Breaker
from shared.configuration.reader import PublishedReader
from shared.memory.queues import MemoryQueue
from shared.runtime.clock import system_now
from shared.runtime.messages import EditMany, read
from tests.contract.builders import tier_change
from tests.support.builders import account
from tests.unit.api.stage import Context, Reply, reply_of, request

PREFIX = "/tierwright/api-test"
NEW = {"id": "tier-4", "name": "Tier 4"}


@pytest.fixture
def settings(aws: None, tables: dict[str, str]) -> Settings:  # noqa: ARG001 - moto runs first
    sqs = boto3.client("sqs")
    urls = {name: sqs.create_queue(QueueName=f"{tables['config']}-{name}")["QueueUrl"] for name in ("decide", "syncs")}
    return Settings(
        stage="test",
        accounts_table=tables["accounts"],
        links_table=tables["links"],
        history_table=tables["history"],
        audit_table=tables["audit"],
        config_table=tables["config"],
        alerts_table=tables["alerts"],
        runs_table=tables["runs"],
        markers_table=tables["markers"],
        decide_queue_url=urls["decide"],
        syncs_queue_url=urls["syncs"],
        public_url="https://api.example.com",
        secrets_prefix=PREFIX,
        user_pool_id="none",
        config_max_age_seconds=1,
        loopback_vendors=False,
        begins_paused=False,
    )


@pytest.fixture
def api(settings: Settings) -> Api:
    return wire(settings)


def _call(api: Api, route: str, body: object = None, **headers: str) -> Reply:
    text = None if body is None else json.dumps(body)
    return reply_of(api(request(route, text, headers=headers), Context()))


def test_a_post_with_a_key_is_done_once(api: Api) -> None:
    first = _call(api, "POST /v1/tiers", NEW, idempotency_key="k-1")
    again = _call(api, "POST /v1/tiers", NEW, idempotency_key="k-1")
    other = _call(api, "POST /v1/tiers", {**NEW, "name": "Other"}, idempotency_key="k-1")

    assert (first.status, again.status, again.json, again.etag) == (201, 201, first.json, first.etag)
    assert (other.status, other.problem) == (409, "key_reused")
    assert len(_call(api, "GET /v1/tiers").json["items"]) == 4


def test_an_override_is_stored_with_its_history(api: Api, dynamo_accounts: DynamoAccounts) -> None:
    new = replace(account("acme", mrr="640.00"), version=0)
    dynamo_accounts.commit(AccountChange(new, Cause.NONE))
    wish = {"tier": "tier-1", "reason": "strategic logo"}
    reply = _call(api, "PUT /v1/accounts/acme/tier", wish, if_match='"0"')

    assert (reply.status, reply.json["tier"]["id"]) == (200, "tier-1")
    assert [row.after for row in dynamo_accounts.history(AccountId("acme"))] == ["tier-1"]
    assert [item["id"] for item in _call(api, "GET /v1/accounts?tier=tier-1").json["items"]] == ["acme"]


def test_an_override_that_ends_leaves_its_reminders_in_the_outbox(
    api: Api, dynamo_accounts: DynamoAccounts, dynamo_alerts: DynamoAlerts
) -> None:
    dynamo_accounts.commit(AccountChange(replace(account("acme", mrr="640.00"), version=0), Cause.NONE))
    ends = system_now() + timedelta(days=60)
    wish = {"tier": "tier-1", "reason": "strategic logo", "expires_at": moment_text(ends)}

    assert _call(api, "PUT /v1/accounts/acme/tier", wish, if_match="*").status == 200

    due = dynamo_alerts.due(after=ends - timedelta(days=15), until=ends - timedelta(days=13))
    assert sorted(notice.recipient for notice in due) == ["admin-1", "csm"]


def test_an_edit_of_many_accounts_is_queued_for_its_worker(
    api: Api, settings: Settings, dynamo_accounts: DynamoAccounts, dynamo_alerts: DynamoAlerts
) -> None:
    for name in ("acme", "other"):
        dynamo_accounts.commit(AccountChange(replace(account(name, mrr="640.00"), version=0), Cause.NONE))
    edit = {
        "action": "set_override",
        "tier": "tier-1",
        "reason": "a logo",
        "when": {"field": "mrr", "op": ">", "value": 0.5},
    }

    place = _call(api, "POST /v1/accounts/bulk", edit).headers["Location"]
    body = clients.sqs().receive_message(QueueUrl=settings.decide_queue_url)["Messages"][0]["Body"]
    database = Database()
    trigger = TierTrigger(
        dynamo_accounts,
        stores.deciding(database, settings),
        SqsQueue(settings.decide_queue_url, clients.sqs()),
        system_now,
        Breaker(stores.documents(database, settings), dynamo_accounts),
    )
    runs = DynamoRuns(database, runs=settings.runs_table)
    work = read(body, (EditMany,))
    assert isinstance(work, EditMany)

    assert Bulk(trigger, dynamo_accounts, runs, dynamo_alerts).go_on(work, system_now() + timedelta(minutes=1)) == 2

    ended = _call(api, f"GET {place}").json
    assert (ended["state"], ended["counts"]) == ("succeeded", {"changed": 2, "moved": 2})
    assert [row.cause for row in dynamo_accounts.history(AccountId("other"))] == ["override"]


def test_a_publish_is_in_force_and_queued(api: Api, settings: Settings) -> None:
    saved = _call(api, "PUT /v1/policy/draft", {"rules": [], "otherwise": "tier-3"}, if_match='"0"')

    reply = _call(api, "POST /v1/policy/publish", {"draft_etag": saved.etag})

    assert reply.status == 202
    assert _call(api, "GET /v1/policy").json["version"] == 2
    assert _call(api, f"GET {reply.headers['Location']}").json["state"] == "queued"
    counts = boto3.client("sqs").get_queue_attributes(QueueUrl=settings.decide_queue_url, AttributeNames=["All"])
    assert counts["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "4"


def _in_tier(dynamo_accounts: DynamoAccounts, name: str) -> None:
    """An account that the rules once gave the new tier, with its history."""
    new = replace(account(name, mrr="1.00", tier=NEW["id"]), version=0)
    dynamo_accounts.commit(AccountChange(new, Cause.NONE, history=tier_change(new)))


def test_a_tier_goes_with_its_accounts_and_whoever_comes_late_follows(
    api: Api, connection: Database, tables: dict[str, str], dynamo_accounts: DynamoAccounts
) -> None:
    _call(api, "POST /v1/tiers", NEW)
    for name in ("a", "b"):
        _in_tier(dynamo_accounts, name)

    assert _call(api, "DELETE /v1/tiers/tier-4", if_match="*").problem == "in_use"
    assert _call(api, "DELETE /v1/tiers/tier-4?move_to=tier-2", if_match="*").status == 204

    _in_tier(dynamo_accounts, "late")
    documents = DynamoDocuments(connection, config=tables["config"], audit=tables["audit"])
    reader, breaker = PublishedReader(documents, timedelta(0)), Breaker(documents, dynamo_accounts)
    TierTrigger(dynamo_accounts, reader, MemoryQueue(), system_now, breaker).decide_one(
        AccountId("late"), Occasion("tiers")
    )
    for name in ("a", "b", "late"):
        tier = _call(api, f"GET /v1/accounts/{name}").json["tier"]
        assert (tier["id"], tier["override"]["reason"]) == ("tier-2", "Tier 4 was deleted")
        assert [row.after for row in dynamo_accounts.history(AccountId(name))] == ["tier-4", "tier-2"]


def test_a_secret_that_was_set_is_what_its_reader_reads(api: Api) -> None:
    body = {"secrets": {"webhook_secrets": ["a-new-signing-secret", "the-old-signing-secret"]}}

    assert _call(api, "PUT /v1/sources/recurly", body, if_match="*").status == 200
    assert _call(api, "PUT /v1/sources/recurly", body, if_match="*").status == 200

    secrets = SsmSecrets(clients.ssm(), PREFIX, system_now)
    assert secrets.current("webhook/recurly") == ("a-new-signing-secret", "the-old-signing-secret")


def test_what_is_unknown_is_not_found(api: Api) -> None:
    for route in ("/v1/accounts/none", "/v1/alerts/none", "/v1/policy/versions/9", "/v1/sources/recurly/runs/none"):
        assert _call(api, f"GET {route}").status == 404
