from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shared.accounts.money import Rates
from shared.accounts.values import Json
from shared.accounts.version import Version
from shared.configuration.records import SourceRecord
from shared.connectors.ports import BadRecord
from shared.connectors.recurly.mapping import Read, to_record
from tests.unit.connectors.recurly_documents import MONTHLY, NOW, PLANS, USD, YEARLY, account, plan, subscription


def record(
    *subscriptions: dict[str, Json],
    of: dict[str, Json] | None = None,
    plans: Mapping[str, Mapping[str, Json]] = PLANS,
    rates: Rates = USD,
    now: datetime = NOW,
    began: datetime = NOW,
) -> SourceRecord:
    return to_record(Read(of or account(), subscriptions, plans, began), rates=rates, now=now)


def at(day: int, month: int = 11) -> str:
    return f"2026-{month:02}-{day:02}T00:00:00Z"


def version(day: int, month: int = 11, hour: int = 0) -> Version:
    return Version.of_time(datetime(2026, month, day, hour, tzinfo=UTC), revision=USD.revision)


def test_an_account_with_one_subscription_reads_in_full() -> None:
    found = record(subscription(quantity=25))
    assert str(found.key) == "recurly:acme"
    assert found.properties == {
        "name": "Acme Inc",
        "mrr": "1225.00",
        "plan": "pro",
        "currency": "USD",
        "seats": 25,
        "renewal_date": "2027-01-31",
        "customer_status": "active",
        "payment_status": "ok",
        "trial_ends_at": None,
    }
    assert (found.withheld, found.deleted, found.also_known_as) == ((), False, ())


def test_an_account_that_never_subscribed_has_no_mrr_rather_than_none_left() -> None:
    never = record().properties
    assert (never["mrr"], never["seats"], never["plan"], never["customer_status"]) == (None, None, None, "prospect")
    ended = record(subscription(state="expired", quantity=25)).properties
    assert (ended["mrr"], ended["seats"], ended["plan"], ended["customer_status"]) == ("0.00", 0, None, "churned")


@pytest.mark.parametrize(
    ("subscriptions", "status"),
    [
        ([], "prospect"),
        ([{"state": "future"}], "prospect"),
        ([{"state": "failed"}], "prospect"),
        ([{"state": "expired"}], "churned"),
        ([{"state": "expired"}, {"state": "active"}], "active"),
        ([{"state": "paused"}], "active"),
        ([{"state": "canceled"}], "active"),
        ([{"state": "active", "trial_ends_at": at(30)}], "trial"),
        ([{"state": "active", "trial_ends_at": at(1)}], "active"),
        ([{"state": "active", "trial_ends_at": at(30)}, {"state": "active"}], "active"),
    ],
)
def test_the_subscriptions_states_tell_the_customers(subscriptions: list[dict[str, Json]], status: str) -> None:
    assert record(*(subscription(MONTHLY, **one) for one in subscriptions)).properties["customer_status"] == status


@pytest.mark.parametrize(("past_due", "status"), [(True, "past_due"), (False, "ok"), (None, None)])
def test_a_past_due_invoice_shows_as_the_payment_status(past_due: Json, status: str | None) -> None:
    assert record(of=account(has_past_due_invoice=past_due)).properties["payment_status"] == status


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "Acme Inc"),
        ({"company": ""}, "Wile Coyote"),
        ({"company": None, "last_name": None}, "Wile"),
        ({"company": None, "first_name": None, "last_name": None, "email": "w@example.com"}, None),
    ],
)
def test_the_name_is_the_companys_else_the_persons_and_never_an_address(
    change: dict[str, Json], name: str | None
) -> None:
    assert record(of=account(**change)).properties["name"] == name


def test_the_subscription_that_bills_most_gives_plan_and_currency_in_any_order() -> None:
    small = subscription(id="a", plan={"id": MONTHLY, "code": "basic"})
    large = subscription(id="b", plan={"id": MONTHLY, "code": "team"}, unit_amount=48, currency="EUR")
    for properties in (record(small, large).properties, record(large, small).properties):
        assert (properties["plan"], properties["currency"], properties["seats"]) == ("team", "EUR", 2)


def test_the_renewal_is_the_first_end_of_a_running_contract() -> None:
    found = record(
        subscription(current_term_ends_at=at(31, 12)),
        subscription(current_term_ends_at=None, current_period_ends_at=at(24, 12)),
        subscription(state="expired", current_term_ends_at=at(1)),
    )
    assert found.properties["renewal_date"] == "2026-12-24"


def test_custom_fields_bear_their_names_and_an_empty_one_is_null() -> None:
    fields: list[Json] = [{"name": "segment", "value": "SMB"}, {"name": "region", "value": ""}]
    properties = record(of=account(custom_fields=fields)).properties
    assert (properties["custom_fields.segment"], properties["custom_fields.region"]) == ("SMB", None)


def test_the_latest_trial_of_a_running_subscription_counts() -> None:
    found = record(
        subscription(trial_ends_at=at(1)),
        subscription(trial_ends_at=at(30)),
        subscription(state="expired", trial_ends_at=at(31, 12)),
    )
    assert found.properties["trial_ends_at"] == at(30)


def test_the_version_is_the_latest_update_of_all_that_was_read() -> None:
    assert record(of=account(updated_at=at(2))).version == version(2)
    assert record(subscription(updated_at=at(3)), subscription(updated_at=at(4))).version == version(4)
    assert record(subscription(), plans={MONTHLY: plan(id=MONTHLY, updated_at=at(5))}).version == version(5)


def test_a_trial_that_ends_makes_a_newer_version_with_no_update() -> None:
    trial = subscription(trial_ends_at=at(20), updated_at=at(6))
    before = record(trial, now=NOW - timedelta(days=10))
    after = record(trial)
    assert (before.properties["mrr"], after.properties["mrr"]) == ("0.00", "49.00")
    assert (before.version, after.version) == (version(6), version(20))


def test_what_led_to_the_account_counts_for_its_version() -> None:
    invoice: dict[str, Json] = {"id": "inv1", "object": "invoice", "updated_at": at(7)}
    read = Read(account(), [subscription()], PLANS, NOW, led_by=invoice)
    assert to_record(read, rates=USD, now=NOW).version == version(7)


def test_of_two_changes_within_a_second_the_one_read_later_is_newer() -> None:
    just_now = subscription(updated_at="2026-11-22T07:00:00Z")
    first = record(just_now, now=NOW + timedelta(milliseconds=300))
    second = record(just_now, now=NOW + timedelta(milliseconds=700))
    settled = record(just_now, began=NOW + timedelta(seconds=1))
    before = record(subscription(updated_at="2026-11-22T06:59:59Z"))
    assert second.version.newer_than(first.version)
    assert settled.version.newer_than(second.version)
    assert first.version.newer_than(before.version)


def test_what_was_read_while_it_changed_is_older_than_a_later_read_of_it() -> None:
    torn = record(subscription(updated_at="2026-11-22T07:00:02Z"), began=NOW)
    whole = record(subscription(updated_at="2026-11-22T07:00:02Z"), began=NOW + timedelta(seconds=3))
    assert whole.version.newer_than(torn.version)


def test_new_rates_make_a_newer_version_of_the_same_data() -> None:
    changed = Rates(USD.reporting, USD.rates, USD.revision + 1)
    assert record(rates=changed).version.newer_than(record().version)


def test_a_missing_rate_leaves_mrr_alone_and_says_so() -> None:
    found = record(subscription(currency="GBP"), subscription())
    assert "mrr" not in found.properties
    assert found.properties["name"] == "Acme Inc"
    assert found.withheld == ("mrr is left as it was: no rate from GBP to USD: add it to the settings' rates",)


def test_a_price_that_can_not_be_read_leaves_mrr_alone_and_says_so() -> None:
    found = record(subscription(YEARLY, unit_amount=None))
    assert "mrr" not in found.properties
    assert "unit_amount is missing" in found.withheld[0]


@pytest.mark.parametrize(
    "wrong",
    [
        account(code=None),
        account(updated_at=None),
        account(updated_at="yesterday"),
        account(company=7),
        account(custom_fields=["segment"]),
    ],
)
def test_an_account_of_another_form_is_refused(wrong: dict[str, Json]) -> None:
    with pytest.raises(BadRecord):
        record(of=wrong, plans={})


def test_a_state_that_is_not_known_refuses_the_record_rather_than_guessing() -> None:
    with pytest.raises(BadRecord, match="hibernating"):
        record(subscription(state="hibernating"))


def test_amounts_are_exact_in_every_currency() -> None:
    assert record(subscription(unit_amount=Decimal("0.1"), quantity=3)).properties["mrr"] == "0.30"
