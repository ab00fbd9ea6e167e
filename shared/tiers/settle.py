"""From a decision to what is written: the account's standing, and the row of history where the tier changes."""

from dataclasses import replace
from datetime import datetime

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.standing import Cause, Method, TierChange
from shared.accounts.store import AccountChange
from shared.tiers.decision import Decision
from shared.tiers.outcome import Outcome, standing_after
from shared.tiers.trace_cap import capped


def stands(account: Account, outcome: Outcome) -> bool:
    """Whether the account already stands as the outcome says, so that nothing is to be written.

    Another policy version alone is no difference, nor is who says that an account has no tier which never had one.
    """
    if _due(account, outcome) != account.due_at or outcome.tier != account.standing.tier:
        return False
    return standing_after(account.standing, outcome, account.created_at, None) is account.standing


def settled(
    account: Account, decision: Decision, *, cause: str, audit: AuditEntry | None = None
) -> AccountChange | None:
    """The write that makes `decision`, of this very account, its standing; None where it stands so already.

    With `audit`, a person changed the account itself in the same step: then there is always something to write.
    A first tier is version 1 of the history, and each change the version after the last.
    """
    if stands(account, decision) and audit is None:
        return None
    standing = standing_after(account.standing, decision, decision.decided_at, decision.policy_version)
    written = replace(account, standing=standing, due_at=_due(account, decision))
    if decision.tier == account.standing.tier:
        return AccountChange(written, Cause.NONE, audit=audit)
    return AccountChange(written, Cause.TIER, history=_row(account, decision, cause), audit=audit)


def _due(account: Account, outcome: Outcome) -> datetime | None:
    """When to decide again with no new data: at the next review, and at the end of an override that decides, for from
    then on even the same tier stands on something else.
    """
    end = account.override.expires_at if outcome.method is Method.MANUAL and account.override else None
    return min((moment for moment in (outcome.due_at, end) if moment is not None), default=None)


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
    was a person's override, its end, the end of a hold, or a date that a rule reads.
    """
    if told == "expiry":
        if account.standing.method is Method.MANUAL:
            return told
        return "hold" if account.standing.hold else "date"
    if told != "data":
        return told
    if decision.method is Method.MANUAL:
        return "override"
    if account.standing.method is Method.MANUAL:
        return "override" if account.override is None else "expiry"
    return told
