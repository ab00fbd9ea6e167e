"""What is kept comes back exactly, by every decoder."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.accounts.account import Account
from shared.accounts.contribution import Contribution
from shared.accounts.days import NO_DAYS, Days, Run
from shared.accounts.encoding import SCHEMA, Row, decoded, encoded, micros, moment, size
from shared.accounts.history import MAX_ENTRIES, Entry, History
from shared.accounts.identity import AccountId, FieldName, RecordKey, RuleId, SourceName, TierId
from shared.accounts.merge import revalued
from shared.accounts.standing import Answer, Cause, Hold, Method, Override, Pending, Request, Standing
from shared.accounts.values import Value
from shared.accounts.version import Version, VersionKind
from shared.aws.dynamodb.account_rows import AccountItem, account_attributes, account_of
from shared.aws.dynamodb.database import Database
from tests.contract.builders import NOW, TIER_1, account, contribution, record
from tests.support.builders import CATALOGUE

MOMENTS = st.datetimes(timezones=st.just(UTC), allow_imaginary=False).map(lambda at: at.replace(fold=0))
NAMES = st.text(min_size=1, max_size=10)
VALUES = st.one_of(
    st.integers(-(10**16), 10**16),
    st.booleans(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3, unique=True).map(lambda items: tuple(sorted(items))),
)
FIELD_NAMES = (NAMES | st.sampled_from(["mrr", "plan"])).map(FieldName)
FIELDS = st.dictionaries(FIELD_NAMES, VALUES, max_size=4)


@st.composite
def contributions(draw: st.DrawFn) -> Contribution:
    """A record's versions are of one kind."""
    kind = draw(st.sampled_from(VersionKind))
    versions = st.builds(Version, st.just(kind), st.integers(-(10**27), 10**27), st.integers(0, 9))
    return Contribution(
        version=draw(versions),
        received_at=draw(MOMENTS),
        values=draw(st.dictionaries(FIELD_NAMES, VALUES | st.none(), max_size=4)),
        older=draw(st.dictionaries(NAMES.map(FieldName), versions, max_size=2)),
        archived=draw(st.none() | versions),
    )


DAYS = st.builds(
    lambda first, steps: Days(tuple(accumulate(steps, _run_after, initial=first))),
    st.builds(Run, st.integers(1, 10**6), st.integers(1, 400), st.integers(-(10**16), 10**16)),
    st.lists(st.builds(Run, st.integers(0, 3), st.integers(1, 3), st.integers(-2, 10**9)), max_size=5),
)


def _run_after(before: Run, step: Run) -> Run:
    """With as many days between as the step's first day says."""
    return step._replace(first=before.last + 1 + step.first)


@st.composite
def histories(draw: st.DrawFn) -> History:
    times = sorted(draw(st.lists(st.integers(-(10**10), 10**11), min_size=1, max_size=5)))
    entries: list[Entry] = [(at, draw(VALUES)) for at in times]
    return History(tuple(entries), cut=draw(st.booleans()), days=draw(st.just(NO_DAYS) | DAYS))


RECORDS = st.builds(RecordKey, st.sampled_from([SourceName("recurly"), SourceName("generic")]), NAMES)
ACCOUNTS = st.builds(
    Account,
    id=NAMES.map(AccountId),
    created_at=MOMENTS,
    version=st.integers(0, 10**9),
    records=st.dictionaries(RECORDS, contributions(), max_size=3),
    values=FIELDS,
    histories=st.dictionaries(st.sampled_from(["mrr", "plan"]).map(FieldName), histories(), max_size=2),
    standing=st.builds(
        Standing,
        st.none() | NAMES.map(TierId),
        st.none() | st.sampled_from(Method),
        st.none() | NAMES.map(RuleId),
        st.none() | MOMENTS,
        st.none() | st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.none() | st.sampled_from(Hold),
        st.none() | st.builds(Pending, st.none() | NAMES.map(TierId), MOMENTS),
    ),
    override=st.none()
    | st.builds(
        Override,
        NAMES.map(TierId),
        st.text(),
        st.text(),
        MOMENTS,
        expires_at=st.none() | MOMENTS,
        approver=st.none() | st.text(),
    ),
    request=st.none()
    | st.builds(
        Request,
        NAMES.map(TierId),
        st.text(),
        st.text(),
        MOMENTS,
        expires_at=st.none() | MOMENTS,
        by_default=st.booleans(),
        answer=st.none() | st.builds(Answer, st.booleans(), st.text(), MOMENTS, st.none() | st.text()),
    ),
    edits=st.integers(0, 10**6),
    due_at=st.none() | MOMENTS,
    merged_into=st.none() | NAMES.map(AccountId),
)


@st.composite
def with_present_values(draw: st.DrawFn) -> Account:
    """An account some of whose values are its records', and of which some histories end with the present value, as
    most do.
    """
    kept = draw(ACCOUNTS)
    said = [(name, value) for record in kept.records.values() for name, value in record.values.items()]
    values = {name: value for name, value in said if value is not None and draw(st.booleans())}
    present = {name: history.last_known for name, history in kept.histories.items() if draw(st.booleans())}
    return replace(kept, values={**kept.values, **values, **present})


def in_order(kept: Account) -> Account:
    return replace(kept, values=dict(sorted(kept.values.items())))


@given(with_present_values())
def test_an_account_comes_back_from_its_row_exactly(kept: Account) -> None:
    found = decoded(encoded(kept))

    assert found == kept
    assert repr(in_order(found)) == repr(in_order(kept))


@given(ACCOUNTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_both_decoders_of_an_item_agree(connection: Database, kept: Account) -> None:
    bound = connection.bind(AccountItem, "accounts-of-the-decoders")
    item = bound(**account_attributes(kept, Cause.DATA)).serialize()

    assert account_of(item) == kept
    assert decoded(bound.from_raw_data(item).attribute_values) == kept


@given(MOMENTS)
def test_a_moment_is_kept_to_the_microsecond(at: datetime) -> None:
    assert moment(micros(at)) == at


def test_a_true_stays_no_one() -> None:
    kept = decoded(encoded(account(values={"strategic": True, "seats": 1})))

    assert [type(value) for value in kept.values.values()] == [bool, int]


def test_attributes_of_a_later_schema_do_not_disturb() -> None:
    assert decoded({**encoded(account()), "schema": SCHEMA + 1, "health": '{"score": 7}'}) == account()


def typical() -> Account:
    values: dict[str, Value] = {
        "name": "Acme GmbH",
        "mrr": 12_005_000,
        "seats": 300_000,
        "plan": "pro",
        "renewal_date": 740_000,
    }
    records = {
        record("acme-1", "recurly"): contribution(values),
        record("0015g00000abcdEAAQ", "salesforce"): contribution(
            {"name": "Acme", "owner": "6f1c8f70-4051-70c5-3d5b-2c4f4a1f3b3b"}
        ),
    }
    return account("k3v7q2m5xw4zt6ya", values={**values, "arr": 144_060_000}, records=records, tier=TIER_1, due_at=NOW)


def test_a_typical_account_is_one_write_unit() -> None:
    """DynamoDB writes 1 KB for one unit."""
    assert size(account_attributes(typical(), Cause.DATA)) <= 1_024


def test_a_row_without_histories_has_none_and_none_takes_no_room() -> None:
    assert "past" not in encoded(account())
    assert decoded(encoded(account())).histories == {}


def of_schema(number: int, kept: Account) -> Row:
    """The row as it was before 6: every value, and when each record was received."""
    row = {**encoded(kept), "schema": number, "values": json.dumps(kept.values)}
    del row["differing"]
    entries = json.loads(str(row["records"]))
    for key, entry in entries.items():
        entry.pop("at", None)
        entry["received_at"] = micros(kept.records[RecordKey.parse(key)].received_at)
    return {**row, "records": json.dumps(entries)}


@pytest.mark.parametrize("schema", range(1, 6))
def test_a_row_of_an_earlier_schema_is_read(schema: int) -> None:
    assert decoded(of_schema(schema, typical())) == typical()


def test_a_row_of_an_earlier_schema_without_values_has_none_though_its_records_do() -> None:
    row = of_schema(5, typical())
    del row["values"]

    assert decoded(row).values == {}


@given(with_present_values())
def test_code_that_would_miss_values_can_not_read_the_row(kept: Account) -> None:
    """It fails on the first record, as it asks each for when it was received; a row without records has all values."""
    row = encoded(kept)

    entries = json.loads(str(row.get("records", "{}"))).values()
    assert ("values" in row) == (not entries and bool(kept.values))
    assert not any("received_at" in entry for entry in entries)


def test_values_take_room_where_they_are_not_the_first_that_a_record_has() -> None:
    records = {
        record("a", "recurly"): contribution({"mrr": 5, "plan": "pro", "seats": 1}),
        record("b", "salesforce"): contribution({"mrr": 7, "name": "Acme"}),
    }
    kept = account(values={"mrr": 12, "name": "Acme", "plan": "pro", "seats": True}, records=records)

    assert encoded(kept)["differing"] == '{"mrr":12,"seats":true}'
    assert encoded(replace(kept, values={}))["differing"] == '{"mrr":null,"name":null,"plan":null,"seats":null}'


@pytest.mark.parametrize("schema", [2, 3])
def test_histories_of_a_row_of_an_earlier_schema_are_read_and_written_anew(schema: int) -> None:
    kept = {
        FieldName("mrr"): History(((100, 5), (160, 7)), cut=True),
        FieldName("products"): History(((100, ("api", "sso")),)),
    }
    text = '{"mrr":{"at":[100,60],"values":[5,7],"cut":true},"products":{"at":[100],"values":[["api","sso"]]}}'

    found = decoded({**of_schema(schema, typical()), "histories": text})

    assert found == replace(typical(), histories=kept)
    assert "histories" not in encoded(found)
    assert decoded(encoded(found)) == found


def test_a_history_that_only_began_takes_little_more_than_its_name() -> None:
    """Of the fields of which changes are kept on a fresh deployment a typical account has six."""
    led = revalued(typical(), CATALOGUE, typical().created_at, before=replace(typical(), version=0)).account
    bare, begun = account_attributes(replace(led, histories={}), Cause.DATA), account_attributes(led, Cause.DATA)

    assert begun["past"] == '{"mrr":[0],"owner":[0],"plan":[0],"renewal_date":[0],"seats":[0]}'
    assert size(begun) - size(bare) == len(begun["past"]) + len("past") + len("yearly") + 2 == 77
    assert size(begun) <= 1_024


def monthly(changes: int) -> History:
    return History(tuple((int(NOW.timestamp()) + 2_629_800 * month, 12_005_000 - month) for month in range(changes)))


def test_a_year_of_monthly_changes_leaves_an_account_at_one_write_unit() -> None:
    mrr = monthly(12)
    led = replace(typical(), histories={FieldName("arr"): mrr.times(12), FieldName("mrr"): mrr})

    row = account_attributes(led, Cause.DATA)

    assert decoded(row) == led
    assert size(row) <= 1_024


@pytest.mark.parametrize(
    "yearly",
    [monthly(3).times(11), monthly(2).times(12), replace(monthly(3).times(12), cut=True)],
    ids=["another factor", "another length", "cut"],
)
def test_a_yearly_history_of_its_own_is_kept_as_it_is(yearly: History) -> None:
    led = replace(typical(), histories={FieldName("arr"): yearly, FieldName("mrr"): monthly(3)})

    row = encoded(led)

    assert "yearly" not in row
    assert decoded(row) == led


def test_full_histories_of_five_fields_leave_an_account_at_four_write_units() -> None:
    """40 changes of each, nine days apart."""
    present: dict[str, Value] = {
        "mrr": 12_005_000,
        "seats": 3_000_000,
        "health_score": 870_000,
        "plan": "growth",
        "customer_status": "active",
    }
    full = {
        FieldName(name): History(tuple((int(NOW.timestamp()) + 777_777 * day, value) for day in range(MAX_ENTRIES)))
        for name, value in present.items()
    }

    row = account_attributes(replace(typical(), histories=full), Cause.DATA)

    assert len(row["past"]) == 3_111
    assert size(row) <= 4 * 1_024


def test_the_parts_of_an_index_are_stable_and_even() -> None:
    parts = [account_attributes(account(f"a{number}", due_at=NOW), Cause.DATA)["due_shard"] for number in range(800)]

    assert parts[:4] == ["5", "3", "1", "7"]
    assert all(60 <= parts.count(str(part)) <= 140 for part in range(8))


def test_an_archived_account_leaves_the_indexes_by_tier_and_owner() -> None:
    live = account(values={"owner": "u-1"}, tier=TIER_1)

    assert {"tier_shard", "owner_shard"} <= account_attributes(live, Cause.DATA).keys()
    gone = Account(live.id, NOW, values=live.values, standing=live.standing, merged_into=AccountId("other"))
    assert not {"tier_shard", "owner_shard", "due_shard"} & account_attributes(gone, Cause.NONE).keys()
