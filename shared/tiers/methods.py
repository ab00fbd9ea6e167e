"""The three ways to a tier, each by itself: what a person set, what a CRM says, what the rules say."""

from dataclasses import dataclass
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.catalogue import SYNCED_TIER
from shared.accounts.identity import FieldName, RuleId, TierId
from shared.rules.facts import Facts
from shared.tiers.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class RulesSay:
    tier: TierId | None
    rule: RuleId | None
    """None: no rule matched, the tier is everyone else's."""
    matched: int | None
    """The rule's index in the policy."""


def manual_tier(account: Account, rulebook: Rulebook, now: datetime) -> TierId | None:
    """The override's tier while the override holds and the tier exists."""
    override = account.override
    if override is None or not override.holds(now) or override.tier not in rulebook.tiers.by_id:
        return None
    return override.tier


def synced_text(account: Account) -> str | None:
    """What the CRM says the tier is, in the CRM's own words."""
    text = account.values.get(SYNCED_TIER.name)
    return text if isinstance(text, str) and text else None


def synced_tier(account: Account, rulebook: Rulebook) -> TierId | None:
    """The tier that the CRM's words name; None where they name none of ours."""
    text = synced_text(account)
    return None if text is None else rulebook.tiers.named(text)


def rules_say(rulebook: Rulebook, facts: Facts) -> RulesSay:
    matched = rulebook.match(facts)
    rule = rulebook.rule(matched)
    return RulesSay(rulebook.policy.otherwise, None, None) if rule is None else RulesSay(rule.tier, rule.id, matched)


def never_known(account: Account, rulebook: Rulebook) -> FieldName | None:
    """The first field that the policy requires and no record of the account ever spoke of.

    A field that a record cleared was known: its null is kept with its version.
    """
    return next((name for name in rulebook.policy.requires if not _was_known(account, name)), None)


def _was_known(account: Account, name: FieldName) -> bool:
    return name in account.values or any(name in record.values for record in account.records.values())
