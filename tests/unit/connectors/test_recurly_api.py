import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from shared.connectors.ports import RecordGone, VendorRefused, VendorUnavailable
from shared.connectors.recurly.api import MAX_WAIT_SECONDS, PAGE, Api, BadRequest, listing
from shared.connectors.transport import Answer, Host
from tests.support.bombs import KB, bombs

NOW = datetime(2026, 11, 22, 7, 0, 0, 500_000, tzinfo=UTC)


class ScriptedHost(Host):
    """Answers what it was given, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("https://v3.recurly.com")
        self.answer = answer
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []

    def ask(self, method: str, reference: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((method, reference, headers))
        return self.answer


def answering(body: object, status: int = 200, **headers: str) -> Api:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Api(
        ScriptedHost(Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)), "key"
    )


def test_a_request_names_the_version_and_gives_the_key_as_a_user_without_a_password() -> None:
    host = ScriptedHost(Answer(200, {}, b"{}"))
    Api(host, "key").get("accounts", "code-a/../b", NOW)
    (asked,) = host.asked
    assert asked == (
        "GET",
        "/accounts/code-a%2F..%2Fb",
        {"Accept": "application/vnd.recurly.v2021-02-25", "Authorization": "Basic a2V5Og=="},
    )


def test_the_time_of_an_answer_is_the_vendors_and_else_ours_to_the_second() -> None:
    dated = answering({}, date="Sun, 22 Nov 2026 06:59:58 GMT").get("accounts", "a", NOW)
    assert dated.at == datetime(2026, 11, 22, 6, 59, 58, tzinfo=UTC)
    for date in ("", "yesterday"):
        assert answering({}, date=date).get("accounts", "a", NOW).at == NOW.replace(microsecond=0)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [("1795330842", 41.5), ("1795330000", 1.0), ("1895330842", MAX_WAIT_SECONDS), ("soon", None), ("", None)],
)
def test_a_rate_limit_tells_how_long_to_wait_within_reason(reset: str, seconds: float | None) -> None:
    with pytest.raises(VendorUnavailable) as caught:
        answering({}, 429, x_ratelimit_reset=reset).get("accounts", "a", NOW)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (422, BadRequest),
        (401, VendorRefused),
        (403, VendorRefused),
        (404, RecordGone),
        (406, VendorRefused),
        (500, VendorUnavailable),
        (503, VendorUnavailable),
        (204, VendorRefused),
    ],
)
def test_a_status_is_an_error_that_says_whether_to_try_again(status: int, error: type[Exception]) -> None:
    with pytest.raises(error, match=str(status)):
        answering({}, status).get("accounts", "a", NOW)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"error": {"type": "not_found", "message": "Couldn't find w@example.com"}},
            "Recurly answered 404 (not_found)",
        ),
        ({"error": {"type": "No such <customer>"}}, "Recurly answered 404"),
        ({"error": "not_found"}, "Recurly answered 404"),
        ([], "Recurly answered 404"),
        (b"<html>", "Recurly answered 404"),
    ],
)
def test_an_error_is_told_by_its_type_and_quotes_nothing(body: object, told: str) -> None:
    with pytest.raises(RecordGone) as caught:
        answering(body, 404).get("accounts", "a", NOW)
    assert str(caught.value) == told


@pytest.mark.parametrize("body", [b"", b"{", b"null,", b'{"a":NaN}', b'{"a":1,"a":2}'])
def test_an_answer_that_is_no_json_is_tried_again(body: bytes) -> None:
    with pytest.raises(VendorUnavailable):
        answering(body).get("accounts", "a", NOW)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"data": {}},
        {"data": [1]},
        {"data": [], "has_more": True},
        {"data": [], "has_more": True, "next": None},
        {"data": [], "has_more": True, "next": "/accounts"},
    ],
)
def test_a_list_that_is_none_or_goes_in_a_circle_is_refused(body: object) -> None:
    with pytest.raises(VendorRefused):
        answering(body).page("/accounts", NOW)


def test_the_last_page_leads_nowhere_whatever_its_next_says() -> None:
    assert answering({"data": [], "has_more": False, "next": "/accounts?cursor=1"}).page("/accounts", NOW).next is None


@pytest.mark.parametrize(("header", "count"), [("200", 200), ("", None), ("many", None), ("-1", None)])
def test_a_count_is_what_recurly_says_or_unknown(header: str, count: int | None) -> None:
    assert answering(b"", recurly_total_records=header).count("/accounts", NOW) == count


def test_a_list_is_asked_for_in_the_order_that_loses_nothing() -> None:
    assert listing("/accounts", sort="updated_at", begin="2026-11-22T07:00:00Z") == (
        f"/accounts?limit={PAGE}&sort=updated_at&order=asc&begin_time=2026-11-22T07%3A00%3A00Z"
    )


@pytest.mark.parametrize("name", bombs(KB))
@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_bomb_for_an_answer_is_an_answer_that_can_t_be_read(name: str, status: int) -> None:
    with pytest.raises((VendorUnavailable, VendorRefused)):
        answering(bombs(64 * KB)[name], status).page("/accounts", NOW)
