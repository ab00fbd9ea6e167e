"""The policy and the fifty conditions as a programmer would write them straight down: the floor for any engine.

Amounts are ten-thousandths of their unit, as accounts keep them. A number that is not known is ABSENT, below every
bound, so that one comparison does where an engine needs two.
"""

from collections.abc import Mapping
from typing import Any

type Values = Mapping[Any, Any]

ABSENT = -(10**30)


def first_rule(values: Values) -> int | None:
    get = values.get
    mrr, seats, csm = get("mrr", ABSENT), get("seats", ABSENT), get("csm_score", ABSENT)
    health, nps, products = get("health_score", ABSENT), get("nps", ABSENT), get("products", ())
    plan, industry, country = get("plan", ""), get("industry"), get("country")
    stage, status, payment, strategic = get("stage"), get("customer_status"), get("payment_status"), get("strategic")
    if strategic is True and mrr >= 2000_0000 and stage in ("live", "renewal"):
        if "platform" in products or "analytics" in products:
            return 0
    if mrr >= 5000_0000 and seats >= 500_0000 and status == "active":
        return 1
    if plan.startswith("enterprise") and mrr >= 1000_0000 and payment == "ok" and csm >= 60_0000:
        if industry in ("finance", "healthcare", "energy", "telecom"):
            return 2
    if industry in ("finance", "healthcare") and country in ("US", "GB", "DE", "FR") and seats >= 200_0000:
        if len(products) >= 3:
            return 3
    if mrr >= 1000_0000 and ABSENT < health < 40_0000 and stage != "churned":
        if payment == "past_due" or ABSENT < nps < 0:
            return 4
    if seats >= 50_0000 and csm >= 50_0000 and "platform" in products and "analytics" in products:
        if "support" in products:
            return 5
    if 500_0000 <= mrr < 2000_0000 and seats > 20_0000 and get("seats_used", ABSENT) > 15_0000:
        if status == "active" and "growth" in plan:
            return 6
    if country in ("JP", "AU", "BR") and mrr >= 300_0000 and stage in ("live", "adoption"):
        return 7
    if nps >= 50_0000 and strategic is False and health >= 80_0000 and seats >= 10_0000:
        return 8
    if status == "churned" and ABSENT < mrr <= 100_0000 and get("owner") is None:
        return 9
    return None


def alerts(values: Values) -> list[bool]:
    return [*_churn(values), *_expansion(values), *_conversion(values), *_renewal(values), *_engagement(values)]


def _churn(values: Values) -> tuple[bool, ...]:
    get = values.get
    mrr, health, csm = get("mrr", ABSENT), get("health_score", ABSENT), get("csm_score", ABSENT)
    payment, stage, strategic = get("payment_status"), get("stage"), get("strategic")
    return (
        ABSENT < health < 30_0000,
        ABSENT < health < 50_0000 and mrr >= 1000_0000,
        payment == "past_due" and mrr >= 500_0000,
        payment == "failed",
        ABSENT < get("nps", ABSENT) < -20_0000 and strategic is True,
        ABSENT < csm < 30_0000 and stage == "live",
        ABSENT < get("seats_used", ABSENT) < 5_0000 and get("seats", ABSENT) >= 50_0000,
        get("customer_status") == "churned" or stage == "churned",
        stage == "renewal" and ABSENT < health < 60_0000,
        get("owner") is None and mrr >= 2000_0000,
    )


def _expansion(values: Values) -> tuple[bool, ...]:
    get = values.get
    mrr, seats, products = get("mrr", ABSENT), get("seats", ABSENT), get("products", ())
    return (
        mrr >= 10000_0000,
        get("seats_used", ABSENT) >= 400_0000 and ABSENT < seats < 500_0000,
        "platform" in products and mrr >= 3000_0000,
        "platform" in products and "analytics" in products,
        len(products) >= 4,
        get("plan", "").startswith("growth") and seats >= 100_0000,
        get("nps", ABSENT) >= 60_0000 and get("health_score", ABSENT) >= 80_0000,
        get("industry") in ("finance", "telecom") and mrr >= 1500_0000,
        get("country") in ("US", "DE", "JP") and seats >= 300_0000 and get("csm_score", ABSENT) >= 70_0000,
        get("strategic") is True and seats >= 250_0000,
    )


def _conversion(values: Values) -> tuple[bool, ...]:
    get = values.get
    mrr, plan, status, stage = get("mrr", ABSENT), get("plan"), get("customer_status"), get("stage")
    seats_used, products = get("seats_used", ABSENT), get("products", ())
    return (
        status == "trial",
        status == "trial" and seats_used >= 10_0000,
        status == "prospect" and get("csm_score", ABSENT) >= 60_0000,
        plan is not None and "free" in plan and seats_used > 5_0000,
        plan is None,
        stage == "prospect" and get("industry") in ("finance", "healthcare"),
        stage in ("prospect", "onboarding") and get("country") == "US",
        status == "trial" and ("analytics" in products or "support" in products),
        0 < mrr < 100_0000,
        get("seats", ABSENT) >= 20_0000 and ABSENT < mrr < 200_0000,
    )


def _renewal(values: Values) -> tuple[bool, ...]:
    get = values.get
    mrr, renewing, undated = get("mrr", ABSENT), get("stage") == "renewal", get("renewal_date") is None
    return (
        renewing,
        renewing and mrr >= 1000_0000,
        renewing and get("payment_status") in ("past_due", "failed"),
        renewing and ABSENT < get("nps", ABSENT) < 10_0000,
        renewing and ABSENT < get("csm_score", ABSENT) < 50_0000,
        undated and mrr >= 500_0000,
        renewing and get("strategic") is True,
        renewing and "support" in get("products", ()),
        renewing and get("seats", ABSENT) >= 100_0000,
        undated and get("customer_status") == "active",
    )


def _engagement(values: Values) -> tuple[bool, ...]:
    get = values.get
    seats_used, csm, nps = get("seats_used", ABSENT), get("csm_score"), get("nps", ABSENT)
    stage, health = get("stage"), get("health_score")
    return (
        ABSENT < seats_used <= 1_0000,
        ABSENT < seats_used <= 10_0000 and get("seats", ABSENT) >= 100_0000,
        csm is not None and csm < 20_0000,
        ABSENT < nps <= -50_0000,
        stage == "onboarding" and ABSENT < seats_used < 3_0000,
        stage == "adoption" and health is not None and health < 50_0000,
        stage == "live" and health is not None and health >= 90_0000,
        health is None,
        nps == ABSENT and get("mrr", ABSENT) >= 1000_0000,
        csm is None or health is None,
    )
