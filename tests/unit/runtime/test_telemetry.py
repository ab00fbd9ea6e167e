"""Metrics come out once an invocation, as CloudWatch's embedded format."""

import json

import pytest

from shared.runtime import telemetry


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
    raise LookupError


def test_metrics_are_written_at_the_end_of_the_invocation_even_if_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LookupError):
        failing_handler()

    written = json.loads(capsys.readouterr().out)
    assert written["MailsSent"] == [2, 1]
    assert written["WebhookToMail"] == [120]
    assert written["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Tierwright"


def test_an_invocation_with_nothing_to_count_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with telemetry.invocation():
        telemetry.count("MailsSent", 0)

    assert capsys.readouterr().out == ""
