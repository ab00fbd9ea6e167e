import pytest

from shared.accounts.identity import TierId
from shared.accounts.standing import Method, Override
from shared.configuration.documents import Kind
from shared.runtime.messages import DecideAll, read
from tests.support.builders import NOW, account
from tests.unit.api.stage import Stage

NEW = {"id": "tier-4", "name": "Tier 4: Digital", "delivery_model": "digital"}


def _add(stage: Stage) -> None:
    assert stage.call("POST /v1/tiers", NEW).status == 201


def test_a_fresh_deployment_lists_three_tiers(stage: Stage) -> None:
    reply = stage.call("GET /v1/tiers", role="viewer")

    assert [tier["rank"] for tier in reply.json["items"]] == [1, 2, 3]
    assert reply.json["items"][0]["name"] == "Tier 1: High touch"
    assert reply.json["next_cursor"] is None
    assert reply.etag == '"0"'


def test_a_tier_is_added_below_all_others(stage: Stage) -> None:
    reply = stage.call("POST /v1/tiers", NEW)

    assert (reply.status, reply.json["rank"], reply.etag) == (201, 4, '"1"')
    assert [tier["id"] for tier in stage.call("GET /v1/tiers").json["items"]][-1] == "tier-4"


def test_what_was_read_can_be_sent_back(stage: Stage) -> None:
    listed = stage.call("GET /v1/tiers")
    listed_again = stage.call("PUT /v1/tiers", listed.json | {"items": listed.json["items"]}, if_match=listed.etag)

    assert listed_again.status == 200
    assert listed_again.json == listed.json


@pytest.mark.parametrize("root", ["", "/tiers", "/items"])
def test_the_whole_list_is_refused_with_every_error(stage: Stage, root: str) -> None:
    tiers = [{"id": "a"}, {"id": "a", "name": "A", "delivery_model": "no_touch"}]
    body: object = {root[1:]: tiers} if root else tiers

    reply = stage.call("PUT /v1/tiers", body, if_match="*")

    assert reply.status == 422
    assert {(f"{root}/0/name", "missing_key"), (f"{root}/1/delivery_model", "not_in_options")} <= reply.errors


def test_a_change_names_only_what_changes(stage: Stage) -> None:
    reply = stage.call("PATCH /v1/tiers/tier-2", {"name": "Tier 2: Standard"}, if_match='"0"')

    assert reply.status == 200
    assert (reply.json["name"], reply.json["definition"]) == ("Tier 2: Standard", "Standard processes")


@pytest.mark.parametrize("body", [{"id": "other"}, {"rank": 1}, {"name": ""}, {"colour": "red"}])
def test_a_change_that_can_t_be_is_refused_at_its_key(stage: Stage, body: dict[str, object]) -> None:
    reply = stage.call("PATCH /v1/tiers/tier-2", body, if_match="*")

    assert reply.status == 422
    assert {pointer for pointer, _ in reply.errors} == {f"/{key}" for key in body}


def test_a_tier_that_rules_name_can_t_go_and_the_rules_are_named(stage: Stage) -> None:
    reply = stage.call("DELETE /v1/tiers/tier-1", if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "rule high" in reply.json["detail"]
    assert ("/policy/rules/0/tier", "unknown_tier") in reply.errors


def test_the_fallback_tier_can_t_go(stage: Stage) -> None:
    reply = stage.call("DELETE /v1/tiers/tier-3", if_match="*")

    assert ("/policy/otherwise", "unknown_tier") in reply.errors


def test_a_tier_that_the_draft_names_can_t_go(stage: Stage) -> None:
    _add(stage)
    stage.call("PUT /v1/policy/draft", {"rules": [], "otherwise": "tier-4"}, if_match="*")

    reply = stage.call("DELETE /v1/tiers/tier-4", if_match="*")

    assert reply.status == 409
    assert "of the draft" in reply.json["detail"]


def test_leaving_a_named_tier_out_of_the_list_is_refused(stage: Stage) -> None:
    listed = stage.call("GET /v1/tiers").json["items"]
    without = [{key: value for key, value in tier.items() if key != "rank"} for tier in listed[1:]]

    assert stage.call("PUT /v1/tiers", without, if_match="*").problem == "in_use"


def test_a_tier_nobody_uses_goes(stage: Stage) -> None:
    _add(stage)

    assert stage.call("DELETE /v1/tiers/tier-4", if_match='"1"').status == 204
    assert len(stage.call("GET /v1/tiers").json["items"]) == 3


def test_the_accounts_of_a_tier_are_counted_before_it_goes(stage: Stage) -> None:
    _add(stage)
    for name in ("a", "b"):
        stage.put(account(name, mrr="1.00", tier="tier-4"))

    reply = stage.call("DELETE /v1/tiers/tier-4", if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "at least 2 accounts" in reply.json["detail"]


def test_move_to_moves_them_by_an_override_that_says_so(stage: Stage) -> None:
    _add(stage)
    stage.put(account("a", mrr="1.00", tier="tier-4"))

    assert stage.call("DELETE /v1/tiers/tier-4?move_to=tier-2", if_match="*").status == 204

    moved = stage.call("GET /v1/accounts/a").json["tier"]
    assert (moved["id"], moved["method"]) == ("tier-2", Method.MANUAL)
    assert moved["override"]["reason"] == "Tier 4: Digital was deleted"


def test_a_moved_override_keeps_its_reason(stage: Stage) -> None:
    _add(stage)
    stage.put(account("a", mrr="1.00"))
    stage.call("PUT /v1/accounts/a/tier", {"tier": "tier-4", "reason": "a pilot"}, if_match="*")

    stage.call("DELETE /v1/tiers/tier-4?move_to=tier-3", if_match="*")

    override = stage.call("GET /v1/accounts/a").json["tier"]["override"]
    assert (override["tier"], override["reason"]) == ("tier-3", "a pilot")


@pytest.mark.parametrize("target", ["tier-4", "tier-9"])
def test_accounts_move_to_another_tier_that_exists(stage: Stage, target: str) -> None:
    _add(stage)

    reply = stage.call(f"DELETE /v1/tiers/tier-4?move_to={target}", if_match="*")

    assert (reply.status, reply.errors) == (400, {("/query/move_to", "unknown_tier")})


def test_the_last_tier_stays(stage: Stage) -> None:
    stage.call("PUT /v1/policy/draft", {"rules": [], "otherwise": "tier-1"}, if_match="*")
    stage.call("POST /v1/policy/publish", {"draft_etag": '"1"'})
    first = {"id": "tier-1", "name": "All"}
    assert stage.call("PUT /v1/tiers", [first], if_match="*").status == 200

    assert stage.call("DELETE /v1/tiers/tier-1", if_match="*").problem == "last_tier"


def test_an_unknown_tier_is_not_found_before_anything_else(stage: Stage) -> None:
    assert stage.call("PATCH /v1/tiers/none", text="no json").status == 404
    assert stage.call("DELETE /v1/tiers/none").status == 404


def test_a_new_order_has_every_account_decided_again_and_a_new_text_has_not(stage: Stage) -> None:
    stage.call("PATCH /v1/tiers/tier-2", {"definition": "Standard"}, if_match="*")
    assert stage.decide.sent == []

    stage.call("PATCH /v1/tiers/tier-2", {"name": "Standard"}, if_match="*")

    walks = [read(message.body, [DecideAll]) for message in stage.decide.sent]
    assert {walk.segment for walk in walks if isinstance(walk, DecideAll)} == {0, 1, 2, 3}
    assert all(isinstance(walk, DecideAll) and walk.policy_version == 1 for walk in walks)
    assert {message.delay_seconds for message in stage.decide.sent} == {7}


def test_each_change_is_audited_with_before_and_after(stage: Stage) -> None:
    stage.call("PATCH /v1/tiers/tier-2", {"name": "Standard"}, if_match="*", role="manager")

    (entry,) = stage.documents.audit
    assert (entry.actor, entry.action, entry.target, entry.at) == ("manager-1", "tier.change", "tiers", NOW)
    assert entry.before != entry.after


def test_an_override_in_a_gone_tier_is_not_left_behind(stage: Stage) -> None:
    _add(stage)
    stage.put(account("a", mrr="1.00"))
    stage.call("PUT /v1/accounts/a/tier", {"tier": "tier-4", "reason": "a pilot"}, if_match="*")

    stage.call("DELETE /v1/tiers/tier-4?move_to=tier-3", if_match="*")

    kept = stage.accounts.accounts[next(iter(stage.accounts.accounts))].override
    assert isinstance(kept, Override)
    assert kept.tier == TierId("tier-3")
    assert stage.documents.get(Kind.PUBLISHED, "tiers") is not None
