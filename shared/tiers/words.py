"""What a condition outside of the policy may read of an account's tier, beside the account's fields."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.catalogue import TIER_WORDS, Catalogue
from shared.accounts.identity import FieldName
from shared.accounts.standing import Method
from shared.accounts.values import SCALE, FieldType, Value, ValueType
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import Condition, Leaf, Reference
from shared.rules.facts import Facts
from shared.rules.moment import DAY, seconds_of
from shared.rules.trace import bound, leaves, window_value
from shared.rules.turning import MAX_ASKED, ascending, at, turning_points
from shared.rules.vocabulary import Vocabulary
from shared.rules.windows import Amount
from shared.tiers.methods import rules_say, synced_tier
from shared.tiers.model import TierModel
from shared.tiers.rulebook import Rulebook

TIER = FieldName("tier")
RANK = FieldName("tier_rank")
METHOD = FieldName("tier_method")
DAYS = FieldName("days_in_tier")
SYNCED = FieldName("synced_tier")
RULES = FieldName("rules_tier")
PENDING = FieldName("pending_tier")
OVERRIDE_EXPIRES = FieldName("override_expires_at")

MAX_DAYS = 365_000
"""A thousand years: no moment beyond is told."""


def vocabulary(catalogue: Catalogue, tiers: TierModel) -> Vocabulary:
    """The catalogue's fields and the words for tiers; the synced tier is the tier that the CRM's text names."""
    tier = ValueType(FieldType.ENUM, tuple(entry.id for entry in tiers.tiers))
    words = {
        TIER: tier,
        SYNCED: tier,
        RULES: tier,
        PENDING: tier,
        RANK: ValueType(FieldType.NUMBER),
        DAYS: ValueType(FieldType.NUMBER),
        METHOD: ValueType(FieldType.ENUM, tuple(method.value for method in Method)),
        OVERRIDE_EXPIRES: ValueType(FieldType.TIMESTAMP),
    }
    types = {**{name: catalogue.types[name] for name in catalogue.fields}, **words}
    return Vocabulary(types, without_history=TIER_WORDS | catalogue.scores, scores=catalogue.scores)


def facts_with_words(condition: Condition, account: Account, rulebook: Rulebook, now: datetime) -> Facts:
    """What `condition` is asked of: the account's facts and the words that say something of it; `days_in_tier` counts
    whole 24 hours.
    """
    standing, override, facts = account.standing, account.override, rulebook.facts(account, now, condition)
    said: dict[FieldName, Value | None] = {
        TIER: standing.tier,
        RANK: rulebook.tiers.rank(standing.tier) * SCALE if standing.tier else None,
        METHOD: standing.method.value if standing.tier and standing.method else None,
        DAYS: (now - standing.since) // DAY * SCALE if standing.since else None,
        SYNCED: synced_tier(account, rulebook),
        RULES: rules_say(rulebook, facts).tier,
        PENDING: standing.pending.tier if standing.pending else None,
        OVERRIDE_EXPIRES: seconds_of(override.expires_at)
        if override and override.expires_at and override.holds(now)
        else None,
    }
    fields = {name: value for name, value in facts.values.items() if name not in said}
    values = {**fields, **{name: value for name, value in said.items() if value is not None}}
    return replace(facts, values=values)


def next_turn(condition: Condition, account: Account, rulebook: Rulebook, now: datetime) -> datetime | None:
    """The earliest later moment at which a leaf of `condition` turns with no new data; None where none ever does. Where
    it hangs on more moments than are looked at, the last of these.
    """
    tests = [compile_leaf(leaf) for leaf in leaves(condition)]

    def met(moment: datetime) -> list[bool]:
        facts = facts_with_words(condition, account, rulebook, moment)
        return [test(facts) for test in tests]

    present = met(now)
    left = 1 + MAX_ASKED // max(1, len(tests))
    for moment in ascending(_moments(condition, account, rulebook, now), now):
        left -= 1
        if not left or met(moment) != present:
            return moment
    return None


def _moments(condition: Condition, account: Account, rulebook: Rulebook, now: datetime) -> Iterator[Iterable[datetime]]:
    """Where a leaf may turn, each in ascending order: a time or date that it names, a time that an entry of a history
    is to be younger or older than, an override's end, the days about the bounds that days in the tier are compared
    with, and where it reads what the rules say, whatever these hang on.
    """
    facts = facts_with_words(condition, account, rulebook, now)
    for leaf in leaves(condition):
        yield turning_points(leaf, facts)
    if any(leaf.field == RULES for leaf in leaves(condition)):
        own = rulebook.facts(account, now)
        for leaf in rulebook.telling_time(None):
            yield turning_points(leaf, own)
    if account.override and account.override.expires_at:
        yield [account.override.expires_at]
    if account.standing.since is None:
        return
    for leaf in leaves(condition):
        days = sorted({day for day in _days(leaf, facts) if 0 < day < MAX_DAYS})
        yield [account.standing.since + day * DAY for day in days]


def _days(leaf: Leaf, facts: Facts) -> Iterator[int]:
    if leaf.field == DAYS:
        limit = bound(leaf, facts)
        if limit is not None:
            yield from _about(limit // (SCALE * SCALE))
    elif isinstance(leaf.value, Reference) and leaf.value.field == DAYS and leaf.value.times:
        for amount in _amounts(leaf, facts):
            yield from _about(amount // leaf.value.times)


def _about(day: int) -> tuple[int, int]:
    return day, day + 1


def _amounts(leaf: Leaf, facts: Facts) -> Iterator[Amount]:
    """What the leaf compares: of a window, all that it comes to as time goes on."""
    if leaf.window is None:
        value = facts.values.get(leaf.field)
        found: Iterable[Amount | None] = [value if type(value) is int else None]
    else:
        moments = [facts.at.now, *turning_points(leaf, facts)]
        found = {window_value(leaf, at(facts, moment)) for moment in moments}
    yield from (amount for amount in found if amount is not None)
