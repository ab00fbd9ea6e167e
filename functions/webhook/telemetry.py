"""What the webhook function tells of a delivery: one line, both a log record in Powertools' keys and metrics in
CloudWatch's embedded format, which Powertools itself would take a third of the cold start to write.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from functions.webhook.service import Outcome, Request, Verdict

NAMESPACE = "Tierwright"
SERVICE = "webhook"

_METRICS: Mapping[Outcome, str] = {
    Outcome.QUEUED: "WebhooksQueued",
    Outcome.IGNORED: "WebhooksIgnored",
    Outcome.TOO_LARGE: "WebhooksRefused",
    Outcome.UNAUTHENTICATED: "WebhooksRefused",
    Outcome.MALFORMED: "WebhooksRefused",
    Outcome.UNAVAILABLE: "WebhooksUnavailable",
}
_LEVELS: Mapping[Outcome, str] = {Outcome.UNAVAILABLE: "ERROR", Outcome.QUEUED: "INFO", Outcome.IGNORED: "INFO"}


def line(request: Request, verdict: Verdict, *, known: bool, request_id: str | None, now: datetime) -> str:
    """Nothing a stranger wrote is in it: the source is named only if it is `known`, the delivery only if proven, and
    what is wrong with a body, which may quote it, is for its sender alone.
    """
    metric = _METRICS[verdict.outcome]
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
            metric: 1,
            "_aws": {
                "Timestamp": int(now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [["service"]],
                        "Metrics": [{"Name": metric, "Unit": "Count"}],
                    }
                ],
            },
        }
    )
