from datetime import timedelta

import pytest

from shared.accounts.identity import AccountId
from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange, AccountMoved
from shared.memory.accounts import MemoryAccounts
from tests.support.builders import NOW, account
from tests.unit.api.stage import Stage

WISH = {"tier": "tier-1", "reason": "strategic logo"}


@pytest.fixture(autouse=True)
def _account(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00", tier="tier-2"))


def test_an_override_shows_its_effect_at_once(stage: Stage) -> None:
    reply = stage.call("PUT /v1/accounts/acme/tier", WISH, role="manager", if_match='"0"')

    tier = reply.json["tier"]
    assert (reply.status, reply.etag, tier["id"], tier["method"]) == (200, '"1"', "tier-1", "manual")
    assert tier["override"] == {
        **WISH,
        "author": "manager-1",
        "approver": None,
        "set_at": "2026-11-22T07:00:00Z",
        "expires_at": None,
    }
    assert tier["shadow"]["rules"] == "tier-2"


def test_an_override_history_and_audit_are_one_transaction(stage: Stage) -> None:
    stage.call("PUT /v1/accounts/acme/tier", WISH, if_match="*")

    cause, _, stored = stage.accounts.changes[-1]
    assert (cause, stored.standing.tier, stored.edits) == (Cause.TIER, "tier-1", 1)
    (row,) = stage.accounts.rows[AccountId("acme")]
    assert (row.before, row.after, row.cause) == ("tier-2", "tier-1", "override")
    (entry,) = stage.accounts.audit
    assert (entry.action, entry.before, entry.after and entry.after["tier"]) == ("override.set", None, "tier-1")


def test_history_is_listed_newest_first_in_pages(stage: Stage) -> None:
    stage.call("PUT /v1/accounts/acme/tier", WISH, if_match="*")
    stage.call("DELETE /v1/accounts/acme/tier", if_match="*")

    first = stage.call("GET /v1/accounts/acme/tier-history?limit=1", role="viewer").json
    rest = stage.call(f"GET /v1/accounts/acme/tier-history?limit=1&cursor={first['next_cursor']}").json

    rows = [*first["items"], *rest["items"]]
    assert [(row["version"], row["from"], row["to"]) for row in rows] == [
        (3, "tier-1", "tier-2"),
        (2, "tier-2", "tier-1"),
    ]
    assert rows[1]["decision"]["method"] == "manual"


def test_an_override_for_the_same_tier_is_kept_and_wakes_nobody(stage: Stage) -> None:
    reply = stage.call("PUT /v1/accounts/acme/tier", {**WISH, "tier": "tier-2"}, if_match="*")

    assert reply.json["tier"]["override"]["tier"] == "tier-2"
    assert stage.accounts.changes[-1][0] is Cause.NONE
    assert AccountId("acme") not in stage.accounts.rows


def test_an_expiry_brings_the_account_back(stage: Stage) -> None:
    reply = stage.call("PUT /v1/accounts/acme/tier", {**WISH, "expires_at": "2027-01-01T00:00:00Z"}, if_match="*")

    assert reply.json["tier"]["override"]["expires_at"] == "2027-01-01T00:00:00Z"
    assert reply.json["next_review_at"] == "2027-01-01T00:00:00Z"


def test_an_override_without_expiry_lasts_as_the_settings_say(stage: Stage) -> None:
    stage.call("PUT /v1/settings", {"override_days": 30}, if_match="*")

    left_out = stage.call("PUT /v1/accounts/acme/tier", WISH, if_match="*")
    null = stage.call("PUT /v1/accounts/acme/tier", {**WISH, "expires_at": None}, if_match="*")

    assert left_out.json["tier"]["override"]["expires_at"] == "2026-12-22T07:00:00Z"
    assert null.json["tier"]["override"]["expires_at"] is None


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {("/tier", "missing_key"), ("/reason", "missing_key")}),
        ({**WISH, "tier": "tier-9", "reason": "  "}, {("/tier", "unknown_tier"), ("/reason", "value_not_for_type")}),
        ({**WISH, "expires_at": "tomorrow"}, {("/expires_at", "value_not_for_type")}),
        ({**WISH, "expires_at": "2026-11-22T07:00:00Z"}, {("/expires_at", "value_not_for_type")}),
        ({**WISH, "expires_at": 5}, {("/expires_at", "value_not_for_type")}),
        ({**WISH, "colour": "red"}, {("/colour", "unknown_key")}),
        ({**WISH, "reason": "x" * 1_001}, {("/reason", "too_long")}),
        ([], {("", "value_not_for_type")}),
    ],
)
def test_an_override_that_can_t_be_is_refused(stage: Stage, body: object, errors: set[tuple[str, str]]) -> None:
    reply = stage.call("PUT /v1/accounts/acme/tier", body, if_match="*")

    assert (reply.status, reply.errors) == (422, errors)


def test_clearing_gives_the_tier_back_to_the_rules(stage: Stage) -> None:
    set_one = stage.call("PUT /v1/accounts/acme/tier", WISH, if_match="*")

    cleared = stage.call("DELETE /v1/accounts/acme/tier", if_match=set_one.etag)

    assert (cleared.status, cleared.etag) == (200, '"2"')
    assert (cleared.json["tier"]["id"], cleared.json["tier"]["override"]) == ("tier-2", None)
    assert stage.call("DELETE /v1/accounts/acme/tier", if_match="*").status == 404


def test_a_sync_in_between_does_not_make_an_edit_stale(stage: Stage) -> None:
    etag = stage.call("GET /v1/accounts/acme").etag
    known = stage.accounts.accounts[AccountId("acme")]
    stage.accounts.commit(AccountChange(known, Cause.NONE))

    assert stage.call("PUT /v1/accounts/acme/tier", WISH, if_match=etag).status == 200


class _Racing(MemoryAccounts):
    """Another worker writes the account just before each of the first commits."""

    def __init__(self, races: int) -> None:
        super().__init__()
        self.races = races

    def commit(self, change: AccountChange) -> "object":  # type: ignore[override]  # the account, as the twin returns it
        if self.races and change.account.version:
            self.races -= 1
            raise AccountMoved("another worker was faster")
        return super().commit(change)


@pytest.mark.parametrize(("races", "status"), [(3, 200), (4, 409)])
def test_a_lost_race_is_run_again_a_few_times(races: int, status: int) -> None:
    stage = Stage(accounts=_Racing(races))
    stage.put(account("acme", mrr="640.00", tier="tier-2"))

    reply = stage.call("PUT /v1/accounts/acme/tier", WISH, if_match='"0"')

    assert reply.status == status
    if status == 409:
        assert (reply.problem, reply.headers["Retry-After"]) == ("contended", "1")


def test_an_override_s_end_is_the_decision_s_own(stage: Stage) -> None:
    stage.call("PUT /v1/accounts/acme/tier", {**WISH, "expires_at": "2026-11-23T07:00:00Z"}, if_match="*")
    stage.now = NOW + timedelta(days=1)

    reply = stage.call("GET /v1/accounts/acme/decision")

    assert (reply.json["tier"], reply.json["method"]) == ("tier-2", "rules")
