"""What a function tells of itself: structured logs and metrics; never bodies, secrets or addresses."""

import os
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared.runtime.failures import Permanent, Retryable

NAMESPACE = "Tierwright"
SUBSEGMENT = "## handler"


FRAMES = 3
"""Of the place where something failed, innermost last."""


class InvocationFailed(Exception):
    """In the place of what a handler raised, which Lambda would log whole: its message may quote an account."""


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
    """One subsegment of the trace where the stage traces; writes the invocation's metrics at its end, failed or not.

    Raises InvocationFailed for whatever is raised inside, told of before.
    """
    try:
        with _subsegment(), _told_apart():
            yield
    finally:
        if _metrics().metric_set:
            _metrics().flush_metrics()


def tell_failure(message: str, error: Exception) -> None:
    """By its kind and place; what our own failures say is made for logs, what others say may quote what they met."""
    told = str(error) if isinstance(error, (Retryable, Permanent)) else type(error).__name__
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]]
    logger().error(message, extra={"failure": told, "where": places})


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the outermost boundary, for all that no record of a batch is to blame for
        tell_failure("an invocation failed", error)
        raise InvocationFailed(type(error).__name__) from None


def _subsegment() -> AbstractContextManager[object]:
    """Where the stage does not trace, X-Ray's SDK is not even imported: it would double a cold start's imports."""
    if os.environ.get("POWERTOOLS_TRACE_DISABLED") != "false":
        return nullcontext()
    context: AbstractContextManager[object] = _tracer().provider.in_subsegment(SUBSEGMENT)
    return context


@cache
def _tracer() -> Any:
    """Calls that botocore makes become subsegments too."""
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 - see _subsegment

    return Tracer(patch_modules=["botocore"])


@cache
def _metrics() -> Metrics:
    return Metrics(namespace=NAMESPACE)
