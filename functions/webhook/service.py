"""Step 1 of the flow: a webhook is proven, split into what it asks for, and queued; nothing else happens to it here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.accounts.identity import SourceName
from shared.connectors.ports import BadDelivery, Delivery, Unauthenticated, Webhook
from shared.runtime import hints
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.hints import HintMessage, HintTooLarge
from shared.runtime.ports import Message, Queue, QueueUnavailable, SecretMissing, Secrets

MAX_BODY = 256 * 1024


class Outcome(StrEnum):
    QUEUED = "queued"
    IGNORED = "ignored"
    """Proven, and it asks for nothing."""
    TOO_LARGE = "too_large"
    UNAUTHENTICATED = "unauthenticated"
    MALFORMED = "malformed"
    UNAVAILABLE = "unavailable"
    """Not safely queued: the sender must send it again."""


@dataclass(frozen=True, slots=True)
class Request:
    source: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a delivery, and why."""

    outcome: Outcome
    reason: str = ""
    """For the log; the sender reads it only of a malformed body."""
    delivery: str | None = None
    messages: int = 0


class Receiver:
    """Takes deliveries of the sources that have a connector."""

    def __init__(self, webhooks: Mapping[SourceName, Webhook], secrets: Secrets, queue: Queue) -> None:
        self._webhooks = webhooks
        self._secrets = secrets
        self._queue = queue

    def take(self, request: Request, now: datetime) -> Verdict:
        """Raises nothing, whatever a sender sends: each refusal is a verdict."""
        if len(request.body) > MAX_BODY:
            return Verdict(Outcome.TOO_LARGE, f"{len(request.body)} bytes")
        try:
            delivery = self._proven(request, now)
            messages = list(_messages(SourceName(request.source), delivery, now))
            self._queue.send(messages)
        except (Unauthenticated, SecretMissing) as error:
            return Verdict(Outcome.UNAUTHENTICATED, str(error))
        except (BadDelivery, HintTooLarge) as error:
            return Verdict(Outcome.MALFORMED, str(error))
        except (QueueUnavailable, Retryable, Permanent) as error:
            return Verdict(Outcome.UNAVAILABLE, str(error))
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of ours costs the sender a retry, not its data
            return Verdict(Outcome.UNAVAILABLE, f"fault: {type(error).__name__}")
        if not messages:
            return Verdict(Outcome.IGNORED, delivery.ignored or "", delivery.key)
        return Verdict(Outcome.QUEUED, delivery=delivery.key, messages=len(messages))

    def knows(self, source: str) -> bool:
        return source in self._webhooks

    def _proven(self, request: Request, now: datetime) -> Delivery:
        webhook = self._webhooks.get(SourceName(request.source))
        if webhook is None:
            raise Unauthenticated("no source of that name takes webhooks")
        secrets = self._secrets.current(f"webhook/{request.source}")
        webhook.verify(request.headers, request.body, secrets, now)
        return webhook.split(request.body)


def _messages(source: SourceName, delivery: Delivery, now: datetime) -> Iterator[Message]:
    """Raises HintTooLarge: a part of a delivery is never queued while another is refused."""
    for hint in delivery.hints:
        yield hints.write(HintMessage(source, delivery.key, now, subject=hint.subject))
    for record in delivery.records:
        yield hints.write(HintMessage(source, delivery.key, now, record=record))
