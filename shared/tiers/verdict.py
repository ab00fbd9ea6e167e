"""The bare outcome of deciding, without its reasons: what a bulk walk computes for accounts that mostly stay."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.identity import RuleId, TierId
from shared.accounts.standing import Hold, Method
from shared.rules.facts import Facts
from shared.rules.turning import next_turn
from shared.tiers.decision import Status
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


def judge(account: Account, rulebook: Rulebook, now: datetime) -> Verdict:
    """The first method in the precedence that has a tier decides; an archived account is left as it is.

    Where none has one, the rules' null counts, if they are asked at all. While the rules would decide and a field that
    the policy requires was never known, the account stays as it is, whatever they say.
    """
    standing = account.standing
    if account.archived:
        stays = _status(standing.tier, standing.tier)
        return Verdict(standing.tier, standing.tier, standing.method, standing.rule, stays)
    facts = rulebook.facts(account, now)
    verdict = _first_that_decides(account, rulebook, facts)
    review = _next_review(account, rulebook, facts, verdict)
    return verdict if review is None else replace(verdict, next_review_at=review)


def _first_that_decides(account: Account, rulebook: Rulebook, facts: Facts) -> Verdict:
    verdict = None
    for method in rulebook.policy.precedence:
        asked = _ASK[method](account, rulebook, facts)
        if asked is not None and (asked.result is not None or asked.hold is not None):
            return asked
        verdict = asked or verdict
    return verdict or Verdict(None, None, None, None, _status(account.standing.tier, None))


def _next_review(account: Account, rulebook: Rulebook, facts: Facts, verdict: Verdict) -> datetime | None:
    """Until a comparison that the trace tells of turns, the rules say the same: only an override may end before."""
    if verdict.method is not Method.MANUAL and not rulebook.tells_time:
        return None
    turns = (_end_of_override(account, rulebook, verdict), _turn_of_rules(rulebook, facts))
    return min((turn for turn in turns if turn is not None), default=None)


def _turn_of_rules(rulebook: Rulebook, facts: Facts) -> datetime | None:
    if not rulebook.tells_time:
        return None
    return next_turn(rulebook.telling_time(rules_say(rulebook, facts).matched), facts)


def _end_of_override(account: Account, rulebook: Rulebook, verdict: Verdict) -> datetime | None:
    """Where it changes more than who says so."""
    end = account.override.expires_at if verdict.method is Method.MANUAL and account.override else None
    if end is None:
        return None
    after = _first_that_decides(account, rulebook, rulebook.facts(account, end))
    same = (after.tier, after.result, after.status) == (verdict.tier, verdict.result, verdict.status)
    return None if same else end


def _by_hand(account: Account, rulebook: Rulebook, facts: Facts) -> Verdict | None:
    tier = manual_tier(account, rulebook, facts.at.now)
    return None if tier is None else Verdict(tier, tier, Method.MANUAL, None, _status(account.standing.tier, tier))


def _by_crm(account: Account, rulebook: Rulebook, _: Facts) -> Verdict | None:
    tier = synced_tier(account, rulebook)
    return None if tier is None else Verdict(tier, tier, Method.SYNCED, None, _status(account.standing.tier, tier))


def _by_rules(account: Account, rulebook: Rulebook, facts: Facts) -> Verdict:
    """Null too is what the rules say."""
    said, before = rules_say(rulebook, facts), account.standing.tier
    if rulebook.policy.requires and never_known(account, rulebook) is not None:
        status = Status.HELD if before else Status.UNASSIGNED
        return Verdict(before, said.tier, Method.RULES, said.rule, status, Hold.MISSING_DATA)
    return Verdict(said.tier, said.tier, Method.RULES, said.rule, _status(before, said.tier))


_ASK: Mapping[Method, Callable[[Account, Rulebook, Facts], Verdict | None]] = {
    Method.MANUAL: _by_hand,
    Method.SYNCED: _by_crm,
    Method.RULES: _by_rules,
}


def _status(before: TierId | None, after: TierId | None) -> Status:
    if after != before:
        return Status.CHANGED
    return Status.UNASSIGNED if after is None else Status.UNCHANGED
