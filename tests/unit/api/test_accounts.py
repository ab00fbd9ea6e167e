from dataclasses import replace

import pytest

from shared.accounts.identity import AccountId, RecordKey, TierId
from shared.accounts.standing import Cause, Hold, Pending
from tests.support.builders import NOW, account, update
from tests.unit.api.stage import Stage


def test_one_account_shows_each_value_with_where_it_comes_from(stage: Stage) -> None:
    stage.put(
        account(
            "acme",
            update("recurly:acme-1", 3, mrr="700.00"),
            update("recurly:acme-2", 4, mrr="500.50"),
            update("salesforce:001", 9, name="Acme GmbH", mrr="9.00"),
            tier="tier-1",
        )
    )

    reply = stage.call("GET /v1/accounts/acme", role="viewer")

    shown = reply.json
    assert (shown["name"], shown["external_ids"]) == (
        "Acme GmbH",
        {"recurly": ["acme-1", "acme-2"], "salesforce": ["001"]},
    )
    mrr = shown["fields"]["mrr"]
    assert (mrr["value"], mrr["source"], mrr["version"]) == ("1200.50", "recurly", 4)
    assert [(other["value"], other["source"]) for other in mrr["others"]] == [("9.00", "salesforce")]
    assert (shown["tier"]["id"], shown["tier"]["method"], shown["tier"]["override"]) == ("tier-1", "rules", None)
    assert (reply.etag, shown["version"]) == ('"0"', 1)


def test_an_unknown_account_is_not_found(stage: Stage) -> None:
    for route in ("", "/decision", "/tier-history"):
        assert stage.call(f"GET /v1/accounts/none{route}").status == 404


def test_values_are_set_and_cleared_by_hand(stage: Stage) -> None:
    stage.put(account("acme", mrr="700.00"))

    given = stage.call("PATCH /v1/accounts/acme", {"fields": {"mrr": "900.00", "nps": 9}}, if_match='"0"')
    cleared = stage.call("PATCH /v1/accounts/acme", {"fields": {"mrr": None}}, if_match=given.etag)

    mrr = given.json["fields"]["mrr"]
    assert (mrr["value"], mrr["source"], mrr["version"]) == ("900.00", "manual", 1)
    assert [other["value"] for other in mrr["others"]] == ["700.00"]
    assert cleared.json["fields"]["mrr"]["source"] == "recurly"
    assert cleared.json["fields"]["nps"]["value"] == 9
    assert stage.accounts.accounts[AccountId("acme")].records[RecordKey.parse("manual:acme")].version.at == 2 * 10**9


def test_values_set_by_hand_wake_who_decides(stage: Stage) -> None:
    stage.put(account("acme", mrr="700.00"))

    stage.call("PATCH /v1/accounts/acme", {"fields": {"mrr": "900.00"}}, if_match="*")

    assert stage.accounts.changes[-1][0] is Cause.DATA


def test_an_edit_is_audited_with_values_before_and_after(stage: Stage) -> None:
    stage.put(account("acme", mrr="700.00"))
    stage.call("PATCH /v1/accounts/acme", {"fields": {"nps": 9}}, if_match="*", role="manager")

    (entry,) = stage.accounts.audit
    assert (entry.actor, entry.action, entry.target) == ("manager-1", "account.edit", "account/acme")
    assert (entry.before, entry.after) == ({"nps": None}, {"nps": 9})


def test_every_value_that_does_not_fit_is_told(stage: Stage) -> None:
    stage.put(account("acme", mrr="700.00"))
    wrong = {"mrr": "12.345", "stage": "somewhere", "tier": "tier-1", "synced_tier": "x", "a/b": 1, "strategic": 1}

    reply = stage.call("PATCH /v1/accounts/acme", {"fields": wrong}, if_match="*")

    assert reply.status == 422
    assert reply.errors == {
        ("/fields/mrr", "value_not_for_type"),
        ("/fields/stage", "not_in_options"),
        ("/fields/tier", "unknown_field"),
        ("/fields/synced_tier", "unknown_field"),
        ("/fields/a~1b", "unknown_field"),
        ("/fields/strategic", "value_not_for_type"),
    }
    assert stage.accounts.accounts[AccountId("acme")].edits == 0


def test_an_owner_given_by_address_is_kept_as_the_user(stage: Stage) -> None:
    stage.put(account("acme", mrr="700.00"))

    known = stage.call("PATCH /v1/accounts/acme", {"fields": {"owner": "CSM@example.com"}}, if_match="*")
    foreign = stage.call("PATCH /v1/accounts/acme", {"fields": {"owner": "gone@example.com"}}, if_match="*")

    assert (known.json["owner"], foreign.json["owner"]) == ("csm-1", "gone@example.com")


def _three(stage: Stage) -> None:
    stage.put(account("a", update("recurly:a-1", mrr="1.00", owner="csm-1", stage="live"), tier="tier-1"))
    stage.put(account("b", update("recurly:b-1", mrr="1.00", name="Büro Nord"), tier="tier-1"))
    waits = account("c", update("generic:c-1", mrr="1.00", stage="live"), tier="tier-3")
    pending = Pending(TierId("tier-2"), NOW)
    stage.put(replace(waits, standing=replace(waits.standing, hold=Hold.PROMOTE_AFTER, pending=pending)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["a", "b", "c"]),
        ("?tier=tier-1", ["a", "b"]),
        ("?owner=csm-1", ["a"]),
        ("?owner=csm@example.com", ["a"]),
        ("?stage=live", ["a", "c"]),
        ("?stage=live&tier=tier-3", ["c"]),
        ("?text=b%C3%BCro", ["b"]),
        ("?text=C-1", ["c"]),
        ("?external_id=generic:c-1", ["c"]),
        ("?external_id=generic:c-1&tier=tier-1", []),
        ("?external_id=generic:none", []),
        ("?pending=true", ["c"]),
        ("?pending=true&tier=tier-1", []),
        ("?pending=false", ["a", "b"]),
        ("?tier=none", []),
    ],
)
def test_accounts_are_listed_by_what_must_hold(stage: Stage, query: str, found: list[str]) -> None:
    _three(stage)

    assert [item["id"] for item in stage.call(f"GET /v1/accounts{query}", role="csm").json["items"]] == found


def test_an_account_shows_what_it_waits_for(stage: Stage) -> None:
    _three(stage)
    tier = stage.call("GET /v1/accounts/c").json["tier"]

    assert (tier["id"], tier["hold"]) == ("tier-3", "promote_after")
    assert tier["pending"] == {"tier": "tier-2", "since": "2026-11-22T07:00:00Z"}


def test_a_list_goes_on_where_its_cursor_says(stage: Stage) -> None:
    _three(stage)
    first = stage.call("GET /v1/accounts?limit=2")
    rest = stage.call(f"GET /v1/accounts?limit=2&cursor={first.json['next_cursor']}")

    assert [item["id"] for item in [*first.json["items"], *rest.json["items"]]] == ["a", "b", "c"]
    assert rest.json["next_cursor"] is None


def test_an_external_id_names_its_source(stage: Stage) -> None:
    reply = stage.call("GET /v1/accounts?external_id=acct_42")

    assert (reply.status, reply.errors) == (400, {("/query/external_id", "value_not_for_type")})


def test_the_decision_of_this_moment_is_explained_and_not_written(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00", tier="tier-1"))

    reply = stage.call("GET /v1/accounts/acme/decision", role="viewer")

    assert (reply.json["tier"], reply.json["previous_tier"], reply.json["status"]) == ("tier-2", "tier-1", "changed")
    assert reply.json["rules"][0]["conditions"][0]["short_by"] == "360.00"
    assert stage.call("GET /v1/accounts/acme").json["tier"]["id"] == "tier-1"


def test_a_merged_account_tells_where_it_went(stage: Stage) -> None:
    stage.put(replace(account("old", mrr="1.00"), merged_into=AccountId("new")))

    reply = stage.call("GET /v1/accounts/old")

    assert (reply.status, reply.problem) == (404, "not_found")
    assert "merged into new" in reply.json["detail"]
