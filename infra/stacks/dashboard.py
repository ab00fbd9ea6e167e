"""One page that shows the flow, row by row in the order that data meets it."""

from collections.abc import Callable, Iterable

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs import figures
from infra.constructs.alarms import Watched
from infra.stacks.service import Service

WIDTH = 8
"""Of 24: three graphs a row."""


def dashboard(scope: Construct, *, name: str, service: Service) -> cloudwatch.Dashboard:
    api = service.front.api.api_id
    functions = [function.name for function in service.functions]
    queues = [queue.name for queue in service.queues.values()]
    readers = [function.name for function in service.stream_readers]
    dead = [letters.name for letters in service.dead_letters]
    rows: list[list[cloudwatch.IWidget]] = [
        [
            _graph("Requests", {"all": figures.requests(api), "failed": figures.failed_requests(api)}),
            _graph("Request latency, p95, ms", {"p95": figures.latency(api)}),
            _graph("Mail rates", {kind: figures.mails(name, kind) for kind in ("BounceRate", "ComplaintRate")}),
        ],
        [
            _graph("Waiting on queues", _each(figures.waiting, queues)),
            _graph("Oldest on queues, s", _each(figures.oldest, queues)),
            _graph("Given up", _each(figures.waiting, dead)),
        ],
        [
            _graph("Invocations", _each(figures.invocations, functions)),
            _graph("Errors", _each(figures.errors, functions)),
            _graph("Duration, p95, ms", _each(figures.duration, functions)),
        ],
        [_graph("Behind on streams, ms", _each(figures.behind, readers))],
    ]
    return cloudwatch.Dashboard(scope, "Dashboard", dashboard_name=name, widgets=rows)


def _each(figure: Callable[[str], Watched], names: Iterable[str]) -> dict[str, Watched]:
    return {name: figure(name) for name in names}


def _graph(title: str, lines: dict[str, Watched]) -> cloudwatch.GraphWidget:
    metrics = [watched.metric(label) for label, watched in lines.items()]
    return cloudwatch.GraphWidget(title=title, width=WIDTH, left=metrics)
