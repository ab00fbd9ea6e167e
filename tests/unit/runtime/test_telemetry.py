"""Metrics come out once an invocation, as CloudWatch's embedded format."""

import json
import subprocess
import sys
import traceback

import pytest

from shared.runtime import telemetry
from shared.runtime.telemetry import InvocationFailed


@pytest.fixture(autouse=True)
def _nothing_left(capsys: pytest.CaptureFixture[str]) -> None:
    """Metrics are the process's: what other tests counted goes first."""
    with telemetry.invocation():
        pass
    capsys.readouterr()


@telemetry.invocation()
def failing_handler() -> None:
    telemetry.count("MailsSent", 2)
    telemetry.count("MailsSent")
    telemetry.measure("WebhookToMail", 120)
    raise LookupError("a customer")


def test_metrics_are_written_at_the_end_of_the_invocation_even_if_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InvocationFailed):
        failing_handler()

    written = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert written["MailsSent"] == [2, 1]
    assert written["WebhookToMail"] == [120]
    assert written["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Tierwright"


def test_lambda_gets_to_log_the_kind_of_a_failure_and_not_what_it_says() -> None:
    with pytest.raises(InvocationFailed) as raised:
        failing_handler()

    assert "a customer" not in "".join(traceback.format_exception(raised.value))
    assert str(raised.value) == "LookupError"


def test_an_invocation_with_nothing_to_count_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with telemetry.invocation():
        telemetry.count("MailsSent", 0)

    assert capsys.readouterr().out == ""


TRACED = """
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.context import Context

from shared.runtime import telemetry

xray_recorder.configure(context=Context(), sampling=False)
xray_recorder.begin_segment("function")
with telemetry.invocation():
    print(xray_recorder.current_subsegment().name)
"""
UNTRACED = """
import sys

from shared.runtime import telemetry

with telemetry.invocation():
    pass
print("aws_xray_sdk" in sys.modules)
"""


def run(program: str, **environment: str) -> str:
    return subprocess.run(  # noqa: S603 - this interpreter, a program of this file
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_an_invocation_is_a_subsegment_where_the_stage_traces() -> None:
    traced = run(TRACED, POWERTOOLS_TRACE_DISABLED="false", LAMBDA_TASK_ROOT="/var/task", PYTHONPATH=".")

    assert traced == "## handler"


def test_tracing_is_not_even_imported_where_the_stage_does_not_trace() -> None:
    assert run(UNTRACED, POWERTOOLS_TRACE_DISABLED="true", PYTHONPATH=".") == "False"
