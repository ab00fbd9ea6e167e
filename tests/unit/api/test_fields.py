import pytest

from tests.unit.api.stage import Stage

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
