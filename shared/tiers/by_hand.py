"""A person's word on one account's tier, each as the one write that it comes to: overrides, requests, approvals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.identity import TierId
from shared.accounts.standing import Answer, Cause, Hold, Override, Pending, Request
from shared.accounts.store import AccountChange
from shared.accounts.values import moment_text
from shared.tiers.engine import decide
from shared.tiers.override_document import override_to_json
from shared.tiers.rulebook import Rulebook
from shared.tiers.settle import settled
from shared.tiers.verdict import judge

OVERRIDE = "override"
APPROVAL = "approval"
"""Causes of a tier change."""


class NotNow(Exception):
    """It can't be done as the account stands; the message says why and what to do, `code` tells causes apart."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, when, and what decides then."""

    by: str
    at: datetime
    rulebook: Rulebook

    def audit(
        self, action: str, account: Account, before: Mapping[str, object] | None, after: Mapping[str, object] | None
    ) -> AuditEntry:
        return AuditEntry(self.at, self.by, action, f"account/{account.id}", before, after)


@dataclass(frozen=True, slots=True)
class Seen:
    """The tier that a person saw the account was to move to: they approve or reject that and nothing else."""

    tier: TierId | None

    def check(self, tier: TierId | None, act: Act) -> None:
        """Raises NotNow where it is another by now."""
        if tier != self.tier:
            name = act.rulebook.tiers.name
            raise NotNow(
                f"It is {name(tier)} ({tier}) that waits here by now, not {name(self.tier)}: look at it again.",
                code="pending_changed",
            )


def put(account: Account, override: Override | None, act: Act, action: str | None = None) -> AccountChange:
    """Sets or clears the override, with the tier that follows."""
    edited = replace(account, override=override, edits=account.edits + 1)
    action = action or ("override.clear" if override is None else "override.set")
    return _overridden(
        edited, act, act.audit(action, account, override_to_json(account.override), override_to_json(override))
    )


def waits_for_approval(account: Account, act: Act) -> Pending | None:
    """The demotion that a person is to approve or reject, as the policy says at this moment."""
    verdict = judge(account, act.rulebook, act.at)
    return verdict.pending if verdict.hold is Hold.APPROVAL else None


def approve(account: Account, act: Act, seen: Seen | None = None) -> AccountChange:
    """Moves it at once; raises NotNow where nothing waits, something else does, or a pause or the breaker holds it."""
    waiting = _demotion(account, act, seen)
    decision = decide(account, act.rulebook, act.at, at_once=True)
    if decision.hold is not None:
        raise NotNow(f"It can't move now. {decision.why} Approve it once that has ended.", code="held")
    before = {"tier": account.standing.tier, "pending": {"tier": waiting.tier, "since": moment_text(waiting.since)}}
    audit = act.audit("demotion.approve", account, before, {"tier": decision.tier})
    return _written(settled(account, decision, cause=APPROVAL, audit=audit))


def reject(
    account: Account, reason: str, expires_at: datetime | None, act: Act, seen: Seen | None = None
) -> AccountChange:
    """Keeps the account in its present tier by an override; raises NotNow as `approve` does, but for what holds it."""
    _demotion(account, act, seen)
    if account.standing.tier is None:
        raise AssertionError("what is demoted has a tier")
    override = Override(account.standing.tier, reason, act.by, act.at, expires_at)
    return put(account, override, act, "demotion.reject")


def ask(account: Account, request: Request, act: Act) -> AccountChange:
    """Keeps the request for a manager to answer, in the place of an earlier one; nothing else changes."""
    return _noted(account, request, act, "override.request")


def withdraw(account: Account, act: Act) -> AccountChange:
    """Raises NotNow where no request is open."""
    open_request(account)
    return _noted(account, None, act, "override.withdraw")


def grant(account: Account, expires_at: datetime | None, act: Act, seen: Seen | None = None) -> AccountChange:
    """Sets the override that is asked for, under both names, until `expires_at`; raises NotNow where it can't be."""
    request = open_request(account)
    if seen is not None:
        seen.check(request.tier, act)
    if request.tier not in act.rulebook.tiers.by_id:
        raise NotNow(f"The tier {request.tier} is gone since: reject the request.", code="tier_gone")
    if expires_at is not None and expires_at <= act.at:
        raise NotNow(
            f"It was asked for until {moment_text(expires_at)}, which has passed: reject the request, or set an "
            "override yourself.",
            code="expired",
        )
    override = Override(request.tier, request.reason, request.author, act.at, expires_at, approver=act.by)
    answered = replace(request, answer=Answer(approved=True, by=act.by, at=act.at))
    edited = replace(account, override=override, request=answered, edits=account.edits + 1)
    before = {"request": request_json(request), "override": override_to_json(account.override)}
    audit = act.audit("request.approve", account, before, override_to_json(override))
    return _overridden(edited, act, audit)


def decline(account: Account, reason: str, act: Act, seen: Seen | None = None) -> AccountChange:
    """Answers a request with no, and why; raises NotNow where there is none, or another."""
    request = open_request(account)
    if seen is not None:
        seen.check(request.tier, act)
    answered = replace(request, answer=Answer(approved=False, by=act.by, at=act.at, reason=reason))
    return _noted(account, answered, act, "request.reject")


def open_request(account: Account) -> Request:
    """Raises NotNow where there is none."""
    if account.request is None or not account.request.open:
        raise NotNow("Nobody asks for an override of this account: there is nothing to answer.", code="nothing_waits")
    return account.request


def request_json(request: Request | None) -> dict[str, object] | None:
    if request is None:
        return None
    return {
        "tier": request.tier,
        "reason": request.reason,
        "author": request.author,
        "asked_at": moment_text(request.asked_at),
        "expires_at": request.expires_at and moment_text(request.expires_at),
        "by_default": request.by_default,
        "answer": answer_json(request.answer),
    }


def answer_json(answer: Answer | None) -> dict[str, object] | None:
    if answer is None:
        return None
    return {"approved": answer.approved, "by": answer.by, "at": moment_text(answer.at), "reason": answer.reason}


def _demotion(account: Account, act: Act, seen: Seen | None) -> Pending:
    waiting = waits_for_approval(account, act)
    if waiting is None:
        why = decide(account, act.rulebook, act.at).why
        raise NotNow(
            f"No demotion of this account waits for approval. {why} To move it by hand, set an override.",
            code="nothing_waits",
        )
    if seen is not None:
        seen.check(waiting.tier, act)
    return waiting


def _overridden(edited: Account, act: Act, audit: AuditEntry) -> AccountChange:
    return _written(settled(edited, decide(edited, act.rulebook, act.at), cause=OVERRIDE, audit=audit))


def _noted(account: Account, request: Request | None, act: Act, action: str) -> AccountChange:
    edited = replace(account, request=request, edits=account.edits + 1)
    audit = act.audit(action, account, request_json(account.request), request_json(request))
    return AccountChange(edited, Cause.NONE, audit=audit)


def _written(change: AccountChange | None) -> AccountChange:
    if change is None:
        raise AssertionError("with an audit entry there is always something to write")
    return change
