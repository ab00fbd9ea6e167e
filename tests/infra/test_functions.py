"""Every folder of `functions` is deployed as the house deploys functions."""

import importlib
from dataclasses import fields

import pytest

from cost import model
from infra.layers import ROOT
from tests.infra.assembled import Assembled

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/settings.py"))
TELEMETRY = {
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
    "POWERTOOLS_TRACE_DISABLED",
}


def test_every_folder_is_a_function(prod: Assembled) -> None:
    assert sorted(prod.functions()) == FUNCTIONS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_environment_is_the_functions_settings(prod: Assembled, name: str) -> None:
    settings = importlib.import_module(f"functions.{name}.settings").Settings
    environment = prod.functions()[name].properties["Environment"]["Variables"]
    assert set(environment) - TELEMETRY == {field.name.upper() for field in fields(settings)}
    assert all(environment.values())


def test_a_stage_on_aws_begins_with_mail_and_writeback_paused_and_one_on_this_machine_does_not(
    prod: Assembled, local: Assembled
) -> None:
    """Whoever sends, or tells of the pauses, is told so; `test_pauses` shows what follows."""
    for assembled, paused in ((prod, "true"), (local, "false")):
        environments = {
            name: function.properties["Environment"]["Variables"] for name, function in assembled.functions().items()
        }
        told = {name: found["BEGINS_PAUSED"] for name, found in environments.items() if "BEGINS_PAUSED" in found}
        assert told == dict.fromkeys(("api", "clock", "notify"), paused)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_the_houses_shape(prod: Assembled, name: str) -> None:
    properties = prod.functions()[name].properties
    logging = properties["LoggingConfig"]
    group = prod.target(logging["LogGroup"]).properties
    assert properties["Handler"] == f"functions.{name}.handler.handler"
    assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"])
    assert (logging["LogFormat"], logging["SystemLogLevel"]) == ("JSON", "WARN")
    assert (group["LogGroupName"], group["RetentionInDays"]) == (f"/aws/lambda/{properties['FunctionName']}", 30)
    assert "TracingConfig" not in properties


def test_only_the_webhook_goes_without_the_dependency_layer(prod: Assembled) -> None:
    without = [name for name, function in prod.functions().items() if not function.properties.get("Layers")]
    assert without == ["webhook"]


def test_lambda_lets_functions_feed_their_own_queues_and_no_others(prod: Assembled) -> None:
    for name, function in prod.functions().items():
        rights = prod.rights_of(name)
        sends_to = {resource for action, resource in rights if action == "sqs:SendMessage"}
        is_woken_by = {resource for action, resource in rights if action == "sqs:ReceiveMessage"}
        expected = "Allow" if sends_to & is_woken_by else "Terminate"
        assert function.properties["RecursiveLoop"] == expected, name


def test_a_lost_clock_tick_is_told_and_not_repeated(prod: Assembled) -> None:
    (failures,) = prod.resources("AWS::Lambda::EventInvokeConfig")
    destination = failures.properties["DestinationConfig"]["OnFailure"]["Destination"]
    assert failures.properties["MaximumRetryAttempts"] == 0
    assert prod.target(destination).name == "tierwright-prod-clock-dead"


def test_costs_are_reckoned_with_the_memory_that_is_deployed(prod: Assembled) -> None:
    reckoned = model.rates().memory_mb

    assert reckoned == {name: prod.functions()[name].properties["MemorySize"] for name in reckoned}
