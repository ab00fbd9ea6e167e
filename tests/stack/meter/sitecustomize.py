"""Counts what the deployed functions do, from inside their processes, with no word of it in the product.

Python loads this module at start where PYTHONPATH names this folder. Each AWS call and each invocation is a JSON line
appended to the file that METER_FILE names.
"""

import importlib.abc
import importlib.machinery
import json
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

FILE = os.environ.get("METER_FILE", "")


def tell(what: str, **figures: object) -> None:
    line = json.dumps({"what": what, "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""), **figures})
    with open(FILE, "a", encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs the cold start that is measured
        file.write(line + "\n")


def meter_botocore(module: Any) -> None:
    """boto3, botocore and PynamoDB all call through this one method."""
    call = module.BaseClient._make_api_call

    def metered(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        if service == "dynamodb":
            parameters = {**parameters, "ReturnConsumedCapacity": "TOTAL"}
        answer = call(self, operation, parameters)
        used = answer.get("ConsumedCapacity", [])
        used = used if isinstance(used, list) else [used]
        write = operation in {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}
        units = sum(float(each.get("CapacityUnits", 0)) for each in used) if write else 0
        tell(f"{service}.{operation}", write_units=units)
        return answer

    module.BaseClient._make_api_call = metered


def meter_lean(module: Any) -> None:
    call = module.Caller.call

    def metered(self: Any, service: str, operation: str, parameters: Any) -> Any:
        answer = call(self, service, operation, parameters)
        tell(f"{service}.{operation}", write_units=0)
        return answer

    module.Caller.call = metered


def meter_handler(module: Any) -> None:
    handle = module.handler

    def metered(event: Any, context: Any) -> Any:
        tell("invocation", write_units=0)
        return handle(event, context)

    module.handler = metered


FUNCTIONS = ("webhook", "ingest", "crm_sync", "tier_trigger", "announce", "clock", "alerts", "notify", "api")
METERS: dict[str, Callable[[Any], None]] = {
    "botocore.client": meter_botocore,
    "shared.aws.lean": meter_lean,
    **{f"functions.{name}.handler": meter_handler for name in FUNCTIONS},
}


class Metering(importlib.abc.MetaPathFinder):
    """Finds each module as it would be found, and meters it once it is loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in METERS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def metered(module: ModuleType) -> None:
            load(module)
            METERS[fullname](module)

        spec.loader.exec_module = metered  # type: ignore[method-assign]  # this loader's, of this one module
        return spec


if FILE:
    sys.meta_path.insert(0, Metering())
