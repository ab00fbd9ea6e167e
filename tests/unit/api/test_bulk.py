"""One edit of many accounts: checked whole, answered with a run, cancelled in its middle."""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.runtime.messages import EditMany, read
from shared.runtime.ports import QueueUnavailable
from tests.support.builders import account
from tests.unit.api.stage import Stage

BULK = "POST /v1/accounts/bulk"
WISH = {"action": "set_override", "tier": "tier-1", "reason": "strategic logo"}


@pytest.fixture(autouse=True)
def _account(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00", tier="tier-2"))


def test_an_edit_is_queued_as_a_run_and_nothing_is_edited_yet(stage: Stage) -> None:
    reply = stage.call(BULK, {**WISH, "ids": ["acme", "none", "acme"]}, role="manager")

    assert (reply.status, reply.headers["Location"]) == (202, "/v1/accounts/bulk/run-1")
    assert reply.json == {
        "id": "run-1",
        "state": "queued",
        "progress": {"done": 0, "total": 2},
        "created_at": "2026-11-22T07:00:00Z",
        "finished_at": None,
        "counts": {},
        "rejects": [],
        "error": None,
        "action": "set_override",
        "dry_run": False,
    }
    assert stage.call(f"GET {reply.headers['Location']}", role="viewer").json == reply.json
    (message,) = stage.decide.sent
    assert read(message.body, (EditMany,)) == EditMany("run-1")
    assert stage.accounts.audit == []


def test_the_order_has_the_expiry_of_the_settings_and_the_csm_s_id(stage: Stage) -> None:
    stage.call("PUT /v1/settings", {"override_days": 30}, if_match="*")
    stage.call(BULK, {**WISH, "ids": ["acme"]}, role="manager")
    stage.call(BULK, {"action": "set_fields", "fields": {"owner": "csm@example.com", "stage": None}, "ids": ["acme"]})

    override, fields = (stage.runs.runs["bulk", run].order["edit"] for run in ("run-1", "run-2"))

    assert isinstance(override, dict)
    assert override["by"] == "manager-1"
    assert override["expires_at"] - override["at"] == 30 * 24 * 60 * 60 * 1_000_000
    assert isinstance(fields, dict)
    assert fields["values"] == {"owner": "csm-1", "stage": None}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"action": "approve"}, {("/ids", "missing_key")}),
        ({"action": "approve", "ids": []}, {("/ids", "value_not_for_type")}),
        ({"action": "approve", "ids": ["x"] * 1_001}, {("/ids", "too_many")}),
        ({"action": "approve", "ids": ["a"], "when": {"always": True}}, {("/when", "unknown_key")}),
        ({"action": "approve", "when": {"field": "nope", "op": "=", "value": 1}}, {("/when/field", "unknown_field")}),
        ({"action": "approve", "ids": ["a"], "reason": "x"}, {("/reason", "unknown_key")}),
        ({"action": "reject", "ids": ["a"]}, {("/reason", "missing_key")}),
        ({"action": "reject", "ids": ["a"], "reason": " "}, {("/reason", "value_not_for_type")}),
        ({"action": "clear_override", "seen": {"a": None}}, {("/seen", "unknown_key")}),
        ({"action": "delete", "ids": ["a"]}, {("/action", "not_in_options")}),
        ({"action": "set_override", "ids": ["a"]}, {("/tier", "missing_key"), ("/reason", "missing_key")}),
        (
            {**WISH, "tier": "tier-9", "expires_at": "2020-01-01T00:00:00Z", "when": {"always": 1}},
            {
                ("/tier", "unknown_tier"),
                ("/expires_at", "value_not_for_type"),
                ("/when/always", "value_not_for_type"),
            },
        ),
        (
            {"action": "set_fields", "ids": ["a"], "fields": {"nope": 1, "mrr": "lots"}},
            {("/fields/nope", "unknown_field"), ("/fields/mrr", "value_not_for_type")},
        ),
        ({"action": "set_fields", "ids": ["a"], "fields": {}}, {("/fields", "value_not_for_type")}),
    ],
)
def test_an_edit_that_can_not_be_is_refused_whole(
    stage: Stage, body: Mapping[str, Any], errors: set[tuple[str, str]]
) -> None:
    reply = stage.call(BULK, body)

    assert (reply.status, reply.errors) == (422, errors)
    assert (stage.runs.runs, stage.decide.sent) == ({}, [])


def test_an_order_that_no_row_holds_is_refused(stage: Stage) -> None:
    values = [f"{number:04}{'x' * 900}" for number in range(300)]

    reply = stage.call(BULK, {"action": "approve", "when": {"field": "plan", "op": "in", "value": values}})

    assert (reply.status, reply.errors) == (422, {("", "too_long")})


def test_a_key_makes_it_one_run(stage: Stage) -> None:
    body = {"action": "approve", "when": {"field": "pending_tier", "op": "=", "value": "tier-3"}}

    first, again = (stage.call(BULK, body, idempotency_key="k-1") for _ in range(2))

    assert (first.status, again.status, again.json) == (202, 202, first.json)
    assert len(stage.decide.sent) == 1


def test_a_run_is_cancelled_once(stage: Stage) -> None:
    place = stage.call(BULK, {**WISH, "ids": ["acme"]}).headers["Location"]

    cancelled, again = (stage.call(f"DELETE {place}", role="manager") for _ in range(2))

    assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
    assert (again.status, again.problem) == (409, "ended")
    assert stage.call("GET /v1/accounts/bulk/none").status == 404


def test_a_run_that_is_not_queued_has_failed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: object) -> None:
        raise QueueUnavailable

    monkeypatch.setattr(stage.decide, "send", down)

    assert stage.call(BULK, {**WISH, "ids": ["acme"]}).status == 503
    assert stage.call("GET /v1/accounts/bulk/run-1").json["error"] == "not_queued"
