"""The assembly: the same from the same tree, and none at all with a finding that nobody has answered for."""

import json
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs

from infra.acknowledged import acknowledge
from infra.assembly import checked
from tests.infra.assembled import Assembled
from tests.infra.conftest import synthesized


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.glob("tierwright-*.json") if path.is_file()}


@pytest.mark.parametrize("name", ["prod", "local"])
def test_the_templates_have_no_finding(request: pytest.FixtureRequest, name: str) -> None:
    assembled: Assembled = request.getfixturevalue(name)
    report = json.loads((assembled.folder / "validation-report.json").read_text("utf-8"))
    findings = {each["pluginName"]: each["violations"] for each in report["pluginReports"]}
    assert findings == {"AwsSolutions": [], "Serverless": []}


def test_the_same_tree_gives_the_same_assembly(prod: Assembled, tmp_path: Path) -> None:
    again = synthesized(prod.stage, tmp_path)
    assert _texts(again.folder) == _texts(prod.folder)


def test_a_finding_ends_the_synthesis(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), analytics_reporting=False)
    sqs.Queue(Stack(app, "Trial"), "Queue")
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS3"):
        checked(app).synth()


def test_an_acknowledged_finding_does_not(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), analytics_reporting=False)
    queue = sqs.Queue(Stack(app, "Trial"), "Queue", enforce_ssl=True)
    acknowledge(
        queue,
        {
            "AwsSolutions::AwsSolutions-SQS3": "a trial",
            "Serverless::Serverless-SQSRedrivePolicy": "a trial",
        },
    )
    checked(app).synth()
    assert (tmp_path / "Trial.template.json").exists()


@pytest.mark.parametrize("name", ["data", "service", "watch"])
def test_a_template_stays_below_half_of_what_cloudformation_takes(prod: Assembled, name: str) -> None:
    """500 resources, and 1 MB of text."""
    template = prod.templates[name]
    assert len(template["Resources"]) <= 250
    assert len(json.dumps(template)) <= 500_000
