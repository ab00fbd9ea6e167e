"""The templates before the scanners that others run on theirs: no finding but those listed here with their reason."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.layers import ROOT
from tests.infra.assembled import Assembled

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
CHECKOV = ROOT / ".checkov" / "bin" / "checkov"
ACCEPTED = {
    "CKV_AWS_18": "the bucket of failed records is read by nobody but a person who mends them",
    "CKV_AWS_21": "a failed record is written once, under a name of its own",
    "CKV_AWS_26": "alarms can't publish to a topic under SNS's own key; a message names an account and its tier",
    "CKV_AWS_27": "SQS's own keys encrypt every queue",
    "CKV_AWS_115": "event source mappings cap the workers; a reserve would starve the account's other functions",
    "CKV_AWS_116": "no function is called asynchronously but by what has a dead-letter queue of its own",
    "CKV_AWS_117": "there is nothing in a VPC to reach; a NAT gateway would cost more than the rest",
    "CKV_AWS_119": "DynamoDB's own keys encrypt every table; a customer key would add a charge to each call",
    "CKV_AWS_158": "CloudWatch's own keys encrypt the logs, which hold neither bodies nor secrets",
    "CKV_AWS_173": "no environment variable holds a secret: they are names and addresses",
}
IGNORED = {"W3005": "the CDK orders a function after its role's policy, and so after the role twice"}


def _templates(assembled: Assembled) -> list[str]:
    return [str(path) for path in sorted(assembled.folder.glob("*.template.json"))]


def _run(command: Sequence[str | Path]) -> str:
    """What a scanner printed, whatever it found; it reaches no network."""
    assert Path(command[0]).exists(), f"{command[0]} is missing: `make suites` installs it"
    offline = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=offline).stdout  # noqa: S603 - fixed commands


def test_cfn_lint_has_nothing_to_say(prod: Assembled) -> None:
    said = _run([CFN_LINT, "--format", "json", "--ignore-checks", *IGNORED, "--template", *_templates(prod)])

    assert [f"{found['Rule']['Id']} {found['Message']}" for found in json.loads(said)] == []


def test_checkov_finds_what_has_a_reason_and_nothing_else(prod: Assembled) -> None:
    files = [part for path in _templates(prod) for part in ("-f", path)]

    said = json.loads(_run([CHECKOV, "--framework", "cloudformation", "--skip-download", "-o", "json", *files]))

    assert said["summary"]["parsing_errors"] == 0
    assert said["summary"]["resource_count"] > 100
    failed = said["results"]["failed_checks"]
    assert {check["check_id"]: check["check_name"] for check in failed}.keys() == ACCEPTED.keys()
