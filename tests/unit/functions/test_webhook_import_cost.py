"""The webhook function's cold start: a sender waits for it, so what it imports is measured against the usual four.

Both imports are timed in the same run, on the same machine, as CPU time of fresh interpreters, the least of several.
The standard library is compiled, as Lambda's runtime has it; everything else is read from its source, so that it does
not matter what earlier runs left behind.
"""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
USUAL = "import boto3, pynamodb, aws_lambda_powertools, pydantic"
OURS = "import functions.webhook.handler"
HEAVY = ("boto3", "botocore", "pynamodb", "aws_lambda_powertools", "pydantic", "urllib3")
RUNS = 3
MOST = 0.25


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Bytecode goes to, and comes from, a folder that holds the standard library's only."""
    compiled = tmp_path_factory.mktemp("compiled")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    environment = {**plain, "PYTHONPYCACHEPREFIX": str(compiled), "PYTHONPATH": str(ROOT)}
    for statement in (USUAL, OURS):
        run(statement, environment)
    for folder in {ROOT, Path(sys.prefix)}:
        shutil.rmtree(compiled / folder.relative_to("/"), ignore_errors=True)
    return {**environment, "PYTHONDONTWRITEBYTECODE": "1"}


def run(statement: str, environment: dict[str, str]) -> float:
    """CPU seconds, of the user and the system, that an interpreter takes for `statement`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment, cwd=ROOT)  # noqa: S603 - our own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_importing_the_function_costs_at_most_a_quarter_of_the_usual_libraries(environment: dict[str, str]) -> None:
    pairs = [(run(OURS, environment), run(USUAL, environment)) for _ in range(RUNS)]

    ours, usual = (min(times) for times in zip(*pairs, strict=True))

    assert ours / usual <= MOST, f"{ours * 1000:.0f} ms against {usual * 1000:.0f} ms"


def test_nothing_heavy_is_imported_nor_left_for_the_first_request(environment: dict[str, str]) -> None:
    check = f"import sys; {OURS}; sys.exit(bool({set(HEAVY)!r} & set(sys.modules)))"

    run(check, environment)

    text = "".join(path.read_text() for path in (ROOT / "functions" / "webhook").glob("*.py"))
    assert "    import " not in text
    assert "    from " not in text
