"""A demotion that waits for a person: approved or rejected, as it was seen, or not at all."""

from collections.abc import Mapping

import pytest

from shared.accounts.identity import AccountId
from shared.accounts.standing import Cause
from shared.configuration.breaker_document import trip_to_json
from shared.configuration.documents import DocumentChange, Kind
from shared.configuration.published import BREAKER
from shared.tiers.breaker import Trip
from shared.tiers.policy_document import FRESH_POLICY
from tests.support.builders import account
from tests.unit.api.stage import Stage

ACME = AccountId("acme")
APPROVE, REJECT = "POST /v1/accounts/acme/tier/approve", "POST /v1/accounts/acme/tier/reject"
DIP = {"reason": "a dip"}


def publish(stage: Stage, **stability: str) -> None:
    known = stage.documents.get(Kind.PUBLISHED, "policy")
    policy = {**FRESH_POLICY, "stability": {"demote": "approval", **stability}}
    body = {"version": 2, "policy": policy}
    change = DocumentChange(Kind.PUBLISHED, "policy", known.version if known else 0, body)
    stage.documents.commit([change], at=stage.now, by="admin-1", audit=[])


@pytest.fixture(autouse=True)
def _lowered(stage: Stage) -> None:
    """Acme is in Tier 1, and its MRR of 640 makes it Tier 2."""
    publish(stage)
    stage.put(account("acme", mrr="640.00", tier="tier-1"))


@pytest.mark.parametrize("body", [None, {}, {"tier": "tier-2"}, {"of": "demotion", "tier": "tier-2"}])
def test_what_is_approved_moves_at_once(stage: Stage, body: Mapping[str, str] | None) -> None:
    reply = stage.call(APPROVE, body, role="manager")

    assert (reply.status, reply.json["tier"]["id"], reply.json["tier"]["method"]) == (200, "tier-2", "rules")
    (row,) = stage.call("GET /v1/accounts/acme/tier-history").json["items"]
    assert (row["version"], row["from"], row["to"], row["cause"]) == (2, "tier-1", "tier-2", "approval")
    (entry,) = stage.accounts.audit
    assert (entry.actor, entry.action) == ("manager-1", "demotion.approve")
    assert stage.accounts.changes[-1][0] is Cause.TIER


@pytest.mark.parametrize("address", [APPROVE, REJECT])
def test_what_changed_since_it_was_seen_is_left_as_it_is(stage: Stage, address: str) -> None:
    stage.call("PATCH /v1/accounts/acme", {"fields": {"mrr": "100.00"}}, if_match="*")
    seen = {"tier": "tier-2", **(DIP if address == REJECT else {})}

    reply = stage.call(address, seen)

    assert (reply.status, reply.problem) == (409, "pending_changed")
    assert "Tier 3: Low touch (tier-3)" in reply.json["detail"]
    assert stage.call("GET /v1/accounts/acme").json["tier"]["id"] == "tier-1"
    assert stage.call(address, {**seen, "tier": "tier-3"}).status == 200


def test_an_edit_since_is_stale_where_the_etag_is_named(stage: Stage) -> None:
    etag = stage.call("GET /v1/accounts/acme").etag
    stage.call("PATCH /v1/accounts/acme", {"fields": {"csm_score": 3}}, if_match="*")

    assert stage.call(APPROVE, if_match=etag).status == 412
    assert stage.call(REJECT, DIP, if_match=etag).status == 412
    assert stage.call(APPROVE).status == 200


def test_an_approval_is_given_once(stage: Stage) -> None:
    first = stage.call(APPROVE, {"tier": "tier-2"}, idempotency_key="k-1")
    again = stage.call(APPROVE, {"tier": "tier-2"}, idempotency_key="k-1")
    later = stage.call(APPROVE, {"tier": "tier-2"})

    assert (first.status, again.status, again.json) == (200, 200, first.json)
    assert (later.status, later.problem) == (409, "nothing_waits")
    assert len(stage.accounts.audit) == 1


def test_where_nothing_waits_it_says_what_to_do(stage: Stage) -> None:
    publish(stage, demote_after="14d")

    reply = stage.call(APPROVE)

    assert (reply.status, reply.problem) == (409, "nothing_waits")
    assert "Held 14 days before a demotion. To move it by hand, set an override." in reply.json["detail"]
    assert stage.call(REJECT, DIP).problem == "nothing_waits"
    assert stage.call("POST /v1/accounts/none/tier/approve").status == 404


def test_a_pause_holds_what_is_approved(stage: Stage) -> None:
    stage.call("PUT /v1/pauses/tiers", {"reason": "an audit"}, if_match="*")

    reply = stage.call(APPROVE)

    assert (reply.status, reply.problem) == (409, "held")
    assert stage.accounts.accounts[ACME].standing.tier == "tier-1"


def test_an_open_breaker_holds_what_is_approved_until_somebody_looked(stage: Stage) -> None:
    change = DocumentChange(Kind.PUBLISHED, BREAKER, 0, trip_to_json(Trip("1", stage.now, 5, 100)))
    stage.documents.commit([change], at=stage.now, by="tier_trigger", audit=[])

    held = stage.call(APPROVE, {"tier": "tier-2"})
    stage.call("POST /v1/breaker/1/release")

    assert (held.status, held.problem) == (409, "held")
    assert stage.call(APPROVE, {"tier": "tier-2"}).json["tier"]["id"] == "tier-2"


def test_a_rejection_keeps_the_tier_with_reason_and_expiry(stage: Stage) -> None:
    reply = stage.call(REJECT, {**DIP, "expires_at": "2027-01-01T00:00:00Z"}, role="manager")

    tier = reply.json["tier"]
    assert (reply.status, reply.etag, tier["id"], tier["pending"]) == (200, '"1"', "tier-1", None)
    assert (tier["override"]["tier"], tier["override"]["reason"]) == ("tier-1", "a dip")
    assert (tier["override"]["author"], tier["override"]["expires_at"]) == ("manager-1", "2027-01-01T00:00:00Z")
    assert [entry.action for entry in stage.accounts.audit] == ["demotion.reject"]
    assert stage.call(APPROVE).problem == "nothing_waits"


@pytest.mark.parametrize(
    ("days", "body", "expires_at"),
    [
        (None, {}, "2027-02-20T07:00:00Z"),
        (None, {"expires_at": None}, None),
        (30, {}, "2026-12-22T07:00:00Z"),
        (30, {"expires_at": None}, None),
    ],
)
def test_a_rejection_ends_unless_somebody_asks_that_it_does_not(
    stage: Stage, days: int | None, body: Mapping[str, None], expires_at: str | None
) -> None:
    stage.call("PUT /v1/settings", {"override_days": days}, if_match="*")

    reply = stage.call(REJECT, {**DIP, **body})

    assert reply.json["tier"]["override"]["expires_at"] == expires_at


@pytest.mark.parametrize(
    ("address", "body", "errors"),
    [
        (REJECT, {}, {("/reason", "missing_key")}),
        (
            REJECT,
            {"reason": " ", "expires_at": "soon"},
            {("/reason", "value_not_for_type"), ("/expires_at", "value_not_for_type")},
        ),
        (REJECT, {**DIP, "of": "both"}, {("/of", "not_in_options")}),
        (APPROVE, {"reason": "why not"}, {("/reason", "unknown_key")}),
        (APPROVE, {"tier": 2}, {("/tier", "value_not_for_type")}),
        (APPROVE, [], {("", "value_not_for_type")}),
    ],
)
def test_what_can_not_be_read_is_refused(
    stage: Stage, address: str, body: object, errors: set[tuple[str, str]]
) -> None:
    reply = stage.call(address, body)

    assert (reply.status, reply.errors) == (422, errors)
