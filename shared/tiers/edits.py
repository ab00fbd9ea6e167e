"""One edit that a person makes of many accounts: what it comes to for each, as a document and as a write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self, assert_never

from shared.accounts.account import Account
from shared.accounts.catalogue import Catalogue
from shared.accounts.encoding import micros, moment
from shared.accounts.identity import FieldName, TierId
from shared.accounts.manual import set_by_hand, stand_so, values_json
from shared.accounts.standing import Override
from shared.accounts.store import AccountChange
from shared.accounts.values import Value
from shared.tiers import by_hand
from shared.tiers.by_hand import Act, Seen


class Action(StrEnum):
    APPROVE = "approve"
    """The demotion that waits."""
    REJECT = "reject"
    """The demotion that waits, by an override at the present tier."""
    SET_OVERRIDE = "set_override"
    CLEAR_OVERRIDE = "clear_override"
    SET_FIELDS = "set_fields"


@dataclass(frozen=True, slots=True)
class Edit:
    action: Action
    by: str
    at: datetime
    """When it was ordered."""
    tier: TierId | None = None
    reason: str = ""
    expires_at: datetime | None = None
    values: Mapping[FieldName, Value | None] = field(default_factory=dict)

    def change(self, account: Account, act: Act, seen: Seen | None) -> AccountChange | None:
        """What is to be written; None where the account stands so already. Raises NotNow."""
        match self.action:
            case Action.APPROVE:
                return by_hand.approve(account, act, seen)
            case Action.REJECT:
                if self._overrides(account, account.standing.tier):
                    return None
                return by_hand.reject(account, self.reason, self.expires_at, act, seen)
            case Action.SET_OVERRIDE:
                if self.tier is None or self._overrides(account, self.tier):
                    return None
                override = Override(self.tier, self.reason, self.by, act.at, self.expires_at)
                return by_hand.put(account, override, act)
            case Action.CLEAR_OVERRIDE:
                return None if account.override is None else by_hand.put(account, None, act)
            case Action.SET_FIELDS:
                if stand_so(account, self.values):
                    return None
                return set_by_hand(account, self.values, act.rulebook.catalogue, by=self.by, at=act.at)
            case _:
                assert_never(self.action)

    def _overrides(self, account: Account, tier: TierId | None) -> bool:
        """Whether the account has the very override that this edit sets."""
        known = account.override
        if known is None:
            return False
        wanted = (tier, self.reason, self.by, self.expires_at)
        return (known.tier, known.reason, known.author, known.expires_at) == wanted

    def to_json(self, catalogue: Catalogue) -> dict[str, object]:
        return {
            "action": self.action.value,
            "by": self.by,
            "at": micros(self.at),
            "tier": self.tier,
            "reason": self.reason,
            "expires_at": None if self.expires_at is None else micros(self.expires_at),
            "values": values_json(self.values, catalogue),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], catalogue: Catalogue) -> Self:
        """Raises LookupError and ValueRefused where the catalogue has not these fields any more."""
        types, ends = catalogue.types, document["expires_at"]
        return cls(
            action=Action(document["action"]),
            by=document["by"],
            at=moment(document["at"]),
            tier=document["tier"],
            reason=document["reason"],
            expires_at=None if ends is None else moment(ends),
            values={
                FieldName(name): None if raw is None else types[FieldName(name)].parse(raw)
                for name, raw in document["values"].items()
            },
        )
