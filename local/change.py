"""Changes an account's MRR at the Recurly sandbox and watches what the product makes of it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import urllib3

from local.api import Api
from local.outcome import Outcome, mail_after, need_of, since
from local.recurly import Recurly
from local.stackfile import Stack
from local.waiting import wait_for
from shared.accounts.money import Currency, Rates
from shared.alerts.rule import FRESH, Route

_SECONDS = 30.0
_TOLD_LATER = {rule.id: rule for rule in FRESH if rule.route is not Route.IMMEDIATE}
"""The alert rules of a fresh deployment that write no mail at once."""

type Json = Mapping[str, Any]


class UnknownAccount(Exception):
    """The product has no account with this code of Recurly's."""


@dataclass(frozen=True, slots=True)
class Watcher:
    stack: Stack
    api: Api

    def change(self, code: str, mrr: Decimal, *, times: int = 1) -> Outcome:
        """Returns when it has had its consequences. Raises UnknownAccount, NotPriced, SandboxRefused, TooSlow."""
        before = self._account(code)
        path = f"/v1/accounts/{before['id']}"
        version = self._history_version(path)
        recurly = Recurly(self.stack.sandboxes["recurly"])
        subscription = recurly.reprice(code, Fraction(mrr), self._rates())
        began = datetime.now(UTC)
        with ThreadPoolExecutor(1) as sender:
            sent = sender.submit(recurly.announce, subscription, times=times)
            change = wait_for("the decision", lambda: self._decided(path, mrr, version), seconds=_SECONDS).get("change")
            seconds = (datetime.now(UTC) - began).total_seconds() if change else None
            sent.result()
        return self._outcome(before, change, seconds, began)

    def _outcome(self, before: Json, change: Json | None, seconds: float | None, began: datetime) -> Outcome:
        path = f"/v1/accounts/{before['id']}"
        after = self.api.get(path)
        decision = change["decision"] if change else self.api.get(f"{path}/decision")
        names = {tier["id"]: tier["name"] for tier in self.api.get("/v1/tiers")["items"]}
        mail, no_mail = self._told(before, change, began)
        return Outcome(
            account=before["name"],
            mrr_before=_mrr(before),
            mrr_after=_mrr(after),
            before=names.get(before["tier"]["id"]),
            after=names.get(after["tier"]["id"]),
            seconds=seconds,
            need=need_of(decision, self._tiers_of_rules(names)),
            mail_url=f"{self.stack.mailbox_url}/mails/{mail['id']}" if mail else None,
            mail_seconds=since(mail["sent_at"], began) if mail else None,
            no_mail=no_mail,
        )

    def _account(self, code: str) -> Json:
        found = self.api.get(f"/v1/accounts?external_id=recurly:{code}")["items"]
        if not found:
            raise UnknownAccount(f"there is no account with Recurly's code {code}")
        account: Json = found[0]
        return account

    def _rates(self) -> Rates:
        settings = self.api.get("/v1/settings")
        rates = {Currency(code): Decimal(rate) for code, rate in settings["rates"].items()}
        return Rates(Currency(settings["reporting_currency"]), rates, 0)

    def _history_version(self, path: str) -> int:
        newest = self._newest_change(path)
        return newest["version"] if newest else 0

    def _newest_change(self, path: str) -> Json | None:
        return next(iter(self.api.get(f"{path}/tier-history?limit=1")["items"]), None)

    def _decided(self, path: str, mrr: Decimal, version: int) -> Json | None:
        """Its `change`: the row of history that followed that version, or None where the MRR came and the tier stays.

        None itself while neither is so.
        """
        newest = self._newest_change(path)
        if newest and newest["version"] > version:
            return {"change": newest}
        if not _has_mrr(self.api.get(path), mrr) or self.api.get(f"{path}/decision")["status"] == "changed":
            return None
        newest = self._newest_change(path)  # it may have followed since
        return {"change": newest if newest and newest["version"] > version else None}

    def _told(self, before: Json, change: Json | None, began: datetime) -> tuple[Json | None, str | None]:
        """The mail of the change, or why there is none."""
        if change is None:
            return None, "the tier stays"
        alert = wait_for("the alert", lambda: self._alert(before["id"], change["version"]), seconds=_SECONDS)
        later = _TOLD_LATER.get(alert["rule"])
        if later:
            return None, f"the alert rule “{later.name}” is for the {later.route.replace('_', ' ')}"
        return wait_for("the mail", lambda: self._mail(before["name"], began), seconds=_SECONDS), None

    def _alert(self, account_id: str, version: int) -> Json | None:
        alerts = self.api.get(f"/v1/alerts?account={account_id}")["items"]
        return next((alert for alert in alerts if alert["history_version"] == version), None)

    def _mail(self, name: str, began: datetime) -> Json | None:
        mails = urllib3.request("GET", f"{self.stack.mailbox_url}/messages.json").json()["messages"]
        return mail_after(mails, began, name)

    def _tiers_of_rules(self, names: Mapping[str, str]) -> Mapping[str, str]:
        policy = self.api.get("/v1/policy")["policy"]
        return {rule["id"]: names[rule["tier"]] for rule in policy["rules"]}


def _has_mrr(account: Json, mrr: Decimal) -> bool:
    value = _mrr(account)
    return value is not None and Decimal(value) == mrr


def _mrr(account: Json) -> str | None:
    value: str | None = account["fields"].get("mrr", {}).get("value")
    return value
