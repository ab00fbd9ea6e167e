"""What DynamoDB's failures leave behind: never half a change, and a true state after the next try."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from shared.accounts.account import Account
from shared.accounts.listing import AccountFilter
from shared.accounts.standing import Cause
from shared.accounts.store import AccountChange, AccountMoved
from shared.alerts.notice import Channel, NoticeState
from shared.alerts.store import Evaluation, NoticeTaken
from shared.aws.dynamodb.accounts import DynamoAccounts
from shared.aws.dynamodb.alerts import DynamoAlerts
from shared.aws.dynamodb.database import Database
from shared.runtime.failures import Permanent, Retryable
from tests.contract.builders import (
    ACME,
    NOW,
    TIER_1,
    TIER_2,
    account,
    audit_entry,
    change,
    link,
    moved,
    record,
    stored,
    tier_change,
)
from tests.contract.faults import answering, failing, hooked, losing, unreachable
from tests.contract.test_alerts import alert, notice
from tests.contract.test_notices import MINUTE, claimed, held

THROTTLED = ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]


def whole(of: Account) -> AccountChange:
    """A change that writes to every table."""
    after = moved(of, TIER_1)
    row = tier_change(after)
    return AccountChange(after, Cause.TIER, (link(key=record()),), row, audit=audit_entry())


@pytest.mark.parametrize("code", THROTTLED)
def test_a_throttled_put_changes_nothing_and_may_be_repeated(
    dynamo_accounts: DynamoAccounts, connection: Database, code: str
) -> None:
    with failing(connection.client, "dynamodb.PutItem", code), pytest.raises(Retryable, match=code):
        stored(dynamo_accounts, account())

    assert dynamo_accounts.get(ACME) is None
    assert stored(dynamo_accounts, account()).version == 1


CALLS: dict[str, Callable[[DynamoAccounts], object]] = {
    "PutItem": lambda accounts: stored(accounts, account()),
    "TransactWriteItems": lambda accounts: accounts.commit(whole(account())),
    "GetItem": lambda accounts: accounts.get(ACME),
    "BatchGetItem": lambda accounts: accounts.get_many([ACME]),
    "Query": lambda accounts: accounts.in_tier(TIER_1, at_most=1),
    "Scan": lambda accounts: accounts.ids(segment=0, segments=1, start=None, limit=1),
}


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("operation", CALLS)
def test_a_broken_dynamodb_may_be_asked_again(
    dynamo_accounts: DynamoAccounts, connection: Database, operation: str, status: int
) -> None:
    with failing(connection.client, f"dynamodb.{operation}", "Whatever", status), pytest.raises(Retryable):
        CALLS[operation](dynamo_accounts)


def test_no_permission_is_no_reason_to_try_again(dynamo_accounts: DynamoAccounts, connection: Database) -> None:
    with (
        failing(connection.client, "dynamodb.PutItem", "AccessDeniedException"),
        pytest.raises(Permanent, match="Access"),
    ):
        stored(dynamo_accounts, account())
    with failing(connection.client, "dynamodb.Query", "ResourceNotFoundException"), pytest.raises(Permanent):
        dynamo_accounts.in_tier(TIER_1, at_most=1)


@pytest.mark.parametrize(
    ("error", "expected"),
    [(EndpointConnectionError(endpoint_url="https://aws.example"), Retryable), (NoCredentialsError(), Permanent)],
)
def test_what_is_not_reached_is_told_apart(
    dynamo_accounts: DynamoAccounts, connection: Database, error: Exception, expected: type[Exception]
) -> None:
    for operation in ("PutItem", "TransactWriteItems"):
        to_write = change(account()) if operation == "PutItem" else whole(account())
        with unreachable(connection.client, f"dynamodb.{operation}", error), pytest.raises(expected):
            dynamo_accounts.commit(to_write)


@pytest.mark.parametrize("reason", ["TransactionConflict", "ConditionalCheckFailed"])
def test_a_conflict_of_transactions_is_a_lost_race(
    dynamo_accounts: DynamoAccounts, connection: Database, reason: str
) -> None:
    cancelled = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": "None"}, {"Code": reason}],
    }
    with answering(connection.client, "dynamodb.TransactWriteItems", cancelled, 400), pytest.raises(AccountMoved):
        dynamo_accounts.commit(whole(account()))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("ThrottlingError", Retryable), ("ProvisionedThroughputExceeded", Retryable), ("ValidationError", Permanent)],
)
def test_a_transaction_cancelled_for_another_reason_is_no_lost_race(
    dynamo_accounts: DynamoAccounts, connection: Database, reason: str, expected: type[Exception]
) -> None:
    cancelled = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": "ConditionalCheckFailed"}, {"Code": reason}],
    }
    with answering(connection.client, "dynamodb.TransactWriteItems", cancelled, 400), pytest.raises(expected):
        dynamo_accounts.commit(whole(account()))


def test_a_put_whose_answer_was_lost_is_there_at_the_next_read(
    dynamo_accounts: DynamoAccounts, connection: Database
) -> None:
    with losing(connection.client, "dynamodb.PutItem"), pytest.raises(Retryable):
        stored(dynamo_accounts, account())
    with pytest.raises(AccountMoved):
        stored(dynamo_accounts, account())

    assert dynamo_accounts.get(ACME) == replace(account(), version=1)


def test_a_transaction_whose_answer_was_lost_is_there_once(
    dynamo_accounts: DynamoAccounts, connection: Database
) -> None:
    with losing(connection.client, "dynamodb.TransactWriteItems"), pytest.raises(Retryable):
        dynamo_accounts.commit(whole(account()))
    with pytest.raises(AccountMoved):
        dynamo_accounts.commit(whole(account()))

    assert [row.version for row in dynamo_accounts.history(ACME)] == [1]
    found = dynamo_accounts.get(ACME)
    assert found is not None
    assert found.standing.changes == 1


def test_each_transaction_bears_a_token_of_its_own(dynamo_accounts: DynamoAccounts, connection: Database) -> None:
    tokens: list[str] = []

    def note(params: dict[str, str], **_: object) -> None:
        tokens.append(params["ClientRequestToken"])

    with hooked(connection.client, "before-parameter-build.dynamodb.TransactWriteItems", note):
        for account_id in ("a1", "a2"):
            of = account(account_id)
            dynamo_accounts.commit(change(of, links=(link(of, record(account_id)),)))

    assert len({*tokens}) == 2


def test_a_commit_is_one_call(dynamo_accounts: DynamoAccounts, connection: Database) -> None:
    calls: list[str] = []

    def note(model: object, **_: object) -> None:
        calls.append(getattr(model, "name", ""))

    with hooked(connection.client, "before-call.dynamodb", note):
        created = stored(dynamo_accounts, account())
        dynamo_accounts.commit(whole(created))

    assert calls == ["PutItem", "TransactWriteItems"]


def test_the_ids_are_walked_in_disjoint_segments(dynamo_accounts: DynamoAccounts, connection: Database) -> None:
    asked: list[tuple[int, int]] = []

    def note(params: dict[str, int], **_: object) -> None:
        asked.append((params["Segment"], params["TotalSegments"]))

    with hooked(connection.client, "before-parameter-build.dynamodb.Scan", note):
        dynamo_accounts.ids(segment=3, segments=8, start=None, limit=5)

    assert asked == [(3, 8)]


def test_keys_that_were_not_read_are_asked_for_again(
    dynamo_accounts: DynamoAccounts, connection: Database, tables: dict[str, str]
) -> None:
    asked: list[object] = []

    def half(params: object, **_: object) -> dict[str, object]:
        asked.append(params)
        return {"Responses": {}, "UnprocessedKeys": {tables["accounts"]: {"Keys": [{"id": {"S": "acme"}}]}}}

    with answering(connection.client, "dynamodb.BatchGetItem", half), pytest.raises(Retryable, match="not read"):
        dynamo_accounts.get_many([ACME])

    assert len(asked) == 8


def test_a_claim_whose_answer_was_lost_is_found_by_its_name(dynamo_alerts: DynamoAlerts, connection: Database) -> None:
    pending = notice(alert())
    dynamo_alerts.record(Evaluation(ACME, 0, 1, (), (pending,)))

    with losing(connection.client, "dynamodb.TransactWriteItems"), pytest.raises(Retryable):
        dynamo_alerts.move([(pending, claimed(pending))])
    with pytest.raises(NoticeTaken):
        dynamo_alerts.move([(pending, claimed(pending, "c-2"))])

    assert [found.state for found in dynamo_alerts.claimed("c-1")] == [NoticeState.CLAIMED]


def test_one_row_is_put_and_several_are_a_transaction(dynamo_alerts: DynamoAlerts, connection: Database) -> None:
    pending = notice(alert())
    dynamo_alerts.record(Evaluation(ACME, 0, 1, (), (pending,)))
    taken, calls = claimed(pending), list[str]()
    sent = replace(taken, state=NoticeState.SENT, settled_at=NOW)

    with hooked(connection.client, "before-call.dynamodb", lambda model, **_: calls.append(model.name)):
        dynamo_alerts.move([(pending, taken)])
        dynamo_alerts.move([(taken, sent)])

    assert calls == ["TransactWriteItems", "PutItem"]


def test_a_mark_whose_answer_was_lost_and_that_is_repeated_is_made_once(
    dynamo_alerts: DynamoAlerts, connection: Database
) -> None:
    pending = replace(notice(alert()), channel=Channel.TOPIC)
    dynamo_alerts.record(Evaluation(ACME, 0, 1, (), (pending,)))
    taken = claimed(pending)

    with losing(connection.client, "dynamodb.PutItem"), pytest.raises(Retryable):
        dynamo_alerts.move([(pending, taken)])
    dynamo_alerts.move([(pending, taken)])

    assert dynamo_alerts.notices([pending.id]) == {pending.id: taken}


def test_what_a_crash_left_half_recorded_is_recorded_whole(dynamo_alerts: DynamoAlerts, connection: Database) -> None:
    raised = [alert(number) for number in range(150)]
    evaluation = Evaluation(ACME, 0, 1, tuple(raised))

    with losing(connection.client, "dynamodb.TransactWriteItems"), pytest.raises(Retryable):
        dynamo_alerts.record(evaluation)
    assert dynamo_alerts.seen(ACME) == 0

    dynamo_alerts.record(evaluation)

    assert dynamo_alerts.seen(ACME) == 1
    assert all(dynamo_alerts.alert(each.id) == each for each in raised)


def test_an_index_that_lags_shows_no_notice_in_a_state_it_has_left(
    dynamo_alerts: DynamoAlerts, connection: Database
) -> None:
    """Indexes follow their table a moment later: what they name is read again."""
    kept, taken, later = held(1), held(2), held(3, NOW + MINUTE)
    dynamo_alerts.record(Evaluation(ACME, 0, 1, (), (kept, taken, later)))
    dynamo_alerts.move([(taken, claimed(taken))])
    stale = {"Items": [{"pk": {"S": f"notice#{each.id}"}} for each in (kept, taken, later)], "Count": 3}

    with answering(connection.client, "dynamodb.Query", stale):
        assert dynamo_alerts.waiting("u-1", until=NOW) == [kept]
        assert dynamo_alerts.waiting("u-1", until=NOW + 20 * MINUTE) == [kept, later]
        assert {each.id for each in dynamo_alerts.due(after=NOW - MINUTE, until=NOW)} == {kept.id}


def test_an_index_that_lags_lists_no_account_that_has_left(
    dynamo_accounts: DynamoAccounts, connection: Database
) -> None:
    stored(dynamo_accounts, account("here", tier=TIER_1))
    stored(dynamo_accounts, account("gone", tier=TIER_2))
    stale = {"Items": [{"id": {"S": each}} for each in ("here", "gone", "deleted")], "Count": 3}

    with answering(connection.client, "dynamodb.Query", stale):
        page = dynamo_accounts.page(AccountFilter(tier=TIER_1), limit=1, cursor=None)

    assert [item.id for item in page.items] == ["here"]
