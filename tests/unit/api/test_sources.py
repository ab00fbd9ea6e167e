import json

import pytest

from shared.runtime.messages import SyncSource, read
from shared.runtime.ports import RunState
from tests.support.builders import NOW
from tests.unit.api.stage import Stage

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_sources_show_their_set_up_and_how_they_fare(stage: Stage) -> None:
    stage.runs.note("recurly", at=NOW, counts={"unmapped.plan": 2}, rejects=[{"record": "r-1", "reason": "no id"}])

    items = stage.call("GET /v1/sources", role="viewer").json["items"]

    assert [item["name"] for item in items] == ["generic", "recurly"]
    assert items[0]["status"] == {"last_at": None, "counts": {}, "rejects": []}
    assert items[1]["status"] == {
        "last_at": "2026-11-22T07:00:00Z",
        "counts": {"unmapped.plan": 2},
        "rejects": [{"record": "r-1", "reason": "no id"}],
    }


def test_a_source_is_set_up(stage: Stage) -> None:
    mapping = [{"property": "tier__c", "field": "tier", "translate": {"Platinum": "tier-1"}}]
    body = {"mapping": mapping, "sync_minutes": 60, "base_url": "https://v3.eu.recurly.com/"}

    reply = stage.call("PUT /v1/sources/recurly", body, role="manager", if_match='"0"')

    assert (reply.status, reply.etag, reply.json["mapping"]) == (200, '"1"', mapping)
    assert (reply.json["mapping_revision"], reply.json["base_url"]) == (1, "https://v3.eu.recurly.com")
    assert stage.call("GET /v1/sources/recurly").etag == '"1"'


@pytest.mark.parametrize(
    "address",
    [
        "http://v3.recurly.com",
        "https://127.0.0.1",
        "ftp://x.example",
        "https://u:p@x.example",
        "https://x.example:99999",
        "https://x.example:x",
        "https://x.example\r\n.evil.example",
    ],
)
def test_an_address_that_may_not_be_called_is_refused(stage: Stage, address: str) -> None:
    reply = stage.call("PUT /v1/sources/recurly", {"base_url": address}, if_match="*")

    assert (reply.status, reply.errors) == (422, {("/base_url", "value_not_for_type")})


def test_secrets_are_written_and_never_told(stage: Stage) -> None:
    body = {
        "secrets": {
            "webhook_secrets": ["a-new-signing-secret!", "the-old-signing-secret"],
            "api_key": "a-key-of-the-vendor",
        }
    }

    reply = stage.call("PUT /v1/sources/recurly", body, if_match="*")

    assert stage.secrets.values["webhook/recurly"] == ("a-new-signing-secret!", "the-old-signing-secret")
    assert stage.secrets.values["api/recurly"] == ("a-key-of-the-vendor",)
    told = (
        reply.text + stage.call("GET /v1/sources").text + repr(stage.documents.documents) + repr(stage.documents.audit)
    )
    assert "secret!" not in told
    assert "a-key-of" not in told
    assert "webhook/recurly" in repr(stage.documents.audit)


@pytest.mark.parametrize(
    ("secrets", "pointer"),
    [
        ({"webhook_secrets": []}, "/secrets/webhook_secrets"),
        ({"webhook_secrets": ["short"]}, "/secrets/webhook_secrets/0"),
        ({"webhook_secrets": ["this-is-no-base64-at-all"]}, "/secrets/webhook_secrets/0"),
        ({"webhook_secrets": ["whsec_AAAAAAAAAAAAAAAAAAAAAA=="]}, "/secrets/webhook_secrets/0"),
        ({"api_key": "with a space in it..."}, "/secrets/api_key"),
        ({"api_key": "ключ-без-ascii-знаков"}, "/secrets/api_key"),
        ({"password": "x"}, "/secrets/password"),
        ("x", "/secrets"),
    ],
)
def test_a_secret_that_can_t_be_is_refused_unquoted(stage: Stage, secrets: object, pointer: str) -> None:
    reply = stage.call("PUT /v1/sources/generic", {"secrets": secrets}, if_match="*")

    assert reply.status == 422
    assert [error["pointer"] for error in reply.json["errors"]] == [pointer]
    for quoted in ("short", "no-base64", "with a space", "ключ"):
        assert quoted not in json.dumps(reply.json, ensure_ascii=False)


def test_the_errors_of_all_parts_come_at_once_and_nothing_is_written(stage: Stage) -> None:
    body = {"enabled": "yes", "secrets": {"webhook_secrets": [KEY], "api_key": "short"}}

    reply = stage.call("PUT /v1/sources/generic", body, if_match="*")

    assert {pointer for pointer, _ in reply.errors} == {"/enabled", "/secrets/api_key"}
    assert "webhook/generic" not in stage.secrets.values


def test_a_sync_is_started_and_found(stage: Stage) -> None:
    reply = stage.call("POST /v1/sources/recurly/sync", role="manager")

    assert (reply.status, reply.headers["Location"]) == (202, f"/v1/sources/recurly/runs/{reply.json['id']}")
    (message,) = stage.syncs.sent
    assert read(message.body, [SyncSource]) == SyncSource("recurly", reply.json["id"])
    run = stage.call(f"GET {reply.headers['Location']}", role="viewer").json
    assert (run["state"], run["progress"]) == ("queued", {"done": 0, "total": None})
    assert [item["id"] for item in stage.call("GET /v1/sources/recurly/runs").json["items"]] == [run["id"]]
    assert stage.call("GET /v1/sources/recurly").json["last_run"]["id"] == run["id"]


def test_what_can_t_be_pulled_is_not_started(stage: Stage) -> None:
    assert stage.call("POST /v1/sources/generic/sync").problem == "sends_only"
    stage.call("PUT /v1/sources/recurly", {"enabled": False}, if_match="*")
    assert stage.call("POST /v1/sources/recurly/sync").problem == "disabled"


def test_one_sync_at_a_time(stage: Stage) -> None:
    first = stage.call("POST /v1/sources/recurly/sync")
    assert stage.call("POST /v1/sources/recurly/sync").problem == "under_way"

    stage.call(f"DELETE {first.headers['Location']}")
    assert stage.call("POST /v1/sources/recurly/sync").status == 202


def test_a_sync_is_cancelled_once(stage: Stage) -> None:
    location = stage.call("POST /v1/sources/recurly/sync").headers["Location"]

    cancelled = stage.call(f"DELETE {location}")

    assert (cancelled.json["state"], cancelled.json["finished_at"]) == ("cancelled", "2026-11-22T07:00:00Z")
    assert stage.call(f"DELETE {location}").problem == "ended"


def test_a_sync_that_can_t_be_queued_has_failed(stage: Stage) -> None:
    stage.syncs.down = True

    assert stage.call("POST /v1/sources/recurly/sync").status == 503
    assert [(run.state, run.error) for run in stage.runs.runs.values()] == [(RunState.FAILED, "not_queued")]


@pytest.mark.parametrize(
    "route",
    [
        "GET /v1/sources/none",
        "PUT /v1/sources/none",
        "POST /v1/sources/none/sync",
        "GET /v1/sources/none/runs",
        "GET /v1/sources/recurly/runs/none",
        "DELETE /v1/sources/recurly/runs/none",
    ],
)
def test_unknown_sources_and_syncs_are_not_found(stage: Stage, route: str) -> None:
    assert stage.call(route).status == 404


def test_what_was_read_can_be_sent_back(stage: Stage) -> None:
    shown = stage.call("GET /v1/sources/recurly")

    assert stage.call("PUT /v1/sources/recurly", shown.json, if_match=shown.etag).status == 200
