"""Tier changes, alerts and notices with defaults."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.access.people import User, UserId
from shared.accounts.identity import AccountId, RuleId, TierId
from shared.accounts.standing import Method, TierChange
from shared.alerts.alert import Alert, alert_id_for
from shared.alerts.notice import AboutAlert, Channel, Notice, NoticeState, notice_id_for
from shared.alerts.raising import Audience
from shared.alerts.rule import AlertType, Route, Severity

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
ACME = AccountId("acme")
ANN = User(UserId("u-ann"), "ann@example.com", "Ann Ruiz")

SHORT = {
    "pointer": "/rules/0/when",
    "field": "mrr",
    "op": ">=",
    "expected": "1000.00",
    "actual": "640.00",
    "source": "recurly",
    "met": False,
    "short_by": "360.00",
}
MET = {**SHORT, "pointer": "/rules/1/when", "expected": "500.00", "met": True, "short_by": None}


def change(
    version: int = 2, before: str | None = "tier-1", after: str | None = "tier-2", account: str = "acme"
) -> TierChange:
    return TierChange(
        account_id=AccountId(account),
        version=version,
        before=TierId(before) if before else None,
        after=TierId(after) if after else None,
        at=NOW - timedelta(seconds=1),
        method=Method.RULES,
        rule=RuleId("mid"),
        policy_version=1,
        cause="data",
        why="MRR is 640.00: below 1000 (rule high), at least 500 (rule mid).",
        decision={
            "rules": [
                {"id": "high", "matched": False, "conditions": [SHORT]},
                {"id": "mid", "matched": True, "conditions": [MET]},
            ]
        },
    )


def audience(csm: User | None = ANN, *fallback: str, time_zone: str = "UTC", digest_hour: int = 8) -> Audience:
    return Audience(csm, fallback, time_zone, digest_hour)


def alert(account: str = "acme", version: int = 2, name: str = "Acme Inc", rule: str = "tier-lowered") -> Alert:
    return Alert(
        id=alert_id_for(AccountId(account), RuleId(rule), version),
        rule=RuleId(rule),
        rule_version=1,
        account_id=AccountId(account),
        account_name=name,
        owner=ANN.id,
        type=AlertType.CHURN,
        severity=Severity.HIGH,
        raised_at=NOW,
        why="MRR is 640.00: below 1000 (rule high), at least 500 (rule mid).",
        before=TierId("tier-1"),
        after=TierId("tier-2"),
        history_version=version,
        conditions=(SHORT, MET),
    )


def notice(
    of: Alert | None = None,
    *,
    channel: Channel = Channel.MAIL,
    recipient: str = ANN.id,
    state: NoticeState = NoticeState.PENDING,
    due_at: datetime | None = None,
    claims: int = 0,
) -> Notice:
    told = of or alert()
    built = Notice(
        id=notice_id_for(told.id, channel, recipient),
        about=AboutAlert(told.id, told.account_id),
        channel=channel,
        recipient=recipient,
        route=Route.IMMEDIATE,
        created_at=NOW,
    )
    return replace(built, state=state, due_at=due_at, claims=claims)
