"""A source's document: its mapping names fields that exist, and counts its changes."""

import pytest

from shared.accounts.identity import FieldName, SourceName
from shared.accounts.values import Json
from shared.configuration.sources import PropertyMapping, SourceConfig
from shared.configuration.sources_document import parse_source, source_to_json
from shared.rules.errors import DocumentRefused
from tests.support.builders import CATALOGUE

RECURLY = SourceName("recurly")
FULL: dict[str, Json] = {
    "enabled": True,
    "sync_minutes": 15,
    "base_url": "https://v3.eu.recurly.com/",
    "mapping": [
        {"property": "mrr", "field": "mrr"},
        {"property": "custom_fields.class", "field": "tier", "translate": {"Platinum": "tier-1"}},
    ],
}


def refused(document: Json) -> dict[str, str]:
    with pytest.raises(DocumentRefused) as error:
        parse_source(RECURLY, document, CATALOGUE)
    return {found.pointer: found.code.value for found in error.value.errors}


def test_a_source_survives_the_round_trip() -> None:
    config = parse_source(RECURLY, FULL, CATALOGUE)

    assert config.base_url == "https://v3.eu.recurly.com"
    assert config.mapping is not None
    assert config.mapping[1] == PropertyMapping("custom_fields.class", FieldName("tier"), {"Platinum": "tier-1"})
    assert parse_source(RECURLY, source_to_json(config), CATALOGUE) == config


def test_an_empty_document_is_the_default() -> None:
    assert parse_source(RECURLY, {}, CATALOGUE) == SourceConfig(RECURLY)


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({"mapping": [{"property": "x", "field": "nowhere"}]}, "/mapping/0/field", "unknown_field"),
        ({"mapping": [{"property": "x"}]}, "/mapping/0/field", "missing_key"),
        (
            {"mapping": [{"property": "x", "field": "mrr"}, {"property": "y", "field": "mrr"}]},
            "/mapping/1/field",
            "duplicate_id",
        ),
        (
            {"mapping": [{"property": "x", "field": "mrr", "translate": {"a/b": 5}}]},
            "/mapping/0/translate/a~1b",
            "value_not_for_type",
        ),
        ({"mapping": {}}, "/mapping", "value_not_for_type"),
        ({"sync_minutes": 1}, "/sync_minutes", "value_not_for_type"),
        ({"base_url": "ftp://x"}, "/base_url", "value_not_for_type"),
        ({"base_url": "https://user:pass@x.example"}, "/base_url", "value_not_for_type"),
        ({"base_url": "https://[::1"}, "/base_url", "value_not_for_type"),
        ({"enabled": "yes"}, "/enabled", "value_not_for_type"),
        ({"api_key": "x"}, "/api_key", "unknown_key"),
    ],
)
def test_a_wrong_source_is_refused_where_it_is_wrong(document: Json, pointer: str, code: str) -> None:
    assert refused(document)[pointer] == code


def test_only_a_changed_mapping_counts_as_a_revision() -> None:
    before = parse_source(RECURLY, FULL, CATALOGUE, SourceConfig(RECURLY))
    same = parse_source(RECURLY, {**FULL, "sync_minutes": 30}, CATALOGUE, before)
    other = parse_source(RECURLY, {**FULL, "mapping": None}, CATALOGUE, same)

    assert (before.mapping_revision, same.mapping_revision, other.mapping_revision) == (1, 1, 2)
