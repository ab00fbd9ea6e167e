from dataclasses import replace
from datetime import timedelta

import pytest

from shared.accounts.identity import AccountId, RuleId, TierId
from shared.alerts.alert import Alert, AlertId, AlertState, alert_id_for
from shared.alerts.rule import AlertType, Severity
from shared.alerts.store import Evaluation
from tests.support.builders import NOW
from tests.unit.api.stage import Stage

LOWERED = Alert(
    id=alert_id_for(AccountId("acme"), RuleId("tier-lowered"), 2),
    rule=RuleId("tier-lowered"),
    rule_version=1,
    account_id=AccountId("acme"),
    account_name="Acme",
    owner="csm-1",
    type=AlertType.CHURN,
    severity=Severity.HIGH,
    raised_at=NOW,
    why="MRR is 640.00",
    before=TierId("tier-1"),
    after=TierId("tier-2"),
    history_version=2,
)
RAISED = replace(
    LOWERED,
    id=AlertId("beta.tier-raised.3"),
    rule=RuleId("tier-raised"),
    account_id=AccountId("beta"),
    owner=None,
    type=AlertType.EXPANSION,
    state=AlertState.CLOSED,
    raised_at=NOW - timedelta(days=1),
)


@pytest.fixture(autouse=True)
def _alerts(stage: Stage) -> None:
    for number, alert in enumerate((LOWERED, RAISED)):
        stage.alerts.record(Evaluation(alert.account_id, 0, number + 1, alerts=(alert,)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("?account=acme", 1),
        ("?rule=tier-raised", 1),
        ("?state=closed", 1),
        ("?state=snoozed", 0),
        ("?owner=csm-1", 1),
        ("?owner=csm@example.com", 1),
        ("?type=churn", 1),
        ("?type=churn&state=closed", 0),
    ],
)
def test_alerts_are_listed_by_what_must_hold(stage: Stage, query: str, found: int) -> None:
    assert len(stage.call(f"GET /v1/alerts{query}", role="csm").json["items"]) == found


def test_one_alert_tells_why_it_was_raised(stage: Stage) -> None:
    shown = stage.call(f"GET /v1/alerts/{LOWERED.id}", role="viewer").json

    assert (shown["id"], shown["account_id"], shown["why"]) == (LOWERED.id, "acme", "MRR is 640.00")
    assert (shown["type"], shown["state"], shown["raised_at"]) == ("churn", "open", "2026-11-22T07:00:00Z")


def test_alerts_are_listed_in_pages(stage: Stage) -> None:
    first = stage.call("GET /v1/alerts?limit=1").json
    rest = stage.call(f"GET /v1/alerts?limit=1&cursor={first['next_cursor']}").json

    assert [item["rule"] for item in [*first["items"], *rest["items"]]] == ["tier-lowered", "tier-raised"]


def test_an_unknown_alert_is_not_found(stage: Stage) -> None:
    assert stage.call("GET /v1/alerts/none").status == 404


@pytest.mark.parametrize("query", ["state=lost", "type=tea", "account="])
def test_a_filter_that_can_t_be_is_refused(stage: Stage, query: str) -> None:
    reply = stage.call(f"GET /v1/alerts?{query}")

    assert (reply.status, reply.problem) == (400, "bad_parameters")
    assert [error["pointer"] for error in reply.json["errors"]] == [f"/query/{query.partition('=')[0]}"]
