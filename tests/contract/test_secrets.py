"""What every store of secrets holds to, and how long Parameter Store's are trusted."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.aws import clients
from shared.aws.secrets import SsmSecrets
from shared.memory.secrets import MemorySecrets
from shared.runtime.failures import Permanent, Retryable
from shared.runtime.ports import SecretMissing, Secrets
from tests.contract.builders import NOW
from tests.contract.faults import failing, hooked

PREFIX = "/tierwright/test"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(aws: None) -> Any:  # noqa: ARG001 - moto runs first
    client = clients.ssm()
    names = [found["Name"] for found in client.describe_parameters()["Parameters"]]
    if names:
        client.delete_parameters(Names=names)
    return client


@pytest.fixture
def ssm(client: Any, clock: Clock) -> SsmSecrets:
    return SsmSecrets(client, PREFIX, clock)


def put(client: Any, value: str, name: str = "webhook/generic") -> None:
    client.put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="SecureString", Overwrite=True)


@pytest.fixture(params=["memory", "ssm"])
def secrets(request: pytest.FixtureRequest) -> Secrets:
    if request.param == "memory":
        return MemorySecrets({"webhook/generic": ["new", "old"], "api/recurly": [""], "why": ["a", ""]})
    client = request.getfixturevalue("client")
    put(client, '["new", "old"]')
    put(client, '[""]', "api/recurly")
    put(client, '["a", ""]', "why")
    store: SsmSecrets = request.getfixturevalue("ssm")
    return store


def test_the_values_come_newest_first(secrets: Secrets) -> None:
    assert list(secrets.current("webhook/generic")) == ["new", "old"]


@pytest.mark.parametrize("name", ["api/recurly", "why", "webhook/nobody"])
def test_a_secret_that_is_not_set_or_empty_is_missing(secrets: Secrets, name: str) -> None:
    with pytest.raises(SecretMissing):
        secrets.current(name)


@pytest.mark.parametrize(("value", "values"), [("plain", ["plain"]), ("12345", ["12345"]), ('{"a": 1}', ['{"a": 1}'])])
def test_a_plain_text_is_one_value(client: Any, ssm: SsmSecrets, value: str, values: list[str]) -> None:
    put(client, value)

    assert list(ssm.current("webhook/generic")) == values


@pytest.mark.parametrize("value", ["[]", "[1]", '["a", null]'])
def test_an_array_without_texts_is_no_secret(client: Any, ssm: SsmSecrets, value: str) -> None:
    put(client, value)

    with pytest.raises(SecretMissing):
        ssm.current("webhook/generic")


def test_a_value_is_trusted_for_five_minutes(client: Any, ssm: SsmSecrets, clock: Clock) -> None:
    put(client, "old")
    ssm.current("webhook/generic")
    put(client, "new")

    clock.now += timedelta(seconds=299)
    assert list(ssm.current("webhook/generic")) == ["old"]
    clock.now += timedelta(seconds=1)
    assert list(ssm.current("webhook/generic")) == ["new"]


def test_a_secret_that_was_not_set_anew_is_not_decrypted_again(client: Any, ssm: SsmSecrets, clock: Clock) -> None:
    put(client, "known")
    asked: list[bool] = []
    with hooked(
        client, "provide-client-params.ssm.GetParameter", lambda params, **_: asked.append(params["WithDecryption"])
    ):
        for _ in range(3):
            assert list(ssm.current("webhook/generic")) == ["known"]
            clock.now += timedelta(minutes=5)
        client.delete_parameter(Name=f"{PREFIX}/webhook/generic")
        put(client, "of the same version")
        assert list(ssm.current("webhook/generic")) == ["of the same version"]

    assert asked == [True, False, False, False, True]


def test_a_secret_that_was_missing_is_found_once_it_is_set(client: Any, ssm: SsmSecrets) -> None:
    with pytest.raises(SecretMissing):
        ssm.current("webhook/generic")
    put(client, "set")

    assert list(ssm.current("webhook/generic")) == ["set"]


def test_what_was_read_last_holds_while_parameter_store_is_down(client: Any, ssm: SsmSecrets, clock: Clock) -> None:
    put(client, "old")
    ssm.current("webhook/generic")
    clock.now += timedelta(minutes=6)

    with failing(client, "ssm.GetParameter", "InternalServerError", 500):
        assert list(ssm.current("webhook/generic")) == ["old"]


def test_a_secret_that_was_deleted_is_missing(client: Any, ssm: SsmSecrets, clock: Clock) -> None:
    put(client, "old")
    ssm.current("webhook/generic")
    client.delete_parameter(Name=f"{PREFIX}/webhook/generic")
    clock.now += timedelta(minutes=6)

    with pytest.raises(SecretMissing):
        ssm.current("webhook/generic")


def test_what_was_never_read_and_can_not_be_is_told_apart(client: Any, ssm: SsmSecrets) -> None:
    with failing(client, "ssm.GetParameter", "ThrottlingException"), pytest.raises(Retryable):
        ssm.current("webhook/generic")
    with failing(client, "ssm.GetParameter", "AccessDeniedException"), pytest.raises(Permanent) as raised:
        ssm.current("webhook/generic")

    assert "webhook/generic" in str(raised.value)
