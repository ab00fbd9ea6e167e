"""What deciding comes to at one moment: which method decides, what it says, and whether the account follows at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from shared.accounts.account import Account
from shared.accounts.identity import RuleId, TierId
from shared.accounts.standing import Hold, Method, Pending, Standing
from shared.rules.facts import Facts
from shared.tiers.controls import FREE
from shared.tiers.decision import Status
from shared.tiers.holding import pending, stay
from shared.tiers.methods import manual_tier, never_known, rules_say, synced_tier
from shared.tiers.rulebook import Rulebook


class Outcome(Protocol):
    """What a verdict and a whole decision have in common: all that a standing follows from."""

    @property
    def tier(self) -> TierId | None: ...
    @property
    def method(self) -> Method | None: ...
    @property
    def rule(self) -> RuleId | None: ...
    @property
    def hold(self) -> Hold | None: ...
    @property
    def pending(self) -> Pending | None: ...
    @property
    def due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each as in Decision."""

    tier: TierId | None
    result: TierId | None
    method: Method | None
    rule: RuleId | None
    status: Status
    hold: Hold | None = None
    pending: Pending | None = None
    effective_at: datetime | None = None
    next_review_at: datetime | None = None
    due_at: datetime | None = None
    """When to decide again with no new data: at the next review, or before it where what is pending, or why, changes
    though neither tier nor result do.
    """


def outcome(account: Account, rulebook: Rulebook, facts: Facts, *, at_once: bool = False) -> Verdict:
    """The first method in the precedence that has a tier decides; an archived account is left as it is.

    Where none has one, the rules' null counts, if they are asked at all. While the rules would decide and a field that
    the policy requires was never known, the account stays as it is, whatever they say. `at_once` passes over the
    policy's stability; a pause and an open breaker hold all the same.
    """
    standing = account.standing
    if account.archived:
        stays = status_of(standing.tier, standing.tier)
        return Verdict(standing.tier, standing.tier, standing.method, standing.rule, stays)
    verdict = _first_that_decides(account, rulebook, facts, at_once=at_once)
    return _controlled(account, rulebook, facts, verdict)


def standing_after(standing: Standing, verdict: Outcome, at: datetime, policy_version: int | None) -> Standing:
    """Where an account that stood so stands after the verdict of `at`.

    While a hold lasts, the tier stands on what gave it; one that never was stands on nothing.
    """
    if verdict.tier != standing.tier:
        return Standing(
            tier=verdict.tier,
            method=verdict.method,
            rule=verdict.rule,
            since=at,
            policy_version=policy_version,
            changes=standing.changes + 1,
            hold=verdict.hold,
            pending=verdict.pending,
        )
    waiting = standing
    if (verdict.hold, verdict.pending) != (standing.hold, standing.pending):
        waiting = replace(standing, hold=verdict.hold, pending=verdict.pending)
    never_had_one = verdict.tier is None and standing.changes == 0
    if verdict.hold or never_had_one or (verdict.method, verdict.rule) == (standing.method, standing.rule):
        return waiting
    return replace(waiting, method=verdict.method, rule=verdict.rule, policy_version=policy_version)


def status_of(before: TierId | None, after: TierId | None) -> Status:
    if after != before:
        return Status.CHANGED
    return Status.UNASSIGNED if after is None else Status.UNCHANGED


def _first_that_decides(account: Account, rulebook: Rulebook, facts: Facts, *, at_once: bool) -> Verdict:
    verdict = None
    for method in rulebook.policy.precedence:
        asked = _ASK[method](account, rulebook, facts)
        if asked is not None and (asked.result is not None or asked.hold is not None):
            return asked if at_once else _stable(account, rulebook, facts, asked)
        verdict = asked or verdict
    if verdict is None:
        return Verdict(None, None, None, None, status_of(account.standing.tier, None))
    return verdict if at_once else _stable(account, rulebook, facts, verdict)


def _by_hand(account: Account, rulebook: Rulebook, facts: Facts) -> Verdict | None:
    tier = manual_tier(account, rulebook, facts.at.now)
    return None if tier is None else Verdict(tier, tier, Method.MANUAL, None, status_of(account.standing.tier, tier))


def _by_crm(account: Account, rulebook: Rulebook, _: Facts) -> Verdict | None:
    tier = synced_tier(account, rulebook)
    return None if tier is None else Verdict(tier, tier, Method.SYNCED, None, status_of(account.standing.tier, tier))


def _by_rules(account: Account, rulebook: Rulebook, facts: Facts) -> Verdict:
    """Null too is what the rules say."""
    said, before = rules_say(rulebook, facts), account.standing.tier
    verdict = Verdict(said.tier, said.tier, Method.RULES, said.rule, status_of(before, said.tier))
    if rulebook.policy.requires and never_known(account, rulebook) is not None:
        return _held(account, verdict, Hold.MISSING_DATA)
    return verdict


_ASK: Mapping[Method, Callable[[Account, Rulebook, Facts], Verdict | None]] = {
    Method.MANUAL: _by_hand,
    Method.SYNCED: _by_crm,
    Method.RULES: _by_rules,
}


def _stable(account: Account, rulebook: Rulebook, facts: Facts, verdict: Verdict) -> Verdict:
    if verdict.status is not Status.CHANGED or verdict.method is not Method.RULES:
        return verdict
    held = stay(account, rulebook, facts, verdict.result)
    if held is None:
        return verdict
    return replace(_held(account, verdict, held.hold), pending=held.pending, effective_at=held.effective_at)


def _controlled(account: Account, rulebook: Rulebook, facts: Facts, verdict: Verdict) -> Verdict:
    """What people and the breaker hold back of what would move now."""
    controls, now = rulebook.controls, facts.at.now
    if verdict.status is not Status.CHANGED or controls is FREE:
        return verdict
    waiting = pending(account, rulebook, verdict.result, now)
    pause = controls.paused(now)
    if pause is not None:
        return replace(_held(account, verdict, Hold.PAUSED), pending=waiting, effective_at=pause.until)
    if controls.mass_change and _demoted_by_data(account, rulebook, verdict):
        return replace(_held(account, verdict, Hold.MASS_CHANGE), pending=waiting)
    return verdict


def _demoted_by_data(account: Account, rulebook: Rulebook, verdict: Verdict) -> bool:
    """A person's override, and its end, are no accident of data."""
    if Method.MANUAL in (account.standing.method, verdict.method):
        return False
    return rulebook.tiers.rank(verdict.result) > rulebook.tiers.rank(account.standing.tier)


def _held(account: Account, verdict: Verdict, hold: Hold) -> Verdict:
    before = account.standing.tier
    return replace(verdict, tier=before, status=Status.HELD if before else Status.UNASSIGNED, hold=hold)
