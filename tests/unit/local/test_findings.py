from datetime import UTC, datetime
from typing import Any

import pytest

from local import findings
from local.findings import Level


@pytest.mark.parametrize(
    ("account", "level"),
    [
        ({"SendingEnabled": True, "ProductionAccessEnabled": True}, Level.GOOD),
        ({"SendingEnabled": True, "ProductionAccessEnabled": False}, Level.BAD),
        ({"SendingEnabled": False, "ProductionAccessEnabled": True}, Level.BAD),
    ],
)
def test_an_account_in_the_sandbox_or_paused_is_bad(account: dict[str, bool], level: Level) -> None:
    assert findings.mail_sandbox(account).level is level


@pytest.mark.parametrize(
    ("identity", "level"),
    [
        (None, Level.BAD),
        ({"VerifiedForSendingStatus": False}, Level.BAD),
        ({"VerifiedForSendingStatus": True}, Level.GOOD),
    ],
)
def test_a_sender_must_be_known_and_verified(identity: dict[str, Any] | None, level: Level) -> None:
    assert findings.sender("a@example.com", identity).level is level


@pytest.mark.parametrize(
    ("kind", "status", "level"),
    [
        ("DOMAIN", "SUCCESS", Level.GOOD),
        ("DOMAIN", "PENDING", Level.BAD),
        ("EMAIL_ADDRESS", "SUCCESS", Level.GOOD),
        ("EMAIL_ADDRESS", "NOT_STARTED", Level.ADVICE),
    ],
)
def test_a_domain_must_sign_and_an_address_had_better(kind: str, status: str, level: Level) -> None:
    identity = {"IdentityType": kind, "DkimAttributes": {"Status": status}}
    assert findings.dkim("example.com", identity).level is level


def test_a_source_that_was_never_seen_is_bad() -> None:
    assert findings.deliveries("recurly", {}).level is Level.BAD
    seen = findings.deliveries("recurly", {"last_at": datetime(2026, 11, 22, 7, 5, tzinfo=UTC)})
    assert (seen.level, seen.said) == (Level.GOOD, "last seen 2026-11-22 07:05 UTC")


@pytest.mark.parametrize(
    "finding",
    [
        findings.key_missing("recurly"),
        findings.key_refused("recurly", ValueError("401")),
        findings.key_untried("recurly", ValueError("503")),
        findings.mail_sandbox({"SendingEnabled": True, "ProductionAccessEnabled": False}),
        findings.sender("a@example.com", None),
        findings.deliveries("recurly", {}),
    ],
)
def test_whatever_is_bad_comes_with_what_to_do(finding: findings.Finding) -> None:
    assert finding.level is Level.BAD
    assert finding.todo
