"""What ingest tells of a batch: what was not taken, counted, and a line for each message not done.

Of what was taken, nothing: how much comes and how long it waits AWS counts by itself.
"""

from collections.abc import Iterable

from functions.ingest.outcome import Done, Failed, PutBack
from functions.ingest.service import Settled
from shared.ingestion.tally import REJECTED
from shared.runtime import telemetry


def tell(settled: Iterable[Settled]) -> None:
    for one in settled:
        match one.outcome:
            case Done(tally):
                telemetry.count("RecordsRejected", tally.counts.get(REJECTED, 0))
            case PutBack(delay, reason):
                telemetry.count("HintsPutBack")
                telemetry.logger().warning("put back", extra={"reason": reason, "delay": delay} | _about(one))
            case Failed(reason):
                telemetry.count("HintsFailed")
                telemetry.logger().error("failed", extra={"reason": reason} | _about(one))


def _about(one: Settled) -> dict[str, object]:
    known = {} if one.hint is None else {"source": one.hint.source, "delivery": one.hint.delivery}
    return {"message_id": one.message_id, **known}
