"""A source's properties become fields of the account, and nothing is guessed."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from shared.access.people import User, UserId
from shared.accounts.catalogue import Catalogue, Field, ScoreTerm
from shared.accounts.identity import FieldName, SourceName
from shared.accounts.values import FieldType, Json
from shared.accounts.version import Version
from shared.configuration.mapping import Mapped, map_record
from shared.configuration.records import SourceRecord
from shared.configuration.sources import PropertyMapping, SourceConfig
from tests.support.builders import CATALOGUE, key

GENERIC = SourceName("generic")
ANNA = User(UserId("u-1"), "anna@example.com", "Anna")


class OneUser:
    def find(self, owner: str) -> User | None:
        return ANNA if owner.lower() in (ANNA.id, ANNA.email) else None


def mapped(
    properties: Mapping[str, Json],
    config: SourceConfig | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> Mapped:
    record = SourceRecord(key("generic:acct_42"), Version.of_number(17), properties)
    return map_record(record, config or SourceConfig(GENERIC), catalogue, OneUser())


def test_by_default_a_property_that_bears_a_fields_name_is_that_field() -> None:
    result = mapped({"mrr": "1200.50", "plan": None, "colour": "red"})

    assert result.update.values == {"mrr": 12_005_000, "plan": None}
    assert result.unmapped == {"colour": 1}
    assert result.rejects == ()


def test_a_property_that_bears_a_scores_name_is_unmapped() -> None:
    score = Field(FieldName("fit"), FieldType.NUMBER, "Fit", score=(ScoreTerm({"always": True}, 1),))

    result = mapped({"fit": 5}, catalogue=CATALOGUE.with_field(score))

    assert (result.update.values, result.unmapped, result.rejects) == ({}, {"fit": 1}, ())


def test_the_tier_property_is_the_synced_tier() -> None:
    assert mapped({"tier": "tier-2"}).update.values == {"synced_tier": "tier-2"}


def test_a_mapping_renames_and_translates() -> None:
    config = SourceConfig(
        GENERIC,
        mapping=(
            PropertyMapping("class", FieldName("tier"), {"Platinum": "tier-1", "7": "tier-3"}),
            PropertyMapping("Monthly", FieldName("mrr")),
        ),
    )

    assert mapped({"class": "Platinum", "Monthly": 5, "mrr": 9}, config).update.values == {
        "synced_tier": "tier-1",
        "mrr": 50_000,
    }
    assert mapped({"class": 7}, config).update.values == {"synced_tier": "tier-3"}
    assert mapped({"mrr": 9}, config).unmapped == {"mrr": 1}


def test_a_value_that_does_not_fit_leaves_its_field_untouched_and_is_told() -> None:
    result = mapped({"mrr": "a lot", "seats": 3})

    assert result.update.values == {"seats": 30_000}
    assert result.rejects[0]["record"] == "generic:acct_42"
    assert result.rejects[0]["reason"].startswith("mrr does not fit mrr: write a number")


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [("strategic", "true", True), ("strategic", "false", False), ("industry", 5, "5"), ("seats", "30", 300_000)],
)
def test_texts_and_numbers_stand_for_each_other_where_nothing_is_guessed(name: str, raw: Json, value: object) -> None:
    assert mapped({name: raw}).update.values == {name: value}


@pytest.mark.parametrize(
    ("name", "raw"), [("strategic", "yes"), ("strategic", 1), ("industry", True), ("seats", "3 0")]
)
def test_what_would_be_a_guess_is_refused(name: str, raw: Json) -> None:
    assert mapped({name: raw}).update.values == {}


@pytest.mark.parametrize("owner", ["anna@example.com", "Anna@Example.com", "u-1"])
def test_an_owners_address_becomes_the_users_id(owner: str) -> None:
    assert mapped({"owner": owner}).update.values == {"owner": "u-1"}


def test_an_address_that_is_no_users_is_kept_and_told() -> None:
    result = mapped({"owner": "bob@example.com"})

    assert result.update.values == {"owner": "bob@example.com"}
    assert "bob@example.com is no user" in result.rejects[0]["reason"]


def test_the_version_counts_the_mappings_revision() -> None:
    config = SourceConfig(GENERIC, mapping_revision=4)
    record = SourceRecord(key("generic:a"), Version.of_number(17, revision=2), {})

    assert map_record(record, config, CATALOGUE, OneUser()).update.version == Version.of_number(17, revision=6)


def test_a_custom_field_is_mapped_by_its_name() -> None:
    catalogue = CATALOGUE.with_field(Field(FieldName("score"), FieldType.NUMBER, "Score", custom=True))

    assert mapped({"score": Decimal("0.5")}, catalogue=catalogue).update.values == {"score": 5_000}
