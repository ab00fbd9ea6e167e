"""Fills a fresh stack: the source is set up and synced through the API, the owners come by signed webhooks."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import urllib3

from local.api import Api, ApiRefused
from local.console import step
from local.demo.owners import delivery
from local.stackfile import Stack
from local.waiting import wait_for
from local.webhooks import signed_headers

_SYNC_SECONDS = 300.0
_OWNERS_SECONDS = 120.0
_ENDED = ("succeeded", "failed", "cancelled")
_OK = 200
_CONFLICT = 409
_RATES = {"EUR": "1.08", "GBP": "1.27", "CHF": "1.13", "CAD": "0.73", "JPY": "0.0067"}
"""Of one unit in US dollars: plausible, and fixed so that the story is the same every time."""
_FALLBACK = "cs-ops@example.com"


class DemoFailed(Exception):
    """The demo's data did not come in; the message says what of it."""


def configure(stack: Stack, api: Api) -> None:
    """Points the source at its sandbox, with the sandbox's key, and has it pulled regularly. Settings that nobody has
    changed get rates of the currencies that the demo's customers pay in, and somebody to write to where no CSM is.
    """
    settings = api.call("GET", "/v1/settings")
    if settings.body["rates"] == {}:
        wanted = {**settings.body, "rates": _RATES, "fallback_recipients": [_FALLBACK]}
        known = {name: value for name, value in wanted.items() if name != "rates_revision"}
        api.call("PUT", "/v1/settings", known, headers={"if-match": settings.headers["etag"]})
    sandbox = stack.sandboxes["recurly"]
    document = {"base_url": sandbox.url, "sync_minutes": 60, "secrets": {"api_key": sandbox.api_key}}
    before = api.get("/v1/sources/recurly")
    if before["base_url"] != sandbox.url:
        api.call("PUT", "/v1/sources/recurly", document, headers={"if-match": "*"})


def load(stack: Stack, api: Api) -> None:
    """The accounts with their MRR first, so that their first tier is the right one and no news to anybody."""
    with step("Sync the accounts from Recurly's sandbox"):
        _sync(api)
    with step("Send the accounts' owners"):
        _send_owners(stack, api)


def _sync(api: Api) -> None:
    location = _started(api)
    run = wait_for("the sync", lambda: _ended(api, location), seconds=_SYNC_SECONDS)
    if run["state"] != "succeeded":
        raise DemoFailed(f"the sync {run['state']}: {run['error']}")


def _started(api: Api) -> str:
    """Where the sync is followed. One that is under way is an interrupted start's, whose worker is gone with it."""
    try:
        return api.call("POST", "/v1/sources/recurly/sync").headers["location"]
    except ApiRefused as refused:
        if refused.status != _CONFLICT:
            raise
    under_way = api.get("/v1/sources/recurly/runs?limit=1")["items"][0]["id"]
    api.call("DELETE", f"/v1/sources/recurly/runs/{under_way}")
    return api.call("POST", "/v1/sources/recurly/sync").headers["location"]


def _ended(api: Api, location: str) -> Mapping[str, Any] | None:
    run: Mapping[str, Any] = api.get(location)
    return run if run["state"] in _ENDED else None


def _send_owners(stack: Stack, api: Api) -> None:
    now = datetime.now(UTC)
    body = json.dumps(delivery(at=now)).encode()
    headers = signed_headers(stack.webhook_secrets["generic"], body, delivery_id="demo-owners", at=now)
    answer = urllib3.request("POST", f"{stack.webhook_url}/generic", body=body, headers=headers)
    if answer.status != _OK:
        raise DemoFailed(f"the owners' webhook was answered {answer.status}")
    wait_for("every account's owner and tier", lambda: all(map(_is_settled, _accounts(api))), seconds=_OWNERS_SECONDS)


def _accounts(api: Api) -> Iterator[Mapping[str, Any]]:
    cursor = ""
    while cursor is not None:
        page = api.get(f"/v1/accounts?limit=200{cursor and f'&cursor={quote(cursor)}'}")
        yield from page["items"]
        cursor = page["next_cursor"]


def _is_settled(account: Mapping[str, Any]) -> bool:
    """Its owner is known, and its tier decided where there is an MRR to decide by."""
    return account["owner"] is not None and (account["tier"]["id"] is not None or "mrr" not in account["fields"])
