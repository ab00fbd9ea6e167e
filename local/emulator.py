"""The AWS emulator's process: its environment, its start, the clients that speak to it."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

import boto3
import botocore.session
from botocore.config import Config

from local.home import REPOSITORY, Home
from local.process import Child, start

REGION = "us-east-1"
ACCOUNT = "000000000000"
API_ID = "tierwright"
"""The HTTP API's id, pinned: its address is known before it is deployed."""

_PYTHON = REPOSITORY / ".ministack" / "bin" / "python"
_ROOT_KEY = "test"
_START_SECONDS = 30.0
_A_DAY = "86400"
_NO_PROFILE = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)}


def endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def api_url(port: int) -> str:
    """By path: names below localhost don't resolve on every machine."""
    return f"{endpoint(port)}/_aws/execute-api/{API_ID}"


def start_emulator(home: Home, more: Mapping[str, str], *, port: int, enforce_iam: bool, lock: IO[str]) -> Child:
    for folder in (home.state, home.objects, home.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    child = start(
        "MiniStack",
        ["ministack"],
        python=_PYTHON,
        environment={**_environment(home, port=port, enforce_iam=enforce_iam), **more},
        log=home.logs / "ministack.log",
        lock=lock,
    )
    try:
        child.wait_until_healthy(f"{endpoint(port)}/_ministack/health", seconds=_START_SECONDS)
    except BaseException:
        child.stop()
        raise
    return child


def _environment(home: Home, *, port: int, enforce_iam: bool) -> dict[str, str]:
    """Of the developer's own environment only what a process needs: no AWS setting may lead a function elsewhere."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home.folder.resolve()),
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_ACCESS_KEY_ID": _ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": _ROOT_KEY,
        "AUTH": "true" if enforce_iam else "false",
        "TMPDIR": str(home.scratch.resolve()),
        "STATE_DIR": str(home.state.resolve()),
        "S3_DATA_DIR": str(home.objects.resolve()),
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": _A_DAY,
        "LOG_LEVEL": "WARNING",
    }


def environment(url: str) -> dict[str, str]:
    """What leads AWS's own clients to the emulator."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": _ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": _ROOT_KEY,
    }


class Clients:
    """boto3's clients for one emulator, whatever the developer's own AWS settings are."""

    def __init__(self, url: str) -> None:
        session = boto3.Session(
            aws_access_key_id=_ROOT_KEY,
            aws_secret_access_key=_ROOT_KEY,
            region_name=REGION,
            botocore_session=botocore.session.Session(session_vars=_NO_PROFILE),
        )
        config = Config(retries={"total_max_attempts": 3, "mode": "standard"}, s3={"addressing_style": "path"})
        self._client = cache(lambda service: session.client(service, endpoint_url=url, config=config))

    def __call__(self, service: str) -> Any:
        """Untyped, since the name decides the type: callers annotate."""
        return self._client(service)


def installed() -> bool:
    return Path(_PYTHON).exists()
