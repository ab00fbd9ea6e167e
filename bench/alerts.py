"""Fifty conditions as alert rules have them, ten a type: one to three comparisons, and all of them are evaluated."""

from collections.abc import Sequence

from bench.policy import Document, either, every, on

CHURN: Sequence[Document] = (
    on("health_score", "<", 30),
    every(on("health_score", "<", 50), on("mrr", ">=", 1000)),
    every(on("payment_status", "=", "past_due"), on("mrr", ">=", 500)),
    on("payment_status", "=", "failed"),
    every(on("nps", "<", -20), on("strategic", "=", True)),
    every(on("csm_score", "<", 30), on("stage", "=", "live")),
    every(on("seats_used", "<", 5), on("seats", ">=", 50)),
    either(on("customer_status", "=", "churned"), on("stage", "=", "churned")),
    every(on("stage", "=", "renewal"), on("health_score", "<", 60)),
    every(on("owner", "missing"), on("mrr", ">=", 2000)),
)
EXPANSION: Sequence[Document] = (
    on("mrr", ">=", 10000),
    every(on("seats_used", ">=", 400), on("seats", "<", 500)),
    every(on("products", "has_any", ["platform"]), on("mrr", ">=", 3000)),
    on("products", "has_all", ["platform", "analytics"]),
    on("products", "size_at_least", 4),
    every(on("plan", "starts_with", "growth"), on("seats", ">=", 100)),
    every(on("nps", ">=", 60), on("health_score", ">=", 80)),
    every(on("industry", "in", ["finance", "telecom"]), on("mrr", ">=", 1500)),
    every(on("country", "in", ["US", "DE", "JP"]), on("seats", ">=", 300), on("csm_score", ">=", 70)),
    every(on("strategic", "=", True), on("seats", ">=", 250)),
)
CONVERSION: Sequence[Document] = (
    on("customer_status", "=", "trial"),
    every(on("customer_status", "=", "trial"), on("seats_used", ">=", 10)),
    every(on("customer_status", "=", "prospect"), on("csm_score", ">=", 60)),
    every(on("plan", "contains", "free"), on("seats_used", ">", 5)),
    on("plan", "missing"),
    every(on("stage", "=", "prospect"), on("industry", "in", ["finance", "healthcare"])),
    every(on("stage", "in", ["prospect", "onboarding"]), on("country", "=", "US")),
    every(on("customer_status", "=", "trial"), on("products", "has_any", ["analytics", "support"])),
    every(on("mrr", ">", 0), on("mrr", "<", 100)),
    every(on("seats", ">=", 20), on("mrr", "<", 200)),
)
RENEWAL: Sequence[Document] = (
    on("stage", "=", "renewal"),
    every(on("stage", "=", "renewal"), on("mrr", ">=", 1000)),
    every(on("stage", "=", "renewal"), on("payment_status", "in", ["past_due", "failed"])),
    every(on("stage", "=", "renewal"), on("nps", "<", 10)),
    every(on("stage", "=", "renewal"), on("csm_score", "<", 50)),
    every(on("renewal_date", "missing"), on("mrr", ">=", 500)),
    every(on("stage", "=", "renewal"), on("strategic", "=", True)),
    every(on("stage", "=", "renewal"), on("products", "has_any", ["support"])),
    every(on("stage", "=", "renewal"), on("seats", ">=", 100)),
    every(on("renewal_date", "missing"), on("customer_status", "=", "active")),
)
ENGAGEMENT: Sequence[Document] = (
    on("seats_used", "<=", 1),
    every(on("seats_used", "<=", 10), on("seats", ">=", 100)),
    on("csm_score", "<", 20),
    on("nps", "<=", -50),
    every(on("stage", "=", "onboarding"), on("seats_used", "<", 3)),
    every(on("stage", "=", "adoption"), on("health_score", "<", 50)),
    every(on("stage", "=", "live"), on("health_score", ">=", 90)),
    on("health_score", "missing"),
    every(on("nps", "missing"), on("mrr", ">=", 1000)),
    either(on("csm_score", "missing"), on("health_score", "missing")),
)
ALERTS: Sequence[Document] = (*CHURN, *EXPANSION, *CONVERSION, *RENEWAL, *ENGAGEMENT)
