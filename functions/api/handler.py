"""Lambda's entry of the API: an HTTP request of the gateway in, a response out."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.api.http.api import Api
from functions.api.settings import Settings
from functions.api.wiring import wire
from shared.runtime import telemetry
from shared.runtime.environment import read


@cache
def api() -> Api:
    return wire(read(Settings, os.environ))


@telemetry.invocation()
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    return api()(event, context)
