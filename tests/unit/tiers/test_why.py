"""The reason of a decision, as a CSM reads it."""

from datetime import UTC, datetime

import pytest

from shared.accounts.account import Account
from shared.accounts.values import Json
from shared.tiers.engine import decide
from shared.tiers.rulebook import Rulebook
from tests.support.builders import NOW, account, update
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import overridden, policy, rule, rulebook, synced


def why(of: Account, book: Rulebook | None = None) -> str:
    return decide(of, book or rulebook(), NOW).why


@pytest.mark.parametrize(
    ("mrr", "words"),
    [
        (5_000, "MRR is 5000.00: at least 1000 (rule high)."),
        (640, "MRR is 640.00: below 1000 (rule high), at least 500 (rule mid)."),
        (
            "12.30",
            "MRR is 12.30: below 1000 (rule high), below 500 (rule mid). No rule matched: everyone else.",
        ),
        (None, "MRR is not known (rules high, mid). No rule matched: everyone else."),
    ],
)
def test_the_rules_speak_of_figures(mrr: Json, words: str) -> None:
    assert why(account(mrr=mrr)) == words


def test_each_field_has_a_sentence_of_its_own() -> None:
    book = rulebook(
        policy(
            rule("logo", "tier-1", leaf("strategic", "=", True)),
            rule("pro", "tier-2", {"all": [leaf("plan", "=", "pro"), leaf("seats", ">=", 10)]}),
            otherwise=None,
        )
    )
    assert why(account(plan="pro", seats=12), book) == (
        "Strategic is not known (rule logo). Plan is pro (rule pro). Seats is 12: at least 10 (rule pro)."
    )
    assert why(account(plan="pro", strategic=False), book) == (
        "Strategic is no: not yes (rule logo). Seats is not known (rule pro). "
        "No rule matched: everyone else has no tier."
    )


def test_dates_are_told_by_the_calendar() -> None:
    book = rulebook(
        policy(
            rule("idle", "tier-3", leaf("last_login_at", "beyond_last", "30d")),
            rule("renewing", "tier-1", leaf("renewal_date", "within_next", "90d")),
            rule("new", "tier-2", leaf("customer_since", ">", "today-30d")),
        )
    )
    assert why(account(renewal_date="2026-12-31", last_login_at="2026-11-20T09:30:00Z"), book) == (
        "Last login is 2026-11-20T09:30:00Z: not more than 30 days ago (rule idle). "
        "Renewal date is 2026-12-31: within the next 90 days (rule renewing)."
    )
    assert why(account(renewal_date="2027-12-31", customer_since="2026-11-01"), book) == (
        "Last login is not known (rule idle). Renewal date is 2027-12-31: not within the next 90 days (rule renewing). "
        "Customer since is 2026-11-01: after today-30d (2026-10-23) (rule new)."
    )


def test_a_rule_without_a_tier_is_told() -> None:
    book = rulebook(policy(rule("churned", None, leaf("customer_status", "=", "churned"))))
    words = "Customer status is churned (rule churned). Rule churned gives no tier."
    assert why(account(customer_status="churned"), book) == words


def test_a_rule_that_always_holds_is_told() -> None:
    assert why(account(), rulebook(policy(rule("all", "tier-1", {"always": True})))) == (
        "Rule all holds for every account."
    )


def test_many_rules_are_told_by_the_nearest() -> None:
    ladder = [rule(f"r{n}", "tier-1", leaf("mrr", ">=", 5_000 - n)) for n in range(50)]
    words = why(account(mrr=1), rulebook(policy(*ladder)))
    assert "r49" in words
    assert "r41" not in words


def test_a_person_is_told_with_reason_and_end() -> None:
    lasting = overridden(account(mrr=640), "tier-1", until=datetime(2027, 1, 1, tzinfo=UTC))
    assert why(lasting) == (
        "Set to Tier 1: High touch by ann: strategic logo. Until 2027-01-01 00:00 UTC. "
        "The rules say Tier 2: Moderate touch."
    )
    assert why(overridden(account(mrr=5_000), "tier-1")) == "Set to Tier 1: High touch by ann: strategic logo."


def test_a_crm_is_told_in_its_own_words() -> None:
    assert why(synced(account(mrr=640), "tier-2")) == "The CRM says tier-2, which is Tier 2: Moderate touch."
    from_crm = account("acme", update("salesforce:001", mrr=640, synced_tier="Tier 2: Moderate touch"))
    assert why(from_crm) == "salesforce says Tier 2: Moderate touch."
    assert why(synced(account(mrr=5_000), "Platinum")) == (
        "MRR is 5000.00: at least 1000 (rule high). The CRM's tier Platinum is none of the tiers here."
    )


def test_a_missing_requirement_is_told() -> None:
    book = rulebook(policy(requires=["mrr"]))
    assert why(account(), book) == (
        "MRR was never known, and the policy requires it: the account stays without a tier."
    )
    assert why(account(tier="tier-1"), book) == (
        "MRR was never known, and the policy requires it: the account stays in Tier 1: High touch."
    )


def test_no_method_and_no_life_are_told() -> None:
    assert why(account(mrr=1), rulebook(policy(precedence=["manual"]))) == "No method gives a tier."
    gone = account("acme", update(version=1, mrr=5_000), update(version=2, deleted=True))
    assert why(gone) == "The account is archived: it stays as it is."
