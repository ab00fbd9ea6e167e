"""The bus on EventBridge: what the product tells other systems."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.accounts import exact_json
from shared.aws.batches import batches
from shared.aws.errors import failure
from shared.runtime.ports import BusEvent, BusUnavailable

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef as Entry

SOURCE = "tierwright"
OVERHEAD = 14
"""Bytes that EventBridge counts for an entry's time, beside its source, type and detail."""


class EventBridgeBus:
    """Bus. An event's id travels as `id` in its detail: EventBridge gives each delivery an id of its own."""

    def __init__(self, name: str, client: "EventBridgeClient") -> None:
        self._name = name
        self._client = client

    def publish(self, events: Sequence[BusEvent]) -> None:
        """Entries that failed are sent once more. A detail above 256 KB raises ValueError, before any is sent."""
        for batch in [*batches(map(self._entry, events), _weight)]:
            left = self._put(self._put(batch))
            if left:
                raise BusUnavailable(f"put events: {len(left)} of {len(batch)} failed twice")

    def _put(self, entries: "Sequence[Entry]") -> "list[Entry]":
        """Those that failed."""
        if not entries:
            return []
        try:
            answer = self._client.put_events(Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise BusUnavailable(str(failure(error, "put events"))) from error
        return [entry for entry, result in zip(entries, answer["Entries"], strict=True) if "ErrorCode" in result]

    def _entry(self, event: BusEvent) -> "Entry":
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": event.at,
            "Detail": exact_json.write({**event.detail, "id": event.id}),
        }


def _weight(entry: "Entry") -> int:
    return OVERHEAD + sum(len(entry[part].encode()) for part in ("Source", "DetailType", "Detail"))
