import pytest

from tests.unit.api.stage import Stage

SETTINGS = {
    "time_zone": "Europe/Berlin",
    "reporting_currency": "EUR",
    "rates": {"USD": "0.92"},
    "fallback_recipients": ["cs-ops@example.com"],
    "override_days": 90,
    "digest_hour": 7,
    "breaker": {"max_demotions_pct": 10, "min_accounts": 50, "within": "90m"},
}


def test_settings_are_saved_whole(stage: Stage) -> None:
    saved = stage.call("PUT /v1/settings", SETTINGS, if_match='"0"')

    assert (saved.status, saved.etag) == (200, '"1"')
    assert saved.json == {**SETTINGS, "rates_revision": 1}
    assert stage.call("GET /v1/settings", role="viewer").json == saved.json


def test_only_a_change_of_currency_or_rates_counts_a_revision(stage: Stage) -> None:
    stage.call("PUT /v1/settings", SETTINGS, if_match="*")
    same = stage.call("PUT /v1/settings", {**SETTINGS, "digest_hour": 9, "rates_revision": 40}, if_match="*")
    other = stage.call("PUT /v1/settings", {**SETTINGS, "rates": {"USD": "0.93"}}, if_match="*")

    assert (same.json["rates_revision"], other.json["rates_revision"]) == (1, 2)


def test_every_setting_that_can_t_be_is_told(stage: Stage) -> None:
    wrong = {
        "time_zone": "Mars/Olympus",
        "reporting_currency": "euro",
        "rates": {"USD": "0", "GBP": "-1", "CHF": "1.1"},
        "fallback_recipients": ["cs-ops@example.com", "nobody", "a@b.c\r\nBcc: x@y.z"],
        "override_days": 0,
        "digest_hour": 24,
        "breaker": {"max_demotions_pct": 101, "min_accounts": 0, "within": "1d", "why": "not"},
        "colour": "red",
    }

    reply = stage.call("PUT /v1/settings", wrong, if_match="*")

    assert reply.status == 422
    assert {pointer for pointer, _ in reply.errors} == {
        "/time_zone",
        "/reporting_currency",
        "/rates/USD",
        "/rates/GBP",
        "/fallback_recipients/1",
        "/fallback_recipients/2",
        "/override_days",
        "/digest_hour",
        "/breaker/max_demotions_pct",
        "/breaker/min_accounts",
        "/breaker/within",
        "/breaker/why",
        "/colour",
    }


def test_a_currency_that_the_policy_s_thresholds_don_t_fit_is_refused(stage: Stage) -> None:
    when = {"field": "mrr", "op": ">=", "value": "999.50"}
    saved = stage.call("PUT /v1/policy/draft", {"rules": [{"id": "a", "tier": "tier-1", "when": when}]}, if_match="*")
    stage.call("POST /v1/policy/publish", {"draft_etag": saved.etag})

    reply = stage.call("PUT /v1/settings", {"reporting_currency": "JPY"}, if_match="*")

    assert (reply.status, reply.problem) == (409, "in_use")
    assert ("/policy/rules/0/when/value", "value_not_for_type") in reply.errors


@pytest.mark.parametrize(("change", "walks"), [({"time_zone": "Asia/Tokyo"}, 4), ({"digest_hour": 9}, 0)])
def test_another_time_zone_has_every_account_decided_again(stage: Stage, change: dict[str, object], walks: int) -> None:
    stage.call("PUT /v1/settings", change, if_match="*")

    assert len(stage.decide.sent) == walks


def test_a_change_is_audited(stage: Stage) -> None:
    stage.call("PUT /v1/settings", SETTINGS, if_match="*")

    (entry,) = stage.documents.audit
    assert (entry.actor, entry.action) == ("admin-1", "settings.save")
    assert entry.after is not None
    assert entry.after["time_zone"] == "Europe/Berlin"


def test_a_refused_change_has_no_account_decided(stage: Stage) -> None:
    when = {"field": "mrr", "op": ">=", "value": "999.50"}
    stage.call("PUT /v1/policy/draft", {"rules": [{"id": "a", "tier": "tier-1", "when": when}]}, if_match="*")

    reply = stage.call("PUT /v1/settings", {"reporting_currency": "JPY", "time_zone": "Asia/Tokyo"}, if_match="*")

    assert reply.status == 409
    assert stage.decide.sent == []
