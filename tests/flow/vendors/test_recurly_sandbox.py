"""The stand-in is only worth what it shares with Recurly: its answers are held against Recurly's own OpenAPI."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jsonschema
import pytest
import urllib3

from local.sandboxes.recurly.deliveries import NotLocal, deliver, signature
from local.sandboxes.recurly.demo import demo_site
from local.sandboxes.recurly.server import WEBHOOK_SECRET, Options, Running, running
from local.sandboxes.recurly.site import Site
from shared.connectors.ports import Hint
from shared.connectors.recurly.webhook import split, verify
from tests.flow.vendors.recurly_site import BEGIN, USD, TickingClock, connected, pull_all, site

SPEC = Path(__file__).parents[4] / "shared/vendors/specs/recurly/recurly-v2021-02-25-trimmed.json"
ACCEPT = "application/vnd.recurly.v2021-02-25"


def headers(sandbox: Running, **change: str | None) -> dict[str, str]:
    credentials = b64encode(f"{sandbox.options.api_key}:".encode()).decode()
    wanted = {"Accept": ACCEPT, "Authorization": f"Basic {credentials}", **change}
    return {name: value for name, value in wanted.items() if value is not None}


def ask(
    sandbox: Running, target: str, method: str = "GET", body: Any = None, **change: str | None
) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request(
            method,
            sandbox.url + target,
            headers=headers(sandbox, **change),
            body=None if body is None else json.dumps(body),
        )


@pytest.fixture
def demo(clock: TickingClock) -> Iterator[Running]:
    with running(Site(demo_site(BEGIN), clock=clock)) as found:
        yield found


def without_nulls(value: Any) -> Any:
    """Recurly sends null for what an object lacks, which its OpenAPI does not say."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def with_patterns(spec: Any) -> Any:
    """Recurly writes patterns as JavaScript literals, `/^[a-z]+$/i`, which JSON Schema does not know."""
    if isinstance(spec, list):
        return [with_patterns(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    made = {name: with_patterns(item) for name, item in spec.items()}
    if isinstance(made.get("pattern"), str) and made["pattern"].startswith("/"):
        made["pattern"] = f"(?i){made['pattern'][1:].rpartition('/')[0]}"
    return made


@pytest.mark.skipif(not SPEC.exists(), reason=f"Recurly's OpenAPI is not at {SPEC}")
@pytest.mark.parametrize(
    ("target", "schema"),
    [
        ("/accounts?limit=200", "AccountList"),
        ("/accounts/code-acme", "Account"),
        ("/accounts/code-acme/subscriptions", "SubscriptionList"),
        ("/subscriptions?limit=200", "SubscriptionList"),
        ("/plans", "PlanList"),
        ("/invoices?limit=200", "InvoiceList"),
    ],
)
def test_every_answer_fits_recurlys_openapi(demo: Running, target: str, schema: str) -> None:
    spec = with_patterns(json.loads(SPEC.read_text()))
    validator = jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": spec["components"]}
    )
    answer = ask(demo, target)
    assert answer.status == 200
    document = without_nulls(json.loads(answer.data))
    assert not [error.message for error in validator.iter_errors(document)]
    known = members_of(spec, schema)
    rows = document.get("data", [document])
    assert not {name for row in rows for name in row} - members_of(spec, row_schema(spec, schema)), "no such member"
    assert set(document) <= known


def members_of(spec: Mapping[str, Any], name: str) -> set[str]:
    schema = spec["components"]["schemas"][name]
    parts = [members_of(spec, part["$ref"].rsplit("/", 1)[1]) for part in schema.get("allOf", [])]
    return set(schema.get("properties", {})).union(*parts)


def row_schema(spec: Mapping[str, Any], name: str) -> str:
    items = spec["components"]["schemas"][name].get("properties", {}).get("data", {}).get("items")
    return items["$ref"].rsplit("/", 1)[1] if items else name


@pytest.mark.skipif(not SPEC.exists(), reason=f"Recurly's OpenAPI is not at {SPEC}")
def test_every_error_has_a_type_that_recurlys_openapi_knows(sandbox: Running) -> None:
    types = json.loads(SPEC.read_text())["components"]["schemas"]["ErrorTypeEnum"]["enum"]
    answers = [
        ask(sandbox, "/accounts", Authorization=None),
        ask(sandbox, "/accounts", Accept="application/json"),
        ask(sandbox, "/accounts/none"),
        ask(sandbox, "/accounts?limit=201"),
    ]
    assert [answer.status for answer in answers] == [401, 406, 404, 400]
    assert {json.loads(answer.data)["error"]["type"] for answer in answers} <= set(types)


@pytest.mark.parametrize(
    ("target", "change", "status"),
    [
        ("/accounts", {"Authorization": None}, 401),
        ("/accounts", {"Authorization": "Bearer key"}, 401),
        ("/accounts", {"Authorization": "Basic " + b64encode(b"wrong:").decode()}, 401),
        ("/accounts", {"Authorization": "Basic " + b64encode(b"recurly-sandbox-api-key:password").decode()}, 401),
        ("/accounts", {"Accept": None}, 406),
        ("/accounts", {"Accept": "application/vnd.recurly.v2019-10-10"}, 406),
        ("/accounts", {"Accept": ACCEPT + "+json"}, 200),
        ("/accounts?limit=0", {}, 400),
        ("/accounts?limit=201", {}, 400),
        ("/accounts?order=sideways", {}, 400),
        ("/accounts?begin_time=yesterday", {}, 400),
        ("/accounts?cursor=forged", {}, 400),
        ("/accounts/code-c1", {}, 200),
        ("/accounts/c1", {}, 404),
        ("/subscriptions/uuid-00000000000000000000000000000001", {}, 200),
        ("/subscriptions/s99", {}, 404),
        ("/nothing", {}, 404),
    ],
)
def test_requests_are_judged_as_recurly_judges_them(
    sandbox: Running, target: str, change: dict[str, str | None], status: int
) -> None:
    assert ask(sandbox, target, "GET", None, **change).status == status


def ids(answer: urllib3.BaseHTTPResponse) -> list[str]:
    return [row["id"] for row in json.loads(answer.data)["data"]]


def test_lists_are_sorted_filtered_and_counted_as_documented(sandbox: Running) -> None:
    assert ids(ask(sandbox, "/accounts?limit=3")) == ["a7", "a6", "a5"], "descending by creation unless asked"
    assert ids(ask(sandbox, "/accounts?limit=3&order=asc&sort=updated_at")) == ["a0", "a1", "a2"]
    assert ids(ask(sandbox, "/accounts?ids=a1,a4&begin_time=2030-01-01T00:00:00Z")) == ["a1", "a4"]
    window = "sort=updated_at&order=asc&begin_time=2026-11-21T07:02:00Z&end_time=2026-11-21T07:04:00Z"
    assert ids(ask(sandbox, f"/accounts?{window}")) == ["a2", "a3", "a4"], "both ends inclusive"
    assert ask(sandbox, f"/accounts?{window}&limit=1", "HEAD").headers["Recurly-Total-Records"] == "3"


def test_subscriptions_are_filtered_by_their_state(sandbox: Running) -> None:
    sandbox.site.change("subscriptions", "s1", {"state": "expired"})
    sandbox.site.change("subscriptions", "s2", {"state": "paused"})
    sandbox.site.change("subscriptions", "s3", {"trial_ends_at": "2026-12-01T00:00:00Z"})
    assert ids(ask(sandbox, "/subscriptions?state=expired")) == ["s1"]
    assert ids(ask(sandbox, "/subscriptions?state=in_trial")) == ["s3"]
    assert "s2" in ids(ask(sandbox, "/subscriptions?state=live"))


def test_changes_are_announced_to_the_configured_endpoint_as_signed_webhooks(clock: TickingClock) -> None:
    with endpoint() as (url, deliveries), running(site(clock, customers=2), Options(webhook_url=url)) as sandbox:
        answer = ask(sandbox, "/_sandbox/accounts/code-c1/subscription", "PATCH", {"unit_amount": "640.00"})
        assert json.loads(answer.data)["deliveries"] == [200]
        ask(sandbox, "/_sandbox/accounts/code-c1?notify=false", "PATCH", {"company": "Silent"})
        (sent, body) = deliveries[0]
        verify(sent, body, [WEBHOOK_SECRET], clock.now)
        delivery = split(body)
        assert list(delivery.hints) == [Hint("subscription/s1")]
        assert len(deliveries) == 1
        with connected(sandbox) as recurly:
            (record,) = recurly.fetch(delivery.hints[0], rates=USD, now=clock.now)
        assert record.properties["mrr"] == "640.00"


def test_one_delivery_can_be_sent_many_times_and_is_the_same(sandbox: Running) -> None:
    with endpoint() as (url, deliveries):
        order = {"url": url, "object_type": "account", "id": "code-c1", "event_type": "updated", "times": 3}
        ask(sandbox, "/_sandbox/webhooks", "POST", order)
    assert len({split(body).key for _, body in deliveries}) == 1
    assert len(deliveries) == 3


@contextmanager
def endpoint() -> Iterator[tuple[str, list[tuple[Mapping[str, str], bytes]]]]:
    """A webhook endpoint that keeps what it gets."""
    got: list[tuple[Mapping[str, str], bytes]] = []

    class Keeping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Keeping) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/webhooks/recurly", got
        server.shutdown()
        thread.join()


def test_its_signature_is_recurlys() -> None:
    secret = "354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d"
    body = (
        b'{"id":"rjxwmwedwqug","object_type":"account","site_id":"qc326l1hl8k9","event_type":"created",'
        b'"event_time":"2022-09-13T21:18:40Z","account_code":"adfas23zzz14123"}'
    )
    at = datetime(2022, 9, 13, 21, 18, 45, 4000, tzinfo=UTC)
    assert signature(secret, body, at) == (
        "1663103925004,ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3"
    )


def test_nothing_is_sent_beyond_this_machine(clock: TickingClock) -> None:
    with pytest.raises(NotLocal):
        deliver("https://hooks.example.com/", b"{}", secret="s", clock=clock, times=1)


def test_an_endpoint_that_does_not_answer_is_told(clock: TickingClock) -> None:
    with endpoint() as (url, _):
        pass
    assert deliver(url, b"{}", secret="s", clock=clock, times=2) == [0, 0]


def test_a_site_in_a_file_survives_a_restart(tmp_path: Path, clock: TickingClock) -> None:
    file = tmp_path / "recurly.json"
    with running(Site.kept(file, clock=clock, otherwise=lambda: demo_site(BEGIN))) as first:
        ask(first, "/_sandbox/accounts/code-acme/subscription", "PATCH", {"unit_amount": 40.0, "quantity": 16})
    with running(Site.kept(file, clock=clock, otherwise=dict)) as second, connected(second) as recurly:
        (record,) = recurly.fetch(Hint("account/code-acme"), rates=USD, now=BEGIN)
    assert record.properties["mrr"] == "640.00"


def test_a_change_of_another_form_is_a_bad_request(sandbox: Running) -> None:
    assert ask(sandbox, "/_sandbox/subscriptions/s1", "PATCH", ["quantity"]).status == 400
    assert ask(sandbox, "/_sandbox/subscriptions/s99", "PATCH", {}).status == 404
    assert ask(sandbox, "/_sandbox/faults", "POST", {"kind": "earthquake"}).status == 400
    assert ask(sandbox, "/_sandbox/webhooks", "POST", {"id": "s1"}).status == 400


def test_faults_come_as_often_as_told_and_can_be_cleared(sandbox: Running) -> None:
    ask(sandbox, "/_sandbox/faults", "POST", {"kind": "error", "times": 2, "path": "/accounts"})
    assert [ask(sandbox, path).status for path in ("/plans", "/accounts", "/accounts", "/accounts")] == [
        200,
        500,
        500,
        200,
    ]
    ask(sandbox, "/_sandbox/faults", "POST", {"kind": "error", "times": 2})
    ask(sandbox, "/_sandbox/faults", "DELETE")
    assert ask(sandbox, "/accounts").status == 200
    assert json.loads(ask(sandbox, "/_sandbox/requests").data)["GET /accounts"] == 4


def test_a_subscription_can_vanish_and_an_invoice_fall_due(sandbox: Running) -> None:
    ask(sandbox, "/_sandbox/subscriptions/s1", "DELETE")
    assert ask(sandbox, "/subscriptions/s1").status == 404
    ask(sandbox, "/_sandbox/invoices/i2", "PATCH", {"state": "past_due"})
    assert json.loads(ask(sandbox, "/accounts/a2").data)["has_past_due_invoice"] is True


def test_the_demo_site_is_the_same_for_the_same_day_and_begins_with_acme(demo: Running) -> None:
    assert demo_site(BEGIN) == demo_site(BEGIN)
    assert demo_site(BEGIN, seed=2) != demo_site(BEGIN)
    with connected(demo) as recurly:
        (acme,) = recurly.fetch(Hint("account/code-acme"), rates=USD, now=BEGIN)
        pages = pull_all(recurly, BEGIN + timedelta(seconds=1))
    assert (acme.properties["name"], acme.properties["mrr"]) == ("Acme Inc", "1225.00")
    found = [record for page in pages for record in page.records]
    names = [record.properties["name"] for record in found]
    assert len(found) == 200
    assert len(set(names)) == 192, "eight customers have two accounts"
    assert {record.properties["customer_status"] for record in found} == {"active", "trial", "churned", "prospect"}
    assert {"USD", "EUR", "GBP", "JPY"} <= {record.properties["currency"] for record in found}
