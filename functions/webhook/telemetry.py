"""What the webhook function tells of a delivery that it did not take: one line, both a log record in Powertools' keys
and a metric in CloudWatch's embedded format, which Powertools itself would take a third of the cold start to write.

Of what it took, the gateway's access log has a line already; a second one is written where the stage logs at DEBUG.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from functions.webhook.service import Outcome, Request, Verdict

NAMESPACE = "Tierwright"
SERVICE = "webhook"

_METRICS: Mapping[Outcome, str] = {
    Outcome.TOO_LARGE: "WebhooksRefused",
    Outcome.UNAUTHENTICATED: "WebhooksRefused",
    Outcome.MALFORMED: "WebhooksRefused",
    Outcome.UNAVAILABLE: "WebhooksUnavailable",
}
_TAKEN = frozenset({Outcome.QUEUED, Outcome.IGNORED})
_LEVELS: Mapping[Outcome, str] = {Outcome.UNAVAILABLE: "ERROR", **dict.fromkeys(_TAKEN, "DEBUG")}


def worth_telling(verdict: Verdict, level: str) -> bool:
    """Where the stage logs at `level`."""
    return verdict.outcome not in _TAKEN or level == "DEBUG"


def line(request: Request, verdict: Verdict, *, known: bool, request_id: str | None, now: datetime) -> str:
    """Nothing a stranger wrote is in it: the source is named only if it is `known`, the delivery only if proven, and
    what is wrong with a body, which may quote it, is for its sender alone.
    """
    return json.dumps(
        {
            "level": _LEVELS.get(verdict.outcome, "WARNING"),
            "message": f"webhook {verdict.outcome}",
            "timestamp": now.isoformat(timespec="milliseconds"),
            "service": SERVICE,
            "function_request_id": request_id,
            "source": request.source if known else None,
            "reason": "" if verdict.outcome is Outcome.MALFORMED else verdict.reason,
            "delivery": verdict.delivery,
            "messages": verdict.messages,
            **_counted(verdict.outcome, now),
        }
    )


def _counted(outcome: Outcome, now: datetime) -> dict[str, object]:
    """One more, in CloudWatch's embedded format."""
    if outcome not in _METRICS:
        return {}
    metric = {"Name": _METRICS[outcome], "Unit": "Count"}
    counted = {"Namespace": NAMESPACE, "Dimensions": [["service"]], "Metrics": [metric]}
    return {
        _METRICS[outcome]: 1,
        "_aws": {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [counted]},
    }
