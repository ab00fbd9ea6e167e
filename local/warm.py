"""Calls every function once, so that the first change a person makes does not wait for cold starts."""

import json
import time
from threading import Thread

import urllib3
from botocore.exceptions import BotoCoreError

from local.stack import Running

_NO_RECORDS = json.dumps({"Records": []})
"""What a queue or a stream never sends, and every reader of one takes. The clock looks at no event."""
_SECONDS = 60.0


def warm(running: Running, *, at_most: float | None = None) -> None:
    """Returns when all have answered, or after `at_most` seconds: the rest then goes on meanwhile."""
    threads = [Thread(target=_call, args=(running, folder), daemon=True) for folder in running.emulated.functions]
    for thread in threads:
        thread.start()
    deadline = None if at_most is None else time.monotonic() + at_most
    for thread in threads:
        thread.join(None if deadline is None else max(deadline - time.monotonic(), 0))


def _call(running: Running, folder: str) -> None:
    """Whether it succeeds is not asked: a cold start is all it is for, and the stack may stop meanwhile."""
    try:
        if folder == "api":
            urllib3.request("GET", f"{running.stack.api_url}/health", retries=False, timeout=_SECONDS)
        else:
            running.clients("lambda").invoke(FunctionName=running.emulated.functions[folder], Payload=_NO_RECORDS)
    except (BotoCoreError, urllib3.exceptions.HTTPError):
        return
