"""What SES tells of a mail afterwards, as EventBridge delivers it to the queue: read into the outbox's words.

The events' form: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
"""

from collections.abc import Mapping
from typing import Any

from shared.alerts.outbox import Word, WordKind

_KINDS = {
    "Email Sent": WordKind.SENT,
    "Email Bounced": WordKind.RETURNED,
    "Email Complaint Received": WordKind.RETURNED,
}


def is_event(body: Mapping[str, Any]) -> bool:
    return "detail-type" in body


def word(event: Mapping[str, Any]) -> Word | None:
    """None for an event that changes nothing, or for a mail that no notice is in."""
    detail = event.get("detail", {})
    mail = detail.get("mail", {})
    claims, kind = mail.get("tags", {}).get("notice"), _KINDS.get(event["detail-type"])
    if not claims or kind is None:
        return None
    return Word(str(claims[0]), kind, str(mail.get("messageId", "")), _reason(detail))


def _reason(detail: Mapping[str, Any]) -> str:
    """Without the address: `bounced: Permanent, General`."""
    if (bounce := detail.get("bounce")) is not None:
        return f"bounced: {bounce.get('bounceType')}, {bounce.get('bounceSubType')}"
    if (complaint := detail.get("complaint")) is not None:
        return f"its reader complained: {complaint.get('complaintFeedbackType') or 'no reason given'}"
    return ""
