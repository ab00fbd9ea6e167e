"""Stability: whether an account keeps a tier that the rules gave it though they say another now, and until when."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.accounts.account import Account
from shared.accounts.history import last_known
from shared.accounts.identity import FieldName, SourceName, TierId
from shared.accounts.merge import source_of
from shared.accounts.standing import Hold, Method, Pending
from shared.rules.facts import Facts
from shared.rules.scores import scored
from shared.tiers.calendar_holds import END, moves_at, renewal_hold
from shared.tiers.methods import rules_say, synced_tier
from shared.tiers.rulebook import Rulebook
from shared.tiers.stability import Demote


@dataclass(frozen=True, slots=True)
class Stay:
    """The account keeps its tier for now."""

    hold: Hold
    pending: Pending | None = None
    """None while no clock runs: the account counts as being at its tier."""
    effective_at: datetime | None = None
    """When it moves if nothing else changes; None where that can't be told."""


def stay(account: Account, rulebook: Rulebook, facts: Facts, result: TierId | None) -> Stay | None:
    """What keeps the account from the `result` that the rules decide on; None: nothing does."""
    standing, tiers = account.standing, rulebook.tiers
    if result == standing.tier or (standing.tier is not None and standing.tier not in tiers.by_id):
        return None
    demoted = tiers.rank(result) > tiers.rank(standing.tier)
    match standing.method:
        case Method.SYNCED if demoted and _vanished(account, rulebook):
            return Stay(Hold.MISSING_DATA)
        case Method.RULES if standing.changes:
            hold = _demotion if demoted else _promotion
            return hold(account, rulebook, facts, result)
        case _:
            return None


def pending(account: Account, rulebook: Rulebook, result: TierId | None, now: datetime) -> Pending:
    """Its clock started when the result first lay on this side of the present tier; it goes with the latest result."""
    known, present = account.standing.pending, rulebook.tiers.rank(account.standing.tier)
    side = rulebook.tiers.rank(result) > present
    goes_on = known is not None and (rulebook.tiers.rank(known.tier) > present) is side
    return Pending(result, known.since if known is not None and goes_on else now)


def later(moment: datetime, delay: timedelta) -> datetime:
    """`moment` plus `delay`, as far as the calendar goes."""
    return moment + delay if delay < END - moment else END


def with_last_known(account: Account, rulebook: Rulebook, facts: Facts) -> Facts | None:
    """The facts with the last known value in the place of each missing one; None where there is none such."""
    missing = account.histories.keys() - facts.values.keys()
    known = {name: last_known(account.histories, name) for name in sorted(missing)}
    if not known:
        return None
    values = {**account.values, **{name: value for name, value in known.items() if value is not None}}
    stood_in = rulebook.facts(replace(account, values=values), facts.at.now)
    return scored(replace(stood_in, true_values=facts.values))


def _vanished(account: Account, rulebook: Rulebook) -> bool:
    """Whether a CRM gave the tier, is asked still, and now says none, or none of ours."""
    return Method.SYNCED in rulebook.policy.precedence and synced_tier(account, rulebook) is None


def _promotion(account: Account, rulebook: Rulebook, facts: Facts, result: TierId | None) -> Stay | None:
    waiting = pending(account, rulebook, result, facts.at.now)
    end = later(waiting.since, rulebook.policy.stability.promote_after)
    return Stay(Hold.PROMOTE_AFTER, waiting, end) if facts.at.now < end else None


def _demotion(account: Account, rulebook: Rulebook, facts: Facts, result: TierId | None) -> Stay | None:
    """The first hold that applies, in an order that is part of the language; in the first three no clock runs."""
    if _for_missing_data(account, rulebook, facts):
        return Stay(Hold.MISSING_DATA)
    if stale_source(account, rulebook, facts) is not None:
        return Stay(Hold.STALE_SOURCE)
    if rulebook.within_margin(account.standing.tier, facts):
        return Stay(Hold.DEMOTE_MARGIN)
    waiting = pending(account, rulebook, result, facts.at.now)
    if rulebook.holds_demotion(facts):
        return Stay(Hold.CONDITION, waiting)
    return _until(rulebook, facts, waiting)


def _for_missing_data(account: Account, rulebook: Rulebook, facts: Facts) -> bool:
    """Whether a rule for the present tier matches with the last known values of what is missing, and counts."""
    known = with_last_known(account, rulebook, facts)
    if known is None or read_of(account, rulebook, facts).isdisjoint(stand_ins(known)):
        return False
    return any(rule.test(known) for rule in rulebook.rules_for(account.standing.tier))


def stand_ins(known: Facts) -> AbstractSet[FieldName]:
    """The fields of `with_last_known` that are missing."""
    present = known.values if known.true_values is None else known.true_values
    return known.values.keys() - present.keys()


def read_of(account: Account, rulebook: Rulebook, facts: Facts) -> AbstractSet[FieldName]:
    """The fields on which it hangs that the account is to leave its tier: those that the rules up to the match read, or
    those for the present tier.
    """
    matched = rules_say(rulebook, facts).matched
    tried = rulebook.rule_tests if matched is None else rulebook.rule_tests[: matched + 1]
    return {name for rule in (*tried, *rulebook.rules_for(account.standing.tier)) for name in rule.reads}


def stale_source(account: Account, rulebook: Rulebook, facts: Facts) -> SourceName | None:
    """A stale source that gave, or cleared, a value on which it hangs that the account is to leave its tier; of several
    the one that is synced soonest.
    """
    stale = {name for name, source in rulebook.sources.items() if source.stale_at <= facts.at.now}
    if not stale:
        return None
    found = stale & set(_gave(account, rulebook, read_of(account, rulebook, facts)))
    return min(found, key=lambda name: (rulebook.sources[name].interval, name), default=None)


def _gave(account: Account, rulebook: Rulebook, read: Iterable[FieldName]) -> Iterable[SourceName]:
    for name in read:
        source = source_of(name, account.records, rulebook.catalogue)
        if source is not None:
            yield source
        elif name not in account.values:
            yield from (key.source for key, record in account.records.items() if name in record.values)


def _until(rulebook: Rulebook, facts: Facts, waiting: Pending) -> Stay | None:
    stability, now = rulebook.policy.stability, facts.at.now
    ready = later(waiting.since, stability.demote_after)
    renewal = renewal_hold(stability, facts)
    moves = moves_at(ready, renewal, stability.demote, facts.at.zone)
    told = None if stability.demote is Demote.APPROVAL else moves
    if renewal is not None and renewal.holds(now) and renewal.ends > ready:
        return Stay(Hold.BEFORE_RENEWAL, waiting, told and max(told, renewal.ends))
    if now < ready:
        return Stay(Hold.DEMOTE_AFTER, waiting, told)
    if stability.demote is Demote.APPROVAL:
        return Stay(Hold.APPROVAL, waiting)
    return Stay(Hold.CALENDAR, waiting, moves) if now < moves else None
