"""The bare outcome of deciding, without its reasons: what a bulk walk computes for accounts that mostly stay."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from shared.accounts.account import Account
from shared.accounts.identity import RuleId, TierId
from shared.accounts.standing import Method
from shared.tiers.decision import Hold, Status
from shared.tiers.methods import manual_tier, never_known, rules_say, synced_tier
from shared.tiers.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each as in Decision."""

    tier: TierId | None
    result: TierId | None
    method: Method | None
    rule: RuleId | None
    status: Status
    hold: Hold | None = None
    next_review_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    """What one method says where it decides."""

    tier: TierId | None
    method: Method | None
    rule: RuleId | None = None
    hold: Hold | None = None
    until: datetime | None = None


def judge(account: Account, rulebook: Rulebook, now: datetime) -> Verdict:
    """The first method in the precedence that has a tier decides; an archived account is left as it is.

    Where none has one, the rules' null counts, if they are asked at all. While the rules would decide and a field that
    the policy requires was never known, the account stays as it is, whatever they say.
    """
    standing = account.standing
    if account.archived:
        return Verdict(
            standing.tier, standing.tier, standing.method, standing.rule, _status(standing.tier, standing.tier)
        )
    found = _deciding(account, rulebook, now)
    tier = found.tier if found.hold is None else standing.tier
    return Verdict(
        tier=tier,
        result=found.tier,
        method=found.method,
        rule=found.rule,
        status=_status(standing.tier, tier, found.hold),
        hold=found.hold,
        next_review_at=found.until,
    )


def _deciding(account: Account, rulebook: Rulebook, now: datetime) -> _Result:
    result = _Result(None, None)
    for method in rulebook.policy.precedence:
        asked = _ask(method, account, rulebook, now)
        if asked.tier is not None or asked.hold is not None:
            return asked
        if method is Method.RULES:
            result = asked
    return result


def _ask(method: Method, account: Account, rulebook: Rulebook, now: datetime) -> _Result:
    match method:
        case Method.MANUAL:
            until = account.override.expires_at if account.override else None
            return _Result(manual_tier(account, rulebook, now), method, until=until)
        case Method.SYNCED:
            return _Result(synced_tier(account, rulebook), method)
        case Method.RULES:
            said = rules_say(account, rulebook)
            waits = rulebook.policy.requires and never_known(account, rulebook) is not None
            return _Result(said.tier, method, said.rule, Hold.MISSING_DATA if waits else None)
        case _:
            assert_never(method)


def _status(before: TierId | None, after: TierId | None, hold: Hold | None = None) -> Status:
    if after != before:
        return Status.CHANGED
    if after is None:
        return Status.UNASSIGNED
    return Status.UNCHANGED if hold is None else Status.HELD
