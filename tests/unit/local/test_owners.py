"""The demo's owners file fits the demo's customers and people."""

from datetime import UTC, datetime
from typing import Any, cast

from local.demo.owners import delivery
from local.sandboxes.recurly.demo import demo_site
from local.users import CSMS
from shared.connectors.generic.mapping import to_record

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RECORDS = cast("list[dict[str, Any]]", delivery(at=NOON)["data"])


def test_each_recurly_account_belongs_to_one_customer() -> None:
    linked = sorted(code for record in RECORDS for code in record["external_ids"]["recurly"])

    assert linked == sorted(account["code"] for account in demo_site(NOON)["accounts"].values())
    assert any(len(record["external_ids"]["recurly"]) == 2 for record in RECORDS)


def test_each_customer_has_a_csm_of_the_demo_and_each_csm_has_customers() -> None:
    assert {record["fields"]["owner"] for record in RECORDS} == {person.email for person in CSMS}


def test_one_delivery_takes_them_all() -> None:
    read = [to_record({"type": "account.updated", "data": record}) for record in RECORDS]

    assert len(read) <= 500
    assert len({record.key for record in read}) == len(read)
