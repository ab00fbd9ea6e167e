"""What every route keeps alike: the order of checks, problem documents, tags, lists, bodies."""

from dataclasses import dataclass, field

import pytest

from shared.accounts.account import Account
from shared.accounts.identity import AccountId
from shared.memory.accounts import MemoryAccounts
from shared.runtime.failures import Retryable
from tests.support.builders import account
from tests.unit.api.stage import Stage

WISH = {"tier": "tier-1", "reason": "strategic logo"}


def test_what_is_wrong_is_told_in_the_order_of_checks(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00"))
    route, nothing = "PUT /v1/accounts/acme/tier", "PUT /v1/accounts/none/tier"

    statuses = [
        stage.call(nothing, text="{", role=None).status,
        stage.call(nothing, text="{", role="viewer").status,
        stage.call(nothing, text="{").status,
        stage.call(route, text="{").status,
        stage.call(route, text="{", if_match='"7"').status,
        stage.call(route, text="{", if_match='"0"').status,
        stage.call(route, {}, if_match='"0"').status,
        stage.call(route, WISH, if_match='"0"').status,
    ]

    assert statuses == [401, 403, 404, 428, 412, 400, 422, 200]


def test_an_unknown_address_is_not_found_once_the_caller_is_known(stage: Stage) -> None:
    assert stage.call("GET /v1/nowhere", role=None).status == 401
    reply = stage.call("GET /v1/nowhere")

    assert (reply.status, reply.problem, reply.json["title"]) == (404, "not_found", "Not Found")
    assert stage.call("DELETE /v1/settings").status == 404


def test_every_reply_is_kept_nowhere_and_sniffed_by_nobody(stage: Stage) -> None:
    for reply in (stage.call("GET /v1/tiers"), stage.call("GET /v1/nowhere"), stage.call("GET /v1/tiers", role=None)):
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize("sent", ['"0"', "*", '"9", "0"', 'W/"0", "0"', '"0" , *'])
def test_an_etag_that_was_read_may_be_named_in_a_list(stage: Stage, sent: str) -> None:
    assert stage.call("PUT /v1/settings", {}, if_match=sent).status == 200


@pytest.mark.parametrize("sent", ['"1"', "0", 'W/"0"', '""', "nonsense", '"' + "9" * 300 + '"', '"²"'])
def test_an_etag_that_was_not_read_is_stale(stage: Stage, sent: str) -> None:
    reply = stage.call("PUT /v1/settings", {}, if_match=sent)

    assert (reply.status, reply.problem) == (412, "precondition_failed")


def test_a_second_edit_from_the_same_reading_is_stale(stage: Stage) -> None:
    etag = stage.call("GET /v1/settings").etag
    assert stage.call("PUT /v1/settings", {"digest_hour": 6}, if_match=etag).status == 200

    assert stage.call("PUT /v1/settings", {"digest_hour": 7}, if_match=etag).status == 412
    assert stage.call("GET /v1/settings").json["digest_hour"] == 6


def test_each_document_has_an_etag_of_its_own(stage: Stage) -> None:
    tiers = stage.call("GET /v1/tiers").etag
    stage.call("PUT /v1/settings", {"digest_hour": 6}, if_match="*")

    assert stage.call("PATCH /v1/tiers/tier-2", {"name": "Standard"}, if_match=tiers).status == 200


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "many", "", "1&limit=2", "9" * 5_000])
def test_a_limit_beyond_1_to_200_is_refused(stage: Stage, limit: str) -> None:
    reply = stage.call(f"GET /v1/accounts?limit={limit}")

    assert (reply.status, reply.problem) == (400, "bad_parameters")
    assert [error["pointer"] for error in reply.json["errors"]] == ["/query/limit"]


@pytest.mark.parametrize(
    "route", ["/v1/accounts", "/v1/alerts", "/v1/policy/versions", "/v1/accounts/acme/tier-history"]
)
@pytest.mark.parametrize("cursor", ["x", "%00", "e30", "WyJvdGhlciIsIjEiXQ", "WyJhY2NvdW50cyIsMV0", "é" * 40])
def test_a_cursor_that_was_not_given_out_is_refused(stage: Stage, route: str, cursor: str) -> None:
    stage.put(account("acme", mrr="640.00"))

    reply = stage.call(f"GET {route}?cursor={cursor}")

    assert (reply.status, reply.problem) == (400, "bad_cursor")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "nul",
        '{"time_zone": NaN}',
        '{"digest_hour": Infinity}',
        '{"digest_hour": 1e400}',
        '{"digest_hour": ' + "9" * 10_000 + "}",
        '{"digest_hour": 1, "digest_hour": 2}',
        "\ufeff{}",
        '{"rates": ' + "[" * 100 + "]" * 100 + "}",
        '{"time_zone": "\\ud800"}',
        b"\xff\xfe",
        b'{"time_zone": "\xc3\x28"}',
        '"text"',
        "[]",
        "null",
        "7",
    ],
)
def test_a_body_that_is_no_document_is_refused(stage: Stage, text: str | bytes) -> None:
    reply = stage.call("PUT /v1/settings", text=text, if_match="*")

    assert reply.status in (400, 422)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert stage.documents.documents == {}


def test_a_body_over_a_megabyte_is_refused(stage: Stage) -> None:
    reply = stage.call("PUT /v1/settings", text='{"time_zone": "' + "x" * 1_048_576 + '"}', if_match="*")

    assert (reply.status, reply.problem) == (400, "malformed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_is_refused(stage: Stage, kind: str) -> None:
    reply = stage.call("PUT /v1/settings", text="a=b", if_match="*", content_type=kind)

    assert (reply.status, reply.problem) == (415, "not_json")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", ""])
def test_json_by_any_of_its_names_is_read(stage: Stage, kind: str) -> None:
    assert stage.call("PUT /v1/settings", text="{}", if_match="*", content_type=kind).status == 200


def test_a_body_that_the_gateway_encoded_is_read(stage: Stage) -> None:
    assert stage.call("PUT /v1/settings", text=b'{"time_zone": "Asia/Tokyo"}', if_match="*").status == 200


@pytest.mark.parametrize("name", ["x" * 129, "a%2Fb", "..", "%00", "<script>", "a'b\"c", "☃", "a b"])
def test_an_id_of_any_kind_is_looked_up_and_no_more(stage: Stage, name: str) -> None:
    for route in ("GET /v1/accounts/{}", "PATCH /v1/tiers/{}", "GET /v1/alerts/{}", "GET /v1/sources/{}/runs"):
        reply = stage.call(route.format(name))

        assert (reply.status, reply.problem) == (404, "not_found")


@dataclass
class _Down(MemoryAccounts):
    error: Exception = field(default_factory=Exception)

    def __post_init__(self) -> None:
        super().__init__()

    def get(self, account_id: AccountId) -> Account | None:  # noqa: ARG002 - the port's name
        raise self.error


def test_a_store_that_is_down_is_told_as_passing() -> None:
    reply = Stage(accounts=_Down(Retryable("throttled"))).call("GET /v1/accounts/acme")

    assert (reply.status, reply.problem, reply.headers["Retry-After"]) == (503, "unavailable", "1")


def test_a_fault_of_ours_tells_and_logs_nothing_of_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage(accounts=_Down(ValueError("canary-of-a-customer")))

    reply = stage.call("GET /v1/accounts/acme", authorization="Bearer canary-token")

    assert (reply.status, reply.problem) == (500, "internal_error")
    (record,) = caplog.records
    logged = repr(record.__dict__)
    assert "ValueError" in logged
    assert "canary" not in reply.text + logged


def test_a_stored_document_that_can_t_be_read_is_a_fault_of_ours(stage: Stage) -> None:
    stage.call("PUT /v1/settings", {"digest_hour": 6}, if_match="*")
    key = next(key for key in stage.documents.documents if key[1] == "settings")
    broken = stage.documents.documents[key]
    object.__setattr__(broken, "body", {"digest_hour": "early"})

    assert stage.call("GET /v1/settings").status == 500
