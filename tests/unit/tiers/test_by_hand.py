"""A person approves, rejects, asks, grants: what each comes to, and when it can't be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.accounts.standing import Cause, Hold, Method, Request
from shared.accounts.store import AccountChange
from shared.accounts.values import Json
from shared.tiers import by_hand
from shared.tiers.by_hand import Act, NotNow, Seen
from shared.tiers.controls import Controls, TierPause
from shared.tiers.engine import decide
from tests.support.builders import NOW, account
from tests.unit.tiers.builders import overridden, policy, rulebook

DAY = timedelta(days=1)
LOWERED = account(mrr=640, tier="tier-1")
WISH = Request(TierId("tier-1"), "strategic logo", "csm-1", NOW - DAY, NOW + 30 * DAY)
ASKED = replace(LOWERED, request=WISH)


def act(controls: Controls | None = None, **stability: Json) -> Act:
    book = rulebook(policy(stability={"demote": "approval", **stability}))
    return Act("manager-1", NOW, book if controls is None else replace(book, controls=controls))


def refusal(work: Callable[[], AccountChange]) -> tuple[str, str]:
    with pytest.raises(NotNow) as caught:
        work()
    return caught.value.code, str(caught.value)


def test_an_approved_demotion_moves_at_once_with_history_and_audit() -> None:
    change = by_hand.approve(LOWERED, act())

    assert (change.account.standing.tier, change.account.standing.pending, change.cause) == ("tier-2", None, Cause.TIER)
    assert change.history is not None
    assert (change.history.before, change.history.after, change.history.cause) == ("tier-1", "tier-2", "approval")
    assert change.history.method is Method.RULES
    assert change.audit is not None
    assert (change.audit.action, change.audit.actor, change.audit.after) == (
        "demotion.approve",
        "manager-1",
        {"tier": "tier-2"},
    )
    assert change.account.edits == LOWERED.edits


def test_what_was_approved_stays_where_it_moved() -> None:
    moved = by_hand.approve(LOWERED, act()).account

    assert decide(moved, act().rulebook, NOW + DAY).status == "unchanged"


@pytest.mark.parametrize("seen", ["tier-3", None, "tier-1"])
def test_what_was_not_seen_is_not_approved(seen: str | None) -> None:
    code, words = refusal(lambda: by_hand.approve(LOWERED, act(), Seen(TierId(seen) if seen else None)))

    assert code == "pending_changed"
    assert "Tier 2: Moderate touch (tier-2)" in words


def test_a_demotion_out_of_all_tiers_may_be_what_was_seen() -> None:
    churned = account(mrr=640, customer_status="churned", tier="tier-1")
    book = policy(
        {"id": "gone", "tier": None, "when": {"field": "customer_status", "op": "=", "value": "churned"}},
        {"id": "high", "tier": "tier-1", "when": {"field": "mrr", "op": ">=", "value": 500}},
        stability={"demote": "approval"},
    )

    change = by_hand.approve(churned, Act("m", NOW, rulebook(book)), Seen(None))

    assert change.account.standing.tier is None


@pytest.mark.parametrize(
    ("of", "stability", "told"),
    [
        (account(mrr=1200, tier="tier-1"), {}, "MRR is 1200.00"),
        (LOWERED, {"demote_after": "14d"}, "Held 14 days before a demotion"),
        (overridden(LOWERED, "tier-1"), {}, "strategic logo"),
        (account(mrr=5000, tier="tier-2"), {"promote_after": "3d"}, "Held 3 days"),
    ],
    ids=["nothing pending", "too early", "overridden", "promotion"],
)
def test_where_nothing_waits_for_a_person_it_says_why_and_what_to_do(
    of: Account, stability: dict[str, Json], told: str
) -> None:
    by = act(None, **stability)
    for work in (lambda: by_hand.approve(of, by), lambda: by_hand.reject(of, "no", None, by)):
        code, words = refusal(work)
        assert code == "nothing_waits"
        assert told in words
        assert words.endswith("To move it by hand, set an override.")


@pytest.mark.parametrize(
    "controls", [Controls(pause=TierPause()), Controls(mass_change=True)], ids=["paused", "breaker"]
)
def test_a_pause_and_an_open_breaker_hold_what_was_approved(controls: Controls) -> None:
    code, words = refusal(lambda: by_hand.approve(LOWERED, act(controls)))

    assert code == "held"
    assert words.endswith("Approve it once that has ended.")


def test_a_rejection_is_an_override_at_the_present_tier_until_it_ends() -> None:
    change = by_hand.reject(LOWERED, "a dip", NOW + 30 * DAY, act())

    kept = change.account
    assert kept.override is not None
    assert (kept.override.tier, kept.override.reason, kept.override.author) == ("tier-1", "a dip", "manager-1")
    assert (kept.standing.tier, kept.standing.pending, kept.due_at) == ("tier-1", None, NOW + 30 * DAY)
    assert (change.history, change.audit and change.audit.action) == (None, "demotion.reject")
    after = decide(kept, act().rulebook, NOW + 30 * DAY)
    assert (after.tier, after.hold) == ("tier-2", None), "the rules' result at once, with nobody asked again"


def test_an_override_that_ended_waits_for_no_delay() -> None:
    kept = by_hand.put(LOWERED, overridden(LOWERED, "tier-1", until=NOW + DAY).override, act()).account

    assert decide(kept, act(demote_after="14d").rulebook, NOW + DAY).tier == "tier-2"


def test_a_request_changes_nothing_but_what_people_edit() -> None:
    change = by_hand.ask(LOWERED, WISH, act())

    assert change.account == replace(LOWERED, request=WISH, edits=1)
    assert (change.cause, change.history, change.audit and change.audit.action) == (
        Cause.NONE,
        None,
        "override.request",
    )


def test_a_granted_request_is_an_override_under_both_names() -> None:
    change = by_hand.grant(replace(ASKED, standing=replace(LOWERED.standing, tier=TierId("tier-2"))), None, act())

    override, request = change.account.override, change.account.request
    assert override is not None
    assert (override.author, override.approver, override.reason, override.set_at) == (
        "csm-1",
        "manager-1",
        "strategic logo",
        NOW,
    )
    assert change.history is not None
    assert (change.history.after, change.history.method, change.history.cause) == ("tier-1", Method.MANUAL, "override")
    assert request is not None
    assert request.answer is not None
    assert (request.answer.approved, request.answer.by, change.account.requested) == (True, "manager-1", False)


def test_a_declined_request_says_why_and_changes_no_tier() -> None:
    change = by_hand.decline(ASKED, "not yet", act())

    assert change.account.request is not None
    assert change.account.request.answer is not None
    assert change.account.request.answer.reason == "not yet"
    assert (change.account.standing, change.account.override, change.cause) == (ASKED.standing, None, Cause.NONE)


def test_a_demotion_and_a_request_are_answered_each_by_itself() -> None:
    demoted = by_hand.approve(ASKED, act()).account
    assert (demoted.standing.tier, demoted.requested) == ("tier-2", True)

    declined = by_hand.decline(ASKED, "no", act()).account
    assert by_hand.waits_for_approval(declined, act()) is not None

    granted = by_hand.grant(ASKED, None, act()).account
    assert by_hand.waits_for_approval(granted, act()) is None


def test_a_request_is_answered_once() -> None:
    answered = by_hand.decline(ASKED, "no", act()).account

    for work in (
        lambda: by_hand.grant(answered, None, act()),
        lambda: by_hand.decline(answered, "no", act()),
        lambda: by_hand.withdraw(answered, act()),
        lambda: by_hand.grant(LOWERED, None, act()),
    ):
        assert refusal(work)[0] == "nothing_waits"


def test_a_request_that_can_not_be_granted_any_more_says_so() -> None:
    gone = replace(ASKED, request=replace(WISH, tier=TierId("tier-9")))

    assert refusal(lambda: by_hand.grant(gone, None, act()))[0] == "tier_gone"
    assert refusal(lambda: by_hand.grant(ASKED, NOW, act()))[0] == "expired"
    assert refusal(lambda: by_hand.grant(ASKED, None, act(), Seen(TierId("tier-2"))))[0] == "pending_changed"
    assert refusal(lambda: by_hand.decline(ASKED, "no", act(), Seen(TierId("tier-2"))))[0] == "pending_changed"


def test_a_withdrawn_request_is_gone() -> None:
    change = by_hand.withdraw(ASKED, act())

    assert (change.account.request, change.audit and change.audit.action) == (None, "override.withdraw")


def test_a_demotion_that_the_policy_holds_by_now_is_not_approved_by_what_is_stored() -> None:
    stored = replace(LOWERED, standing=replace(LOWERED.standing, hold=Hold.APPROVAL))

    assert refusal(lambda: by_hand.approve(stored, act(demote_after="1d")))[0] == "nothing_waits"
