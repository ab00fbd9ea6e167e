"""The three functions of the way in are put together from nothing but their settings; nothing is called for it."""

from dataclasses import fields

import pytest

from functions.crm_sync.settings import Settings as SyncSettings
from functions.crm_sync.wiring import wire as wire_sync
from functions.ingest.settings import Settings as IngestSettings
from functions.ingest.wiring import wire as wire_ingest
from functions.webhook.settings import Settings as WebhookSettings
from functions.webhook.wiring import wire as wire_webhook
from shared.configuration.sources import KNOWN
from shared.runtime.environment import read


@pytest.fixture(autouse=True)
def _lambda_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


def settings[T](kind: type[T]) -> T:
    kinds = {"config_max_age_seconds": "10", "loopback_vendors": "false"}
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # T is a dataclass type
    return read(kind, {name.upper(): kinds.get(name, f"some-{name}") for name in names})


def test_the_webhook_function_knows_every_source() -> None:
    service = wire_webhook(settings(WebhookSettings))

    assert all(service.knows(source) for source in KNOWN)


def test_each_source_can_be_asked_or_is_trusted() -> None:
    service = wire_ingest(settings(IngestSettings))

    assert all((source in service.lender) != (source in service.trusted) for source in KNOWN)


def test_the_sync_asks_the_same_sources_as_ingest() -> None:
    sync, ingest = wire_sync(settings(SyncSettings)), wire_ingest(settings(IngestSettings))

    assert [source in sync.lender for source in KNOWN] == [source in ingest.lender for source in KNOWN]
