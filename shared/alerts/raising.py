"""From tier changes to alerts: which rules a change meets, and who is told. Evaluated once for each row of history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from shared.access.people import User
from shared.accounts.account import STAGE, Account
from shared.accounts.standing import TierChange
from shared.alerts.alert import Alert, alert_id_for
from shared.alerts.notice import NOBODY, TOPIC, AboutAlert, Channel, Notice, NoticeState, notice_id_for
from shared.alerts.rule import AlertRule, Direction, OnTierChange, Route, Scope
from shared.alerts.store import Evaluation
from shared.tiers.model import TierModel

NO_RECIPIENT = "no recipient: the account has no CSM who is a user, and the settings name no fallback recipients"
KEPT_CONDITIONS = 40
"""A policy may have thousands of conditions; the last ones hold the rule that matched."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told of an account's alerts, and when a digest is due."""

    csm: User | None
    """None too where the owner is an e-mail address that is no user's: such an address is never mailed."""
    fallback: tuple[str, ...]
    time_zone: str
    digest_hour: int


def evaluate(
    changes: Iterable[TierChange],
    *,
    seen: int,
    account: Account,
    rules: Sequence[AlertRule],
    tiers: TierModel,
    audience: Audience,
    now: datetime,
) -> Evaluation:
    """The alerts that `changes`, the rows after `seen`, raise. The same rows raise the same alerts, by their ids."""
    now_seen = seen
    alerts: list[Alert] = []
    for change in changes:
        now_seen = change.version
        alerts += (
            _alert(change, account, rule, now) for rule in rules if _raises(change, account, rule, tiers, audience)
        )
    by_id = {rule.id: rule for rule in rules}
    notices = [notice for alert in alerts for notice in _notices(alert, by_id[alert.rule].route, audience, now)]
    return Evaluation(account.id, seen, now_seen, tuple(alerts), tuple(notices))


def next_digest(now: datetime, time_zone: str, hour: int) -> datetime:
    """The first moment after `now` at which the local clock shows `hour`, in UTC.

    An hour that the clock skips in spring comes as much later as it skips; one that comes twice counts the first time.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    at = datetime.combine(today, time(hour), zone).astimezone(UTC)
    return at if at > now else datetime.combine(today + timedelta(days=1), time(hour), zone).astimezone(UTC)


def _raises(change: TierChange, account: Account, rule: AlertRule, tiers: TierModel, audience: Audience) -> bool:
    """A first tier is no change that anybody need hear of, and an account taken over goes on under the other's name."""
    first = change.version == 1 and change.before is None
    return (
        rule.enabled
        and not first
        and account.merged_into is None
        and _meets(change, rule.on_tier_change, tiers)
        and _in_scope(change, account, rule.scope, audience.csm)
    )


def _meets(change: TierChange, wanted: OnTierChange, tiers: TierModel) -> bool:
    return (
        _moved(change, wanted.direction, tiers)
        and (not wanted.before or change.before in wanted.before)
        and (not wanted.after or change.after in wanted.after)
    )


def _moved(change: TierChange, direction: Direction, tiers: TierModel) -> bool:
    match direction:
        case Direction.DOWN:
            return tiers.falls(change.before, change.after)
        case Direction.UP:
            return tiers.falls(change.after, change.before)
        case Direction.ANY:
            return True
        case _:
            assert_never(direction)


def _in_scope(change: TierChange, account: Account, scope: Scope, csm: User | None) -> bool:
    owners = {account.owner} | ({csm.id, csm.email} if csm else set())
    return (
        (not scope.tiers or change.before in scope.tiers or change.after in scope.tiers)
        and (not scope.stages or account.values.get(STAGE) in scope.stages)
        and (not scope.owners or not owners.isdisjoint(scope.owners))
    )


def _alert(change: TierChange, account: Account, rule: AlertRule, now: datetime) -> Alert:
    return Alert(
        id=alert_id_for(account.id, rule.id, change.version),
        rule=rule.id,
        rule_version=rule.version,
        account_id=account.id,
        account_name=account.name,
        owner=account.owner,
        type=rule.type,
        severity=rule.severity,
        raised_at=now,
        why=change.why,
        before=change.before,
        after=change.after,
        history_version=change.version,
        conditions=tuple(_findings(change.decision))[-KEPT_CONDITIONS:],
    )


def _findings(decision: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The leaves of a decision as its history row keeps them, in the order of the rules."""
    rules = decision.get("rules")
    for rule in rules if isinstance(rules, Sequence) else ():
        yield from rule["conditions"]


def _notices(alert: Alert, route: Route, audience: Audience, now: datetime) -> Iterator[Notice]:
    """The topic hears at once: programs that listen there make their own digests."""
    yield _notice(alert, Channel.TOPIC, TOPIC, Route.IMMEDIATE, now)
    recipients = (audience.csm.id,) if audience.csm else tuple(dict.fromkeys(audience.fallback))
    if not recipients:
        yield _notice(
            alert, Channel.MAIL, NOBODY, route, now, state=NoticeState.SUPPRESSED, reason=NO_RECIPIENT, settled_at=now
        )
    for recipient in recipients:
        match route:
            case Route.IMMEDIATE:
                yield _notice(alert, Channel.MAIL, recipient, route, now)
            case Route.DAILY_DIGEST:
                due = next_digest(now, audience.time_zone, audience.digest_hour)
                yield _notice(alert, Channel.MAIL, recipient, route, now, state=NoticeState.HELD, due_at=due)
            case _:
                assert_never(route)


def _notice(
    alert: Alert,
    channel: Channel,
    recipient: str,
    route: Route,
    now: datetime,
    *,
    state: NoticeState = NoticeState.PENDING,
    due_at: datetime | None = None,
    settled_at: datetime | None = None,
    reason: str | None = None,
) -> Notice:
    return Notice(
        id=notice_id_for(alert.id, channel, recipient),
        about=AboutAlert(alert.id, alert.account_id),
        channel=channel,
        recipient=recipient,
        route=route,
        created_at=now,
        state=state,
        due_at=due_at,
        settled_at=settled_at,
        reason=reason,
    )
