"""What a function tells of itself: structured logs and metrics; never bodies, secrets or addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "Tierwright"


@cache
def logger() -> Logger:
    """Named by the environment's `POWERTOOLS_SERVICE_NAME`."""
    return Logger()


def count(name: str, number: int = 1) -> None:
    """Adds to a metric of this invocation; nothing where there is nothing to count."""
    if number:
        _metrics().add_metric(name, MetricUnit.Count, number)


def measure(name: str, milliseconds: int) -> None:
    _metrics().add_metric(name, MetricUnit.Milliseconds, milliseconds)


@contextmanager
def invocation() -> Iterator[None]:
    """Writes the metrics of one invocation at its end, failed or not."""
    try:
        yield
    finally:
        if _metrics().metric_set:
            _metrics().flush_metrics()


@cache
def _metrics() -> Metrics:
    return Metrics(namespace=NAMESPACE)
