"""Moments in JSON, where there may be none."""

from datetime import datetime

from shared.accounts.values import moment_text


def at(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if moment is None else moment_text(moment)
