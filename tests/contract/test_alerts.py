"""What every store of alerts holds to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.identity import AccountId, RuleId, TierId
from shared.accounts.listing import BadCursor
from shared.alerts.alert import Alert, AlertId, AlertState, Outcome, alert_id_for
from shared.alerts.notice import AboutAlert, Channel, Notice, NoticeState, notice_id_for
from shared.alerts.rule import AlertType, Route, Severity
from shared.alerts.store import AlertFilter, Evaluation, EvaluationMoved
from tests.contract.builders import ACME, NOW
from tests.contract.conftest import Alerts


def alert(number: int = 1, account: AccountId = ACME, rule: str = "tier.lowered") -> Alert:
    return Alert(
        id=alert_id_for(account, RuleId(rule), number),
        rule=RuleId(rule),
        rule_version=1,
        account_id=account,
        account_name="Größe GmbH",
        owner="u-1",
        type=AlertType.CHURN,
        severity=Severity.HIGH,
        raised_at=NOW + timedelta(seconds=number),
        why="MRR is 640.00: below 1000.",
        before=TierId("tier-1"),
        after=None,
        history_version=number,
        conditions=({"field": "mrr", "expected": "1000.00", "met": False, "short_by": None, "rules": [1]},),
    )


def notice(of: Alert, recipient: str = "u-1") -> Notice:
    return Notice(
        id=notice_id_for(of.id, Channel.MAIL, recipient),
        about=AboutAlert(of.id, of.account_id),
        channel=Channel.MAIL,
        recipient=recipient,
        route=Route.IMMEDIATE,
        created_at=NOW,
    )


def evaluation(*alerts: Alert, seen: int = 0, now_seen: int = 1, recipients: Sequence[str] = ("u-1",)) -> Evaluation:
    notices = tuple(notice(of, recipient) for of in alerts for recipient in recipients)
    return Evaluation(ACME, seen, now_seen, alerts, notices)


def test_an_account_that_was_never_evaluated_is_at_0(alerts: Alerts) -> None:
    assert alerts.seen(ACME) == 0
    assert alerts.seen(AccountId("x" * 3_000)) == 0


def test_an_evaluation_is_written_whole(alerts: Alerts) -> None:
    raised = alert()

    alerts.record(evaluation(raised, now_seen=3))

    assert alerts.seen(ACME) == 3
    assert alerts.alert(raised.id) == raised
    told = notice(raised)
    assert alerts.notices([told.id, told.id]) == {told.id: told}


def test_an_alert_in_any_state_comes_back_exactly(alerts: Alerts) -> None:
    closed = replace(
        alert(),
        state=AlertState.CLOSED,
        acknowledged_by="u-2",
        snoozed_until=NOW,
        closed_at=NOW + timedelta(microseconds=1),
        outcome=Outcome.FALSE_ALARM,
        note="",
        owner=None,
    )

    alerts.record(evaluation(closed))

    assert alerts.alert(closed.id) == closed


def test_an_evaluation_without_alerts_moves_what_was_seen(alerts: Alerts) -> None:
    alerts.record(evaluation(now_seen=2))
    alerts.record(evaluation(seen=2, now_seen=5))

    assert alerts.seen(ACME) == 5


def test_the_second_of_two_evaluations_is_told_that_it_moved(alerts: Alerts) -> None:
    alerts.record(evaluation(alert(), now_seen=1))

    with pytest.raises(EvaluationMoved):
        alerts.record(evaluation(alert(2), now_seen=2))

    assert alerts.seen(ACME) == 1
    assert alerts.alert(alert(2).id) is None


def test_more_alerts_than_one_transaction_holds_are_all_written(alerts: Alerts) -> None:
    recipients = [f"u-{number}" for number in range(40)]
    raised = [alert(number) for number in range(1, 7)]

    alerts.record(evaluation(*raised, now_seen=6, recipients=recipients))

    ids = [notice(of, recipient).id for of in raised for recipient in recipients]
    assert len(alerts.notices(ids)) == 240
    assert all(alerts.alert(of.id) == of for of in raised)
    assert alerts.seen(ACME) == 6


def test_what_an_earlier_try_left_is_kept_as_it_is_by_now(alerts: Alerts) -> None:
    raised = alert()
    told = notice(raised)
    alerts.record(Evaluation(AccountId("elsewhere"), 0, 1, (raised,), (told,)))
    sent = replace(told, state=NoticeState.SENT)
    alerts.move([(told, sent)])

    alerts.record(evaluation(raised, alert(2), now_seen=2))

    assert alerts.notices([told.id]) == {told.id: sent}
    assert alerts.alert(alert(2).id) == alert(2)
    assert alerts.seen(ACME) == 2


def test_an_accounts_alerts_are_paged_newest_first(alerts: Alerts) -> None:
    raised = [alert(number) for number in range(1, 6)]
    alerts.record(evaluation(*raised))
    other = alert(9, AccountId("other"))
    alerts.record(Evaluation(other.account_id, 0, 1, (other,)))

    first = alerts.page(AlertFilter(account=ACME), limit=2, cursor=None)
    rest = alerts.page(AlertFilter(account=ACME), limit=50, cursor=first.cursor)

    assert [*first.items, *rest.items] == raised[::-1]
    assert rest.cursor is None
    assert alerts.page(AlertFilter(account=AccountId("")), limit=2, cursor=None).items == ()


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        (AlertFilter(), {1, 2, 3}),
        (AlertFilter(rule=RuleId("tier.lowered")), {1, 2}),
        (AlertFilter(state=AlertState.CLOSED), {2}),
        (AlertFilter(owner="u-1", type=AlertType.CHURN), {1, 2, 3}),
        (AlertFilter(type=AlertType.RENEWAL), set()),
        (AlertFilter(account=ACME, state=AlertState.OPEN), {1, 3}),
    ],
    ids=str,
)
def test_a_filtered_list_shows_each_alert_once(alerts: Alerts, where: AlertFilter, numbers: set[int]) -> None:
    closed = replace(alert(2), state=AlertState.CLOSED)
    alerts.record(evaluation(alert(1), closed, alert(3, rule="other")))

    for limit in (1, 50):
        found: list[Alert] = []
        cursor = None
        for _ in range(20):
            page = alerts.page(where, limit=limit, cursor=cursor)
            found.extend(page.items)
            cursor = page.cursor
            if cursor is None:
                break

        assert sorted(each.history_version for each in found) == sorted(numbers)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhY2NvdW50cyIsImEiXQ", "Größe"])
def test_a_cursor_of_another_list_is_refused(alerts: Alerts, cursor: str) -> None:
    for where in (AlertFilter(), AlertFilter(account=ACME)):
        with pytest.raises(BadCursor):
            alerts.page(where, limit=5, cursor=cursor)


@pytest.mark.parametrize("hostile", ["", "x" * 3_000, "\ud800"])
def test_an_alert_that_can_not_exist_is_not_found(alerts: Alerts, hostile: str) -> None:
    assert alerts.alert(AlertId(hostile)) is None
    assert alerts.alerts_by_id([AlertId(hostile)]) == {}


def test_alerts_are_found_by_their_ids_however_many_and_none_that_is_not_there(alerts: Alerts) -> None:
    raised = [alert(number) for number in range(1, 131)]
    alerts.record(Evaluation(ACME, 0, 1, tuple(raised)))

    found = alerts.alerts_by_id([raised[0].id, *(of.id for of in raised), alert(999).id])

    assert found == {of.id: of for of in raised}
    assert alerts.alerts_by_id([]) == {}
