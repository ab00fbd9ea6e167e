"""From a decision to what is written: the account's standing, and the row of history where the tier changes."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.identity import RuleId, TierId
from shared.accounts.standing import Cause, Hold, Method, Standing, TierChange
from shared.accounts.store import AccountChange
from shared.tiers.decision import Decision
from shared.tiers.trace_cap import capped


class Outcome(Protocol):
    """What a decision and a bare verdict have in common."""

    @property
    def tier(self) -> TierId | None: ...
    @property
    def method(self) -> Method | None: ...
    @property
    def rule(self) -> RuleId | None: ...
    @property
    def hold(self) -> Hold | None: ...
    @property
    def next_review_at(self) -> datetime | None: ...


def stands(account: Account, outcome: Outcome) -> bool:
    """Whether the account already stands as the outcome says, so that nothing is to be written.

    Another policy version alone is no difference, nor is who says that an account has no tier which never had one.
    """
    standing = account.standing
    if _due(account, outcome) != account.due_at or outcome.tier != standing.tier:
        return False
    return _keeps_grounds(account, outcome) or (outcome.method, outcome.rule) == (standing.method, standing.rule)


def settled(
    account: Account, decision: Decision, *, cause: str, audit: AuditEntry | None = None
) -> AccountChange | None:
    """The write that makes `decision`, of this very account, its standing; None where it stands so already.

    With `audit`, a person changed the account itself in the same step: then there is always something to write.
    A first tier is version 1 of the history, and each change the version after the last.
    """
    if stands(account, decision) and audit is None:
        return None
    if decision.tier == account.standing.tier:
        return AccountChange(_standing(account, _grounds(account, decision), decision), Cause.NONE, audit=audit)
    standing = Standing(
        tier=decision.tier,
        method=decision.method,
        rule=decision.rule,
        since=decision.decided_at,
        policy_version=decision.policy_version,
        changes=account.standing.changes + 1,
    )
    return AccountChange(
        _standing(account, standing, decision),
        Cause.TIER,
        history=_row(account, decision, cause),
        audit=audit,
    )


def _keeps_grounds(account: Account, outcome: Outcome) -> bool:
    """While a hold lasts, the tier stands on what gave it; one that never was stands on nothing."""
    return outcome.hold is not None or (outcome.tier is None and account.standing.changes == 0)


def _grounds(account: Account, decision: Decision) -> Standing:
    """The same tier, on what gives it now."""
    standing = account.standing
    if _keeps_grounds(account, decision) or (decision.method, decision.rule) == (standing.method, standing.rule):
        return standing
    return replace(standing, method=decision.method, rule=decision.rule, policy_version=decision.policy_version)


def _standing(account: Account, standing: Standing, decision: Decision) -> Account:
    return replace(account, standing=standing, due_at=_due(account, decision))


def _due(account: Account, outcome: Outcome) -> datetime | None:
    """When to decide again with no new data: at the next review, and at the end of an override that decides, for from
    then on even the same tier stands on something else.
    """
    end = account.override.expires_at if outcome.method is Method.MANUAL and account.override else None
    return min((moment for moment in (outcome.next_review_at, end) if moment is not None), default=None)


def _row(account: Account, decision: Decision, cause: str) -> TierChange:
    return TierChange(
        account_id=account.id,
        version=account.standing.changes + 1,
        before=account.standing.tier,
        after=decision.tier,
        at=decision.decided_at,
        method=decision.method,
        rule=decision.rule,
        policy_version=decision.policy_version,
        cause=_cause(account, decision, cause),
        why=decision.why,
        decision=capped(decision),
    )


def _cause(account: Account, decision: Decision, told: str) -> str:
    """The stream tells of changed data, the clock that a moment came; what decided before and after shows whether that
    was a person's override, its end, or a date that a rule reads.
    """
    if told == "expiry":
        return told if account.standing.method is Method.MANUAL else "date"
    if told != "data":
        return told
    if decision.method is Method.MANUAL:
        return "override"
    if account.standing.method is Method.MANUAL:
        return "override" if account.override is None else "expiry"
    return told
