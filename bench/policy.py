"""The policy that every engine decides by: ten rules of three to six conditions on values of every type."""

from collections.abc import Mapping, Sequence

from shared.accounts.values import Json

type Document = Mapping[str, Json]


def on(field: str, op: str, *value: Json) -> Document:
    return {"field": field, "op": op, "value": value[0]} if value else {"field": field, "op": op}


def every(*members: Document) -> Document:
    return {"all": list(members)}


def either(*members: Document) -> Document:
    return {"any": list(members)}


_RULES: Sequence[tuple[str, str, Document]] = (
    (
        "strategic",
        "tier-1",
        every(
            on("strategic", "=", True),
            on("mrr", ">=", 2000),
            on("stage", "in", ["live", "renewal"]),
            on("products", "has_any", ["platform", "analytics"]),
        ),
    ),
    (
        "large",
        "tier-1",
        every(on("mrr", ">=", 5000), on("seats", ">=", 500), on("customer_status", "=", "active")),
    ),
    (
        "enterprise",
        "tier-1",
        every(
            on("plan", "starts_with", "enterprise"),
            on("mrr", ">=", 1000),
            on("payment_status", "=", "ok"),
            on("csm_score", ">=", 60),
            on("industry", "in", ["finance", "healthcare", "energy", "telecom"]),
        ),
    ),
    (
        "regulated",
        "tier-1",
        every(
            on("industry", "in", ["finance", "healthcare"]),
            on("country", "in", ["US", "GB", "DE", "FR"]),
            on("seats", ">=", 200),
            on("products", "size_at_least", 3),
        ),
    ),
    (
        "at-risk",
        "tier-1",
        every(
            on("mrr", ">=", 1000),
            on("health_score", "<", 40),
            either(on("payment_status", "=", "past_due"), on("nps", "<", 0)),
            {"not": on("stage", "=", "churned")},
        ),
    ),
    (
        "suite",
        "tier-2",
        every(
            on("products", "has_all", ["platform", "analytics", "support"]),
            on("seats", ">=", 50),
            on("csm_score", ">=", 50),
        ),
    ),
    (
        "growing",
        "tier-2",
        every(
            on("mrr", ">=", 500),
            on("mrr", "<", 2000),
            on("seats", ">", 20),
            on("seats_used", ">", 15),
            on("customer_status", "=", "active"),
            on("plan", "contains", "growth"),
        ),
    ),
    (
        "regional",
        "tier-2",
        every(on("country", "in", ["JP", "AU", "BR"]), on("mrr", ">=", 300), on("stage", "in", ["live", "adoption"])),
    ),
    (
        "advocate",
        "tier-2",
        every(on("nps", ">=", 50), on("strategic", "=", False), on("health_score", ">=", 80), on("seats", ">=", 10)),
    ),
    (
        "leaving",
        "tier-3",
        every(on("customer_status", "=", "churned"), on("mrr", "<=", 100), on("owner", "missing")),
    ),
)

POLICY: Document = {
    "rules": [{"id": name, "tier": tier, "when": when} for name, tier, when in _RULES],
    "otherwise": "tier-3",
}
