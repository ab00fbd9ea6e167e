"""The site's objects as the API shows them: with the members that Recurly computes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from local.sandboxes.recurly.site import Object, Site
from shared.accounts.values import moment_text

LIVE = ("active", "canceled", "future", "paused")


def account(site: Site, found: Object) -> Object:
    states = {one["state"] for one in site.all("subscriptions") if one["account_id"] == found["id"]}
    return {
        "object": "account",
        **found,
        "has_live_subscription": bool(states & set(LIVE)),
        **{f"has_{state}_subscription": state in states for state in LIVE},
    }


def subscription(site: Site, found: Object) -> Object:
    owner, plan = site.find("accounts", found["account_id"]), site.find("plans", found["plan_id"])
    add_ons = [{"object": "subscription_add_on", "subscription_id": found["id"], **one} for one in found["add_ons"]]
    add_ons_total = sum((_price(one) for one in add_ons), Decimal(0))
    subtotal = _decimal(found["unit_amount"]) * found["quantity"] + add_ons_total
    shown = {name: value for name, value in found.items() if name not in ("account_id", "plan_id")}
    return {
        "object": "subscription",
        **shown,
        "account": _mini(owner, "id", "code", "email", "first_name", "last_name", "company", object="account"),
        "plan": _mini(plan, "id", "code", "name", object="plan"),
        "add_ons": add_ons,
        "add_ons_total": float(add_ons_total),
        "subtotal": float(subtotal),
        "tax": 0.0,
        "total": float(subtotal),
    }


def plan(_: Site, found: Object) -> Object:
    return {"object": "plan", **found}


def invoice(site: Site, found: Object) -> Object:
    owner = site.find("accounts", found["account_id"])
    shown = {name: value for name, value in found.items() if name != "account_id"}
    return {"object": "invoice", **shown, "account": _mini(owner, "id", "code", object="account")}


def matches_state(found: Object, state: str | None, now: datetime) -> bool:
    """The list of subscriptions' `state` filter (FilterSubscriptionStateEnum)."""
    if state == "live":
        return found["state"] in LIVE
    if state == "in_trial":
        return found["state"] in LIVE and (found["trial_ends_at"] or "") > moment_text(now)
    return state is None or found["state"] == state


def _mini(found: Object, *names: str, object: str) -> Object:  # noqa: A002 - Recurly's name for the type
    return {"object": object, **{name: found.get(name) for name in names}}


def _price(add_on: Object) -> Decimal:
    """What `add_ons_total` counts for an add-on: nothing for usage, the tiers of the others are in their amount."""
    if add_on["add_on"]["add_on_type"] == "usage":
        return Decimal(0)
    return _decimal(add_on["unit_amount"]) * int(add_on["quantity"])


def _decimal(number: Any) -> Decimal:
    return Decimal(str(number))


def page(rows: Sequence[Object], following: str | None) -> Object:
    return {"object": "list", "has_more": following is not None, "next": following, "data": list(rows)}
