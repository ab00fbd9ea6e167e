"""The key of why links is drawn once: another one would break the links in every mail sent before."""

import boto3
import pytest
from moto import mock_aws

from infra.stages import stage
from infra.why_key import ensure


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@mock_aws
def test_a_key_is_drawn_once_and_kept() -> None:
    ssm = boto3.client("ssm", region_name="eu-central-1")
    assert ensure(stage("prod"), ssm, "first")
    assert not ensure(stage("prod"), ssm, "second")
    kept = ssm.get_parameter(Name="/tierwright/prod/why", WithDecryption=True)["Parameter"]
    assert (kept["Type"], kept["Value"]) == ("SecureString", "first")
