"""A policy template from the list into force, by the routes that there are for tiers, fields and the draft."""

from typing import Any

import pytest

from shared.configuration.policy_templates import IDS
from tests.support.builders import account
from tests.unit.api.stage import Stage


def _template(stage: Stage, template_id: str) -> dict[str, Any]:
    listed = stage.call("GET /v1/policy/templates", role="viewer").json["items"]
    (found,) = [item for item in listed if item["id"] == template_id]
    return dict(found)


def _apply(stage: Stage, template: dict[str, Any]) -> None:
    etag = stage.call("GET /v1/tiers").etag
    assert stage.call("PUT /v1/tiers", template["tiers"], if_match=etag).status == 200
    for entry in template["fields"]:
        assert stage.call("POST /v1/fields", entry).status == 201
    draft = stage.call("PUT /v1/policy/draft", template["policy"], if_match=stage.call("GET /v1/policy/draft").etag)
    assert draft.status == 200
    assert stage.call("POST /v1/policy/draft/validate").json == {"errors": [], "warnings": []}
    assert stage.call("POST /v1/policy/publish", {"draft_etag": draft.etag}).status == 202


def test_every_template_is_listed_with_a_name_and_a_description(stage: Stage) -> None:
    reply = stage.call("GET /v1/policy/templates", role="viewer")

    assert [item["id"] for item in reply.json["items"]] == [*IDS]
    assert len({item["name"] for item in reply.json["items"]}) == len(IDS)
    assert all("Adjust" in item["description"] or "adjust" in item["description"] for item in reply.json["items"])
    assert reply.json["next_cursor"] is None


@pytest.mark.parametrize("template_id", IDS)
def test_a_fresh_deployment_whose_accounts_have_tiers_takes_each_template(stage: Stage, template_id: str) -> None:
    for tier in ("tier-1", "tier-2", "tier-3"):
        stage.put(account(f"in-{tier}", mrr="1.00", tier=tier))
    template = _template(stage, template_id)

    _apply(stage, template)

    assert stage.call("GET /v1/policy").json["policy"] == template["policy"]
    assert [tier["name"] for tier in stage.call("GET /v1/tiers").json["items"]] == [
        tier["name"] for tier in template["tiers"]
    ]


@pytest.mark.parametrize(
    ("template_id", "fields", "tier"),
    [
        ("touch-tiers", {"mrr": "999.99"}, "Tier 2: Moderate touch"),
        ("arr-ladder", {"arr": "100000.00"}, "Mid-Market"),
        ("arr-ladder", {"seats": 3}, "Default"),
        ("seats-ladder", {"seats": 250}, "High touch: 250 seats and more"),
        ("value-outcome", {"arr": "100000.00", "health_score": 70, "nps": 30}, "Adopt, high touch"),
        ("onboarding-floor", {"stage": "onboarding", "mrr": "1.00"}, "Tier 2: Moderate touch"),
    ],
)
def test_what_was_applied_decides(stage: Stage, template_id: str, fields: dict[str, Any], tier: str) -> None:
    stage.put(account("acme", **fields))

    _apply(stage, _template(stage, template_id))

    decision = stage.call("GET /v1/accounts/acme/decision").json
    names = {item["id"]: item["name"] for item in stage.call("GET /v1/tiers").json["items"]}
    assert names[decision["tier"]] == tier


@pytest.mark.parametrize("template_id", IDS)
def test_a_template_can_be_tried_on_an_account_before_it_is_applied(stage: Stage, template_id: str) -> None:
    template = _template(stage, template_id)
    fields = [*stage.call("GET /v1/fields").json["items"], *template["fields"]]
    known = {"mrr": "100.00", "arr": "1200.00", "seats": 3, "stage": "live"}
    tried = {"account": {"id": "acme", "fields": known}, "policy": template["policy"], "tiers": template["tiers"]}

    reply = stage.call("POST /v1/policy/evaluate", {**tried, "fields": fields}, role="viewer")

    assert (reply.status, reply.json["tier"]) == (
        200,
        {"arr-ladder": "tier-3"}.get(template_id, template["tiers"][-1]["id"]),
    )


@pytest.mark.parametrize("second", IDS)
def test_one_template_follows_another(stage: Stage, second: str) -> None:
    _apply(stage, _template(stage, "touch-tiers"))

    _apply(stage, _template(stage, second))

    assert stage.call("GET /v1/policy").json["version"] == 3


def test_a_deployment_with_tiers_of_its_own_keeps_them_below_until_their_accounts_are_moved(stage: Stage) -> None:
    stage.call("POST /v1/tiers", {"id": "gold", "name": "Gold"})
    stage.put(account("acme", mrr="1.00", tier="gold"))
    template = _template(stage, "arr-ladder")
    assert stage.call("PUT /v1/tiers", template["tiers"], if_match="*").problem == "in_use"

    _apply(stage, {**template, "tiers": [*template["tiers"], {"id": "gold", "name": "Gold"}]})

    assert stage.call("DELETE /v1/tiers/gold?move_to=tier-1", if_match="*").status == 204
    assert stage.call("GET /v1/accounts/acme").json["tier"]["id"] == "tier-1"
