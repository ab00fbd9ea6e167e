"""Rulebooks with defaults: a test shows only what matters to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shared.accounts.account import Account
from shared.accounts.catalogue import SYNCED_TIER
from shared.accounts.identity import TierId
from shared.accounts.standing import Override
from shared.accounts.values import Json
from shared.tiers.model import FRESH
from shared.tiers.policy_document import FRESH_POLICY, parse_policy
from shared.tiers.rulebook import Rulebook
from tests.support.builders import CATALOGUE, NOW


def rule(rule_id: str, tier: str | None, when: Json) -> dict[str, Json]:
    return {"id": rule_id, "tier": tier, "when": when}


def policy(*rules: Json, **parts: Json) -> Mapping[str, Json]:
    """The fresh deployment's policy with other rules, where any are given, and other parts."""
    return {**FRESH_POLICY, **({"rules": list(rules)} if rules else {}), **parts}


def rulebook(document: Mapping[str, Json] = FRESH_POLICY, *, version: int | None = 7) -> Rulebook:
    return Rulebook(parse_policy(document, FRESH, CATALOGUE), version, FRESH, CATALOGUE)


def overridden(account: Account, tier: str, *, until: datetime | None = None) -> Account:
    return replace(account, override=Override(TierId(tier), "strategic logo", "ann", NOW, until))


def synced(account: Account, text: str) -> Account:
    return replace(account, values={**account.values, SYNCED_TIER.name: text})
