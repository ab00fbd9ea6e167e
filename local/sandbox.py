"""The Recurly sandbox's process: it keeps its site in the home, and announces changes to the deployed webhook."""

import os
from typing import IO
from urllib.parse import urlsplit

from local.home import Home
from local.process import Child, start
from local.stackfile import Stack

_START_SECONDS = 20.0


def start_sandbox(home: Home, stack: Stack, *, lock: IO[str]) -> Child:
    address = stack.sandboxes["recurly"]
    child = start(
        "the Recurly sandbox",
        [
            *("local.sandboxes.recurly", "--port", str(urlsplit(address.url).port)),
            *("--webhook-url", f"{stack.webhook_url}/recurly", "--state", str(home.recurly_state.resolve())),
        ],
        environment={
            "PATH": os.environ.get("PATH", os.defpath),
            "RECURLY_SANDBOX_API_KEY": address.api_key,
            "RECURLY_SANDBOX_WEBHOOK_SECRET": stack.webhook_secrets["recurly"],
        },
        log=home.logs / "recurly.log",
        lock=lock,
        import_repository=True,
    )
    try:
        child.wait_until_healthy(f"{address.url}/_sandbox/health", seconds=_START_SECONDS)
    except BaseException:
        child.stop()
        raise
    return child
