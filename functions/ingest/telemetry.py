"""What ingest tells of a batch: counts, how far it lags behind the senders, and a line for each message not done."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from functions.ingest.outcome import Done, Failed, PutBack
from functions.ingest.service import Settled
from shared.ingestion.tally import REJECTED, UNCHANGED, WRITTEN
from shared.runtime import telemetry

_METRICS = {WRITTEN: "RecordsWritten", UNCHANGED: "RecordsUnchanged", REJECTED: "RecordsRejected"}


def tell(settled: Iterable[Settled], now: datetime) -> None:
    for one in settled:
        match one.outcome:
            case Done(tally):
                for count, metric in _METRICS.items():
                    telemetry.count(metric, tally.counts.get(count, 0))
                if one.hint:
                    telemetry.measure("IngestLag", (now - one.hint.received_at) // timedelta(milliseconds=1))
            case PutBack(delay, reason):
                telemetry.count("HintsPutBack")
                telemetry.logger().warning("put back", extra={"reason": reason, "delay": delay} | _about(one))
            case Failed(reason):
                telemetry.count("HintsFailed")
                telemetry.logger().error("failed", extra={"reason": reason} | _about(one))


def _about(one: Settled) -> dict[str, object]:
    known = {} if one.hint is None else {"source": one.hint.source, "delivery": one.hint.delivery}
    return {"message_id": one.message_id, **known}
