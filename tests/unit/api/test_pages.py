"""What needs no login: health, the why page, the contract."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from shared.accounts.identity import AccountId
from shared.why import link
from tests.support.builders import NOW, account
from tests.unit.api.stage import Reply, Stage

ROOT = Path(__file__).parents[3]


def test_health_tells_version_and_stage(stage: Stage) -> None:
    reply = stage.call("GET /health", role=None)

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert reply.json == {"status": "ok", "version": version, "stage": "test"}


def _why(stage: Stage, account_id: str = "acme", key: str = "a key of the why page", **kept: float) -> Reply:
    token = link.sign(AccountId(account_id), NOW + timedelta(**(kept or {"days": 14})), key)
    return stage.call(f"GET /why/{token}", role=None)


def test_a_why_link_opens_its_account_s_page(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00", name="Acme <GmbH>", tier="tier-2"))

    reply = _why(stage)

    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Acme &lt;GmbH&gt;" in reply.text
    assert "640.00" in reply.text


def test_a_why_page_can_do_nothing_and_is_kept_nowhere(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00"))

    for headers in (_why(stage).headers, _why(stage, key="another key").headers):
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_links_that_lead_nowhere_look_alike(stage: Stage) -> None:
    stage.put(account("acme", mrr="640.00"))
    bad = [
        _why(stage, key="another key"),
        _why(stage, seconds=0),
        _why(stage, "unknown"),
        stage.call("GET /why/nonsense", role=None),
        stage.call(f"GET /why/{'x' * 1_500}", role=None),
    ]

    assert {(reply.status, reply.text) for reply in bad} == {(404, bad[0].text)}
    assert bad[0].headers["Content-Type"] == "text/html; charset=utf-8"


def test_without_a_key_no_link_opens(stage: Stage) -> None:
    stage.secrets.values.clear()

    assert _why(stage).status == 404


def test_the_interactive_page_needs_no_other_host(stage: Stage) -> None:
    reply = stage.call("GET /docs", role=None, accept_encoding="gzip")

    assert reply.status == 200
    assert "SwaggerUIBundle" in reply.text
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", reply.text)
    policy = reply.headers["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "script-src 'sha256-" in policy
    assert "http" not in policy


def test_the_interactive_page_holds_the_contract(stage: Stage) -> None:
    assert '"/v1/accounts/{account_id}/tier"' in stage.call("GET /docs", role=None).text


@pytest.mark.parametrize("route", ["GET /health", "GET /docs", "GET /v1/openapi.json"])
def test_a_login_does_no_harm_where_none_is_needed(stage: Stage, route: str) -> None:
    assert stage.call(route, role="stranger").status == 200
