"""Whatever a user of any role sends, the answer is one that the contract tells, and none is a fault of ours."""

import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from local.home import REPOSITORY
from local.users import login
from shared.access.people import Role
from shared.access.permissions import ROUTES
from tests.stack.deployed import Deployed

SCHEMATHESIS = REPOSITORY / ".contract" / "bin" / "schemathesis"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = os.environ.get("EXAMPLES", "2")
"""Requests to each operation, by each role, some valid and some not; the first ones are the same in each run."""

type Told = Mapping[Role, "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def account(deployed: Deployed) -> str:
    external_id = f"contract-{uuid4().hex[:8]}"
    assert deployed.deliver({"external_id": external_id, "fields": {"mrr": "640.00"}}).status == 200
    address = f"/v1/accounts?external_id=generic:{external_id}"
    found = deployed.wait("the account", lambda: deployed.api().get(address)["items"])
    return str(found[0]["id"])


@pytest.fixture(scope="module")
def told(deployed: Deployed, account: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What each role's run said; they run side by side, since each takes seconds to begin."""
    assert SCHEMATHESIS.exists(), f"{SCHEMATHESIS} is missing: `make stack` installs it"
    stack = deployed.running.stack
    document = tmp_path_factory.mktemp("contract") / "openapi.json"
    document.write_bytes(deployed.get(f"{stack.api_url}/v1/openapi.json").body)
    run = [str(SCHEMATHESIS), "--config-file", str(CONFIGURATION), "run", str(document), "--url", stack.api_url]
    options = ["--max-examples", EXAMPLES, "--continue-on-failure"]

    def ask(role: Role) -> "subprocess.CompletedProcess[str]":
        command = [*run, *options, "--header", f"Authorization: Bearer {login(stack, role.value)}"]
        environment = {**os.environ, "ACCOUNT": account}
        return subprocess.run(  # noqa: S603 - ours
            command, capture_output=True, text=True, check=False, cwd=document.parent, env=environment
        )

    with ThreadPoolExecutor(len(Role)) as together:
        return dict(zip(Role, together.map(ask, Role), strict=True))


@pytest.mark.parametrize("role", Role)
def test_every_answer_is_in_the_contract_and_none_is_a_fault(role: Role, told: Told) -> None:
    said = told[role]

    assert said.returncode == 0, f"{said.stdout}\n{said.stderr}"
    requests = re.search(r"(\d+) generated, \1 passed", re.sub(r", \d+ skipped", "", said.stdout))
    assert requests, said.stdout
    assert int(requests[1]) > len(ROUTES)
