"""A CSM asks for an override, a manager approves or rejects it; each hears the other's name."""

from dataclasses import replace
from typing import Any

import pytest

from shared.accounts.identity import AccountId
from shared.configuration.documents import DocumentChange, Kind
from shared.tiers.policy_document import FRESH_POLICY
from tests.support.builders import account
from tests.unit.api.stage import Stage

TIER = "/v1/accounts/acme/tier"
WISH = {"tier": "tier-1", "reason": "strategic logo"}


@pytest.fixture(autouse=True)
def _accounts(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00", tier="tier-2", owner="csm-1"))
    stage.put(account("other", mrr="640.00", tier="tier-2", owner="manager-1"))


def asked(stage: Stage, **more: object) -> Any:
    reply = stage.call(f"PUT {TIER}", {**WISH, **more}, role="csm", if_match="*")
    assert reply.status == 202
    return reply


def test_what_a_csm_sets_is_asked_for_and_changes_no_tier(stage: Stage) -> None:
    reply = asked(stage, expires_at="2027-03-01T00:00:00Z")

    tier = reply.json["tier"]
    assert (reply.etag, tier["id"], tier["override"]) == ('"1"', "tier-2", None)
    assert tier["request"] == {
        **WISH,
        "author": "csm-1",
        "asked_at": "2026-11-22T07:00:00Z",
        "expires_at": "2027-03-01T00:00:00Z",
        "by_default": False,
        "answer": None,
    }
    assert [entry.action for entry in stage.accounts.audit] == ["override.request"]
    assert AccountId("acme") not in stage.accounts.rows


def test_a_csm_asks_for_own_accounts_alone(stage: Stage) -> None:
    assert stage.call("PUT /v1/accounts/other/tier", WISH, role="csm", if_match="*").status == 403
    assert stage.call("DELETE /v1/accounts/other/tier", role="csm", if_match="*").status == 403
    assert stage.call(f"PUT {TIER}", WISH, role="viewer", if_match="*").status == 403


def test_a_wish_that_can_t_be_is_refused_when_it_is_asked_for(stage: Stage) -> None:
    body = {"tier": "tier-9", "reason": " ", "expires_at": "2020-01-01T00:00:00Z"}

    reply = stage.call(f"PUT {TIER}", body, role="csm", if_match="*")

    assert reply.status == 422
    assert {pointer for pointer, _ in reply.errors} == {"/tier", "/reason", "/expires_at"}
    assert stage.call(f"PUT {TIER}", WISH, role="csm").status == 428


def test_open_requests_are_listed(stage: Stage) -> None:
    assert stage.call("GET /v1/accounts?requested=true").json["items"] == []
    asked(stage)

    assert [item["id"] for item in stage.call("GET /v1/accounts?requested=true").json["items"]] == ["acme"]
    assert [item["id"] for item in stage.call("GET /v1/accounts?requested=false").json["items"]] == ["other"]
    stage.call(f"POST {TIER}/reject", {"reason": "no"})
    assert stage.call("GET /v1/accounts?requested=true").json["items"] == []


def test_an_approved_request_is_an_override_under_both_names(stage: Stage) -> None:
    etag = asked(stage).etag

    reply = stage.call(f"POST {TIER}/approve", {"of": "request", "tier": "tier-1"}, role="manager", if_match=etag)

    tier = reply.json["tier"]
    assert (reply.status, tier["id"], tier["method"]) == (200, "tier-1", "manual")
    assert (tier["override"]["author"], tier["override"]["approver"]) == ("csm-1", "manager-1")
    answer = {"approved": True, "by": "manager-1", "at": "2026-11-22T07:00:00Z", "reason": None}
    assert tier["request"]["answer"] == answer
    entry = stage.accounts.audit[-1]
    assert (entry.actor, entry.action, entry.after and entry.after["author"]) == (
        "manager-1",
        "request.approve",
        "csm-1",
    )


def test_a_rejected_request_says_why_and_leaves_the_tier(stage: Stage) -> None:
    asked(stage)

    reply = stage.call(f"POST {TIER}/reject", {"reason": "not before the renewal"}, role="manager")

    tier = reply.json["tier"]
    assert (reply.status, tier["id"], tier["override"]) == (200, "tier-2", None)
    assert (tier["request"]["answer"]["approved"], tier["request"]["answer"]["reason"]) == (
        False,
        "not before the renewal",
    )
    assert stage.accounts.audit[-1].action == "request.reject"
    assert stage.call(f"POST {TIER}/approve").problem == "nothing_waits"


def test_the_expiry_of_the_settings_counts_from_the_approval(stage: Stage) -> None:
    stage.call("PUT /v1/settings", {"override_days": 30}, if_match="*")
    assert asked(stage).json["tier"]["request"]["by_default"] is True
    stage.now = stage.now.replace(day=29)

    reply = stage.call(f"POST {TIER}/approve")

    assert reply.json["tier"]["override"]["expires_at"] == "2026-12-29T07:00:00Z"


def test_one_that_was_asked_for_until_then_is_too_late(stage: Stage) -> None:
    asked(stage, expires_at="2026-11-25T00:00:00Z")
    stage.now = stage.now.replace(day=29)

    reply = stage.call(f"POST {TIER}/approve")

    assert (reply.status, reply.problem) == (409, "expired")


def test_a_csm_answers_no_request(stage: Stage) -> None:
    asked(stage)

    assert stage.call(f"POST {TIER}/approve", role="csm").status == 403
    assert stage.call(f"POST {TIER}/reject", {"reason": "no"}, role="csm").status == 403


def test_a_csm_takes_back_what_they_asked_for_and_no_override(stage: Stage) -> None:
    stage.call(f"PUT {TIER}", {**WISH, "tier": "tier-3"}, role="manager", if_match="*")
    assert stage.call(f"DELETE {TIER}", role="csm", if_match="*").status == 404
    asked(stage)

    reply = stage.call(f"DELETE {TIER}", role="csm", if_match='"2"')

    assert (reply.status, reply.json["tier"]["request"]) == (200, None)
    assert reply.json["tier"]["override"]["tier"] == "tier-3"
    assert stage.accounts.audit[-1].action == "override.withdraw"


def test_nobody_takes_back_what_another_asked_for(stage: Stage) -> None:
    asked(stage)
    known = stage.accounts.accounts[AccountId("acme")]
    assert known.request is not None
    stage.accounts.accounts[known.id] = replace(known, request=replace(known.request, author="csm-2"))

    assert stage.call(f"DELETE {TIER}", role="csm", if_match="*").status == 404


def test_another_request_takes_the_place_of_the_first_which_can_not_be_approved_any_more(stage: Stage) -> None:
    first = asked(stage)
    asked(stage, tier="tier-3")

    assert stage.call(f"POST {TIER}/approve", {"tier": "tier-1"}).problem == "pending_changed"
    assert stage.call(f"POST {TIER}/approve", if_match=first.etag).status == 412


def test_where_a_demotion_waits_too_it_is_said_which_is_meant(stage: Stage) -> None:
    policy = {"version": 2, "policy": {**FRESH_POLICY, "stability": {"demote": "approval"}}}
    stage.documents.commit([DocumentChange(Kind.PUBLISHED, "policy", 0, policy)], at=stage.now, by="admin-1", audit=[])
    stage.call("PATCH /v1/accounts/acme", {"fields": {"mrr": "10.00"}}, if_match="*")
    asked(stage)

    unclear = stage.call(f"POST {TIER}/approve")
    demoted = stage.call(f"POST {TIER}/approve", {"of": "demotion", "tier": "tier-3"})
    granted = stage.call(f"POST {TIER}/approve", {"of": "request"})

    assert (unclear.status, unclear.problem) == (409, "which")
    assert (demoted.json["tier"]["id"], demoted.json["tier"]["request"]["answer"]) == ("tier-3", None)
    assert granted.json["tier"]["id"] == "tier-1"
