"""What a deleted tier leaves behind: who is still in it, or set to it by hand, moves where its deletion said."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.access.audit import AuditEntry
from shared.accounts.account import Account
from shared.accounts.standing import Override
from shared.tiers.model import GoneTier, TierModel
from shared.tiers.override_document import override_to_json

CAUSE = "tiers"


@dataclass(frozen=True, slots=True)
class Moved:
    """The account with the override that moves it, still to be decided, and what the audit log tells of that."""

    account: Account
    audit: AuditEntry


def moved(account: Account, tiers: TierModel, override_days: int | None, now: datetime) -> Moved | None:
    """None where no deletion concerns the account.

    An override that names a gone tier keeps its reason, author and expiry. One that names another tier is a person's
    word on the account, and stays. Where there is none the deletion itself is one, by whoever deleted the tier, for
    `override_days` from then on (None: until it is cleared); once these are over, the account is decided as any other.
    """
    if not tiers.gone or account.archived:
        return None
    override = account.override
    if override is not None and override.holds(now):
        gone = tiers.gone_by_id.get(override.tier)
        return None if gone is None else _with(account, replace(override, tier=gone.move_to), gone, now)
    gone = None if account.standing.tier is None else tiers.gone_by_id.get(account.standing.tier)
    if gone is None:
        return None
    made = _override(gone, override_days)
    return _with(account, made, gone, now) if made.holds(now) else None


def _override(gone: GoneTier, days: int | None) -> Override:
    end = None if days is None else gone.deleted_at + timedelta(days=days)
    return Override(gone.move_to, f"{gone.name} was deleted", gone.deleted_by, gone.deleted_at, end)


def _with(account: Account, override: Override, gone: GoneTier, now: datetime) -> Moved:
    before, after = override_to_json(account.override), override_to_json(override)
    audit = AuditEntry(now, gone.deleted_by, "override.set", f"account/{account.id}", before, after)
    return Moved(replace(account, override=override, edits=account.edits + 1), audit)
