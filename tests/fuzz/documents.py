"""Policies as admins write them: what hostile ones are made of."""

from shared.accounts.values import Json
from tests.unit.rules.documents import leaf
from tests.unit.tiers.builders import policy, rule

STABILITY: dict[str, Json] = {
    "promote_after": "1h",
    "demote_after": "14d",
    "demote_margin_pct": 5,
    "hold_before_renewal": "30d",
    "hold_demotion_when": leaf("stage", "=", "onboarding"),
    "demote": "month_start",
}
DOCUMENTS: tuple[Json, ...] = (
    policy(),
    policy(
        rule("churned", None, leaf("customer_status", "=", "churned")),
        rule("high", "tier-1", leaf("mrr", ">=", 1000)),
        rule("mid", "tier-2", {"all": [leaf("mrr", "<", "1000.00"), leaf("mrr", ">=", "500.00")]}),
        requires=["mrr"],
        precedence=["manual", "synced", "rules"],
        stability=STABILITY,
    ),
    policy(
        rule(
            "renewing",
            "tier-1",
            {
                "any": [
                    leaf("renewal_date", "within_next", "90d"),
                    leaf("renewal_date", "<", "today-7d"),
                    leaf("last_login_at", "beyond_last", "36h"),
                    leaf("last_touch_at", ">=", "now-7d"),
                    leaf("trial_ends_at", "<", "2026-11-22T07:00:00+01:00"),
                ]
            },
        ),
        rule("used", "tier-2", leaf("seats_used", ">=", {"field": "seats", "times": "0.9"})),
        rule("texts", "tier-2", {"not": {"any": [leaf("plan", "in", ["pro", "enterprise"]),
                                                leaf("name", "starts_with", "ACME"), leaf("owner", "missing")]}}),
        rule("lists", "tier-3", {"all": [leaf("products", "has_any", ["crm", "erp"]),
                                         leaf("products", "size_at_least", 2), leaf("strategic", "=", True)]}),
        otherwise=None,
    ),
    policy(
        rule("dropped", "tier-3", {**leaf("mrr", "dropped_by_pct", 20), "over": "30d"}),
        rule("grown", "tier-1", {**leaf("seats", "rose_by", 5), "over": "24h", "window": {"fn": "max", "of": "7d"}}),
        rule("average", "tier-2", {**leaf("mrr", ">", "900.50"), "window": {"fn": "avg", "of": "30d"}}),
        rule("steady", "tier-2", {"all": [leaf("plan", "same_for", "45d"), leaf("stage", "changed")]}),
        rule("moved", "tier-1", {"any": [leaf("plan", "changed_to", "pro"), leaf("products", "changed")]}),
        rule("all", "tier-3", {"always": True}),
        stability=STABILITY,
    ),
    policy(
        *(rule(f"step-{number}", f"tier-{number % 3 + 1}", leaf("mrr", ">=", 20_000 - number * 100))
          for number in range(60)),
    ),
)  # fmt: skip
