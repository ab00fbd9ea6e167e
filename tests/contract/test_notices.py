"""What every outbox of notices holds to."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.accounts.identity import AccountId
from shared.alerts.notice import (
    CSM,
    AboutAnswer,
    AboutBreaker,
    AboutExpiry,
    AboutOverride,
    AboutRequest,
    AboutWaiting,
    Channel,
    Notice,
    NoticeState,
    admin_notice_id_for,
    override_notice_id_for,
)
from shared.alerts.store import Evaluation, NoticeTaken, Window, WindowMoved
from tests.contract.builders import NOW
from tests.contract.conftest import Alerts
from tests.contract.test_alerts import alert, notice

MINUTE = timedelta(minutes=1)


def recorded(alerts: Alerts, *notices: Notice, account: str = "acme") -> None:
    alerts.record(Evaluation(AccountId(account), 0, 1, (), notices))


def held(number: int = 1, due_at: datetime = NOW, recipient: str = "u-1") -> Notice:
    return replace(notice(alert(number), recipient), state=NoticeState.HELD, due_at=due_at)


def claimed(of: Notice, claim: str = "c-1") -> Notice:
    return replace(of, state=NoticeState.CLAIMED, claim=claim, claims=of.claims + 1, due_at=NOW + 10 * MINUTE)


def test_a_notice_moves_from_state_to_state(alerts: Alerts) -> None:
    pending = notice(alert())
    recorded(alerts, pending)
    taken = claimed(pending)
    sent = replace(taken, state=NoticeState.SENT, settled_at=NOW, provider_id="m-1", reason="ß")

    alerts.move([(pending, taken)])
    assert alerts.notices([pending.id]) == {pending.id: taken}
    alerts.move([(taken, sent)])

    assert alerts.notices([pending.id]) == {pending.id: sent}


def test_only_one_of_two_senders_claims_a_notice(alerts: Alerts) -> None:
    pending = notice(alert())
    recorded(alerts, pending)
    alerts.move([(pending, claimed(pending, "c-1"))])

    with pytest.raises(NoticeTaken):
        alerts.move([(pending, claimed(pending, "c-2"))])
    with pytest.raises(NoticeTaken):
        alerts.move([(claimed(pending, "c-2"), replace(pending, state=NoticeState.SENT))])

    assert alerts.notices([pending.id])[pending.id].claim == "c-1"


def test_a_single_move_that_was_made_before_is_no_failure(alerts: Alerts) -> None:
    pending = notice(alert())
    recorded(alerts, pending)
    taken = claimed(pending)

    for _ in range(2):
        alerts.move([(pending, taken)])
    with pytest.raises(NoticeTaken):
        alerts.move([(pending, replace(taken, due_at=NOW))])
    with pytest.raises(NoticeTaken):
        alerts.move([(pending, taken)], (None, Window("u-1", NOW, 1)))

    assert alerts.notices([pending.id]) == {pending.id: taken}
    assert alerts.window("u-1") is None


@pytest.mark.parametrize(
    "about",
    [AboutExpiry(AccountId("acme"), 1, 2**53), AboutRequest(AccountId("acme"), 1), AboutAnswer(AccountId("a"), 1, 2)],
)
def test_notices_about_overrides_come_back_as_they_were(alerts: Alerts, about: AboutOverride) -> None:
    kept = replace(held(1), id=override_notice_id_for(about, "u-1"), about=about)

    alerts.add([kept])
    alerts.add([replace(kept, recipient="another")])

    assert alerts.notices([kept.id]) == {kept.id: kept}
    assert alerts.waiting("u-1", until=NOW) == [kept]


def test_what_is_for_the_csm_waits_for_nobody_until_it_is_addressed(alerts: Alerts) -> None:
    about = AboutExpiry(AccountId("acme"), 1, 2)
    unaddressed = replace(held(1), id=override_notice_id_for(about, CSM), about=about, recipient=CSM)
    alerts.add([unaddressed])
    assert alerts.waiting(CSM, until=NOW) == []
    assert alerts.due(after=NOW - MINUTE, until=NOW) == [unaddressed]

    addressed = replace(unaddressed, recipient="u-1")
    alerts.move([(unaddressed, addressed)])

    assert alerts.waiting("u-1", until=NOW) == [addressed]


def test_one_taken_notice_stops_all(alerts: Alerts) -> None:
    first, second = notice(alert(1)), notice(alert(2))
    recorded(alerts, first, second)
    alerts.move([(second, claimed(second))])

    with pytest.raises(NoticeTaken):
        alerts.move([(first, claimed(first, "c-2")), (second, claimed(second, "c-2"))], (None, Window("u-1", NOW, 2)))

    assert alerts.notices([first.id]) == {first.id: first}
    assert alerts.window("u-1") is None
    assert alerts.claimed("c-2") == []


def test_a_notice_that_does_not_exist_is_taken(alerts: Alerts) -> None:
    with pytest.raises(NoticeTaken):
        alerts.move([(notice(alert()), claimed(notice(alert())))])


def test_notices_are_found_by_their_claim_whatever_their_state(alerts: Alerts) -> None:
    pending = [notice(alert(number)) for number in range(1, 4)]
    recorded(alerts, *pending)
    taken = [claimed(each) for each in pending]
    alerts.move([(pending[0], taken[0])])
    alerts.move([(pending[1], taken[1]), (pending[2], taken[2])])
    sent = replace(taken[1], state=NoticeState.SENT, settled_at=NOW)
    again = claimed(taken[2], "c-2")
    alerts.move([(taken[1], sent), (taken[2], again)])

    assert sorted(alerts.claimed("c-1"), key=lambda each: each.id) == [taken[0], sent]
    assert alerts.claimed("c-2") == [again]
    assert alerts.claimed("nobody") == []


def test_the_topics_notices_are_not_found_by_their_claim_for_nobody_asks(alerts: Alerts) -> None:
    pending = replace(notice(alert()), channel=Channel.TOPIC)
    recorded(alerts, pending)
    alerts.move([(pending, claimed(pending))])

    assert alerts.claimed("c-1") == []
    assert alerts.notices([pending.id]) == {pending.id: claimed(pending)}


def test_ninety_notices_move_at_once_with_the_window(alerts: Alerts) -> None:
    pending = [notice(alert(number)) for number in range(90)]
    recorded(alerts, *pending)

    alerts.move([(each, claimed(each)) for each in pending], (None, Window("u-1", NOW, 90)))

    assert len(alerts.claimed("c-1")) == 90
    with pytest.raises(ValueError, match="at most 90"):
        alerts.move([(each, each) for each in [*pending, notice(alert(91))]])


def test_a_move_that_is_none_is_refused(alerts: Alerts) -> None:
    pending, other = notice(alert(1)), notice(alert(2))
    recorded(alerts, pending, other)

    with pytest.raises(ValueError, match="each once"):
        alerts.move([(pending, claimed(pending)), (pending, claimed(pending))])
    with pytest.raises(ValueError, match="of its own"):
        alerts.move([(pending, claimed(other))])


def test_waiting_are_the_held_of_a_recipient_that_are_due_oldest_first(alerts: Alerts) -> None:
    due = [held(number, NOW - number * MINUTE) for number in range(3)]
    recorded(alerts, *due, held(7, NOW + MINUTE), held(8, recipient="u-2"), notice(alert(9)))

    assert alerts.waiting("u-1", until=NOW) == due[::-1]
    alerts.move([(due[1], claimed(due[1]))])
    assert alerts.waiting("u-1", until=NOW) == [due[2], due[0]]
    assert alerts.waiting("nobody", until=NOW) == []


def test_at_most_a_hundred_wait_at_once(alerts: Alerts) -> None:
    recorded(alerts, *[held(number, NOW - number * MINUTE) for number in range(60)])
    recorded(alerts, *[held(number, NOW - number * MINUTE) for number in range(60, 120)], account="other")

    waiting = alerts.waiting("u-1", until=NOW)

    assert len(waiting) == 100
    assert waiting[0] == held(119, NOW - 119 * MINUTE)


def test_due_are_the_held_and_the_claimed(alerts: Alerts) -> None:
    first, second, pending = held(1), held(2, NOW + MINUTE), notice(alert(3))
    recorded(alerts, first, second, pending)
    taken = claimed(pending)
    alerts.move([(pending, taken)])

    assert alerts.due(after=NOW - MINUTE, until=NOW) == [first]
    assert alerts.due(after=NOW, until=NOW) == []
    later = alerts.due(after=NOW, until=NOW + 10 * MINUTE)
    assert sorted(later, key=lambda each: each.id) == [second, taken]
    alerts.move([(taken, replace(taken, state=NoticeState.SENT))])
    assert alerts.due(after=NOW, until=NOW + 10 * MINUTE) == [second]


def test_a_window_moves_with_the_notice_or_not_at_all(alerts: Alerts) -> None:
    pending = notice(alert())
    recorded(alerts, pending)
    opened = Window("u-1", NOW, 1)
    alerts.move([(pending, claimed(pending))], (None, opened))
    taken = claimed(pending)

    for stale in (None, replace(opened, count=2), replace(opened, opened_at=NOW + MINUTE)):
        with pytest.raises(WindowMoved):
            alerts.move([(taken, replace(taken, state=NoticeState.SENT))], (stale, replace(opened, count=3)))

    assert alerts.window("u-1") == opened
    assert alerts.notices([pending.id]) == {pending.id: taken}
    alerts.move([], (opened, replace(opened, count=2)))
    assert alerts.window("u-1") == replace(opened, count=2)


def of_breaker(recipient: str = "u-1") -> Notice:
    about = AboutBreaker("3")
    return replace(notice(alert(), recipient), id=admin_notice_id_for(about, recipient), about=about)


@pytest.mark.parametrize("about", [AboutBreaker("3"), AboutWaiting("2026-11-22")])
def test_a_notice_for_admins_comes_back_exactly(alerts: Alerts, about: AboutBreaker | AboutWaiting) -> None:
    told = replace(of_breaker(), id=admin_notice_id_for(about, "u-1"), about=about)

    alerts.add([told])

    assert alerts.notices([told.id]) == {told.id: told}


def test_a_notice_that_is_there_is_not_added_again(alerts: Alerts) -> None:
    first = of_breaker()
    alerts.add([first])
    alerts.move([(first, claimed(first))])

    alerts.add([first, of_breaker("u-2")])

    assert alerts.notices([first.id])[first.id] == claimed(first)
    assert alerts.notices([of_breaker("u-2").id]) != {}


def test_what_goes_by_itself_does_not_wait_for_others(alerts: Alerts) -> None:
    waiting, alone = held(1), replace(of_breaker(), state=NoticeState.HELD, due_at=NOW)
    recorded(alerts, waiting)
    alerts.add([alone])

    assert [found.id for found in alerts.waiting("u-1", until=NOW)] == [waiting.id]
    assert {found.id for found in alerts.due(after=NOW - MINUTE, until=NOW)} == {waiting.id, alone.id}


def test_some_of_what_is_held_is_found_whoever_it_is_for(alerts: Alerts) -> None:
    due = [held(1), held(2, recipient="u-2"), held(3, NOW - MINUTE)]
    recorded(alerts, *due, held(4, NOW + MINUTE), claimed(notice(alert(5))))

    assert {found.id for found in alerts.held(until=NOW, at_most=10)} == {each.id for each in due}
    assert len(alerts.held(until=NOW, at_most=2)) == 2
