"""An override as JSON: what the audit log keeps of it."""

from shared.accounts.standing import Override
from shared.accounts.values import moment_text


def override_to_json(override: Override | None) -> dict[str, object] | None:
    if override is None:
        return None
    return {
        "tier": override.tier,
        "reason": override.reason,
        "author": override.author,
        "approver": override.approver,
        "set_at": moment_text(override.set_at),
        "expires_at": override.expires_at and moment_text(override.expires_at),
    }
