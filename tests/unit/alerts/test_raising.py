"""Which tier changes raise which alerts, and who is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.accounts.account import Account
from shared.accounts.identity import AccountId, TierId
from shared.accounts.standing import TierChange
from shared.alerts.notice import Channel, NoticeState
from shared.alerts.raising import KEPT_CONDITIONS, NO_RECIPIENT, Audience, evaluate, next_digest
from shared.alerts.rule import FRESH, AlertRule, Direction, OnTierChange, Route, Scope
from shared.alerts.store import Evaluation
from shared.tiers.model import FRESH as TIERS
from shared.tiers.model import GoneTier, TierModel
from tests.support import builders
from tests.unit.alerts.builders import ANN, NOW, SHORT, audience, change

LOWERED, RAISED = FRESH


def run(
    *changes: TierChange,
    rules: Sequence[AlertRule] = FRESH,
    account: Account | None = None,
    told: Audience | None = None,
    seen: int = 1,
    tiers: TierModel = TIERS,
) -> Evaluation:
    return evaluate(
        changes,
        seen=seen,
        account=account or builders.account(owner=ANN.id, stage="live"),
        rules=rules,
        tiers=tiers,
        audience=told or audience(),
        now=NOW,
    )


def rules_of(evaluation: Evaluation) -> list[str]:
    return [alert.rule for alert in evaluation.alerts]


def mailed(evaluation: Evaluation) -> list[str]:
    return [notice.recipient for notice in evaluation.notices if notice.channel is Channel.MAIL]


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("tier-1", "tier-2", ["tier-lowered"]),
        ("tier-3", "tier-1", ["tier-raised"]),
        ("tier-2", None, ["tier-lowered"]),
        (None, "tier-3", ["tier-raised"]),
        ("tier-3", "gone", ["tier-lowered"]),
    ],
)
def test_direction_follows_the_ranks(before: str | None, after: str | None, rules: list[str]) -> None:
    assert rules_of(run(change(2, before, after))) == rules


@pytest.mark.parametrize(
    ("deleted", "move_to", "rules"),
    [
        ("tier-1", "tier-2", ["tier-lowered"]),
        ("tier-2", "tier-1", ["tier-raised"]),
        ("tier-2", "tier-3", ["tier-lowered"]),
        ("tier-3", "tier-2", ["tier-raised"]),
    ],
)
def test_a_move_out_of_a_deleted_tier_goes_by_where_that_stood(deleted: str, move_to: str, rules: list[str]) -> None:
    left = [tier for tier in TIERS.tiers if tier.id != deleted]
    after = TIERS.followed_by(left, GoneTier(TierId(deleted), "Gone", TierId(move_to), "ann", NOW))

    assert rules_of(run(change(2, deleted, move_to), tiers=after)) == rules


def test_a_first_tier_is_never_announced() -> None:
    anything = replace(LOWERED, on_tier_change=OnTierChange(Direction.ANY))

    evaluation = run(change(1, None, "tier-1"), rules=[anything], seen=0)

    assert evaluation.alerts == ()
    assert evaluation.now_seen == 1


def test_every_unseen_row_is_evaluated_once() -> None:
    evaluation = run(change(2, "tier-1", "tier-2"), change(3, "tier-2", "tier-1"))

    assert [(alert.rule, alert.history_version) for alert in evaluation.alerts] == [
        ("tier-lowered", 2),
        ("tier-raised", 3),
    ]
    assert (evaluation.seen, evaluation.now_seen) == (1, 3)


def test_nothing_unseen_moves_nothing() -> None:
    evaluation = run(seen=4)

    assert (evaluation.seen, evaluation.now_seen, evaluation.alerts) == (4, 4, ())


def test_the_same_row_raises_the_same_alert_and_notices() -> None:
    first, second = run(change()), run(change())

    assert [alert.id for alert in first.alerts] == [alert.id for alert in second.alerts] == ["acme.tier-lowered.2"]
    assert [notice.id for notice in first.notices] == [notice.id for notice in second.notices]


@pytest.mark.parametrize(
    ("scope", "raised"),
    [
        (Scope(tiers=(TierId("tier-1"),)), True),
        (Scope(tiers=(TierId("tier-2"),)), True),
        (Scope(tiers=(TierId("tier-3"),)), False),
        (Scope(stages=("live",)), True),
        (Scope(stages=("churned",)), False),
        (Scope(owners=(ANN.id,)), True),
        (Scope(owners=(ANN.email,)), True),
        (Scope(owners=("u-bob",)), False),
        (Scope(tiers=(TierId("tier-1"),), owners=("u-bob",)), False),
    ],
)
def test_scope_is_the_tier_before_or_after_and_the_stage_and_the_owner(*, scope: Scope, raised: bool) -> None:
    assert bool(run(change(), rules=[replace(LOWERED, scope=scope)]).alerts) is raised


@pytest.mark.parametrize(
    ("wanted", "raised"),
    [
        (OnTierChange(Direction.ANY), True),
        (OnTierChange(Direction.ANY, before=(TierId("tier-1"),)), True),
        (OnTierChange(Direction.ANY, before=(TierId("tier-2"),)), False),
        (OnTierChange(Direction.DOWN, after=(TierId("tier-2"),)), True),
        (OnTierChange(Direction.DOWN, after=(TierId("tier-3"),)), False),
        (OnTierChange(Direction.UP), False),
    ],
)
def test_a_rule_names_the_tiers_it_listens_to(*, wanted: OnTierChange, raised: bool) -> None:
    assert bool(run(change(), rules=[replace(LOWERED, on_tier_change=wanted)]).alerts) is raised


def test_a_rule_that_is_off_raises_nothing() -> None:
    assert run(change(), rules=[replace(LOWERED, enabled=False)]).alerts == ()


def test_an_account_taken_over_raises_nothing_and_its_rows_are_seen() -> None:
    closed = replace(builders.account(), merged_into=AccountId("acme-2"))

    evaluation = run(change(2, "tier-1", None), account=closed)

    assert evaluation.alerts == ()
    assert evaluation.now_seen == 2


def test_the_csm_is_mailed_and_the_topic_told() -> None:
    evaluation = run(change(), told=audience(ANN, "ops@example.com"))

    assert [(notice.channel, notice.recipient, notice.state) for notice in evaluation.notices] == [
        (Channel.TOPIC, "alerts", NoticeState.PENDING),
        (Channel.MAIL, ANN.id, NoticeState.PENDING),
    ]


def test_without_a_csm_every_fallback_recipient_is_mailed_once() -> None:
    evaluation = run(change(), told=audience(None, "ops@example.com", "cs@example.com", "ops@example.com"))

    assert mailed(evaluation) == ["ops@example.com", "cs@example.com"]


def test_an_owner_who_is_no_user_is_kept_and_not_mailed() -> None:
    stranger = builders.account(owner="stranger@example.com")

    evaluation = run(change(), account=stranger, told=audience(None, "ops@example.com"))

    assert mailed(evaluation) == ["ops@example.com"]
    assert evaluation.alerts[0].owner == "stranger@example.com"


def test_without_any_recipient_a_suppressed_notice_says_so() -> None:
    evaluation = run(change(), told=audience(None))

    mail = next(notice for notice in evaluation.notices if notice.channel is Channel.MAIL)
    assert (mail.state, mail.reason, mail.settled_at) == (NoticeState.SUPPRESSED, NO_RECIPIENT, NOW)


def test_a_digest_holds_the_mail_and_tells_the_topic_at_once() -> None:
    evaluation = run(change(2, "tier-2", "tier-1"))

    topic, mail = evaluation.notices
    assert (topic.channel, topic.state, topic.route) == (Channel.TOPIC, NoticeState.PENDING, Route.IMMEDIATE)
    assert (mail.state, mail.route) == (NoticeState.HELD, Route.DAILY_DIGEST)
    assert mail.due_at == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_an_alert_keeps_why_and_the_conditions_with_the_match_last() -> None:
    many = replace(
        change(),
        decision={"rules": [{"conditions": [{**SHORT, "pointer": str(n)} for n in range(KEPT_CONDITIONS + 5)]}]},
    )

    (alert,) = run(many).alerts

    assert alert.why == many.why
    assert len(alert.conditions) == KEPT_CONDITIONS
    assert alert.conditions[-1]["pointer"] == str(KEPT_CONDITIONS + 4)


@pytest.mark.parametrize(
    ("now", "zone", "hour", "due"),
    [
        ("2026-11-22T07:00:00+00:00", "UTC", 8, "2026-11-22T08:00:00+00:00"),
        ("2026-11-22T08:00:00+00:00", "UTC", 8, "2026-11-23T08:00:00+00:00"),
        # Berlin's clock goes forward on 2026-03-29 and back on 2026-10-25.
        ("2026-03-28T12:00:00+00:00", "Europe/Berlin", 8, "2026-03-29T06:00:00+00:00"),
        ("2026-03-27T12:00:00+00:00", "Europe/Berlin", 8, "2026-03-28T07:00:00+00:00"),
        ("2026-10-24T12:00:00+00:00", "Europe/Berlin", 8, "2026-10-25T07:00:00+00:00"),
        # 02:00 does not come on the one day, and comes twice on the other.
        ("2026-03-29T00:30:00+00:00", "Europe/Berlin", 2, "2026-03-29T01:00:00+00:00"),
        ("2026-10-24T23:30:00+00:00", "Europe/Berlin", 2, "2026-10-25T00:00:00+00:00"),
        ("2026-10-25T00:30:00+00:00", "Europe/Berlin", 2, "2026-10-26T01:00:00+00:00"),
        ("2026-11-22T20:00:00+00:00", "Pacific/Auckland", 8, "2026-11-23T19:00:00+00:00"),
    ],
)
def test_the_digest_is_due_at_the_local_hour(now: str, zone: str, hour: int, due: str) -> None:
    assert next_digest(datetime.fromisoformat(now), zone, hour) == datetime.fromisoformat(due)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_each_day_of_the_year_has_one_digest(zone: str) -> None:
    at = next_digest(datetime(2026, 1, 1, tzinfo=UTC), zone, 8)
    gaps = set()
    for _ in range(365):
        later = next_digest(at, zone, 8)
        gaps.add(later - at)
        at = later

    assert all(timedelta(hours=22) < gap < timedelta(hours=26) for gap in gaps)
