from collections.abc import Mapping

import pytest

from shared.configuration.documents import Kind
from shared.runtime.messages import DecideAll, read
from shared.runtime.ports import RunState
from tests.unit.api.stage import Reply, Stage

POLICY = {"rules": [{"id": "big", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": "2000.00"}}]}


def _publish(stage: Stage, policy: object = POLICY) -> Reply:
    saved = stage.call("PUT /v1/policy/draft", policy, if_match="*")
    return stage.call("POST /v1/policy/publish", {"draft_etag": saved.etag})


def test_a_fresh_deployment_has_version_1(stage: Stage) -> None:
    reply = stage.call("GET /v1/policy", role="viewer")

    assert (reply.json["version"], reply.json["published_at"]) == (1, None)
    assert [rule["id"] for rule in reply.json["policy"]["rules"]] == ["high", "mid"]
    assert stage.call("GET /v1/policy/versions/1").json == reply.json


def test_the_draft_is_what_is_published_until_one_is_saved(stage: Stage) -> None:
    reply = stage.call("GET /v1/policy/draft")

    assert (reply.etag, reply.json["saved_at"], reply.json["based_on"]) == ('"0"', None, 1)
    assert reply.json["policy"] == stage.call("GET /v1/policy").json["policy"]


@pytest.mark.parametrize("body", [POLICY, {"policy": POLICY}])
def test_a_draft_is_saved_bare_or_as_it_was_shown(stage: Stage, body: object) -> None:
    reply = stage.call("PUT /v1/policy/draft", body, if_match='"0"')

    assert (reply.status, reply.etag, reply.json["policy"]) == (200, '"1"', POLICY)
    assert reply.json["saved_by"] == "admin-1"
    assert stage.call("GET /v1/policy").json["version"] == 1


@pytest.mark.parametrize(("root", "wrap"), [("", False), ("/policy", True)])
def test_a_draft_is_refused_with_every_error_at_its_place(stage: Stage, root: str, *, wrap: bool) -> None:
    policy = {
        "rules": [
            {"id": "a", "tier": "tier-9", "when": {"field": "mrr", "op": ">=", "value": "much"}},
            {"id": "b", "tier": None, "when": {"field": "colour", "op": "=", "value": "red"}},
        ]
    }

    reply = stage.call("PUT /v1/policy/draft", {"policy": policy} if wrap else policy, if_match="*")

    assert reply.status == 422
    assert reply.errors == {
        (f"{root}/rules/0/tier", "unknown_tier"),
        (f"{root}/rules/0/when/value", "value_not_for_type"),
        (f"{root}/rules/1/when/field", "unknown_field"),
    }
    assert stage.documents.get(Kind.DRAFT, "policy") is None


def test_fractions_of_a_policy_are_kept_to_the_digit(stage: Stage) -> None:
    text = '{"rules": [{"id": "a", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": 0.1}}]}'

    stage.call("PUT /v1/policy/draft", text=text, if_match="*")

    (rule,) = stage.call("GET /v1/policy/draft").json["policy"]["rules"]
    assert rule["when"]["value"] in (0.1, "0.1")


def test_validating_tells_errors_and_warnings_and_saves_nothing(stage: Stage) -> None:
    doubtful = {"rules": [{"id": "a", "tier": "tier-1", "when": {"not": {"field": "mrr", "op": "<", "value": 1000}}}]}

    fine = stage.call("POST /v1/policy/draft/validate")
    warned = stage.call("POST /v1/policy/draft/validate", doubtful)
    wrong = stage.call("POST /v1/policy/draft/validate", {"rules": [{"id": "a", "tier": "tier-1"}]})

    assert (fine.status, fine.json) == (200, {"errors": [], "warnings": []})
    assert "negation_on_missing" in {warning["code"] for warning in warned.json["warnings"]}
    assert [error["pointer"] for error in wrong.json["errors"]] == ["/rules/0/when"]
    assert stage.documents.documents == {}


def test_a_publish_puts_the_draft_in_force_and_has_every_account_decided(stage: Stage) -> None:
    reply = _publish(stage)

    assert (reply.status, reply.headers["Location"]) == (202, f"/v1/policy/publishes/{reply.json['id']}")
    published = stage.call("GET /v1/policy").json
    assert (published["version"], published["policy"], published["published_by"]) == (2, POLICY, "admin-1")
    walks = [read(message.body, [DecideAll]) for message in stage.decide.sent]
    assert [walk.policy_version for walk in walks if isinstance(walk, DecideAll)] == [2, 2, 2, 2]
    assert stage.call(reply.headers["Location"].join(["GET ", ""])).json["state"] == "queued"


def test_a_publish_is_audited_with_the_policy_before_and_after(stage: Stage) -> None:
    _publish(stage)

    entry = stage.documents.audit[-1]
    assert (entry.action, entry.target) == ("policy.publish", "policy/2")
    assert entry.before is not None
    assert (entry.before["version"], entry.after and entry.after["version"]) == (1, 2)


def test_the_same_draft_is_published_once(stage: Stage) -> None:
    _publish(stage)

    again = stage.call("POST /v1/policy/publish", {"draft_etag": stage.call("GET /v1/policy/draft").etag})

    assert (again.status, again.problem) == (409, "nothing_to_publish")
    assert stage.call("GET /v1/policy/draft").json["published"] == 2


def test_an_unsaved_draft_has_nothing_to_publish(stage: Stage) -> None:
    assert stage.call("POST /v1/policy/publish", {"draft_etag": '"0"'}).problem == "nothing_to_publish"


def test_a_draft_that_changed_since_is_not_published(stage: Stage) -> None:
    first = stage.call("PUT /v1/policy/draft", POLICY, if_match="*")
    stage.call("PUT /v1/policy/draft", {"rules": []}, if_match="*")

    reply = stage.call("POST /v1/policy/publish", {"draft_etag": first.etag})

    assert (reply.status, reply.problem) == (409, "draft_changed")
    assert stage.decide.sent == []


@pytest.mark.parametrize("key", ["preview_id", "max_changes_pct", "force"])
def test_what_a_publish_can_t_do_is_refused(stage: Stage, key: str) -> None:
    reply = stage.call("POST /v1/policy/publish", {"draft_etag": '"1"', key: "skip"})

    assert (reply.status, reply.errors) == (422, {(f"/{key}", "unknown_key")})


@pytest.mark.parametrize(("given", "holds"), [({}, "keep"), ({"holds": "keep"}, "keep"), ({"holds": "skip"}, "skip")])
def test_a_publish_says_what_its_walk_does_with_holds(stage: Stage, given: Mapping[str, str], holds: str) -> None:
    etag = stage.call("PUT /v1/policy/draft", POLICY, if_match="*").etag

    reply = stage.call("POST /v1/policy/publish", {"draft_etag": etag, **given})

    assert (reply.status, [run.order["holds"] for run in stage.runs.runs.values()]) == (202, [holds])
    after = stage.documents.audit[-1].after
    assert after is not None
    assert after["holds"] == holds


def test_a_publish_does_no_third_thing_with_holds(stage: Stage) -> None:
    reply = stage.call("POST /v1/policy/publish", {"draft_etag": '"1"', "holds": "drop"})

    assert (reply.status, reply.errors) == (422, {("/holds", "not_in_options")})


def test_a_publish_that_can_t_be_queued_publishes_nothing(stage: Stage) -> None:
    stage.decide.down = True

    reply = _publish(stage)

    assert (reply.status, reply.problem, reply.headers["Retry-After"]) == (503, "unavailable", "1")
    assert stage.call("GET /v1/policy").json["version"] == 1
    assert [run.state for run in stage.runs.runs.values()] == [RunState.FAILED]


def test_a_publish_is_cancelled_once(stage: Stage) -> None:
    location = _publish(stage).headers["Location"]

    assert stage.call(f"DELETE {location}").json["state"] == "cancelled"
    assert stage.call(f"DELETE {location}").problem == "ended"
    assert stage.call("DELETE /v1/policy/publishes/none").status == 404


def test_versions_are_listed_newest_first_in_pages(stage: Stage) -> None:
    for threshold in ("1.00", "2.00"):
        when = {"field": "mrr", "op": ">=", "value": threshold}
        _publish(stage, {"rules": [{"id": "a", "tier": "tier-1", "when": when}]})

    first = stage.call("GET /v1/policy/versions?limit=2")
    rest = stage.call(f"GET /v1/policy/versions?limit=2&cursor={first.json['next_cursor']}")

    assert [item["version"] for item in first.json["items"]] == [3, 2]
    assert [item["version"] for item in rest.json["items"]] == [1]
    assert rest.json["next_cursor"] is None


@pytest.mark.parametrize("version", ["0", "7", "x", "9" * 40, "1.0", "%C2%B2"])
def test_an_unknown_version_is_not_found(stage: Stage, version: str) -> None:
    assert stage.call(f"GET /v1/policy/versions/{version}").status == 404


def test_an_earlier_version_becomes_the_draft(stage: Stage) -> None:
    _publish(stage)

    reply = stage.call("POST /v1/policy/versions/1/restore")

    assert reply.status == 200
    assert reply.json["policy"] == stage.call("GET /v1/policy/versions/1").json["policy"]
    assert stage.call("POST /v1/policy/publish", {"draft_etag": reply.etag}).status == 202
    assert stage.call("GET /v1/policy").json["version"] == 3


def test_a_version_that_names_what_is_gone_is_not_restored(stage: Stage) -> None:
    _publish(stage, {"rules": []})
    assert stage.call("DELETE /v1/tiers/tier-2", if_match="*").status == 204

    reply = stage.call("POST /v1/policy/versions/1/restore")

    assert (reply.status, reply.problem, reply.errors) == (409, "outdated", {("/rules/1/tier", "unknown_tier")})


def test_a_draft_s_etag_never_returns(stage: Stage) -> None:
    saved = stage.call("PUT /v1/policy/draft", POLICY, if_match="*").etag
    stage.call("POST /v1/policy/publish", {"draft_etag": saved})

    assert stage.call("PUT /v1/policy/draft", {"rules": []}, if_match=saved).status == 412


def test_evaluating_a_described_account_is_a_decision(stage: Stage) -> None:
    body = {"now": "2026-11-22T07:00:00Z", "account": {"id": "acme", "fields": {"mrr": "640.00"}}}

    reply = stage.call("POST /v1/policy/evaluate", body, role="viewer")

    assert (reply.json["tier"], reply.json["rule"], reply.json["policy_version"]) == ("tier-2", "mid", 1)
    assert stage.accounts.accounts == {}


def test_evaluating_another_policy_has_no_version(stage: Stage) -> None:
    body = {"account": {"id": "acme", "fields": {"mrr": 2000}}, "policy": POLICY}

    assert stage.call("POST /v1/policy/evaluate", body).json["policy_version"] is None


def test_evaluating_tells_every_error(stage: Stage) -> None:
    reply = stage.call("POST /v1/policy/evaluate", {"account": {"fields": {"mrr": "x"}}, "now": "soon", "colour": 1})

    assert reply.status == 422
    assert {pointer for pointer, _ in reply.errors} >= {"/colour", "/now", "/account/fields/mrr"}


def test_what_was_read_can_be_sent_back(stage: Stage) -> None:
    shown = stage.call("GET /v1/policy/draft")

    assert stage.call("PUT /v1/policy/draft", shown.json, if_match=shown.etag).status == 200
    beside = stage.call("PUT /v1/policy/draft", {"policy": POLICY, "colour": "red"}, if_match="*")
    assert (beside.status, beside.errors) == (422, {("/colour", "unknown_key")})


def _nested(levels: int) -> dict[str, object]:
    when: dict[str, object] = {"always": True}
    for _ in range(levels - 1):
        when = {"all": [when]}
    return {"policy": {"rules": [{"id": "deep", "tier": "tier-1", "when": when}]}}


def test_conditions_nest_as_deep_as_the_language_says(stage: Stage) -> None:
    assert stage.call("PUT /v1/policy/draft", _nested(20), if_match="*").status == 200
    deeper = stage.call("PUT /v1/policy/draft", _nested(22), if_match="*")

    assert (deeper.status, {code for _, code in deeper.errors}) == (422, {"too_deep"})
