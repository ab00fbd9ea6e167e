"""What an account is short of the next higher tier: for mails and for the page that explains a tier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.identity import FieldName, RuleId, TierId
from shared.accounts.values import Json
from shared.rules.compile_leaf import compile_leaf
from shared.rules.condition import All, Always, Condition, Either, Leaf, Not
from shared.rules.facts import Facts
from shared.rules.trace import exact_text, shortage
from shared.rules.wording import Ground, asked_words, value_words
from shared.rules.wording_changes import window_seen
from shared.rules.wording_values import grouped
from shared.tiers.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that would have to be otherwise; amounts are exact texts such as `360.00`."""

    field: FieldName
    label: str
    needs: str
    """`at least 1,000.00`."""
    actual: str | None
    """None: not known."""
    short_by: str | None
    """For an ordering of number or money whose both sides are known."""

    @property
    def words(self) -> str:
        """`MRR at least 1,000.00 (360.00 short)`."""
        if self.actual is None:
            return f"{self.label} {self.needs} (not known)"
        short = f" ({grouped(self.short_by)} short)" if self.short_by else ""
        return f"{self.label} {self.needs}{short}"


@dataclass(frozen=True, slots=True)
class Shortfall:
    tier: TierId
    tier_name: str
    rule: RuleId
    gaps: tuple[Gap, ...]
    """All of them would have to close."""

    @property
    def words(self) -> str:
        """`Tier 1: High touch needs MRR at least 1,000.00 (360.00 short).`"""
        return f"{self.tier_name} needs {' and '.join(gap.words for gap in self.gaps)}."

    def to_json(self) -> dict[str, Json]:
        gaps: list[Json] = [
            {
                "field": gap.field,
                "label": gap.label,
                "needs": gap.needs,
                "actual": gap.actual,
                "short_by": gap.short_by,
            }
            for gap in self.gaps
        ]
        return {"tier": self.tier, "tier_name": self.tier_name, "rule": self.rule, "gaps": gaps, "words": self.words}


def shortfall(account: Account, rulebook: Rulebook, now: datetime) -> Shortfall | None:
    """What the account's values lack at `now` for the rule with the fewest gaps of the next higher tier that has rules.

    None where the account is in the highest such tier, or its values are short of nothing.
    """
    facts = rulebook.facts(account, now)
    rank = rulebook.tiers.rank(account.standing.tier)
    above = [
        (rulebook.tiers.rank(rule.tier), rule, missing)
        for rule in rulebook.policy.rules
        if rulebook.tiers.rank(rule.tier) < rank and (missing := _missing(rule.when, facts, wanted=True)) is not None
    ]
    if not above:
        return None
    nearest = max(found for found, _, _ in above)
    _, rule, missing = min((entry for entry in above if entry[0] == nearest), key=lambda entry: len(entry[2]))
    if not missing or rule.tier is None:
        return None
    gaps = tuple(_gap(ground, facts, rulebook) for ground in missing)
    return Shortfall(rule.tier, rulebook.tiers.name(rule.tier), rule.id, gaps)


def _missing(condition: Condition, facts: Facts, *, wanted: bool) -> Sequence[Ground] | None:
    """The fewest leaves that would have to turn for the condition to be as `wanted`; None where none would do."""
    match condition:
        case Leaf():
            met = compile_leaf(condition)(facts)
            return [] if met is wanted else [Ground(condition, met)]
        case Not(member):
            return _missing(member, facts, wanted=not wanted)
        case Always():
            return [] if wanted else None
        case All(members) | Either(members):
            each = [_missing(member, facts, wanted=wanted) for member in members]
            return _together(each) if isinstance(condition, All) is wanted else _fewest(each)


def _together(each: Sequence[Sequence[Ground] | None]) -> Sequence[Ground] | None:
    possible = [found for found in each if found is not None]
    return [ground for found in possible for ground in found] if len(possible) == len(each) else None


def _fewest(each: Sequence[Sequence[Ground] | None]) -> Sequence[Ground] | None:
    return min((found for found in each if found is not None), key=len, default=None)


def _gap(ground: Ground, facts: Facts, rulebook: Rulebook) -> Gap:
    leaf = ground.leaf
    short = shortage(leaf, facts)
    return Gap(
        field=leaf.field,
        label=rulebook.label(leaf.field),
        needs=asked_words(leaf, facts, rulebook.label, met=not ground.met),
        actual=value_words(leaf, facts) if leaf.window is None else window_seen(leaf, facts),
        short_by=None if short is None else exact_text(short, leaf.type),
    )
