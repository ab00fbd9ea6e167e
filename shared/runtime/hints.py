"""The messages on the hints queue: what a verified webhook leaves for ingest, numbers as they were sent.

Apart from the other messages, since the function that writes these is timed at its cold start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.accounts import exact_json
from shared.accounts.identity import SourceName
from shared.accounts.values import Json, ValueRefused, parse_moment
from shared.runtime.ports import Message

MAX_BYTES = 200 * 1024
"""Of one message; SQS takes 256 KB."""


class BadHint(ValueError):
    """A message of the hints queue that none of ours wrote; its text is not quoted: it may be anything."""


class HintTooLarge(ValueError):
    """A record's message would exceed MAX_BYTES."""


@dataclass(frozen=True, slots=True)
class HintMessage:
    """One thing that a delivery asks for: a subject to fetch, or a record whose document is trusted."""

    source: SourceName
    delivery: str
    """The delivery's key, the same for every repeat of it."""
    received_at: datetime
    subject: str | None = None
    record: Mapping[str, Json] | None = None
    attempt: int = 0
    """How often it was put back."""


def write(hint: HintMessage, *, delay_seconds: int = 0) -> Message:
    """Raises HintTooLarge."""
    body = exact_json.write(
        {
            "source": hint.source,
            "delivery": hint.delivery,
            "received_at": hint.received_at.isoformat(),
            "attempt": hint.attempt,
            **({"record": hint.record} if hint.subject is None else {"subject": hint.subject}),
        }
    )
    if len(body) > MAX_BYTES:
        raise HintTooLarge(f"the message would have {len(body)} bytes; at most {MAX_BYTES} are queued")
    return Message(body, delay_seconds)


def read(body: str) -> HintMessage:
    """Raises BadHint."""
    try:
        fields = exact_json.read(body)
        hint = HintMessage(**{**fields, "received_at": parse_moment(fields["received_at"])})
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, ValueRefused) as error:
        raise BadHint(f"not a message of the hints queue: {type(error).__name__}") from error
    texts = (hint.source, hint.delivery, "" if hint.subject is None else hint.subject)
    if not all(isinstance(text, str) for text in texts) or not _is_count(hint.attempt):
        raise BadHint("not a message of the hints queue: a member is of another type")
    if (hint.subject is None) == (not isinstance(hint.record, Mapping)):
        raise BadHint("a hint has either a subject or a record")
    return hint


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
