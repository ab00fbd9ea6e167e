import pytest

from tests.support.builders import account
from tests.unit.api.stage import Stage

SCORE = {
    "name": "value_score",
    "type": "number",
    "label": "Value score",
    "score": [
        {"when": {"field": "mrr", "op": ">=", "value": 1000}, "points": 40},
        {"when": {"field": "potential", "op": "=", "value": "high"}, "points": "0.5"},
    ],
}
SEGMENT = {"name": "potential", "type": "enum", "options": ["low", "high"], "label": "Potential"}


def test_fields_are_listed_by_name_with_what_admins_may_change(stage: Stage) -> None:
    items = stage.call("GET /v1/fields", role="viewer").json["items"]

    assert [field["name"] for field in items] == sorted(field["name"] for field in items)
    mrr = next(field for field in items if field["name"] == "mrr")
    assert (mrr["type"], mrr["combine"], mrr["custom"], mrr["sources"][0]) == ("money", "sum", False, "manual")


def test_a_custom_dimension_is_added_and_deleted(stage: Stage) -> None:
    added = stage.call("POST /v1/fields", SEGMENT)

    assert (added.status, added.json["custom"]) == (201, True)
    assert stage.call("DELETE /v1/fields/potential", if_match=added.etag).status == 204
    assert stage.call("PATCH /v1/fields/potential", {}, if_match="*").status == 404


def test_a_built_in_field_takes_another_label_and_source_order(stage: Stage) -> None:
    reply = stage.call("PATCH /v1/fields/mrr", {"label": "Monthly", "sources": ["recurly", "manual"]}, if_match='"0"')

    assert (reply.status, reply.json["label"], reply.json["sources"]) == (200, "Monthly", ["recurly", "manual"])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"name": "tier", "type": "string"}, ("/name", "duplicate_id")),
        ({"name": "mrr", "type": "money"}, ("/name", "duplicate_id")),
        ({"name": "Ünïcode", "type": "string", "label": "Text"}, ("/name", "value_not_for_type")),
        ({"name": "a", "type": "colour"}, ("/type", "not_in_options")),
        ({"name": "a"}, ("/type", "missing_key")),
        ({"name": "a", "type": "enum"}, ("/options", "missing_key")),
        ({"name": "a", "type": "string", "combine": "sum"}, ("/combine", "value_not_for_type")),
    ],
)
def test_a_field_that_can_t_be_is_refused(stage: Stage, body: dict[str, object], error: tuple[str, str]) -> None:
    reply = stage.call("POST /v1/fields", body)

    assert (reply.status, reply.errors) == (422, {error})


def test_a_built_in_field_stays(stage: Stage) -> None:
    assert stage.call("DELETE /v1/fields/nps", if_match="*").problem == "built_in"


def test_a_fields_history_is_shown_as_it_is_set_whatever_rules_need(stage: Stage) -> None:
    reply = stage.call("PATCH /v1/fields/mrr", {"history": False}, if_match="*")

    assert reply.json["history"] == "none"
    shown = {field["name"]: field["history"] for field in stage.call("GET /v1/fields", role="viewer").json["items"]}
    assert (shown["mrr"], shown["seats"], shown["country"]) == ("none", "changes", "none")


def test_a_text_is_not_kept_by_day(stage: Stage) -> None:
    reply = stage.call("PATCH /v1/fields/plan", {"history": "daily"}, if_match="*")

    assert (reply.status, reply.errors) == (422, {("/history", "value_not_for_type")})


def test_a_field_keeps_its_name(stage: Stage) -> None:
    reply = stage.call("PATCH /v1/fields/mrr", {"name": "rrm"}, if_match="*")

    assert (reply.status, reply.errors) == (422, {("/name", "unknown_key")})


def _with_rule(stage: Stage) -> None:
    stage.call("POST /v1/fields", SEGMENT)
    rule = {"id": "promising", "tier": "tier-1", "when": {"not": {"field": "potential", "op": "=", "value": "high"}}}
    saved = stage.call("PUT /v1/policy/draft", {"rules": [rule], "requires": ["potential"]}, if_match="*")
    assert stage.call("POST /v1/policy/publish", {"draft_etag": saved.etag}).status == 202


def test_a_field_that_a_rule_reads_can_t_be_deleted(stage: Stage) -> None:
    _with_rule(stage)

    reply = stage.call("DELETE /v1/fields/potential", if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "rule promising" in reply.json["detail"]
    assert ("/policy/rules/0", "unknown_field") in reply.errors


def test_a_field_that_a_rule_reads_can_t_change_its_type(stage: Stage) -> None:
    _with_rule(stage)

    reply = stage.call("PATCH /v1/fields/potential", {"type": "string", "options": []}, if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")


def test_an_option_that_a_rule_compares_with_stays(stage: Stage) -> None:
    _with_rule(stage)

    reply = stage.call("PATCH /v1/fields/potential", {"options": ["low"]}, if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "rule promising" in reply.json["detail"]


def test_a_field_that_a_source_maps_to_stays(stage: Stage) -> None:
    stage.call("POST /v1/fields", SEGMENT)
    mapping = [{"property": "potential__c", "field": "potential"}]
    assert stage.call("PUT /v1/sources/generic", {"mapping": mapping}, if_match="*").status == 200

    reply = stage.call("DELETE /v1/fields/potential", if_match="*")

    assert (reply.status, reply.errors) == (409, {("/source:generic/mapping/0/field", "unknown_field")})


@pytest.mark.parametrize(
    ("change", "walks"),
    [
        ({"sources": ["recurly", "manual"]}, 4),
        ({"combine": "latest"}, 4),
        ({"label": "Monthly"}, 0),
        ({"history": "daily"}, 0),
    ],
)
def test_another_way_to_combine_has_every_account_combined_again(
    stage: Stage, change: dict[str, object], walks: int
) -> None:
    assert stage.call("PATCH /v1/fields/mrr", change, if_match="*").status == 200
    assert len(stage.decide.sent) == walks


def test_a_field_that_nothing_reads_changes_its_type(stage: Stage) -> None:
    stage.call("POST /v1/fields", SEGMENT)

    assert stage.call("PATCH /v1/fields/potential", {"type": "string", "options": []}, if_match="*").status == 200


def _with_score(stage: Stage) -> None:
    assert stage.call("POST /v1/fields", SEGMENT).status == 201
    assert stage.call("POST /v1/fields", SCORE).status == 201


def test_a_score_is_added_shown_and_deleted(stage: Stage) -> None:
    _with_score(stage)

    items = {field["name"]: field for field in stage.call("GET /v1/fields", role="viewer").json["items"]}
    shown = items["value_score"]
    assert (shown["score"], shown["sources"], shown["custom"]) == (SCORE["score"], [], True)
    assert items["potential"]["score"] is None
    assert stage.call("DELETE /v1/fields/value_score", if_match="*").status == 204


def test_what_is_shown_of_a_field_can_be_sent_back(stage: Stage) -> None:
    _with_score(stage)

    for shown in stage.call("GET /v1/fields").json["items"]:
        sent = {key: value for key, value in shown.items() if key not in ("name", "custom")}
        reply = stage.call(f"PATCH /v1/fields/{shown['name']}", sent, if_match="*")
        assert (reply.status, reply.json) == (200, shown)


def test_another_score_has_every_account_decided_again(stage: Stage) -> None:
    _with_score(stage)
    stage.decide.sent.clear()

    assert stage.call("PATCH /v1/fields/value_score", {"label": "Value"}, if_match="*").status == 200
    assert stage.decide.sent == []
    reply = stage.call(
        "PATCH /v1/fields/value_score", {"score": [{"when": {"always": True}, "points": 5}]}, if_match="*"
    )
    assert (reply.status, reply.json["score"]) == (200, [{"when": {"always": True}, "points": 5}])
    assert len(stage.decide.sent) == 4


def test_the_errors_of_a_score_stand_where_they_are(stage: Stage) -> None:
    _with_score(stage)
    itself = [{"when": {"field": "value_score", "op": ">", "value": 1}, "points": 1}]

    reply = stage.call("PATCH /v1/fields/value_score", {"score": itself}, if_match="*")
    assert (reply.status, reply.errors) == (422, {("/score/0/when/field", "reads_itself")})
    reply = stage.call("POST /v1/fields", {**SCORE, "name": "fit", "score": itself})
    assert (reply.status, reply.errors) == (422, {("/score/0/when/field", "reads_itself")})


def test_a_score_and_a_field_with_values_stay_what_they_are(stage: Stage) -> None:
    _with_score(stage)
    stage.call("POST /v1/fields", {"name": "zeal", "type": "number"})

    for route, score in (("value_score", None), ("zeal", SCORE["score"])):
        reply = stage.call(f"PATCH /v1/fields/{route}", {"score": score, "sources": []}, if_match="*")
        assert (reply.status, reply.errors) == (422, {("/score", "unknown_key")})


@pytest.mark.parametrize(
    ("method", "change"),
    [("DELETE", None), ("PATCH", {"type": "string", "options": []}), ("PATCH", {"options": ["low"]})],
)
def test_what_a_score_reads_stays(stage: Stage, method: str, change: object) -> None:
    _with_score(stage)

    reply = stage.call(f"{method} /v1/fields/potential", change, if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "score value_score" in reply.json["detail"]
    assert all(pointer.startswith("/fields/fields/1") for pointer, _ in reply.errors)


def test_a_currency_without_cents_is_refused_while_a_score_compares_with_them(stage: Stage) -> None:
    terms = [{"when": {"field": "mrr", "op": ">=", "value": "999.99"}, "points": 1}]
    assert stage.call("POST /v1/fields", {**SCORE, "score": terms}).status == 201

    reply = stage.call("PUT /v1/settings", {"reporting_currency": "JPY"}, if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert "score value_score" in reply.json["detail"]


def test_no_source_and_no_person_gives_a_score_its_value(stage: Stage) -> None:
    _with_score(stage)
    stage.put(account("acme", mrr="1200.00"))

    by_hand = stage.call("PATCH /v1/accounts/acme", {"fields": {"value_score": 99}}, if_match="*")
    assert (by_hand.status, by_hand.errors) == (422, {("/fields/value_score", "unknown_key")})
    mapping = [{"property": "score__c", "field": "value_score"}]
    mapped = stage.call("PUT /v1/sources/generic", {"mapping": mapping}, if_match="*")
    assert (mapped.status, mapped.errors) == (422, {("/mapping/0/field", "unknown_field")})


def test_a_rule_reads_a_score_which_then_stays(stage: Stage) -> None:
    _with_score(stage)
    stage.put(account("acme", mrr="1200.00"))
    rule = {"id": "worthy", "tier": "tier-1", "when": {"field": "value_score", "op": ">=", "value": 40}}
    saved = stage.call("PUT /v1/policy/draft", {"rules": [rule]}, if_match="*")
    assert stage.call("POST /v1/policy/publish", {"draft_etag": saved.etag}).status == 202

    decision = stage.call("GET /v1/accounts/acme/decision").json
    assert (decision["result"], decision["why"]) == ("tier-1", "Value score is 40: at least 40 (rule worthy).")
    assert decision["rules"][0]["conditions"][0]["terms"] == [{"pointer": "/score/0", "points": 40}]
    assert stage.call("DELETE /v1/fields/value_score", if_match="*").problem == "in_use"
