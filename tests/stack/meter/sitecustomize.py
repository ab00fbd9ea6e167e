"""Counts what the deployed functions do, from inside their processes, with no word of it in the product.

Python loads this module at start where PYTHONPATH names this folder. Each AWS call, each request to a vendor and each
invocation's begin and end is a JSON line appended to the file that METER_FILE names; so is each right that a call asks
of its function's role, once a process.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import loading  # type: ignore[import-not-found]  # beside this module, where Python finds it at start
import rights  # type: ignore[import-not-found]  # as loading
import units  # type: ignore[import-not-found]  # as loading

FILE = os.environ.get("METER_FILE", "")


def tell(what: str, **figures: object) -> None:
    line = json.dumps({"what": what, "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""), **figures})
    with open(FILE, "a", encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs the cold start that is measured
        file.write(line + "\n")


def tell_call(service: str, operation: str, parameters: dict[str, Any], answer: dict[str, Any]) -> None:
    dynamodb = service == "dynamodb"
    tell(
        f"{service}.{operation}",
        table=units.table(parameters),
        write_units=units.write_units(operation, answer) if dynamodb else 0,
        read_units=units.read_units(operation, parameters, answer) if dynamodb else 0,
        billed=units.billed(operation, parameters),
    )


ASKED: set[tuple[str, str]] = set()


def tell_rights(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Before the call: one that is denied asked too."""
    new = {*rights.rights(service, operation, parameters)} - ASKED
    ASKED.update(new)
    for action, resource in new:
        tell("right", action=action, resource=resource)


def meter_botocore(module: Any) -> None:
    """boto3, botocore and PynamoDB all call through this one method."""
    call = module.BaseClient._make_api_call

    def metered(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        model = self.meta.service_model
        service = model.service_name
        if "ReturnConsumedCapacity" in model.operation_model(operation).input_shape.members:
            parameters = {**parameters, "ReturnConsumedCapacity": "TOTAL"}
        tell_rights(service, operation, parameters)
        answer = call(self, operation, parameters)
        tell_call(service, operation, parameters, answer)
        return answer

    module.BaseClient._make_api_call = metered


def meter_lean(module: Any) -> None:
    call = module.Caller.call

    def metered(self: Any, service: str, operation: str, parameters: Any) -> Any:
        tell_rights(service, operation, parameters)
        answer = call(self, service, operation, parameters)
        tell_call(service, operation, parameters, answer)
        return answer

    module.Caller.call = metered


def meter_vendor(module: Any) -> None:
    ask = module.Host.ask

    def metered(self: Any, method: str, reference: str, headers: Any) -> Any:
        tell("vendor.request")
        return ask(self, method, reference, headers)

    module.Host.ask = metered


def meter_handler(module: Any) -> None:
    handle = module.handler

    def metered(event: Any, context: Any) -> Any:
        began, spent = time.monotonic(), time.process_time()
        tell("invocation", **units.woken(event))
        try:
            return handle(event, context)
        finally:
            cpu, seconds = time.process_time() - spent, time.monotonic() - began
            tell("end", cpu_ms=cpu * 1_000, ms=seconds * 1_000)

    module.handler = metered


FUNCTIONS = ("webhook", "ingest", "crm_sync", "tier_trigger", "announce", "clock", "alerts", "notify", "api")
METERS: dict[str, Callable[[Any], None]] = {
    "botocore.client": meter_botocore,
    "shared.aws.lean": meter_lean,
    "shared.connectors.transport": meter_vendor,
    **{f"functions.{name}.handler": meter_handler for name in FUNCTIONS},
}


if FILE:
    sys.meta_path.insert(0, loading.Changing(METERS))
