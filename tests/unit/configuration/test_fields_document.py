"""The field catalogue grows by custom fields and keeps what built-in fields are."""

import pytest

from shared.accounts.catalogue import BUILT_IN, TIER_WORDS, Catalogue, Combine
from shared.accounts.identity import FieldName
from shared.accounts.money import Currency
from shared.accounts.values import Json
from shared.configuration.fields_document import field_to_json, fields_to_json, parse_field, parse_fields
from shared.rules.errors import DocumentRefused

EUR = Currency("EUR")


def refused(document: Json) -> dict[str, str]:
    with pytest.raises(DocumentRefused) as error:
        parse_fields({"fields": [document]}, EUR)
    return {found.pointer: found.code.value for found in error.value.errors}


def test_an_empty_document_is_the_built_in_catalogue() -> None:
    assert parse_fields({}, EUR) == Catalogue.fresh(EUR)
    assert fields_to_json(Catalogue.fresh(EUR)) == {"fields": []}


@pytest.mark.parametrize("entry", BUILT_IN, ids=lambda entry: str(entry.name))
def test_each_built_in_field_survives_the_round_trip(entry: object) -> None:
    assert parse_field(field_to_json(entry)) == entry  # type: ignore[arg-type]  # a Field of the table


def test_a_custom_field_joins_the_catalogue() -> None:
    catalogue = parse_fields(
        {"fields": [{"name": "region", "type": "enum", "label": "Region", "options": ["emea", "apac"]}]}, EUR
    )

    assert catalogue.fields[FieldName("region")].custom
    assert catalogue.types[FieldName("region")].options == ("emea", "apac")
    assert parse_fields(fields_to_json(catalogue), EUR) == catalogue


def test_a_built_in_field_takes_another_label_and_source_order_but_no_other_type() -> None:
    field = parse_field({"name": "mrr", "label": "Monthly revenue", "sources": ["csv"], "combine": "latest"})

    assert (field.label, field.sources, field.combine, field.custom) == (
        "Monthly revenue",
        ("csv",),
        Combine.LATEST,
        False,
    )
    assert refused({"name": "mrr", "type": "string"})["/fields/0/type"] == "value_not_for_type"


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({}, "/fields/0/name", "missing_key"),
        ({"name": "Region", "type": "string"}, "/fields/0/name", "value_not_for_type"),
        ({"name": "region"}, "/fields/0/type", "missing_key"),
        ({"name": "region", "type": "colour"}, "/fields/0/type", "not_in_options"),
        ({"name": "region", "type": "enum"}, "/fields/0/options", "missing_key"),
        ({"name": "region", "type": "string", "options": ["a"]}, "/fields/0/options", "unknown_key"),
        ({"name": "region", "type": "string", "combine": "sum"}, "/fields/0/combine", "value_not_for_type"),
        ({"name": "region", "type": "string", "size": 5}, "/fields/0/size", "unknown_key"),
        ({"name": "region", "type": "string", "history": "last"}, "/fields/0/history", "not_in_options"),
        ({"name": "region", "type": "string", "history": 1}, "/fields/0/history", "not_in_options"),
        ({"name": "region", "type": "string", "history": "daily"}, "/fields/0/history", "value_not_for_type"),
        ({"name": "region", "type": "list", "history": "daily"}, "/fields/0/history", "value_not_for_type"),
        (5, "/fields/0", "value_not_for_type"),
    ],
)
def test_a_wrong_field_is_refused_where_it_is_wrong(document: Json, pointer: str, code: str) -> None:
    assert refused(document)[pointer] == code


@pytest.mark.parametrize(
    ("written", "kept"),
    [("none", "none"), ("changes", "changes"), ("daily", "daily"), (True, "changes"), (False, "none")],
)
def test_a_fields_history_is_a_word_or_as_documents_once_had_it_a_flag(written: Json, kept: str) -> None:
    assert field_to_json(parse_field({"name": "acv", "history": written}))["history"] == kept


def test_a_custom_fields_history_is_not_kept_unless_it_says_so() -> None:
    assert field_to_json(parse_field({"name": "region", "type": "string"}))["history"] == "none"


@pytest.mark.parametrize("word", sorted(TIER_WORDS))
def test_no_field_bears_the_tiers_own_words(word: str) -> None:
    assert refused({"name": word, "type": "string"})["/fields/0/name"] == "duplicate_id"


def test_a_field_stands_once_in_the_document() -> None:
    twice: Json = {"fields": [{"name": "region", "type": "string"}, {"name": "region", "type": "number"}]}

    with pytest.raises(DocumentRefused, match="region stands there already"):
        parse_fields(twice, EUR)


SCORE: dict[str, Json] = {
    "name": "value_score",
    "type": "number",
    "label": "Value score",
    "score": [{"when": {"field": "mrr", "op": ">=", "value": 1000}, "points": 40}],
}


def test_a_score_joins_the_catalogue_and_takes_no_values() -> None:
    catalogue = parse_fields({"fields": [SCORE]}, EUR)

    entry = catalogue.fields[FieldName("value_score")]
    assert (entry.sources, entry.history, entry.combine, entry.custom) == ((), "none", Combine.LATEST, True)
    assert catalogue.scores == {"value_score"}
    assert parse_fields(fields_to_json(catalogue), EUR) == catalogue


def test_a_score_reads_fields_that_stand_after_it() -> None:
    term: Json = {"when": {"field": "zeal", "op": ">", "value": 1}, "points": 1}

    parse_fields({"fields": [{**SCORE, "score": [term]}, {"name": "zeal", "type": "number"}]}, EUR)


@pytest.mark.parametrize(
    ("parts", "pointer", "code"),
    [
        ({"type": "money"}, "/fields/0/type", "value_not_for_type"),
        ({"sources": ["csv"]}, "/fields/0/sources", "unknown_key"),
        ({"combine": "sum"}, "/fields/0/combine", "unknown_key"),
        ({"history": "changes"}, "/fields/0/history", "unknown_key"),
        ({"options": ["a"]}, "/fields/0/options", "unknown_key"),
        ({"name": "nps"}, "/fields/0/score", "unknown_key"),
        ({"score": []}, "/fields/0/score", "value_not_for_type"),
        (
            {"score": [{"when": {"field": "mrr", "op": "in", "value": 1}, "points": 1}]},
            "/fields/0/score/0/when/op",
            "operator_not_for_type",
        ),
    ],
)
def test_a_score_is_refused_what_fields_with_values_have(parts: dict[str, Json], pointer: str, code: str) -> None:
    assert refused({**SCORE, **parts})[pointer] == code
