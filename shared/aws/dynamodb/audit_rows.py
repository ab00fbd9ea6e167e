"""Items of Audit: by day, in order of time, for seven years."""

from datetime import UTC, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from shared.access.audit import AuditEntry
from shared.accounts import exact_json
from shared.accounts.encoding import micros
from shared.aws.dynamodb.database import WholeNumber

KEPT = timedelta(days=7 * 365 + 2)


class AuditItem(Model):
    day = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    schema = WholeNumber()
    at = WholeNumber()
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    target = UnicodeAttribute()
    before = UnicodeAttribute(null=True)
    after = UnicodeAttribute(null=True)
    expires_at = WholeNumber()


def audit_attributes(entry: AuditEntry, place: int = 0) -> dict[str, Any]:
    """`place` tells apart the entries of one transaction; its time, target and action those of different ones."""
    at = micros(entry.at)
    return {
        "day": entry.at.astimezone(UTC).date().isoformat(),
        "entry": f"{at:020d}#{entry.target}#{entry.action}#{place}",
        "schema": 1,
        "at": at,
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "before": None if entry.before is None else exact_json.write(entry.before),
        "after": None if entry.after is None else exact_json.write(entry.after),
        "expires_at": int((entry.at + KEPT).timestamp()),
    }
