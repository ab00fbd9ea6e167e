"""Fifty customers downgrade at Recurly: how fast their CSMs know, what it costs, and what repeats do."""

import random
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import time
from typing import Any

import pytest

from tests.stack.customers import LOW, Customer, account, announce, customers, reprice
from tests.stack.deployed import Deployed
from tests.stack.metering import Figures, Meter

FIFTY = 50
OWN_FIELDS = ("id", "fields", "tier", "owner", "version")


@dataclass(frozen=True, slots=True)
class Fifty:
    customers: list[Customer]
    seconds: list[float]
    """From each webhook's sending to its mail."""
    versions: list[int]
    """How many versions of its account each downgrade made."""
    figures: Figures
    """Of the fifty downgrades."""


@pytest.fixture(scope="module")
def fifty(deployed: Deployed, meter: Meter) -> Iterator[Fifty]:
    """Has downgraded all fifty, one after the other."""
    lowered = customers(deployed, FIFTY, "fifty")
    for customer in lowered:
        reprice(deployed, customer.code, LOW)
    _next_second(deployed)
    sent: dict[str, float] = {}
    before = _versions(deployed, lowered)
    with meter.reading() as figures:
        for customer in lowered:
            sent[customer.csm] = time()
            assert announce(deployed, customer) == 200
            deployed.wait(f"the mail to {customer.csm}", lambda csm=customer.csm: _mails_to(deployed, csm) or None)  # type: ignore[misc]
        deployed.quiet()
    seconds = [_sent_at(_mails_to(deployed, csm)[0]) - began for csm, began in sent.items()]
    versions = [now - then for then, now in zip(before, _versions(deployed, lowered), strict=True)]
    return (yield Fifty(lowered, seconds, versions, figures))


def test_the_csm_of_each_gets_one_mail_and_the_latency_is_told(fifty: Fifty, deployed: Deployed) -> None:
    ordered = sorted(fifty.seconds)
    print(  # noqa: T201 - the figure is what the run is for
        f"\nwebhook to mail, {FIFTY} Recurly webhooks: p50 {statistics.median(ordered) * 1000:.0f} ms, "
        f"p95 {ordered[int(FIFTY * 0.95)] * 1000:.0f} ms, worst {ordered[-1] * 1000:.0f} ms (target: p50 250 ms warm)"
    )

    assert len(fifty.seconds) == FIFTY
    assert all(len(_mails_to(deployed, customer.csm)) == 1 for customer in fifty.customers)


def test_each_downgrade_is_two_versions_and_one_invocation_of_tier_trigger(fifty: Fifty) -> None:
    assert fifty.versions == [2] * FIFTY
    assert fifty.figures.invocations["tier_trigger"] == FIFTY


def test_what_a_webhook_that_changes_a_tier_costs_is_told(fifty: Fifty) -> None:
    _print_table("one webhook that lowers a tier and mails its CSM", fifty.figures, FIFTY)

    assert fifty.figures.all_calls > 0
    assert fifty.figures.write_units.total() > 0


def test_the_same_fifty_three_times_in_random_order_change_nothing_and_write_nothing(
    fifty: Fifty, deployed: Deployed, meter: Meter
) -> None:
    before = [_state(deployed, customer) for customer in fifty.customers]
    again = fifty.customers * 3
    random.shuffle(again)

    with meter.reading() as figures:
        assert {announce(deployed, customer) for customer in again} == {200}
        deployed.quiet(seconds=120)

    _print_table("one webhook that is not newer", figures, len(again))
    assert figures.write_units.total() == 0
    assert figures.invocations["tier_trigger"] == 0
    assert [_state(deployed, customer) for customer in fifty.customers] == before
    assert all(len(_mails_to(deployed, customer.csm)) == 1 for customer in fifty.customers)
    assert not any(deployed.dead().values())


def _versions(deployed: Deployed, lowered: list[Customer]) -> list[int]:
    return [int(found["version"]) for customer in lowered if (found := account(deployed, customer.code))]


def _next_second(deployed: Deployed) -> None:
    """Recurly's times are whole seconds: what is read within the second of its change is read again as newer later."""
    now = int(time())
    deployed.wait("the next second", lambda: int(time()) > now)


def _state(deployed: Deployed, customer: Customer) -> tuple[Any, ...]:
    found = account(deployed, customer.code)
    assert found is not None
    history = deployed.api().get(f"/v1/accounts/{found['id']}/tier-history")["items"]
    return ([found[name] for name in OWN_FIELDS], history)


def _mails_to(deployed: Deployed, address: str) -> list[Mapping[str, Any]]:
    return [mail for mail in deployed.mails() if address in mail["to"]]


def _sent_at(mail: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(mail["sent_at"]).timestamp()


def _print_table(title: str, figures: Figures, webhooks: int) -> None:
    lines = [f"\n{title}: {figures.all_calls / webhooks:.2f} AWS calls, "]
    lines[0] += f"{figures.write_units.total() / webhooks:.2f} write units"
    for (function, call), number in sorted((figures.calls + figures.refreshes).items()):
        lines.append(f"  {function:<13} {call:<32} {number / webhooks:6.2f}")
    print("\n".join(lines))  # noqa: T201 - the figures are what the run is for
