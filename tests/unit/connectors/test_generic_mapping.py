from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.accounts.identity import RecordKey
from shared.accounts.values import Json
from shared.accounts.version import Version
from shared.connectors.generic.mapping import to_record
from shared.connectors.ports import BadRecord

AT = "2026-11-22T07:00:00Z"
AT_VERSION = Version.of_time(datetime(2026, 11, 22, 7, tzinfo=UTC))


def document(kind: Json = "account.updated", timestamp: Json = AT, **data: Json) -> dict[str, Json]:
    return {"type": kind, "timestamp": timestamp, "data": {"external_id": "acct_42", **data}}


def test_the_documented_example_reads_as_a_record() -> None:
    record = to_record(
        document(
            external_ids={"recurly": "acme-1", "salesforce": ["001A", "001B"]},
            version=17,
            name="Acme GmbH",
            fields={"mrr": "1200.50", "seats": 30, "tier": "tier-2", "renewal_date": None},
        )
    )
    assert str(record.key) == "generic:acct_42"
    assert record.version == Version.of_number(17)
    assert record.properties == {
        "name": "Acme GmbH",
        "mrr": "1200.50",
        "seats": 30,
        "tier": "tier-2",
        "renewal_date": None,
    }
    assert [str(key) for key in record.also_known_as] == ["recurly:acme-1", "salesforce:001A", "salesforce:001B"]
    assert not record.deleted


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (17, Version.of_number(17)),
        (Decimal("17.5"), Version.of_number(Decimal("17.5"))),
        (0, Version.of_number(0)),
        ("2026-11-22T08:00:00+01:00", AT_VERSION),
        (None, AT_VERSION),
    ],
)
def test_a_version_is_a_number_or_a_time_and_else_the_bodys_timestamp(version: Json, expected: Version) -> None:
    assert to_record(document(version=version)).version == expected


def test_a_version_number_needs_no_timestamp() -> None:
    assert to_record(document(timestamp=None, version=3)).version == Version.of_number(3)


def test_a_deletion_has_its_version_and_no_properties() -> None:
    record = to_record(document("account.deleted", version=18, fields={"mrr": "1.00"}))
    assert (record.deleted, record.properties, record.version) == (True, {}, Version.of_number(18))


def test_what_is_not_named_is_not_touched() -> None:
    assert to_record(document(version=1)).properties == {}


def test_an_id_that_is_stated_twice_or_is_its_own_counts_once() -> None:
    record = to_record(document(external_ids={"generic": ["acct_42", "acct_43", "acct_43"], "hubspot": None}))
    assert record.also_known_as == (RecordKey.parse("generic:acct_43"),)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (document("account.exploded"), "type"),
        (document(None), "type"),
        (document(["account.updated"]), "type"),
        ({"type": "account.updated", "timestamp": AT, "data": "acct_42"}, "data"),
        (document(external_id=None), "external_id"),
        (document(external_id=""), "external_id"),
        (document(external_id=12345), "external_id"),
        (document(external_id="x" * 129), "external_id"),
        (document(external_id=" acct_42"), "external_id"),
        (document(external_id="acct\n42"), "external_id"),
        (document(version=True), "version"),
        (document(version="17"), "version"),
        (document(version=[17]), "version"),
        (document(version=10**18), "version"),
        (document(version=Decimal("123456789012345678.0000000001")), "version"),
        (document(version="2026-11-22T07:00:00"), "version"),
        (document(timestamp=None), "timestamp"),
        (document(timestamp="yesterday"), "timestamp"),
        (document(fields=["mrr"]), "fields"),
        (document(external_ids="acme-1"), "external_ids"),
        (document(external_ids={"Sales Force": "001"}), "external_ids"),
        (document(external_ids={"manual": "acct_42"}), "external_ids"),
        (document(external_ids={"recurly": 7}), "external_ids.recurly"),
        (document(external_ids={"recurly": [f"acme-{n}" for n in range(51)]}), "external_ids"),
    ],
)
def test_a_record_of_another_form_is_refused_with_a_reason(wrong: dict[str, Json], reason: str) -> None:
    with pytest.raises(BadRecord, match=reason):
        to_record(wrong)
