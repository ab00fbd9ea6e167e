"""The list of tiers edited as a whole: what follows from a new order, and what from new words alone."""

from typing import Any

from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.accounts.standing import Method
from tests.support.builders import account
from tests.unit.api.deciding import walked
from tests.unit.api.stage import Stage

HELD = {
    "rules": [
        {"id": "high", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": 1000}},
        {"id": "mid", "tier": "tier-2", "when": {"field": "mrr", "op": ">=", "value": 500}},
    ],
    "otherwise": "tier-3",
    "stability": {"demote_after": "14d"},
}


def _publish(stage: Stage, policy: dict[str, Any]) -> None:
    draft = stage.call("PUT /v1/policy/draft", policy, if_match="*")
    assert stage.call("POST /v1/policy/publish", {"draft_etag": draft.etag}).status == 202
    walked(stage)


def _listed(stage: Stage) -> list[dict[str, Any]]:
    items = stage.call("GET /v1/tiers").json["items"]
    return [{key: value for key, value in item.items() if key != "rank"} for item in items]


def _kept(stage: Stage) -> Account:
    return stage.accounts.accounts[AccountId("acme")]


def test_one_save_adds_renames_redefines_reorders_and_leaves_out(stage: Stage) -> None:
    stage.call("POST /v1/tiers", {"id": "unused", "name": "Unused"})
    first, second, third, _ = _listed(stage)
    wished = [
        {**second, "name": "Core", "delivery_model": "digital", "targets": {"accounts_per_csm": 80}},
        {**first, "definition": "Named logos"},
        {"id": "new", "name": "New", "targets": {"touch_cadence": "monthly", "kpis": ["NPS", "churn"]}},
        third,
    ]

    reply = stage.call("PUT /v1/tiers", {"tiers": wished}, if_match="*")

    assert reply.status == 200
    assert [(tier["id"], tier["rank"]) for tier in reply.json["items"]] == [
        ("tier-2", 1),
        ("tier-1", 2),
        ("new", 3),
        ("tier-3", 4),
    ]
    listed = stage.call("GET /v1/tiers")
    assert (listed.json, listed.etag) == (reply.json, reply.etag)
    assert listed.json["items"][0]["targets"] == {"accounts_per_csm": 80}
    assert listed.json["items"][2]["targets"] == {"touch_cadence": "monthly", "kpis": ["NPS", "churn"]}


def test_a_delivery_model_and_targets_are_changed_and_taken_away_without_a_walk(stage: Stage) -> None:
    targets = {"touch_cadence": "weekly", "accounts_per_csm": 15, "kpis": ["NPS"]}

    set_ = stage.call("PATCH /v1/tiers/tier-1", {"targets": targets, "delivery_model": "digital"}, if_match="*")
    cleared = stage.call("PATCH /v1/tiers/tier-1", {"targets": None, "delivery_model": None}, if_match=set_.etag)

    assert (set_.json["targets"], set_.json["delivery_model"]) == (targets, "digital")
    assert (cleared.json["targets"], cleared.json["delivery_model"]) == (None, None)
    assert stage.decide.sent == []


def test_a_demotion_that_a_new_order_makes_a_promotion_is_held_no_longer(stage: Stage) -> None:
    _publish(stage, HELD)
    stage.put(account("acme", mrr="100.00", tier="tier-2"))
    stage.call("PATCH /v1/tiers/tier-3", {"name": "Low"}, if_match="*")
    walked(stage)
    assert _kept(stage).standing.pending is not None

    first, second, third = _listed(stage)
    stage.call("PUT /v1/tiers", [first, third, second], if_match="*")

    walked(stage)
    assert (_kept(stage).standing.tier, _kept(stage).standing.pending) == ("tier-3", None)
    assert [row.cause for row in stage.accounts.rows[AccountId("acme")]] == ["tiers"]


def test_a_new_order_moves_nobody_whom_the_rules_leave_where_he_is(stage: Stage) -> None:
    kept = stage.put(account("acme", mrr="700.00", tier="tier-2"))
    stage.call("PATCH /v1/tiers/tier-1", {"name": "Top"}, if_match="*")
    walked(stage)

    stage.call("PUT /v1/tiers", _listed(stage)[::-1], if_match="*")

    walked(stage)
    assert _kept(stage).standing.tier == "tier-2"
    assert AccountId("acme") not in stage.accounts.rows
    assert kept.standing.since == _kept(stage).standing.since


def test_who_is_to_move_while_tiers_are_paused_moves_when_they_go_on(stage: Stage) -> None:
    stage.call("POST /v1/tiers", {"id": "tier-4", "name": "Digital"})
    stage.put(account("acme", mrr="100.00", tier="tier-4"))
    stage.call("PUT /v1/pauses/tiers", {"reason": "a migration"}, if_match="*")
    assert stage.call("DELETE /v1/tiers/tier-4?move_to=tier-2", if_match="*").status == 204
    walked(stage)
    assert (_kept(stage).standing.tier, _kept(stage).standing.hold) == ("tier-4", "paused")

    stage.call("DELETE /v1/pauses/tiers", if_match="*")

    walked(stage)
    assert (_kept(stage).standing.tier, _kept(stage).standing.method) == ("tier-2", Method.MANUAL)


BRONZE = [{"property": "segment", "field": "tier", "translate": {"Bronze": "tier-4", "Iron": "no tier of ours"}}]


def test_a_tier_that_a_source_s_mapping_gives_can_t_go(stage: Stage) -> None:
    stage.call("POST /v1/tiers", {"id": "tier-4", "name": "Digital"})
    assert stage.call("PUT /v1/sources/generic", {"mapping": BRONZE}, if_match="*").status == 200

    reply = stage.call("DELETE /v1/tiers/tier-4?move_to=tier-2", if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "the mapping of generic" in reply.json["detail"]
    assert reply.errors == {("/source:generic/mapping/0/translate/Bronze", "unknown_tier")}


def test_a_name_that_a_source_s_mapping_gives_is_not_changed_behind_its_back(stage: Stage) -> None:
    by_name = [{"property": "segment", "field": "tier", "translate": {"Gold": "Tier 1: High touch"}}]
    stage.call("PUT /v1/sources/generic", {"mapping": by_name}, if_match="*")

    assert stage.call("PATCH /v1/tiers/tier-1", {"name": "Top"}, if_match="*").problem == "in_use"
    assert stage.call("PATCH /v1/tiers/tier-2", {"name": "Middle"}, if_match="*").status == 200


def test_a_crm_s_word_means_a_tier_by_its_new_name_once_that_is_saved(stage: Stage) -> None:
    stage.put(account("acme", mrr="100.00", synced_tier="Platinum"))

    stage.call("PATCH /v1/tiers/tier-1", {"name": "Platinum"}, if_match="*")

    walked(stage)
    assert (_kept(stage).standing.tier, _kept(stage).standing.method) == ("tier-1", Method.SYNCED)
