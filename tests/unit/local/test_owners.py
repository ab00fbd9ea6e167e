from datetime import UTC, datetime
from typing import Any, cast

from local.demo.owners import deliveries
from local.users import CSMS

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CODES = [f"customer-{number}" for number in range(200)]


def records(codes: list[str]) -> list[dict[str, Any]]:
    return [
        record for delivery in deliveries(codes, at=NOON) for record in cast("list[dict[str, Any]]", delivery["data"])
    ]


def test_every_account_has_an_id_of_its_own_and_an_owner() -> None:
    made = records(CODES)
    assert {record["external_ids"]["recurly"] for record in made} == set(CODES)
    assert len({record["external_id"] for record in made}) == len(CODES)
    assert {record["fields"]["owner"] for record in made} == {csm.email for csm in CSMS}


def test_the_same_codes_give_the_same_owners_in_any_order() -> None:
    assert records(CODES[::-1]) == records(CODES)


def test_a_delivery_is_small_enough_for_the_webhook() -> None:
    assert all(len(cast("list[object]", delivery["data"])) <= 500 for delivery in deliveries(CODES, at=NOON))
