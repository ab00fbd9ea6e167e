"""Overrides among people: asked for and answered, reminded of before they end, and ended on the minute."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.access.people import User, UserId
from shared.accounts.identity import FieldName
from shared.accounts.values import Json, moment_text
from shared.alerts.notice import AboutExpiry, Notice, NoticeState
from shared.configuration.pauses import MAIL, Pause, Pauses
from shared.configuration.pauses_document import pauses_to_json
from shared.configuration.published import PAUSES
from shared.memory.directory import MemoryDirectory
from shared.tiers.policy_document import FRESH_POLICY
from tests.support.desk import Desk
from tests.support.faults import Crash, Fault
from tests.support.world import World

CSM = User(UserId("csm-1"), "csm@example.com", "Chris Csm")
MANAGER = User(UserId("manager-1"), "manager@example.com", "Mara Manager")
ADMIN = User(UserId("admin-1"), "admin@example.com", "Ada Admin")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MONTH = 30 * DAY


def deployment(owner: str = CSM.email, fault: Fault | None = None, **stability: Json) -> World:
    """Acme, of the CSM's, is in Tier 2 by rules, as its first tier: of that nobody is mailed."""
    world = World(directory=MemoryDirectory([CSM], [ADMIN], [MANAGER]))
    world.configure("policy", {"version": 2, "policy": {**FRESH_POLICY, "stability": stability}})
    fields: Mapping[str, Json] = {"name": "Acme Inc", "mrr": "640.00", "owner": owner}
    world.send_generic({"external_id": "acme", "version": 1, "fields": fields})
    world.settle()
    if fault:
        world.fault = fault
        world._start_workers()
    return world


def tier_of(world: World) -> str:
    """The address of Acme's tier."""
    return f"/v1/accounts/{world.account('generic:acme').id}/tier"


def wish(world: World, lasts: timedelta = MONTH) -> dict[str, Json]:
    return {"tier": "tier-1", "reason": "strategic logo", "expires_at": moment_text(world.now + lasts)}


def until(world: World, days: int) -> None:
    """The clock rests till shortly before so many days have passed, then ticks over that moment."""
    world.now += days * DAY - 2 * MINUTE
    world.passes(5 * MINUTE)


def mails(world: World) -> list[tuple[str, str]]:
    """About overrides: who got which subject."""
    return [(mail.to, mail.subject) for mail, _ in world.mail.sent if "moved to" not in mail.subject]


def reminders(world: World) -> list[Notice]:
    return [notice for notice in world.alerts.noticed.values() if isinstance(notice.about, AboutExpiry)]


def test_author_and_csm_are_reminded_once_fourteen_days_before() -> None:
    world = deployment()
    Desk(world).done("manager", f"PUT {tier_of(world)}", wish(world))

    world.now += 15 * DAY
    world.passes(10 * MINUTE)
    assert mails(world) == []
    world.now += DAY - 12 * MINUTE
    world.passes(20 * MINUTE)
    world.now += 15 * DAY
    world.passes(20 * MINUTE)

    subject = "Acme Inc: Tier 1: High touch by hand ends on 22 Dec 2026, 07:00 UTC"
    assert sorted(mails(world)) == [(CSM.email, subject), (MANAGER.email, subject)]
    text = next(mail.text for mail, _ in world.mail.sent if mail.subject == subject)
    assert "- Set because: strategic logo\n- Set by: Mara Manager\n" in text
    assert "- Without an override: Tier 2: Moderate touch\n" in text
    assert "MRR is 640.00" in text
    assert {notice.state for notice in reminders(world)} == {NoticeState.SENT}


def test_an_author_who_is_the_csm_gets_one_mail_and_nobody_else_any() -> None:
    world = deployment(owner=MANAGER.email)
    Desk(world).done("manager", f"PUT {tier_of(world)}", wish(world))

    until(world, 16)

    assert [to for to, _ in mails(world)] == [MANAGER.email]
    assert sorted(notice.state for notice in reminders(world)) == [NoticeState.SENT, NoticeState.SUPPRESSED]


def test_the_csm_is_the_one_of_that_day() -> None:
    world = deployment()
    Desk(world).done("manager", f"PUT {tier_of(world)}", wish(world))
    world.send_generic({"external_id": "acme", "version": 2, "fields": {"owner": ADMIN.email}})
    world.settle()

    until(world, 16)

    assert sorted(to for to, _ in mails(world)) == [ADMIN.email, MANAGER.email]


def test_an_account_whose_csm_is_no_user_reminds_the_author_alone() -> None:
    world = deployment(owner="left@example.com")
    Desk(world).done("manager", f"PUT {tier_of(world)}", wish(world))

    until(world, 16)

    assert [to for to, _ in mails(world)] == [MANAGER.email]


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ("DELETE", "the override was cleared"),
        ({"expires_at": None}, "another override took its place, which has no end"),
        ({"expires_at": "2027-06-01T00:00:00Z"}, "another override took its place, until 2027-06-01T00:00:00Z"),
    ],
    ids=["cleared", "without end", "extended"],
)
def test_what_is_no_longer_so_is_not_reminded_of(after: str | dict[str, Json], reason: str) -> None:
    world = deployment()
    desk = Desk(world)
    desk.done("manager", f"PUT {tier_of(world)}", wish(world))
    known = reminders(world)
    world.now += DAY
    if isinstance(after, str):
        desk.done("manager", f"DELETE {tier_of(world)}")
    else:
        desk.done("manager", f"PUT {tier_of(world)}", {**wish(world), **after})

    until(world, 15)

    assert mails(world) == []
    ended = world.alerts.notices([notice.id for notice in known]).values()
    assert {(notice.state, notice.reason) for notice in ended} == {(NoticeState.SUPPRESSED, reason)}


def test_an_override_of_fourteen_days_needs_no_reminder() -> None:
    world = deployment()

    Desk(world).done("manager", f"PUT {tier_of(world)}", wish(world, 14 * DAY))

    assert reminders(world) == []


def test_while_mail_is_paused_reminders_wait_and_then_go_once() -> None:
    world = deployment()
    Desk(world).done("manager", f"PUT {tier_of(world)}", wish(world))
    world.configure(PAUSES, pauses_to_json(Pauses({MAIL: Pause("a move", "u", world.now, None)})))
    until(world, 16)
    assert mails(world) == []

    world.configure(PAUSES, {})
    world.passes(20 * MINUTE)

    assert sorted(to for to, _ in mails(world)) == [CSM.email, MANAGER.email]


def test_one_who_set_many_gets_one_mail_of_them() -> None:
    world = deployment()
    for number in range(7):
        world.send_generic({"external_id": f"c-{number}", "version": 1, "fields": {"mrr": "1.00", "owner": CSM.email}})
    world.settle()
    desk = Desk(world)
    for account in list(world.accounts.accounts.values()):
        desk.done("manager", f"PUT /v1/accounts/{account.id}/tier", wish(world))

    until(world, 16)
    world.passes(15 * MINUTE)

    to_manager = [subject for to, subject in mails(world) if to == MANAGER.email]
    assert to_manager == ["8 overrides end within two weeks"]
    assert {notice.state for notice in reminders(world)} == {NoticeState.SENT}


def test_at_its_end_the_rules_decide_within_two_minutes_and_wait_for_nothing() -> None:
    world = deployment(demote_after="14d", demote="approval")
    world.configure("settings", {"override_days": 30})
    body = wish(world)
    del body["expires_at"]
    Desk(world).done("manager", f"PUT {tier_of(world)}", body)
    end = world.now + MONTH

    world.now = end - 2 * MINUTE
    world.passes(MINUTE)
    assert world.account("generic:acme").standing.tier == "tier-1"
    world.passes(3 * MINUTE)

    account = world.account("generic:acme")
    rows = world.accounts.rows[account.id]
    assert [(row.after, row.cause) for row in rows] == [
        ("tier-2", "data"),
        ("tier-1", "override"),
        ("tier-2", "expiry"),
    ]
    assert rows[-1].at - end <= 2 * MINUTE
    assert (account.standing.hold, account.standing.pending) == (None, None)


def test_a_csm_asks_the_managers_hear_once_and_the_csm_hears_the_answer() -> None:
    world = deployment()
    desk = Desk(world)
    asked = desk.call("csm", f"PUT {tier_of(world)}", wish(world))
    assert asked.status == 202
    world.passes(5 * MINUTE)

    subject = "Chris Csm asks for Tier 1: High touch for Acme Inc"
    assert sorted(mails(world)) == [(ADMIN.email, subject), (MANAGER.email, subject)]
    assert f"POST https://tiers.example.com{tier_of(world)}/approve" in world.mail.sent[0][0].text
    approved = desk.done("manager", f"POST {tier_of(world)}/approve", {"of": "request", "tier": "tier-1"})
    assert approved["tier"]["id"] == "tier-1"
    world.passes(5 * MINUTE)

    assert mails(world)[2:] == [(CSM.email, "Acme Inc: Tier 1: High touch is approved")]
    until(world, 16)
    assert [to for to, _ in mails(world)[3:]] == [CSM.email], "who asked is the author, and is the CSM"


def test_a_csm_hears_why_not() -> None:
    world = deployment()
    desk = Desk(world)
    desk.call("csm", f"PUT {tier_of(world)}", wish(world))
    desk.done("manager", f"POST {tier_of(world)}/reject", {"reason": "not before the renewal"})

    world.passes(5 * MINUTE)

    assert mails(world) == [(CSM.email, "Acme Inc: Tier 1: High touch is rejected")], "what is answered is not asked"
    assert "- Because: not before the renewal\n" in world.mail.sent[-1][0].text
    assert world.account("generic:acme").standing.tier == "tier-2"


def test_where_nobody_manages_the_fallback_recipients_hear() -> None:
    world = deployment()
    world.directory = MemoryDirectory([CSM])
    world._start_workers()
    world.configure("settings", {"fallback_recipients": ["cs@example.com"]})

    Desk(world).call("csm", f"PUT {tier_of(world)}", wish(world))
    world.passes(5 * MINUTE)

    assert [to for to, _ in mails(world)] == ["cs@example.com"]


def test_a_demotion_is_approved_and_its_csm_hears_like_of_any_other() -> None:
    world = deployment(demote="approval")
    world.send_generic({"external_id": "acme", "version": 2, "fields": {"mrr": "10.00"}})
    world.settle()
    assert world.account("generic:acme").standing.tier == "tier-2"

    approved = Desk(world).done("manager", f"POST {tier_of(world)}/approve", {"tier": "tier-3"})
    world.passes(5 * MINUTE)

    assert approved["tier"]["id"] == "tier-3"
    assert [(mail.to, mail.subject) for mail, _ in world.mail.sent] == [
        (CSM.email, "Acme Inc moved to Tier 3: Low touch")
    ]
    account = world.account("generic:acme")
    assert [row.cause for row in world.accounts.rows[account.id]] == ["data", "approval"]
    assert account.values[FieldName("mrr")] == 100_000


def told(fault: Fault) -> World:
    """A request, its approval and the reminder of what came of it; one port call of all that fails."""
    world = deployment(fault=fault)
    insist(world, "csm", f"PUT {tier_of(world)}", wish(world))
    world.passes(15 * MINUTE)
    insist(world, "manager", f"POST {tier_of(world)}/approve", {"of": "request"})
    world.passes(15 * MINUTE)
    until(world, 16)
    world.passes(15 * MINUTE)
    return world


def insist(world: World, role: str, route: str, body: dict[str, Json]) -> None:
    """Somebody who gets no answer looks again, and does again what is not done."""
    try:
        Desk(world).done(role, route, body)
    except Crash:
        world._start_workers()
        world.passes(3 * MINUTE)
        known = world.account("generic:acme")
        done = known.request is not None and (role == "csm" or not known.request.open)
        if not done:
            Desk(world).done(role, route, body)


CALLS = told(Fault()).fault.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1, 5))
def test_a_crash_anywhere_loses_no_mail_and_doubles_none(at: int, after: bool) -> None:  # noqa: FBT001 - a parameter of the test
    fault = Fault(at, after=after)

    world = told(fault)

    assert fault.struck
    found = [(to, subject.partition(" ends on ")[0]) for to, subject in mails(world)]
    assert sorted(found) == [
        (ADMIN.email, "Chris Csm asks for Tier 1: High touch for Acme Inc"),
        (CSM.email, "Acme Inc: Tier 1: High touch by hand"),
        (CSM.email, "Acme Inc: Tier 1: High touch is approved"),
        (MANAGER.email, "Chris Csm asks for Tier 1: High touch for Acme Inc"),
    ]
    settled = {NoticeState.SENT, NoticeState.SUPPRESSED}
    assert {notice.state for notice in world.alerts.noticed.values()} <= settled
