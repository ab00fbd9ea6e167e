"""Calls every function once, so that the first change a person makes does not wait for cold starts."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import urllib3

from local.stack import Running

_NO_RECORDS = json.dumps({"Records": []})
"""What a queue or a stream never sends, and every reader of one takes. The clock looks at no event."""
_SECONDS = 60.0


def warm(running: Running) -> None:
    """Whether a call succeeds is not asked: a cold start is all it is for."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda folder: _call(running, folder), running.emulated.functions))


def _call(running: Running, folder: str) -> None:
    if folder == "api":
        urllib3.request("GET", f"{running.stack.api_url}/health", retries=False, timeout=_SECONDS)
    else:
        running.clients("lambda").invoke(FunctionName=running.emulated.functions[folder], Payload=_NO_RECORDS)
